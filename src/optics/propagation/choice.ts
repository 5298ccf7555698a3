/** Which method suits a propagation, how much room around the light it needs, and why, in words. */
import { windowLength } from '../pupil/zoomTransform.ts';

export type Method =
  | 'angularSpectrum'
  | 'fresnelTransfer'
  | 'fresnelSingle'
  | 'scalableAngularSpectrum'
  | 'fraunhofer';

export const METHOD_TITLES: Readonly<Record<Method, string>> = {
  angularSpectrum: 'Band-limited angular spectrum',
  fresnelTransfer: 'Fresnel transfer function',
  fresnelSingle: 'Fresnel, single transform',
  scalableAngularSpectrum: 'Scalable angular spectrum',
  fraunhofer: 'Fraunhofer',
};

/** What is known of a propagation before it is computed, metres and radians. */
export interface Situation {
  readonly samples: number;
  readonly pitch: number;
  /** λ / n_medium. */
  readonly wavelength: number;
  readonly distance: number;
  /** Largest angle of the light against the axis; 0 where only the grid limits it. */
  readonly largestAngle: number;
  /** Half the width of the window; null where the method makes the window. */
  readonly reach: number | null;
  /** Distance of the window's middle from the axis along x or y. */
  readonly shift: number;
}

/** N pitch²/λ: up to here the angular spectrum's phase is sampled without padding; a single transform from here on. */
export function criticalDistance({ samples, pitch, wavelength }: Situation): number {
  return (samples * pitch * pitch) / wavelength;
}

/** (N pitch/2)²/(λ z) of the whole window. */
export function fresnelNumber({ samples, pitch, wavelength, distance }: Situation): number {
  return (samples * pitch) ** 2 / (4 * wavelength * Math.abs(distance));
}

/** tan of the largest angle that the grid, or the light, has. */
function largestSlope({ pitch, wavelength, largestAngle }: Situation): number {
  const grid = Math.min(1 - 1e-6, wavelength / (2 * pitch));
  const sine = largestAngle > 0 ? Math.min(grid, Math.sin(Math.min(largestAngle, 1.5))) : grid;
  return sine / Math.sqrt(1 - sine * sine);
}

/** Share of the frequencies that a window padded twofold carries without ghosts at this distance. */
export function keptShare({ samples, pitch, wavelength, distance }: Situation): number {
  const width = 2 * samples * pitch;
  return Math.min(1, (2 * pitch) / (wavelength * Math.hypot((2 * distance) / width, 1)));
}

/** Radians by which Fresnel's quadratic phase is off for the steepest rays that count: k ρ⁴ / (8 z³). */
export function fresnelError(situation: Situation): number {
  const { samples, pitch, wavelength, distance, reach, shift } = situation;
  const z = Math.abs(distance);
  if (z === 0) return 0;
  const half = (samples * pitch) / 2;
  const far = reach === null ? Number.POSITIVE_INFINITY : half + reach + shift;
  const lateral = Math.min(far, z * largestSlope(situation));
  return (2 * Math.PI * (Math.SQRT2 * lateral) ** 4) / (8 * wavelength * z ** 3);
}

/** Below this a method counts as exact, radians. */
const TOLERATED_PHASE = 0.5;
/** With a smaller share of the frequencies the angular spectrum loses more than it shows. */
export const LEAST_SHARE = 0.25;

/** The method, from the numbers above alone, and the reason. */
export function chooseMethod(situation: Situation): { readonly method: Method; readonly reason: string } {
  const { distance, reach } = situation;
  const z = Math.abs(distance);
  const critical = criticalDistance(situation);
  const limit = `the critical distance is ${inMetres(critical)}`;
  if (z <= critical)
    return { method: 'angularSpectrum', reason: `it samples its phase finely enough here, as ${limit}` };
  const share = keptShare(situation);
  if (reach !== null && share >= LEAST_SHARE) {
    const kept = `${percent(share)} of the grid’s frequencies reach the window and are kept`;
    return { method: 'angularSpectrum', reason: `${limit}, and beyond it ${kept}` };
  }
  const grown =
    reach === null
      ? `${limit}, and beyond it the window grows with the distance`
      : `${limit}, and so far beyond it the angular spectrum would keep ${percent(share)} of the grid’s frequencies`;
  const error = fresnelError(situation);
  if (error <= TOLERATED_PHASE) {
    return {
      method: 'fresnelSingle',
      reason: `${grown}; rays are paraxial (phase error below ${inRadians(error)})`,
    };
  }
  return {
    method: 'scalableAngularSpectrum',
    reason: `${grown}; rays may be too steep for Fresnel, whose phase would be off by up to ${inRadians(error)}`,
  };
}

const LEAST_PADDING = 2;

/**
 * Samples of the padded window in which light that leaves on one side does not come back on the other: half the
 * source's width, how far the light may stray, and the window; more than that is cut by the band limit anyway. At least
 * twice the light's where its largest angle is not given: sharp edges spread beyond the steepest ray of the grid.
 */
export function paddedSamples(situation: Situation): number {
  const { samples, pitch, distance, largestAngle, reach, shift } = situation;
  const half = (samples * pitch) / 2;
  const far = half + (reach ?? half);
  const stray = Math.min(far, shift + Math.abs(distance) * largestSlope(situation));
  const needed = (far + stray) / pitch;
  const least = largestAngle > 0 || distance === 0 ? samples : LEAST_PADDING * samples;
  // Also where a distance is no number: it has been refused, and must not become a size here.
  if (!(needed > least + 0.5)) return least;
  const quarters = Math.ceil((4 * needed) / samples - 1e-9);
  // Few sizes, so that a step that comes again is seldom another; whole multiples as they are.
  const wanted = quarters === 7 ? 8 : quarters;
  if (wanted % 4 === 0) return Math.min(4, wanted / 4) * samples;
  return Math.min(4 * samples, windowLength(Math.ceil((wanted * samples) / 4)));
}

export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

function inRadians(phase: number): string {
  return `${phase < 0.01 ? '0.01' : phase < 1e3 ? phase.toPrecision(2) : phase.toExponential(0)} rad`;
}

/** “40.4 mm”. */
export function inMetres(length: number): string {
  const size = Math.abs(length);
  const [factor, unit] =
    size >= 1 ? [1, 'm'] : size >= 1e-3 ? [1e-3, 'mm'] : size >= 1e-6 ? [1e-6, 'µm'] : [1e-9, 'nm'];
  return `${Number((length / factor).toPrecision(3))} ${unit}`;
}
