/** Values of parameters: kind, range, units that look wrong, and numbers that contradict each other. */
import type {
  MapParam,
  ParamSpec,
  QuantityParam,
  TableParam,
  TableRow,
  ZernikeParam,
} from '../optics/element.ts';
import { DISPLAY_UNITS, formatNumber, SI_UNIT, unitFactor } from '../optics/units.ts';
import type { Design, DesignNode, Issue, ParamData } from './document.ts';
import { formatQuantity, isList, isTable, isTerms, quantityOf } from './format.ts';
import { nearNames, orList } from './names.ts';
import { createIssue, nodeName, own, paramValue, type Registry } from './registry.ts';
import { cellRow, cellValue } from './tables.ts';
import { indexDesign } from './topology.ts';
import { designWavelength } from './wavelength.ts';

/** @param planes planes of the stack where they are known; lists must then be that long */
export function validateParams(
  design: Design,
  registry: Registry,
  node: DesignNode,
  planes: number | undefined,
): Issue[] {
  const element = registry.get(node.type);
  if (element === undefined) return [];
  const issues: Issue[] = [];
  for (const [name, value] of Object.entries(node.params)) {
    const where = { nodeId: node.id, paramId: name };
    const spec = own(element.params, name);
    if (spec === undefined) {
      const near = nearNames(name, Object.keys(element.params));
      const message = `${nodeName(design, registry, node.id)} has no parameter “${name}”; it is ignored.`;
      const fix = near.length === 0 ? 'Remove it from the file.' : `Did you mean ${orList(near)}?`;
      issues.push(createIssue('warning', 'unknownParameter', message, fix, where));
      continue;
    }
    const problem = checkValue(design, spec, name, value, {
      planes,
      wavelength: designWavelength(design, registry, node.id),
    });
    if (problem === null) continue;
    const message = `${spec.title} of ${nodeName(design, registry, node.id)}: ${problem.message}`;
    const issue = createIssue(problem.severity, problem.code, message, problem.fix, where);
    issues.push({ ...issue, ...(problem.code === 'outOfRange' ? nearestLimit(spec, name, value) : {}) });
  }
  issues.push(...checkListLengths(design, registry, node), ...checkAperture(design, registry, node));
  return issues;
}

/** The limit that a single number is beyond, to be taken at a click. */
function nearestLimit(spec: ParamSpec, name: string, value: ParamData): Pick<Issue, 'apply'> {
  if (spec.kind !== 'quantity' || typeof value !== 'number') return {};
  const limit = value < spec.min ? spec.min : spec.max;
  const title = `Use ${formatQuantity(limit, spec.quantity)}`;
  return { apply: { title, params: { [name]: limit } } };
}

interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

function wrongKind(message: string, fix: string): Problem {
  return { severity: 'error', code: 'wrongKind', message, fix };
}

function checkValue(
  design: Design,
  spec: ParamSpec,
  name: string,
  value: ParamData,
  known: { readonly planes: number | undefined; readonly wavelength: number | undefined },
): Problem | null {
  switch (spec.kind) {
    case 'quantity':
      return checkQuantity(spec, name, value, known.planes);
    case 'zernike':
      return checkZernike(spec, value, known.wavelength);
    case 'integer': {
      if (typeof value !== 'number' || !Number.isInteger(value))
        return wrongKind(`${show(value)} is not a whole number.`, `Set it to ${spec.default}, for example.`);
      if (value >= spec.min && value <= spec.max) return null;
      const message = `${value} is outside ${spec.min} to ${spec.max}.`;
      return {
        severity: 'error',
        code: 'outOfRange',
        message,
        fix: `Set it between ${spec.min} and ${spec.max}.`,
      };
    }
    case 'choice': {
      const known = spec.options.map((option) => option.value);
      if (typeof value === 'string' && known.includes(value)) return null;
      return wrongKind(`${show(value)} is not one of its choices.`, `Choose ${orList(known)}.`);
    }
    case 'switch':
      return typeof value === 'boolean'
        ? null
        : wrongKind(`${show(value)} is neither on nor off.`, 'Use true or false.');
    case 'image':
      return typeof value === 'string'
        ? checkImage(design, value)
        : wrongKind(`${show(value)} is not the name of an image.`, 'Choose an image.');
    case 'map':
      return checkMap(design, spec, value);
    case 'table':
      return checkTable(spec, value);
  }
}

