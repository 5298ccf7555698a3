/** How much of an image a fit needs: a box around the object, and as many planes as say something new. */
import type { GivenPixels } from './pixels.ts';

export interface BoxOptics {
  readonly numericalAperture: number;
  /** Vacuum, metres. */
  readonly wavelength: number;
  readonly refractiveIndex: number;
  /** Object-space pixel pitch, metres. */
  readonly pitch: number;
  /** From plane to plane of the file, metres; 0 for one plane. */
  readonly step: number;
  readonly planes: number;
}

/** Planes of a thinned stack, and half of the largest box. */
const MOST_PLANES = 26;
const LARGEST_HALF = 55;
const SMALLEST_HALF = 8;
/** Around the cone of light from the last plane, in λ/NA: the image's own rings. */
const MARGIN = 4;
/** Of half the stack: light further out than from here is spread thin. */
const SHARE_OF_DEPTH = 0.75;

/** Half the side of the box, pixels. */
export function boxHalf({
  numericalAperture,
  wavelength,
  refractiveIndex,
  pitch,
  step,
  planes,
}: BoxOptics): number {
  const sine = Math.min(0.95, numericalAperture / refractiveIndex);
  const depth = SHARE_OF_DEPTH * Math.abs(step) * Math.floor(planes / 2);
  const reach = (depth * sine) / Math.sqrt(1 - sine * sine) + (MARGIN * wavelength) / numericalAperture;
  return Math.round(Math.min(LARGEST_HALF, Math.max(SMALLEST_HALF, reach / pitch)));
}

/** The box as a part of the image, half-open: moved inside where it stands out. */
export function boxAround(
  { ny, nx }: Pick<GivenPixels, 'ny' | 'nx'>,
  { x, y }: { readonly x: number; readonly y: number },
  half: number,
): { readonly x0: number; readonly x1: number; readonly y0: number; readonly y1: number } {
  const along = (centre: number, length: number): readonly [number, number] => {
    const side = Math.min(length, 2 * half + 1);
    const start = Math.min(length - side, Math.max(0, Math.round(centre) - (side >> 1)));
    return [start, start + side];
  };
  const [[x0, x1], [y0, y1]] = [along(x, nx), along(y, ny)];
  return { x0, x1, y0, y1 };
}

/** Every so many planes of a stack are enough. */
export function planeStep(planes: number): number {
  return Math.max(1, Math.ceil(planes / MOST_PLANES));
}
