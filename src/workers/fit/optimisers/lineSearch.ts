/**
 * A step length by the strong Wolfe conditions with cubic interpolation (Nocedal and Wright, Numerical Optimization
 * (2006), algorithms 3.5 and 3.6). Points that have no finite loss count as uphill.
 */

export interface Trial {
  readonly length: number;
  readonly value: number;
  /** Derivative by the length. */
  readonly slope: number;
}

/** Share of the gain promised by the slope that has to come, and of the slope that may be left. */
const [SUFFICIENT, CURVATURE] = [1e-4, 0.9];
const MOST_TRIALS = 20;
/** Next trial beside the ends of an interval: not closer to them than this share of it. */
const MARGIN = 0.1;

/** The trial that is taken; null where none of them lies lower than the start. */
export async function lineSearch<T extends Trial>(
  from: Trial,
  first: number,
  evaluate: (length: number) => Promise<T>,
): Promise<T | null> {
  const isLow = (trial: Trial) => trial.value <= from.value + SUFFICIENT * trial.length * from.slope;
  let best: T | null = null;
  const tried = async (length: number) => {
    const trial = await evaluate(length);
    if (isLow(trial) && trial.value < (best?.value ?? from.value)) best = trial;
    return trial;
  };
  let [low, high]: [Trial, Trial | null] = [{ ...from, length: 0 }, null];
  let length = first;
  for (let count = 0; count < MOST_TRIALS; count++) {
    const trial = await tried(length);
    if (!isLow(trial) || trial.value >= low.value) high = trial;
    else {
      if (Math.abs(trial.slope) <= CURVATURE * Math.abs(from.slope)) return trial;
      if (high === null ? trial.slope >= 0 : trial.slope * (high.length - low.length) >= 0) high = low;
      low = trial;
    }
    if (high === null) length *= 4;
    else {
      const width = Math.abs(high.length - low.length);
      if (width <= 1e-10 * Math.max(low.length, high.length)) break;
      length = between(low, high);
    }
  }
  return best;
}

/** The minimum of the cubic through two trials and their slopes, or the middle, well inside the interval. */
function between(a: Trial, b: Trial): number {
  const [from, to] = a.length < b.length ? [a.length, b.length] : [b.length, a.length];
  const width = to - from;
  let length = from + 0.5 * width;
  if (Number.isFinite(b.value) && Number.isFinite(b.slope)) {
    const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.length - b.length);
    const d2 = Math.sign(b.length - a.length) * Math.sqrt(Math.max(0, d1 * d1 - a.slope * b.slope));
    const cubic = b.length - ((b.length - a.length) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
    if (Number.isFinite(cubic)) length = cubic;
  }
  return Math.min(to - MARGIN * width, Math.max(from + MARGIN * width, length));
}
