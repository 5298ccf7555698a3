/** Whether the planes of a file are depths or times, told from how the brightest light changes from one to the next. */
import { type GivenPixels, pixelFacts } from './pixels.ts';

export type PlaneAxis = 'depth' | 'time';

/** Fewer planes tell nothing. */
const LEAST_PLANES = 4;
/**
 * Sum of all steps from plane to plane over those of one rise and one fall: 1 where there is nothing else. Beads in two
 * depths make two hills, 2 at most; few planes that jump about make no more than that, so they must be smoother.
 */
const HILLS = { few: 1.5, many: 2.2 };
const MANY_PLANES = 15;
/** Of the brightest: what a passing of the focus changes at least. */
const CHANGE = 0.25;

/**
 * Light that is spread by aberrations can be brightest on both sides of the focus; then the brightest spot alone tells,
 * if the planes beside its own are also more like that one than the first and the last are.
 */
const ALIKE = 0.1;

/** Null for one plane, and where it cannot be told. @param told what the file says by itself */
export function likelyAxis(pixels: GivenPixels, told: PlaneAxis | null = null): PlaneAxis | null {
  const { planes, ny, nx, data, level } = pixels;
  if (planes === 1 || told !== null) return planes === 1 ? null : told;
  if (planes < LEAST_PLANES) return null;
  const parts = Array.from({ length: planes }, (_, p) => data.subarray(p * ny * nx, (p + 1) * ny * nx));
  const facts = parts.map((own) => pixelFacts({ data: own, level }));
  if (passesFocus(facts.map(({ bright, median }) => bright - median))) return 'depth';
  const spots = parts.map((own, p) => brightestSpot(own, nx) - (facts[p]?.median ?? 0));
  return passesFocus(spots) && isLikeItsNeighbours(parts, spots.indexOf(Math.max(...spots)))
    ? 'depth'
    : 'time';
}

/** Whether heights rise once, or little more than once, and fall again. */
function passesFocus(heights: readonly number[]): boolean {
  const most = Math.max(...heights);
  const hill = 2 * most - (heights[0] ?? 0) - (heights.at(-1) ?? 0);
  const climbs = heights
    .slice(1)
    .reduce((sum, height, p) => sum + Math.abs(height - (heights[p] as number)), 0);
  const top = heights.indexOf(most);
  const change = (most - Math.min(...heights)) / most;
  const hills = heights.length < MANY_PLANES ? HILLS.few : HILLS.many;
  // Light that only fades from the first page on is bleached.
  return change > CHANGE && climbs < hills * hill && top > 0 && top < heights.length - 1;
}

/** The highest mean of three by three pixels. */
function brightestSpot(data: Float32Array, nx: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = nx + 1; i < data.length - nx - 1; i++) {
    let sum = 0;
    for (let row = -nx; row <= nx; row += nx)
      for (let k = i + row - 1; k <= i + row + 1; k++) sum += data[k] as number;
    if (sum > most) most = sum;
  }
  return most / 9;
}

function isLikeItsNeighbours(parts: readonly Float32Array[], top: number): boolean {
  const like = (plane: number) => likeness(parts[top] as Float32Array, parts[plane] as Float32Array);
  const near = (like(top - 1) + like(top + 1)) / 2;
  return near - Math.max(like(0), like(parts.length - 1)) > ALIKE;
}

/** Pearson's correlation of all pixels that are numbers. */
function likeness(one: Float32Array, other: Float32Array): number {
  let [n, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    const [x, y] = [one[i] as number, other[i] as number];
    if (!Number.isFinite(x + y)) continue;
    n++;
    a += x;
    b += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const spread = Math.sqrt((n * aa - a * a) * (n * bb - b * b));
  return spread > 0 ? (n * ab - a * b) / spread : 0;
}
