import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceArray, Dtype, Kernels } from '../../optics/ops/kernels.ts';
import { broadcastShape, broadcastStrides, sizeOf } from '../../optics/ops/kernels.ts';
import {
  conjugate,
  largestError,
  minus,
  naiveBinary,
  plus,
  randomReals,
  relativeError,
  sampleAt,
  times,
} from './testNumbers.ts';
import { createWasmKernels } from './wasmKernels.ts';

/** One rounding of a float32 result or of each term of a complex product. */
const ROUNDING = 1.2e-7;

const SHAPES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[7], [7]],
  [
    [5, 6],
    [5, 6],
  ],
  [
    [3, 5, 7],
    [5, 7],
  ],
  [
    [5, 7],
    [3, 5, 7],
  ],
  [
    [3, 1, 1],
    [3, 5, 7],
  ],
  [
    [4, 5, 1],
    [4, 5, 9],
  ],
  [
    [1, 5, 9],
    [4, 1, 9],
  ],
  [
    [2, 1, 6],
    [1, 3, 1],
  ],
  [
    [2, 3, 1, 5, 1, 2],
    [3, 4, 1, 6, 1],
  ],
  [[11], [1]],
  [
    [1, 1],
    [4, 3, 2],
  ],
  [
    [3, 1],
    [1, 2],
  ],
];

