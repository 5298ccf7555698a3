/** Camera noise on the host: the same seed gives the same image on every backend (up to the mean's rounding). */
import { SeededRandom } from './maths/random.ts';
import type { NoiseModel } from './values.ts';

/**
 * A noisy exposure of a mean image: Poisson electrons (where photons are counted), gain, offset, Gaussian read
 * noise. Means below the offset (no light) give read noise only.
 * @param countsPhotons false for relative intensities and watts, which have no photon number.
 */
export function expose(
  mean: ArrayLike<number>,
  noise: Pick<NoiseModel, 'gain' | 'offset' | 'readNoise'>,
  seed: number,
  countsPhotons: boolean,
): Float32Array {
  const random = new SeededRandom(seed);
  const out = new Float32Array(mean.length);
  for (let i = 0; i < mean.length; i++) {
    const electrons = ((mean[i] as number) - noise.offset) / noise.gain;
    const seen = countsPhotons ? random.poisson(electrons) : electrons;
    out[i] = noise.offset + noise.gain * seen + noise.readNoise * random.normal();
  }
  return out;
}
