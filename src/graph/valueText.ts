/** Text typed by a person, in the inspector or on the command line, to a value of a parameter. */
import type {
  IntegerParam,
  MapParam,
  ParamSpec,
  QuantityParam,
  TableParam,
  TableRow,
  ZernikeParam,
} from '../optics/element.ts';
import { parseQuantity, SI_UNIT, type UnitContext } from '../optics/units.ts';
import type { Design, ParamData } from './document.ts';
import { formatQuantity, quantityOf } from './format.ts';
import { LIMITS } from './limits.ts';
import { nearNames, orList } from './names.ts';
import { describePath, type PathTarget } from './paths.ts';
import { own, type Registry } from './registry.ts';
import { likelyUnit } from './validateParams.ts';
import { designWavelength } from './wavelength.ts';

export type ValueResult =
  | { readonly ok: true; readonly value: ParamData }
  | { readonly ok: false; readonly reason: string };

export interface ValueOptions {
  /** Unit of bare numbers: the one the field shows. Without it they are SI, as in files. */
  readonly bareUnit?: string;
}

function bad(reason: string): ValueResult {
  return { ok: false, reason };
}

/**
 * Reads a value for a path: `532nm`, `0.05waves`, `100,120,130` for planes, `4:20nm, 11:0.05waves` for a set of
 * Zernike terms, `x: 1um, y: 2um; x: 3um` for the rows of a table, `on`/`off`, a choice by value or title, an image by id. The legal range is checked.
 */
export function parseValue(
  design: Design,
  registry: Registry,
  path: string,
  text: string,
  options: ValueOptions = {},
): ValueResult {
  const target = describePath(design, registry, path);
  if (!target.ok) return bad(target.reason);
  if (text.length > 100 * LIMITS.list) return bad('The text is too long for a value.');
  const trimmed = text.trim();
  if (trimmed === '') return bad(`Give a value for ${path}.`);
  const { spec } = target;
  switch (spec.kind) {
    case 'quantity':
      return parseNumbers(target, spec, trimmed, createContext(design, registry, target), options);
    case 'zernike':
      return target.nollIndex === null
        ? parseTerms(spec, trimmed, createContext(design, registry, target), options)
        : parseNumber(spec, target.param, trimmed, createContext(design, registry, target), options);
    case 'integer':
      return parseInteger(spec, trimmed);
    case 'choice':
      return parseChoice(spec, trimmed);
    case 'switch':
      return parseSwitch(trimmed);
    case 'image':
      return parseImage(design, trimmed);
    case 'map':
      return parseMap(design, spec, trimmed, createContext(design, registry, target), options);
    case 'table':
      return target.cell === null
        ? parseRows(spec, trimmed, createContext(design, registry, target), options)
        : parseNumber(
            target.cell.spec,
            target.cell.column,
            trimmed,
            createContext(design, registry, target),
            options,
          );
  }
}

/** Reads a standard deviation of what a path names: above 0, in its unit, of any size. */
export function parseDeviation(
  design: Design,
  registry: Registry,
  path: string,
  text: string,
  { bareUnit }: ValueOptions = {},
): { readonly ok: true; readonly value: number } | { readonly ok: false; readonly reason: string } {
  const target = describePath(design, registry, path);
  if (!target.ok) return { ok: false, reason: target.reason };
  const spec = target.cell?.spec ?? target.spec;
  if (spec.kind !== 'quantity' && spec.kind !== 'zernike')
    return { ok: false, reason: `${spec.title} is not a continuous number.` };
  const quantity = quantityOf(spec);
  const context = createContext(design, registry, target);
  const parsed = parseQuantity(text, quantity, bareUnit ?? SI_UNIT[quantity], context);
  if (!parsed.ok || parsed.value > 0) return parsed;
  return { ok: false, reason: 'A standard deviation must be above 0.' };
}

/** A wavelength cannot be given in wavelengths; everything else can. */
function createContext(design: Design, registry: Registry, target: PathTarget): UnitContext {
  if (target.param === 'wavelength') return {};
  const wavelength = designWavelength(design, registry, target.node.id);
  return wavelength === undefined ? {} : { wavelength };
}

