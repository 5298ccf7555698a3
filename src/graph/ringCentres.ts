/** Many particles in one hologram: where rings have their centres, found without knowing the optics. Pixels, floats. */
import type { Pixel } from './detect.ts';
import {
  addRings,
  binned,
  gradients,
  nearestToLines,
  type Plane,
  planeOf,
  type Rings,
  ringsAround,
  roundness,
} from './rings.ts';

export interface RingCentre extends Pixel {
  /** Share of the picture's variation around the centre that is the same all around it, 0 to 1. */
  readonly score: number;
}

export interface RingSearch {
  /** Whether a pixel may be used (not clipped). */
  readonly counts?: (index: number) => boolean;
  /** At most so many. */
  readonly most?: number;
}

/** Larger images are binned for the vote: their rings are more than a few pixels wide. */
const VOTE_PIXELS = 100_000;
/** How far lines are followed, as a share of the shorter side, and at most (pixels of the vote). */
const REACH_SHARE = 0.3;
const LONGEST_REACH = 48;
/** Gradients of less weight than this do not vote. */
const LEAST_WEIGHT = 0.1;
/** A peak stands out from the votes around it by so many of their typical deviations. */
const LEAST_DEVIATIONS = 5;
/** Peaks closer than this to a higher one are its own (pixels of the vote). */
const PEAK_REACH = 4;
/** Votes are compared with their mean over this far around (pixels of the vote). */
const AROUND = 12;
/** A centre is the point nearest to the lines of pixels within one of these distances of it: the one that is roundest. */
const REFINE_REACHES = [8, 16, 32] as const;
const REFINEMENTS = 3;
const POLISH_STEPS = [1, 0.7] as const;
/** Rings within this distance make the score. */
const SCORE_REACH = 32;
/** Less than this share of the variation is what a chance meeting of fringes explains. */
const LEAST_SCORE = 0.25;
/** Rings are taken away up to this distance, as a share of the shorter side, and at most (pixels). */
const RINGS_SHARE = 0.5;
const LARGEST_RINGS = 120;
/** Faint rings are looked for this many times where the strong ones have been taken away. */
const ROUNDS = 3;
/** Each centre is refined this many times among the others. */
const REPEATS = 2;

/**
 * Every pixel votes for the line along its gradient, on which the centre of its ring lies: lines meet in centres. This
 * is the orientation alignment of Krishnatreya and Grier (Opt. Express 22, 12773 (2014)) with lines in place of a
 * convolution, so that clipped pixels stay out. Peaks of the vote are refined by the point nearest to the lines around
 * them, and what is not round there is left out. Then the rings that were found are taken away, and what is left votes
 * again. Highest score first.
 */
export function ringCentres(
  image: ArrayLike<number>,
  ny: number,
  nx: number,
  { counts = () => true, most = 200 }: RingSearch = {},
): RingCentre[] {
  const plane = planeOf(image, ny, nx, counts);
  const reach = Math.min(LARGEST_RINGS, Math.round(RINGS_SHARE * Math.min(ny, nx)));
  let found: { centre: RingCentre; rings: Rings }[] = [];
  const take = (centre: RingCentre) => {
    const rings = ringsAround(plane, centre, reach);
    addRings(plane, rings, -1);
    return { centre, rings };
  };
  for (let round = 0; round < ROUNDS && found.length < most; round++) {
    const known = found.map(({ centre }) => centre);
    const fresh = newCentres(plane, known, most - found.length);
    if (fresh.length === 0) break;
    // Each again where the rings of the others are gone, and these again.
    found = [...found, ...fresh.map(take)];
    for (let i = 0; i < REPEATS; i++) {
      found = found.flatMap(({ centre, rings }) => {
        addRings(plane, rings, 1);
        const again = roundest(plane, centre, PEAK_REACH);
        return again.score < LEAST_SCORE ? [] : [take(again)];
      });
    }
  }
  return found.map(({ centre }) => centre).sort((a, b) => b.score - a.score);
}

