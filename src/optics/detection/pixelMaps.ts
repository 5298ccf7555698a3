/** What was measured of every pixel of a camera (Huang et al., Nat. Methods 10, 653 (2013)). */

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
}

/**
 * Why an image cannot be such a map; null where it can.
 * @param wanted [ny, nx] of the pixels
 * @param of whose pixels: “the movie”
 */
export function pixelMapProblem(
  kind: PixelMapKind,
  { shape, data }: Shaped,
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
    if (isPossible(kind, data[i] as number)) continue;
    wrong++;
    if (first < 0) first = i;
  }
  if (wrong === 0) return null;
  const columns = shape.at(-1) ?? 1;
  const at = `row ${Math.floor(first / columns)}, column ${first % columns}`;
  const value = data[first] as number;
  const is = Number.isFinite(value) ? String(value) : 'no number';
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
