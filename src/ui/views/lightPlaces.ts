/** Where the light of a picture is that belongs to a place where it is wanted. Pure; metres from the middle. */
import type { Mark } from './marks.ts';
import type { Point } from './profile.ts';

interface Pixels {
  /** [ny, nx]. */
  readonly shape: readonly [number, number];
  readonly data: ArrayLike<number>;
  readonly pitch: number;
}

/** Half the side of the window in which the centre of light is taken, pixels. */
const WINDOW = 6;
const ROUNDS = 4;

/**
 * For each place the centre of the brightest spot of those pixels that are nearer to it than to any other: within a
 * window around itself, above the window's darkest pixel, so that neither background nor far rings move it.
 */
export function lightPlaces(picture: Pixels, marks: readonly Mark[]): ReadonlyMap<string, Point> {
  const goals = marks.filter(({ kind }) => kind === 'goal');
  const places = new Map<string, Point>();
  if (goals.length === 0 || !(picture.pitch > 0)) return places;
  const { shape, pitch } = picture;
  const [middleX, middleY] = [Math.floor(shape[1] / 2), Math.floor(shape[0] / 2)];
  const wanted = goals.map(({ x, y }) => ({ x: x / pitch + middleX, y: y / pitch + middleY }));
  brightestOf(picture, wanted).forEach((start, index) => {
    const key = goals[index]?.key;
    if (start === null || key === undefined) return;
    const { x, y } = centreNear(picture, start);
    places.set(key, { x: (x - middleX) * pitch, y: (y - middleY) * pitch });
  });
  return places;
}

function brightestOf({ shape: [ny, nx], data }: Pixels, wanted: readonly Point[]): (Point | null)[] {
  const best = wanted.map((): { value: number; at: Point } | null => null);
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const value = data[y * nx + x] ?? 0;
      const owner = nearest(wanted, x, y);
      const known = best[owner];
      if (value > 0 && (known == null || value > known.value)) best[owner] = { value, at: { x, y } };
    }
  }
  return best.map((each) => each?.at ?? null);
}

function nearest(points: readonly Point[], x: number, y: number): number {
  let [found, least] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < points.length; i++) {
    const point = points[i];
    const distance = point === undefined ? least : (point.x - x) ** 2 + (point.y - y) ** 2;
    if (distance < least) [found, least] = [i, distance];
  }
  return found;
}

function centreNear({ shape: [ny, nx], data }: Pixels, start: Point): Point {
  let at = start;
  for (let round = 0; round < ROUNDS; round++) {
    const [left, right] = [
      Math.max(0, Math.round(at.x) - WINDOW),
      Math.min(nx - 1, Math.round(at.x) + WINDOW),
    ];
    const [top, bottom] = [
      Math.max(0, Math.round(at.y) - WINDOW),
      Math.min(ny - 1, Math.round(at.y) + WINDOW),
    ];
    let dark = Number.POSITIVE_INFINITY;
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) dark = Math.min(dark, data[y * nx + x] ?? 0);
    let [sum, sumX, sumY] = [0, 0, 0];
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const value = (data[y * nx + x] ?? 0) - dark;
        sum += value;
        sumX += x * value;
        sumY += y * value;
      }
    }
    if (!(sum > 0)) return at;
    at = { x: sumX / sum, y: sumY / sum };
  }
  return at;
}
