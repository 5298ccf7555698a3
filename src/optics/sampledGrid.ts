/** Helpers for element files that fill a sampled plane from closed-form amplitudes in float64. */
import { DIFFERENCE_STEP, eachMoved } from './maths/difference.ts';
import type { Complex, Ops, Real, Tensor } from './ops/ops.ts';
import type { Scalar } from './ops/scalar.ts';

/** A complex amplitude and its derivatives, written into shared scratch to avoid allocation per sample. */
export interface AmplitudeSample {
  re: number;
  im: number;
  /** d amplitude / d scalar, interleaved. */
  readonly partials: Float64Array;
}

/**
 * Complex samples [ny, nx] of f(x, y) with exact derivatives with respect to scalars.
 * `prepare` gets the scalars' values once and returns the function of position (metres).
 */
export function complexMap(
  ops: Ops,
  shape: readonly [number, number],
  pitch: number,
  scalars: readonly Scalar[],
  prepare: (values: readonly number[]) => (x: number, y: number, out: AmplitudeSample) => void,
): Complex {
  const [ny, nx] = shape;
  return ops.hostMap(scalars, [ny, nx], 'complex', (values, wanted) => {
    const amplitude = prepare(values);
    const value = new Float64Array(2 * ny * nx);
    const partials = wanted.map((want) => (want ? new Float64Array(2 * ny * nx) : undefined));
    const sample: AmplitudeSample = { re: 0, im: 0, partials: new Float64Array(2 * scalars.length) };
    for (let row = 0; row < ny; row++) {
      const y = (row - Math.floor(ny / 2)) * pitch;
      for (let column = 0; column < nx; column++) {
        amplitude((column - Math.floor(nx / 2)) * pitch, y, sample);
        const i = 2 * (row * nx + column);
        value[i] = sample.re;
        value[i + 1] = sample.im;
        partials.forEach((partial, s) => {
          if (partial === undefined) return;
          partial[i] = sample.partials[2 * s] as number;
          partial[i + 1] = sample.partials[2 * s + 1] as number;
        });
      }
    }
    return { value, partials };
  });
}

/** Number of rows and columns: the last two axes. */
export function planeShape(tensor: Tensor): [number, number] {
  return [tensor.shape[tensor.shape.length - 2] ?? 1, tensor.shape[tensor.shape.length - 1] ?? 1];
}

/** A scalar that shapes a map, and how far it may move before the map changes much: sets the difference step. */
export interface MapArgument {
  readonly scalar: Scalar;
  readonly scale: number;
}

/** Differences by the pitch move the outermost edges by this share of `DIFFERENCE_STEP` samples, twice. */
const PITCH_SHARE = 0.1;

/** What a closed form gives at a place: a number, or a real and an imaginary part. */
type Sample<D extends 'real' | 'complex'> = D extends 'complex' ? readonly [number, number] : number;

/**
 * A map [n, n] of a closed form f(x, y), in metres from sample floor(n/2), made in float64. Derivatives by the
 * arguments and by the pitch are four-point differences of the closed form, so f must be smooth in them.
 * @param fold applied to the values after differences were taken (phases are reduced to one turn there).
 */
function differencedMap<D extends 'real' | 'complex'>(
  ops: Ops,
  name: string,
  n: number,
  pitch: Scalar,
  args: readonly MapArgument[],
  dtype: D,
  prepare: (values: readonly number[], pitch: number) => (x: number, y: number) => Sample<D>,
  fold: ((value: number) => number) | null,
): Tensor<D> {
  const scalars = [pitch, ...args.map(({ scalar }) => scalar)];
  const scales = [(PITCH_SHARE * pitch.value) / n, ...args.map(({ scale }) => scale)];
  const reals = dtype === 'complex' ? 2 : 1;
  const addSampled = (changed: readonly number[], weight: number, out: Float64Array) => {
    const [dx = 1, ...rest] = changed;
    const f = prepare(rest, dx);
    const centre = Math.floor(n / 2);
    let at = 0;
    for (let row = 0; row < n; row++) {
      const y = (row - centre) * dx;
      for (let column = 0; column < n; column++) {
        const sample = f((column - centre) * dx, y);
        if (typeof sample === 'number') {
          out[at] = (out[at] as number) + weight * sample;
        } else {
          out[at] = (out[at] as number) + weight * sample[0];
          out[at + 1] = (out[at + 1] as number) + weight * sample[1];
        }
        at += reals;
      }
    }
  };
  const evaluate = (values: readonly number[], wanted: readonly boolean[]) => {
    const value = new Float64Array(reals * n * n);
    addSampled(values, 1, value);
    const partials = wanted.map((want, s) => {
      if (!want) return undefined;
      const h = DIFFERENCE_STEP * (scales[s] ?? 1);
      const partial = new Float64Array(reals * n * n);
      eachMoved(values, s, h, (moved, weight) => addSampled(moved, weight, partial));
      return partial;
    });
    return { value: fold === null ? value : value.map(fold), partials };
  };
  return ops.hostMap(scalars, [n, n], dtype, evaluate, `${name}:${scales.length}`);
}

/**
 * A phase map [n, n] in radians, reduced to one turn around zero in float64.
 * @param name stands for everything that `prepare` uses besides its arguments.
 */
export function phaseMap(
  ops: Ops,
  name: string,
  n: number,
  pitch: Scalar,
  args: readonly MapArgument[],
  prepare: (values: readonly number[], pitch: number) => (x: number, y: number) => number,
): Real {
  const fold = (phase: number) => phase - 2 * Math.PI * Math.round(phase / (2 * Math.PI));
  return differencedMap(ops, name, n, pitch, args, 'real', prepare, fold);
}

/** A map [n, n] of an amplitude or any other real number; see `phaseMap`. Edges by `softEdge` keep it smooth. */
export function amplitudeMap(
  ops: Ops,
  name: string,
  n: number,
  pitch: Scalar,
  args: readonly MapArgument[],
  prepare: (values: readonly number[], pitch: number) => (x: number, y: number) => number,
): Real {
  return differencedMap(ops, name, n, pitch, args, 'real', prepare, null);
}

/** A complex transmission [n, n]: f(x, y) gives its real and imaginary part; see `phaseMap`. */
export function transmissionMap(
  ops: Ops,
  name: string,
  n: number,
  pitch: Scalar,
  args: readonly MapArgument[],
  prepare: (values: readonly number[], pitch: number) => (x: number, y: number) => readonly [number, number],
): Complex {
  return differencedMap(ops, name, n, pitch, args, 'complex', prepare, null);
}

/**
 * The share of a sample that an edge leaves open: 1 inside, 0 outside, smooth over one sample, so that the area of
 * an aperture and its derivatives are right to second order.
 * @param inside signed distance to the edge, positive inside, in samples.
 */
export function softEdge(inside: number): number {
  if (inside >= 0.5) return 1;
  if (inside <= -0.5) return 0;
  return 0.5 * (1 + Math.sin(Math.PI * inside));
}
