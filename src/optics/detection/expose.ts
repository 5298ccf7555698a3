/** One exposure on the host: the same seed gives the same image on every backend (up to the mean's rounding). */
import { SeededRandom } from '../maths/random.ts';
import type { NoiseModel, PixelPattern } from '../values.ts';

type Exposure = Pick<NoiseModel, 'gain' | 'offset' | 'readNoise' | 'sensor'>;

/** Odd, so that each pixel has a seed of its own (the golden ratio in 32 bits). */
const STREAM = 0x9e3779b1;
/** Grains of one electron to which a detailed sensor's means are rounded: backends then agree in almost every draw. */
const GRAIN = 256;

/**
 * An exposure of a mean image: Poisson electrons (where photons are counted), gain, offset, Gaussian read noise.
 * Means below the offset (no light) give read noise only. A detailed sensor also multiplies its electrons, stops at
 * its full well and rounds to the codes of its converter; its means hold the pattern of its pixels already.
 * Pixels of a linear sensor share one random stream: where rounding of the mean changes how many numbers one pixel
 * draws, all later pixels differ too. Each pixel of a detailed sensor has a stream of its own. The shared one stays,
 * so that images of a seed stay what they were.
 * @param countsPhotons false for relative intensities and watts, which have no photon number.
 */
export function expose(
  mean: ArrayLike<number>,
  noise: Exposure,
  seed: number,
  countsPhotons: boolean,
): Float32Array {
  const shared = new SeededRandom(seed);
  const out = new Float32Array(mean.length);
  const { sensor } = noise;
  const pattern = sensor?.pattern?.() ?? null;
  const highest = sensor?.bits == null ? null : 2 ** sensor.bits - 1;
  for (let i = 0; i < mean.length; i++) {
    const { gain, offset, readNoise } = pixelOf(noise, pattern, i);
    const random = sensor === undefined ? shared : new SeededRandom(seed + Math.imul(i + 1, STREAM));
    const exact = ((mean[i] as number) - offset) / gain;
    const electrons = sensor === undefined ? exact : Math.round(exact * GRAIN) / GRAIN;
    const isRandom = sensor?.isNoisy !== false;
    let seen = countsPhotons && isRandom ? random.poisson(electrons) : electrons;
    if (sensor?.fullWell != null) seen = Math.min(seen, sensor.fullWell);
    if (sensor !== undefined && isRandom) seen = multiplied(random, seen, sensor.multiplication);
    const counts = offset + gain * seen + (isRandom ? readNoise * random.normal() : 0);
    out[i] = highest === null ? counts : Math.min(highest, Math.max(0, Math.round(counts)));
  }
  return out;
}

/** Gain, offset and read noise of one pixel. @param pattern how the pixels differ; null where they do not */
export function pixelOf(
  noise: Pick<Exposure, 'gain' | 'offset' | 'readNoise'>,
  pattern: PixelPattern | null,
  index: number,
) {
  if (pattern === null) return noise;
  const pixel = index % pattern.gain.length;
  return {
    gain: noise.gain * (pattern.gain[pixel] ?? 1),
    offset: noise.offset + (pattern.offset[pixel] ?? 0),
    readNoise: noise.readNoise * (pattern.readNoise[pixel] ?? 1),
  };
}

/**
 * Electrons behind a multiplying register, in units of its mean multiplication M: n of a birth process have a
 * negative binomial number of offspring, which is Poisson's with a gamma distributed mean of n (M - 1).
 */
function multiplied(random: SeededRandom, electrons: number, multiplication: number): number {
  if (multiplication <= 1 || electrons < 1) return electrons;
  return (electrons + random.poisson((multiplication - 1) * random.gamma(electrons))) / multiplication;
}
