/** Where emitters may be in a frame: maxima of the frame smoothed as wide as a point's image, less its surroundings. */
import type { PsfSpline } from './psfSpline.ts';

export interface Candidate {
  readonly x: number;
  readonly y: number;
  /** Height in standard deviations of the smoothed frame. */
  readonly score: number;
}

/** The surroundings are smoothed over this many times the width of a point's image. */
const SURROUNDINGS = 3;
/** From the median absolute deviation of normal numbers to their standard deviation. */
const MAD_TO_SIGMA = 1.4826;

/**
 * Standard deviation, in pixels, of the Gaussian that is as sharp as the image of a point in the best quarter of its
 * depths:
 * Σ h² = 1/(4π σ²) for both.
 */
export function pointWidth({ centred, pixels, planes }: PsfSpline): number {
  const size = pixels * pixels;
  const widths = Array.from({ length: planes }, (_, plane) => {
    let [sum, squares] = [0, 0];
    for (let i = plane * size; i < (plane + 1) * size; i++) {
      sum += centred[i] as number;
      squares += (centred[i] as number) ** 2;
    }
    return sum / Math.sqrt(4 * Math.PI * squares);
  });
  return widths.sort((a, b) => a - b)[planes >> 2] ?? 1;
}

/**
 * @param frame [ny, nx]
 * @param width of a point's image, pixels
 * @param threshold in standard deviations of the smoothed frame
 * @returns whole pixels, most certain first
 */
export function findEmitters(
  frame: ArrayLike<number>,
  ny: number,
  nx: number,
  { width, threshold }: { readonly width: number; readonly threshold: number },
): readonly Candidate[] {
  const near = smoothed(frame, ny, nx, width);
  const far = smoothed(frame, ny, nx, SURROUNDINGS * width);
  const contrast = near.map((value, i) => value - (far[i] as number));
  const sorted = contrast.slice().sort();
  const middle = sorted[sorted.length >> 1] ?? 0;
  const deviations = contrast.map((value) => Math.abs(value - middle)).sort();
  const sigma = MAD_TO_SIGMA * (deviations[deviations.length >> 1] ?? 0);
  if (!(sigma > 0)) return [];
  const reach = Math.max(1, Math.round(width));
  const found: Candidate[] = [];
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const score = ((contrast[y * nx + x] as number) - middle) / sigma;
      if (score > threshold && isHighest(contrast, ny, nx, { x, y }, reach)) found.push({ x, y, score });
    }
  }
  return found.sort((a, b) => b.score - a.score);
}

function isHighest(
  image: Float64Array,
  ny: number,
  nx: number,
  { x, y }: { readonly x: number; readonly y: number },
  reach: number,
): boolean {
  const own = image[y * nx + x] as number;
  for (let j = Math.max(0, y - reach); j <= Math.min(ny - 1, y + reach); j++) {
    for (let i = Math.max(0, x - reach); i <= Math.min(nx - 1, x + reach); i++) {
      const other = image[j * nx + i] as number;
      // Of equal neighbours the first counts.
      if (other > own || (other === own && (j < y || (j === y && i < x)))) return false;
    }
  }
  return true;
}

/** Convolved with a Gaussian; the frame goes on beyond its edge as it ends there. */
function smoothed(frame: ArrayLike<number>, ny: number, nx: number, sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / sigma) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const along = (from: ArrayLike<number>, count: number, lines: number, step: number, stride: number) => {
    const out = new Float64Array(ny * nx);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          const at = Math.min(count - 1, Math.max(0, i + k));
          sum += (weights[k + reach] as number) * (from[line * stride + at * step] as number);
        }
        out[line * stride + i * step] = sum / total;
      }
    }
    return out;
  };
  return along(along(frame, nx, ny, 1, nx), ny, nx, nx, 1);
}
