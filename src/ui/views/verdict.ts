/** Whether a result can be trusted, in words, and its warnings by weight. */
import { contradiction } from '../../graph/priors.ts';
import type { FitResult, ParameterResult } from '../../workers/protocol.ts';
import { goalText } from '../stores/fitWords.ts';

/** What a reduced chi-square says, in words. */
export function describeChiSquare(value: number | null): string {
  if (value === null) return 'unknown: the noise of the data is not known';
  if (value > 1.5) return 'above 1: the model misses something, or the noise is larger than stated';
  if (value < 0.67) return 'below 1: the noise is smaller than stated';
  return 'near 1: the residual is what the noise predicts';
}

/** Reduced χ² above which the standard errors, made from noise, leave out what the model misses. */
const SUSPICIOUS_CHI_SQUARE = 2;

export interface Verdict {
  readonly text: string;
  readonly tone: 'good' | 'warning';
}

const UNSETTLED: Readonly<Partial<Record<NonNullable<FitResult['ending']>, string>>> = {
  stopped: 'The fit stopped before it settled: run it again to go on.',
  steps: 'The fit used up its steps: if the loss still falls, run it again or allow more.',
  notFinite: 'The fit stopped where values are no numbers: the best values of before are kept.',
  diverged: 'The fit diverged: the best values are kept; take a smaller learning rate.',
};

type Judged = Pick<FitResult, 'converged' | 'ending' | 'reducedChiSquare' | 'goals'> &
  Partial<Pick<FitResult, 'parameters'>>;

/** Whether the result can be trusted, in one sentence; the worst first. */
export function describeVerdict({
  converged,
  ending = converged ? 'converged' : 'stopped',
  reducedChiSquare,
  goals,
  parameters = [],
}: Judged): Verdict {
  if (goals !== undefined) return goalVerdict(ending, goals);
  const unsettled = UNSETTLED[ending];
  if (unsettled !== undefined) return { text: unsettled, tone: 'warning' };
  if (reducedChiSquare !== null && reducedChiSquare > SUSPICIOUS_CHI_SQUARE) {
    const times = Number(Math.sqrt(reducedChiSquare).toPrecision(2));
    return {
      text: `Converged, but the model misses ${times}× the noise: the errors are too small.`,
      tone: 'warning',
    };
  }
  const [against] = parameters.filter(isContradicted);
  if (against !== undefined)
    return {
      text: `Converged, but “${against.title}” contradicts what was known before: either that or the model is wrong.`,
      tone: 'warning',
    };
  const text = ending === 'settled' ? 'The fit ended: the loss hardly fell any more.' : 'The fit converged.';
  return { text, tone: 'good' };
}

/** Whether a value ended where what was known of it before does not allow. */
export function isContradicted({ value, prior }: ParameterResult): boolean {
  return prior !== undefined && prior.share !== null && contradiction(value, prior, prior.share) !== null;
}

/** A run that has what is wanted is done, however it ended. */
function goalVerdict(
  ending: NonNullable<FitResult['ending']>,
  goals: NonNullable<FitResult['goals']>,
): Verdict {
  const reached = goals.map(goalText).join(', ');
  const colon = reached === '' ? '.' : `: ${reached}.`;
  const asked = goals.flatMap(({ wanted }) => wanted ?? []);
  const isSound = ending !== 'notFinite' && ending !== 'diverged';
  if (asked.length > 0 && asked.every(({ isMet }) => isMet) && isSound) {
    const what = asked.length === 1 ? 'What was wanted is met' : 'All that was wanted is met';
    return { text: `${what}${colon}`, tone: 'good' };
  }
  const unsettled = UNSETTLED[ending]?.replace('The fit', 'The run');
  if (unsettled !== undefined) return { text: unsettled, tone: 'warning' };
  const how = ending === 'settled' ? 'The goal hardly gained any more' : 'No step leads further';
  return { text: `${how}${colon}`, tone: asked.some(({ isMet }) => !isMet) ? 'warning' : 'good' };
}

/** What a warning says about the values, the gravest first; what is in no line stands between. */
const GRAVITY: readonly RegExp[] = [
  /^χ² is /,
  /^The data (cannot tell|do not depend)/,
  /ended on its limit/,
  /strongly correlated/,
];
const HARMLESS = /^The noise is not given/;

/** How several starts ended is a fact, shown as one. */
const STARTS = /^\d+ of \d+ starts reached/;

/** Warnings by weight; equal ones keep their order. The harmless note on how errors were made comes last. */
export function sortedWarnings(warnings: readonly string[]): readonly string[] {
  const weight = (warning: string): number => {
    if (HARMLESS.test(warning)) return GRAVITY.length + 1;
    const place = GRAVITY.findIndex((pattern) => pattern.test(warning));
    return place < 0 ? 1.5 : place;
  };
  return warnings.filter((warning) => !STARTS.test(warning)).toSorted((a, b) => weight(a) - weight(b));
}
