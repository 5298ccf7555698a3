/**
 * The array kernels that a backend must provide. Nothing here knows about gradients: `Ops` builds exact
 * derivatives (forward and reverse) from these primitives, so a backend is a list of plain array functions.
 *
 * Three backends implement it: float64 typed arrays (reference), WASM SIMD (float32) and TensorFlow.js on
 * WebGPU (float32). Complex arrays are interleaved, shape `[..., 2]` in memory; `shape` never lists that axis.
 */
export type Dtype = 'real' | 'complex';

/** A dense row-major array living on a backend. Rank is at most 6. */
export interface DeviceArray {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

export interface MatmulFlags {
  /** Use the complex conjugate of the operand. */
  readonly conjugateA?: boolean;
  readonly conjugateB?: boolean;
  /** Use the transpose of the operand's last two axes (without conjugation). */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

export interface MemoryReport {
  readonly bytes: number;
  readonly arrays: number;
}

/** Arrays of a running Adam descent, real, which `adam` changes in place. */
export interface AdamState<A extends DeviceArray = DeviceArray> {
  /** Any shape. */
  readonly parameters: A;
  /** [3, ...shape]: first moment, second moment, and the parameters of the least loss so far. */
  readonly moments: A;
  /** [2, ...shape]: lowest and highest values. */
  readonly bounds: A;
  /**
   * [ADAM_HEADER + K]: steps done, least loss so far, loss of the first step, why it ended (an index into `ADAM_ENDINGS`),
   * then the losses: that of step t (from 0) at t mod K.
   */
  readonly progress: A;
}

/** Samples of `AdamState.progress` before the losses. */
export const ADAM_HEADER = 4;

/** Why a descent has ended by itself; null while it goes on. */
export const ADAM_ENDINGS = [null, 'notFinite', 'diverged'] as const;

export interface AdamRates {
  readonly learningRate: number;
  /** The rate falls along a cosine to zero in so many steps; null keeps it. */
  readonly decaySteps: number | null;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** What a body launched, ready to be launched again without going through the body. */
export interface Recording {
  /** Launches everything `times` times over in one go; resolves when the device has done it. */
  repeat(times: number): Promise<void>;
  release(): void;
}

/** What a backend can hold; known before anything is computed. */
export interface MemoryLimits {
  /** Bytes of one array. */
  readonly arrayBytes: number;
  /** Bytes of all arrays together. */
  readonly totalBytes: number;
}

/**
 * Binary kernels broadcast like NumPy: shapes are right-aligned, an axis of length 1 is repeated.
 * Every kernel returns a new array that the caller releases; arguments are never changed.
 * @typeParam A the backend's own array type.
 */
export interface Kernels<A extends DeviceArray = DeviceArray> {
  readonly name: 'f64' | 'wasm' | 'webgpu';
  /** Bytes per real number on the backend. */
  readonly bytesPerReal: 4 | 8;

  /** Copies host numbers (interleaved when complex) to the backend. */
  upload(data: Float64Array | Float32Array, shape: readonly number[], dtype: Dtype): A;
  /** Reads arrays back in one go. Rejects with `DeviceFault` when any kernel since the last read failed. */
  readMany(arrays: readonly A[]): Promise<(Float64Array | Float32Array)[]>;
  release(array: A): void;
  /** The same samples seen with another shape of equal size, as a new array with a life of its own. */
  reshape(a: A, shape: readonly number[]): A;
  memory(): MemoryReport;
  limits(): MemoryLimits;

