/** From values to colours: which range is shown, how it is stretched, and the fast loop that fills an image. */
import type { ColormapName } from './colormaps.ts';
import { colorTable } from './colormaps.ts';

/** What of a value is shown. */
export type ViewMode = 'intensity' | 'phase' | 'amplitude' | 'real';

export const SCALINGS = ['linear', 'sqrt', 'log'] as const;
export type Scaling = (typeof SCALINGS)[number];

export const SCALING_TITLES: Readonly<Record<Scaling, string>> = {
  linear: 'Linear',
  sqrt: 'Square root',
  log: 'Logarithmic',
};

/** What a picture says of itself where it is not linear. */
export const SCALING_TAGS: Readonly<Record<Scaling, string>> = {
  linear: '',
  sqrt: '√ scale',
  log: 'log scale',
};

export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

export interface ColorScale extends ValueRange {
  readonly colormap: ColormapName;
  readonly scaling: Scaling;
}

export interface Statistics extends ValueRange {
  readonly min: number;
  readonly max: number;
  /** Values that are not finite. */
  readonly invalid: number;
}

/** A log scale spans at most this much: what is fainter is mostly rounding, and would take the colours. */
export const LOG_DECADES = 4;
/** Spread relative to the value below which differences are rounding of float32 and are not stretched. */
export const FLAT = 1e-5;
const BINS = 4096;

/**
 * Smallest and largest finite value, and the range left when `clip` (0..0.5) of the values is cut at each end.
 * The cut is accurate to 1/4096 of the full spread.
 */
export function statistics(data: Float32Array, clip: number): Statistics {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let valid = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value - value !== 0) continue;
    valid++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const invalid = data.length - valid;
  if (valid === 0) return { min: Number.NaN, max: Number.NaN, low: 0, high: 1, invalid };
  if (clip <= 0 || max === min) return { min, max, low: min, high: max, invalid };
  const counts = new Uint32Array(BINS);
  const factor = (BINS - 1) / (max - min);
  for (let i = 0; i < data.length; i++) {
    const bin = ((data[i] as number) - min) * factor;
    if (bin - bin === 0) counts[bin | 0] = (counts[bin | 0] as number) + 1;
  }
  const cut = clip * valid;
  const low = min + quantileBin(counts, cut, false) / factor;
  const high = min + (quantileBin(counts, cut, true) + 1) / factor;
  return { min, max, low: Math.max(min, low), high: Math.min(max, high), invalid };
}

/** First bin, from one end, at which more than `cut` values have been passed. */
function quantileBin(counts: Uint32Array, cut: number, fromTop: boolean): number {
  let passed = 0;
  for (let i = 0; i < BINS; i++) {
    const bin = fromTop ? BINS - 1 - i : i;
    passed += counts[bin] as number;
    if (passed > cut) return bin;
  }
  return fromTop ? BINS - 1 : 0;
}

/**
 * Range that an unlocked view shows. Phases always span -π..π; signed data is symmetric about zero; an image
 * that is flat to within rounding is shown flat, not as magnified rounding noise.
 */
export function automaticRange(stats: ValueRange, mode: ViewMode, signed: boolean): ValueRange {
  if (mode === 'phase') return { low: -Math.PI, high: Math.PI };
  const { low, high } = stats;
  if (signed) {
    const largest = Math.max(Math.abs(low), Math.abs(high));
    return largest === 0 ? { low: -1, high: 1 } : { low: -largest, high: largest };
  }
  if (high - low > FLAT * Math.max(Math.abs(low), Math.abs(high))) return { low, high };
  if (high > 0) return { low: 0, high };
  return low < 0 ? { low, high: 0 } : { low: 0, high: 1 };
}

/** Lower end that a logarithmic scale can start from; null when nothing in the range is positive. */
export function logFloor(range: ValueRange): number | null {
  if (!(range.high > 0)) return null;
  return Math.max(range.low, range.high * 10 ** -LOG_DECADES);
}

/** Position of a value on its scale: 0 at the low end, 1 at the high end, not clamped. A legend uses this. */
export function positionOf(value: number, scale: ColorScale): number {
  const span = scale.high - scale.low;
  if (!(span > 0)) return value >= scale.high ? 1 : 0;
  if (scale.scaling === 'log') {
    const floor = logFloor(scale);
    if (floor !== null && scale.high > floor) {
      return value <= 0 ? Number.NEGATIVE_INFINITY : Math.log(value / floor) / Math.log(scale.high / floor);
    }
  }
  const linear = (value - scale.low) / span;
  if (scale.scaling === 'sqrt') return Math.sign(linear) * Math.sqrt(Math.abs(linear));
  return linear;
}

export const NAN_LIGHT = packed(255, 0, 255);
export const NAN_DARK = packed(96, 0, 96);

function packed(red: number, green: number, blue: number): number {
  return new Uint32Array(new Uint8Array([red, green, blue, 255]).buffer)[0] as number;
}

/** Values that are not numbers are hatched in magenta, which no map contains. */
function hatch(index: number, width: number): number {
  const x = index % width;
  const y = (index - x) / width;
  return (x + y) & 2 ? NAN_LIGHT : NAN_DARK;
}

/**
 * Colours every value. 256² takes well below 2 ms.
 * @param data row-major values, `width` per row.
 * @param pixels as long as `data`: RGBA words over the buffer of an ImageData.
 */
export function applyColormap(
  data: Float32Array,
  width: number,
  scale: ColorScale,
  pixels: Uint32Array,
): void {
  const table = colorTable(scale.colormap);
  const span = scale.high - scale.low;
  if (scale.colormap === 'phase') {
    colorCyclic(data, scale.low, 256 / span, table, pixels);
    return;
  }
  const floor = scale.scaling === 'log' ? logFloor(scale) : null;
  if (floor !== null && scale.high > floor) {
    colorLogarithmic(data, width, floor, 255 / Math.log(scale.high / floor), table, pixels);
    return;
  }
  const { low } = scale;
  // A range without width shows everything below it as 0 and the rest as 1.
  const factor = span > 0 ? 1 / span : Number.MAX_VALUE;
  const root = scale.scaling === 'sqrt';
  for (let i = 0; i < data.length; i++) {
    let position = ((data[i] as number) - low) * factor;
    if (Number.isNaN(position)) {
      pixels[i] = hatch(i, width);
      continue;
    }
    position = position <= 0 ? 0 : position >= 1 ? 1 : root ? Math.sqrt(position) : position;
    pixels[i] = table[(position * 255 + 0.5) | 0] as number;
  }
}

function colorLogarithmic(
  data: Float32Array,
  width: number,
  floor: number,
  factor: number,
  table: Uint32Array,
  pixels: Uint32Array,
): void {
  const offset = Math.log(floor);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (Number.isNaN(value)) {
      pixels[i] = hatch(i, width);
      continue;
    }
    const index = value <= floor ? 0 : (Math.log(value) - offset) * factor + 0.5;
    pixels[i] = table[index >= 255 ? 255 : index | 0] as number;
  }
}

/** Where there is no light there is no phase: nothing is drawn, and the ground shows. */
export const NO_PHASE = 0;

/** The wheel: values beyond the range come round again. */
function colorCyclic(
  data: Float32Array,
  low: number,
  factor: number,
  table: Uint32Array,
  pixels: Uint32Array,
): void {
  for (let i = 0; i < data.length; i++) {
    const position = ((data[i] as number) - low) * factor;
    pixels[i] = position - position === 0 ? (table[Math.floor(position + 0.5) & 255] as number) : NO_PHASE;
  }
}
