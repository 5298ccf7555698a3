/**
 * `Ops`: the only array interface that physics may use. It turns a backend's plain kernels into exactly
 * differentiable operations, in three modes:
 *
 * - `value`: numbers only;
 * - `forward`: every tensor carries its tangent for each learnable parameter (Jacobian columns for
 *   Levenberg-Marquardt and error bars);
 * - `reverse`: a tape is kept and `gradient` returns d(root)/d(parameters) (one backward pass, any number
 *   of parameters).
 *
 * The cotangent of a complex tensor u is dL/dRe(u) + i dL/dIm(u). Learnable parameters enter through
 * `Scalar`s: `hostMap` and `combine` are the only doors from scalars to arrays, so one rule each covers
 * every element. Memory: tensors made inside a scope are released when it closes unless retained.
 */
import type { DeviceArray, Dtype } from './kernels.ts';
import { filter2, sizeOf } from './kernels.ts';
import type { Scalar } from './scalar.ts';
import type { Complex, Real, Tensor } from './tensor.ts';
import { NO_TANGENTS } from './tensor.ts';
import { type Scope, TensorMemory } from './tensorMemory.ts';

export type { Complex, Real, Tensor } from './tensor.ts';
export type { Scope } from './tensorMemory.ts';

export type DifferentiationMode = 'value' | 'forward' | 'reverse';

/** What a host map returns: the samples and, where wanted, their derivative by each scalar argument. */
export interface HostSamples {
  readonly value: Float64Array;
  readonly partials: readonly (Float64Array | undefined)[];
}

interface LinearInput {
  readonly tensor: Tensor;
  /** Tangent of the result for a tangent of this input. */
  readonly push: (tangent: DeviceArray) => DeviceArray;
  /** Cotangent of this input for a cotangent of the result (before reduction over broadcast axes). */
  readonly pull: (cotangent: DeviceArray) => DeviceArray;
}

interface TapeRecord {
  readonly result: Tensor;
  readonly inputs: readonly LinearInput[];
  /** For doors from scalars: arrays of dL/d(scalar), aligned with `scalars`. */
  readonly scalars: readonly Scalar[];
  readonly pullScalars: ((cotangent: DeviceArray) => DeviceArray[]) | null;
}

/** Parameters that live on the backend while a loop runs there; scalars then only say how they enter. */
export interface DeviceParameters {
  /** Change since the start, in steps, [P]. */
  readonly change: Real;
  /** Size of a step of each, in the unit of its scalar. */
  readonly steps: readonly number[];
}

/** An element needs the host to follow a parameter's changes, so no loop can stay on the backend. */
export class NeedsHost extends Error {
  override readonly name = 'NeedsHost';
}

export class Ops extends TensorMemory {
  mode: DifferentiationMode = 'value';
  /** Set while a loop on the backend is prepared. */
  deviceParameters: DeviceParameters | null = null;
  private tape: TapeRecord[] = [];

  override close(scope: Scope): void {
    super.close(scope);
    if (!this.isOpen) this.tape = [];
  }

  // ---- sources of tensors -------------------------------------------------------------------------

  /** Host samples for this evaluation only. */
  upload<D extends Dtype>(data: Float64Array | Float32Array, shape: readonly number[], dtype: D): Tensor<D> {
    return this.plain(this.own(this.kernels.upload(data, shape, dtype)), dtype);
  }

