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
  /** No step from here, however short, led to a finite merit. */
  readonly isLost: boolean;
  /** The latest point that was tried where the merit is not finite; null where it always was. */
  readonly failed: Float64Array | null;
  /** What the next step goes by: plain numbers and arrays, which can be stored. */
  readonly memory: {
    readonly equations: NormalEquations;
    readonly damping: number;
    readonly growth: number;
    /** Steps in a row that gained next to nothing. */
    readonly small: number;
    readonly gain: number;
    readonly before: Passed | null;
  };
}

const FIRST_DAMPING = 1e-3;
const LARGEST_DAMPING = 1e10;
/** Steps are halved-ish in trust this many times before the point counts as a minimum within rounding. */
const MAX_TRIALS = 12;
/** A step that lowered the merit by less than this share is followed by one that looks back. */
const NEAR_GAIN = 1e-2;
/** Natural steps up to which the slope of a parameter that hardly changes the model is believed. */
const REACH = 4;
/** Each refused step takes that back to this share. */
const LESS_REACH = 1 / 4;
/** Such a parameter explains less than this share of what is left over by its slope within reach. */
const FLAT = 0.1;
/** Times that looking back may go on along the last step: as for steps that shrink to three quarters. */
const LARGEST_SHARE = 3;

/**
 * Yields the state after every accepted step. Points are in scaled units (a unit step matters about equally
 * in every coordinate). Marquardt's diagonal scaling; a parameter on its bound whose descent points outwards
 * is held (Moré 1978; Nielsen 1999 for the damping update).
 * @param from a point, or a state of before to go on from
 */
export async function* levenbergMarquardt(
  problem: LevenbergMarquardtProblem,
  from: Float64Array | LevenbergMarquardtState,
  options: LevenbergMarquardtOptions,
): AsyncGenerator<LevenbergMarquardtState, LevenbergMarquardtState> {
  let state: LevenbergMarquardtState;
  if (from instanceof Float64Array) {
    state = await startOf(problem, from);
    yield state;
  } else state = from;
  while (!state.converged && !state.isLost && state.iteration < options.maxIterations) {
    const next = await step(problem, state, options);
    const isStep = next.iteration > state.iteration;
    state = next;
    if (isStep) yield state;
  }
  return state;
}

async function startOf(
  problem: LevenbergMarquardtProblem,
  start: Float64Array,
): Promise<LevenbergMarquardtState> {
  const point = start.slice();
  const equations = await problem.normalEquations(point);
  return {
    ...{ iteration: 0, point, merit: equations.merit, converged: false, isLost: false, failed: null },
    memory: {
      ...{ equations, damping: FIRST_DAMPING, growth: 2, small: 0 },
      ...{ gain: Number.POSITIVE_INFINITY, before: null },
    },
  };
}

/** The state after the next step that lowers the merit, or that of before as converged where there is none. */
async function step(
  problem: LevenbergMarquardtProblem,
  state: LevenbergMarquardtState,
  options: LevenbergMarquardtOptions,
): Promise<LevenbergMarquardtState> {
  const { point, memory } = state;
  const { equations } = memory;
  let { damping, growth } = memory;
  let { failed } = state;
  let isLost = true;
  for (let trial = 0; trial < MAX_TRIALS && damping < LARGEST_DAMPING; trial++) {
    const damped = dampedStep(problem, point, equations, damping);
    if (damped !== null && damping < 1 && isAtEnd(problem, equations, point, damped, options)) {
      return { ...state, failed, converged: true };
    }
    const { taken, isNear, isShort } = await chosen(problem, state, damped, damping, trial);
    const candidate = taken === null ? null : clamp(problem, point, taken);
    // Close to the end, where steps are hardly ever refused, the derivatives are asked for at once.
    const ahead = candidate !== null && isNear ? await problem.normalEquations(candidate) : null;
    const merit =
      ahead?.merit ?? (candidate === null ? Number.POSITIVE_INFINITY : await problem.merit(candidate));
    if (candidate !== null && !Number.isFinite(merit)) failed = candidate;
    // A step that cannot be solved for, too, is none that leads out of the numbers.
    else isLost = false;
    if (candidate !== null && damped !== null && merit < equations.merit) {
      damping = loosened(damping, equations, point, candidate, merit);
      const next = ahead ?? (await problem.normalEquations(candidate));
      // A point without a slope leads nowhere.
      if (!next.descent.every(Number.isFinite)) {
        failed = candidate;
        damping *= growth;
        continue;
      }
      const gain = (equations.merit - next.merit) / Math.max(equations.merit, Number.MIN_VALUE);
      const small = gain < options.tolerance ? memory.small + 1 : 0;
      return {
        ...{ iteration: state.iteration + 1, point: candidate, merit: next.merit, failed },
        converged: small >= 2,
        isLost: false,
        memory: {
          ...{ equations: next, damping, growth: 2, small, gain },
          before: isShort ? null : { point, step: damped },
        },
      };
    }
    damping *= growth;
    growth *= 2;
  }
  return { ...state, failed, converged: !isLost, isLost };
}

