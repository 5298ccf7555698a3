/** Helpers for element files that fill a sampled plane from closed-form amplitudes in float64. */
import type { Complex, Ops, Tensor } from './ops/ops.ts';
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