  /**
   * Samples computed on the host in float64 from scalars. `evaluate` gets the scalars' values and, per
   * scalar, whether its derivative is wanted; it returns samples (interleaved when complex). With `name`, which
   * then stands for everything that `evaluate` uses besides its arguments, samples without wanted derivatives
   * are kept for the next evaluation at the same values.
   */
  hostMap<D extends Dtype>(
    scalars: readonly Scalar[],
    shape: readonly number[],
    dtype: D,
    evaluate: (values: readonly number[], wanted: readonly boolean[]) => HostSamples,
    name: string | null = null,
  ): Tensor<D> {
    const differentiate = this.mode !== 'value';
    const wanted = scalars.map((scalar) => differentiate && scalar.partials.size > 0);
    // What depends on a learnable is not asked for twice, in any mode.
    if (name !== null && scalars.every((scalar) => scalar.partials.size === 0)) {
      const values = scalars.map((scalar) => scalar.value);
      const group = `${name}:${dtype}:${shape.join('x')}`;
      return this.recalled(group, values, shape, dtype, () => evaluate(values, wanted).value);
    }
    if (this.deviceParameters !== null && wanted.includes(true)) {
      throw new NeedsHost('A parameter changes samples that only the host can compute.');
    }
    const samples = evaluate(
      scalars.map((scalar) => scalar.value),
      wanted,
    );
    const array = this.own(this.kernels.upload(samples.value, shape, dtype));
    const active = scalars.flatMap((scalar, index) => {
      const partial = wanted[index] ? samples.partials[index] : undefined;
      return partial === undefined ? [] : [{ scalar, partial }];
    });
    if (active.length === 0) return this.plain(array, dtype);
    if (this.mode === 'forward') {
      const tangents = new Map<number, DeviceArray>();
      for (const slot of slotsOf(active.map((a) => a.scalar))) {
        tangents.set(
          slot,
          this.own(this.kernels.upload(contract(active, slot, samples.value.length), shape, dtype)),
        );
      }
      return { dtype, shape, array, tangents, tracked: false };
    }
    const result: Tensor<D> = { dtype, shape, array, tangents: NO_TANGENTS, tracked: true };
    this.tape.push({
      result,
      inputs: [],
      scalars: active.map((a) => a.scalar),
      pullScalars: (g) =>
        active.map(({ partial }) => {
          const p = this.own(this.kernels.upload(partial, shape, dtype));
          const product = dtype === 'complex' ? this.kernels.realInner(p, g) : this.kernels.multiply(p, g);
          return this.total(this.own(product));
        }),
    });
    return result;
  }

  /** Σ_j coefficients[j]·basis[j]: basis a constant real [J, ...rest], result real [...rest]. */
  combine(basis: Real, coefficients: readonly Scalar[]): Real {
    const onDevice = this.fromDevice(coefficients);
    if (onDevice !== null) return this.combineArray(basis, onDevice);
    const rest = basis.shape.slice(1);
    const values = Float64Array.from(coefficients, (c) => c.value);
    const array = this.own(this.kernels.combine(basis.array, values));
    const slots = this.mode === 'value' ? [] : slotsOf(coefficients);
    if (slots.length === 0) return this.plain(array, 'real');
    if (this.mode === 'forward') {
      const tangents = new Map<number, DeviceArray>();
      for (const slot of slots) {
        const direction = Float64Array.from(coefficients, (c) => c.partials.get(slot) ?? 0);
        tangents.set(slot, this.own(this.kernels.combine(basis.array, direction)));
      }
      return { dtype: 'real', shape: rest, array, tangents, tracked: false };
    }
    const result: Real = { dtype: 'real', shape: rest, array, tangents: NO_TANGENTS, tracked: true };
    this.tape.push({
      result,
      inputs: [],
      scalars: coefficients,
      pullScalars: (g) => [this.own(this.kernels.project(basis.array, g))],
    });
    return result;
  }

  /** Real samples that are learnable one by one where they are; `gradient` and `descent` give their cotangent. */
  variable(array: DeviceArray): Real;
  variable(array: DeviceArray, dtype: 'complex'): Complex;
  variable(array: DeviceArray, dtype: Dtype = 'real'): Tensor {
    return { dtype, shape: array.shape, array, tangents: NO_TANGENTS, tracked: true };
  }

  /** A tensor [...shape] filled with scalars, row-major; for per-plane factors and the like. */
  fromScalars(scalars: readonly Scalar[], shape: readonly number[]): Real {
    const onDevice = this.fromDevice(scalars);
    if (onDevice !== null) return this.reshape(onDevice, shape);
    return this.hostMap(scalars, shape, 'real', (values, wanted) => ({
      value: Float64Array.from(values),
      partials: wanted.map((want, index) => {
        if (!want) return undefined;
        const unit = new Float64Array(values.length);
        unit[index] = 1;
        return unit;
      }),
    }));
  }