  /** a + b, a - b; both operands have the same dtype. */
  add(a: A, b: A): A;
  subtract(a: A, b: A): A;
  /** a · b; any mix of real and complex. With `conjugateB`, a · conj(b). */
  multiply(a: A, b: A, conjugateB?: boolean): A;
  /** a / b of real arrays; the divisor is not checked for zero. */
  divide(a: A, b: A): A;
  /** √a of a real array without negative samples. */
  squareRoot(a: A): A;
  /** factor · a with a host number. */
  scale(a: A, factor: number): A;
  /** |u|² of a complex array, real. */
  absSquared(u: A): A;
  /** Re(conj(u) v) of two complex arrays, real; broadcasts. */
  realInner(u: A, v: A): A;
  /** Im(conj(u) v) of two complex arrays, real; broadcasts. */
  imaginaryInner(u: A, v: A): A;
  /** exp(i·phase) of a real array, complex. The phase (up to 1e4 rad) is reduced before sin/cos. */
  phasor(phase: A): A;
  /**
   * Unitary 2-D Fourier transform over the last two axes of a complex array, origin at sample floor(N/2) in
   * both planes: forward has exp(-2πi), inverse exp(+2πi), both scaled by 1/sqrt(ny·nx). Any length.
   */
  fourier2(u: A, direction: 'forward' | 'inverse'): A;
  /**
   * Convolution by a transfer function: u, zero-padded to the last two axes of `transfer` (which are at least
   * as long), times `transfer` (or its conjugate) in the plane of `fourier2`, cropped back to u's last two axes.
   * `transfer` is real or complex; leading axes broadcast. Backends without it are served by `composedFilter2`.
   */
  filter2?(u: A, transfer: A, conjugate?: boolean): A;
  /** Whether `filter2` does without padded arrays in windows of so many columns; absent where it never does. */
  fusesFilter2?(columns: number): boolean;
  /** Zero-pads or crops the last two axes to [ny, nx] keeping sample floor(N/2) at floor(N'/2). */
  resize(a: A, ny: number, nx: number): A;
  /** Complex matrix product over the last two axes; leading axes broadcast. */
  matmul(a: A, b: A, flags?: MatmulFlags): A;
  /** Sum over the given axes, which stay with length 1. Real or complex. */
  sum(a: A, axes: readonly number[]): A;
  /** Σ_j coefficients[j] · basis[j]; basis real [J, ...rest], coefficients real [J], result real [...rest]. */
  combine(basis: A, coefficients: Float64Array | A): A;
  /** For each j: Σ over all samples of basis[j]·map; basis [J, ...rest], map [...rest] real; result real [J]. */
  project(basis: A, map: A): A;
  /** model - data + data·ln(data/model) elementwise (0·ln 0 = 0); model is clamped below at 1e-6. Real, same shape. */
  poissonDeviance(model: A, data: A): A;
  /** d(poissonDeviance)/d model = 1 - data/model with the same clamp. */
  poissonSlope(model: A, data: A): A;

  /**
   * One step of Adam (Kingma and Ba 2015) from the gradient and the loss [1] at the present parameters. Notes the
   * loss and, when it is the least so far, these parameters; then moves them, within the bounds. Where the loss or the
   * gradient is not finite, or the loss has grown by `ADAM_DIVERGED`, it only says so, and no later step does anything.
   */
  adam(state: AdamState<A>, loss: A, gradient: A, rates: AdamRates): void;

  /**
   * Runs a step that is likely to come again: a body which launches kernels, reads and releases all it made. The
   * backend may prepare what it launched under `key`, so that the same step costs less from then on; a step that
   * turns out different is run in full. Absent where nothing is gained.
   */
  step?<T>(key: string, body: () => Promise<T>): Promise<T>;
  /**
   * Runs a body that changes arrays in place (`adam`), reads nothing and uploads nothing that changes, and records
   * it. Absent where repeating the body is as good.
   */
  record?(body: () => void): Recording;
  /** Forgets what `step` prepared under keys that begin so. */
  forget?(prefix: string): void;
}

/** `filter2` made of the other kernels. */
export function composedFilter2<A extends DeviceArray>(
  kernels: Kernels<A>,
  u: A,
  transfer: A,
  conjugate = false,
): A {
  const size = ({ shape }: A): [number, number] => [
    shape[shape.length - 2] ?? 1,
    shape[shape.length - 1] ?? 1,
  ];
  if (size(transfer).some((n, axis) => n < (size(u)[axis] ?? 0))) {
    throw new Error(`A filter [${transfer.shape.join(', ')}] is smaller than [${u.shape.join(', ')}].`);
  }
  const made: A[] = [];
  const keep = (array: A): A => {
    made.push(array);
    return array;
  };
  try {
    const spectrum = keep(kernels.fourier2(keep(kernels.resize(u, ...size(transfer))), 'forward'));
    const product = keep(kernels.multiply(spectrum, transfer, conjugate));
    return kernels.resize(keep(kernels.fourier2(product, 'inverse')), ...size(u));
  } finally {
    // Also where memory ran out on the way.
    for (const array of made) kernels.release(array);
  }
}

/** `filter2` of any backend. */
export function filter2<A extends DeviceArray>(kernels: Kernels<A>, u: A, transfer: A, conjugate = false): A {
  return kernels.filter2?.(u, transfer, conjugate) ?? composedFilter2(kernels, u, transfer, conjugate);
}

/** A backend failure after which none of its results since the last read may be shown. */
export class DeviceFault extends Error {
  override readonly name = 'DeviceFault';
}

/** An array for which there is no memory left; nothing was made, and the backend can be used as before. */
export class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory';
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Shape of a broadcast binary operation; throws on mismatch (a programmer's fault, not a user's). */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const na = a[a.length - rank + axis] ?? 1;
    const nb = b[b.length - rank + axis] ?? 1;
    if (na !== nb && na !== 1 && nb !== 1) {
      throw new Error(`Shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast.`);
    }
    out.push(Math.max(na, nb));
  }
  return out;
}

/** Row-major strides of `shape` seen as `outShape`: repeated (length 1 or missing) axes have stride 0. */
export function broadcastStrides(shape: readonly number[], outShape: readonly number[]): number[] {
  const strides = new Array<number>(outShape.length).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis] ?? 1;
    if (n !== 1) strides[outShape.length - shape.length + axis] = step;
    step *= n;
  }
  return strides;
}
