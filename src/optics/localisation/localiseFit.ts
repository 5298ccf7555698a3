/**
 * Maximum likelihood of place, depth, photons and background of one emitter in a window of pixels: Fisher scoring with
 * the damping of Levenberg and Marquardt, and the Cramér-Rao bound at its end.
 */
import { choleskySolve, symmetricInverse } from '../maths/linearAlgebra.ts';
import { type EmitterKernel, PHOTONS, X, Y, Z } from './localiseKernel.ts';
import { reachOf } from './splineWindow.ts';

export type EmitterStatus =
  | 'good'
  | 'atEdge'
  | 'atDepthLimit'
  | 'notConverged'
  | 'notIdentifiable'
  | 'faint'
  | 'misfit'
  | 'overlap';

export interface EmitterFit {
  /** x, y (pixels from the window's first pixel), z (planes of the spline), photons, background per pixel. */
  readonly values: Float64Array;
  /** Cramér-Rao bounds in the same units; infinite where the data do not tell. */
  readonly errors: Float64Array;
  readonly deviance: number;
  readonly iterations: number;
  readonly status: EmitterStatus;
}

/** What a model says of its data at some values of its unknowns. */
export interface Likelihood {
  /** The deviance; fills `gradient` and `curvature`. */
  evaluate(unknowns: Float64Array): number;
  /** Minus half the slope of the deviance, [n]. */
  readonly gradient: Float64Array;
  /** Fisher information [n, n]. */
  readonly curvature: Float64Array;
}

/** Where the unknowns may go, [n] each. */
export interface Limits {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Longest steps; infinite for none. */
  readonly longest: Float64Array;
}

export interface Scored extends Omit<EmitterFit, 'status'> {
  readonly isDone: boolean;
}

const MOST_ITERATIONS = 40;
/** Squared distance to the maximum, in standard errors, at which a fit has arrived: 3 % of an error. */
const ARRIVED = 1e-3;
const FIRST_DAMPING = 1e-3;
const GIVE_UP_DAMPING = 1e8;
/** Longest steps: pixels, and planes of the spline. */
export const LONGEST_STEP = 1;
export const LONGEST_DEPTH_STEP = 3;
/** Photons in standard errors of theirs below which nothing stands out of the background. */
const FAINT = 3;
export const LEAST_PHOTONS = 1;
export const LEAST_BACKGROUND = 1e-3;

/** @param start the five unknowns; what lies outside of where the kernel can look is moved inside */
export function fitEmitter(kernel: EmitterKernel, start: ArrayLike<number>): EmitterFit {
  const { low, high, lowZ, highZ } = reachOf(kernel.spline, kernel.side);
  const open = Number.POSITIVE_INFINITY;
  const limits: Limits = {
    low: Float64Array.of(low, low, lowZ, LEAST_PHOTONS, LEAST_BACKGROUND),
    high: Float64Array.of(high, high, highZ, open, open),
    longest: Float64Array.of(LONGEST_STEP, LONGEST_STEP, LONGEST_DEPTH_STEP, open, open),
  };
  const { isDone, ...fit } = fisherScoring(kernel, start, limits);
  return { ...fit, status: statusOf(fit, limits, 0, isDone) };
}

/** The likeliest unknowns near a start; what lies beyond a limit is moved to it. */
export function fisherScoring(model: Likelihood, start: ArrayLike<number>, limits: Limits): Scored {
  let values = Float64Array.from(start);
  confine(values, limits);
  let deviance = model.evaluate(values);
  let gradient = Float64Array.from(model.gradient);
  let curvature = Float64Array.from(model.curvature);
  let damping = 0;
  let isDone = false;
  let iterations = 0;
  while (!isDone && iterations < MOST_ITERATIONS && damping < GIVE_UP_DAMPING) {
    iterations++;
    const step = stepFrom(values, gradient, curvature, damping, limits);
    if (step === null) {
      damping = Math.max(FIRST_DAMPING, 10 * damping);
      continue;
    }
    const gain = step.reduce((sum, each, a) => sum + each * (gradient[a] as number), 0);
    const trial = values.map((value, a) => value + (step[a] as number));
    confine(trial, limits);
    isDone = gain < ARRIVED && damping === 0;
    // The last step is a small part of an error: it is taken without another look.
    if (isDone) {
      values = trial;
      break;
    }
    const next = model.evaluate(trial);
    if (next <= deviance) {
      values = trial;
      deviance = next;
      gradient = Float64Array.from(model.gradient);
      curvature = Float64Array.from(model.curvature);
      damping = damping <= FIRST_DAMPING ? 0 : damping / 10;
    } else damping = Math.max(FIRST_DAMPING, 10 * damping);
  }
  return { values, errors: boundsOf(curvature), deviance, iterations, isDone };
}

/** Standard errors from the Fisher information. */
export function boundsOf(curvature: Float64Array): Float64Array {
  const unknowns = Math.round(Math.sqrt(curvature.length));
  const inverse = symmetricInverse(curvature, unknowns);
  return Float64Array.from({ length: unknowns }, (_, a) =>
    inverse.ok ? Math.sqrt(inverse.inverse[a * (unknowns + 1)] ?? Number.NaN) : Number.POSITIVE_INFINITY,
  );
}

/** The damped step of Fisher scoring; unknowns at a limit that they press against stay. */
function stepFrom(
  values: Float64Array,
  gradient: Float64Array,
  curvature: Float64Array,
  damping: number,
  { low, high, longest }: Limits,
): Float64Array | null {
  const count = values.length;
  const matrix = Float64Array.from(curvature);
  const right = Float64Array.from(gradient);
  for (let a = 0; a < count; a++) {
    const diagonal = a * (count + 1);
    matrix[diagonal] = (matrix[diagonal] as number) * (1 + damping);
    const [value, slope] = [values[a] as number, gradient[a] as number];
    const presses = (value <= (low[a] as number) && slope < 0) || (value >= (high[a] as number) && slope > 0);
    if (!presses) continue;
    for (let b = 0; b < count; b++) {
      matrix[a * count + b] = 0;
      matrix[b * count + a] = 0;
    }
    matrix[diagonal] = 1;
    right[a] = 0;
  }
  const solved = choleskySolve(matrix, right, count);
  if (!solved.ok) return null;
  const step = solved.solution;
  let excess = 0;
  for (let a = 0; a < count; a++) {
    excess = Math.max(excess, Math.abs(step[a] as number) / (longest[a] as number));
  }
  return excess > 1 ? step.map((each) => each / excess) : step;
}

function confine(values: Float64Array, { low, high }: Limits): void {
  for (let a = 0; a < values.length; a++) {
    values[a] = Math.min(high[a] as number, Math.max(low[a] as number, values[a] as number));
  }
}

/** @param first of the unknowns x, y, z and photons of the emitter that is asked for */
export function statusOf(
  { values, errors }: Pick<EmitterFit, 'values' | 'errors'>,
  { low, high }: Limits,
  first: number,
  isDone: boolean,
): EmitterStatus {
  const isAt = (unknown: number) => {
    const value = values[first + unknown] as number;
    return value <= (low[first + unknown] as number) || value >= (high[first + unknown] as number);
  };
  const [photons, error] = [values[first + PHOTONS] as number, errors[first + PHOTONS] as number];
  if (isAt(PHOTONS) || photons < FAINT * error) {
    return errors.every(Number.isFinite) ? 'faint' : 'notIdentifiable';
  }
  if (isAt(X) || isAt(Y)) return 'atEdge';
  if (isAt(Z)) return 'atDepthLimit';
  return isDone ? 'good' : 'notConverged';
}
