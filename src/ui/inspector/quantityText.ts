/** Which unit a field shows, and reading what is typed into it. */
import { parseValue } from '../../graph/valueText.ts';
import { designWavelength } from '../../graph/wavelength.ts';
import type { QuantityParam, ZernikeParam } from '../../optics/element.ts';
import { DISPLAY_UNITS, formatNumber, type Quantity, unitFactor } from '../../optics/units.ts';
import { documentStore, registry } from '../stores/app.ts';
import type { ParsedText } from './NumberField.tsx';

export type NumericParam = QuantityParam | ZernikeParam;

export interface FieldUnit {
  readonly symbol: string;
  /** SI value of one. */
  readonly factor: number;
}

export function quantityOfParam(spec: NumericParam): Quantity {
  return spec.kind === 'zernike' ? 'length' : spec.quantity;
}

const ASCII_TWINS = new Set(['um', 'urad', 'uW', 'deg', 'cm', 'ADU', 'ADU/e-']);

/** Units to offer: each once, waves where the light has a wavelength. */
export function unitsOf(spec: NumericParam, param: string, nodeId: string): readonly FieldUnit[] {
  const quantity = quantityOfParam(spec);
  const units = Object.entries(DISPLAY_UNITS[quantity])
    .filter(([symbol]) => (quantity === 'dimensionless' ? symbol === spec.display : symbol !== ''))
    .filter(([symbol]) => !ASCII_TWINS.has(symbol) || symbol === spec.display)
    .filter(([symbol]) => !(symbol === '°' && spec.display === 'deg'))
    .map(([symbol, factor]) => ({ symbol, factor }));
  const wavelength = wavelengthAt(nodeId);
  if (quantity === 'length' && param !== 'wavelength' && wavelength !== undefined) {
    units.push({ symbol: 'waves', factor: wavelength });
  }
  if (spec.kind === 'zernike') {
    return units
      .filter(({ symbol }) => ['waves', 'nm', 'µm'].includes(symbol))
      .reverse()
      .concat(radians(wavelength));
  }
  return units;
}

/** A phase of one radian as optical path, offered for wavefronts. */
function radians(wavelength: number | undefined): readonly FieldUnit[] {
  return wavelength === undefined ? [] : [{ symbol: 'rad', factor: wavelength / (2 * Math.PI) }];
}

export function wavelengthAt(nodeId: string): number | undefined {
  return designWavelength(documentStore.getState().design, registry, nodeId);
}

/** The unit a field shows: the user's choice, else the declaration's; SI where neither has a meaning here. */
export function fieldUnit(
  spec: NumericParam,
  param: string,
  nodeId: string,
  chosen: string | undefined,
): FieldUnit {
  const units = unitsOf(spec, param, nodeId);
  const quantity = quantityOfParam(spec);
  const found = units.find(({ symbol }) => symbol === (chosen ?? spec.display));
  if (found !== undefined) return found;
  const wavelength = wavelengthAt(nodeId);
  const factor = unitFactor(spec.display, quantity, wavelength === undefined ? {} : { wavelength });
  return factor === undefined ? (units[0] ?? { symbol: '', factor: 1 }) : { symbol: spec.display, factor };
}

export function valueText(value: number, { factor }: FieldUnit): string {
  return formatNumber(value / factor, 6);
}

/** Turns `lambda/4`, `-λ / 2` and `2*lambda` into what the value reader knows. */
export function simpleForm(text: string): string {
  const divided = /^\s*([+-]?)\s*(?:lambda|λ|waves?)\s*\/\s*(\d+\.?\d*)\s*$/i.exec(text);
  if (divided !== null && Number(divided[2]) !== 0)
    return `${divided[1] ?? ''}${1 / Number(divided[2])} waves`;
  const times = /^\s*([+-]?\d*\.?\d+)\s*\*\s*(?:lambda|λ)\s*$/i.exec(text);
  if (times !== null) return `${times[1] ?? '1'} waves`;
  return /^\s*(?:lambda|λ)\s*$/i.test(text) ? '1 waves' : text;
}

/** Reads a typed value; a bare number is in the unit that the field shows. */
export function readValue(path: string, text: string, unit: FieldUnit): ParsedText {
  const { design } = documentStore.getState();
  const plain = simpleForm(text);
  const radian = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(rad)?\s*$/i.exec(plain);
  const isPath = unit.symbol === 'rad' && radian !== null;
  // Radians of a wavefront are lengths, which the reader knows only in metres.
  const typed = isPath && isWavefront(path) ? `${Number(radian[1]) * unit.factor} m` : plain;
  const result = parseValue(design, registry, path, typed, { bareUnit: unit.symbol });
  if (!result.ok) return result;
  if (typeof result.value !== 'number') return { ok: false, reason: 'This field takes one number.' };
  return { ok: true, value: result.value };
}

function isWavefront(path: string): boolean {
  const [nodeId = '', param = ''] = path.split('.');
  const node = documentStore.getState().design.nodes.find((each) => each.id === nodeId);
  return registry.get(node?.type ?? '')?.params[param]?.kind === 'zernike';
}