function checkImage(design: Design, id: string): Problem | null {
  if (id === '' || own(design.images, id) !== undefined) return null;
  const message = `the image '${id}' is not in the document.`;
  const fix = 'Load it again, or choose another image.';
  return { severity: 'error', code: 'missingImage', message, fix };
}

function checkMap(design: Design, spec: MapParam, value: ParamData): Problem | null {
  if (typeof value === 'string') return checkImage(design, value);
  if (typeof value === 'number') {
    if (value >= spec.min && value <= spec.max) return null;
    const [low, high] = [formatQuantity(spec.min, spec.quantity), formatQuantity(spec.max, spec.quantity)];
    const message = `${formatQuantity(value, spec.quantity)} is outside ${low} to ${high}.`;
    return { severity: 'error', code: 'outOfRange', message, fix: `Set it between ${low} and ${high}.` };
  }
  const isRandom = isTerms(value) && Object.keys(value).every(isRandomKey);
  return isRandom ? null : wrongKind(`${show(value)} is no map.`, 'Choose a flat, random or uploaded map.');
}

function checkTable(spec: TableParam, value: ParamData): Problem | null {
  const { columns, row: noun } = spec;
  const first = Object.keys(columns)[0] ?? 'x';
  if (typeof value !== 'object' || !isTable(value))
    return wrongKind(`${show(value)} is no table.`, `Give rows: [{"${first}": 0}, {"group": "A"}].`);
  if (value.length < spec.min || value.length > spec.max) {
    const message = `it has ${count(value.length, noun)}, not ${spec.min} to ${spec.max}.`;
    const fix = value.length < spec.min ? `Add a ${noun}.` : `Remove ${noun}s, or use another node for some.`;
    return { severity: 'error', code: 'outOfRange', message, fix };
  }
  for (const [index, row] of value.entries()) {
    for (const [name, cell] of Object.entries(row)) {
      const problem = checkCell(spec, name, cell);
      if (problem !== null) return { ...problem, message: `${noun} ${index + 1}, ${problem.message}` };
    }
  }
  return unequalGroup(spec, value);
}

function checkCell({ columns, row: noun }: TableParam, name: string, cell: number | string): Problem | null {
  if (name === 'group')
    return typeof cell === 'string'
      ? null
      : wrongKind(`group: ${show(cell)} is no name.`, 'Use a text: "A".');
  const column = own(columns, name);
  if (column === undefined) {
    const near = nearNames(name, [...Object.keys(columns), 'group']);
    const message = `there is no column “${name.slice(0, 40)}”; it is ignored.`;
    const fix =
      near.length > 0 ? `Did you mean ${orList(near)}?` : `A ${noun} has ${orList(Object.keys(columns))}.`;
    return { severity: 'warning', code: 'unknownParameter', message, fix };
  }
  const title = column.title.toLowerCase();
  if (typeof cell !== 'number')
    return wrongKind(`${title}: ${show(cell)} is not a number.`, 'Give a number.');
  const problem = checkNumber(column, name, cell);
  return problem === null ? null : { ...problem, message: `${title}: ${problem.message}` };
}

/** A warning where rows of a group disagree in what they share: a file that was written by hand. */
function unequalGroup(spec: TableParam, rows: readonly TableRow[]): Problem | null {
  for (const column of spec.shared) {
    const index = rows.findIndex((row, at) => {
      const cell = own(row, column);
      return cell !== undefined && cell !== cellValue(spec, rows, at, column);
    });
    if (index < 0) continue;
    const first = cellRow(spec, rows, index, column) + 1;
    const title = own(spec.columns, column)?.title.toLowerCase() ?? column;
    const message = `${spec.row} ${index + 1} differs from ${spec.row} ${first} of its group in ${title}; that of ${spec.row} ${first} counts for the group.`;
    const fix = 'Set the value again, or take it out of the group.';
    return { severity: 'warning', code: 'unequalGroup', message, fix };
  }
  return null;
}

