/**
 * The reference backend: float64 typed arrays, plain loops. It is the oracle for the other backends and for
 * gradient checks, and the command line's `--backend f64`.
 */

import { adamOnHost } from './adam.ts';
import { centredFourierLine } from './fourier.f64.ts';
import type {
  AdamRates,
  AdamState,
  DeviceArray,
  Dtype,
  Kernels,
  MatmulFlags,
  MemoryLimits,
  MemoryReport,
} from './kernels.ts';
import { broadcastShape, broadcastStrides, composedFilter2, sizeOf } from './kernels.ts';

export interface F64Array extends DeviceArray {
  readonly data: Float64Array;
}

/** What Node and browsers of today grant to typed arrays without asking. */
const ARRAY_BYTES = 2 ** 32;
const TOTAL_BYTES = 2 ** 32;
const POISSON_FLOOR = 1e-6;

class Float64Kernels implements Kernels<F64Array> {
  readonly name = 'f64';
  readonly bytesPerReal = 8;
  private readonly live = new Set<F64Array>();
  private bytes = 0;

  upload(data: Float64Array | Float32Array, shape: readonly number[], dtype: Dtype): F64Array {
    const size = sizeOf(shape) * (dtype === 'complex' ? 2 : 1);
    if (data.length !== size)
      throw new Error(`Expected ${size} numbers for [${shape.join()}], got ${data.length}.`);
    return this.make(Float64Array.from(data), shape, dtype);
  }

  async readMany(arrays: readonly F64Array[]): Promise<Float64Array[]> {
    return arrays.map((array) => array.data.slice());
  }

  release(array: F64Array): void {
    if (!this.live.delete(array)) throw new Error('An array was released twice.');
    this.bytes -= array.data.byteLength;
  }

  reshape(a: F64Array, shape: readonly number[]): F64Array {
    if (sizeOf(shape) !== sizeOf(a.shape))
      throw new Error(`Cannot reshape [${a.shape.join()}] to [${shape.join()}].`);
    return this.make(a.data.slice(), shape, a.dtype);
  }

  memory(): MemoryReport {
    return { bytes: this.bytes, arrays: this.live.size };
  }

  limits(): MemoryLimits {
    return { arrayBytes: ARRAY_BYTES, totalBytes: TOTAL_BYTES };
  }

  add(a: F64Array, b: F64Array): F64Array {
    return this.linear(a, b, 1);
  }

  subtract(a: F64Array, b: F64Array): F64Array {
    return this.linear(a, b, -1);
  }

  multiply(a: F64Array, b: F64Array, conjugateB = false): F64Array {
    const shape = broadcastShape(a.shape, b.shape);
    if (a.dtype === 'real' && b.dtype === 'real') {
      const out = new Float64Array(sizeOf(shape));
      forEachPair(a.shape, b.shape, shape, (i, p, q) => {
        out[i] = (a.data[p] as number) * (b.data[q] as number);
      });
      return this.make(out, shape, 'real');
    }
    const out = new Float64Array(2 * sizeOf(shape));
    const sign = conjugateB ? -1 : 1;
    forEachPair(a.shape, b.shape, shape, (i, p, q) => {
      const [ar, ai] = complexAt(a, p);
      const [br, bi] = complexAt(b, q);
      out[2 * i] = ar * br - sign * ai * bi;
      out[2 * i + 1] = sign * ar * bi + ai * br;
    });
    return this.make(out, shape, 'complex');
  }

  scale(a: F64Array, factor: number): F64Array {
    return this.make(
      a.data.map((x) => x * factor),
      a.shape,
      a.dtype,
    );
  }

  squareRoot(a: F64Array): F64Array {
    return this.make(a.data.map(Math.sqrt), a.shape, 'real');
  }

  absSquared(u: F64Array): F64Array {
    const out = new Float64Array(sizeOf(u.shape));
    for (let i = 0; i < out.length; i++) {
      const [re, im] = complexAt(u, i);
      out[i] = re * re + im * im;
    }
    return this.make(out, u.shape, 'real');
  }

  realInner(u: F64Array, v: F64Array): F64Array {
    return this.inner(u, v, (ur, ui, vr, vi) => ur * vr + ui * vi);
  }

  imaginaryInner(u: F64Array, v: F64Array): F64Array {
    return this.inner(u, v, (ur, ui, vr, vi) => ur * vi - ui * vr);
  }

  phasor(phase: F64Array): F64Array {
    const out = new Float64Array(2 * phase.data.length);
    phase.data.forEach((x, i) => {
      out[2 * i] = Math.cos(x);
      out[2 * i + 1] = Math.sin(x);
    });
    return this.make(out, phase.shape, 'complex');
  }