function parseNumber(
  spec: QuantityParam | ZernikeParam,
  param: string,
  text: string,
  context: UnitContext,
  { bareUnit }: ValueOptions,
): { readonly ok: true; readonly value: number } | { readonly ok: false; readonly reason: string } {
  const quantity = quantityOf(spec);
  if (quantity === 'length' && context.wavelength === undefined && /(waves?|lambda|λ)$/.test(text)) {
    const reason =
      param === 'wavelength'
        ? 'A wavelength cannot be given in waves; use nm.'
        : 'Waves mean nothing here: the design has no wavelength yet. Use nm.';
    return { ok: false, reason };
  }
  const parsed = parseQuantity(text, quantity, bareUnit ?? SI_UNIT[quantity], context);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  if (value >= spec.min && value <= spec.max) return parsed;
  const [low, high] = [formatQuantity(spec.min, quantity), formatQuantity(spec.max, quantity)];
  const meant = value === Number(text) ? likelyUnit(spec, value, context.wavelength) : null;
  const hint = meant === null ? '' : ` Did you mean ${meant}? Bare numbers are in ${SI_UNIT[quantity]}.`;
  return { ok: false, reason: `${formatQuantity(value, quantity)} is outside ${low} to ${high}.${hint}` };
}

function parseNumbers(
  target: PathTarget,
  spec: QuantityParam,
  text: string,
  context: UnitContext,
  options: ValueOptions,
): ValueResult {
  if (!text.includes(',')) return parseNumber(spec, target.param, text, context, options);
  if (spec.perPlane !== true || typeof target.plane === 'number')
    return bad(`${spec.title} takes one number; write decimals with a point.`);
  const parts = text.split(',');
  if (parts.length > LIMITS.list) return bad(`${spec.title} takes at most ${LIMITS.list} values.`);
  const values: number[] = [];
  for (const [index, part] of parts.entries()) {
    const parsed = parseNumber(spec, target.param, part.trim(), context, options);
    if (!parsed.ok) return bad(`Value ${index + 1}: ${parsed.reason}`);
    values.push(parsed.value);
  }
  return { ok: true, value: values };
}

function parseTerms(
  spec: ZernikeParam,
  text: string,
  context: UnitContext,
  options: ValueOptions,
): ValueResult {
  const terms: Record<string, number> = {};
  for (const part of text === '0' ? [] : text.split(',')) {
    const match = /^\s*Z?([1-9]\d{0,5})\s*[:=]\s*(.*)$/i.exec(part);
    const [, index, coefficient] = match ?? [];
    if (index === undefined || coefficient === undefined)
      return bad(
        `“${part.trim().slice(0, 40)}” is not a term: write index:value, such as 4:20nm, 11:0.05waves.`,
      );
    if (Number(index) > spec.maxIndex)
      return bad(`Terms go from 1 to ${spec.maxIndex} (Noll), not ${index}.`);
    const parsed = parseNumber(spec, '', coefficient, context, options);
    if (!parsed.ok) return bad(`Term ${index}: ${parsed.reason}`);
    if (parsed.value !== 0) terms[index] = parsed.value;
  }
  return { ok: true, value: terms };
}

