/**
 * What every method that goes down a loss is: an object without memory of its own. All that it remembers is in the
 * state that it hands on, plain numbers and arrays, so that a fit which is paused, stored and gone on with walks as one
 * that was not.
 */

/** Points are in natural steps: a change by one matters about equally in every coordinate. */
export interface Objective {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly lossGradient: (point: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;
  /**
   * The loss at a point, and where projections lead from there; absent where nothing can be projected.
   * @param weights that the last projection handed on, empty at the start
   */
  readonly project?: (
    point: Float64Array,
    weights: Float64Array,
  ) => Promise<{ readonly value: number; readonly next: Float64Array; readonly weights: Float64Array }>;
  /** The curvature of the residuals times a direction, Gauss and Newton's; absent where the loss has no residuals. */
  readonly curvatureProduct?: (point: Float64Array, direction: Float64Array) => Promise<Float64Array>;
}

/** What a method remembers from step to step. */
export interface Memory {
  readonly [name: string]: number | Float64Array | readonly Float64Array[];
}

export interface StepState {
  readonly iteration: number;
  readonly point: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** Where the loss was least so far, and that loss. */
  readonly best: Float64Array;
  readonly least: number;
  /**
   * Why no further step leads anywhere: a minimum is reached; a point has no finite loss (`point` is the one before);
   * the loss has grown beyond measure. Null while it goes on.
   */
  readonly ended: 'converged' | 'notFinite' | 'diverged' | null;
  /** The latest point that was tried and had no finite loss or gradient; null where all were. */
  readonly failed: Float64Array | null;
  readonly memory: Memory;
}

export interface Optimiser {
  readonly start: (problem: Objective, point: Float64Array) => Promise<StepState>;
  readonly step: (problem: Objective, state: StepState) => Promise<StepState>;
}

/** The state at a start, before any step. */
export async function startState(
  problem: Objective,
  given: Float64Array,
  memory: Memory,
): Promise<StepState> {
  const point = projected(problem, given);
  const { value, gradient } = await problem.lossGradient(point);
  const isGood = isFiniteAt(value, gradient);
  return {
    ...{ iteration: 0, point, value, gradient, memory },
    ...{ best: point, least: isGood ? value : Number.POSITIVE_INFINITY },
    ended: isGood ? null : 'notFinite',
    failed: isGood ? null : point,
  };
}

/** The state after a step to a point whose loss is known; one that is not finite ends the descent where it was. */
export function moved(
  state: StepState,
  next: { readonly point: Float64Array; readonly value: number; readonly gradient: Float64Array },
  memory: Memory,
): StepState {
  const iteration = state.iteration + 1;
  const { point, value, gradient } = next;
  if (!isFiniteAt(value, gradient)) return { ...state, iteration, ended: 'notFinite', failed: point };
  const isBest = value < state.least;
  return {
    ...{ iteration, point, value, gradient, memory, ended: null, failed: state.failed },
    best: isBest ? point : state.best,
    least: isBest ? value : state.least,
  };
}

/** Of a point without a finite loss. */
export function noGradient(point: Float64Array): { value: number; gradient: Float64Array } {
  return { value: Number.NaN, gradient: new Float64Array(point.length).fill(Number.NaN) };
}

export function isFiniteAt(value: number, gradient: Float64Array): boolean {
  return Number.isFinite(value) && gradient.every(Number.isFinite);
}

/** A step that gains less than this share of the loss, twice in a row, is the last. */
const TOLERANCE = 1e-9;
/** A loss below this share of the first counts as that much: one that falls to nothing need not fall for ever. */
const LEAST = 1e-4;

/** Whether a step gains next to nothing; `first` of the memory is the loss at the start. */
export function isSmallGain({ value, memory }: StepState, after: number): boolean {
  const size = Math.max(Math.abs(value), LEAST * Math.abs(Number(memory['first'])), Number.MIN_VALUE);
  return value - after < TOLERANCE * size;
}

/** The nearest point within the bounds. */
export function projected(
  { lower, upper }: Pick<Objective, 'lower' | 'upper'>,
  point: Float64Array,
): Float64Array {
  return point.map((x, i) => Math.min(upper[i] as number, Math.max(lower[i] as number, x)));
}

/** The gradient without the coordinates that a bound holds: on it, and downhill would lead out. */
export function freeGradient(
  { lower, upper }: Pick<Objective, 'lower' | 'upper'>,
  point: Float64Array,
  gradient: Float64Array,
): Float64Array {
  return gradient.map((g, i) => {
    const x = point[i] as number;
    return (x <= (lower[i] as number) && g > 0) || (x >= (upper[i] as number) && g < 0) ? 0 : g;
  });
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** a + share · b. */
export function plus(a: Float64Array, share: number, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) sum[i] = (a[i] as number) + share * (b[i] as number);
  return sum;
}

export function largest(a: Float64Array): number {
  let most = 0;
  for (const x of a) most = Math.max(most, Math.abs(x));
  return most;
}
