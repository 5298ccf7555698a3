/**
 * A pupil's way to its camera on WebAssembly, one thread: two matrix products against a chirp transform, as
 * `src/optics/pupil/zoomTransform.ts` does either, in interleaved rounds by processor time. The tables (Fourier
 * kernel, chirps, response) are there before, as in a fit. Prints a table.
 *
 * Run: node bench/zoom.mjs [--rounds 3] [--sizes 32x24,64x32,…: samples of the pupil x pixels of the camera]
 */
import { parseArgs } from 'node:util';
import { measured, median, sources } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    sizes: { type: 'string', default: '32x24,64x32,64x64,96x48,96x96,128x64,128x128,256x64,256x128,256x256' },
  },
});
const SECONDS = 0.12;

const { load, close } = await sources();
const { createWasmKernels } = await load('/src/workers/wasm/wasmKernels.ts');
const { windowLength } = await load('/src/optics/pupil/zoomTransform.ts');
const kernels = await createWasmKernels({ threads: 1 });

function noise(shape) {
  const count = shape.reduce((product, n) => product * n, 2);
  const values = Float32Array.from({ length: count }, (_, i) => Math.sin(1.7 * i));
  return kernels.upload(values, shape, 'complex');
}

/** Runs a chain of kernels and gives back all that it made. */
function chain(first, ...next) {
  const made = [first()];
  for (const step of next) {
    const before = made.at(-1);
    const result = step(before);
    if (result !== before) made.push(result);
  }
  for (const array of made) kernels.release(array);
}

function contestants(samples, pixels) {
  const window = windowLength(samples + pixels);
  const held = Math.max(samples, pixels);
  const resized = (array, from, to) => (from === to ? array : kernels.resize(array, to, to));
  const shapes = [
    [samples, samples],
    [pixels, samples],
    [window, window],
    [samples, samples],
    [pixels, pixels],
  ];
  const arrays = shapes.map(noise);
  const [light, matrix, response, before, after] = arrays;
  return {
    matrices: () =>
      chain(
        () => kernels.matmul(matrix, light),
        (rows) => kernels.matmul(rows, matrix, { transposeB: true }),
      ),
    chirp: () =>
      chain(
        () => kernels.multiply(light, before),
        (lit) => resized(lit, samples, held),
        (lit) => kernels.filter2(lit, response),
        (image) => resized(image, held, pixels),
        (image) => kernels.multiply(image, after),
      ),
    release: () => {
      for (const array of arrays) kernels.release(array);
    },
  };
}

const rows = [];
for (const size of options.sizes.split(',')) {
  const [samples, pixels] = size.split('x').map(Number);
  const { matrices, chirp, release } = contestants(samples, pixels);
  const rounds = [];
  for (const run of [matrices, chirp]) measured(run, SECONDS);
  for (let round = 0; round < Number(options.rounds); round++) {
    rounds.push({ matrices: measured(matrices, SECONDS).cpu, chirp: measured(chirp, SECONDS).cpu });
  }
  release();
  const of = (pick) => Number(median(rounds.map(pick)).toPrecision(3));
  rows.push({
    'samples x pixels': size,
    'matrices, ms': of((round) => round.matrices),
    'chirp, ms': of((round) => round.chirp),
    'matrices over chirp': of((round) => round.matrices / round.chirp),
  });
}
console.table(rows);
await close();
process.exit(0);
