/** Numbers for people: nice steps, prefixes, and values with their standard error. */

/** Largest of 1, 2 or 5 times a power of ten that is not above `limit` (> 0). */
export function niceBelow(limit: number): number {
  const power = 10 ** Math.floor(Math.log10(limit) + 1e-9);
  const mantissa = limit / power;
  // The small excess keeps exact limits such as 5e-6 from being missed by rounding.
  const step = mantissa >= 5 - 1e-9 ? 5 : mantissa >= 2 - 1e-9 ? 2 : 1;
  return Number((step * power).toPrecision(1));
}

/** Evenly spaced round numbers inside a range, about `count` of them. */
export function linearTicks(low: number, high: number, count: number): readonly number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const wanted = span / Math.max(1, count);
  const below = niceBelow(wanted);
  const mantissa = below / 10 ** Math.floor(Math.log10(below) + 1e-9);
  const grow = Math.round(mantissa) === 2 ? 2.5 : 2;
  const step = wanted / below > 1.01 ? below * grow : below;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const ticks: number[] = [];
  for (let i = first; i <= last; i++) ticks.push(i === 0 ? 0 : Number((i * step).toPrecision(12)));
  return ticks;
}

export interface TickTexts {
  readonly labels: readonly string[];
  /** What is to be added to every label; null where they are whole values. */
  readonly offset: string | null;
}

/** Figures that a label of an axis holds at most. */
const LABEL_FIGURES = 7;

/**
 * Labels that tell evenly spaced ticks apart, however narrow the range: all with the decimals of their step; where
 * that takes too many figures, as distances from an offset.
 */
export function tickTexts(ticks: readonly number[]): TickTexts {
  const [first = 0, second = first] = ticks;
  const step = Math.abs(second - first);
  const largest = ticks.reduce((most, tick) => Math.max(most, Math.abs(tick)), 0);
  if (!(step > 0)) return { labels: ticks.map((tick) => formatValue(tick)), offset: null };
  const place = Math.floor(Math.log10(step) + 1e-9);
  // A step of 2.5 has one decimal more than its size tells.
  const finest = Math.abs(step / 10 ** place - 2.5) < 0.01 ? place - 1 : place;
  const figures = Math.floor(Math.log10(largest) + 1e-9) - finest + 1;
  if (figures > LABEL_FIGURES) {
    const distances = ticks.map((tick) => formatValue(Number((tick - first).toPrecision(3))));
    return {
      labels: distances.map((text, i) => (i === 0 ? text : `+${text}`)),
      offset: formatValue(first, 12),
    };
  }
  const isPlain = largest < 1e6 && largest >= 1e-3;
  const label = (tick: number): string =>
    isPlain ? tick.toFixed(Math.max(0, -finest)).replace('-', '−') : formatValue(tick, Math.max(4, figures));
  return { labels: ticks.map(label), offset: null };
}

/** Powers of ten inside a positive range, thinned to at most `count`; 2 and 5 are added where there is room. */
export function logTicks(low: number, high: number, count: number): readonly number[] {
  if (!(low > 0) || !(high > low)) return [];
  const first = Math.floor(Math.log10(low) - 1e-9);
  const last = Math.ceil(Math.log10(high) + 1e-9);
  const inside = (value: number): boolean => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const decades: number[] = [];
  for (let e = first; e <= last; e++) decades.push(Number(`1e${e}`));
  const fine = decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]).filter(inside);
  if (fine.length <= count) return fine.length >= 2 ? fine : linearTicks(low, high, count);
  const whole = decades.filter(inside);
  const stride = Math.max(1, Math.ceil(whole.length / count));
  return whole.filter((_, index) => index % stride === 0);
}

const PREFIXES: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
  [1e-12, 'p'],
  [1e-15, 'f'],
];
/** Units that take a prefix in front of their first symbol. */
const PREFIXED = new Set(['m', 'W', 'W per pixel', 'W/m²', 's', 'Hz', 'J']);
const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

