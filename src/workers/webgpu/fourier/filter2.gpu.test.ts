import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFloat64Kernels } from '../../../optics/ops/kernels.f64.ts';
import { composedFilter2, type Dtype, sizeOf } from '../../../optics/ops/kernels.ts';
import { acquireDevice, type WebgpuDevice } from '../device.ts';
import { createWebgpuKernels, type WebgpuKernels } from '../webgpuKernels.ts';
import { type LinePlan, planId } from './plan.ts';
import { isSmooth } from './radices.ts';

/** Two float32 transforms and a product; along prime lengths each transform is a convolution by two longer ones. */
const GATE = 8e-7;
const CHIRP_GATE = 1.6e-6;

/** So little shared memory that lines of 144 samples need four steps. */
const TINY = { sharedBytes: 512, threads: 32 };

let source: WebgpuDevice;
let kernels: WebgpuKernels;
let tiny: WebgpuKernels;
const reference = createFloat64Kernels();

beforeAll(async () => {
  source = await acquireDevice();
  kernels = createWebgpuKernels(source);
  tiny = createWebgpuKernels(source, { workgroupLimits: TINY });
});

afterAll(() => {
  kernels.dispose();
  tiny.dispose();
  source.dispose();
});

interface Operand {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

function operand(shape: readonly number[], dtype: Dtype, seed: number): Operand {
  let state = seed;
  const data = Float32Array.from({ length: sizeOf(shape) * (dtype === 'complex' ? 2 : 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  return { data, shape, dtype };
}

function dot(u: ArrayLike<number>, v: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < u.length; index++) total += (u[index] ?? 0) * (v[index] ?? 0);
  return total;
}

function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, power] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    const value = expected[index] ?? Number.NaN;
    error += ((actual[index] ?? Number.NaN) - value) ** 2;
    power += value ** 2;
  }
  return Math.sqrt(error / power);
}

/** The filter by its definition, in float64. */
async function exact(u: Operand, transfer: Operand, conjugate: boolean) {
  const [a, h] = [u, transfer].map(({ data, shape, dtype }) => reference.upload(data, shape, dtype));
  if (!a || !h) throw new Error('Two operands.');
  const result = composedFilter2(reference, a, h, conjugate);
  const [data = []] = await reference.readMany([result]);
  return { data, shape: result.shape };
}

async function filtered(own: WebgpuKernels, u: Operand, transfer: Operand, conjugates: readonly boolean[]) {
  const before = own.memory();
  const a = own.upload(u.data, u.shape, 'complex');
  const h = own.upload(transfer.data, transfer.shape, transfer.dtype);
  const outputs = conjugates.map((conjugate) => {
    const output = own.filter2?.(a, h, conjugate);
    if (!output) throw new Error('The WebGPU kernels filter.');
    return output;
  });
  const read = await own.readMany(outputs);
  for (const array of [a, h, ...outputs]) own.release(array);
  expect(own.memory()).toEqual(before);
  return outputs.map(({ shape }, index) => ({ shape, data: read[index] ?? [] }));
}

/** Parity with float64 of the filter and of its conjugate, and that these are each other's adjoints. */
async function expectExact(own: WebgpuKernels, u: Operand, transfer: Operand): Promise<void> {
  const gate = transfer.shape.slice(-2).every(isSmooth) ? GATE : CHIRP_GATE;
  const results = await filtered(own, u, transfer, [false, true]);
  for (const [index, result] of results.entries()) {
    const expected = await exact(u, transfer, index === 1);
    expect(result.shape).toEqual(expected.shape);
    expect(relativeError(result.data, expected.data)).toBeLessThan(gate);
  }
  expect(source.faults().uncaptured).toEqual([]);
}

async function expectAdjoint(own: WebgpuKernels, shape: readonly number[], window: readonly number[]) {
  const transfer = operand(window, 'complex', 3);
  const [u, v] = [operand(shape, 'complex', 4), operand(shape, 'complex', 5)];
  const [there] = await filtered(own, u, transfer, [false]);
  const [back] = await filtered(own, v, transfer, [true]);
  const norms = Math.sqrt(dot(u.data, u.data) * dot(v.data, v.data));
  // Each side carries the error of one filter, whose largest factor is below 1.
  const difference = dot(there?.data ?? [], v.data) - dot(u.data, back?.data ?? []);
  expect(Math.abs(difference) / norms).toBeLessThan(2 * CHIRP_GATE);
}

function columnPlan(own: WebgpuKernels, window: readonly number[]): LinePlan {
  const [length = 1, inner = 1] = window.slice(-2);
  return own.fourierPlanner.planFor({ outer: 2, length, inner });
}

type Case = readonly [title: string, shape: readonly number[], window: readonly number[], dtype: Dtype];

/** Lengths that workgroups transform in two stages; each case costs a second or two of compiling. */
const CASES: readonly Case[] = [
  ['no padding, a batch against another', [2, 1, 6, 10], [3, 6, 10], 'complex'],
  ['twice the size, one field and many transfer functions', [3, 5], [3, 6, 10], 'real'],
  ['an odd window, many fields', [2, 3, 9, 5], [15, 6], 'complex'],
  ['odd in even and prime sides', [5, 11], [6, 11], 'complex'],
];

describe.each(['barrierFree', 'workgroup'] as const)('filter2 by the %s plan', (policy) => {
  beforeAll(() => {
    kernels.fourierPlanner.policy = policy;
  });
  afterAll(() => {
    kernels.fourierPlanner.policy = 'auto';
  });

  it.each(CASES)('with %s agrees with float64', async (_, shape, window, dtype) => {
    await expectExact(kernels, operand(shape, 'complex', 1), operand(window, dtype, 2));
  });

  it.each([
    ['twice the size', [3, 5], [6, 10]],
    ['odd in even and prime sides', [5, 11], [6, 11]],
  ])('with %s has the conjugate filter as its adjoint', async (_, shape, window) => {
    await expectAdjoint(kernels, shape, window);
  });
});

describe('filter2', () => {
  it.each([
    ['chirps', [7, 12], [11, 12], 'chirp'],
    ['four steps', [100, 5], [144, 6], 'fourStep'],
  ])('filters columns by %s in kernels of their own', async (_, shape, window, kind) => {
    tiny.fourierPlanner.policy = 'workgroup';
    expect(planId(columnPlan(tiny, window))).toContain(kind);
    await expectExact(tiny, operand([2, ...shape], 'complex', 6), operand(window, 'complex', 7));
    tiny.fourierPlanner.policy = 'auto';
  });

  it('refuses a window smaller than the field', () => {
    const u = kernels.upload(new Float32Array(2 * 64), [8, 8], 'complex');
    const transfer = kernels.upload(new Float32Array(32), [4, 8], 'real');
    expect(() => kernels.filter2?.(u, transfer)).toThrow(/smaller/);
    kernels.release(u);
    kernels.release(transfer);
  });
});
