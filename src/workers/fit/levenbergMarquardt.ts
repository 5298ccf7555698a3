/** Damped Gauss-Newton for weighted least squares with bounds; float64 on the host, any backend behind it. */
import { choleskySolve } from '../../optics/maths/linearAlgebra.ts';

/** Normal equations at a point: everything the step needs, already weighted. */
export interface NormalEquations {
  /** Merit that must fall (half deviance or half weighted sum of squares). */
  readonly merit: number;
  /** JᵀWr with r = data - model, length P. */
  readonly descent: Float64Array;
  /** JᵀWJ, row-major P × P. */
  readonly curvature: Float64Array;
}

export interface LevenbergMarquardtProblem {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly normalEquations: (point: Float64Array) => Promise<NormalEquations>;
  readonly merit: (point: Float64Array) => Promise<number>;
}

export interface LevenbergMarquardtOptions {
  readonly maxIterations: number;
  /** Stops when the merit falls by less than this share twice in a row, or no step lowers it. */
  readonly tolerance: number;
}

export interface LevenbergMarquardtState {
  readonly iteration: number;
  readonly point: Float64Array;
  readonly merit: number;
  readonly converged: boolean;
}

const FIRST_DAMPING = 1e-3;
const LARGEST_DAMPING = 1e10;
/** Steps are halved-ish in trust this many times before the point counts as a minimum within rounding. */
const MAX_TRIALS = 12;
/** A step that lowered the merit by less than this share is followed by one that looks back. */
const NEAR_GAIN = 1e-2;
/** Times that looking back may go on along the last step: as for steps that shrink to three quarters. */
const LARGEST_SHARE = 3;

/**
 * Yields the state after every accepted step. Points are in scaled units (a unit step matters about equally
 * in every coordinate). Marquardt's diagonal scaling; a parameter on its bound whose descent points outwards
 * is held (Moré 1978; Nielsen 1999 for the damping update).
 */
export async function* levenbergMarquardt(
  problem: LevenbergMarquardtProblem,
  start: Float64Array,
  options: LevenbergMarquardtOptions,
): AsyncGenerator<LevenbergMarquardtState, LevenbergMarquardtState> {
  let point: Float64Array = start.slice();
  let damping = FIRST_DAMPING;
  let growth = 2;
  let small = 0;
  let gain = Number.POSITIVE_INFINITY;
  let before: Passed | null = null;
  let equations = await problem.normalEquations(point);
  let state: LevenbergMarquardtState = { iteration: 0, point, merit: equations.merit, converged: false };
  yield state;
  for (let iteration = 1; iteration <= options.maxIterations; iteration++) {
    let accepted: { point: Float64Array; step: Float64Array; equations: NormalEquations } | null = null;
    for (let trial = 0; trial < MAX_TRIALS && damping < LARGEST_DAMPING; trial++) {
      const step = dampedStep(problem, point, equations, damping);
      if (step !== null && damping < 1 && isAtEnd(problem, equations, point, step, options)) {
        return { ...state, converged: true };
      }
      const isNear: boolean = trial === 0 && gain < NEAR_GAIN;
      const taken: Float64Array | null =
        step !== null && isNear && before !== null
          ? extrapolated(equations.curvature, point, step, before)
          : step;
      const candidate: Float64Array | null = taken === null ? null : clamp(problem, point, taken);
      // Close to the end, where steps are hardly ever refused, the derivatives are asked for at once.
      const ahead: NormalEquations | null =
        candidate !== null && isNear ? await problem.normalEquations(candidate) : null;
      const merit =
        ahead?.merit ?? (candidate === null ? Number.POSITIVE_INFINITY : await problem.merit(candidate));
      if (candidate !== null && step !== null && merit < equations.merit) {
        const predicted = predictedGain(
          equations,
          candidate.map((x, i) => x - (point[i] as number)),
        );
        const ratio = predicted > 0 ? (equations.merit - merit) / predicted : 1;
        damping *= Math.max(1 / 3, 1 - (2 * ratio - 1) ** 3);
        damping = Math.max(damping, 1e-12);
        growth = 2;
        accepted = {
          point: candidate,
          step,
          equations: ahead ?? (await problem.normalEquations(candidate)),
        };
        break;
      }
      damping *= growth;
      growth *= 2;
    }
    if (accepted === null) return { ...state, converged: true };
    gain = (equations.merit - accepted.equations.merit) / Math.max(equations.merit, Number.MIN_VALUE);
    before = { point, step: accepted.step };
    ({ point, equations } = accepted);
    small = gain < options.tolerance ? small + 1 : 0;
    state = { iteration, point, merit: equations.merit, converged: small >= 2 };
    yield state;
    if (state.converged) return state;
  }
  return state;
}

