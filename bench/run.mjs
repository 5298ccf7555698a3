/**
 * `npm run bench`: every part of the benchmark one after the other, one table of what was found against what the
 * engine has to show, and the same as JSON. Under ten minutes; a part that takes longer than its share is ended.
 *
 *   --quick          fewer sizes and rounds, about two minutes
 *   --parts a,b      only these parts (live, previews, precision, transforms, steps, chromatix, compiled,
 *                    webgpu, copy)
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
const { quick } = options;
const repositories = options.peers === undefined ? [] : ['--peers', options.peers];
const adapters = drivers.flatMap((driver) => ['--icd', driver]);
const folder = options.record
  ? join(here, 'results')
  : mkdtempSync(join(tmpdir(), 'luminode-bench-results-'));
const lacks = (...names) => {
  const missing = names.filter((name) => !modules?.[name]);
  return missing.length === 0 ? null : `${missing.join(' and ')} not found`;
};
const noDriver = drivers.length === 0 ? 'no Vulkan driver found' : null;

const stepPeers = ['jax', 'torch'].filter((name) => modules?.[name]);

/** Seconds are each part's share of the ten minutes. */
const PARTS = [
  {
    id: 'live',
    seconds: 60,
    script: 'live-loop.mjs',
    args: quick
      ? ['--rounds', '1', '--seconds', '0.8']
      : ['--rounds', '3', '--seconds', '0.8', '--sizes', '256,128,512'],
  },
  {
    id: 'precision',
    seconds: 40,
    script: 'precision.mjs',
    args: quick ? ['--sizes', '256,384,1009'] : [],
  },
  { id: 'previews', seconds: 45, script: 'previews.mjs', args: quick ? ['--frames', '40'] : [] },
  {
    id: 'transforms',
    seconds: 140,
    script: 'transform-peers.mjs',
    args: ['--python', options.python, ...(quick ? ['--rounds', '2', '--sizes', '256,512,1024,384'] : [])],
  },
  {
    id: 'steps',
    seconds: 120,
    script: 'step-peers.mjs',
    args: [
      ...['--peers', stepPeers.join()],
      ...(quick
        ? ['--rounds', '2', '--sizes', '256', '--planes', '1']
        : ['--rounds', '3', '--sizes', '128,256,512']),
    ],
    lacks: stepPeers.length > 0 ? null : lacks('jax', 'torch'),
  },
  {
    id: 'chromatix',
    seconds: 50,
    script: 'chromatix-peers.mjs',
    args: ['--python', options.python, '--rounds', quick ? '1' : '3'],
    lacks: lacks('chromatix'),
  },
  {
    id: 'compiled',
    seconds: 35,
    script: 'compiled-step.mjs',
    args: ['--rounds', quick ? '3' : '5'],
    lacks: npm === null ? 'no registry of npm' : null,
  },
  {
    id: 'webgpu',
    seconds: 110,
    script: 'webgpu-fft.mjs',
    args: [
      ...adapters,
      ...repositories,
      '--rounds',
      quick ? '2' : '3',
      '--out',
      join(folder, 'webgpu-fft.json'),
    ],
    lacks: noDriver,
  },
  {
    id: 'copy',
    seconds: 35,
    script: 'copy-rate.mjs',
    args: [...adapters, ...(quick ? ['--rounds', '3', '--sizes', '1024'] : [])],
    lacks: noDriver,
  },
];

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
  console.error(`\n${part.id}${part.lacks ? `: left out, ${part.lacks}` : ` (up to ${part.seconds} s)`}`);
  ran[part.id] = part.lacks ? { seconds: 0, state: `left out: ${part.lacks}` } : await runPart(part);
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
