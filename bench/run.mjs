/**
 * `npm run bench`: every part of the benchmark one after the other, one table of what was found against what the
 * engine has to show, and the same as JSON. Under ten minutes; a part that takes longer than its share is ended.
 *
 *   --quick          fewer sizes and rounds, about two minutes
 *   --parts a,b      only these parts (live, precision, previews, transforms, steps, chromatix, compiled,
 *                    webgpu, propagation, copy)
 *   --python <path>  Python with bench/requirements.txt (default: $PYTHON, then python3)
 *   --icd name=path  Vulkan driver manifests for WebGPU in Node (default: those found)
 *   --peers <folder> checkouts of webgpufft and tfjs-fast-fft, where GitHub cannot be reached
 *   --patient        ends no part early: for a machine that others use, too
 *   --record         writes bench/results and docs/benchmarks.md instead of a temporary folder
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchmarkPage } from './page.mjs';
import { ALL_SECONDS, benchmarkParts } from './parts.mjs';
import { missingPeers, npmPeers, pythonPeers, vulkanDrivers } from './peers.mjs';
import { asText, targetRows } from './targets.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    patient: { type: 'boolean', default: false },
    parts: { type: 'string' },
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    icd: { type: 'string', multiple: true, default: [] },
    peers: { type: 'string' },
  },
});

const modules = pythonPeers(options.python);
const drivers = vulkanDrivers(options.icd);
const npm = npmPeers();
const folder = options.record
  ? join(here, 'results')
  : mkdtempSync(join(tmpdir(), 'luminode-bench-results-'));
const PARTS = benchmarkParts({
  quick: options.quick,
  python: options.python,
  peers: options.peers,
  resultsFolder: folder,
  modules,
  npm,
  drivers,
});
const started = performance.now();

/** Ends the whole group: parts have children of their own. */
function runPart({ script, args, seconds }) {
  const start = performance.now();
  const child = spawn(process.execPath, [join(here, script), ...args], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PYTHON: options.python, BENCH_RESULTS: folder },
  });
  const endGroup = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended by itself.
    }
  };
  const interrupted = () => {
    endGroup('SIGTERM');
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  let isLate = false;
  const timer = options.patient
    ? undefined
    : setTimeout(() => {
        isLate = true;
        endGroup('SIGTERM');
      }, 1e3 * seconds);
  return new Promise((settle) => {
    child.once('exit', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted);
      endGroup('SIGTERM');
      const took = Math.round((performance.now() - start) / 1e3);
      const state = isLate
        ? `ended after its ${seconds} s`
        : code === 0
          ? 'done'
          : `failed with exit code ${code}`;
      settle({ seconds: took, state });
    });
  });
}

/** What lies in the results folder, by name. */
function results() {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  return Object.fromEntries(
    files.map((name) => [name.replace('.json', ''), JSON.parse(readFileSync(join(folder, name), 'utf8'))]),
  );
}

const wanted = options.parts?.split(',') ?? PARTS.map(({ id }) => id);
for (const id of wanted) {
  if (!PARTS.some((part) => part.id === id)) {
    console.error(`There is no part "${id}"; the parts are ${PARTS.map((part) => part.id).join(', ')}.`);
    process.exit(2);
  }
}
const missing = missingPeers({ python: options.python, modules, npm, drivers });
for (const line of missing) console.error(line);
const ran = {};
for (const part of PARTS.filter(({ id }) => wanted.includes(id))) {
  // What was installed before the first part counts, too.
  const left = Math.round(ALL_SECONDS - (performance.now() - started) / 1e3);
  const seconds = options.patient ? part.seconds : Math.max(1, Math.min(part.seconds, left));
  console.error(`\n${part.id}${part.lacks ? `: left out, ${part.lacks}` : ` (up to ${seconds} s)`}`);
  ran[part.id] = part.lacks
    ? { seconds: 0, state: `left out: ${part.lacks}` }
    : await runPart({ ...part, seconds });
  if (ran[part.id].state !== 'done') console.error(`${part.id}: ${ran[part.id].state}`);
}
const found = results();
const rows = targetRows(found);
console.log(`\n${asText(rows)}\n`);
if (missing.length > 0) console.log(`Not found here:\n  ${missing.join('\n  ')}\n`);
const report = join(folder, 'summary.json');
if (options.record) writeFileSync(join(root, 'docs/benchmarks.md'), benchmarkPage(found));
else
  writeFileSync(
    report,
    `${JSON.stringify({ date: new Date().toISOString(), parts: ran, missing, rows }, null, 2)}\n`,
  );
console.log(
  options.record ? `Recorded in ${folder} and docs/benchmarks.md.` : `All figures as JSON: ${folder}`,
);
