import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAdam } from '../../optics/ops/adam.ts';
import type { DeviceArray, Dtype, Kernels } from '../../optics/ops/kernels.ts';
import { filter2, sizeOf } from '../../optics/ops/kernels.ts';
import { kernelConformance } from '../conformance.ts';
import { randomReals } from './testNumbers.ts';
import { type Helper, startHelper, type ThreadStart } from './threads.ts';
import { createWasmKernels, openWasmBackend, type WasmBackend } from './wasmKernels.ts';

type Make = (shape: readonly number[], dtype: Dtype, seed: number) => DeviceArray;

/** Large enough that every kernel is shared out; odd sizes so that the last piece is a small one. */
const CASES: Readonly<Record<string, (kernels: Kernels, make: Make) => DeviceArray>> = {
  'a transform': (k, make) => k.fourier2(make([250, 192], 'complex', 1), 'forward'),
  'a transform back, of prime length': (k, make) => k.fourier2(make([127, 131], 'complex', 1), 'inverse'),
  'transforms of small planes': (k, make) => k.fourier2(make([37, 20, 24], 'complex', 1), 'forward'),
  'transforms of large planes': (k, make) => k.fourier2(make([3, 100, 128], 'complex', 1), 'inverse'),
  'transforms of rows': (k, make) => k.fourier2(make([60, 1, 512], 'complex', 1), 'forward'),
  'a filter': (k, make) => filter2(k, make([192, 128], 'complex', 1), make([192, 128], 'complex', 2)),
  'a filter with a wider window': (k, make) =>
    filter2(k, make([2, 90, 100], 'complex', 1), make([2, 180, 200], 'complex', 2), true),
  'filters of one plane': (k, make) =>
    filter2(k, make([90, 100], 'complex', 1), make([5, 180, 200], 'complex', 2)),
  'a filter with a real window twice as wide': (k, make) =>
    filter2(k, make([128, 64], 'complex', 1), make([256, 128], 'real', 2)),
  'a product of matrices': (k, make) => k.matmul(make([130, 70], 'complex', 1), make([70, 90], 'complex', 2)),
  'a product of wide matrices': (k, make) =>
    k.matmul(make([2, 300, 31], 'complex', 1), make([2, 300, 301], 'complex', 2), {
      transposeA: true,
      conjugateA: true,
    }),
  'a sum': (k, make) => k.add(make([3, 99, 101], 'complex', 1), make([3, 99, 101], 'complex', 2)),
  'a broadcast product': (k, make) =>
    k.multiply(make([5, 1, 70, 64], 'real', 1), make([3, 70, 64], 'complex', 2)),
  'a product with a number per plane': (k, make) =>
    k.multiply(make([9, 1, 1], 'complex', 1), make([9, 80, 81], 'complex', 2), true),
  'a scaled array': (k, make) => k.scale(make([41, 1001], 'real', 1), 1 / 3),
  intensities: (k, make) => k.absSquared(make([41, 1001], 'complex', 1)),
  phasors: (k, make) => k.phasor(make([41, 1001], 'real', 1)),
  deviances: (k, make) => k.poissonDeviance(make([41, 1001], 'real', 1), make([41, 1001], 'real', 2)),
  slopes: (k, make) => k.poissonSlope(make([41, 1001], 'real', 1), make([41, 1001], 'real', 2)),
  'a full sum': (k, make) => k.sum(make([3, 99, 101], 'complex', 1), [0, 1, 2]),
  'sums of planes': (k, make) => k.sum(make([3, 99, 101], 'real', 1), [1, 2]),
  'sums of rows': (k, make) => k.sum(make([300, 101], 'complex', 1), [1]),
  'sums over planes': (k, make) => k.sum(make([3, 99, 101], 'complex', 1), [0]),
  'sums over the middle': (k, make) => k.sum(make([40, 99, 11], 'complex', 1), [1]),
  'a combination': (k, make) => k.combine(make([7, 99, 101], 'real', 1), randomReals(7, 2)),
  projections: (k, make) => k.project(make([7, 99, 101], 'real', 1), make([99, 101], 'real', 2)),
  'a step of Adam': (k, make) => {
    const shape = [99, 101];
    const size = sizeOf(shape);
    const bounds = { lower: new Float64Array(size).fill(-0.9), upper: new Float64Array(size).fill(0.9) };
    const state = startAdam(k, randomReals(size, 1), shape, bounds, 2);
    const rates = { learningRate: 0.05, decaySteps: null, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const [loss, gradient] = [make([1], 'real', 2), make(shape, 'real', 3)];
    for (let step = 0; step < 3; step++) k.adam(state, loss, gradient, rates);
    return k.add(k.reshape(state.moments, [3, ...shape]), state.parameters);
  },
};

async function computed(kernels: Kernels, compute: (kernels: Kernels, make: Make) => DeviceArray) {
  const make: Make = (shape, dtype, seed) => {
    const data = randomReals(sizeOf(shape) * (dtype === 'complex' ? 2 : 1), seed);
    return kernels.upload(data, shape, dtype);
  };
  const [data = new Float32Array(0)] = await kernels.readMany([compute(kernels, make)]);
  return data;
}

/** Index of the first number that is not the same bit for bit, -1 when all are. */
function firstDifference(data: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (data.length !== expected.length) return 0;
  return Array.from(data).findIndex((value, i) => !Object.is(value, expected[i]));
}

describe('several threads', () => {
  let threaded: WasmBackend;
  let one: Kernels;
  beforeAll(async () => {
    threaded = await openWasmBackend({ threads: 3 });
    one = await createWasmKernels();
  });
  afterAll(() => threaded.dispose());

  it('are had in Node', () => {
    expect(threaded).toMatchObject({ build: 'threaded', threads: 3, shortage: null });
  });

  it.each(Object.entries(CASES))('give the same bits for %s', async (_, compute) => {
    const expected = await computed(one, compute);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.some((value) => value !== 0)).toBe(true);
    // More than once, because threads meet differently each time.
    for (let round = 0; round < 3; round++) {
      expect(firstDifference(await computed(threaded.kernels, compute), expected)).toBe(-1);
    }
  });

  it('hand out memory of their own, which a message can carry', async () => {
    const data = await computed(threaded.kernels, (k, make) => k.scale(make([3], 'real', 1), 1));
    expect(data.buffer).toBeInstanceOf(ArrayBuffer);
    expect(structuredClone(data, { transfer: [data.buffer as ArrayBuffer] })).toHaveLength(3);
  });

  it('compute what every backend must, as one thread and the scalar build do', async () => {
    for (const kernels of [threaded.kernels, one, await createWasmKernels({ simd: false })]) {
      const checks = await kernelConformance(kernels);
      expect(checks.filter(({ error, limit }) => !(error <= limit))).toEqual([]);
    }
  });
});

