/**
 * Measures between a model and data that large residuals spoil less than squares (Huber, Robust Statistics (1981)). With
 * u the residual in units of `scale`, near zero both are the square:
 * - `absolute`: 2 scale² (√(1 + u²) - 1), far out the absolute value (pseudo-Huber);
 * - `cauchy`: scale² ln(1 + u²), far out next to no force at all.
 */
import { sizeOf } from './ops/kernels.ts';
import type { Ops, Real } from './ops/ops.ts';
import { ElementProblem } from './problem.ts';
import type { Image } from './values.ts';

export type RobustKind = 'absolute' | 'cauchy';

export const ROBUST_KINDS: readonly RobustKind[] = ['absolute', 'cauchy'];

/** Scale in standard deviations of normal noise: errors are then 2.6 % larger than those of least squares. */
const SCALE: Readonly<Record<RobustKind, number>> = { absolute: 1.345, cauchy: 2.385 };
/** Least noise as a share of the data's own standard deviation: of noiseless data all residuals would be large. */
const LEAST_NOISE = 0.01;

export interface ResidualMeasure {
  /** Of a residual: half the measure, so that a normal one is r²/2. */
  readonly merit: (residual: number) => number;
  /** d merit / d residual, what is left of the residual. */
  readonly influence: (residual: number) => number;
  /** influence / residual, the weight of a pixel in a reweighted step. */
  readonly weight: (residual: number) => number;
  /** d influence / d residual. */
  readonly slope: (residual: number) => number;
}

const SQUARES: ResidualMeasure = {
  merit: (r) => 0.5 * r * r,
  influence: (r) => r,
  weight: () => 1,
  slope: () => 1,
};

/** @param noise standard deviation of a pixel, in the unit of the residuals */
export function residualMeasure(kind: RobustKind | 'leastSquares', noise: number): ResidualMeasure {
  if (kind === 'leastSquares') return SQUARES;
  const scale = SCALE[kind] * noise;
  const squared = (r: number) => (r / scale) ** 2;
  if (kind === 'absolute') {
    return {
      merit: (r) => (r * r) / (1 + Math.sqrt(1 + squared(r))),
      influence: (r) => r / Math.sqrt(1 + squared(r)),
      weight: (r) => 1 / Math.sqrt(1 + squared(r)),
      slope: (r) => (1 + squared(r)) ** -1.5,
    };
  }
  return {
    merit: (r) => 0.5 * scale * scale * Math.log1p(squared(r)),
    influence: (r) => r / (1 + squared(r)),
    weight: (r) => 1 / (1 + squared(r)),
    slope: (r) => (1 - squared(r)) / (1 + squared(r)) ** 2,
  };
}

/** Twice the merit of every residual. */
export function robustTerms(ops: Ops, kind: RobustKind, residual: Real, noise: number): Real {
  const scale = SCALE[kind] * noise;
  const ones = ops.constant(`robust:ones:${residual.shape.join('x')}`, residual.shape, 'real', () =>
    new Float64Array(sizeOf(residual.shape)).fill(1),
  );
  const u = ops.scale(residual, 1 / scale);
  const squared = ops.multiply(u, u);
  const lifted = ops.add(squared, ones);
  if (kind === 'absolute') {
    // √(1 + u²) - 1 without the difference, of which nothing would be left near zero.
    return ops.scale(ops.divide(squared, ops.add(ops.squareRoot(lifted), ones)), 2 * scale * scale);
  }
  // A count of 1 where 1 + u² are expected deviates by u² - ln(1 + u²).
  return ops.scale(ops.subtract(squared, ops.poissonDeviance(lifted, ones)), scale * scale);
}

/** Noise of a given image: the scatter between neighbours, or a small share of its variation without any. */
export function robustNoise(scatter: number, deviation: number): number {
  return Math.max(scatter, LEAST_NOISE * deviation);
}

/**
 * The noise of a pixel that a robust measure goes by.
 * @param entered 0 where the images are to tell
 */
export function comparedNoise(entered: number, model: Image, data: Image): number {
  const noise = entered > 0 ? entered : (data.noiseGuess?.() ?? model.noise?.readNoise ?? 0);
  if (noise > 0) return noise;
  throw new ElementProblem(
    'A robust measure goes by the noise of a pixel, of which nothing is known here.',
    'Enter the noise of a pixel, or compare by least squares.',
  );
}
