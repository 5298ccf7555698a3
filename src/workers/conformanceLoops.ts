/**
 * The definitions of the kernels as plain float64 loops on the host. They follow the definitions word for word
 * (direct Fourier sums, direct matrix products), so they share no method with any backend.
 */
import {
  broadcastShape,
  broadcastStrides,
  type Dtype,
  type MatmulFlags,
  sizeOf,
} from '../optics/ops/kernels.ts';

/** A host array: interleaved when complex. */
export interface Host {
  readonly data: Float64Array;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

export type Sample = readonly [number, number];

/** Deterministic uniform numbers in [-1, 1) (a 32-bit linear congruential sequence). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

export function hostArray(shape: readonly number[], dtype: Dtype, next: () => number): Host {
  const n = sizeOf(shape) * (dtype === 'complex' ? 2 : 1);
  // Rounded to float32, so that the comparison is about the kernel, not about the rounding of its input.
  return { data: Float64Array.from({ length: n }, () => Math.fround(next())), shape, dtype };
}

export function at(array: Host, index: number): Sample {
  if (array.dtype === 'real') return [array.data[index] ?? Number.NaN, 0];
  return [array.data[2 * index] ?? Number.NaN, array.data[2 * index + 1] ?? Number.NaN];
}

export function times([ar, ai]: Sample, [br, bi]: Sample): Sample {
  return [ar * br - ai * bi, ar * bi + ai * br];
}

export function conjugate([re, im]: Sample): Sample {
  return [re, -im];
}

export function build(shape: readonly number[], dtype: Dtype, sample: (index: number) => Sample): Host {
  const n = sizeOf(shape);
  const data = new Float64Array(dtype === 'complex' ? 2 * n : n);
  for (let index = 0; index < n; index++) {
    const [re, im] = sample(index);
    if (dtype === 'complex') {
      data[2 * index] = re;
      data[2 * index + 1] = im;
    } else {
      data[index] = re;
    }
  }
  return { data, shape, dtype };
}

/** Coordinates of a flat index. */
function coordinates(index: number, shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length).fill(0);
  let rest = index;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis] ?? 1;
    result[axis] = rest % n;
    rest = Math.floor(rest / n);
  }
  return result;
}

function offset(position: readonly number[], strides: readonly number[]): number {
  return position.reduce((total, coordinate, axis) => total + coordinate * (strides[axis] ?? 0), 0);
}

export function pointwise(a: Host, b: Host, dtype: Dtype, combine: (a: Sample, b: Sample) => Sample): Host {
  const shape = broadcastShape(a.shape, b.shape);
  const [sa, sb] = [broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape)];
  return build(shape, dtype, (index) => {
    const position = coordinates(index, shape);
    return combine(at(a, offset(position, sa)), at(b, offset(position, sb)));
  });
}

/** exp(2πi·turns) with the turns reduced to one half turn. */
function unit(turns: number): Sample {
  const angle = 2 * Math.PI * (turns - Math.round(turns));
  return [Math.cos(angle), Math.sin(angle)];
}

/** Unitary centred transform along one of the last two axes by the direct sum. */
function fourierAxis(u: Host, axis: number, sign: 1 | -1): Host {
  const n = u.shape[axis] ?? 1;
  const inner = sizeOf(u.shape.slice(axis + 1));
  const centre = Math.floor(n / 2);
  return build(u.shape, 'complex', (index) => {
    const k = Math.floor(index / inner) % n;
    const start = index - k * inner;
    let [re, im] = [0, 0];
    for (let m = 0; m < n; m++) {
      const product = (((m - centre) * (k - centre)) % n) / n;
      const [x, y] = times(at(u, start + m * inner), unit(sign * product));
      re += x;
      im += y;
    }
    return [re / Math.sqrt(n), im / Math.sqrt(n)];
  });
}

export function fourier(u: Host, direction: 'forward' | 'inverse'): Host {
  const sign = direction === 'forward' ? -1 : 1;
  const rank = u.shape.length;
  return fourierAxis(fourierAxis(u, rank - 1, sign), rank - 2, sign);
}

export function resized(a: Host, ny: number, nx: number): Host {
  const [oldNy = 1, oldNx = 1] = a.shape.slice(-2);
  return build([...a.shape.slice(0, -2), ny, nx], a.dtype, (index) => {
    const x = (index % nx) - Math.floor(nx / 2) + Math.floor(oldNx / 2);
    const y = (Math.floor(index / nx) % ny) - Math.floor(ny / 2) + Math.floor(oldNy / 2);
    if (x < 0 || y < 0 || x >= oldNx || y >= oldNy) return [0, 0];
    return at(a, (Math.floor(index / (nx * ny)) * oldNy + y) * oldNx + x);
  });
}

export function product(a: Host, b: Host, flags: MatmulFlags): Host {
  const [ar = 1, ac = 1] = a.shape.slice(-2);
  const [br = 1, bc = 1] = b.shape.slice(-2);
  const [rows, terms] = flags.transposeA ? [ac, ar] : [ar, ac];
  const columns = flags.transposeB ? br : bc;
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = broadcastShape(batchA, batchB);
  const [sa, sb] = [broadcastStrides(batchA, batch), broadcastStrides(batchB, batch)];
  return build([...batch, rows, columns], 'complex', (index) => {
    const [n, m] = [index % columns, Math.floor(index / columns) % rows];
    const position = coordinates(Math.floor(index / (rows * columns)), batch);
    const [ia, ib] = [offset(position, sa) * ar * ac, offset(position, sb) * br * bc];
    let [re, im] = [0, 0];
    for (let k = 0; k < terms; k++) {
      const left = at(a, ia + (flags.transposeA ? k * ac + m : m * ac + k));
      const right = at(b, ib + (flags.transposeB ? n * bc + k : k * bc + n));
      const [x, y] = times(
        flags.conjugateA ? conjugate(left) : left,
        flags.conjugateB ? conjugate(right) : right,
      );
      re += x;
      im += y;
    }
    return [re, im];
  });
}

export function summed(a: Host, axes: readonly number[]): Host {
  const shape = a.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const strides = broadcastStrides(shape, a.shape);
  const re = new Float64Array(sizeOf(shape));
  const im = new Float64Array(sizeOf(shape));
  for (let index = 0; index < sizeOf(a.shape); index++) {
    const target = offset(coordinates(index, a.shape), strides);
    const [x, y] = at(a, index);
    re[target] = (re[target] ?? 0) + x;
    im[target] = (im[target] ?? 0) + y;
  }
  return build(shape, a.dtype, (index) => [re[index] ?? 0, im[index] ?? 0]);
}

/** Largest difference over `scale`; NaN anywhere and a wrong length count as infinite. */
export function difference(actual: ArrayLike<number>, expected: Float64Array, scale: number): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  expected.forEach((value, index) => {
    const distance = Math.abs((actual[index] ?? Number.NaN) - value);
    if (!(distance <= worst)) worst = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
  });
  return worst / scale;
}

export function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