/** A helper that runs `body` in Node with the ticket of the control block at hand, in place of the kernels. */
function impostor(body: string): (start: ThreadStart) => Helper {
  return (start) => {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const worker = new Worker(
      `const { parentPort, workerData: { memory, shared } } = require('node:worker_threads');
       const ticket = new BigUint64Array(memory.buffer, shared, 1);
       parentPort.postMessage('ready');
       ${body}`,
      { eval: true, workerData: start },
    );
    worker.unref();
    const ready = new Promise<void>((resolve) => worker.once('message', () => resolve()));
    return { ready, stop: () => void worker.terminate() };
  };
}

describe('a thread that fails', () => {
  const transform = CASES['a transform'] ?? (() => expect.fail());
  const expectRight = async ({ kernels }: WasmBackend) => {
    const expected = await computed(await createWasmKernels(), transform);
    expect(firstDifference(await computed(kernels, transform), expected)).toBe(-1);
  };

  it('to start leaves one thread, which says why', async () => {
    const start = (): Helper => ({ ready: Promise.reject(new Error('no memory')), stop: () => undefined });
    const backend = await openWasmBackend({ threads: 2, starting: { start } });
    expect(backend.threads).toBe(1);
    expect(backend.shortage).toBe('One thread computes, because another could not be started: no memory.');
    await expectRight(backend);
  });

  it('to answer in time leaves one thread, and those that started are stopped', async () => {
    let stopped = 0;
    const start = (begin: ThreadStart): Helper => {
      const never = new Promise<void>(() => undefined);
      const { ready, stop } =
        begin.thread === 1 ? startHelper(begin) : { ready: never, stop: () => undefined };
      return {
        ready,
        stop: () => {
          stopped++;
          stop();
        },
      };
    };
    const backend = await openWasmBackend({ threads: 3, starting: { start, milliseconds: 200 } });
    expect(backend.threads).toBe(1);
    expect(backend.shortage).toContain('it did not start within 0.2 s');
    expect(stopped).toBe(2);
  });

  it('to wake delays nothing', async () => {
    const backend = await openWasmBackend({ threads: 2, starting: { start: impostor('') } });
    expect(backend.threads).toBe(2);
    await expectRight(backend);
    backend.dispose();
  });

  it('in the middle of a kernel fails that kernel only; one thread goes on', async () => {
    // Takes the last turn of whatever comes first and never ends it.
    const start = impostor(`
      for (;;) {
        const seen = Atomics.load(ticket, 0);
        if ((seen & 0xffffn) >= ((seen >> 16n) & 0xffffn)) continue;
        if (Atomics.compareExchange(ticket, 0, seen, seen - 0x10000n) === seen) break;
      }`);
    const backend = await openWasmBackend({ threads: 2, starting: { start, patience: 50 } });
    const work = async () => {
      for (let i = 0; i < 1000; i++) await computed(backend.kernels, transform);
    };
    await expect(work()).rejects.toThrow('A thread of the calculation stopped answering.');
    await expectRight(backend);
  });
});
