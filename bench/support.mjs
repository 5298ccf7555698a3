/** What the benchmark scripts share: loading the backend's sources, a peer process, medians, a results file. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { buildWasm } from '../scripts/build-wasm.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Compiles the kernels when stale and gives `load(path)` for TypeScript modules (Node strips no types). */
export async function sources() {
  await buildWasm();
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false },
    // Node does not find TensorFlow.js' modules, whose imports have no extensions.
    ssr: { noExternal: [/@tensorflow/] },
  });
  return { load: (path) => server.ssrLoadModule(path), close: () => server.close() };
}

/**
 * A Python process that answers one JSON line per JSON line; its first line names its versions. `setup` is sent before
 * it says that.
 */
export async function peerProcess(
  script,
  python = process.env.PYTHON ?? 'python3',
  environment = {},
  setup = null,
) {
  const child = spawn(python, [join(root, script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  // A Python that cannot be started or has ended gives no line, which `answer` reports.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done)
      throw new Error(`${script} ended early; set PYTHON to an environment with bench/requirements.txt.`);
    return JSON.parse(value);
  };
  if (setup !== null) child.stdin.write(`${JSON.stringify(setup)}\n`);
  const versions = await answer();
  return {
    versions,
    ask: (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return answer();
    },
    close: () => child.stdin.end(),
  };
}

/** Throws unless the peers have the versions that bench/requirements.txt pins. */
export async function checkVersions(versions) {
  const text = await readFile(join(root, 'bench/requirements.txt'), 'utf8');
  for (const [, name, version] of text.matchAll(/^([\w-]+)==(\S+)$/gm)) {
    // "2.15.0+cu132" and "2.15.0+cpu" are the same release; null is a peer that is not there.
    const found = versions[name.toLowerCase()]?.replace(/\+.*/, '');
    if (found !== undefined && found !== version) {
      throw new Error(`${name} is ${found}, but bench/requirements.txt pins ${version}.`);
    }
  }
}

export function median(values) {
  const sorted = [...values].sort((p, q) => p - q);
  return sorted[sorted.length >> 1];
}

/** Calls `task` for about `seconds`: wall median and processor time per call, in milliseconds. */
export function measured(task, seconds) {
  task();
  const walls = [];
  const before = process.cpuUsage();
  const end = performance.now() + 1e3 * seconds;
  while (walls.length < 3 || performance.now() < end) {
    const start = performance.now();
    task();
    walls.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  return { wall: median(walls), cpu: (user + system) / 1e3 / walls.length, calls: walls.length };
}

/** Medians of rounds of { wall, cpu }, and the fastest round. */
export function summary(rounds) {
  const round = (x) => Number(x.toPrecision(4));
  return {
    wall: round(median(rounds.map((r) => r.wall))),
    cpu: round(median(rounds.map((r) => r.cpu))),
    bestWall: round(Math.min(...rounds.map((r) => r.wall))),
  };
}

export function machine() {
  // A load far above the number of cores means that others were at work: look at processor times then.
  const load = Number((loadavg()[0] ?? 0).toFixed(1));
  return { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, load, node: process.version };
}

/** Where results go: the repository, or the folder that `npm run bench` gives when it is only to look. */
export function resultsFolder() {
  return process.env.BENCH_RESULTS ?? join(root, 'bench/results');
}

/** Writes a results file that carries the hash of the scripts which made it. */
export async function writeResults(file, scripts, results) {
  const hash = createHash('sha256');
  for (const script of scripts) hash.update(await readFile(script));
  const path = join(resultsFolder(), file);
  await mkdir(dirname(path), { recursive: true });
  const names = scripts.map((script) => relative(root, script));
  const date = new Date().toISOString();
  const report = { scripts: names, scriptsSha256: hash.digest('hex'), date, ...results };
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}
