/** Helpers of this folder's tests: seeded numbers, float64 reference arithmetic and error norms. */
import type { Dtype } from '../../optics/ops/kernels.ts';
import { broadcastShape, broadcastStrides, sizeOf } from '../../optics/ops/kernels.ts';

/** Uniform numbers in [-1, 1), rounded to float32 so that uploads are exact. Seeded (mulberry32). */
export function randomReals(count: number, seed: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.fround(((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1);
  });
}

/** ‖actual - expected‖ / ‖expected‖. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`Lengths ${actual.length} and ${expected.length}.`);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    const e = expected[i] ?? Number.NaN;
    difference += ((actual[i] ?? Number.NaN) - e) ** 2;
    norm += e ** 2;
  }
  return Math.sqrt(difference / norm);
}

export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`Lengths ${actual.length} and ${expected.length}.`);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? Number.NaN));
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

/** Re Σ conj(u)·v of interleaved arrays. */
export function realDot(u: ArrayLike<number>, v: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < u.length; i++) total += (u[i] ?? 0) * (v[i] ?? 0);
  return total;
}

/**
 * The definition of the centred unitary transform along one axis: `lines` of n samples; sample j of line l
 * is at (offset(l) + j·step).
 */
function definition1(data: Float64Array, n: number, step: number, offsets: readonly number[], sign: number) {
  const out = new Float64Array(data.length);
  const centre = Math.floor(n / 2);
  const cosines = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sines = Float64Array.from({ length: n }, (_, k) => sign * Math.sin((2 * Math.PI * k) / n));
  for (const offset of offsets) {
    for (let k = 0; k < n; k++) {
      let re = 0;
      let im = 0;
      for (let j = 0; j < n; j++) {
        const turn = ((((k - centre) * (j - centre)) % n) + n) % n;
        const at = 2 * (offset + j * step);
        const x = data[at] ?? 0;
        const y = data[at + 1] ?? 0;
        re += x * (cosines[turn] ?? 0) - y * (sines[turn] ?? 0);
        im += x * (sines[turn] ?? 0) + y * (cosines[turn] ?? 0);
      }
      const to = 2 * (offset + k * step);
      out[to] = re / Math.sqrt(n);
      out[to + 1] = im / Math.sqrt(n);
    }
  }
  return out;
}

/** Centred unitary 2-D transform by its definition, O(N²) per axis, of `count` planes. */
export function definition2(
  data: Float64Array,
  count: number,
  ny: number,
  nx: number,
  sign: -1 | 1,
): Float64Array {
  const rows = Array.from({ length: count * ny }, (_, row) => row * nx);
  const columns = Array.from({ length: count * nx }, (_, i) => Math.floor(i / nx) * ny * nx + (i % nx));
  return definition1(definition1(data, nx, 1, rows, sign), ny, nx, columns, sign);
}

export type Pair = readonly [number, number];

export function sampleAt(data: Float64Array, dtype: Dtype, index: number): Pair {
  return dtype === 'real' ? [data[index] ?? 0, 0] : [data[2 * index] ?? 0, data[2 * index + 1] ?? 0];
}

/** Broadcast operation by its definition, in float64, always as complex pairs. */
export function naiveBinary(
  a: { data: Float64Array; shape: readonly number[]; dtype: Dtype },
  b: { data: Float64Array; shape: readonly number[]; dtype: Dtype },
  operation: (x: Pair, y: Pair) => Pair,
): Pair[] {
  const shape = broadcastShape(a.shape, b.shape);
  const aStrides = broadcastStrides(a.shape, shape);
  const bStrides = broadcastStrides(b.shape, shape);
  return Array.from({ length: sizeOf(shape) }, (_, flat) => {
    let rest = flat;
    let i = 0;
    let j = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const n = shape[axis] ?? 1;
      i += (rest % n) * (aStrides[axis] ?? 0);
      j += (rest % n) * (bStrides[axis] ?? 0);
      rest = Math.floor(rest / n);
    }
    return operation(sampleAt(a.data, a.dtype, i), sampleAt(b.data, b.dtype, j));
  });
}

export const plus = (x: Pair, y: Pair): Pair => [x[0] + y[0], x[1] + y[1]];
export const minus = (x: Pair, y: Pair): Pair => [x[0] - y[0], x[1] - y[1]];
export const times = (x: Pair, y: Pair): Pair => [x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]];
export const conjugate = (x: Pair): Pair => [x[0], -x[1]];
