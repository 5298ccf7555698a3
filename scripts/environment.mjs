// @ts-check
/**
 * What every script needs before anything is installed: where the repository is, whether Node is new enough,
 * whether the locked dependencies are in place, and how to run a child process. Node built-ins only.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository root. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const MINIMUM_NODE = [20, 19];

/**
 * @typedef {object} RunOptions
 * @property {boolean} [stdoutToStderr] send the child's stdout to our stderr, so that our stdout stays clean
 * @property {string} [cwd] working directory; the repository root when absent
 * @property {NodeJS.ProcessEnv} [env] variables added to ours
 */

/**
 * Runs a program, shows its output, and resolves with its exit code (1 when a signal ended it).
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ['inherit', options.stdoutToStderr === true ? 2 : 'inherit', 'inherit'],
      shell: process.platform === 'win32' && command === 'npm',
    });
    let interrupted = false;
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      interrupted = true;
      child.kill(signal);
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM']);
    for (const signal of signals) process.on(signal, forward);
    const done = () => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.once('error', (error) => {
      done();
      fail(error);
    });
    child.once('exit', (code) => {
      done();
      // The child had its chance to tidy up; whoever pressed Ctrl+C does not want the next step to begin.
      if (interrupted) process.exit(130);
      settle(code ?? 1);
    });
  });
}

/**
 * Runs one of our scripts, or the JavaScript entry point of an installed tool, with this Node.
 * @param {string} file path relative to the repository root
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export function runNode(file, args, options = {}) {
  return run(process.execPath, [join(root, file), ...args], options);
}

/**
 * Absolute path of the folder of measured data: LUMINODE_DATA, or ../shared/data beside the repository. It need not
 * exist.
 * @returns {string}
 */
export function dataFolder() {
  const chosen = process.env['LUMINODE_DATA'];
  return resolve(root, chosen === undefined || chosen === '' ? '../shared/data' : chosen);
}

/** Ends the process with one sentence when Node is too old for the tools that we use. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = MINIMUM_NODE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  console.error(
    `Luminode needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
  process.exit(1);
}

/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @param {string} file
 * @returns {Record<string, LockedPackage> | null}
 */
function lockedPackages(file) {
  if (!existsSync(file)) return null;
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? null;
}

/**
 * Says why node_modules does not match package-lock.json, or null when it does. Optional packages (binaries of
 * other platforms) may be absent; every other locked package must be there in the locked version.
 * @param {string} [folder] repository root
 * @returns {string | null}
 */
export function dependenciesOutOfDate(folder = root) {
  const wanted = lockedPackages(join(folder, 'package-lock.json'));
  if (wanted === null) throw new Error('package-lock.json is missing; restore it from the repository.');
  const present = lockedPackages(join(folder, 'node_modules', '.package-lock.json'));
  if (present === null) return 'dependencies are not installed';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = present[path];
    const mayBeAbsent = entry.optional === true || entry.devOptional === true;
    if (found === undefined && mayBeAbsent) continue;
    if (found === undefined) return `${path} is not installed`;
    if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return `${path} is ${found.version ?? 'unknown'}, package-lock.json has ${entry.version ?? 'unknown'}`;
    }
  }
  return null;
}

/**
 * Installs the locked dependencies when they are missing or out of date.
 * @param {RunOptions} [options]
 * @returns {Promise<boolean>} false, after saying why, when they could not be installed
 */
export async function ensureDependencies(options = {}) {
  requireNode();
  const reason = dependenciesOutOfDate();
  if (reason === null) return true;
  console.error(`Installing dependencies (${reason}) …`);
  const args = ['ci', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error'];
  // Under `npm run`, npm says where its own program is; that also avoids the npm.cmd wrapper on Windows.
  const npm = process.env['npm_execpath'];
  const code =
    npm !== undefined && /\.c?js$/.test(npm)
      ? await run(process.execPath, [npm, ...args], options)
      : await run('npm', args, options);
  if (code !== 0) {
    console.error('The dependencies could not be installed: `npm ci` failed (its message is above).');
  }
  return code === 0;
}