  // ---- operations ---------------------------------------------------------------------------------

  add<D extends Dtype>(a: Tensor<D>, b: Tensor<D>): Tensor<D> {
    const same = (x: DeviceArray) => x;
    return this.result(a.dtype, this.kernels.add(a.array, b.array), [
      { tensor: a, push: same, pull: same },
      { tensor: b, push: same, pull: same },
    ]);
  }

  subtract<D extends Dtype>(a: Tensor<D>, b: Tensor<D>): Tensor<D> {
    const k = this.kernels;
    const same = (x: DeviceArray) => x;
    const negate = (x: DeviceArray) => this.own(k.scale(x, -1));
    return this.result(a.dtype, k.subtract(a.array, b.array), [
      { tensor: a, push: same, pull: same },
      { tensor: b, push: negate, pull: negate },
    ]);
  }

  multiply(a: Real, b: Real): Real;
  multiply(a: Tensor, b: Complex): Complex;
  multiply(a: Complex, b: Tensor): Complex;
  multiply(a: Tensor, b: Tensor): Tensor {
    const k = this.kernels;
    const dtype: Dtype = a.dtype === 'complex' || b.dtype === 'complex' ? 'complex' : 'real';
    const times = (other: Tensor) => (t: DeviceArray) => this.own(k.multiply(t, other.array));
    // Adjoint of x -> x·other: conj(other)·g, and its real part where x is real.
    const adjoint = (x: Tensor, other: Tensor) => (g: DeviceArray) => {
      if (x.dtype === 'real' && dtype === 'complex') return this.own(k.realInner(other.array, g));
      return this.own(k.multiply(g, other.array, other.dtype === 'complex'));
    };
    return this.result(dtype, k.multiply(a.array, b.array), [
      { tensor: a, push: times(b), pull: adjoint(a, b) },
      { tensor: b, push: times(a), pull: adjoint(b, a) },
    ]);
  }

  /** a / b of real tensors; b must not reach zero. */
  divide(a: Real, b: Real): Real {
    const k = this.kernels;
    const value = k.divide(a.array, b.array);
    const over = (x: DeviceArray) => this.own(k.divide(x, b.array));
    const slope = (x: DeviceArray) =>
      this.own(k.scale(this.own(k.divide(this.own(k.multiply(x, value)), b.array)), -1));
    return this.result('real', value, [
      { tensor: a, push: over, pull: over },
      { tensor: b, push: slope, pull: slope },
    ]);
  }

  /** √a; a must not reach zero where its derivative is wanted. */
  squareRoot(a: Real): Real {
    const k = this.kernels;
    const value = k.squareRoot(a.array);
    const slope = (x: DeviceArray) => this.own(k.scale(this.own(k.divide(x, value)), 0.5));
    return this.result('real', value, [{ tensor: a, push: slope, pull: slope }]);
  }

  /**
   * The nearest whole number of samples below 2²² in size, without derivatives: a number so large that its spacing
   * is 1 is added and taken away. See `straightThrough` for a derivative in its place.
   */
  round(a: Real): Real {
    const k = this.kernels;
    const bits = k.bytesPerReal === 4 ? 23 : 52;
    const large = this.constant('ops:large', [1], 'real', () => Float64Array.of(1.5 * 2 ** bits)).array;
    return this.plain(this.own(k.subtract(this.own(k.add(a.array, large)), large)), 'real');
  }

  /** The samples of one tensor with the derivatives of another (Bengio et al., arXiv:1308.3432). */
  straightThrough(samples: Real, slope: Real): Real {
    const same = (x: DeviceArray) => x;
    return this.result('real', this.kernels.reshape(samples.array, samples.shape), [
      { tensor: slope, push: same, pull: same },
    ]);
  }

