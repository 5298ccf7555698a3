/** Whether a spot is as wide as its optics make it: a wrong pixel size, wavelength or aperture shows before the fit. */
import { GAUSSIAN_FWHM } from './gaussianWidths.ts';
import type { GivenPixels } from './pixels.ts';

export interface PointOptics {
  readonly numericalAperture: number;
  /** Vacuum wavelength, metres. */
  readonly wavelength: number;
  /** Pixel pitch in the object, metres. */
  readonly pitch: number;
  /** Standard deviation of the camera's blur, pixels. */
  readonly blur: number;
}

export interface WidthCheck {
  /** Full widths at half maximum, pixels. */
  readonly measured: number;
  readonly expected: number;
  readonly verdict: 'good' | 'doubtful' | 'wrong';
  readonly sentence: string;
}

/** Full width of the Airy disc at half its height, in λ/NA. */
const AIRY_WIDTH = 0.514497;
/** Measured over expected width of the light alone. */
const WIDE = 1.7;
const FAR_TOO_WIDE = 2.8;
/** Expected over measured width. */
const NARROW = 1.4;
const FAR_TOO_NARROW = 2;
/** Steps between pixels in which the area above half the height is counted. */
const FINE = 5;

/** Full width at half maximum of a point in focus by its light alone, pixels: 0.51 λ/NA. */
export function airyWidth({ numericalAperture, wavelength, pitch }: Omit<PointOptics, 'blur'>): number {
  return (AIRY_WIDTH * wavelength) / numericalAperture / pitch;
}

/** Of a point in focus: the Airy disc, the camera's blur and a pixel's own width, added as squares. Pixels. */
export function expectedWidth(optics: PointOptics): number {
  const pixel = 1 / Math.sqrt(12);
  return Math.hypot(airyWidth(optics), GAUSSIAN_FWHM * optics.blur, GAUSSIAN_FWHM * pixel);
}

/** Of the disc with the area that is above half the height around a place, in the plane where it is smallest. */
export function measuredWidth(
  pixels: GivenPixels,
  { x, y }: { readonly x: number; readonly y: number },
  half: number,
): number | null {
  const widths: number[] = [];
  const peaks: number[] = [];
  for (let p = 0; p < pixels.planes; p++) {
    const seen = widthInPlane(pixels, p, x, y, half);
    if (seen === null) continue;
    widths.push(seen.width);
    peaks.push(seen.height);
  }
  // In planes without the spot, noise stands for it: only those near the brightest count.
  const highest = Math.max(...peaks);
  const counted = widths.filter((_, i) => (peaks[i] as number) > 0.7 * highest);
  return counted.length === 0 ? null : Math.min(...counted);
}

function widthInPlane(
  { ny, nx, data }: GivenPixels,
  plane: number,
  x: number,
  y: number,
  half: number,
): { readonly width: number; readonly height: number } | null {
  const [x0, x1] = [Math.max(0, Math.round(x) - half), Math.min(nx - 1, Math.round(x) + half)];
  const [y0, y1] = [Math.max(0, Math.round(y) - half), Math.min(ny - 1, Math.round(y) + half)];
  const at = (row: number, column: number) => data[(plane * ny + row) * nx + column] as number;
  const border: number[] = [];
  let [highest, px, py] = [Number.NEGATIVE_INFINITY, x0, y0];
  for (let row = y0; row <= y1; row++) {
    for (let column = x0; column <= x1; column++) {
      const value = at(row, column);
      if (row === y0 || row === y1 || column === x0 || column === x1) border.push(value);
      if (value > highest) [highest, px, py] = [value, column, row];
    }
  }
  const floor = border.sort((a, b) => a - b)[border.length >> 1] ?? 0;
  const level = (highest + floor) / 2;
  if (!(highest > floor)) return null;
  // The connected part around the peak: rings and neighbours above half the height are rare and far.
  let area = 0;
  const reach = Math.min(half, 40);
  for (let row = Math.max(y0, py - reach); row < Math.min(y1, py + reach); row++) {
    for (let column = Math.max(x0, px - reach); column < Math.min(x1, px + reach); column++) {
      const corners = [at(row, column), at(row, column + 1), at(row + 1, column), at(row + 1, column + 1)];
      if (Math.max(...corners) > level) area += shareAbove(corners, level);
    }
  }
  return area === 0 ? null : { width: 2 * Math.sqrt(area / Math.PI), height: highest - floor };
}

/** Of a unit square with values at its corners, what lies above a level by bilinear interpolation. */
function shareAbove([a = 0, b = 0, c = 0, d = 0]: readonly number[], level: number): number {
  let count = 0;
  for (let i = 0; i < FINE; i++) {
    const v = (i + 0.5) / FINE;
    for (let j = 0; j < FINE; j++) {
      const u = (j + 0.5) / FINE;
      const value = (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * c + u * d);
      if (value > level) count++;
    }
  }
  return count / FINE ** 2;
}

/**
 * “The spot is 2.9 px wide, expected 2.7 px: good.” Whether it is too wide is told from what is left of its width without
 * blur and pixel, which are counted in pixels and so do not follow the pixel size.
 */
export function checkWidth(measured: number, optics: PointOptics): WidthCheck {
  const expected = expectedWidth(optics);
  const camera = Math.hypot(GAUSSIAN_FWHM * optics.blur, GAUSSIAN_FWHM / Math.sqrt(12));
  const ofLight = (width: number) => Math.sqrt(Math.max(0, width ** 2 - camera ** 2));
  const wider = ofLight(measured) / ofLight(expected);
  const narrower = expected / measured;
  const times = (factor: number) => Number(factor.toPrecision(2));
  const widths = `The spot is ${measured.toFixed(1)} px wide, expected ${expected.toFixed(1)} px`;
  const result = (verdict: WidthCheck['verdict'], words: string): WidthCheck => ({
    ...{ measured, expected, verdict },
    sentence: `${widths}: ${words}`,
  });
  if (wider > FAR_TOO_WIDE)
    return result(
      'wrong',
      `apart from the camera’s blur ${times(wider)} times too wide. Is the pixel size too large, or the image out of focus in every plane?`,
    );
  if (wider > WIDE)
    return result(
      'doubtful',
      'wider than sharp optics make it: aberrations, a large bead, or the pixel size.',
    );
  if (narrower > NARROW)
    return result(
      narrower > FAR_TOO_NARROW ? 'wrong' : 'doubtful',
      `${times(narrower)} times narrower than light can be. Is the pixel size too small, or the aperture too low?`,
    );
  return result('good', 'good.');
}
