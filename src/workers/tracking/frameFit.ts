/** One frame from a start that is near: Gauss-Newton on few pixels, then one step on those that count in the end. */
import { choleskySolve } from '../../optics/maths/linearAlgebra.ts';
import type { FitStatistics } from '../fit/fitParts.ts';
import type { FitProblem } from '../fit/fitProblem.ts';
import { levenbergMarquardt, type NormalEquations } from '../fit/levenbergMarquardt.ts';
import { assumedBrightness, residualNoise, standardError } from '../fit/report.ts';
import { uncertainty } from '../fit/uncertainty.ts';

/** Where the next step would lower χ² by less than this, no value is off by more than 3 % of its error. */
export const NEGLIGIBLE_GAIN = 1e-3;
/** The same on few pixels, whose values scatter anyway by more than those of all. */
export const SPARSE_GAIN = 0.3;
/** A step that gains more than this goes further than a few dozen standard errors of the whole image. */
const NEAR_GAIN = 400;

/** χ² that each value has to explain where no other frame says what is usual: five standard errors. */
const EVIDENCE = 25;

/** Where a fit stands. */
export interface Descent {
  readonly point: Float64Array;
  readonly merit: number;
  /** At `seen`. */
  readonly equations: NormalEquations;
  /** Where the image was computed last: the point, or a small step before it. */
  readonly seen: Float64Array;
}

/** Variance of a pixel that the merit stands for, where the noise is not given. */
function scaleOf(problem: FitProblem, merit: number): number {
  const freedom = Math.max(1, problem.data.length - problem.parameters.length);
  return problem.kind === 'poisson' ? 1 : (2 * merit) / freedom;
}

/**
 * Full steps while they lower the merit, each with its Jacobian at once: from the frame before, they nearly always do.
 * From where they do not, Levenberg-Marquardt. Ends where a further step would gain less than `gain`.
 */
export async function descended(
  problem: FitProblem,
  start: Float64Array,
  steps: number,
  gain: number,
): Promise<Descent> {
  let best: Descent | null = null;
  let point = start;
  for (let k = 0; k <= steps; k++) {
    const equations = await problem.normalEquations(point);
    if (best !== null && !(equations.merit < best.merit)) {
      return dampedDescent(problem, best.point, steps - k + 1, gain);
    }
    best = { point, merit: equations.merit, equations, seen: point };
    const step = stepOf(equations, point.length);
    if (step !== null && step.gain < gain * scaleOf(problem, best.merit)) break;
    const next = step === null ? null : moved(problem, point, step.solution);
    if (next === null) return dampedDescent(problem, point, steps - k, gain);
    point = next;
  }
  if (best === null) throw new RangeError('A fit takes at least one look at its image.');
  return best;
}

/** Levenberg-Marquardt until a further step would gain less than this. */
async function dampedDescent(
  problem: FitProblem,
  start: Float64Array,
  maxIterations: number,
  gain: number,
): Promise<Descent> {
  let equations = await problem.normalEquations(start);
  let seen = start;
  const watched = {
    lower: problem.lower,
    upper: problem.upper,
    merit: (at: Float64Array) => problem.merit(at),
    normalEquations: async (at: Float64Array) => {
      equations = await problem.normalEquations(at);
      seen = at;
      return equations;
    },
  };
  let [point, merit] = [start, equations.merit];
  for await (const state of levenbergMarquardt(watched, start, { maxIterations, tolerance: 1e-7 })) {
    [point, merit] = [state.point, state.merit];
    const step = stepOf(equations, point.length);
    if (step !== null && step.gain < gain * scaleOf(problem, merit)) break;
  }
  return { point, merit, equations, seen };
}

/**
 * The last full step, not looked at again: what it gains is known to the square of its length, which is a few standard
 * errors. Null where the point is further away than that.
 */