  scale<D extends Dtype>(a: Tensor<D>, factor: number): Tensor<D> {
    const times = (x: DeviceArray) => this.own(this.kernels.scale(x, factor));
    return this.result(a.dtype, this.kernels.scale(a.array, factor), [
      { tensor: a, push: times, pull: times },
    ]);
  }

  /** a multiplied by a scalar that may be learnable. */
  scaleBy(a: Real, factor: Scalar): Real;
  scaleBy(a: Complex, factor: Scalar): Complex;
  scaleBy(a: Tensor, factor: Scalar): Tensor {
    if (factor.partials.size === 0) return this.scale(a, factor.value);
    const f = this.fromScalars([factor], [1]);
    return a.dtype === 'complex' ? this.multiply(f, a as Complex) : this.multiply(f, a as Real);
  }

  /** |u|² of a complex tensor. */
  absSquared(u: Complex): Real {
    const k = this.kernels;
    return this.result('real', k.absSquared(u.array), [
      {
        tensor: u,
        push: (t) => this.own(k.scale(this.own(k.realInner(u.array, t)), 2)),
        pull: (g) => this.own(k.scale(this.own(k.multiply(g, u.array)), 2)),
      },
    ]);
  }

  /** Re(u* v) of two complex tensors: what the irradiance |u|² changes by, halved, where u changes by v. */
  realInner(u: Complex, v: Complex): Real {
    const k = this.kernels;
    const inner = (other: Complex) => (t: DeviceArray) => this.own(k.realInner(t, other.array));
    const times = (other: Complex) => (g: DeviceArray) => this.own(k.multiply(g, other.array));
    return this.result('real', k.realInner(u.array, v.array), [
      { tensor: u, push: inner(v), pull: times(v) },
      { tensor: v, push: inner(u), pull: times(u) },
    ]);
  }

  /** exp(i·phase). */
  phasor(phase: Real): Complex {
    const k = this.kernels;
    const value = k.phasor(phase.array);
    const i = this.constant('ops:i', [1], 'complex', () => Float64Array.of(0, 1));
    return this.result('complex', value, [
      {
        tensor: phase,
        push: (t) => this.own(k.multiply(t, this.own(k.multiply(value, i.array)))),
        pull: (g) => this.own(k.imaginaryInner(value, g)),
      },
    ]);
  }

  /** Unitary 2-D Fourier transform over the last two axes, origins at floor(N/2). */
  fourier2(u: Complex, direction: 'forward' | 'inverse'): Complex {
    const back = direction === 'forward' ? 'inverse' : 'forward';
    return this.result('complex', this.kernels.fourier2(u.array, direction), [
      {
        tensor: u,
        push: (t) => this.own(this.kernels.fourier2(t, direction)),
        pull: (g) => this.own(this.kernels.fourier2(g, back)),
      },
    ]);
  }

  /**
   * Convolution by a transfer function: u is zero-padded to the transfer's last two axes (at least as long),
   * multiplied by it in the Fourier plane and cropped back. A transfer function with derivatives goes the long
   * way, whose spectrum its derivatives need.
   */
  filter2(u: Complex, transfer: Tensor): Complex {
    const k = this.kernels;
    if (transfer.tangents.size > 0 || transfer.tracked) {
      const padded = this.resize(u, ...lastTwo(transfer.shape));
      const product = this.multiply(transfer, this.fourier2(padded, 'forward'));
      return this.resize(this.fourier2(product, 'inverse'), ...lastTwo(u.shape));
    }
    return this.result('complex', filter2(k, u.array, transfer.array), [
      {
        tensor: u,
        push: (t) => this.own(filter2(k, t, transfer.array)),
        pull: (g) => this.own(filter2(k, g, transfer.array, true)),
      },
    ]);
  }

  /** Zero-pads or crops the last two axes, keeping the origin. */
  resize<D extends Dtype>(a: Tensor<D>, ny: number, nx: number): Tensor<D> {
    const [oldNy, oldNx] = lastTwo(a.shape);
    if (oldNy === ny && oldNx === nx) return a;
    return this.result(a.dtype, this.kernels.resize(a.array, ny, nx), [
      {
        tensor: a,
        push: (t) => this.own(this.kernels.resize(t, ny, nx)),
        pull: (g) => this.own(this.kernels.resize(g, oldNy, oldNx)),
      },
    ]);
  }

