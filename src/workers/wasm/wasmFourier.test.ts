import { beforeAll, describe, expect, it } from 'vitest';
import type { Kernels } from '../../optics/ops/kernels.ts';
import { convolutionLength, radicesOf } from './plans.ts';
import { definition2, randomReals, realDot, relativeError } from './testNumbers.ts';
import { createWasmKernels } from './wasmKernels.ts';

async function transform(
  kernels: Kernels,
  data: Float64Array,
  shape: readonly number[],
  direction: 'forward' | 'inverse',
): Promise<Float64Array> {
  const input = kernels.upload(data, shape, 'complex');
  const output = kernels.fourier2(input, direction);
  expect(output.shape).toEqual(shape);
  const [result] = await kernels.readMany([output]);
  kernels.release(input);
  kernels.release(output);
  return Float64Array.from(result ?? []);
}

// float32 butterflies of at most seven stages; Bluestein does two transforms and three products.
const TOLERANCE = 5e-7;

describe.each([
  { build: 'SIMD', simd: true },
  { build: 'scalar', simd: false },
])('fourier2, $build build', ({ simd }) => {
  let kernels: Kernels;
  beforeAll(async () => {
    kernels = await createWasmKernels({ simd });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 20, 25, 30, 31, 49, 60, 64, 91, 97, 121, 128])(
    'matches the definition for a batch of three squares of side %i',
    async (n) => {
      const data = randomReals(2 * 3 * n * n, n);
      for (const [direction, sign] of [
        ['forward', -1],
        ['inverse', 1],
      ] as const) {
        const result = await transform(kernels, data, [3, n, n], direction);
        expect(relativeError(result, definition2(data, 3, n, n, sign))).toBeLessThan(TOLERANCE);
      }
    },
  );

  it.each([
    [100, 75],
    [75, 100],
    [1, 37],
    [37, 1],
    [2, 64],
    [64, 2],
    [5, 31],
    [31, 6],
    [17, 4],
    [4, 17],
  ])('matches the definition for %i by %i samples in a batch of 2 x 2', async (ny, nx) => {
    const data = randomReals(2 * 4 * ny * nx, ny);
    const result = await transform(kernels, data, [2, 2, ny, nx], 'forward');
    expect(relativeError(result, definition2(data, 4, ny, nx, -1))).toBeLessThan(TOLERANCE);
  });

  it.each([256, 384, 509, 512, 640, 1024])('keeps energy and inverts itself at %i', async (n) => {
    const data = randomReals(2 * n * n, n);
    const spectrum = await transform(kernels, data, [n, n], 'forward');
    const back = await transform(kernels, spectrum, [n, n], 'inverse');
    // Two float32 transforms; the prime 509 goes through Bluestein twice.
    expect(relativeError(back, data)).toBeLessThan(2 * TOLERANCE);
    expect(Math.abs(realDot(spectrum, spectrum) / realDot(data, data) - 1)).toBeLessThan(1e-6);
  });

  it.each([256, 384, 509, 512, 640, 1024, 2048])('matches plane waves of known spectrum at %i', async (n) => {
    // Four plane waves along x on one row: the spectrum is four peaks of height sqrt(n)·amplitude.
    const peaks = [3, n >> 1, (n >> 1) + 7, n - 1];
    const data = new Float64Array(2 * n);
    const centre = n >> 1;
    for (let x = 0; x < n; x++) {
      for (const peak of peaks) {
        const angle = (2 * Math.PI * (((peak - centre) * (x - centre)) % n)) / n;
        data[2 * x] = (data[2 * x] ?? 0) + Math.cos(angle);
        data[2 * x + 1] = (data[2 * x + 1] ?? 0) + Math.sin(angle);
      }
    }
    const expected = new Float64Array(2 * n);
    for (const peak of peaks) expected[2 * peak] = Math.sqrt(n);
    expect(relativeError(await transform(kernels, data, [1, n], 'forward'), expected)).toBeLessThan(
      TOLERANCE,
    );
    expect(relativeError(await transform(kernels, data, [n, 1], 'forward'), expected)).toBeLessThan(
      TOLERANCE,
    );
  });

  it.each([48, 53])('has the inverse as its adjoint at side %i', async (n) => {
    const u = randomReals(2 * n * n, 1);
    const v = randomReals(2 * n * n, 2);
    const fu = await transform(kernels, u, [n, n], 'forward');
    const fv = await transform(kernels, v, [n, n], 'inverse');
    const scale = Math.sqrt(realDot(u, u) * realDot(v, v));
    // Both sides carry the transforms' float32 error.
    expect(Math.abs(realDot(fu, v) - realDot(u, fv)) / scale).toBeLessThan(TOLERANCE);
  });

  it('keeps working when more lengths are used than plans are kept', async () => {
    for (let n = 2; n < 120; n++) {
      const data = randomReals(2 * n, n);
      const result = await transform(kernels, data, [1, n], 'forward');
      expect(relativeError(result, definition2(data, 1, 1, n, -1))).toBeLessThan(TOLERANCE);
    }
  });

  it('leaves its argument unchanged', async () => {
    const data = randomReals(2 * 24 * 20, 5);
    const input = kernels.upload(data, [24, 20], 'complex');
    const output = kernels.fourier2(input, 'forward');
    const [kept] = await kernels.readMany([input]);
    expect(Array.from(kept ?? [])).toEqual(Array.from(data));
    kernels.release(input);
    kernels.release(output);
  });
});

describe('lengths of transforms', () => {
  it('factorises small primes and sends others to Bluestein', () => {
    for (let n = 1; n < 600; n++) {
      const radices = radicesOf(n);
      if (radices !== null) expect(radices.reduce((product, radix) => product * radix, 1)).toBe(n);
    }
    expect(radicesOf(17)).toBeNull();
    expect(radicesOf(2 * 509)).toBeNull();
  });

  it('chooses convolution lengths that are long enough and factorise', () => {
    for (let n = 17; n < 3000; n += 7) {
      const m = convolutionLength(2 * n - 1);
      expect(m).toBeGreaterThanOrEqual(2 * n - 1);
      expect(m).toBeLessThan(2.6 * n);
      expect(radicesOf(m)).not.toBeNull();
    }
  });
});