function isRandomKey(key: string): boolean {
  return key === 'low' || key === 'high' || key === 'seed';
}

function show(value: ParamData): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function checkQuantity(
  spec: QuantityParam,
  name: string,
  value: ParamData,
  planes: number | undefined,
): Problem | null {
  if (isList(value)) {
    if (spec.perPlane !== true) return wrongKind('it takes one value, not a list.', 'Set a single number.');
    if (value.length === 0) return wrongKind('its list is empty.', 'Set one number, or one per plane.');
    if (planes !== undefined && value.length !== planes) {
      const [values, stack] = [count(value.length, 'value'), count(planes, 'plane')];
      return wrongKind(`it has ${values} for ${stack}.`, 'Give one number for all planes, or one for each.');
    }
    for (const each of value) {
      const problem = checkNumber(spec, name, each);
      if (problem !== null) return problem;
    }
    return null;
  }
  if (typeof value !== 'number') {
    const unit = SI_UNIT[spec.quantity];
    return wrongKind(`${show(value)} is not a number.`, `Give a number${unit === '' ? '' : ` in ${unit}`}.`);
  }
  return checkNumber(spec, name, value);
}

/** One number of a quantity: finite, in range, of a plausible size. */
export function checkNumber(spec: QuantityParam, name: string, value: number): Problem | null {
  if (!Number.isFinite(value))
    return {
      severity: 'error',
      code: 'notFinite',
      message: `${value} is not a finite number.`,
      fix: 'Set it again.',
    };
  if (value < spec.min || value > spec.max) return outOfRange(spec, name, value);
  const isIndex = /refractiveIndex$/i.test(name);
  if (isIndex && (value < 1 || value > 5)) {
    const message = `${formatNumber(value)} is an unusual refractive index; glasses and liquids have 1.3 to 2.`;
    return { severity: 'warning', code: 'unusualValue', message, fix: 'Check the value.' };
  }
  return null;
}

function outOfRange(
  spec: QuantityParam | ZernikeParam,
  name: string,
  value: number,
  wavelength?: number,
): Problem {
  const quantity = quantityOf(spec);
  const [low, high] = [formatQuantity(spec.min, quantity), formatQuantity(spec.max, quantity)];
  const meant = likelyUnit(spec, value, wavelength);
  if (meant === null) {
    const message = `${formatQuantity(value, quantity)} is outside ${low} to ${high}.`;
    return { severity: 'error', code: 'outOfRange', message, fix: `Set it between ${low} and ${high}.` };
  }
  const given = `${formatNumber(value)} ${SI_UNIT[quantity]}`;
  const what = name === 'wavelength' ? 'is no wavelength of light' : `is outside ${low} to ${high}`;
  const files = UNIT_NAMES[SI_UNIT[quantity]] ?? SI_UNIT[quantity];
  return {
    severity: 'error',
    code: 'unitMistake',
    message: `${given} ${what}: did you mean ${meant}? Values in files are ${files}.`,
    fix: `Write ${meant}.`,
  };
}

const UNIT_NAMES: Readonly<Record<string, string>> = { m: 'metres', rad: 'radians', W: 'watts' };

/** The unit in which a number that is illegal in SI would be an everyday value; null when none fits. */
export function likelyUnit(
  spec: QuantityParam | ZernikeParam,
  value: number,
  wavelength?: number,
): string | null {
  const quantity = quantityOf(spec);
  if (SI_UNIT[quantity] === '' || value === 0) return null;
  const units = DISPLAY_UNITS[quantity];
  const [low, high] = spec.soft;
  for (const unit of [spec.display, ...Object.keys(units)]) {
    const factor = unitFactor(unit, quantity, wavelength === undefined ? {} : { wavelength });
    // `um` and the like are ways of typing; sentences use the real letter.
    if (factor === undefined || factor === 1 || /^u[mrW]/.test(unit)) continue;
    if (value * factor >= low && value * factor <= high) return `${formatNumber(value)} ${unit}`;
  }
  return null;
}