export interface ScaledUnit {
  /** Value in the unit of the label = value / factor. */
  readonly factor: number;
  /** "kW/m²", "10⁶ photons", "". */
  readonly label: string;
}

/** The unit in which numbers up to `magnitude` read well: a prefix where the unit takes one, else a power of ten. */
export function scaledUnit(magnitude: number, unit: string): ScaledUnit {
  const size = Math.abs(magnitude);
  if (!(size > 0) || !Number.isFinite(size)) return { factor: 1, label: unit };
  if (PREFIXED.has(unit)) {
    // Three digits before the point are better than a leading zero; micrometres reach to 1000.
    const prefix = PREFIXES.find(([factor]) => size >= factor * (1 - 1e-9));
    if (prefix !== undefined) return { factor: prefix[0], label: `${prefix[1]}${unit}` };
  }
  if (size >= 1e-3 && size < 1e6) return { factor: 1, label: unit };
  const exponent = 3 * Math.floor(Math.log10(size) / 3 + 1e-9);
  const power = `10${[...String(exponent)].map((character) => SUPERSCRIPTS[character] ?? '').join('')}`;
  return { factor: Number(`1e${exponent}`), label: unit === '' ? `×${power}` : `${power} ${unit}` };
}

/** A number with a true minus sign, up to `digits` significant figures and no trailing zeros. */
export function formatValue(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size >= 1e6 || size < 1e-4
      ? value
          .toExponential(digits - 1)
          .replace(/\.?0+e\+?/, 'e')
          .replace('e+', 'e')
      : String(Number(value.toPrecision(digits)));
  return text.replaceAll('-', '−');
}

/** "134.2 counts", "2.5 kW/m²", "0.42 rad". */
export function formatWithUnit(value: number, unit: string, digits = 4): string {
  if (!Number.isFinite(value)) return formatValue(value);
  const { factor, label } = scaledUnit(value, unit);
  const number = formatValue(value / factor, digits);
  return label === '' ? number : label.startsWith('×') ? `${number} ${label}` : `${number}\u202f${label}`;
}

/** Decimals at which a standard error shows two significant figures; negative when it is 100 or more. */
function decimalsOf(sigma: number): number {
  const exponent = Math.floor(Math.log10(sigma));
  // 0.0996 rounds up to 0.10, which is one decimal less than its own exponent says.
  const rounded = Number(sigma.toPrecision(2));
  return 1 - Math.max(exponent, Math.floor(Math.log10(rounded) + 1e-12));
}

function roundTo(value: number, decimals: number): string {
  if (decimals >= 0) return value.toFixed(Math.min(20, decimals));
  const unit = 10 ** -decimals;
  return String(Math.round(value / unit) * unit);
}

export interface ValueAndError {
  readonly value: string;
  /** Null when the error is unknown. */
  readonly sigma: string | null;
}

/**
 * A value and its standard error, both to the place of the error's second significant figure. Without an error the
 * value has five figures. Plain ASCII, for tables and files; `formatValueAndError` is for the eye.
 */
export function roundByError(value: number, sigma: number | null): ValueAndError {
  if (sigma === null || !Number.isFinite(sigma) || sigma <= 0 || !Number.isFinite(value)) {
    return {
      value: Number.isFinite(value) ? String(Number(value.toPrecision(5))) : String(value),
      sigma: null,
    };
  }
  const decimals = decimalsOf(sigma);
  const text = roundTo(value, decimals);
  return { value: /^-0(\.0+)?$/.test(text) ? text.slice(1) : text, sigma: roundTo(sigma, decimals) };
}

/** "1.5906 ± 0.0012", "−3.20 ± 0.15"; "1.59 ± unknown" when the data do not determine it. */
export function formatValueAndError(value: number, sigma: number | null): string {
  const rounded = roundByError(value, sigma);
  return `${rounded.value.replaceAll('-', '−')} ± ${rounded.sigma ?? 'unknown'}`;
}
