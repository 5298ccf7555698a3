/** Fits from several starts, of which the best is kept. */
import type { FitOptions } from '../../graph/fitOptions.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import type { DescentEnding } from './optimisers/descend.ts';

export type StartOptions = NonNullable<FitOptions['starts']>;

/** Where a fit from one of the starts ended. */
export interface EndedStart {
  readonly point: Float64Array;
  /** Without a finite loss where an element refused the start. */
  readonly value: number;
  readonly ending: DescentEnding;
}

/** How the starts ended, for a person. */
export interface StartsReport {
  readonly count: number;
  /** Of these, how many reached the best minimum. */
  readonly reached: number;
  /** Of these, how many had no loss to begin with: an element refused their values. */
  readonly refused: number;
  /** Losses in which the others ended, ascending. */
  readonly losses: readonly number[];
}

/** Ranges without an end are taken as this many natural steps to each side. */
const WIDE = 10;

/** The start with this index: the first is where the values are, others are drawn from the seed and the index alone. */
export function drawnStart(
  bounds: { readonly lower: Float64Array; readonly upper: Float64Array },
  origin: Float64Array,
  index: number,
  { seed, spread }: StartOptions,
): Float64Array {
  if (index === 0) return origin;
  const random = new SeededRandom(seed * 65_537 + index);
  return origin.map((x, i) => {
    const [low, high] = [bounds.lower[i] as number, bounds.upper[i] as number];
    if (spread !== 'ranges') return Math.min(high, Math.max(low, x + spread * random.normal()));
    const [from, to] = [Number.isFinite(low) ? low : x - WIDE, Number.isFinite(high) ? high : x + WIDE];
    return from + (to - from) * random.uniform();
  });
}

/** Of the best: losses that close are the same minimum. */
const SAME = 1e-3;
/** Of the loss at the start: what is left beside it is nothing. */
const NOTHING = 1e-9;

export function startsReport(ended: readonly EndedStart[], first: number): StartsReport {
  const values = ended.map(({ value }) => value);
  const losses = values.filter(Number.isFinite).sort((a, b) => a - b);
  const [best = Number.NaN] = losses;
  const near = best + SAME * Math.abs(best) + NOTHING * Math.abs(first);
  const reached = losses.filter((loss) => loss <= near).length;
  return { count: values.length, reached, refused: values.length - losses.length, losses };
}

export function startsSentence({ count, reached, refused, losses }: StartsReport): string {
  const others = losses[reached];
  const rest = others === undefined ? '' : `; the next best ended at a loss of ${others.toPrecision(3)}`;
  const none =
    refused === 0
      ? ''
      : ` ${refused} of them had no loss where they began, and nothing was fitted from there.`;
  return `${reached} of ${count} starts reached the best minimum${rest}.${none}`;
}