describe.each([
  { build: 'SIMD', simd: true },
  { build: 'scalar', simd: false },
])('WebAssembly kernels, $build build', ({ simd }) => {
  let kernels: Kernels;
  beforeAll(async () => {
    kernels = await createWasmKernels({ simd });
  });

  function make(shape: readonly number[], dtype: Dtype, seed: number) {
    const data = randomReals(sizeOf(shape) * (dtype === 'complex' ? 2 : 1), seed);
    return { data, shape, dtype, array: kernels.upload(data, shape, dtype) };
  }

  async function take(result: DeviceArray): Promise<Float64Array> {
    const [data] = await kernels.readMany([result]);
    kernels.release(result);
    return Float64Array.from(data ?? []);
  }

  describe.each(SHAPES)('of shapes %j and %j', (aShape, bShape) => {
    const real = [...(['real', 'complex'] as const)];
    it('adds and subtracts', async () => {
      for (const dtype of real) {
        const a = make(aShape, dtype, 1);
        const b = make(bShape, dtype, 2);
        for (const [operation, naive] of [
          ['add', plus],
          ['subtract', minus],
        ] as const) {
          const result = kernels[operation](a.array, b.array);
          expect(result.shape).toEqual(broadcastShape(aShape, bShape));
          expect(result.dtype).toBe(dtype);
          const expected = naiveBinary(a, b, naive).flatMap((x) => (dtype === 'real' ? [x[0]] : x));
          expect(largestError(await take(result), expected)).toBeLessThanOrEqual(ROUNDING);
        }
      }
    });

    it('multiplies every mix of types, with and without conjugation', async () => {
      for (const aType of real) {
        for (const bType of real) {
          const a = make(aShape, aType, 3);
          const b = make(bShape, bType, 4);
          const dtype = aType === 'real' && bType === 'real' ? 'real' : 'complex';
          for (const flag of [false, true]) {
            const result = kernels.multiply(a.array, b.array, flag);
            expect(result.dtype).toBe(dtype);
            const naive = naiveBinary(a, b, (x, y) => times(x, flag ? conjugate(y) : y));
            const expected = naive.flatMap((x) => (dtype === 'real' ? [x[0]] : x));
            expect(largestError(await take(result), expected)).toBeLessThan(2 * ROUNDING);
          }
        }
      }
    });

    it('forms both parts of conj(u)·v', async () => {
      const u = make(aShape, 'complex', 5);
      const v = make(bShape, 'complex', 6);
      const expected = naiveBinary(u, v, (x, y) => times(conjugate(x), y));
      const re = kernels.realInner(u.array, v.array);
      const im = kernels.imaginaryInner(u.array, v.array);
      expect(re.dtype).toBe('real');
      expect(im.shape).toEqual(broadcastShape(aShape, bShape));
      expect(
        largestError(
          await take(re),
          expected.map((x) => x[0]),
        ),
      ).toBeLessThan(2 * ROUNDING);
      expect(
        largestError(
          await take(im),
          expected.map((x) => x[1]),
        ),
      ).toBeLessThan(2 * ROUNDING);
    });
  });

  it('scales and squares', async () => {
    for (const n of [1, 3, 4, 17, 64]) {
      const u = make([n], 'complex', n);
      const scaled = await take(kernels.scale(u.array, -0.3));
      expect(
        relativeError(
          scaled,
          u.data.map((x) => -0.3 * x),
        ),
      ).toBeLessThan(ROUNDING);
      const squares = Array.from({ length: n }, (_, i) => {
        const [re, im] = sampleAt(u.data, 'complex', i);
        return re * re + im * im;
      });
      expect(largestError(await take(kernels.absSquared(u.array)), squares)).toBeLessThan(2 * ROUNDING);
    }
  });

  it.each([1, 100, 1e4, 1e6])('turns phases up to %d rad into phasors', async (range) => {
    const phase = randomReals(4099, 7).map((x) => Math.fround(range * x));
    phase.set([0, Math.PI / 4, -Math.PI / 4, Math.PI / 2, Math.PI, -Math.PI, 0.785398].map(Math.fround));
    const result = await take(kernels.phasor(kernels.upload(phase, [phase.length], 'real')));
    const expected = Array.from(phase).flatMap((x) => [Math.cos(x), Math.sin(x)]);
    // Rounding of the reduced phase and of the polynomial, half a unit in the last place of 1 each.
    expect(largestError(result, expected)).toBeLessThan(1.5e-7);
  });

  it('keeps a phasor that is not a number visible', async () => {
    const phase = Float64Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY, 2, Number.NaN);
    const result = await take(kernels.phasor(kernels.upload(phase, [5], 'real')));
    expect(Array.from(result, Number.isNaN)).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  it.each([
    [4, 5, 8, 9],
    [5, 4, 8, 7],
    [5, 5, 6, 6],
    [6, 6, 5, 5],
    [8, 9, 3, 4],
    [7, 4, 2, 9],
    [3, 3, 3, 3],
    [1, 1, 4, 5],
  ])('resizes %i x %i to %i x %i around sample floor(N/2)', async (ny, nx, outNy, outNx) => {
    for (const dtype of ['real', 'complex'] as const) {
      const a = make([2, ny, nx], dtype, ny);
      const expected: number[] = [];
      for (let plane = 0; plane < 2; plane++) {
        for (let y = 0; y < outNy; y++) {
          for (let x = 0; x < outNx; x++) {
            const fromY = y - Math.floor(outNy / 2) + Math.floor(ny / 2);
            const fromX = x - Math.floor(outNx / 2) + Math.floor(nx / 2);
            const inside = fromY >= 0 && fromY < ny && fromX >= 0 && fromX < nx;
            const sample = sampleAt(a.data, dtype, (plane * ny + fromY) * nx + fromX);
            const [re, im] = inside ? sample : [0, 0];
            expected.push(...(dtype === 'real' ? [re] : [re, im]));
          }
        }
      }
      const result = kernels.resize(a.array, outNy, outNx);
      expect(result.shape).toEqual([2, outNy, outNx]);
      expect(Array.from(await take(result))).toEqual(expected);
    }
  });

  it.each([
    { shape: [7], axes: [0] },
    { shape: [3, 5, 6], axes: [] },
    { shape: [3, 5, 6], axes: [0] },
    { shape: [3, 5, 6], axes: [1] },
    { shape: [3, 5, 6], axes: [2] },
    { shape: [3, 5, 6], axes: [0, 2] },
    { shape: [3, 5, 6], axes: [0, 1, 2] },
    { shape: [2, 1, 3, 4, 2, 5], axes: [0, 2, 4] },
    { shape: [4, 1, 3], axes: [1] },
    { shape: [3, 2000], axes: [0] },
  ])('sums $shape over $axes', async ({ shape, axes }) => {
    for (const dtype of ['real', 'complex'] as const) {
      const a = make(shape, dtype, 9);
      const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
      const strides = broadcastStrides(kept, shape);
      const parts = dtype === 'real' ? 1 : 2;
      const expected = new Float64Array(sizeOf(kept) * parts);
      for (let flat = 0; flat < sizeOf(shape); flat++) {
        let rest = flat;
        let to = 0;
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          to += (rest % (shape[axis] ?? 1)) * (strides[axis] ?? 0);
          rest = Math.floor(rest / (shape[axis] ?? 1));
        }
        for (let part = 0; part < parts; part++) {
          expected[to * parts + part] =
            (expected[to * parts + part] ?? 0) + (a.data[flat * parts + part] ?? 0);
        }
      }
      const result = kernels.sum(a.array, axes);
      expect(result.shape).toEqual(kept);
      // Sums run in float64; results are rounded once per group of axes.
      expect(relativeError(await take(result), expected)).toBeLessThan(2 * ROUNDING);
    }
  });

  it('sums a million equal numbers exactly to rounding', async () => {
    const data = new Float32Array(2 ** 20).fill(0.1);
    const a = kernels.upload(data, [2 ** 20], 'real');
    const [total] = await take(kernels.sum(a, [0]));
    kernels.release(a);
    // A float32 running sum would be wrong by 1e-2 here.
    expect(Math.abs((total ?? 0) / (2 ** 20 * Math.fround(0.1)) - 1)).toBeLessThan(ROUNDING);
  });

  it.each([
    [1, 5],
    [4, 64],
    [7, 4099],
    [22, 33],
    [0, 6],
  ])('combines and projects %i maps of %i samples', async (count, n) => {
    const basis = make([count, 1, n], 'real', 13);
    const map = make([1, n], 'real', 14);
    const coefficients = randomReals(count, 15);
    const combined = kernels.combine(basis.array, coefficients);
    expect(combined.shape).toEqual([1, n]);
    const sums = new Float64Array(n);
    const products = new Float64Array(count);
    for (let j = 0; j < count; j++) {
      for (let i = 0; i < n; i++) {
        const b = basis.data[j * n + i] ?? 0;
        sums[i] = (sums[i] ?? 0) + (coefficients[j] ?? 0) * b;
        products[j] = (products[j] ?? 0) + b * (map.data[i] ?? 0);
      }
    }
    // Float32 sums of up to 22 terms below 1 in size.
    expect(largestError(await take(combined), sums)).toBeLessThan(1e-6);
    const projected = kernels.project(basis.array, map.array);
    expect(projected.shape).toEqual([count]);
    // Float64 sums rounded once; the largest sum of products stays below 64.
    expect(largestError(await take(projected), products)).toBeLessThan(64 * ROUNDING);
  });

  it('evaluates the Poisson deviance and its slope, also where data and model nearly agree', async () => {
    const data = randomReals(1001, 16).map((x) => Math.fround(500 * (1 + x)));
    const model = data.map((x, i) => Math.fround(x * (1 + 1e-3 * ((i % 7) - 3)) + (i % 5)));
    data.set([0, 0, 3, 0, 1e-3]);
    model.set([2, 0, 0, -1, 1e6]);
    const d = kernels.upload(data, [7, 11, 13], 'real');
    const m = kernels.upload(model, [7, 11, 13], 'real');
    const clamped = model.map((x) => Math.max(x, 1e-6));
    const deviance = clamped.map((x, i) => {
      const y = data[i] ?? 0;
      return x - y + (y > 0 ? y * Math.log(y / x) : 0);
    });
    const result = await take(kernels.poissonDeviance(m, d));
    result.forEach((x, i) => {
      const expected = deviance[i] ?? 0;
      // Float64 inside: cancellation of terms up to 1e3 leaves 1e-12, then one rounding.
      expect(Math.abs(x - expected)).toBeLessThanOrEqual(ROUNDING * Math.abs(expected) + 1e-11);
    });
    const slope = await take(kernels.poissonSlope(m, d));
    slope.forEach((x, i) => {
      const expected = 1 - (data[i] ?? 0) / (clamped[i] ?? 0);
      expect(Math.abs(x - expected)).toBeLessThanOrEqual(ROUNDING * Math.abs(expected) + 1e-16);
    });
    kernels.release(d);
    kernels.release(m);
  });

  it('reshapes without tying the lives of the two arrays together', async () => {
    const a = make([4, 6], 'complex', 20);
    const b = kernels.reshape(a.array, [3, 1, 8]);
    expect(b.shape).toEqual([3, 1, 8]);
    kernels.release(a.array);
    const other = make([4, 6], 'complex', 21);
    expect(Array.from(await take(b))).toEqual(Array.from(a.data));
    kernels.release(other.array);
    expect(() => kernels.reshape(make([4], 'real', 1).array, [3])).toThrow('cannot be seen as');
  });
});