  fourier2(u: F64Array, direction: 'forward' | 'inverse'): F64Array {
    const sign = direction === 'forward' ? -1 : 1;
    const [ny, nx] = lastTwo(u.shape);
    const out = u.data.slice();
    const batch = out.length / (2 * ny * nx);
    for (let b = 0; b < batch; b++) {
      const base = 2 * b * ny * nx;
      for (let y = 0; y < ny; y++) {
        const start = base + 2 * y * nx;
        out.set(centredFourierLine(out.subarray(start, start + 2 * nx), sign), start);
      }
      const column = new Float64Array(2 * ny);
      for (let x = 0; x < nx; x++) {
        for (let y = 0; y < ny; y++) {
          column[2 * y] = out[base + 2 * (y * nx + x)] as number;
          column[2 * y + 1] = out[base + 2 * (y * nx + x) + 1] as number;
        }
        const spectrum = centredFourierLine(column, sign);
        for (let y = 0; y < ny; y++) {
          out[base + 2 * (y * nx + x)] = spectrum[2 * y] as number;
          out[base + 2 * (y * nx + x) + 1] = spectrum[2 * y + 1] as number;
        }
      }
    }
    return this.make(out, u.shape, 'complex');
  }

  filter2(u: F64Array, transfer: F64Array, conjugate = false): F64Array {
    return composedFilter2<F64Array>(this, u, transfer, conjugate);
  }

  resize(a: F64Array, ny: number, nx: number): F64Array {
    const [oldNy, oldNx] = lastTwo(a.shape);
    const width = a.dtype === 'complex' ? 2 : 1;
    const shape = [...a.shape.slice(0, -2), ny, nx];
    const out = new Float64Array(sizeOf(shape) * width);
    const dy = Math.floor(ny / 2) - Math.floor(oldNy / 2);
    const dx = Math.floor(nx / 2) - Math.floor(oldNx / 2);
    const batch = sizeOf(shape) / (ny * nx);
    const firstX = Math.max(0, dx);
    const lastX = Math.min(nx, oldNx + dx);
    for (let b = 0; b < batch; b++) {
      for (let y = Math.max(0, dy); y < Math.min(ny, oldNy + dy); y++) {
        const from = (b * oldNy * oldNx + (y - dy) * oldNx - dx) * width;
        out.set(
          a.data.subarray(from + firstX * width, from + lastX * width),
          (b * ny * nx + y * nx + firstX) * width,
        );
      }
    }
    return this.make(out, shape, a.dtype);
  }

  matmul(a: F64Array, b: F64Array, flags: MatmulFlags = {}): F64Array {
    const left = matrixView(a, flags.transposeA === true, flags.conjugateA === true);
    const right = matrixView(b, flags.transposeB === true, flags.conjugateB === true);
    if (left.columns !== right.rows)
      throw new Error(`Matrices [${a.shape.join()}] and [${b.shape.join()}] do not fit.`);
    const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
    const batch = broadcastShape(batchA, batchB);
    const shape = [...batch, left.rows, right.columns];
    const out = new Float64Array(2 * sizeOf(shape));
    forEachPair(batchA, batchB, batch, (i, p, q) => {
      for (let row = 0; row < left.rows; row++) {
        const start = i * left.rows + row;
        for (let inner = 0; inner < left.columns; inner++) {
          const at = left.index(p, row, inner);
          const ar = a.data[at] as number;
          const ai = left.sign * (a.data[at + 1] as number);
          addTimes(out, start * right.columns, b.data, right, right.index(q, inner, 0), ar, ai);
        }
      }
    });
    return this.make(out, shape, 'complex');
  }

  sum(a: F64Array, axes: readonly number[]): F64Array {
    const shape = a.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
    const width = a.dtype === 'complex' ? 2 : 1;
    const out = new Float64Array(sizeOf(shape) * width);
    forEachPair(a.shape, shape, a.shape, (_i, from, to) => {
      for (let w = 0; w < width; w++) {
        out[to * width + w] = (out[to * width + w] as number) + (a.data[from * width + w] as number);
      }
    });
    return this.make(out, shape, a.dtype);
  }

  combine(basis: F64Array, coefficients: Float64Array | F64Array): F64Array {
    const rest = basis.shape.slice(1);
    const size = sizeOf(rest);
    const out = new Float64Array(size);
    const values = coefficients instanceof Float64Array ? coefficients : coefficients.data;
    values.forEach((c, j) => {
      for (let i = 0; i < size; i++) out[i] = (out[i] as number) + c * (basis.data[j * size + i] as number);
    });
    return this.make(out, rest, 'real');
  }

  project(basis: F64Array, map: F64Array): F64Array {
    const count = basis.shape[0] ?? 0;
    const out = new Float64Array(count);
    for (let j = 0; j < count; j++) {
      let total = 0;
      for (let i = 0; i < map.data.length; i++) {
        total += (basis.data[j * map.data.length + i] as number) * (map.data[i] as number);
      }
      out[j] = total;
    }
    return this.make(out, [count], 'real');
  }

  poissonDeviance(model: F64Array, data: F64Array): F64Array {
    const out = model.data.map((m, i) => {
      const mean = Math.max(m, POISSON_FLOOR);
      const d = data.data[i] as number;
      return mean - d + (d > 0 ? d * Math.log(d / mean) : 0);
    });
    return this.make(out, model.shape, 'real');
  }

