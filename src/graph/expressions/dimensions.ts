/** What may be added to what: powers of the units that an expression is made of, and the units themselves. */
import { DISPLAY_UNITS, type Quantity } from '../../optics/units.ts';

/** Powers of metre, watt, kelvin and second. Angles (radians), photons, electrons, counts and pixels are numbers. */
export type Dimension = readonly [length: number, power: number, temperature: number, time: number];

export const NUMBER: Dimension = [0, 0, 0, 0];

const OF_QUANTITY: Readonly<Record<Quantity, Dimension>> = {
  length: [1, 0, 0, 0],
  power: [0, 1, 0, 0],
  temperature: [0, 0, 1, 0],
  time: [0, 0, 0, 1],
  spatialFrequency: [-1, 0, 0, 0],
  irradiance: [-2, 1, 0, 0],
  angle: NUMBER,
  dimensionless: NUMBER,
  photons: NUMBER,
  electrons: NUMBER,
  counts: NUMBER,
  countsPerElectron: NUMBER,
  pixels: NUMBER,
};

export function dimensionOf(quantity: Quantity): Dimension {
  return OF_QUANTITY[quantity];
}

export function sameDimension(a: Dimension, b: Dimension): boolean {
  // Powers come from roots, too: 3 · (1/3) is 1 to rounding.
  return a.every((power, i) => Math.abs(power - (b[i] ?? 0)) < 1e-9);
}

export function isNumber(dimension: Dimension): boolean {
  return sameDimension(dimension, NUMBER);
}

/** The dimension of a · b^power. */
export function times(a: Dimension, b: Dimension, power = 1): Dimension {
  const at = (i: 0 | 1 | 2 | 3) => a[i] + power * b[i];
  return [at(0), at(1), at(2), at(3)];
}

const NAMES: readonly (readonly [Dimension, string])[] = [
  [NUMBER, 'a number'],
  [OF_QUANTITY.length, 'a length'],
  [[2, 0, 0, 0], 'an area'],
  [OF_QUANTITY.power, 'a power'],
  [OF_QUANTITY.temperature, 'a temperature'],
  [OF_QUANTITY.time, 'a time'],
];
const SYMBOLS = ['m', 'W', 'K', 's'] as const;

/** “a length”, “a number”, “a value in W·m^-2”. */
export function dimensionWords(dimension: Dimension): string {
  const known = NAMES.find(([each]) => sameDimension(each, dimension));
  if (known !== undefined) return known[1];
  const parts = dimension.flatMap((power, i) => {
    const rounded = Number(power.toPrecision(4));
    return rounded === 0 ? [] : [rounded === 1 ? SYMBOLS[i] : `${SYMBOLS[i]}^${rounded}`];
  });
  return `a value in ${parts.join('·')}`;
}

export interface Unit {
  readonly symbol: string;
  readonly factor: number;
  readonly dimension: Dimension;
}

/** Units that can stand behind a number, the longest first: `mm` before `m`. Those that begin with 1 are written as quotients. */
const UNITS: readonly Unit[] = Object.entries(DISPLAY_UNITS)
  .flatMap(([quantity, units]) =>
    Object.entries(units).map(([symbol, factor]) => ({
      ...{ symbol, factor },
      dimension: OF_QUANTITY[quantity as Quantity],
    })),
  )
  .filter(({ symbol }) => symbol !== '' && !symbol.startsWith('1'))
  .sort((a, b) => b.symbol.length - a.symbol.length);

/** The unit that stands at a place of a text; null where none does. */
export function unitAt(text: string, at: number): Unit | null {
  const rest = text.slice(at, at + 16).replaceAll('μ', 'µ');
  // `m` of `max` and `e-` of `e-3` are no units.
  const ends = (symbol: string) => !/^[\p{L}\d_]/u.test(rest.slice(symbol.length));
  return UNITS.find(({ symbol }) => rest.startsWith(symbol) && ends(symbol)) ?? null;
}