/** What is tried: the damped step, a shorter one where it leads too far, or one that looks back on the step before. */
async function chosen(
  problem: LevenbergMarquardtProblem,
  { point, memory }: LevenbergMarquardtState,
  damped: Float64Array | null,
  damping: number,
  trial: number,
): Promise<{ taken: Float64Array | null; isNear: boolean; isShort: boolean }> {
  const { equations, before } = memory;
  const reach = REACH * LESS_REACH ** trial;
  const short = damped === null ? null : shortened(problem, point, equations, damping, damped, reach);
  const isNear = trial === 0 && memory.gain < NEAR_GAIN && short === null;
  const taken =
    damped !== null && isNear && before !== null
      ? extrapolated(equations.curvature, point, damped, before)
      : await lowerOf(problem, point, trial === 0 ? damped : null, short ?? damped);
  return { taken, isNear, isShort: short !== null };
}

/** Less damping where the merit fell as predicted (Nielsen 1999). */
function loosened(
  damping: number,
  equations: NormalEquations,
  point: Float64Array,
  candidate: Float64Array,
  merit: number,
): number {
  const predicted = predictedGain(
    equations,
    candidate.map((x, i) => x - (point[i] as number)),
  );
  const ratio = predicted > 0 ? (equations.merit - merit) / predicted : 1;
  return Math.max(damping * Math.max(1 / 3, 1 - (2 * ratio - 1) ** 3), 1e-12);
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

/** The step of two that leads lower; the other one where one is null. */
async function lowerOf(
  problem: LevenbergMarquardtProblem,
  point: Float64Array,
  full: Float64Array | null,
  short: Float64Array | null,
): Promise<Float64Array | null> {
  if (full === null || short === null || full === short) return short;
  const atFull = await problem.merit(clamp(problem, point, full));
  return atFull < (await problem.merit(clamp(problem, point, short))) ? full : short;
}

/**
 * The step with each parameter that hardly changes the model, such as z in focus, no further than its reach: the flatter
 * the slope there, the further a step would go of which the slope knows nothing. Null where no parameter goes further.
 * @param reach natural steps
 */
function shortened(
  problem: LevenbergMarquardtProblem,
  point: Float64Array,
  equations: NormalEquations,
  damping: number,
  full: Float64Array,
  reach: number,
): Float64Array | null {
  const flat = (2 * equations.merit * FLAT ** 2) / REACH ** 2;
  const given = new Map<number, number>();
  let step: Float64Array | null = full;
  while (step !== null) {
    const before = given.size;
    step.forEach((s, i) => {
      const isFlat = (equations.curvature[i * full.length + i] as number) < flat;
      if (isFlat && !given.has(i) && Math.abs(s) > reach) given.set(i, Math.sign(s) * reach);
    });
    if (given.size === before) break;
    step = dampedStep(problem, point, equations, damping, given);
  }
  return given.size === 0 ? null : step;
}

/** @param given steps of parameters that are not asked for, by index: the others are solved for beside them */
function dampedStep(
  problem: LevenbergMarquardtProblem,
  point: Float64Array,
  { descent, curvature }: NormalEquations,
  damping: number,
  given: ReadonlyMap<number, number> = new Map(),
): Float64Array | null {
  const count = point.length;
  const held = point.map((x, i) => {
    const g = descent[i] as number;
    return (x <= (problem.lower[i] as number) && g < 0) || (x >= (problem.upper[i] as number) && g > 0)
      ? 1
      : 0;
  });
  const matrix = curvature.slice();
  const right = descent.map((g, i) => {
    let along = g;
    for (const [j, step] of given) along -= step * (curvature[i * count + j] as number);
    return along;
  });
  for (let i = 0; i < count; i++) {
    const diagonal = curvature[i * count + i] as number;
    const step = given.get(i);
    if (held[i] === 1 || diagonal === 0 || step !== undefined) {
      for (let j = 0; j < count; j++) matrix[i * count + j] = matrix[j * count + i] = 0;
      matrix[i * count + i] = 1;
      right[i] = step ?? 0;
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
