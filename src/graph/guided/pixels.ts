/** An image or a stack as it was read, for everything that is told from it before a fit. */
export interface GivenPixels {
  readonly planes: number;
  readonly ny: number;
  readonly nx: number;
  /** [planes, ny, nx], values of the file. */
  readonly data: Float32Array;
  /** Value at which the file's numbers end; null for floats. */
  readonly level: number | null;
}

/** Of an image [ny, nx] or a stack [planes, ny, nx]. */
export function givenPixels(shape: readonly number[], data: Float32Array, level: number | null): GivenPixels {
  const [ny = 1, nx = 1] = shape.slice(-2);
  return { planes: shape.length === 3 ? (shape[0] ?? 1) : 1, ny, nx, data, level };
}

export interface PixelFacts {
  readonly least: number;
  readonly median: number;
  /** Below it lie 99.9 % of the pixels. */
  readonly bright: number;
  readonly most: number;
  readonly saturated: number;
  /** NaN and infinite ones. */
  readonly notNumbers: number;
  /** Whether all values are whole: counts of a camera, most likely. */
  readonly isWhole: boolean;
}

/** Pixels that order statistics are taken of, evenly spread: enough for three digits. */
const LOOKED_AT = 200_000;

export function pixelFacts({ data, level }: Pick<GivenPixels, 'data' | 'level'>): PixelFacts {
  let [least, most, saturated, notNumbers, isWhole] = [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    0,
    true,
  ];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (!Number.isFinite(value)) {
      notNumbers++;
      continue;
    }
    if (value < least) least = value;
    if (value > most) most = value;
    if (level !== null && value >= level) saturated++;
    if (isWhole && !Number.isInteger(value)) isWhole = false;
  }
  const every = Math.max(1, Math.floor(data.length / LOOKED_AT));
  const some = new Float32Array(Math.ceil(data.length / every));
  for (let i = 0; i < some.length; i++) some[i] = data[i * every] as number;
  const sorted = some.filter((value) => Number.isFinite(value)).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { least, median: at(0.5), bright: at(0.999), most, saturated, notNumbers, isWhole };
}

/** The brightest value that each pixel has in any plane, and its plane. */
export function brightestPlane({ planes, ny, nx, data }: GivenPixels): {
  readonly values: Float32Array;
  readonly plane: Uint16Array;
} {
  const size = ny * nx;
  const values = data.slice(0, size);
  const plane = new Uint16Array(size);
  for (let p = 1; p < planes; p++) {
    for (let i = 0; i < size; i++) {
      const value = data[p * size + i] as number;
      if (!(value > (values[i] as number))) continue;
      values[i] = value;
      plane[i] = p;
    }
  }
  return { values, plane };
}
