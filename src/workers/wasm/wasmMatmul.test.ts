import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceArray, Dtype, Kernels } from '../../optics/ops/kernels.ts';
import { broadcastShape, broadcastStrides, sizeOf } from '../../optics/ops/kernels.ts';
import type { Pair } from './testNumbers.ts';
import { conjugate, plus, randomReals, realDot, relativeError, sampleAt, times } from './testNumbers.ts';
import { createWasmKernels } from './wasmKernels.ts';

describe.each([
  { build: 'SIMD', simd: true },
  { build: 'scalar', simd: false },
])('matrix product, $build build', ({ simd }) => {
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

  describe.each([
    { a: [5, 7], b: [7, 3] },
    { a: [1, 1], b: [1, 1] },
    { a: [91, 64], b: [2, 1, 64, 17] },
    { a: [2, 9, 8], b: [8, 12] },
    { a: [2, 1, 4, 600], b: [3, 600, 5] },
    { a: [3, 2, 4, 4], b: [3, 2, 4, 4] },
  ])('matmul of $a and $b', ({ a: aShape, b: bShape }) => {
    it('matches the definition with every flag', async () => {
      for (let bits = 0; bits < 16; bits++) {
        const flags = {
          conjugateA: (bits & 1) > 0,
          conjugateB: (bits & 2) > 0,
          transposeA: (bits & 4) > 0,
          transposeB: (bits & 8) > 0,
        };
        const swap = (shape: number[], on: boolean) =>
          on ? shape.with(-1, shape.at(-2) ?? 0).with(-2, shape.at(-1) ?? 0) : shape;
        const a = make(swap(aShape, flags.transposeA), 'complex', 11);
        const b = make(swap(bShape, flags.transposeB), 'complex', 12);
        const batch = broadcastShape(aShape.slice(0, -2), bShape.slice(0, -2));
        const [rows = 0, depth = 0] = aShape.slice(-2);
        const columns = bShape.at(-1) ?? 0;
        const aOffsets = broadcastStrides(aShape.slice(0, -2), batch);
        const bOffsets = broadcastStrides(bShape.slice(0, -2), batch);
        const expected: number[] = [];
        for (let flat = 0; flat < sizeOf(batch); flat++) {
          let rest = flat;
          let i = 0;
          let j = 0;
          for (let axis = batch.length - 1; axis >= 0; axis--) {
            const n = batch[axis] ?? 1;
            i += (rest % n) * (aOffsets[axis] ?? 0);
            j += (rest % n) * (bOffsets[axis] ?? 0);
            rest = Math.floor(rest / n);
          }
          for (let row = 0; row < rows; row++) {
            for (let column = 0; column < columns; column++) {
              let sum: Pair = [0, 0];
              for (let k = 0; k < depth; k++) {
                const aIndex = i * rows * depth + (flags.transposeA ? k * rows + row : row * depth + k);
                const bIndex =
                  j * depth * columns + (flags.transposeB ? column * depth + k : k * columns + column);
                const x = sampleAt(a.data, 'complex', aIndex);
                const y = sampleAt(b.data, 'complex', bIndex);
                sum = plus(
                  sum,
                  times(flags.conjugateA ? conjugate(x) : x, flags.conjugateB ? conjugate(y) : y),
                );
              }
              expected.push(...sum);
            }
          }
        }
        const result = kernels.matmul(a.array, b.array, flags);
        expect(result.shape).toEqual([...batch, rows, columns]);
        // Float32 sums of up to 256 products per block.
        expect(relativeError(await take(result), expected)).toBeLessThan(1e-6);
      }
    });
  });

  it('has the matrix product with conj(A)ᵀ as its adjoint', async () => {
    const a = make([30, 20], 'complex', 1);
    const x = make([20, 10], 'complex', 2);
    const y = make([30, 10], 'complex', 3);
    const forward = await take(kernels.matmul(a.array, x.array));
    const back = await take(kernels.matmul(a.array, y.array, { conjugateA: true, transposeA: true }));
    const scale = Math.sqrt(realDot(forward, forward) * realDot(y.data, y.data));
    // Both sides are float32 sums.
    expect(Math.abs(realDot(forward, y.data) - realDot(x.data, back)) / scale).toBeLessThan(5e-7);
  });

  it('refuses matrices that do not chain', () => {
    const a = make([3, 4], 'complex', 1);
    expect(() => kernels.matmul(a.array, a.array)).toThrow('do not chain');
  });
});