/** Those with the most votes, at most so many. */
function newCentres(plane: Plane, known: readonly RingCentre[], most: number): RingCentre[] {
  const factor = Math.max(1, Math.round(Math.sqrt(plane.values.length / VOTE_PIXELS)));
  const small = binned(plane, factor);
  const middle = (factor - 1) / 2;
  const fresh: RingCentre[] = [];
  for (const peak of peaksOf(voted(small), small.ny, small.nx)) {
    if (fresh.length >= most) break;
    const start = { x: peak.x * factor + middle, y: peak.y * factor + middle };
    const centre = roundest(plane, start, PEAK_REACH * factor);
    const isNew = [...known, ...fresh].every(
      ({ x, y }) => Math.hypot(x - centre.x, y - centre.y) >= PEAK_REACH,
    );
    if (isNew && centre.score >= LEAST_SCORE) fresh.push(centre);
  }
  return fresh;
}

function roundest(plane: Plane, start: Pixel, slack: number): RingCentre {
  let best: RingCentre = { x: start.x, y: start.y, score: roundness(plane, start, SCORE_REACH) };
  for (const reach of REFINE_REACHES) {
    const centre = refined(plane, best, reach, Math.max(slack, reach / 4));
    const score = roundness(plane, centre, SCORE_REACH);
    if (score > best.score) best = { ...centre, score };
  }
  for (const step of POLISH_STEPS) best = polished(plane, best, step);
  return best;
}

/** At the top of parabolas through scores a step beside, unless it is lower there. */
function polished(plane: Plane, centre: RingCentre, step: number): RingCentre {
  const scoreAt = (dx: number, dy: number) =>
    roundness(plane, { x: centre.x + dx, y: centre.y + dy }, SCORE_REACH);
  const offset = (before: number, after: number) => {
    const bend = before - 2 * centre.score + after;
    return bend < 0 ? Math.max(-step, Math.min(step, (0.5 * step * (before - after)) / bend)) : 0;
  };
  const dx = offset(scoreAt(-step, 0), scoreAt(step, 0));
  const dy = offset(scoreAt(0, -step), scoreAt(0, step));
  const score = scoreAt(dx, dy);
  return score > centre.score ? { x: centre.x + dx, y: centre.y + dy, score } : centre;
}

function refined(plane: Plane, start: Pixel, reach: number, limit: number): Pixel {
  let centre = start;
  for (let i = 0; i < REFINEMENTS; i++) {
    const next = nearestToLines(plane, centre, reach);
    if (next === null || Math.hypot(next.x - start.x, next.y - start.y) > limit) return centre;
    const moved = Math.hypot(next.x - centre.x, next.y - centre.y);
    centre = next;
    if (moved < 0.02) break;
  }
  return centre;
}

/** Sum of the weights of the lines through every pixel, less its mean around it. */
function voted(plane: Plane): Float64Array {
  const { ny, nx } = plane;
  const slopes = gradients(plane);
  let [total, count] = [0, 0];
  for (let i = 0; i < slopes.length; i += 2) {
    const power = (slopes[i] as number) ** 2 + (slopes[i + 1] as number) ** 2;
    total += power;
    if (power > 0) count++;
  }
  const typical = total / Math.max(1, count);
  const votes = new Float32Array(ny * nx);
  const reach = Math.min(LONGEST_REACH, Math.round(REACH_SHARE * Math.min(ny, nx)));
  for (let y = 1; y < ny - 1; y++) {
    for (let x = 1; x < nx - 1; x++) {
      const i = 2 * (y * nx + x);
      const gx = slopes[i] as number;
      const gy = slopes[i + 1] as number;
      const power = gx * gx + gy * gy;
      // Rings count alike, noise less.
      const weight = power / (power + typical);
      if (!(weight > LEAST_WEIGHT)) continue;
      const length = Math.sqrt(power);
      castLine(votes, ny, nx, x, y, gx / length, gy / length, reach, weight);
      castLine(votes, ny, nx, x, y, -gx / length, -gy / length, reach, weight);
    }
  }
  const smooth = boxMean(boxMean(votes, ny, nx, 1), ny, nx, 1);
  const around = boxMean(boxMean(votes, ny, nx, AROUND), ny, nx, AROUND);
  return smooth.map((value, i) => value - (around[i] as number));
}

