/** From counts of a camera's pixels to numbers with the noise of photons: by the camera's numbers, or by measured maps. */
import type { FrameSource } from '../../graph/movieFrames.ts';
import type { PixelMaps } from '../../optics/detection/pixelMaps.ts';
import { excessNoise } from '../../optics/detection/sensor.ts';
import type { NoiseModel } from '../../optics/values.ts';

export type MoviePixels = Pick<FrameSource, 'shape' | 'window' | 'dark'>;

/** One number for all pixels of a window, or one for each. */
export type PerPixel = number | Float64Array;

export function ofPixel(values: PerPixel, index: number): number {
  return typeof values === 'number' ? values : (values[index] as number);
}

export interface PixelScale {
  readonly offset: PerPixel;
  /** Counts. */
  readonly quantum: PerPixel;
  /** Of read noise, quanta². */
  readonly variance: PerPixel;
}

/**
 * Counts less `offset`, over `quantum`, are numbers whose noise is that of their own number, and read noise of the
 * variance in these units.
 */
export function pixelScale(source: MoviePixels, maps: PixelMaps, noise: NoiseModel): PixelScale {
  const { ny, nx, places } = placesOf(source);
  const all = Float64Array.from({ length: ny * nx }, (_, i) => places(i));
  const mapped = (map: ArrayLike<number> | null, one: number): PerPixel =>
    map === null ? one : all.map((place) => map[place] as number);
  const { multiplication = 1 } = noise.sensor ?? {};
  const excess = excessNoise(noise.sensor);
  // A map is of the pixels, before a register multiplies their electrons.
  const quantum: PerPixel =
    maps.gain === null
      ? noise.gain * excess
      : all.map((place) => (maps.gain?.[place] as number) * multiplication * excess);
  const counts = mapped(maps.variance, noise.readNoise ** 2);
  const isEven = typeof counts === 'number' && typeof quantum === 'number';
  return {
    // A dark image holds the offset too.
    offset: source.dark === null ? mapped(maps.offset, noise.offset) : 0,
    quantum,
    variance: isEven
      ? counts / quantum ** 2
      : all.map((_, i) => ofPixel(counts, i) / ofPixel(quantum, i) ** 2),
  };
}

/** The window of a movie, and where its pixels lie in whole frames. */
export function placesOf({ shape: [rows, columns], window }: Omit<MoviePixels, 'dark'>) {
  const { x0, x1, y0, y1 } = window ?? { x0: 0, x1: columns, y0: 0, y1: rows };
  const [ny, nx] = [y1 - y0, x1 - x0];
  return { ny, nx, places: (i: number) => (y0 + Math.floor(i / nx)) * columns + x0 + (i % nx) };
}
