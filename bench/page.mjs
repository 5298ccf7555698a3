/** docs/benchmarks.md, written from bench/results: a test of the house fails when the two are not in step. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fitCost } from './scaling.mjs';
import { targetRows } from './targets.mjs';

const RESULTS = join(dirname(fileURLToPath(import.meta.url)), 'results');

/** Results in the repository by file name without ".json". */
export function recordedResults() {
  const files = readdirSync(RESULTS).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(
    files.map((name) => [name.replace('.json', ''), JSON.parse(readFileSync(join(RESULTS, name), 'utf8'))]),
  );
}

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const number = (x) => (typeof x === 'number' ? String(Number(x.toPrecision(3))) : '–');

/** Where others used the cores, times on the wall are as much theirs as ours. */
function busy(result) {
  const { load, cores } = result?.machine ?? {};
  if (!(load > cores)) return '';
  return `The machine was busy (load ${load} on ${cores} cores): times on the wall, and so all with several threads, say little.\n\n`;
}

function targets(found) {
  const rows = targetRows(found);
  return table(
    ['figure', 'target', 'found', ''],
    rows.map(({ figure, target, value, state }) => [figure, target, value, state]),
  );
}

const PEER_NAMES = {
  scipy1: 'SciPy',
  fftw1: 'FFTW, 1 thread',
  fftw2: 'FFTW, 2 threads',
  torch1: 'PyTorch, 1 thread',
  torch2: 'PyTorch, 2 threads',
  pffft: 'pffft-wasm',
  fftJs: 'fft.js',
  jaxJs: 'jax-js (wasm)',
  tfjsCpu: 'TensorFlow.js (cpu)',
};

function transforms(result) {
  if (result === undefined) return 'Not measured yet.';
  const sizes = Object.keys(result.sizes);
  const peers = Object.keys(PEER_NAMES).filter((peer) => sizes.some((n) => result.sizes[n][peer]));
  const rows = sizes.map((n) => [
    n,
    `${number(result.sizes[n].wasm.wall)} ms`,
    ...peers.map((peer) => {
      const entry = result.sizes[n][peer];
      // With several threads the clock on the wall counts, with one the time of the processor.
      return number(peer.endsWith('2') ? entry?.wallOverOurs : entry?.cpuOverOurs);
    }),
  ]);
  return table(['side', 'ours', ...peers.map((peer) => PEER_NAMES[peer])], rows);
}

function costRow(name, points) {
  const law = fitCost(points);
  if (law === null) return [];
  const { nanosecondsPerUnit, overheadMilliseconds, exponent, worst } = law;
  const deviation = `${Math.round(100 * worst)} %`;
  return [[name, number(nanosecondsPerUnit), number(overheadMilliseconds), exponent.toFixed(2), deviation]];
}

function cost(transformTimes, loopTimes) {
  const sizes = Object.entries(transformTimes?.sizes ?? {}).filter(([n]) => Number.isInteger(Math.log2(n)));
  const transformRows = ['wasm', ...Object.keys(PEER_NAMES)].flatMap((peer) => {
    const points = sizes.flatMap(([n, times]) => (times[peer] ? [[Number(n), times[peer].cpu]] : []));
    return costRow(PEER_NAMES[peer] ?? 'ours', points);
  });
  const loopSizes = Object.entries(loopTimes?.sizes ?? {});
  const stepRows = Object.keys(loopTimes?.sizes?.[256] ?? {}).flatMap((id) => {
    const points = loopSizes.flatMap(([n, designs]) =>
      designs[id] ? [[Number(n), designs[id].oneThread.cpuMilliseconds]] : [],
    );
    return costRow(`a step of the live loop: ${loopTimes.sizes[256][id].title}`, points);
  });
  const rows = [...transformRows, ...stepRows];
  if (rows.length === 0) return 'Not measured yet.';
  return table(['', 'a, ns', 'b, ms', 'exponent', 'worst deviation'], rows);
}

function loop(result) {
  if (result === undefined) return 'Not measured yet.';
  const rows = Object.entries(result.sizes).flatMap(([n, designs]) =>
    Object.values(designs).map((entry) => [
      n,
      entry.title,
      number(entry.stepsPerSecond),
      number(entry.withPictures.stepsPerSecond),
      number(1e3 / entry.oneThread.cpuMilliseconds),
      number(entry.profile.inKernels),
      number(entry.profile.onHost),
    ]),
  );
  return table(
    [
      'side',
      'what is learned',
      'steps/s',
      'with pictures',
      'per second of one processor',
      'ms in kernels',
      'ms on the host',
    ],
    rows,
  );
}

function chromatix(result) {
  if (result === undefined) return 'Not measured yet.';
  const rows = Object.values(result.systems).map((entry) => [
    entry.title,
    `${number(entry.forward.ours)} / ${number(entry.forward.theirs)}`,
    number(entry.forward.theirsOverOurs),
    `${number(entry.gradient.ours)} / ${number(entry.gradient.theirs)}`,
    number(entry.gradient.theirsOverOurs),
    `${entry.oursFromFloat64.toExponential(1)} / ${entry.theirsFromFloat64.toExponential(1)}`,
    entry.gradientDifference.toExponential(1),
  ]);
  return table(
    [
      'system',
      'forward, ms (ours / theirs)',
      'times faster',
      'gradient, ms (ours / theirs)',
      'times faster',
      'image from float64 (ours / theirs)',
      'gradients differ by',
    ],
    rows,
  );
}

