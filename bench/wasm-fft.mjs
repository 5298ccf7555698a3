/**
 * Times the WebAssembly backend in Node: medians of the 2-D Fourier transform and the rate of the complex
 * matrix product, printed as JSON. Run: node bench/wasm-fft.mjs (Node strips no types, so Vite loads them).
 */
import { sources } from './support.mjs';

const REAL_NUMBERS_PER_SAMPLE = 2;

function randomComplex(samples) {
  return Float32Array.from({ length: REAL_NUMBERS_PER_SAMPLE * samples }, () => Math.random() - 0.5);
}

/** Median milliseconds of `task` over `rounds` calls, after a warm-up. */
function median(task, rounds) {
  for (let i = 0; i < 5; i++) task();
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    task();
    times.push(performance.now() - start);
  }
  return times.sort((p, q) => p - q)[rounds >> 1];
}

function fourierTimes(kernels) {
  const times = {};
  for (const n of [128, 256, 512, 1024]) {
    const field = kernels.upload(randomComplex(n * n), [n, n], 'complex');
    const task = () => kernels.release(kernels.fourier2(field, 'forward'));
    times[n] = Number(median(task, Math.max(15, Math.round(2 ** 23 / (n * n)))).toFixed(3));
    kernels.release(field);
  }
  return times;
}

/** GFLOP/s with 8 real operations per complex multiply-add. */
function productRate(kernels, aShape, bShape) {
  const count = (shape) => shape.reduce((product, n) => product * n, 1);
  const a = kernels.upload(randomComplex(count(aShape)), aShape, 'complex');
  const b = kernels.upload(randomComplex(count(bShape)), bShape, 'complex');
  const [rows, depth] = aShape.slice(-2);
  const batch = Math.max(count(aShape.slice(0, -2)), count(bShape.slice(0, -2)));
  const operations = 8 * rows * depth * bShape.at(-1) * batch;
  const milliseconds = median(() => kernels.release(kernels.matmul(a, b)), 9);
  kernels.release(a);
  kernels.release(b);
  return Number((operations / milliseconds / 1e6).toFixed(2));
}

const { load, close } = await sources();
const { createWasmKernels } = await load('/src/workers/wasm/wasmKernels.ts');
const report = {};
for (const [build, simd] of [
  ['simd', true],
  ['scalar', false],
]) {
  const kernels = await createWasmKernels({ simd });
  report[build] = {
    fourier2Milliseconds: fourierTimes(kernels),
    matmulGigaflops: {
      '[91x64]·[550 x 64x64]': productRate(kernels, [91, 64], [22, 25, 64, 64]),
      '[550 x 91x64]·[64x64]': productRate(kernels, [22, 25, 91, 64], [64, 64]),
      '[128x512]·[512x512]': productRate(kernels, [128, 512], [512, 512]),
    },
  };
}
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
await close();
