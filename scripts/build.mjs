// @ts-check
/**
 * Builds Luminode: `node scripts/build.mjs [--if-stale] [wasm] [app] [cli]` (all three when none is named).
 *   wasm  the AssemblyScript kernels, compiled into generated modules under src/workers/wasm
 *   app   the web page, to dist/app
 *   cli   the command line program, to dist/cli/luminode.mjs
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, root, runNode } from './environment.mjs';
import { filesUnder, isFresh, stamp } from './freshness.mjs';

const WASM_SOURCE = 'src/workers/wasm/assembly';
const WASM_BUILDER = 'scripts/build-wasm.mjs';
const CLI_SOURCE = 'src/cli/main.ts';

/** @param {string} path */
const isGenerated = (path) => path.endsWith('.generated.ts');
/** @param {string} path */
const isShipped = (path) =>
  !isGenerated(path) && !/(?:\.test|\/test(?:Support|Arbitraries))\.tsx?$/.test(path);

/** @typedef {import('./freshness.mjs').Target & { build: () => Promise<void>, exists: () => boolean }} BuildTarget */

/** @type {readonly BuildTarget[]} */
const targets = [
  {
    name: 'wasm',
    inputs: [WASM_SOURCE, WASM_BUILDER, 'package-lock.json'],
    isInput: () => true,
    outputs: () => filesUnder('src/workers/wasm').filter(isGenerated),
    exists: () => existsSync(join(root, WASM_BUILDER)),
    build: buildWasm,
  },
  {
    name: 'app',
    inputs: ['index.html', 'vite.config.ts', 'package-lock.json', 'scripts/build.mjs', 'public', 'src'],
    isInput: (path) => isShipped(path) && !path.startsWith('src/cli/'),
    outputs: () => ['dist/app/index.html'],
    exists: () => true,
    build: buildApp,
  },
  {
    name: 'cli',
    inputs: ['package-lock.json', 'scripts/build.mjs', 'src'],
    isInput: (path) => isShipped(path) && !path.startsWith('src/ui/'),
    outputs: () => ['dist/cli/luminode.mjs'],
    exists: () => existsSync(join(root, CLI_SOURCE)),
    build: buildCli,
  },
];

async function buildWasm() {
  // Stale by content is known here; the builder alone would compare dates.
  const code = await runNode(WASM_BUILDER, ['--force']);
  if (code !== 0) throw new Error(`${WASM_BUILDER} ended with exit code ${code}.`);
}

/**
 * Builds into a folder of this process and swaps it in at the end, so that two builds at once (or a failed one)
 * never leave a half-written result.
 * @param {string} name folder inside dist
 * @param {(folder: string) => Promise<void>} build
 */
async function buildInto(name, build) {
  const folder = join(root, 'dist', `.building-${name}-${process.pid}`);
  const target = join(root, 'dist', name);
  try {
    await build(folder);
    rmSync(target, { recursive: true, force: true });
    renameSync(folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function buildApp() {
  const { build } = await import('vite');
  await buildInto('app', async (outDir) => {
    await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  });
}

async function buildCli() {
  const { build } = await import('vite');
  await buildInto('cli', async (outDir) => {
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      // Everything but Node's own modules goes into one file, so that the program runs where it is copied to.
      ssr: { noExternal: true, target: 'node' },
      build: {
        ssr: CLI_SOURCE,
        outDir,
        target: 'node20',
        sourcemap: false,
        rolldownOptions: { output: { format: 'es', entryFileNames: 'luminode.mjs', codeSplitting: false } },
      },
    });
    const file = join(outDir, 'luminode.mjs');
    const text = readFileSync(file, 'utf8').replace(/^#!.*\n/, '');
    writeFileSync(file, `#!/usr/bin/env node\n${text}`);
    chmodSync(file, 0o755);
  });
}

async function main() {
  const args = process.argv.slice(2);
  const onlyIfStale = args.includes('--if-stale');
  const names = args.filter((arg) => arg !== '--if-stale');
  const unknown = names.find((name) => !targets.some((target) => target.name === name));
  if (unknown !== undefined) {
    console.error(`build: "${unknown}" is not something to build; choose from wasm, app and cli.`);
    process.exit(2);
  }
  if (!(await ensureDependencies())) process.exit(1);
  process.chdir(root);
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (const target of targets) {
    if (names.length > 0 && !names.includes(target.name)) continue;
    if (!target.exists() || (onlyIfStale && isFresh(target))) continue;
    const start = performance.now();
    await target.build();
    stamp(target);
    console.log(`Built ${target.name} in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
  }
}

await main();
