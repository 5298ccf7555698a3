/** What a fit would give if the brightness of the image were free instead of known. */
import type { NormalEquations } from './levenbergMarquardt.ts';
import { uncertainty } from './uncertainty.ts';

export interface BrightnessShift {
  /** By how much the whole model would grow, as a share. */
  readonly change: number;
  /** How far each coordinate would move, scaled units. */
  readonly shifts: Float64Array;
}

/**
 * One Gauss-Newton step from a minimum with the brightness set free. Null where the data do not tell the brightness
 * from the parameters (a gain that is learned, for one), so that fixing it changes nothing.
 * @param equations of P parameters and the brightness, which is the last.
 */
export function brightnessShift(
  { descent, curvature }: NormalEquations,
  count: number,
): BrightnessShift | null {
  const { sigma, correlation } = uncertainty(curvature, count + 1, 1);
  const scale = sigma[count];
  if (scale === null || scale === undefined || !(scale > 0)) return null;
  const slopes = Float64Array.from({ length: count + 1 }, (_, i) => {
    const own = sigma[i];
    return own === null || own === undefined
      ? 0
      : (correlation[i * (count + 1) + count] as number) * own * scale;
  });
  const change = slopes.reduce((sum, covariance, i) => sum + covariance * (descent[i] as number), 0);
  return {
    change,
    shifts: slopes.subarray(0, count).map((covariance) => (covariance / scale ** 2) * change),
  };
}
