/** How far each learned number may be off before a goal changes by a stated amount: what optics are made to. */
import type { FitResult } from '../protocol.ts';
import { type Budget, budgetOf } from './budget.ts';
import type { DescentContext } from './descentContext.ts';
import { type GoalReadings, goalReadings } from './goalReport.ts';
import type { LearnedPoint } from './learnedPoint.ts';

/** More numbers than anyone reads tolerances of. */
const MOST = 64;
/** Of a share from 0 to 1, such as a Strehl ratio. */
const SHARE = 0.01;
/** Of any other number, as a part of it; of one that has almost vanished, of a tenth of what it was. */
const PART = 0.01;
const VANISHED = 0.1;
/** A hundredth of a natural step. */
const FIRST = 0.01;
const FURTHEST = 1e4;
/** Of the change that is allowed: the tolerance is within half as much at an optimum. */
const CLOSE = 0.004;
const TRIALS = 14;
/** Where a change jumps over what is allowed: steps below and above it, as parts of each other. */
const NARROW = 1.05;
/** Nobody waits longer for what was not asked for. */
const SECONDS = 5;

export interface Tolerances {
  /** Of each number in turn, SI; null where none in its range changes the goals so much, or time was over. */
  readonly values: readonly (number | null)[];
  readonly of: NonNullable<FitResult['toleranceOf']>;
}

/**
 * By trial runs: each number alone is moved to both sides until the first number of a goal has changed by 0.01 (a share)
 * or some 1 %, the others held. At an optimum slopes vanish, so it is the curvature that counts; nothing is assumed of either.
 * @param goOn asked before each trial; false ends them, and what is not known by then stays untold
 * @returns null where there are no numbers, too many, or no goal to tell a change of
 */
export async function tolerances(
  context: DescentContext,
  point: LearnedPoint,
  end: Float64Array,
  goOn: () => Promise<boolean>,
): Promise<Tolerances | null> {
  const { learnables } = context;
  if (learnables.length === 0 || learnables.length > MOST) return null;
  const budget = budgetOf(SECONDS, goOn);
  const readings = await goalReadings(context, point, end);
  const allowed = readings.first.map(({ isShare, unit, before, after }) => {
    if (isShare) return unit === '%' ? 100 * SHARE : SHARE;
    // One figure, as people ask for it.
    return Number((PART * Math.max(Math.abs(after), VANISHED * Math.abs(before))).toPrecision(1));
  });
  const [first] = readings.first;
  if (first === undefined || !allowed.every((each) => each > 0 && Number.isFinite(each))) return null;
  const change = changesOf(readings, { allowed, budget }, point, end);
  const values: (number | null)[] = [];
  for (const [i, { step }] of learnables.entries()) {
    const reach = await reachOf((h) => change(i, h));
    values.push(reach === null ? null : reach * step);
  }
  const isOne = readings.first.length === 1;
  const text = `${allowed[0]} ${first.unit}`.trimEnd();
  const of = isOne ? { change: text, of: first.title } : { change: 'a hundredth', of: 'a goal' };
  return { values, of };
}

/**
 * The largest change of a goal when number `index` goes a step to both sides, as a part of what is allowed; null where
 * the time for trials is over.
 */
function changesOf(
  { first, at }: GoalReadings,
  { allowed, budget }: { readonly allowed: readonly number[]; readonly budget: Budget },
  { lower, upper }: LearnedPoint,
  end: Float64Array,
) {
  return async (index: number, step: number): Promise<number | null> => {
    let most = 0;
    for (const side of [-step, step]) {
      const moved = end.slice();
      moved[index] = (end[index] as number) + side;
      // What lies outside its limits is no trial.
      if ((moved[index] as number) < (lower[index] as number)) continue;
      if ((moved[index] as number) > (upper[index] as number)) continue;
      const seen = await budget.spend(() => at(moved).catch(() => []));
      if (seen === null) return null;
      first.forEach(({ after }, i) => {
        const change = Math.abs((seen[i] ?? Number.NaN) - after) / (allowed[i] ?? 1);
        most = Number.isFinite(change) ? Math.max(most, change) : Number.POSITIVE_INFINITY;
      });
    }
    return most;
  };
}

/**
 * The step at which a change that grows with it is 1, within `CLOSE`, or between two trials that are `NARROW` apart; null
 * where it never is, and where time is over. Of a change that comes and goes it need not be the first such step.
 */
export async function reachOf(changeAt: (step: number) => Promise<number | null>): Promise<number | null> {
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let step = FIRST;
  for (let trial = 0; trial < TRIALS && step <= FURTHEST; trial++) {
    const change = await changeAt(step);
    if (change === null) return null;
    if (Math.abs(change - 1) < CLOSE) return step;
    if (change < 1) low = step;
    else high = step;
    // As the square of the step, which it is at an optimum, but by no more than a hundredfold.
    const guess = step / Math.sqrt(Math.min(1e4, Math.max(1e-4, change)));
    const isInside = guess > low && guess < high;
    step = isInside
      ? guess
      : high === Number.POSITIVE_INFINITY
        ? 10 * low
        : Math.sqrt(Math.max(low, high / 100) * high);
  }
  return high < NARROW * low ? Math.sqrt(low * high) : null;
}
