/** The wavefront in a pupil. Optical path in metres, longer paths positive. */
import type { HostPlane } from './hostPlane.ts';
import { unwrapPhase } from './unwrap.ts';
import { fitZernikes, type WavefrontSamples } from './zernikeFit.ts';

export type Removed = 'piston' | 'tilt' | 'defocus';

/** Noll terms that go: 1, then tilts, then defocus. */
const REMOVED_TERMS: Readonly<Record<Removed, number>> = { piston: 1, tilt: 3, defocus: 4 };

export interface Wavefront {
  /** Optical path less what was removed; not a number where there is no light. Row by row. */
  readonly path: Float64Array;
  readonly peakToValley: number;
  /** Weighted by the light. */
  readonly rms: number;
  /** Noll terms from 1, metres RMS, of the whole wavefront; null where they cannot be told apart. */
  readonly coefficients: Float64Array | null;
  /** The coefficients are fitted to every so manieth sample of every so manieth row. */
  readonly fitStep: number;
}

/** The terms are fitted to about as many lit samples at most: more cost time and tell nothing of smooth terms. */
const MOST_FITTED = 128 * 128;

/** Size of the samples, and the radius of the unit disc in samples. */
type DiscPlane = Pick<HostPlane, 'rows' | 'columns'> & { readonly radius: number };

/** Below this share of the brightest sample there is no phase to speak of. */
const DARK = 1e-3;

/**
 * Wavefront of one component.
 * @param samples interleaved
 */
export function wavefrontOf(
  samples: ArrayLike<number>,
  pupil: DiscPlane,
  wavelength: number,
  removed: Removed,
  terms: number,
): Wavefront {
  const { rows, columns } = pupil;
  const count = rows * columns;
  const light = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    light[i] = (samples[2 * i] as number) ** 2 + (samples[2 * i + 1] as number) ** 2;
  }
  const brightest = light.reduce((most, value) => Math.max(most, value), 0);
  const weight = light.map((value) => (value > DARK * brightest ? value : 0));
  const phase = light.map((_, i) => Math.atan2(samples[2 * i + 1] as number, samples[2 * i] as number));
  const path = unwrapPhase(phase, weight, rows, columns);
  for (let i = 0; i < count; i++) path[i] = ((path[i] as number) * wavelength) / (2 * Math.PI);
  const lit = samplesIn(path, weight, pupil, 1);
  const fitStep = Math.max(1, Math.ceil(Math.sqrt(lit.places.length / MOST_FITTED)));
  const coefficients = fitZernikes(fitStep > 1 ? samplesIn(path, weight, pupil, fitStep) : lit, terms);
  // What is left out changes the path itself and its RMS: fitted to all samples.
  const low = fitZernikes(lit, REMOVED_TERMS[removed]);
  if (low !== null) subtract(path, lit, low);
  return { path, ...spread(path, weight), coefficients, fitStep };
}

interface LitSamples extends WavefrontSamples {
  readonly places: Int32Array;
}

/** The lit samples of every `step`-th row and column, counted from the middle. */
function samplesIn(
  path: Float64Array,
  weight: Float64Array,
  { rows, columns, radius }: DiscPlane,
  step: number,
): LitSamples {
  const [cy, cx] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  const all = new Int32Array(Math.ceil(rows / step) * Math.ceil(columns / step));
  let found = 0;
  for (let row = cy % step; row < rows; row += step) {
    for (let column = cx % step; column < columns; column += step) {
      const i = row * columns + column;
      if ((weight[i] as number) > 0) all[found++] = i;
    }
  }
  const places = all.subarray(0, found);
  const pick = (f: (i: number) => number): Float64Array => {
    const picked = new Float64Array(found);
    for (let k = 0; k < found; k++) picked[k] = f(places[k] as number);
    return picked;
  };
  return {
    places,
    x: pick((i) => ((i % columns) - cx) / radius),
    y: pick((i) => (Math.floor(i / columns) - cy) / radius),
    values: pick((i) => path[i] as number),
    weights: pick((i) => weight[i] as number),
  };
}

/** Takes the low terms away: 1, 2x, 2y and √3 (2r² − 1). */
function subtract(path: Float64Array, { places, x, y }: LitSamples, low: Float64Array): void {
  const [piston = 0, tiltX = 0, tiltY = 0, defocus = 0] = low;
  places.forEach((i, k) => {
    const [px, py] = [x[k] as number, y[k] as number];
    const fitted =
      piston + 2 * tiltX * px + 2 * tiltY * py + defocus * Math.sqrt(3) * (2 * (px * px + py * py) - 1);
    path[i] = (path[i] as number) - fitted;
  });
}

function spread(path: Float64Array, weight: Float64Array): { peakToValley: number; rms: number } {
  let [low, high, sum, square, total] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let i = 0; i < path.length; i++) {
    const [value, w] = [path[i] as number, weight[i] as number];
    if (!(w > 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += w * value;
    square += w * value * value;
    total += w;
  }
  const mean = sum / total;
  return { peakToValley: high - low, rms: Math.sqrt(Math.max(0, square / total - mean * mean)) };
}