function checkZernike(spec: ZernikeParam, value: ParamData, wavelength: number | undefined): Problem | null {
  if (!isTerms(value))
    return wrongKind(
      `${show(value)} is not a set of Zernike terms.`,
      'Give terms by Noll index: {"4": 2e-8}.',
    );
  for (const [key, coefficient] of Object.entries(value)) {
    if (!/^[1-9]\d{0,5}$/.test(key) || Number(key) > spec.maxIndex) {
      const fix = `Use Noll indices from 1 to ${spec.maxIndex}.`;
      return wrongKind(`“${key.slice(0, 20)}” is not the index of a term.`, fix);
    }
    if (!Number.isFinite(coefficient))
      return {
        severity: 'error',
        code: 'notFinite',
        message: `term ${key} is not a finite number.`,
        fix: 'Set it again.',
      };
    if (coefficient < spec.min || coefficient > spec.max) {
      const problem = outOfRange(spec, '', coefficient, wavelength);
      return { ...problem, message: `term ${key}: ${problem.message}` };
    }
  }
  return null;
}

/** Lists within one element describe the same planes. */
function checkListLengths(design: Design, registry: Registry, node: DesignNode): Issue[] {
  const lists = Object.entries(node.params).flatMap(([name, value]) =>
    isList(value) ? [{ name, value }] : [],
  );
  const long = lists.filter(({ value }) => value.length > 1);
  const first = long[0];
  const other = long.find(({ value }) => value.length !== first?.value.length);
  if (first === undefined || other === undefined) return [];
  const message = `${nodeName(design, registry, node.id)} has ${first.value.length} values of ${first.name} but ${other.value.length} of ${other.name}; both count planes.`;
  const fix = 'Give both the same number of values, or one value for all planes.';
  return [createIssue('error', 'listLengths', message, fix, { nodeId: node.id, paramId: other.name })];
}

/** An aperture collects at most everything: NA = n sin θ < n. */
function checkAperture(design: Design, registry: Registry, node: DesignNode): Issue[] {
  const aperture = paramValue(node, registry, 'numericalAperture');
  const medium = mediumIndex(design, registry, node);
  if (typeof aperture !== 'number' || medium === null || !(aperture >= medium.value)) return [];
  // The remedy comes first: a card shows the beginning of a sentence only.
  const immersion = aperture < 1.518 ? 'immerse in oil (n 1.518)' : 'use a medium of a higher index';
  const message = `Lower the numerical aperture below ${formatNumber(medium.value)} or ${immersion}: ${formatNumber(aperture)} of ${nodeName(design, registry, node.id)} is not below the refractive index ${formatNumber(medium.value)} of ${medium.of}, and no light arrives at such an angle.`;
  const fix = 'Set the aperture at this node, or the index where it is named.';
  return [
    createIssue('error', 'apertureTooLarge', message, fix, { nodeId: node.id, paramId: 'numericalAperture' }),
  ];
}

/**
 * Index of the medium in front of a node: its own, or that of the light's source. Objects in between describe
 * their material under the same name, so only sources and the node itself are asked, and a node on the way
 * that changes the medium ends the search.
 */
function mediumIndex(
  design: Design,
  registry: Registry,
  node: DesignNode,
): { readonly value: number; readonly of: string } | null {
  const { nodes, incoming } = indexDesign(design);
  const seen = new Set<string>();
  let current: DesignNode | undefined = node;
  while (current !== undefined && !seen.has(current.id)) {
    seen.add(current.id);
    const element = registry.get(current.type);
    const names = Object.keys(element?.params ?? {}).filter((name) => /refractiveIndex$/i.test(name));
    const medium = names.find((name) => /^(refractiveIndex|(medium|immersion)RefractiveIndex)$/.test(name));
    const trusted = current === node || element?.category === 'sources';
    if (trusted && medium !== undefined) {
      const value = paramValue(current, registry, medium);
      return typeof value === 'number'
        ? { value, of: current === node ? 'its medium' : nodeName(design, registry, current.id) }
        : null;
    }
    if (names.length > 0 && element?.category !== 'samples') return null;
    const wires: readonly { from: { node: string } }[] = incoming.get(current.id) ?? [];
    current = wires.length === 1 ? nodes.get(wires[0]?.from.node ?? '') : undefined;
  }
  return null;
}