function copyRate(result) {
  if (result === undefined) return 'Not measured yet.';
  const rows = Object.entries(result.adapters).flatMap(([name, { adapter, sizes }]) =>
    Object.entries(sizes).map(([n, entry]) => [
      `${name} (${adapter})`,
      n,
      number(entry.copyGigabytesPerSecond),
      number(entry.shareOfCopy),
    ]),
  );
  return table(['adapter', 'side', 'copy, GB/s', 'the transform’s share of it'], rows);
}

function propagation(result) {
  if (result === undefined) return 'Not measured yet.';
  const rows = Object.entries(result.adapters).flatMap(([name, { adapter, ...sizes }]) =>
    Object.entries(sizes).map(([n, paddings]) => [
      `${name} (${adapter})`,
      n,
      ...['padding 1', 'padding 2'].map((padding) => number(paddings[padding]?.unfusedOverFused)),
    ]),
  );
  return table(['adapter', 'side of the window', 'padding 1', 'padding 2'], rows);
}

/** One line per results file: when, where, with what. */
function origins(found) {
  const lines = Object.entries(found)
    .filter(([, result]) => result.date !== undefined)
    .map(([name, { date, machine, processor, cores, versions }]) => {
      const where = machine ?? { processor, cores };
      const peers = Object.entries(versions ?? {}).filter(([, version]) => typeof version === 'string');
      const list = peers.map(([peer, version]) => `${peer} ${version.slice(0, 12)}`).join(', ');
      return `- \`${name}.json\`: ${date.slice(0, 10)}, ${where.processor}, ${where.cores} cores${where.load === undefined ? '' : `, load ${where.load}`}${list === '' ? '' : `; ${list}`}`;
    });
  return lines.join('\n');
}

/**
 * The page.
 * @param {any} found results by file name without ".json"
 */
export function benchmarkPage(found) {
  return `# Benchmarks

Written from \`bench/results\`; \`npm test\` fails when this page is not current
(\`LUMINODE_WRITE_DOCS=1 npm test -- --only house\` renews it).

\`\`\`sh
npm run bench                  # all parts, under ten minutes: a table, and everything as JSON
npm run bench -- --quick       # about two minutes
npm run bench -- --record      # as above, into bench/results and this page
npm run bench -- --patient       # ends no part early: for a machine that others use, too
npm run bench -- --parts live,precision --python ~/venv/bin/python
\`\`\`

The run says first what it did not find and how to install it. For all peers: Python 3.12 with
\`pip install -r bench/requirements.txt\`, a Vulkan driver (Mesa 25 or later brings lavapipe), access to npm; checkouts of
webgpufft and tfjs-fast-fft come from GitHub or from \`--peers <folder>\`. Nothing of this is needed by the product.

Every figure is a ratio of times taken in one run, in turns of a fraction of a second, so that whatever else the machine
does meets all alike. With one thread the time of the processor counts, with several the clock on the wall.

## What the engine has to show

${targets(found)}

## Transforms on the processor

2-D, complex, single precision; ours is centred and unitary and includes its allocation. Columns: times that the peer
takes longer (below 1 it is faster). A dash: the peer does not do that length, or nobody should wait for it.

${busy(found['transforms'])}${transforms(found['transforms'])}

Processor time against size over the powers of two: time = a · N² log₂ N + b, and the exponent p of time ∝ N^p.

${cost(found['transforms'], found['live-loop'])}

## The live loop

Steps of a fit with Adam through \`Session.fit\` in Node on WebAssembly, as on the page: forward, comparison with the
target, gradient, update, progress. “With pictures” goes through the message loop of the worker with two pictures at
display rate. The designs are those of Settings → Diagnostics (\`src/workers/diagnostics/designs.ts\`).

${busy(found['live-loop'])}${loop(found['live-loop'])}

## Chromatix

The same five systems in [Chromatix](https://github.com/chromatix-team/chromatix) (JAX, jit) and here, at 256², one thread
each, by processor time. Differences are relative to the norm, and to our float64 reference; where theirs is large, the
phase k z of the propagation was formed in single precision. It needs Python 3.12 and is installed from its repository
(the run says how).

${chromatix(found['chromatix'])}

## On a machine with a graphics card

\`\`\`sh
npm run bench -- --parts webgpu,propagation,copy --record            # the card's own Vulkan driver, through Dawn in Node
npm run bench -- --parts copy --icd name=/usr/share/vulkan/icd.d/…   # one driver of several
\`\`\`

\`copy\` takes the bytes that a two-pass transform must move (each pass reads and writes every sample) over its time, as a
share of what a copy kernel reaches on the same card. In a browser: Settings → Diagnostics, and “Copy as JSON”.

${copyRate(found['copy-rate'])}

\`propagation\` tells how many times faster free space is in one kernel than in those that it replaces, where the field
fills the window (padding 1) and half of it (padding 2).

${busy(found['webgpu-propagation'])}${propagation(found['webgpu-propagation'])}

## Where the figures come from

${origins(found)}
`;
}
