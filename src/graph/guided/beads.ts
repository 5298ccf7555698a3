/** Bright spots of an image or a stack: which can be fitted, and why others cannot. */
import { brightestPlane, type GivenPixels } from './pixels.ts';

export type BeadFault = 'edge' | 'saturated' | 'neighbour' | 'faint';

export interface FoundBead {
  /** Column and row of the centre, pixels. */
  readonly x: number;
  readonly y: number;
  /** Plane in which it is brightest. */
  readonly plane: number;
  /** Height above the background in standard deviations of the noise around it. */
  readonly score: number;
  /** Why it is not taken; null for one that can be fitted. */
  readonly fault: BeadFault | null;
}

export const FAULT_WORDS: Readonly<Record<BeadFault, string>> = {
  edge: 'too near the edge: its box does not fit',
  saturated: 'saturated: its brightest pixels are clipped',
  neighbour: 'a neighbour lies in its box',
  faint: 'faint against the noise',
};

export interface BeadQuestion {
  /** Expected full width at half maximum, pixels. */
  readonly width: number;
  /** Half the side of the box that is fitted, pixels. */
  readonly half: number;
}

const MOST_FOUND = 100;
/** Least height in standard deviations of the noise, and from which on it is worth a fit. */
const SEEN = 6;
const STRONG = 12;
/** Light of a spot that is this much lower than a brighter one in reach is taken for its rings. */
const RING = 0.12;
/** A neighbour as bright as this share of a spot spoils its box. */
const DISTURBS = 0.2;
/** Boxes may stand out of the image by this share of their half side. */
const OVERHANG = 0.25;

export function findBeads(pixels: GivenPixels, { width, half }: BeadQuestion): FoundBead[] {
  const { ny, nx, level } = pixels;
  const { values, plane } = brightestPlane(pixels);
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) values[i] = 0;
  const radius = Math.max(1, Math.round(width / 3));
  const smooth = boxMean(values, ny, nx, radius);
  const { middle, deviation } = background(smooth);
  const spots: { x: number; y: number; height: number }[] = [];
  for (const i of peaks(smooth, ny, nx, Math.max(2, Math.round(width)))) {
    const height = (smooth[i] as number) - middle;
    if (!(height > SEEN * deviation)) break;
    const [y, x] = [Math.floor(i / nx), i % nx];
    const isRing = spots.some(
      (s) => Math.max(Math.abs(s.x - x), Math.abs(s.y - y)) < half && height < RING * s.height,
    );
    if (!isRing) spots.push({ x, y, height });
    if (spots.length === MOST_FOUND) break;
  }
  return spots.map((spot) => {
    const others = spots.filter((other) => other !== spot);
    const near = others.some(
      (other) =>
        Math.max(Math.abs(other.x - spot.x), Math.abs(other.y - spot.y)) < 1.2 * half &&
        other.height > DISTURBS * spot.height,
    );
    const room = Math.min(spot.x, spot.y, nx - 1 - spot.x, ny - 1 - spot.y);
    const score = spot.height / deviation;
    const fault: BeadFault | null =
      level !== null && isClipped(values, nx, spot, radius, level)
        ? 'saturated'
        : room < (1 - OVERHANG) * half && room < 0.35 * Math.min(nx, ny)
          ? 'edge'
          : near
            ? 'neighbour'
            : score < STRONG
              ? 'faint'
              : null;
    const centre = centroid(values, ny, nx, spot, Math.max(2, Math.round(width)), middle);
    return { ...centre, plane: plane[spot.y * nx + spot.x] as number, score, fault };
  });
}

/** One at a place that somebody points at: its centre is the centroid there. */
export function beadAt(pixels: GivenPixels, question: BeadQuestion, x: number, y: number): FoundBead {
  const reach = Math.max(2, Math.round(question.width));
  const { values, plane } = brightestPlane(pixels);
  const { middle, deviation } = background(boxMean(values, pixels.ny, pixels.nx, 1));
  const centre = centroid(values, pixels.ny, pixels.nx, { x, y }, reach, middle);
  const at = Math.round(centre.y) * pixels.nx + Math.round(centre.x);
  const score = Math.max(0, ((values[at] ?? 0) - middle) / deviation);
  return { ...centre, plane: plane[at] ?? 0, score, fault: null };
}

/** Indices of local maxima at least `apart` pixels from brighter ones, the brightest first. */
function* peaks(image: Float32Array, ny: number, nx: number, apart: number): Generator<number> {
  const maxima: number[] = [];
  for (let y = 1; y < ny - 1; y++) {
    for (let x = 1; x < nx - 1; x++) {
      const i = y * nx + x;
      const value = image[i] as number;
      let isHighest = true;
      for (let dy = -1; dy <= 1 && isHighest; dy++) {
        for (let dx = -1; dx <= 1; dx++) if ((image[i + dy * nx + dx] as number) > value) isHighest = false;
      }
      if (isHighest) maxima.push(i);
    }
  }
  maxima.sort((a, b) => (image[b] as number) - (image[a] as number));
  const taken: number[] = [];
  for (const i of maxima) {
    const [y, x] = [Math.floor(i / nx), i % nx];
    if (taken.some((t) => Math.hypot(Math.floor(t / nx) - y, (t % nx) - x) < apart)) continue;
    taken.push(i);
    yield i;
  }
}

/** Median and scatter of the darker half: spots do not count. */
function background(image: Float32Array): { readonly middle: number; readonly deviation: number } {
  const sorted = Float32Array.from(image).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const middle = at(0.5);
  // Below the median a normal distribution has 34.1 % within one standard deviation.
  return { middle, deviation: Math.max(middle - at(0.159), 1e-6 * Math.max(1, Math.abs(middle))) };
}

function isClipped(
  values: Float32Array,
  nx: number,
  { x, y }: { readonly x: number; readonly y: number },
  radius: number,
  level: number,
): boolean {
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      if ((values[(y + dy) * nx + x + dx] ?? 0) >= level) return true;
    }
  }
  return false;
}

function centroid(
  values: Float32Array,
  ny: number,
  nx: number,
  from: { readonly x: number; readonly y: number },
  reach: number,
  floor: number,
): { readonly x: number; readonly y: number } {
  let [sum, sx, sy] = [0, 0, 0];
  for (let y = Math.max(0, from.y - reach); y <= Math.min(ny - 1, from.y + reach); y++) {
    for (let x = Math.max(0, from.x - reach); x <= Math.min(nx - 1, from.x + reach); x++) {
      const value = Math.max(0, (values[y * nx + x] as number) - floor);
      sum += value;
      sx += value * x;
      sy += value * y;
    }
  }
  return sum > 0 ? { x: sx / sum, y: sy / sum } : { x: from.x, y: from.y };
}

/** Mean over a square, by running sums. */
function boxMean(image: Float32Array, ny: number, nx: number, radius: number): Float32Array {
  const along = (from: Float32Array, lines: number, length: number, line: number, step: number) => {
    const out = new Float32Array(from.length);
    for (let l = 0; l < lines; l++) {
      let sum = 0;
      for (let i = -radius; i < length; i++) {
        if (i + radius < length) sum += from[l * line + (i + radius) * step] as number;
        if (i - radius - 1 >= 0) sum -= from[l * line + (i - radius - 1) * step] as number;
        if (i < 0) continue;
        const count = Math.min(length - 1, i + radius) - Math.max(0, i - radius) + 1;
        out[l * line + i * step] = sum / count;
      }
    }
    return out;
  };
  return along(along(image, ny, nx, nx, 1), nx, ny, 1, nx);
}
