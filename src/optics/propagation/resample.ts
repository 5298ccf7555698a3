/** The same light on another grid. */
import type { Complex, Ops, Real } from '../ops/ops.ts';
import { constantScalar, divideScalars, isConstant, type Scalar } from '../ops/scalar.ts';
import { zoomTransform } from '../pupil/zoomTransform.ts';
import { planeShape } from '../sampledGrid.ts';

export interface NewGrid {
  readonly samples: number;
  readonly pitch: Scalar;
}

/**
 * Samples [.., n, n] at other places: zero-padded or cropped where the pitch stays, else the sum of the light's
 * frequencies at the new samples, without those that these cannot carry, and dark outside the light's window. No power
 * is gained: a sample whose cell lies partly outside counts by the square root of the part inside.
 */
export function resampled(ops: Ops, u: Complex, pitch: Scalar, target: NewGrid): Complex {
  const [n] = planeShape(u);
  const { samples } = target;
  const step = divideScalars(target.pitch, pitch);
  if (target.pitch === pitch || (Math.abs(step.value - 1) < 1e-9 && isConstant(step))) {
    return ops.resize(u, samples, samples);
  }
  const spectrum = ops.fourier2(u, 'forward');
  const carried = step.value > 1 ? ops.multiply(lowPass(ops, n, step.value), spectrum) : spectrum;
  const zoom = { step, spacing: 1 / n, rows: samples, columns: samples, sign: 1 } as const;
  const moved = ops.scale(zoomTransform(ops, carried, zoom), 1 / n);
  return ops.multiply(inside(ops, n, samples, step.value), moved);
}

/** 1 for the frequencies below half the new sampling rate. A choice by values, without derivative. */
function lowPass(ops: Ops, n: number, step: number): Real {
  const limit = n / (2 * step);
  return square(ops, 'lowPass', limit, n, (order) => (Math.abs(order) < limit ? 1 : 0));
}

/** Square root of the part of each new cell that lies in the old window. */
function inside(ops: Ops, n: number, samples: number, step: number): Real {
  const [low, high] = [-Math.floor(n / 2) - 0.5, n - Math.floor(n / 2) - 0.5];
  return square(ops, `inside:${n}`, step, samples, (j) => {
    const part = Math.min(high, (j + 0.5) * step) - Math.max(low, (j - 0.5) * step);
    return Math.sqrt(Math.max(0, Math.min(1, part / step)));
  });
}

/** f(column)·f(row) on [n, n], counted from floor(n/2); `name` and `at` stand for f. */
function square(ops: Ops, name: string, at: number, n: number, f: (index: number) => number): Real {
  const evaluate = () => {
    const line = Float64Array.from({ length: n }, (_, j) => f(j - Math.floor(n / 2)));
    const value = Float64Array.from(
      { length: n * n },
      (_, i) => (line[Math.floor(i / n)] as number) * (line[i % n] as number),
    );
    return { value, partials: [] };
  };
  return ops.hostMap([constantScalar(at)], [n, n], 'real', evaluate, `resample:${name}`);
}
