/** Numbers with units, for sentences and fields. */
import type { ParamSpec, TableRow } from '../optics/element.ts';
import {
  DISPLAY_UNITS,
  formatNumber,
  type Quantity,
  SI_UNIT,
  type UnitContext,
  unitFactor,
} from '../optics/units.ts';
import type { ParamData } from './document.ts';

const AUTOMATIC: Readonly<Partial<Record<Quantity, readonly string[]>>> = {
  length: ['m', 'mm', 'µm', 'nm', 'pm'],
  power: ['W', 'mW', 'µW', 'nW'],
  angle: ['rad', 'mrad', 'µrad'],
};

/** The unit in which an SI value reads as 1 to 1000 where there is one. */
export function automaticUnit(value: number, quantity: Quantity): string {
  const units = AUTOMATIC[quantity];
  if (units === undefined || value === 0) return SI_UNIT[quantity];
  const magnitude = Math.abs(value);
  // A value that is a rounding error below a unit's size still belongs to that unit.
  const fits = units.find((unit) => magnitude >= (DISPLAY_UNITS[quantity][unit] ?? 1) * (1 - 1e-9));
  return fits ?? units.at(-1) ?? SI_UNIT[quantity];
}

/**
 * An SI value in a unit (`532 nm`); without a unit the readable one is chosen. A unit that does not fit the
 * quantity (waves without a wavelength) falls back to it too.
 */
export function formatQuantity(
  value: number,
  quantity: Quantity,
  unit?: string,
  context: UnitContext = {},
  digits = 5,
): string {
  const asked = unit === undefined ? undefined : unitFactor(unit, quantity, context);
  const symbol = unit !== undefined && asked !== undefined ? unit : automaticUnit(value, quantity);
  const factor = asked ?? unitFactor(symbol, quantity, context) ?? 1;
  const text = formatNumber(value / factor, digits);
  if (symbol === '') return text;
  if (symbol === 'waves' && (text === '1' || text === '-1')) return `${text} wave`;
  return symbol === '°' || symbol === '%' ? `${text}${symbol}` : `${text} ${symbol}`;
}

/** Quantity of a numeric parameter; Zernike coefficients are lengths. */
export function quantityOf(spec: ParamSpec): Quantity {
  if (spec.kind === 'quantity' || spec.kind === 'map') return spec.quantity;
  return spec.kind === 'zernike' ? 'length' : 'dimensionless';
}

/** A parameter's value for reading, in a display unit (the parameter's own when none is given). */
export function formatParam(
  spec: ParamSpec,
  value: ParamData,
  unit?: string,
  context: UnitContext = {},
): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') {
    const option = spec.kind === 'choice' ? spec.options.find((each) => each.value === value) : undefined;
    return option?.title ?? value;
  }
  const display = unit ?? ('display' in spec ? spec.display : undefined);
  const quantity = quantityOf(spec);
  if (typeof value === 'number') return formatQuantity(value, quantity, display, context);
  if (isList(value)) return value.map((each) => formatQuantity(each, quantity, display, context)).join(', ');
  if (isTable(value)) {
    const row = spec.kind === 'table' ? spec.row : 'row';
    return `${value.length} ${row}${value.length === 1 ? '' : 's'}`;
  }
  if (spec.kind === 'map') {
    const [low, high] = [value['low'] ?? spec.soft[0], value['high'] ?? spec.soft[1]];
    const end = (bound: number) => formatQuantity(bound, quantity, display, context);
    return `random from ${end(low)} to ${end(high)}`;
  }
  return Object.entries(value)
    .map(([index, each]) => `Z${index} ${formatQuantity(each, quantity, display, context)}`)
    .join(', ');
}

/** Tells a list of per-plane values from Zernike terms and tables (Array.isArray does not narrow readonly arrays). */
export function isList(value: ParamData): value is readonly number[] {
  return Array.isArray(value) && (value.length === 0 || typeof value[0] === 'number');
}

/** Whether a value is the rows of a table. */
export function isTable(value: ParamData): value is readonly TableRow[] {
  return Array.isArray(value) && typeof value[0] !== 'number';
}

/** Whether a value is numbers by name: Zernike terms, or how a map is drawn. */
export function isTerms(value: ParamData | undefined): value is { readonly [key: string]: number } {
  return typeof value === 'object' && !Array.isArray(value);
}

export function formatBytes(bytes: number): string {
  const gigabytes = bytes / 1e9;
  return gigabytes >= 1 ? `${formatNumber(gigabytes, 3)} GB` : `${formatNumber(bytes / 1e6, 3)} MB`;
}