  /** left·u·rightᵀ over the last two axes: the matrix Fourier transform when left and right are its kernels. */
  sandwich(left: Complex, u: Complex, right: Complex): Complex {
    const [rows, height] = [left.shape.at(-2) ?? 1, left.shape.at(-1) ?? 1];
    const [columns, width] = [right.shape.at(-2) ?? 1, right.shape.at(-1) ?? 1];
    // The product first that makes less of what the second has to take up.
    return rows * width * (height + columns) <= height * columns * (width + rows)
      ? this.matmul(this.matmul(left, u), right, true)
      : this.matmul(left, this.matmul(u, right, true));
  }

  /** a·b, or a·bᵀ with `transposeB`, over the last two axes. */
  matmul(a: Complex, b: Complex, transposeB = false): Complex {
    const k = this.kernels;
    return this.result('complex', k.matmul(a.array, b.array, { transposeB }), [
      {
        tensor: a,
        push: (t) => this.own(k.matmul(t, b.array, { transposeB })),
        pull: (g) => this.own(k.matmul(g, b.array, { conjugateB: true, transposeB: !transposeB })),
      },
      {
        tensor: b,
        push: (t) => this.own(k.matmul(a.array, t, { transposeB })),
        pull: (g) =>
          transposeB
            ? this.own(k.matmul(g, a.array, { transposeA: true, conjugateB: true }))
            : this.own(k.matmul(a.array, g, { conjugateA: true, transposeA: true })),
      },
    ]);
  }

  /** The same samples under another shape. */
  reshape<D extends Dtype>(a: Tensor<D>, shape: readonly number[]): Tensor<D> {
    return this.result(a.dtype, this.kernels.reshape(a.array, shape), [
      {
        tensor: a,
        push: (t) => this.own(this.kernels.reshape(t, shape)),
        pull: (g) => this.own(this.kernels.reshape(g, a.shape)),
      },
    ]);
  }

  /** A real tensor as a complex one. */
  toComplex(a: Real): Complex {
    return this.multiply(a, this.one());
  }

  /** Re(u). */
  realPart(u: Complex): Real {
    const k = this.kernels;
    const one = this.one().array;
    return this.result('real', k.realInner(one, u.array), [
      {
        tensor: u,
        push: (t) => this.own(k.realInner(one, t)),
        pull: (g) => this.own(k.multiply(g, one)),
      },
    ]);
  }

  /** Sum over axes, which stay with length 1. */
  sum<D extends Dtype>(a: Tensor<D>, axes: readonly number[]): Tensor<D> {
    return this.result(a.dtype, this.kernels.sum(a.array, axes), [
      {
        tensor: a,
        push: (t) => this.own(this.kernels.sum(t, axes)),
        pull: (g) => this.expand(g, a.shape, a.dtype),
      },
    ]);
  }

  /** Σ model - data + data·ln(data/model), elementwise (half the Poisson deviance). `data` is constant. */
  poissonDeviance(model: Real, data: Real): Real {
    const k = this.kernels;
    const slope = (t: DeviceArray) =>
      this.own(k.multiply(t, this.own(k.poissonSlope(model.array, data.array))));
    return this.result('real', k.poissonDeviance(model.array, data.array), [
      { tensor: model, push: slope, pull: slope },
    ]);
  }

  // ---- reverse mode -------------------------------------------------------------------------------

