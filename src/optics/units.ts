/** Units at the edges. Everything inside is SI; a display unit is a symbol with a factor to SI. */
export type Quantity =
  | 'length'
  | 'angle'
  | 'power'
  | 'dimensionless'
  | 'photons'
  | 'electrons'
  | 'counts'
  | 'countsPerElectron'
  | 'pixels'
  | 'temperature'
  | 'spatialFrequency'
  | 'irradiance'
  | 'time';

/** SI unit symbol of each quantity ('' where it is a pure number). */
export const SI_UNIT: Readonly<Record<Quantity, string>> = {
  length: 'm',
  angle: 'rad',
  power: 'W',
  dimensionless: '',
  photons: 'photons',
  electrons: 'e-',
  counts: 'counts',
  countsPerElectron: 'counts/e-',
  pixels: 'px',
  temperature: 'K',
  spatialFrequency: '1/m',
  irradiance: 'W/m²',
  time: 's',
};

/** Display units by quantity: symbol -> factor that turns the display value into SI. */
export const DISPLAY_UNITS: Readonly<Record<Quantity, Readonly<Record<string, number>>>> = {
  length: { m: 1, cm: 1e-2, mm: 1e-3, um: 1e-6, µm: 1e-6, nm: 1e-9, pm: 1e-12 },
  angle: { rad: 1, mrad: 1e-3, urad: 1e-6, µrad: 1e-6, deg: Math.PI / 180, '°': Math.PI / 180 },
  power: { W: 1, mW: 1e-3, uW: 1e-6, µW: 1e-6, nW: 1e-9 },
  dimensionless: { '': 1, '%': 1e-2 },
  photons: { photons: 1, '': 1 },
  electrons: { 'e-': 1, '': 1 },
  counts: { counts: 1, ADU: 1, '': 1 },
  countsPerElectron: { 'counts/e-': 1, 'ADU/e-': 1, '': 1 },
  pixels: { px: 1, '': 1 },
  temperature: { K: 1 },
  spatialFrequency: {
    '1/m': 1,
    'cycles/mm': 1e3,
    '1/mm': 1e3,
    'cycles/um': 1e6,
    'cycles/µm': 1e6,
    '1/um': 1e6,
  },
  irradiance: { 'W/m²': 1, 'W/m2': 1, 'mW/mm²': 1e3, 'W/cm²': 1e4 },
  time: { s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6 },
};

/** Context that a wavelength-relative unit needs (`0.05waves`, `0.5lambda`). */
export interface UnitContext {
  readonly wavelength?: number;
}

export type ParsedQuantity =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads `532nm`, `0.53 um`, `1.6deg`, `0.05waves`, `12 %` or a bare number.
 * @param bareUnit unit symbol assumed for a bare number; '' or the SI symbol means SI.
 */
export function parseQuantity(
  text: string,
  quantity: Quantity,
  bareUnit: string,
  context: UnitContext = {},
): ParsedQuantity {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$/.exec(text);
  if (match === null) return { ok: false, reason: `“${text.trim()}” is not a number.` };
  const number = Number(match[1]);
  const symbol = (match[2] ?? '') === '' ? bareUnit : (match[2] ?? '').replaceAll('μ', 'µ');
  if (!Number.isFinite(number)) return { ok: false, reason: `“${text.trim()}” is too large a number.` };
  const factor = symbol === '' ? 1 : unitFactor(symbol, quantity, context);
  if (factor === undefined) {
    const known = Object.keys(DISPLAY_UNITS[quantity]).filter((unit) => unit !== '' && unit !== 'µm');
    const waves = quantity === 'length' ? ' or waves' : '';
    return { ok: false, reason: `“${symbol}” is not a unit of this value; use ${known.join(', ')}${waves}.` };
  }
  const product = number * factor;
  // 10 µm is 1e-5 m, not 9.999999999999999e-6: a decimal prefix must not add digits that nobody typed.
  const decimal = Number.isInteger(Math.log10(factor));
  return { ok: true, value: decimal ? Number(product.toPrecision(15)) : product };
}

/** Factor from a display unit to SI; `waves` and `lambda` need the wavelength. */
export function unitFactor(
  symbol: string,
  quantity: Quantity,
  context: UnitContext = {},
): number | undefined {
  if (quantity === 'length' && /^(waves?|lambda|λ)$/.test(symbol)) return context.wavelength;
  if (symbol === SI_UNIT[quantity]) return 1;
  return Object.hasOwn(DISPLAY_UNITS[quantity], symbol) ? DISPLAY_UNITS[quantity][symbol] : undefined;
}

/** A number for reading: up to `digits` significant figures, no trailing zeros, no exponent within 1e-4..1e6. */
export function formatNumber(value: number, digits = 5): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6 || magnitude < 1e-4)
    return value.toExponential(Math.max(0, digits - 1)).replace(/\.?0+e/, 'e');
  return String(Number(value.toPrecision(digits)));
}
