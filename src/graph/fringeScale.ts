/**
 * Whether the rings of a hologram are as fine as its optics can make them: a wrong pixel size shows at once, before a fit
 * answers it with a wrong sphere.
 */

import { formatNumber } from '../optics/units.ts';

export interface FringeOptics {
  readonly numericalAperture: number;
  /** Vacuum wavelength, metres. */
  readonly wavelength: number;
  /** Pixel pitch in the object, metres. */
  readonly pitch: number;
}

/** Side of the part that is looked at, pixels: as many as say enough. */
const LARGEST_SIDE = 256;
const SMALLEST_SIDE = 32;
/** Rings of the spectrum next to its centre belong to an uneven background. */
const BACKGROUND_RINGS = 2;
/** Share of the fringes' power below the frequency that is taken for the finest. */
const MOST = 0.95;
/** Above this share of what the aperture passes it cannot be, below the other it is not usual. */
const TOO_FINE = 1.25;
const TOO_COARSE = 0.12;
/** Twice the aperture's frequency is the end of all fringes: those of the scattered wave with itself. */
const END = 2.1;
/** Power of a ring of the spectrum over that of noise from which on it holds fringes for certain. */
const CERTAIN = 10;
/** Fringes with less power than this many times the noise say nothing. */
const VISIBLE = 3;

type Pixels = readonly [
  data: ArrayLike<number>,
  shape: readonly [ny: number, nx: number],
  counts: (index: number) => boolean,
];

/** Factors by which a pixel pitch would have to be too small, or too large, to be noticed from rings of this fineness. */
export function noticedFactors(fineness: number): { readonly small: number; readonly large: number } {
  return { small: TOO_FINE / fineness, large: fineness / TOO_COARSE };
}

/** The finest rings as a share of what the aperture passes; null where noise hides them. */
export function fringeFineness(...given: [...Pixels, FringeOptics]): number | null {
  const { numericalAperture, wavelength, pitch } = given[3];
  const cutoff = (numericalAperture * pitch) / wavelength;
  const found = finestFringes(given[0], given[1], given[2], cutoff);
  return found === null ? null : found.finest / cutoff;
}

/** A sentence where the rings are finer than the aperture passes, or much coarser; null where all is well. */
export function fringeScaleNote(...given: [...Pixels, FringeOptics]): string | null {
  const { numericalAperture, wavelength, pitch } = given[3];
  const cutoff = (numericalAperture * pitch) / wavelength;
  const found = finestFringes(given[0], given[1], given[2], cutoff);
  if (found === null) return null;
  const [ratio, last] = [found.finest / cutoff, found.last / cutoff];
  const [nanometres, times] = [formatNumber(pitch * 1e9, 3), (k: number) => k.toPrecision(2)];
  if (ratio > TOO_FINE || last > END) {
    const finer = times(Math.max(ratio, last / 2));
    return `The rings are ${finer} times finer than a numerical aperture of ${numericalAperture} passes: the pixel pitch of ${nanometres} nm may be too small by this factor or more (or the aperture too small, the wavelength too long). Check pixel pitch and magnification before you fit.`;
  }
  if (ratio < TOO_COARSE) {
    return `The rings are ${times(1 / ratio)} times coarser than a numerical aperture of ${numericalAperture} would pass: the pixel pitch of ${nanometres} nm may be too large, unless the sphere is large or far from focus. Check pixel pitch and magnification before you fit.`;
  }
  return null;
}

/**
 * Frequencies below which nearly all power of the fringes lies, and of the last that are seen above the noise (0 where
 * the camera sees no finer ones than the aperture passes), cycles per pixel; null where noise hides them.
 */
function finestFringes(
  data: ArrayLike<number>,
  shape: readonly [number, number],
  counts: (index: number) => boolean,
  cutoff: number,
): { readonly finest: number; readonly last: number } | null {
  const side = 2 ** Math.floor(Math.log2(Math.min(LARGEST_SIDE, ...shape)));
  if (side < SMALLEST_SIDE) return null;
  const { power, samples } = radialPower(windowed(data, shape, counts, side), side);
  const rings = side / 2;
  // White noise is all that is left at the finest frequencies, where the aperture does not reach them.
  const from = Math.floor(0.9 * rings);
  let [floor, floorSamples] = [0, 0];
  for (let ring = from; ring < rings; ring++) {
    floor += power[ring] as number;
    floorSamples += samples[ring] as number;
  }
  const noise = 2 * cutoff < 0.4 ? floor / floorSamples : 0;
  const isSeen = (ring: number) => (power[ring] as number) > CERTAIN * noise * (samples[ring] as number);
  let last = from;
  while (last > 0 && (noise === 0 || !isSeen(last))) last--;
  const above = (ring: number) => Math.max(0, (power[ring] as number) - noise * (samples[ring] as number));
  let [total, background] = [0, 0];
  for (let ring = BACKGROUND_RINGS; ring < rings; ring++) {
    total += above(ring);
    background += noise * (samples[ring] as number);
  }
  if (!(total > (VISIBLE * background) / Math.sqrt(rings))) return null;
  let sum = 0;
  for (let ring = BACKGROUND_RINGS; ring < rings; ring++) {
    sum += above(ring);
    if (sum >= MOST * total) return { finest: (ring + 0.5) / side, last: last / side };
  }
  return null;
}