  adam(state: AdamState<F64Array>, loss: F64Array, gradient: F64Array, rates: AdamRates): void {
    const { parameters, moments, bounds, progress } = state;
    const arrays = {
      parameters: parameters.data,
      moments: moments.data,
      bounds: bounds.data,
      progress: progress.data,
    };
    adamOnHost(arrays, loss.data[0] ?? Number.NaN, gradient.data, rates);
  }

  divide(a: F64Array, b: F64Array): F64Array {
    const shape = broadcastShape(a.shape, b.shape);
    const out = new Float64Array(sizeOf(shape));
    forEachPair(a.shape, b.shape, shape, (i, p, q) => {
      out[i] = (a.data[p] as number) / (b.data[q] as number);
    });
    return this.make(out, shape, 'real');
  }

  poissonSlope(model: F64Array, data: F64Array): F64Array {
    return this.make(
      model.data.map((m, i) => 1 - (data.data[i] as number) / Math.max(m, POISSON_FLOOR)),
      model.shape,
      'real',
    );
  }

  private linear(a: F64Array, b: F64Array, sign: 1 | -1): F64Array {
    if (a.dtype !== b.dtype) throw new Error('Real and complex arrays are not added.');
    const width = a.dtype === 'complex' ? 2 : 1;
    const shape = broadcastShape(a.shape, b.shape);
    const out = new Float64Array(sizeOf(shape) * width);
    forEachPair(a.shape, b.shape, shape, (i, p, q) => {
      for (let w = 0; w < width; w++) {
        out[i * width + w] = (a.data[p * width + w] as number) + sign * (b.data[q * width + w] as number);
      }
    });
    return this.make(out, shape, a.dtype);
  }

  private inner(
    u: F64Array,
    v: F64Array,
    product: (ur: number, ui: number, vr: number, vi: number) => number,
  ): F64Array {
    const shape = broadcastShape(u.shape, v.shape);
    const out = new Float64Array(sizeOf(shape));
    forEachPair(u.shape, v.shape, shape, (i, p, q) => {
      const [ur, ui] = complexAt(u, p);
      const [vr, vi] = complexAt(v, q);
      out[i] = product(ur, ui, vr, vi);
    });
    return this.make(out, shape, 'real');
  }

  private make(data: Float64Array, shape: readonly number[], dtype: Dtype): F64Array {
    const array: F64Array = { data, shape: [...shape], dtype };
    this.live.add(array);
    this.bytes += data.byteLength;
    return array;
  }
}

export function createFloat64Kernels(): Kernels<F64Array> {
  return new Float64Kernels();
}

function complexAt(a: F64Array, index: number): [number, number] {
  return a.dtype === 'complex'
    ? [a.data[2 * index] as number, a.data[2 * index + 1] as number]
    : [a.data[index] as number, 0];
}

function lastTwo(shape: readonly number[]): [number, number] {
  return [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];
}

/** Visits every sample of `shape` with the flat indices of the two broadcast operands. */
function forEachPair(
  shapeA: readonly number[],
  shapeB: readonly number[],
  shape: readonly number[],
  visit: (index: number, indexA: number, indexB: number) => void,
): void {
  const total = sizeOf(shape);
  const strideA = broadcastStrides(shapeA, shape);
  const strideB = broadcastStrides(shapeB, shape);
  const counter = new Array<number>(shape.length).fill(0);
  let p = 0;
  let q = 0;
  for (let index = 0; index < total; index++) {
    visit(index, p, q);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (counter[axis] as number) + 1;
      p += strideA[axis] as number;
      q += strideB[axis] as number;
      if (next < (shape[axis] as number)) {
        counter[axis] = next;
        break;
      }
      counter[axis] = 0;
      p -= next * (strideA[axis] as number);
      q -= next * (strideB[axis] as number);
    }
  }
}

type MatrixView = ReturnType<typeof matrixView>;

/** Adds a number times a row of a matrix that begins at `from`. */
function addTimes(
  out: Float64Array,
  sample: number,
  data: Float64Array,
  { columns, perColumn, sign }: MatrixView,
  from: number,
  re: number,
  im: number,
): void {
  let at = from;
  const end = 2 * (sample + columns);
  for (let o = 2 * sample; o < end; o += 2) {
    const br = data[at] as number;
    const bi = sign * (data[at + 1] as number);
    out[o] = (out[o] as number) + re * br - im * bi;
    out[o + 1] = (out[o + 1] as number) + re * bi + im * br;
    at += perColumn;
  }
}

function matrixView(a: F64Array, transpose: boolean, conjugate: boolean) {
  const [m, n] = lastTwo(a.shape);
  return {
    rows: transpose ? n : m,
    columns: transpose ? m : n,
    sign: conjugate ? -1 : 1,
    /** Numbers from column to column. */
    perColumn: transpose ? 2 * n : 2,
    index: (batch: number, row: number, column: number) =>
      2 * (batch * m * n + (transpose ? column * n + row : row * n + column)),
  };
}
