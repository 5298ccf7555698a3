/** What was measured of every pixel of a camera (Huang et al., Nat. Methods 10, 653 (2013)). */
import type { HostImage } from '../element.ts';
import { ElementProblem } from '../problem.ts';
import type { PixelPattern } from '../values.ts';
import { thinnedPlaces } from './thinning.ts';

export type PixelMapKind = 'offset' | 'gain' | 'variance';

/** [ny, nx] each, as large as the frames; null where one number stands for all pixels. */
export interface PixelMaps {
  /** Counts without light. */
  readonly offset: ArrayLike<number> | null;
  /** Counts per electron. */
  readonly gain: ArrayLike<number> | null;
  /** Of the counts without light, counts². */
  readonly variance: ArrayLike<number> | null;
}

export const PIXEL_MAP_KINDS: readonly PixelMapKind[] = ['offset', 'gain', 'variance'];

/** “The gain map”: for sentences. */
export const PIXEL_MAP_NAMES: Readonly<Record<PixelMapKind, string>> = {
  offset: 'The offset map',
  gain: 'The gain map',
  variance: 'The variance map',
};

interface Shaped {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  /** 0 where a pixel of the file is no number or clipped; null where none is. */
  readonly mask?: ArrayLike<number> | null;
}

/**
 * Why an image cannot be such a map; null where it can.
 * @param wanted [ny, nx] of the pixels
 * @param of whose pixels: “the movie”
 */
export function pixelMapProblem(
  kind: PixelMapKind,
  { shape, data, mask }: Shaped,
  wanted: readonly number[],
  of: string,
): { readonly what: string; readonly fix: string } | null {
  const name = PIXEL_MAP_NAMES[kind];
  if (shape.join() !== wanted.join()) {
    return {
      what: `${name} has ${shape.join(' × ')} pixels, ${of} ${wanted.join(' × ')}.`,
      fix: 'Cut the part of the sensor out of it that was read.',
    };
  }
  let [wrong, first] = [0, -1];
  for (let i = 0; i < data.length; i++) {
    if (isPossible(kind, data[i] as number) && mask?.[i] !== 0) continue;
    wrong++;
    if (first < 0) first = i;
  }
  if (wrong === 0) return null;
  const columns = shape.at(-1) ?? 1;
  const at = `row ${Math.floor(first / columns)}, column ${first % columns}`;
  const value = data[first] as number;
  const is = Number.isFinite(value) && mask?.[first] !== 0 ? String(value) : 'no number';
  return {
    what: `${name} has ${wrong} ${wrong === 1 ? 'pixel' : 'pixels'} with an impossible value; the first, in ${at}, is ${is}.`,
    fix: LAWS[kind],
  };
}

const LAWS: Readonly<Record<PixelMapKind, string>> = {
  offset: 'Counts without light are finite numbers: give broken pixels the mean of their neighbours.',
  gain: 'Counts per electron are above 0: give broken pixels the mean of their neighbours.',
  variance: 'A variance is not below 0: give broken pixels a large one, and they will not count.',
};

function isPossible(kind: PixelMapKind, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (kind === 'gain') return value > 0;
  return kind === 'offset' || value >= 0;
}

/** Images of a camera's pixels by what they are of; null where there is none. */
export type PixelImages = Readonly<Record<PixelMapKind, HostImage | null>>;

/** The numbers that maps stand for, or are relative to. */
export interface PixelBase {
  readonly gain: number;
  readonly offset: number;
  readonly readNoise: number;
}

export interface SensorPixels {
  readonly rows: number;
  readonly columns: number;
  /** Every how many-th pixel is wanted; see `thinnedLength`. */
  readonly every: number;
}

/** Maps that were looked at and found possible, with the size they were compared with. */
const sound = new WeakMap<HostImage['data'], string>();

/** @throws ElementProblem where a map does not suit the camera */
export function checkPixelImages(images: PixelImages, { rows, columns }: SensorPixels): void {
  for (const kind of PIXEL_MAP_KINDS) {
    const image = images[kind];
    const key = `${kind}:${rows}:${columns}`;
    if (image === null || sound.get(image.data) === key) continue;
    const problem = pixelMapProblem(kind, image, [rows, columns], 'the camera');
    if (problem !== null) throw new ElementProblem(problem.what, problem.fix);
    sound.set(image.data, key);
  }
}

/** The values of the pixels that are wanted. */
export function mapValues({ data }: HostImage, { rows, columns, every }: SensorPixels): Float64Array {
  const across = thinnedPlaces(columns, every);
  const places = thinnedPlaces(rows, every).flatMap((row) => across.map((column) => row * columns + column));
  return Float64Array.from(places, (i) => data[i] as number);
}

/** Read noise of maps that was computed. */
const known = new WeakMap<HostImage['data'], number>();

/** Share of a sensor's pixels that surely are sound, and how many times their largest variance others still are. */
const SOUND = 0.9;
const BROKEN = 10;

/**
 * Root mean square of the read noise that a map of its variance holds; 1 where there is none at all. Pixels that were
 * given a large variance so that they do not count have no part in it: one of them would stand for all.
 */
export function meanReadNoise({ data }: HostImage): number {
  const before = known.get(data);
  if (before !== undefined) return before;
  const sorted = Float64Array.from(data, (value) => Math.max(0, value)).sort();
  const limit = BROKEN * (sorted[Math.ceil(SOUND * sorted.length) - 1] ?? 0);
  let [sum, count] = [0, 0];
  for (const value of sorted) {
    if (value > limit) break;
    sum += value;
    count++;
  }
  const noise = sum > 0 ? Math.sqrt(sum / count) : 1;
  known.set(data, noise);
  return noise;
}

/**
 * How pixels differ where some maps were measured.
 * @param drawn what is assumed of the others; null where they do not differ
 */
export function measuredPattern(
  images: PixelImages,
  base: PixelBase,
  drawn: PixelPattern | null,
  pixels: SensorPixels,
): PixelPattern {
  const of = (
    image: HostImage | null,
    from: (value: number) => number,
    otherwise: Float64Array | undefined,
    one: number,
  ) => {
    if (image !== null) return mapValues(image, pixels).map(from);
    return otherwise ?? new Float64Array(count).fill(one);
  };
  const count =
    thinnedPlaces(pixels.rows, pixels.every).length * thinnedPlaces(pixels.columns, pixels.every).length;
  const keys = PIXEL_MAP_KINDS.map((kind) => images[kind]?.key ?? '');
  return {
    key: JSON.stringify([keys, base, drawn?.key ?? '', pixels]),
    gain: of(images.gain, (value) => value / base.gain, drawn?.gain, 1),
    offset: of(images.offset, (value) => value - base.offset, drawn?.offset, 0),
    readNoise: of(images.variance, (value) => Math.sqrt(value) / base.readNoise, drawn?.readNoise, 1),
  };
}
