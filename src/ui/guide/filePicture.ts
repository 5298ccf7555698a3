/** Small grey pictures of what a file holds, before anything is done with it. Pure. */
import type { GivenPixels } from '../../graph/guided/pixels.ts';

export interface PlanePicture {
  /** Counted from 0. */
  readonly plane: number;
  readonly width: number;
  readonly height: number;
  /** Four bytes for each pixel. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

const SATURATED = [255, 72, 72] as const;
const NOT_A_NUMBER = [255, 0, 255] as const;
/** So many of the brightest places may be as bright as the scale's end: hot pixels are few. */
const BRIGHTEST = 8;

/** Planes that stand for a stack: the first, the last, and evenly between. */
export function shownPlanes(planes: number, most: number): readonly number[] {
  const count = Math.min(planes, most);
  return Array.from({ length: count }, (_, i) => Math.round((i * (planes - 1)) / Math.max(1, count - 1)));
}

/**
 * Planes on one scale, black at the least value and square-rooted, so that faint rings show beside a bright middle; each
 * place is the mean of a square of pixels, and red where one of them is saturated.
 * @param side longest side of a picture, pixels
 */
export function planePictures(
  pixels: GivenPixels,
  planes: readonly number[],
  least: number,
  side: number,
): readonly PlanePicture[] {
  const block = Math.max(1, Math.ceil(Math.max(pixels.nx, pixels.ny) / side));
  const means = planes.map((plane) => blockMeans(pixels, plane, block));
  const sorted = Float32Array.from(means.flatMap(({ values }) => [...values]))
    .filter((value) => Number.isFinite(value))
    .sort();
  const span = Math.max(1e-30, (sorted.at(-BRIGHTEST) ?? sorted.at(-1) ?? 1) - least);
  return means.map(({ values, clipped, width, height }, i) => {
    const rgba = new Uint8ClampedArray(4 * values.length);
    values.forEach((value, k) => {
      const grey = 255 * Math.sqrt(Math.max(0, value - least) / span);
      const colour = clipped[k] === 1 ? SATURATED : Number.isNaN(value) ? NOT_A_NUMBER : [grey, grey, grey];
      rgba.set([...colour, 255], 4 * k);
    });
    return { plane: planes[i] ?? 0, width, height, rgba };
  });
}

/** Means of squares of pixels, those at the right and lower rim of what is there. */
function blockMeans({ nx, ny, data, level }: GivenPixels, plane: number, block: number) {
  const [width, height] = [Math.ceil(nx / block), Math.ceil(ny / block)];
  const [values, clipped] = [new Float32Array(width * height), new Uint8Array(width * height)];
  const counts = new Uint32Array(width * height);
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const value = data[(plane * ny + y) * nx + x] as number;
      const k = Math.floor(y / block) * width + Math.floor(x / block);
      if (level !== null && value >= level) clipped[k] = 1;
      if (!Number.isFinite(value)) continue;
      values[k] = (values[k] as number) + value;
      counts[k] = (counts[k] as number) + 1;
    }
  }
  return { values: values.map((sum, k) => sum / (counts[k] as number)), clipped, width, height };
}