function castLine(
  votes: Float32Array,
  ny: number,
  nx: number,
  x: number,
  y: number,
  dx: number,
  dy: number,
  reach: number,
  weight: number,
): void {
  let px = x + 0.5;
  let py = y + 0.5;
  for (let s = 1; s <= reach; s++) {
    px += dx;
    py += dy;
    if (px < 0 || py < 0 || px >= nx || py >= ny) return;
    const k = (py | 0) * nx + (px | 0);
    votes[k] = (votes[k] as number) + weight;
  }
}

/** Where votes are the highest in their neighbourhood and stand out, the highest first. */
function peaksOf(votes: Float64Array, ny: number, nx: number): Pixel[] {
  const deviation = 1.4826 * typicalOf(votes);
  const peaks: (Pixel & { votes: number })[] = [];
  for (let y = 1; y < ny - 1; y++) {
    for (let x = 1; x < nx - 1; x++) {
      const value = votes[y * nx + x] as number;
      if (value > LEAST_DEVIATIONS * deviation && isHighest(votes, ny, nx, x, y))
        peaks.push({ x, y, votes: value });
    }
  }
  return peaks.sort((a, b) => b.votes - a.votes);
}

function isHighest(votes: Float64Array, ny: number, nx: number, x: number, y: number): boolean {
  const value = votes[y * nx + x] as number;
  for (let j = Math.max(0, y - PEAK_REACH); j <= Math.min(ny - 1, y + PEAK_REACH); j++) {
    for (let i = Math.max(0, x - PEAK_REACH); i <= Math.min(nx - 1, x + PEAK_REACH); i++) {
      const other = votes[j * nx + i] as number;
      if (other > value || (other === value && j * nx + i < y * nx + x)) return false;
    }
  }
  return true;
}

/** Mean over squares of 2 `radius` + 1 pixels, cut at the borders; by running sums. */
function boxMean(values: ArrayLike<number>, ny: number, nx: number, radius: number): Float64Array {
  const rows = new Float64Array(ny * nx);
  for (let y = 0; y < ny; y++) {
    const row = y * nx;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, nx); x++) sum += values[row + x] as number;
    for (let x = 0; x < nx; x++) {
      if (x + radius < nx) sum += values[row + x + radius] as number;
      if (x - radius > 0) sum -= values[row + x - radius - 1] as number;
      rows[row + x] = sum / (Math.min(nx - 1, x + radius) - Math.max(0, x - radius) + 1);
    }
  }
  const out = new Float64Array(ny * nx);
  const sums = new Float64Array(nx);
  for (let y = 0; y < Math.min(radius, ny); y++)
    for (let x = 0; x < nx; x++) sums[x] = (sums[x] as number) + (rows[y * nx + x] as number);
  for (let y = 0; y < ny; y++) {
    const count = Math.min(ny - 1, y + radius) - Math.max(0, y - radius) + 1;
    const [enters, leaves] = [y + radius, y - radius - 1];
    for (let x = 0; x < nx; x++) {
      let sum = sums[x] as number;
      if (enters < ny) sum += rows[enters * nx + x] as number;
      if (leaves >= 0) sum -= rows[leaves * nx + x] as number;
      sums[x] = sum;
      out[y * nx + x] = sum / count;
    }
  }
  return out;
}

/** Of the absolute values of some thousand pixels. */
function typicalOf(values: Float64Array): number {
  const every = Math.max(1, Math.floor(values.length / 5000));
  const some = Float64Array.from({ length: Math.ceil(values.length / every) }, (_, i) =>
    Math.abs(values[i * every] as number),
  );
  return some.sort()[some.length >> 1] ?? 0;
}
