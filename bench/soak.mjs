/**
 * Whether the engine grows with use: thousands of pictures and fit steps on WebAssembly in Node, with sizes that
 * change from round to round. After each cycle through all sizes the same design is shown and measured: arrays and
 * bytes on the backend, size of the WebAssembly memory, JavaScript heap after a collection. In the second half the first
 * three must not change at all; the heap's slope must not exceed 1 MB/h by more than twice its own standard error,
 * which follows from the scatter of the samples about their line.
 *
 * Compiled code counts as heap, and Node goes on compiling for a quarter of an hour: so it runs without its optimising
 * compilers, which changes nothing about what the program holds.
 *
 * Run: node --expose-gc --no-opt --no-sparkplug --no-lazy-feedback-allocation bench/soak.mjs
 *      [--minutes 5] [--threads 1] [--dry: print only]. Ends with 1 where it grows.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1' },
    dry: { type: 'boolean', default: false },
  },
});
if (globalThis.gc === undefined) throw new Error('Run this with node --expose-gc.');

const { load, close } = await sources();
const { openWasmBackend } = await load('/src/workers/wasm/wasmKernels.ts');
const { Session } = await load('/src/workers/session.ts');
const { smallHologram, smallStack } = await load('/src/workers/testDesigns.ts');
const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
const { registry } = await load('/src/graph/catalogue.ts');
const { setAll } = await load('/src/graph/edit.ts');

const backend = await openWasmBackend({ threads: Number(options.threads) });
const session = new Session({
  name: 'wasm',
  kernels: backend.kernels,
  painter: null,
  threads: backend.threads,
  reason: '',
  adapter: null,
  lost: new Promise(() => undefined),
  dispose: backend.dispose,
});

const view = (nodeId, layer = 'output') => ({ nodeId, layer, mode: 'intensity', plane: 0 });
const wanted = { views: ['source', 'pupil', 'camera', 'loss'].map((id) => view(id)) };
const MOST_CYCLES = 100_000;
const SIZES = [48, 60, 64, 81, 96, 128];
const count = { pictures: 0, steps: 0 };

/** A hologram or a stack at one size, with values that never come twice. */
function designOf(samples, round) {
  const shift = 1e-9 * (round % 997);
  const design =
    samples % 2 === 0
      ? smallHologram({ learn: ['sphere.x', 'sphere.z'], start: { 'sphere.x': 0.3e-6 + shift } })
      : smallStack({ learn: ['bead.x', 'bead.photons.*'], start: { 'bead.x': 0.03e-6 + shift } });
  const pixels = { 'camera.rows': 8 + (samples >> 2), 'camera.columns': 16 + (samples >> 3) };
  const sized = setAll({ ...design, grid: { ...design.grid, samples } }, registry, pixels);
  return { ...sized, images: grown(sized.images, pixels) };
}

/** The simulated target with as many pixels as the camera. */
function grown(images, pixels) {
  const { simulated } = images;
  return { simulated: { ...simulated, truth: { ...simulated.truth, ...pixels } } };
}

async function cycle(round) {
  for (const samples of SIZES) {
    const design = designOf(samples, round);
    for (let i = 0; i < 3; i++) {
      const { issues } = await session.show({ ...design, seed: i }, wanted);
      const error = issues.find(({ severity }) => severity === 'error');
      if (error !== undefined) throw new Error(error.message);
      count.pictures++;
    }
    const method = round % 2 === 0 ? 'adam' : 'levenbergMarquardt';
    const fit = { ...DEFAULT_FIT_OPTIONS, method, coarseSearch: false, maxIterations: 10 };
    await session.fit(design, fit, async (_progress, look) => {
      count.steps++;
      if (count.steps % 5 === 0) {
        await look(wanted);
        count.pictures++;
      }
      return true;
    });
  }
}

const reference = smallHologram();
const began = performance.now();

async function sample() {
  await session.show(reference, wanted);
  // What promises and caches still hold is let go of between two tasks.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    globalThis.gc();
  }
  const { bytes, arrays } = backend.kernels.memory();
  return {
    hours: (performance.now() - began) / 3.6e6,
    bytes,
    arrays,
    // A private field, which nothing but this needs.
    wasmBytes: backend.kernels.arena.memory.buffer.byteLength,
    heapBytes: process.memoryUsage().heapUsed,
  };
}

/** Slope of a line through points and its standard error. */
function slope(points) {
  const n = points.length;
  const mean = (values) => values.reduce((sum, x) => sum + x, 0) / n;
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sxx = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  const k = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / sxx;
  const squares = points.reduce((sum, [x, y]) => sum + (y - my - k * (x - mx)) ** 2, 0);
  return { perHour: k, standardError: Math.sqrt(squares / (n - 2) / sxx) };
}

// Room for all samples from the start: kept as objects, they would grow themselves.
const NAMES = ['hours', 'bytes', 'arrays', 'wasmBytes', 'heapBytes'];
const table = new Float64Array(NAMES.length * MOST_CYCLES);
let cycles = 0;
while (cycles < MOST_CYCLES && (performance.now() - began < 6e4 * Number(options.minutes) || cycles < 12)) {
  await cycle(cycles);
  const found = await sample();
  for (let i = 0; i < NAMES.length; i++) table[NAMES.length * cycles + i] = found[NAMES[i]];
  cycles++;
}
const samples = Array.from({ length: cycles }, (_, row) =>
  Object.fromEntries(NAMES.map((name, i) => [name, table[NAMES.length * row + i]])),
);
// Caches fill and functions that are met late are compiled: the second half is looked at.
const steady = samples.slice(Math.ceil(samples.length / 2));
const range = (name) => {
  const values = steady.map((each) => each[name]);
  return { least: Math.min(...values), most: Math.max(...values) };
};
const heap = slope(steady.map(({ hours, heapBytes }) => [hours, heapBytes]));
const results = {
  machine: machine(),
  minutes: Number(((performance.now() - began) / 6e4).toFixed(2)),
  threads: backend.threads,
  sizes: SIZES,
  ...count,
  cycles: samples.length,
  steadyCycles: steady.length,
  backendBytes: range('bytes'),
  backendArrays: range('arrays'),
  wasmBytes: range('wasmBytes'),
  heapBytes: range('heapBytes'),
  heapBytesPerHour: heap.perHour,
  heapBytesPerHourStandardError: heap.standardError,
};
const isFlat = ({ least, most }) => least === most;
const grows = [
  ...['backendBytes', 'backendArrays', 'wasmBytes'].filter((name) => !isFlat(results[name])),
  ...(heap.perHour - 2 * heap.standardError > 1e6 ? ['heapBytes'] : []),
];
console.log(JSON.stringify({ ...results, grows }, null, 2));
if (!options.dry) {
  console.log(await writeResults('soak.json', [fileURLToPath(import.meta.url)], { ...results, grows }));
}
session.dispose();
await close();
process.exitCode = grows.length === 0 ? 0 : 1;