/** A point and the step that the normal equations gave there. */
interface Passed {
  readonly point: Float64Array;
  readonly step: Float64Array;
}

/**
 * Where residuals stay large, steps shrink by a steady factor only: what changed the last one tells where they lead
 * (Anderson, J. ACM 12, 547 (1965), with one step remembered; lengths in the metric of the curvature).
 */
function extrapolated(
  curvature: Float64Array,
  point: Float64Array,
  step: Float64Array,
  before: Passed,
): Float64Array {
  const change = step.map((s, i) => s - (before.step[i] as number));
  const along = product(curvature, change, change);
  const share = along > 0 ? product(curvature, change, step) / along : 0;
  if (!(Math.abs(share) < LARGEST_SHARE)) return step;
  return step.map(
    (s, i) => s - share * ((point[i] as number) - (before.point[i] as number) + (change[i] as number)),
  );
}

/** aᵀAb. */
function product(matrix: Float64Array, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < b.length; j++)
      sum += (a[i] as number) * (matrix[i * a.length + j] as number) * (b[j] as number);
  return sum;
}

function dampedStep(
  problem: LevenbergMarquardtProblem,
  point: Float64Array,
  { descent, curvature }: NormalEquations,
  damping: number,
): Float64Array | null {
  const count = point.length;
  const held = point.map((x, i) => {
    const g = descent[i] as number;
    return (x <= (problem.lower[i] as number) && g < 0) || (x >= (problem.upper[i] as number) && g > 0)
      ? 1
      : 0;
  });
  const matrix = curvature.slice();
  const right = descent.slice();
  for (let i = 0; i < count; i++) {
    const diagonal = curvature[i * count + i] as number;
    if (held[i] === 1 || diagonal === 0) {
      for (let j = 0; j < count; j++) matrix[i * count + j] = matrix[j * count + i] = 0;
      matrix[i * count + i] = 1;
      right[i] = 0;
    } else {
      matrix[i * count + i] = diagonal * (1 + damping);
    }
  }
  const solved = choleskySolve(matrix, right, count);
  return solved.ok ? solved.solution : null;
}

function clamp(problem: LevenbergMarquardtProblem, point: Float64Array, step: Float64Array): Float64Array {
  return point.map((x, i) =>
    Math.min(problem.upper[i] as number, Math.max(problem.lower[i] as number, x + (step[i] as number))),
  );
}

/** Whether a step that is hardly damped, and that no bound cuts short, has next to nothing to gain. */
function isAtEnd(
  problem: LevenbergMarquardtProblem,
  equations: NormalEquations,
  point: Float64Array,
  step: Float64Array,
  { tolerance }: LevenbergMarquardtOptions,
): boolean {
  const isFree = clamp(problem, point, step).every(
    (x, i) => x === (point[i] as number) + (step[i] as number),
  );
  return isFree && predictedGain(equations, step) < 0.1 * tolerance * equations.merit;
}

/** Fall of the quadratic model along the step, δᵀg - ½ δᵀAδ. */
function predictedGain({ descent, curvature }: NormalEquations, step: Float64Array): number {
  const count = step.length;
  let gain = 0;
  for (let i = 0; i < count; i++) {
    let row = 0;
    for (let j = 0; j < count; j++) row += (curvature[i * count + j] as number) * (step[j] as number);
    gain += (step[i] as number) * ((descent[i] as number) - 0.5 * row);
  }
  return gain;
}
