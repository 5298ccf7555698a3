/**
 * Maximum likelihood of place, depth, photons and background of one emitter in a window of pixels: Fisher scoring with
 * the damping of Levenberg and Marquardt, and the Cramér-Rao bound at its end.
 */
import { choleskySolve, symmetricInverse } from '../maths/linearAlgebra.ts';
import {
  BACKGROUND,
  type EmitterKernel,
  PHOTONS,
  type Reach,
  reachOf,
  UNKNOWNS,
  X,
  Y,
  Z,
} from './localiseKernel.ts';

export type EmitterStatus =
  | 'good'
  | 'atEdge'
  | 'atDepthLimit'
  | 'notConverged'
  | 'notIdentifiable'
  | 'faint'
  | 'misfit';

export interface EmitterFit {
  /** x, y (pixels from the window's first pixel), z (planes of the spline), photons, background per pixel. */
  readonly values: Float64Array;
  /** Cramér-Rao bounds in the same units; infinite where the data do not tell. */
  readonly errors: Float64Array;
  readonly deviance: number;
  readonly iterations: number;
  readonly status: EmitterStatus;
}

const MOST_ITERATIONS = 40;
/** Squared distance to the maximum, in standard errors, at which a fit has arrived: 3 % of an error. */
const ARRIVED = 1e-3;
const FIRST_DAMPING = 1e-3;
const GIVE_UP_DAMPING = 1e8;
/** Longest steps: pixels, and planes of the spline. */
const LONGEST_STEP = 1;
const LONGEST_DEPTH_STEP = 3;
/** Photons in standard errors of theirs below which nothing stands out of the background. */
const FAINT = 3;
const LEAST_PHOTONS = 1;
const LEAST_BACKGROUND = 1e-3;

/** @param start the five unknowns; what lies outside of where the kernel can look is moved inside */
export function fitEmitter(kernel: EmitterKernel, start: ArrayLike<number>): EmitterFit {
  const reach = reachOf(kernel.spline, kernel.side);
  let values = Float64Array.from(start);
  confine(values, reach);
  let deviance = kernel.evaluate(values);
  let gradient = Float64Array.from(kernel.gradient);
  let curvature = Float64Array.from(kernel.curvature);
  let damping = 0;
  let isDone = false;
  let iterations = 0;
  while (!isDone && iterations < MOST_ITERATIONS && damping < GIVE_UP_DAMPING) {
    iterations++;
    const step = stepFrom(values, gradient, curvature, damping, reach);
    if (step === null) {
      damping = Math.max(FIRST_DAMPING, 10 * damping);
      continue;
    }
    const gain = step.reduce((sum, each, a) => sum + each * (gradient[a] as number), 0);
    const trial = values.map((value, a) => value + (step[a] as number));
    confine(trial, reach);
    isDone = gain < ARRIVED && damping === 0;
    // The last step is a small part of an error: it is taken without another look.
    if (isDone) {
      values = trial;
      break;
    }
    const next = kernel.evaluate(trial);
    if (next <= deviance) {
      values = trial;
      deviance = next;
      gradient = Float64Array.from(kernel.gradient);
      curvature = Float64Array.from(kernel.curvature);
      damping = damping <= FIRST_DAMPING ? 0 : damping / 10;
    } else damping = Math.max(FIRST_DAMPING, 10 * damping);
  }
  const errors = boundsOf(curvature);
  return { values, errors, deviance, iterations, status: statusOf(values, errors, isDone, reach) };
}

/** Standard errors from the Fisher information. */
export function boundsOf(curvature: Float64Array): Float64Array {
  const inverse = symmetricInverse(curvature, UNKNOWNS);
  return Float64Array.from({ length: UNKNOWNS }, (_, a) =>
    inverse.ok ? Math.sqrt(inverse.inverse[a * (UNKNOWNS + 1)] ?? Number.NaN) : Number.POSITIVE_INFINITY,
  );
}

/** The damped step of Fisher scoring; unknowns at a limit that they press against stay. */
function stepFrom(
  values: Float64Array,
  gradient: Float64Array,
  curvature: Float64Array,
  damping: number,
  reach: Reach,
): Float64Array | null {
  const matrix = Float64Array.from(curvature);
  const right = Float64Array.from(gradient);
  for (let a = 0; a < UNKNOWNS; a++) {
    const diagonal = a * (UNKNOWNS + 1);
    matrix[diagonal] = (matrix[diagonal] as number) * (1 + damping);
    if (!presses(a, values[a] as number, gradient[a] as number, reach)) continue;
    for (let b = 0; b < UNKNOWNS; b++) {
      matrix[a * UNKNOWNS + b] = 0;
      matrix[b * UNKNOWNS + a] = 0;
    }
    matrix[diagonal] = 1;
    right[a] = 0;
  }
  const solved = choleskySolve(matrix, right, UNKNOWNS);
  if (!solved.ok) return null;
  const step = solved.solution;
  const excess = Math.max(
    Math.abs(step[X] as number) / LONGEST_STEP,
    Math.abs(step[Y] as number) / LONGEST_STEP,
    Math.abs(step[Z] as number) / LONGEST_DEPTH_STEP,
  );
  return excess > 1 ? step.map((each) => each / excess) : step;
}

function limitsOf(unknown: number, { low, high, lowZ, highZ }: Reach): readonly [number, number] {
  if (unknown === Z) return [lowZ, highZ];
  if (unknown === PHOTONS) return [LEAST_PHOTONS, Number.POSITIVE_INFINITY];
  if (unknown === BACKGROUND) return [LEAST_BACKGROUND, Number.POSITIVE_INFINITY];
  return [low, high];
}

function presses(unknown: number, value: number, slope: number, reach: Reach): boolean {
  const [low, high] = limitsOf(unknown, reach);
  return (value <= low && slope < 0) || (value >= high && slope > 0);
}

function confine(values: Float64Array, reach: Reach): void {
  for (let a = 0; a < UNKNOWNS; a++) {
    const [low, high] = limitsOf(a, reach);
    values[a] = Math.min(high, Math.max(low, values[a] as number));
  }
}

function statusOf(values: Float64Array, errors: Float64Array, isDone: boolean, reach: Reach): EmitterStatus {
  const isAt = (unknown: number) => {
    const [low, high] = limitsOf(unknown, reach);
    const value = values[unknown] as number;
    return value <= low || value >= high;
  };
  if (isAt(PHOTONS) || (values[PHOTONS] as number) < FAINT * (errors[PHOTONS] as number)) {
    return errors.every(Number.isFinite) ? 'faint' : 'notIdentifiable';
  }
  if (isAt(X) || isAt(Y)) return 'atEdge';
  if (isAt(Z)) return 'atDepthLimit';
  return isDone ? 'good' : 'notConverged';
}