export async function finished(problem: FitProblem, near: Float64Array): Promise<Descent | null> {
  if (problem.kind !== 'leastSquares') return null;
  const equations = await problem.normalEquations(near);
  const step = stepOf(equations, near.length);
  if (step === null || step.gain > NEAR_GAIN * scaleOf(problem, equations.merit)) return null;
  const point = moved(problem, near, step.solution);
  if (point === null) return null;
  return { point, merit: equations.merit - gained(equations, near, point), equations, seen: near };
}

/** The full step, and by how much it would lower χ² on the scale of the merit's doubles: gᵀ A⁻¹ g. */
function stepOf({ descent, curvature }: NormalEquations, count: number) {
  const solved = choleskySolve(curvature, descent, count);
  if (!solved.ok) return null;
  const { solution } = solved;
  return { solution, gain: descent.reduce((sum, g, i) => sum + g * (solution[i] as number), 0) };
}

/** The end of a step; null where a bound cuts it, which changes what the other values should do. */
function moved({ lower, upper }: FitProblem, point: Float64Array, step: Float64Array): Float64Array | null {
  const end = point.map((value, i) => value + (step[i] as number));
  const isFree = end.every((value, i) => value >= (lower[i] as number) && value <= (upper[i] as number));
  return isFree ? end : null;
}

/** Fall of the quadratic model between two points, δᵀg - ½ δᵀAδ. */
function gained({ descent, curvature }: NormalEquations, from: Float64Array, to: Float64Array): number {
  const step = to.map((value, i) => value - (from[i] as number));
  return step.reduce((sum, s, i) => {
    const bent = step.reduce((row, t, j) => row + (curvature[i * step.length + j] as number) * t, 0);
    return sum + s * ((descent[i] as number) - bent / 2);
  }, 0);
}

/**
 * Standard errors in scaled units and χ² per degree of freedom, as the report of a single fit has them.
 * @param seen where the image was computed last: the same derivatives serve again
 */
export async function errorsOf(
  problem: FitProblem,
  statistics: FitStatistics,
  variance: number,
  seen: Float64Array | null,
): Promise<{ sigma: readonly (number | null)[]; chiSquare: number | null }> {
  const { scatter, chiSquare } = noiseOf(problem, statistics, variance);
  const errors = uncertainty(statistics.curvature, problem.parameters.length, scatter);
  const brightness = seen === null ? null : await assumedBrightness(problem, seen);
  const sigma = problem.parameters.map((_, i) => standardError(errors, brightness?.shifts ?? null, i));
  return { sigma, chiSquare };
}

/** Variance that errors are made from. */
function noiseOf(
  problem: FitProblem,
  { noise, residual }: FitStatistics,
  variance: number,
): { scatter: number; chiSquare: number | null } {
  if (problem.kind === 'poisson') return { scatter: Math.max(1, variance), chiSquare: variance };
  const known = noise ?? residualNoise(problem, residual);
  return {
    scatter: noise === null ? variance : Math.max(noise * noise, variance),
    chiSquare: known > 0 ? variance / (known * known) : null,
  };
}

/**
 * Whether a frame shows something by itself: the contrast of the model stands five standard errors above noise for each
 * value. Of noise alone a fit explains about one per value.
 */
export function isSeen(
  problem: FitProblem,
  { merit, pixels }: FitStatistics,
  variance: number,
  contrast: number,
): boolean {
  const explained =
    problem.kind === 'poisson'
      ? (2 * (problem.spread - merit)) / Math.max(1, variance)
      : (contrast * pixels) / variance;
  return !(explained < EVIDENCE * problem.parameters.length);
}

/** Variance of the model over the pixels that count. */
export function contrastOf({ data, mask }: FitProblem, residual: Float64Array): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let k = 0; k < residual.length; k++) {
    if (mask !== null && !((mask[k] as number) > 0)) continue;
    const model = (data[k] as number) - (residual[k] as number);
    sum += model;
    squares += model * model;
    count++;
  }
  const mean = sum / Math.max(1, count);
  return Math.max(0, squares / Math.max(1, count) - mean * mean);
}