/** `x: 1um, y: 2um, group: A; x: 3um, group: A`: a row after each semicolon. */
function parseRows(spec: TableParam, text: string, context: UnitContext, options: ValueOptions): ValueResult {
  const parts = text.replace(/;\s*$/, '').split(';');
  if (parts.length < spec.min || parts.length > spec.max)
    return bad(`${spec.title} takes ${spec.min} to ${spec.max} ${spec.row}s, not ${parts.length}.`);
  const rows: TableRow[] = [];
  for (const [index, part] of parts.entries()) {
    const row: Record<string, number | string> = {};
    for (const cell of part.trim() === '' ? [] : part.split(',')) {
      const [, name = '', value = ''] = /^\s*(\w+)\s*[:=]\s*(.+?)\s*$/.exec(cell) ?? [];
      const column = own(spec.columns, name);
      if (name === 'group') row[name] = value.slice(0, LIMITS.label);
      else if (column === undefined) {
        const known = [...Object.keys(spec.columns), 'group'];
        const near = nearNames(name, known);
        const hint = near.length > 0 ? `Did you mean ${orList(near)}?` : `Columns are ${orList(known)}.`;
        return bad(`“${cell.trim().slice(0, 40)}” is no cell: write column: value, such as x: 1um. ${hint}`);
      } else {
        const parsed = parseNumber(column, name, value, context, options);
        if (!parsed.ok) return bad(`${name} of ${spec.row} ${index + 1}: ${parsed.reason}`);
        row[name] = parsed.value;
      }
    }
    rows.push(row);
  }
  return { ok: true, value: rows };
}

function parseInteger(spec: IntegerParam, text: string): ValueResult {
  const value = Number(text);
  if (!/^[+-]?\d+(?:\.0*)?(?:e\d+)?$/i.test(text) || !Number.isSafeInteger(value))
    return bad(`“${text.slice(0, 40)}” is not a whole number.`);
  if (value >= spec.min && value <= spec.max) return { ok: true, value };
  return bad(`${value} is outside ${spec.min} to ${spec.max}.`);
}

function parseChoice(spec: Extract<ParamSpec, { kind: 'choice' }>, text: string): ValueResult {
  const wanted = text.toLowerCase();
  const option =
    spec.options.find(({ value }) => value === text) ??
    spec.options.find(({ value, title }) => value.toLowerCase() === wanted || title.toLowerCase() === wanted);
  if (option !== undefined) return { ok: true, value: option.value };
  const known = spec.options.map(({ value }) => value);
  const near = nearNames(text, known);
  const hint = near.length > 0 ? ` Did you mean ${orList(near)}?` : ` Choose ${orList(known)}.`;
  return bad(`“${text.slice(0, 40)}” is not a choice of ${spec.title}.${hint}`);
}

function parseSwitch(text: string): ValueResult {
  if (/^(true|on|yes|1)$/i.test(text)) return { ok: true, value: true };
  if (/^(false|off|no|0)$/i.test(text)) return { ok: true, value: false };
  return bad(`“${text.slice(0, 40)}” is neither on nor off.`);
}

/** `random`, `random 7` with a seed, the id of an image, or one value for all cells. */
function parseMap(
  design: Design,
  spec: MapParam,
  text: string,
  context: UnitContext,
  { bareUnit }: ValueOptions,
): ValueResult {
  const random = /^random(?:\s+(\d{1,9}))?$/i.exec(text);
  if (random !== null) {
    const [low, high] = spec.soft;
    return { ok: true, value: { low, high, seed: Number(random[1] ?? 1) } };
  }
  if (own(design.images, text) !== undefined) return { ok: true, value: text };
  const parsed = parseQuantity(text, spec.quantity, bareUnit ?? SI_UNIT[spec.quantity], context);
  if (!parsed.ok) return /^[\d.+-]/.test(text) ? parsed : parseImage(design, text);
  const { value } = parsed;
  if (value >= spec.min && value <= spec.max) return parsed;
  const [low, high] = [formatQuantity(spec.min, spec.quantity), formatQuantity(spec.max, spec.quantity)];
  return bad(`${formatQuantity(value, spec.quantity)} is outside ${low} to ${high}.`);
}

function parseImage(design: Design, text: string): ValueResult {
  if (own(design.images, text) !== undefined) return { ok: true, value: text };
  const known = Object.keys(design.images);
  const near = nearNames(text, known);
  if (near.length > 0) return bad(`There is no image '${text.slice(0, 40)}'. Did you mean ${orList(near)}?`);
  const has = known.length === 0 ? 'The document has no images.' : `It has ${orList(known.slice(0, 10))}.`;
  return bad(`There is no image '${text.slice(0, 40)}'. ${has}`);
}
