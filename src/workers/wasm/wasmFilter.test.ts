import { beforeAll, describe, expect, it } from 'vitest';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import type { Dtype, Kernels } from '../../optics/ops/kernels.ts';
import { filter2, sizeOf } from '../../optics/ops/kernels.ts';
import { randomReals, realDot, relativeError } from './testNumbers.ts';
import { createWasmKernels } from './wasmKernels.ts';

interface Operand {
  readonly data: Float64Array;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

function operand(shape: readonly number[], dtype: Dtype, seed: number): Operand {
  return { data: randomReals(sizeOf(shape) * (dtype === 'complex' ? 2 : 1), seed), shape, dtype };
}

async function filtered(
  kernels: Kernels,
  u: Operand,
  transfer: Operand,
  conjugate: boolean,
): Promise<{ data: Float64Array; shape: readonly number[] }> {
  const before = kernels.memory();
  const [a, h] = [u, transfer].map(({ data, shape, dtype }) => kernels.upload(data, shape, dtype)) as [
    ReturnType<Kernels['upload']>,
    ReturnType<Kernels['upload']>,
  ];
  const output = filter2(kernels, a, h, conjugate);
  const [result, kept, keptTransfer] = await kernels.readMany([output, a, h]);
  expect(u.data.every((value, i) => value === kept?.[i])).toBe(true);
  expect(transfer.data.every((value, i) => value === keptTransfer?.[i])).toBe(true);
  for (const array of [a, h, output]) kernels.release(array);
  expect(kernels.memory()).toEqual(before);
  return { data: Float64Array.from(result ?? []), shape: output.shape };
}

// Two float32 transforms of at most eight stages each and a product.
const TOLERANCE = 5e-7;
// Chirp-z convolutions along prime lengths double the number of transforms.
const PRIME_TOLERANCE = 1e-6;

/** Field, window, tolerance. Windows whose columns are a multiple of eight take the joined kernel with SIMD. */
const CASES: readonly (readonly [readonly number[], readonly number[], number])[] = [
  [[16, 16], [16, 16], TOLERANCE],
  [[64, 64], [64, 64], TOLERANCE],
  [[48, 40], [96, 80], TOLERANCE],
  [[33, 21], [66, 48], TOLERANCE],
  [[1, 8], [1, 8], TOLERANCE],
  [[1, 1], [4, 8], TOLERANCE],
  [[5, 24], [5, 24], TOLERANCE],
  [[6, 7], [75, 56], TOLERANCE],
  [[3, 10, 12], [2, 1, 20, 24], TOLERANCE],
  [[2, 1, 9, 8], [3, 18, 16], TOLERANCE],
  [[32, 24], [4, 64, 48], TOLERANCE],
  [[33, 16], [3, 37, 56], PRIME_TOLERANCE],
  [[37, 53], [37, 56], PRIME_TOLERANCE],
  [[30, 16], [61, 136], PRIME_TOLERANCE],
  [[7, 13], [14, 26], TOLERANCE],
  [[17, 19], [34, 38], PRIME_TOLERANCE],
];

describe.each([
  { build: 'SIMD', simd: true },
  { build: 'scalar', simd: false },
])('filter2, $build build', ({ simd }) => {
  const reference = createFloat64Kernels();
  let kernels: Kernels;
  beforeAll(async () => {
    kernels = await createWasmKernels({ simd });
    // Plans, tables and work space stay; the first call makes them.
    await filtered(kernels, operand([2, 2], 'complex', 1), operand([8, 8], 'real', 2), false);
  });

  it.each(CASES)('of [%s] by [%s] agrees with float64', async (shape, window, tolerance) => {
    for (const dtype of ['real', 'complex'] as const) {
      for (const conjugate of [false, true]) {
        const [u, transfer] = [operand(shape, 'complex', 3), operand(window, dtype, 4)];
        const exact = await filtered(reference as Kernels, u, transfer, conjugate);
        const ours = await filtered(kernels, u, transfer, conjugate);
        expect(ours.shape).toEqual(exact.shape);
        expect(relativeError(ours.data, exact.data)).toBeLessThan(tolerance);
      }
    }
  });

  it.each(CASES)(
    'of [%s] by [%s] has the conjugate filter as its adjoint',
    async (shape, window, tolerance) => {
      const transfer = operand(window.slice(-2), 'complex', 5);
      const [u, v] = [operand(shape, 'complex', 6), operand(shape, 'complex', 7)];
      const forward = await filtered(kernels, u, transfer, false);
      const backward = await filtered(kernels, v, transfer, true);
      const scale = Math.sqrt(realDot(u.data, u.data) * realDot(v.data, v.data));
      // Both sides carry the error of one filter.
      expect(Math.abs(realDot(v.data, forward.data) - realDot(backward.data, u.data)) / scale).toBeLessThan(
        2 * tolerance,
      );
    },
  );

  it('by ones in a larger window changes nothing', async () => {
    const u = operand([40, 24], 'complex', 8);
    const ones: Operand = { data: new Float64Array(128 * 64).fill(1), shape: [128, 64], dtype: 'real' };
    expect(relativeError((await filtered(kernels, u, ones, false)).data, u.data)).toBeLessThan(TOLERANCE);
  });

  it('refuses a window smaller than the field', () => {
    const u = kernels.upload(new Float32Array(2 * 64), [8, 8], 'complex');
    const transfer = kernels.upload(new Float32Array(32), [4, 8], 'real');
    expect(() => filter2(kernels, u, transfer)).toThrow(/smaller/);
    kernels.release(u);
    kernels.release(transfer);
  });
});

describe('filter2 at working sizes', () => {
  it.each([
    [256, 256],
    [250, 504],
    [509, 1024],
    [512, 1024],
  ])('of %i samples in a window of %i keeps what a pure phase must keep', async (n, window) => {
    const kernels = await createWasmKernels();
    const phases = randomReals(window * window, 9);
    const transfer = new Float64Array(2 * window * window);
    phases.forEach((turns, i) => {
      transfer[2 * i] = Math.fround(Math.cos(Math.PI * turns));
      transfer[2 * i + 1] = Math.fround(Math.sin(Math.PI * turns));
    });
    const u = operand([n, n], 'complex', 10);
    const h: Operand = { data: transfer, shape: [window, window], dtype: 'complex' };
    const there = await filtered(kernels, u, h, false);
    if (window === n) {
      const back = await filtered(kernels, { ...u, data: there.data }, h, true);
      // Two filters, and the float32 rounding of the phases' moduli.
      expect(relativeError(back.data, u.data)).toBeLessThan(2 * TOLERANCE);
    }
    // The same by the other kernels, which the tests of fourier2 cover.
    const [a, filterArray] = [
      kernels.upload(u.data, u.shape, 'complex'),
      kernels.upload(transfer, h.shape, 'complex'),
    ];
    const spectrum = kernels.fourier2(kernels.resize(a, window, window), 'forward');
    const product = kernels.multiply(spectrum, filterArray);
    const [expected] = await kernels.readMany([kernels.resize(kernels.fourier2(product, 'inverse'), n, n)]);
    // Both carry float32 errors.
    expect(relativeError(there.data, Float64Array.from(expected ?? []))).toBeLessThan(2 * TOLERANCE);
  });
});