  /**
   * d(Σ root)/d(parameter slot) for `slots` slots and by each sample of variables, by one backward pass over the
   * tape of this scope, and the value Σ root. Everything is read from the device in a single transfer.
   */
  async gradient(
    root: Real,
    slots: number,
    variables: readonly Tensor[] = [],
  ): Promise<{ value: number; gradient: Float64Array; cotangents: (Float64Array | Float32Array)[] }> {
    const { pending, cotangents } = this.backward(root);
    const total = this.total(root.array);
    const found = variables.flatMap((variable) => cotangents.get(variable) ?? []);
    const all = await this.kernels.readMany([total, ...pending.flatMap((p) => p.arrays), ...found]);
    const read = all.slice(0, all.length - found.length);
    let at = read.length;
    const ofVariables = variables.map((variable) =>
      cotangents.has(variable)
        ? (all[at++] ?? [])
        : new Float64Array(sizeOf(variable.shape) * (variable.dtype === 'complex' ? 2 : 1)),
    ) as (Float64Array | Float32Array)[];
    const gradient = new Float64Array(slots);
    let cursor = 1;
    for (const { scalars, arrays } of pending) {
      const values = arrays.flatMap(() => Array.from(read[cursor++] ?? []));
      scalars.forEach((scalar, index) => {
        for (const [slot, partial] of scalar.partials) {
          gradient[slot] = (gradient[slot] ?? 0) + (values[index] ?? 0) * partial;
        }
      });
    }
    return { value: read[0]?.[0] ?? Number.NaN, gradient, cotangents: ofVariables };
  }

  /** Σ root and its derivative by each sample of a variable, both on the backend; null when root ignores it. */
  descent(root: Real, variable: Real): { loss: DeviceArray; gradient: DeviceArray | null } {
    const { cotangents } = this.backward(root);
    return { loss: this.total(root.array), gradient: cotangents.get(variable) ?? null };
  }

  /** Walks the tape back; tensors that a record made are done with once it is passed, a variable's cotangent stays. */
  private backward(root: Real) {
    const cotangents = new Map<Tensor, DeviceArray>();
    const ones = new Float64Array(sizeOf(root.shape)).fill(1);
    cotangents.set(root, this.own(this.kernels.upload(ones, root.shape, 'real')));
    const pending: { scalars: readonly Scalar[]; arrays: DeviceArray[] }[] = [];
    for (let index = this.tape.length - 1; index >= 0; index--) {
      const record = this.tape[index];
      if (record === undefined) continue;
      const g = cotangents.get(record.result);
      if (g === undefined) continue;
      if (record.pullScalars !== null)
        pending.push({ scalars: record.scalars, arrays: record.pullScalars(g) });
      for (const input of record.inputs) {
        if (!input.tensor.tracked) continue;
        const pulled = this.reduceTo(input.pull(g), input.tensor.shape);
        const sofar = cotangents.get(input.tensor);
        cotangents.set(
          input.tensor,
          sofar === undefined ? pulled : this.own(this.kernels.add(sofar, pulled)),
        );
      }
      cotangents.delete(record.result);
    }
    return { pending, cotangents };
  }

  // ---- internals ----------------------------------------------------------------------------------

  /**
   * Scalars as an array [J] that follows the parameters on the backend: their values at the start and a matrix times
   * the change. Null while no loop is prepared, or where nothing is learnable.
   */
  private fromDevice(scalars: readonly Scalar[]): Real | null {
    const parameters = this.deviceParameters;
    if (parameters === null || this.mode !== 'reverse') return null;
    if (scalars.every((scalar) => scalar.partials.size === 0)) return null;
    if (!scalars.every((scalar) => scalar.isAffine)) {
      throw new NeedsHost('A parameter enters in a way that is not linear.');
    }
    const { change, steps } = parameters;
    const matrix = new Float64Array(scalars.length * steps.length);
    scalars.forEach(({ partials }, j) => {
      for (const [slot, partial] of partials) matrix[j * steps.length + slot] = partial * (steps[slot] ?? 0);
    });
    const weights = this.upload(matrix, [scalars.length, steps.length], 'real');
    const start = this.upload(
      Float64Array.from(scalars, ({ value }) => value),
      [scalars.length],
      'real',
    );
    const k = this.kernels;
    const moved = this.result('real', k.project(weights.array, change.array), [
      {
        tensor: change,
        push: (t) => this.own(k.project(weights.array, t)),
        pull: (g) => this.own(k.combine(weights.array, g)),
      },
    ]);
    return this.add(start, moved);
  }

