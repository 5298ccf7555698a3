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

interface FindOptions {
  /** Of a point's image, pixels. */
  readonly width: number;
  /** In standard deviations of the smoothed frame. */
  readonly threshold: number;
  /** Of the read noise, electrons²: of each pixel, or of all. */
  readonly variance?: ArrayLike<number> | number;
}

/**
 * @param frame [ny, nx]
 * @returns whole pixels, most certain first
 */
export function findEmitters(
  frame: ArrayLike<number>,
  ny: number,
  nx: number,
  { width, threshold, variance = 0 }: FindOptions,
): readonly Candidate[] {
  const weights = typeof variance === 'number' ? null : weightsOf(frame, variance);
  const near = weighted(frame, weights, ny, nx, width);
  const far = weighted(frame, weights, ny, nx, SURROUNDINGS * width);
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

/** What each pixel tells of the light around it: the inverse of its variance, in the light of most pixels. */
function weightsOf(frame: ArrayLike<number>, variance: ArrayLike<number>): Float64Array {
  const light = Math.max(1, Float64Array.from(frame).sort()[frame.length >> 1] ?? 1);
  return Float64Array.from(variance, (each) => 1 / (light + each));
}

/** The frame smoothed, pixels that tell little counting little. */
function weighted(
  frame: ArrayLike<number>,
  weights: Float64Array | null,
  ny: number,
  nx: number,
  sigma: number,
): Float64Array {
  if (weights === null) return smoothed(frame, ny, nx, sigma);
  const sum = smoothed(
    weights.map((weight, i) => weight * (frame[i] as number)),
    ny,
    nx,
    sigma,
  );
  const total = smoothed(weights, ny, nx, sigma);
  return sum.map((value, i) => value / (total[i] as number));
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
