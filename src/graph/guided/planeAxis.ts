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

/** Null for one plane, and where it cannot be told. @param told what the file says by itself */
export function likelyAxis(pixels: GivenPixels, told: PlaneAxis | null = null): PlaneAxis | null {
  const { planes, ny, nx, data, level } = pixels;
  if (planes === 1 || told !== null) return planes === 1 ? null : told;
  if (planes < LEAST_PLANES) return null;
  const heights = Array.from({ length: planes }, (_, plane) => {
    const own = data.subarray(plane * ny * nx, (plane + 1) * ny * nx);
    const { bright, median } = pixelFacts({ data: own, level });
    return bright - median;
  });
  const most = Math.max(...heights);
  const hill = 2 * most - (heights[0] ?? 0) - (heights.at(-1) ?? 0);
  const steps = heights.slice(1).map((height, p) => Math.abs(height - (heights[p] as number)));
  const climbs = steps.reduce((sum, step) => sum + step, 0);
  const top = heights.indexOf(most);
  const change = (most - Math.min(...heights)) / most;
  // Light that only fades from the first page on is bleached.
  const hills = planes < MANY_PLANES ? HILLS.few : HILLS.many;
  const passesFocus = change > CHANGE && climbs < hills * hill && top > 0 && top < planes - 1;
  return passesFocus ? 'depth' : 'time';
}