  /** Σ_j coefficients[j]·basis[j] with coefficients [J] on the backend. */
  private combineArray(basis: Real, coefficients: Real): Real {
    const k = this.kernels;
    return this.result('real', k.combine(basis.array, coefficients.array), [
      {
        tensor: coefficients,
        push: (t) => this.own(k.combine(basis.array, t)),
        pull: (g) => this.own(k.project(basis.array, g)),
      },
    ]);
  }

  private one(): Complex {
    return this.constant('ops:one', [1], 'complex', () => Float64Array.of(1, 0));
  }

  private result<D extends Dtype>(dtype: D, made: DeviceArray, inputs: readonly LinearInput[]): Tensor<D> {
    const array = this.own(made);
    if (this.mode === 'forward') {
      const tangents = new Map<number, DeviceArray>();
      for (const { tensor, push } of inputs) {
        for (const [slot, tangent] of tensor.tangents) {
          const pushed = this.expand(push(tangent), array.shape, dtype);
          const sofar = tangents.get(slot);
          tangents.set(slot, sofar === undefined ? pushed : this.own(this.kernels.add(sofar, pushed)));
        }
      }
      return {
        dtype,
        shape: array.shape,
        array,
        tangents: tangents.size > 0 ? tangents : NO_TANGENTS,
        tracked: false,
      };
    }
    const tracked = this.mode === 'reverse' && inputs.some(({ tensor }) => tensor.tracked);
    const result: Tensor<D> = { dtype, shape: array.shape, array, tangents: NO_TANGENTS, tracked };
    if (tracked) this.tape.push({ result, inputs, scalars: [], pullScalars: null });
    return result;
  }

  /** Repeats `array` to `shape` where it was broadcast. */
  private expand(array: DeviceArray, shape: readonly number[], dtype: Dtype): DeviceArray {
    if (sameShape(array.shape, shape)) return array;
    const zeros = this.constant(
      `ops:zeros:${dtype}:${shape.join('x')}`,
      shape,
      dtype,
      () => new Float64Array(sizeOf(shape) * (dtype === 'complex' ? 2 : 1)),
    );
    return this.own(this.kernels.add(zeros.array, array));
  }

  /** Adjoint of broadcasting: sums over the axes along which `shape` was repeated. */
  private reduceTo(array: DeviceArray, shape: readonly number[]): DeviceArray {
    if (sameShape(array.shape, shape)) return array;
    const offset = array.shape.length - shape.length;
    const axes = array.shape.flatMap((n, axis) =>
      n !== 1 && (shape[axis - offset] ?? 1) === 1 ? [axis] : [],
    );
    const summed = axes.length > 0 ? this.own(this.kernels.sum(array, axes)) : array;
    return sameShape(summed.shape, shape) ? summed : this.own(this.kernels.reshape(summed, shape));
  }

  private total(array: DeviceArray): DeviceArray {
    return this.own(
      this.kernels.sum(
        array,
        array.shape.map((_, axis) => axis),
      ),
    );
  }
}

function slotsOf(scalars: readonly Scalar[]): number[] {
  const slots = new Set<number>();
  for (const scalar of scalars) for (const slot of scalar.partials.keys()) slots.add(slot);
  return [...slots].sort((a, b) => a - b);
}

function contract(
  active: readonly { scalar: Scalar; partial: Float64Array }[],
  slot: number,
  length: number,
): Float64Array {
  const terms = active.flatMap(({ scalar, partial }) => {
    const factor = scalar.partials.get(slot) ?? 0;
    return factor === 0 ? [] : [{ factor, partial }];
  });
  const [only] = terms;
  // Mostly the scalar is the parameter itself.
  if (only !== undefined && terms.length === 1 && only.factor === 1) return only.partial;
  const out = new Float64Array(length);
  for (const { factor, partial } of terms) {
    for (let i = 0; i < length; i++) out[i] = (out[i] as number) + factor * (partial[i] as number);
  }
  return out;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, axis) => n === b[axis]);
}

function lastTwo(shape: readonly number[]): [number, number] {
  return [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];
}
