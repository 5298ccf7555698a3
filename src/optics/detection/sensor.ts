/** A sensor beyond a gain and an offset: photons from watts, pixels that differ, electron multiplication, limits. */
import { SeededRandom } from '../maths/random.ts';
import type { Scalar } from '../ops/scalar.ts';
import { multiplyScalars } from '../ops/scalar.ts';
import type { NoiseModel, PixelPattern, SensorModel } from '../values.ts';
import { thinnedPlaces } from './thinning.ts';

const PLANCK = 6.62607015e-34;
const SPEED_OF_LIGHT = 299792458;

/** Photons per watt during an exposure: t λ / (h c), exact in the SI of 2019. */
export function photonsPerWatt(wavelength: Scalar, seconds: number): Scalar {
  return multiplyScalars(wavelength, seconds / (PLANCK * SPEED_OF_LIGHT));
}

export interface PatternSettings {
  /** Relative standard deviation of the gain. */
  readonly gain: number;
  /** Standard deviation of the offset, counts. */
  readonly offset: number;
  /** Standard deviation of the logarithm of the read noise. */
  readonly readNoise: number;
  readonly seed: number;
}

interface PatternPixels {
  readonly rows: number;
  readonly columns: number;
  /** Every how many-th pixel is wanted; see `thinnedLength`. */
  readonly every: number;
}

/** The patterns that were made last: drawing them takes longer than using them. */
const made = new Map<string, PixelPattern>();
const KEPT = 4;

/** How the pixels of one sensor differ: fixed by the seed, the same in every exposure and plane. */
export function pixelPattern(settings: PatternSettings, pixels: PatternPixels): PixelPattern {
  const key = JSON.stringify([settings, pixels]);
  const known = made.get(key);
  if (known !== undefined) return known;
  const pattern = { key, ...drawnPattern(settings, pixels) };
  for (const old of [...made.keys()].slice(0, Math.max(0, made.size + 1 - KEPT))) made.delete(old);
  made.set(key, pattern);
  return pattern;
}

function drawnPattern(settings: PatternSettings, { rows, columns, every }: PatternPixels) {
  const pixels = rows * columns;
  const random = new SeededRandom(settings.seed);
  const [gain, offset, readNoise] = [
    new Float64Array(pixels),
    new Float64Array(pixels),
    new Float64Array(pixels),
  ];
  for (let i = 0; i < pixels; i++) {
    // No pixel turns light into darkness, however wide the spread.
    gain[i] = Math.max(0.05, 1 + settings.gain * random.normal());
    offset[i] = settings.offset * random.normal();
    readNoise[i] = Math.exp(settings.readNoise * random.normal());
  }
  const places = thinnedPlaces(rows, every).flatMap((row) =>
    thinnedPlaces(columns, every).map((column) => row * columns + column),
  );
  const some = (values: Float64Array) => Float64Array.from(places, (i) => values[i] as number);
  return { gain: some(gain), offset: some(offset), readNoise: some(readNoise) };
}

/**
 * Variance of the multiplied electrons over that of Poisson's with the same mean: 2 - 1/M, for multiplication as a
 * birth process of many small steps (Robbins and Hadwen, IEEE Trans. Electron Devices 50, 1227 (2003)).
 */
export function excessNoise(sensor: SensorModel | undefined): number {
  return sensor === undefined ? 1 : 2 - 1 / sensor.multiplication;
}

/**
 * Counts that carry as much noise as their own number: what a photon likelihood divides by. Multiplied electrons have
 * the mean and variance of Poisson numbers of so many counts each.
 */
export function countsPerQuantum(noise: NoiseModel): number {
  return noise.gain * excessNoise(noise.sensor);
}

interface Limited extends Pick<NoiseModel, 'gain' | 'offset'> {
  readonly sensor?: Pick<SensorModel, 'fullWell' | 'bits'>;
}

/** Counts from which on a pixel is saturated; null without a limit. */
export function saturationLevel({ gain, offset, sensor }: Limited): number | null {
  if (sensor === undefined) return null;
  const limits = [
    ...(sensor.fullWell === null ? [] : [offset + gain * sensor.fullWell]),
    ...(sensor.bits === null ? [] : [2 ** sensor.bits - 1]),
  ];
  return limits.length === 0 ? null : Math.min(...limits);
}
