/** How much the counts of pixels scatter about their means. */
import type { NoiseModel } from '../values.ts';
import { pixelOf } from './expose.ts';
import { excessNoise } from './sensor.ts';

/** Electrons below which a mean counts as this many: nothing is known exactly. */
const MEAN_FLOOR = 1e-3;
/** Variance of what rounding to a code takes away, in codes squared. */
const ROUNDING = 1 / 12;

/**
 * Variance per pixel, counts squared: Poisson electrons times gain and excess of a multiplying register, read noise,
 * and rounding to codes. Of the noise that an exposure has; clipping is not part of it.
 * @param mean counts, plane after plane
 * @param countsPhotons false for relative intensities and watts, whose only noise is that of reading
 */
export function pixelVariance(
  mean: ArrayLike<number>,
  noise: Omit<NoiseModel, 'enabled' | 'isCalibrated'>,
  countsPhotons: boolean,
): Float64Array {
  const { sensor } = noise;
  const pattern = sensor?.pattern?.() ?? null;
  const excess = excessNoise(sensor);
  const rounding = sensor?.bits == null ? 0 : ROUNDING;
  return Float64Array.from(mean, (counts, k) => {
    const { gain, offset, readNoise } = pixelOf(noise, pattern, k);
    if (!countsPhotons) return readNoise ** 2 + rounding;
    const quantum = gain * excess;
    const quanta = (counts - offset) / quantum + (readNoise / quantum) ** 2;
    return Math.max(quanta, MEAN_FLOOR) * quantum ** 2 + rounding;
  });
}
