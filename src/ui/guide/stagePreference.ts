/** Which direction of the stage the images prefer. React-free. */
import type { FitResult } from '../../workers/protocol.ts';

type Compared = Pick<FitResult, 'reducedChiSquare' | 'freedom' | 'errorSource' | 'loss'>;

/** Three standard deviations of one number. */
const CLEAR = 9;

export interface StagePreference {
  /** The one with the higher likelihood; null where chance explains the difference. */
  readonly better: 'fitted' | 'other' | null;
  /** Twice the logarithm of the ratio of both likelihoods: of the other, less that of the fitted direction. */
  readonly difference: number;
}

/**
 * Compares the χ² of all pixels, not of one: on many pixels a small share of it is many standard deviations. Where the
 * better model misses more than noise, its residual takes the place of the noise; null without numbers to compare.
 */
export function stagePreference(fitted: Compared, other: Compared): StagePreference | null {
  const freedom = fitted.freedom ?? other.freedom;
  const pair = comparable(fitted, other);
  if (freedom === undefined || pair === null) return null;
  const [here, there, noise] = pair;
  const unit = Math.max(noise, Math.min(here, there));
  const difference = unit > 0 ? (freedom * (there - here)) / unit : 0;
  const isClear = Math.abs(difference) >= CLEAR;
  return { better: isClear ? (difference > 0 ? 'fitted' : 'other') : null, difference };
}

/** A measure of both on one scale, and what noise alone leaves of it; 0 where nobody gives the noise. */
function comparable(fitted: Compared, other: Compared): readonly [number, number, number] | null {
  // χ² of each is then by its own residual, which says nothing of the other.
  if (fitted.errorSource?.noise === 'residual') return [fitted.loss.end, other.loss.end, 0];
  const [here, there] = [fitted.reducedChiSquare, other.reducedChiSquare];
  return here === null || there === null ? null : [here, there, 1];
}
