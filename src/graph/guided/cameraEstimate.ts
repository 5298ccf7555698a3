/** Gain, offset and read noise of a camera from one image of its own: how the scatter grows with the brightness. */
import type { GivenPixels } from './pixels.ts';

export interface CameraEstimate {
  /** Counts per electron. */
  readonly gain: number;
  /** Counts without light. */
  readonly offset: number;
  /** Standard deviation in counts. */
  readonly readNoise: number;
}

/** Pixels that are looked at, evenly spread. */
const LOOKED_AT = 300_000;
/**
 * Each bin holds this share of the pixels that are brighter than all bins before: few enough that their scatter is about
 * the same, because the median of unlike ones is not that of their mean.
 */
const SHARE = 0.05;
/** Bins of fewer pixels say little, and the brightest have structure that passes for scatter. */
const LEAST_PIXELS = 300;
const LARGEST_RELATIVE_ERROR = 0.15;
/** One image cannot tell read noise from offset; scientific cameras read with one to two electrons. */
export const TYPICAL_READ_ELECTRONS = 1.6;
/** Of the line through the bins, whose weights follow from it. */
const ROUNDS = 4;
/** Median of the size of normal deviates. */
const NORMAL_MEDIAN = 0.6745;

interface Bin {
  readonly mean: number;
  readonly variance: number;
  readonly count: number;
}

/**
 * Photon transfer from one image: the variance of photon noise is gain · (mean - offset), read noise adds to it
 * (Janesick, Photon Transfer (2007)). The scatter is that of mixed second differences, which are blind to every smooth
 * structure f(x) + g(y). Null where the image is too even or too small to tell.
 */
export function estimateCamera(pixels: GivenPixels): CameraEstimate | null {
  const bins = transferBins(pixels);
  const line = weightedLine(bins);
  if (line === null || !(line.slope > 0) || line.slopeError > LARGEST_RELATIVE_ERROR * line.slope)
    return null;
  const gain = line.slope;
  const readNoise = TYPICAL_READ_ELECTRONS * gain;
  const offset = (readNoise ** 2 - line.intercept) / gain;
  return { gain, offset: Math.max(0, offset), readNoise };
}

/** Middle and variance of pixels of about the same brightness, the darkest first. */
function transferBins({ planes, ny, nx, data, level }: GivenPixels): Bin[] {
  const inner = planes * Math.max(0, ny - 2) * Math.max(0, nx - 2);
  const every = Math.max(1, Math.round(inner / LOOKED_AT));
  const most = Math.ceil(inner / every);
  const [means, scatter] = [new Float32Array(most), new Float32Array(most)];
  let [found, seen] = [0, 0];
  for (let p = 0; p < planes; p++) {
    for (let y = 1; y < ny - 1; y++) {
      for (let x = 1; x < nx - 1; x++) {
        if (seen++ % every !== 0) continue;
        const i = (p * ny + y) * nx + x;
        const at = (row: number, column: number) => data[i + row * nx + column] as number;
        const edges = at(0, 1) + at(0, -1) + at(1, 0) + at(-1, 0);
        const corners = at(1, 1) + at(1, -1) + at(-1, 1) + at(-1, -1);
        const mean = (at(0, 0) + edges + corners) / 9;
        if (!Number.isFinite(mean) || (level !== null && at(0, 0) >= level)) continue;
        means[found] = mean;
        // Σ of squares of 4, -2 (four) and 1 (four) is 36.
        scatter[found++] = Math.abs(4 * at(0, 0) - 2 * edges + corners) / 6;
      }
    }
  }
  return binned(means.subarray(0, found), scatter.subarray(0, found));
}

function binned(means: Float32Array, scatter: Float32Array): Bin[] {
  const order = Uint32Array.from(means.keys()).sort((a, b) => (means[a] as number) - (means[b] as number));
  const bins: Bin[] = [];
  let start = 0;
  while (order.length - start >= LEAST_PIXELS) {
    const length = Math.max(LEAST_PIXELS, Math.round(SHARE * (order.length - start)));
    const members = order.subarray(start, start + length);
    const sizes = Float32Array.from(members, (i) => scatter[i] as number).sort();
    const middle = means[members[length >> 1] as number] as number;
    const deviation = (sizes[length >> 1] as number) / NORMAL_MEDIAN;
    bins.push({ mean: middle, variance: deviation ** 2, count: length });
    start += length;
  }
  return bins;
}

interface Line {
  readonly slope: number;
  readonly intercept: number;
  readonly slopeError: number;
}

/**
 * Straight line through the bins, each with the error of its variance, 1.6 √(2/n) of it by the median: of that on the
 * line, because weights by the measured one would prefer what came out small.
 */
function weightedLine(bins: readonly Bin[]): Line | null {
  let line: Line | null = null;
  for (let round = 0; round < ROUNDS; round++) {
    const known: Line | null = line;
    line = lineThrough(bins, ({ mean, variance }) =>
      known === null ? variance : Math.max(0.1 * variance, known.intercept + known.slope * mean),
    );
    if (line === null) return null;
  }
  return line;
}

function lineThrough(bins: readonly Bin[], expected: (bin: Bin) => number): Line | null {
  let [s, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  for (const bin of bins) {
    const { mean, variance, count } = bin;
    if (!(variance > 0)) continue;
    const weight = count / (2 * (1.6 * expected(bin)) ** 2);
    s += weight;
    sx += weight * mean;
    sy += weight * variance;
    sxx += weight * mean * mean;
    sxy += weight * mean * variance;
  }
  const determinant = s * sxx - sx * sx;
  if (!(determinant > 1e-12 * s * sxx)) return null;
  return {
    slope: (s * sxy - sx * sy) / determinant,
    intercept: (sxx * sy - sx * sxy) / determinant,
    slopeError: Math.sqrt(s / determinant),
  };
}