/** The middle of an image less its mean, faded to its edges (Hann); interleaved complex. */
function windowed(
  data: ArrayLike<number>,
  [ny, nx]: readonly [number, number],
  counts: (index: number) => boolean,
  side: number,
): Float64Array {
  const [top, left] = [Math.floor((ny - side) / 2), Math.floor((nx - side) / 2)];
  const at = (y: number, x: number) => (y + top) * nx + x + left;
  let [sum, pixels] = [0, 0];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (!counts(at(y, x))) continue;
      sum += data[at(y, x)] as number;
      pixels++;
    }
  }
  const mean = sum / Math.max(1, pixels);
  const seen = filled(data, counts, (i) => at(Math.floor(i / side), i % side), side, mean);
  const fade = Float64Array.from({ length: side }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / side) ** 2);
  const out = new Float64Array(2 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = (seen[y * side + x] as number) - mean;
      out[2 * (y * side + x)] = (fade[y] as number) * (fade[x] as number) * value;
    }
  }
  return out;
}

/**
 * A square whose pixels that do not count have the mean of the next ones in their row that do: what stands in them may
 * be a mark, and a hole would have edges finer than all rings.
 * @param at place in the data of a pixel of the square
 */
function filled(
  data: ArrayLike<number>,
  counts: (index: number) => boolean,
  at: (i: number) => number,
  side: number,
  mean: number,
): Float64Array {
  const out = Float64Array.from({ length: side * side }, (_, i) => data[at(i)] as number);
  for (let row = 0; row < side; row++) {
    for (let start = row * side; start < (row + 1) * side; start++) {
      if (counts(at(start))) continue;
      let end = start + 1;
      while (end < (row + 1) * side && !counts(at(end))) end++;
      const before = start > row * side ? out[start - 1] : out[end];
      const after = end < (row + 1) * side ? out[end] : before;
      const isRow = start === row * side && end === (row + 1) * side;
      out.fill(isRow ? mean : ((before ?? mean) + (after ?? mean)) / 2, start, end);
      start = end - 1;
    }
  }
  return out;
}

/** Power of the spectrum in rings one sample wide, and how many samples each has. */
function radialPower(field: Float64Array, side: number): { power: Float64Array; samples: Float64Array } {
  const turns = Float64Array.from({ length: side }, (_, i) => {
    const angle = (-2 * Math.PI * (i >> 1)) / side;
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
  for (let line = 0; line < side; line++) transform(field.subarray(2 * line * side), side, turns);
  const [power, samples] = [new Float64Array(side), new Float64Array(side)];
  const column = new Float64Array(2 * side);
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) {
      column[2 * y] = field[2 * (y * side + x)] as number;
      column[2 * y + 1] = field[2 * (y * side + x) + 1] as number;
    }
    transform(column, side, turns);
    const fx = Math.min(x, side - x);
    for (let y = 0; y < side; y++) {
      const fy = Math.min(y, side - y);
      const ring = Math.floor(Math.sqrt(fy * fy + fx * fx));
      power[ring] =
        (power[ring] as number) + (column[2 * y] as number) ** 2 + (column[2 * y + 1] as number) ** 2;
      samples[ring] = (samples[ring] as number) + 1;
    }
  }
  return { power, samples };
}

/**
 * Fourier transform of a power of two of complex numbers in place (Cooley and Tukey).
 * @param turns exp(-2πik/n) for k below n/2
 */
function transform(data: Float64Array, n: number, turns: Float64Array): void {
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    for (let part = 0; part < 2; part++) {
      const kept = data[2 * i + part] as number;
      data[2 * i + part] = data[2 * j + part] as number;
      data[2 * j + part] = kept;
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const c = turns[(2 * k * n) / size] as number;
      const s = turns[(2 * k * n) / size + 1] as number;
      for (let block = 0; block < n; block += size) {
        const a = 2 * (block + k);
        const b = a + size;
        const br = data[b] as number;
        const bi = data[b + 1] as number;
        const re = br * c - bi * s;
        const im = br * s + bi * c;
        data[b] = (data[a] as number) - re;
        data[b + 1] = (data[a + 1] as number) - im;
        data[a] = (data[a] as number) + re;
        data[a + 1] = (data[a + 1] as number) + im;
      }
    }
  }
}
