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
}

/** Below this share of the brightest sample there is no phase to speak of. */
const DARK = 1e-3;

/**
 * Wavefront of one component.
 * @param samples interleaved
 * @param pupil size of the samples and radius of the unit disc in samples
 */
export function wavefrontOf(
  samples: ArrayLike<number>,
  pupil: Pick<HostPlane, 'rows' | 'columns'> & { readonly radius: number },
  wavelength: number,
  removed: Removed,
  terms: number,
): Wavefront {
  const { rows, columns, radius } = pupil;
  const count = rows * columns;
  const light = Float64Array.from(
    { length: count },
    (_, i) => (samples[2 * i] as number) ** 2 + (samples[2 * i + 1] as number) ** 2,
  );
  const brightest = light.reduce((most, value) => Math.max(most, value), 0);
  const weight = light.map((value) => (value > DARK * brightest ? value : 0));
  const phase = Float64Array.from({ length: count }, (_, i) =>
    Math.atan2(samples[2 * i + 1] as number, samples[2 * i] as number),
  );
  const path = unwrapPhase(phase, weight, rows, columns).map((each) => (each * wavelength) / (2 * Math.PI));
  const lit = samplesIn(path, weight, rows, columns, radius);
  const coefficients = fitZernikes(lit, terms);
  const low = fitZernikes(lit, REMOVED_TERMS[removed]);
  if (low !== null) subtract(path, lit, low);
  return { path, ...spread(path, weight), coefficients };
}

interface LitSamples extends WavefrontSamples {
  readonly places: Int32Array;
}

function samplesIn(
  path: Float64Array,
  weight: Float64Array,
  rows: number,
  columns: number,
  radius: number,
): LitSamples {
  const places = Int32Array.from(Array.from(path.keys()).filter((i) => (weight[i] as number) > 0));
  const pick = (f: (i: number) => number): Float64Array => Float64Array.from(places, f);
  return {
    places,
    x: pick((i) => ((i % columns) - Math.floor(columns / 2)) / radius),
    y: pick((i) => (Math.floor(i / columns) - Math.floor(rows / 2)) / radius),
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
