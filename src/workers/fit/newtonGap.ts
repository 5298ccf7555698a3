/** How far a Newton step would still go where a descent had used up its steps: whether it was near the end anyway. */
import { choleskySolve } from '../../optics/maths/linearAlgebra.ts';
import type { ParameterResult } from '../protocol.ts';
import { budgetOf } from './budget.ts';
import { dot, freeGradient, type Objective } from './optimisers/optimiser.ts';

export interface NewtonGap {
  /** In natural steps; 0 for values that a limit holds. */
  readonly step: Float64Array;
  /** What the loss would fall by. */
  readonly gain: number;
}

/** Numbers of which a matrix of second derivatives is made by differences. */
const MOST = 64;
const SECONDS = 5;
/** In natural steps: single-precision slopes are good to 1e-6, so their differences to 1e-4. */
const DIFFERENCE = 0.01;

/** What asking may cost. */
export interface GapEffort {
  /** Seconds that a slope takes. */
  readonly perGradient: number;
  /** Asked before each slope; false ends it, as Stop does. */
  readonly goOn: () => Promise<boolean>;
}

/**
 * Newton's step by second derivatives that are differences of slopes, to both sides (error h² f⁗/6).
 * @returns null where there are too many numbers, where it was stopped or took too long, or where the loss does not
 *   curve upwards in all: there is no end near
 */
export async function newtonGap(
  problem: Objective,
  at: Float64Array,
  { perGradient, goOn }: GapEffort,
): Promise<NewtonGap | null> {
  if (at.length === 0 || at.length > MOST || 2 * at.length * perGradient > SECONDS) return null;
  const budget = budgetOf(SECONDS, goOn);
  const slopeAt = async (point: Float64Array) =>
    budget.spend(async () => (await problem.lossGradient(point)).gradient);
  const here = await slopeAt(at);
  if (here === null) return null;
  const slope = freeGradient(problem, at, here);
  const isHeld = (i: number) => slope[i] === 0 && (at[i] === problem.lower[i] || at[i] === problem.upper[i]);
  const moving = [...at.keys()].filter((i) => !isHeld(i));
  const seconds: Float64Array[] = [];
  for (const i of moving) {
    const moved = (by: number) => at.map((x, k) => (k === i ? x + by : x));
    const [above, below] = [await slopeAt(moved(DIFFERENCE)), await slopeAt(moved(-DIFFERENCE))];
    if (above === null || below === null) return null;
    seconds.push(above.map((g, k) => (g - (below[k] as number)) / (2 * DIFFERENCE)));
  }
  return stepOf(slope, moving, seconds);
}

/** @param seconds rows of second derivatives, of each number in `moving` */
function stepOf(
  slope: Float64Array,
  moving: readonly number[],
  seconds: readonly Float64Array[],
): NewtonGap | null {
  // Numbers that the loss does not see at all are no part of it; at a saddle's top only the slope is 0.
  const seen = [...moving.entries()].filter(
    ([row, i]) => slope[i] !== 0 || moving.some((k) => seconds[row]?.[k] !== 0),
  );
  const size = seen.length;
  // Each of a pair is found twice.
  const matrix = Float64Array.from({ length: size * size }, (_, at) => {
    const [a, i] = seen[Math.floor(at / size)] as [number, number];
    const [b, k] = seen[at % size] as [number, number];
    return ((seconds[a]?.[k] ?? Number.NaN) + (seconds[b]?.[i] ?? Number.NaN)) / 2;
  });
  if (!matrix.every(Number.isFinite)) return null;
  const downhill = Float64Array.from(seen, ([, i]) => -(slope[i] as number));
  const solved = choleskySolve(matrix, downhill, size);
  if (!solved.ok) return null;
  const step = new Float64Array(slope.length);
  for (const [row, [, i]] of seen.entries()) step[i] = solved.solution[row] as number;
  return { step, gain: -dot(step, slope) / 2 };
}

/** Of what the whole run gained: less is hardly any more. */
const HARDLY = 0.01;

/** Whether nearly all is gained, and what is left in words. @param loss at start and end */
export function judgedGap({ gain }: NewtonGap, loss: { readonly start: number; readonly end: number }) {
  const gained = loss.start - loss.end;
  const isNear = gain <= HARDLY * gained;
  const percent = `${Number(((100 * gain) / gained).toPrecision(2))} % of what the run has gained`;
  const more = gained > 0 ? `by about ${percent}` : 'while the run has gained nothing';
  return {
    isNear,
    sentence: `All steps were used up: a Newton step from here would still lower the loss ${more}.`,
  };
}

/** A tenth of an error is nothing to go on for. */
const SMALL_SHIFT = 0.1;

/** The same for values that have errors. @param steps natural step of each, SI */
export function judgedShift(
  { step }: NewtonGap,
  parameters: readonly ParameterResult[],
  steps: readonly number[],
) {
  const shifts = parameters.flatMap(({ sigma, title }, i) =>
    sigma === null || sigma === 0
      ? []
      : [{ title, far: Math.abs(((step[i] ?? 0) * (steps[i] ?? 0)) / sigma) }],
  );
  const [most] = shifts.toSorted((a, b) => b.far - a.far);
  if (most === undefined) return null;
  const far = Number(most.far.toPrecision(2));
  const sentence = `All steps were used up: a Newton step from here would still move “${most.title}” by ${far} of its standard errors.`;
  return { isNear: most.far <= SMALL_SHIFT, sentence };
}
