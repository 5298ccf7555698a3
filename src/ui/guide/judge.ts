/** Whether a fit can be trusted: one light with its reason, and what the data know least. */
import { type Correlation, coefficientText, strongestPairs } from '../../graph/correlation.ts';
import { symmetricEigen } from '../../optics/maths/linearAlgebra.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { formatValue } from '../views/format.ts';
import { hasErrors } from '../views/results.ts';
import { describeChiSquare, describeVerdict, isContradicted, sortedWarnings } from '../views/verdict.ts';

export interface Judgement {
  readonly light: 'green' | 'yellow' | 'red';
  /** Why, in one or two sentences. */
  readonly reason: string;
}

/**
 * Reduced χ² beyond which a picture of the residual tells more than the values do. Holograms lie on fringes and dust of
 * their instrument: a published one is right within its owner's errors at 13 (e2e/data/holograms.spec.ts).
 */
const HOPELESS = { counts: 10, others: 30 } as const;
const GOOD = [0.67, 1.5] as const;

/** Mean of half the deviance of counts where only their noise is left. */
const NOISE_LOSS = 0.5;

/** Of a fit whose map has no errors. @param isOfCounts whether its loss is the likelihood of photon counts */
function judgeMap({ loss, converged }: FitResult, isOfCounts: boolean): Judgement {
  const how = converged ? 'It converged' : 'It used up its steps, run it again to go on';
  const fell = `the loss fell from ${formatValue(loss.start, 3)} to ${formatValue(loss.end, 3)}`;
  const floor = isOfCounts ? `, where photon noise alone leaves ${NOISE_LOSS}` : '';
  const isGood =
    converged && isOfCounts && loss.end > NOISE_LOSS * GOOD[0] && loss.end < NOISE_LOSS * GOOD[1];
  return {
    light: isGood ? 'green' : 'yellow',
    reason: `${how}: ${fell}${floor}. Values beside a free map have no errors: take those of the rung below.`,
  };
}

/** What errors made from the scatter of a residual cannot hold. */
const MISSED = ' The errors below hold the scatter that is left over, not shifts by what the model misses.';

/** The worst that is known of the result decides. @param isOfCounts whether its loss is the likelihood of photon counts */
export function judge(result: FitResult, isOfCounts = false): Judgement {
  const { light, reason } = worst(result, isOfCounts);
  const isMissed = (result.reducedChiSquare ?? 0) > GOOD[1] && hasErrors(result) && light !== 'red';
  return { light, reason: isMissed ? `${reason}${MISSED}` : reason };
}

function worst(result: FitResult, isOfCounts: boolean): Judgement {
  const { converged, reducedChiSquare, parameters } = result;
  const verdict = describeVerdict(result);
  // A free map has many cells: it may use up its steps where hardly anything changes any more.
  const isOfMap = result.maps !== undefined && !hasErrors(result);
  const lost = parameters.filter(({ sigma }) => sigma === null).length;
  const limited = parameters.filter(({ atBound }) => atBound);
  // Goals have no errors at all, and a run that was cut short may have what was wanted.
  if (result.goals !== undefined)
    return { light: verdict.tone === 'good' ? 'green' : 'yellow', reason: verdict.text };
  if (isOfMap && (converged || result.ending === 'steps')) return judgeMap(result, isOfCounts);
  if (!converged) return { light: 'red', reason: verdict.text };
  if (reducedChiSquare !== null && reducedChiSquare > (isOfCounts ? HOPELESS.counts : HOPELESS.others))
    return {
      light: 'red',
      reason: `${verdict.text} Look at the residual: another object, a wrong calibration or a poor start.`,
    };
  if (lost > 0)
    return {
      light: 'red',
      reason: `${lost === 1 ? 'One value is' : `${lost} values are`} not determined by these data: hold them, or take more planes.`,
    };
  if (limited.length > 0)
    return {
      light: 'yellow',
      reason: `${limited[0]?.title ?? ''} ended on its limit: widen it, or hold it.`,
    };
  if (parameters.some(isContradicted)) return { light: 'yellow', reason: verdict.text };
  if (reducedChiSquare === null)
    return { light: 'yellow', reason: 'It converged; errors are made from the scatter of the residual.' };
  const isGood = reducedChiSquare >= GOOD[0] && reducedChiSquare <= GOOD[1];
  return {
    light: isGood ? 'green' : 'yellow',
    reason: `It converged. Reduced χ² is ${describeChiSquare(reducedChiSquare)}.`,
  };
}

/** A value belongs to a direction whose share of it is at least this. */
const MEMBER = 0.3;
/** More values than this are no direction that a person can name. */
const MOST_MEMBERS = 5;
/** From here on it is worth telling how many times less certain a mix is than its values one by one. */
const LARGE = 1.75;

interface Member {
  readonly path: string;
  /** Cosine between the direction and this value's own, with errors as the unit. */
  readonly share: number;
}

/**
 * The mix of values that is known worst in units of their own errors: the eigenvector of the correlation matrix with the
 * largest eigenvalue, which is that of the least information. @returns null where it is a pair, or nothing at all
 */
function weakestMix({
  paths,
  matrix,
}: Correlation): { readonly members: Member[]; readonly times: number } | null {
  const rows = matrix.map((row) => row.map((value) => value ?? Number.NaN));
  const flat = Float64Array.from(rows.flat());
  if (paths.length < 3 || flat.length !== paths.length ** 2 || !flat.every(Number.isFinite)) return null;
  const { values, vectors } = symmetricEigen(flat, paths.length);
  const vector = vectors.subarray((paths.length - 1) * paths.length);
  const members = paths
    .map((path, i) => ({ path, share: vector[i] ?? 0 }))
    .filter(({ share }) => Math.abs(share) >= MEMBER)
    .toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share));
  const isMix = members.length > 2 && members.length <= MOST_MEMBERS;
  return isMix ? { members, times: Math.sqrt(values.at(-1) ?? 1) } : null;
}

/** Which values the data tell apart worst: a mix of several, or two; null where none hang together much. */
export function weakestDirection(result: FitResult): string | null {
  const { correlation, parameters } = result;
  if (correlation === undefined) return null;
  const [pair] = strongestPairs(correlation, 1, 0.5);
  if (pair === undefined) return null;
  const title = (path: string) => parameters.find((each) => each.path === path)?.title ?? path;
  /** Without the elements' names, where the values are told apart without them. */
  const listed = (paths: readonly string[]): string => {
    const full = paths.map(title);
    const short = full.map((each) => each.replace(/^[^:]*: /, ''));
    const names = new Set(short).size === short.length ? short : full;
    return `Least certain together: ${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}.`;
  };
  const mix = weakestMix(correlation);
  if (mix !== null) {
    const times =
      mix.times >= LARGE
        ? `, ${formatValue(mix.times, 2)} times less certain than their errors one by one`
        : '';
    return `${listed(mix.members.map(({ path }) => path))} Moved together they change the picture little${times}; hold one of them if it is known.`;
  }
  // Positive: both up or both down changes the picture least.
  const way = pair.coefficient > 0 ? 'together' : 'against each other';
  return `${listed([pair.second, pair.first])} Moved ${way} they change the picture little (correlation ${coefficientText(pair.coefficient)}); hold one of them if it is known.`;
}

/** The gravest warnings. @param without the one on the stage's direction, where both are shown beside each other */
export function firstWarnings(result: FitResult, most: number, without = false): readonly string[] {
  const told = without
    ? result.warnings.filter((warning) => !warning.startsWith('If the stage moved the other way'))
    : result.warnings;
  return sortedWarnings(told).slice(0, most);
}
