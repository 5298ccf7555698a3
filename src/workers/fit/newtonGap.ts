/** How far a Newton step would still go where a descent had used up its steps: whether it was near the end anyway. */
import { choleskySolve } from '../../optics/maths/linearAlgebra.ts';
import type { ParameterResult } from '../protocol.ts';
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

/**
 * Newton's step by second derivatives that are differences of slopes, to both sides (error h² f⁗/6).
 * @param perGradient seconds that a slope takes
 * @returns null where there are too many numbers, or where the loss does not curve upwards in all: there is no end near
 */
export async function newtonGap(
  problem: Objective,
  at: Float64Array,
  perGradient: number,
): Promise<NewtonGap | null> {
  if (at.length === 0 || at.length > MOST || 2 * at.length * perGradient > SECONDS) return null;
  const slopeAt = async (point: Float64Array) => (await problem.lossGradient(point)).gradient;
  const slope = freeGradient(problem, at, await slopeAt(at));
  // A slope of 0 is that of a value at its limit.
  const free = [...at.keys()].filter((i) => slope[i] !== 0);
  const size = free.length;
  const matrix = new Float64Array(size * size);
  for (const [row, i] of free.entries()) {
    const moved = (by: number) => at.map((x, k) => (k === i ? x + by : x));
    const [above, below] = [await slopeAt(moved(DIFFERENCE)), await slopeAt(moved(-DIFFERENCE))];
    free.forEach((k, column) => {
      const second = ((above[k] as number) - (below[k] as number)) / (2 * DIFFERENCE);
      // Each of a pair is found twice.
      matrix[row * size + column] = (matrix[row * size + column] as number) + second / 2;
      matrix[column * size + row] = (matrix[column * size + row] as number) + second / 2;
    });
  }
  if (!matrix.every(Number.isFinite)) return null;
  const solved = choleskySolve(
    matrix,
    Float64Array.from(free, (i) => -(slope[i] as number)),
    size,
  );
  if (!solved.ok) return null;
  const step = new Float64Array(at.length);
  for (const [row, i] of free.entries()) step[i] = solved.solution[row] as number;
  return { step, gain: -dot(step, slope) / 2 };
}

/** Of what the whole run gained: less is hardly any more. */
const HARDLY = 0.01;

/** Whether nearly all is gained, and what is left in words. @param loss at start and end */
export function judgedGap({ gain }: NewtonGap, loss: { readonly start: number; readonly end: number }) {
  const share = Math.abs(gain / loss.end);
  const percent = `${Number((100 * share).toPrecision(2))} %`;
  const sentence = `All steps were used up: a Newton step from here would still lower the loss by about ${percent}.`;
  return { isNear: gain <= HARDLY * (loss.start - loss.end), sentence };
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
