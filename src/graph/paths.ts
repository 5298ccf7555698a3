/**
 * Parameter paths: `node.param`, `node.zernike.8` (Noll index), `node.photons.2` (plane), `node.photons.*`,
 * `node.particles.3.x` (row, counted from 0, and column of a table), `node.particles.*.x`.
 */
import type { ElementSpec, ParamSpec, QuantityParam, TableParam } from '../optics/element.ts';
import type { Design, DesignNode, ParamData } from './document.ts';
import { isList, isTable, isTerms } from './format.ts';
import { LIMITS } from './limits.ts';
import { didYouMean, nearNames, orList } from './names.ts';
import { defaultValue, findNode, nodeName, own, type Registry } from './registry.ts';
import { cellPath, cellRow, cellValue, tableRows, withCell } from './tables.ts';

export interface ParsedPath {
  readonly node: string;
  readonly param: string;
  /** Noll index, plane or row; '*' means every plane or row. */
  readonly index: number | '*' | null;
  /** Column of a table. */
  readonly column: string | null;
}

/** Splits a path; null when it does not have the form of one. */
export function parsePath(path: string): ParsedPath | null {
  const match = /^([^.\s]+)\.([^.\s]+)(?:\.(\*|0|[1-9]\d{0,5})(?:\.([A-Za-z]\w*))?)?$/.exec(path);
  if (match === null) return null;
  const [, node = '', param = '', index, column = null] = match;
  return { node, param, index: index === undefined ? null : index === '*' ? '*' : Number(index), column };
}

/** What a path names in a design. */
export interface PathTarget {
  readonly ok: true;
  readonly node: DesignNode;
  readonly element: ElementSpec;
  readonly param: string;
  readonly spec: ParamSpec;
  readonly nollIndex: number | null;
  readonly plane: number | '*' | null;
  /** A cell of a table, or with the row '*' a column. */
  readonly cell: TableCell | null;
}

export interface TableCell {
  readonly row: number | '*';
  readonly column: string;
  readonly spec: QuantityParam;
  readonly table: TableParam;
}

/** The declaration of the quantity that a path names: a parameter or the column of a table. */
export function quantityAt({ cell, spec }: PathTarget): QuantityParam | null {
  if (cell !== null) return cell.spec;
  return spec.kind === 'quantity' ? spec : null;
}

export interface BadPath {
  readonly ok: false;
  /** What is wrong, with what may have been meant. */
  readonly reason: string;
  /** What is wrong alone. */
  readonly problem: string;
  /** Whole paths that may have been meant. */
  readonly suggestions: readonly string[];
}

function bad(reason: string, suggestions: readonly string[] = []): BadPath {
  return { ok: false, reason: reason + didYouMean(suggestions), problem: reason, suggestions };
}

/** Finds what a path names, or says in a sentence what is wrong with it and what may have been meant. */
export function describePath(design: Design, registry: Registry, path: string): PathTarget | BadPath {
  const parts = parsePath(path);
  if (parts === null)
    return bad(`“${shorten(path)}” is not a parameter: write node.parameter, such as camera.gain.`);
  const tail =
    (parts.index === null ? '' : `.${parts.index}`) + (parts.column === null ? '' : `.${parts.column}`);
  const node = findNode(design, parts.node);
  if (node === undefined) {
    const near = nearNames(
      parts.node,
      design.nodes.map((each) => each.id),
    );
    const suggestions = near.map((id) => `${id}.${parts.param}${tail}`);
    return bad(`There is no node '${shorten(parts.node)}'.`, suggestions);
  }
  const element = registry.get(node.type);
  if (element === undefined) return bad(`Node '${node.id}' is of the unknown type “${shorten(node.type)}”.`);
  const spec = own(element.params, parts.param);
  if (spec === undefined) {
    const near = nearNames(parts.param, Object.keys(element.params));
    const suggestions = near.map((name) => `${node.id}.${name}${tail}`);
    return bad(
      `${nodeName(design, registry, node.id)} has no parameter “${shorten(parts.param)}”.`,
      suggestions,
    );
  }
  return describeIndex(node, element, parts, spec);
}

function describeIndex(
  node: DesignNode,
  element: ElementSpec,
  { param, index, column }: ParsedPath,
  spec: ParamSpec,
): PathTarget | BadPath {
  const found = { ok: true, node, element, param, spec, nollIndex: null, plane: null, cell: null } as const;
  if (index === null) return found;
  const name = `${node.id}.${param}`;
  if (spec.kind === 'table') {
    const cell = describeCell(node, spec, name, index, column);
    return 'ok' in cell ? cell : { ...found, cell };
  }
  if (column !== null) return bad(`${name} is not a table, so “.${column}” means nothing here.`, [name]);
  if (spec.kind === 'zernike') {
    if (index !== '*' && index >= 1 && index <= spec.maxIndex) return { ...found, nollIndex: index };
    return bad(`${name} has Zernike terms 1 to ${spec.maxIndex} (Noll), not “${index}”.`, [`${name}.4`]);
  }
  if (spec.kind === 'quantity' && spec.perPlane === true) {
    if (index === '*' || index < LIMITS.list) return { ...found, plane: index };
    return bad(`${name} has at most ${LIMITS.list} planes, counted from 0.`);
  }
  return bad(`${name} holds a single value, so “.${index}” means nothing here.`, [name]);
}

function describeCell(
  node: DesignNode,
  table: TableParam,
  name: string,
  row: number | '*',
  column: string | null,
): TableCell | BadPath {
  const columns = Object.keys(table.columns);
  if (column === null)
    return bad(`Name the column too: ${cellPath(name, row, columns[0] ?? 'x')}, for example.`);
  const spec = own(table.columns, column);
  if (spec === undefined) {
    const near = nearNames(column, columns);
    const has = near.length > 0 ? '' : ` It has ${orList(columns)}.`;
    return bad(
      `${name} has no column “${shorten(column)}”.${has}`,
      near.map((each) => cellPath(name, row, each)),
    );
  }
  const count = tableRows(table, node.params[name.slice(node.id.length + 1)]).length;
  if (row !== '*' && row >= count)
    return bad(`${name} has ${count} ${table.row}${count === 1 ? '' : 's'}, counted from 0.`);
  return { row, column, spec, table };
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The path of a value; of a cell that a group shares, that of the row which holds it. */
export function settledPath({ node, param, nollIndex, plane, cell }: PathTarget): string {
  const stem = `${node.id}.${param}`;
  if (cell !== null) {
    const { row, column, table } = cell;
    const rows = tableRows(table, node.params[param]);
    return cellPath(stem, row === '*' ? row : cellRow(table, rows, row, column), column);
  }
  const index = nollIndex ?? plane;
  return index === null ? stem : `${stem}.${index}`;
}

/**
 * The value at a path, defaults filled in: a missing Zernike term is 0, and a plane of a parameter that holds
 * one value for all is that value. Undefined for a bad path, a plane beyond the list or a column of unequal cells.
 */
export function getAt(design: Design, registry: Registry, path: string): ParamData | undefined {
  const target = describePath(design, registry, path);
  if (!target.ok) return undefined;
  const value = own(target.node.params, target.param) ?? defaultValue(target.spec);
  if (target.cell !== null) return valueOfCell(target.cell, value);
  if (target.nollIndex !== null) {
    if (!isTerms(value)) return undefined;
    return own(value, String(target.nollIndex)) ?? 0;
  }
  if (typeof target.plane === 'number' && isList(value)) return value[target.plane];
  return value;
}

function valueOfCell({ row, column, table }: TableCell, value: ParamData): number | undefined {
  const rows = tableRows(table, value);
  if (row !== '*') return cellValue(table, rows, row, column);
  const [first, ...others] = rows.map((_, index) => cellValue(table, rows, index, column));
  return others.every((each) => each === first) ? first : undefined;
}

/**
 * A copy of the design with a new value at a path. Values equal to the default are not stored; a Zernike term
 * of 0 disappears; setting one plane turns a single value into a list of at least `planes` values; a cell that a
 * group shares is set in all rows of the group. What was linked to an expression no longer is.
 * @throws RangeError for a bad path, a value of the wrong form or a number that is not finite; ask
 * `describePath` first where the path comes from a person.
 */
export function setAt(
  design: Design,
  registry: Registry,
  path: string,
  value: ParamData,
  planes = 1,
): Design {
  const target = describePath(design, registry, path);
  if (!target.ok) throw new RangeError(target.reason);
  const next = nextValue(target, value, planes);
  if (!isFiniteData(next)) throw new RangeError(`${path} must be a finite number.`);
  const changed = replaceNode(design, target.node, withParam(target.node, target.param, next, target.spec));
  return withoutLink(changed, settledPath(target));
}

/** The design with nothing said of what a path follows. */
export function withoutLink(design: Design, path: string): Design {
  if (design.links === undefined || !Object.hasOwn(design.links, path)) return design;
  const { links, ...rest } = design;
  const { [path]: _, ...others } = links;
  return Object.keys(others).length === 0 ? rest : { ...rest, links: others };
}

function nextValue(target: PathTarget, value: ParamData, planes: number): ParamData {
  const whole = own(target.node.params, target.param) ?? defaultValue(target.spec);
  const single = target.nollIndex !== null || typeof target.plane === 'number' || target.cell !== null;
  if (single && typeof value !== 'number') throw new RangeError('One term, plane or cell takes one number.');
  if (target.cell !== null && typeof value === 'number') {
    const { table, row, column } = target.cell;
    return withCell(table, tableRows(table, whole), row, column, value);
  }
  if (target.nollIndex !== null && typeof value === 'number') {
    const terms = isTerms(whole) ? whole : {};
    return { ...terms, [String(target.nollIndex)]: value };
  }
  if (typeof target.plane === 'number' && typeof value === 'number') {
    const list = isList(whole) ? [...whole] : [typeof whole === 'number' ? whole : value];
    // A single value stands for all planes, so filling up repeats it.
    const filler = list.at(-1) ?? value;
    while (list.length < Math.max(planes, target.plane + 1)) list.push(filler);
    list[target.plane] = value;
    return list;
  }
  return value;
}

function withParam(node: DesignNode, name: string, value: ParamData, spec: ParamSpec): DesignNode {
  const { [name]: _, ...rest } = node.params;
  const stored = spec.kind === 'zernike' ? withoutZeros(value) : value;
  return { ...node, params: isDefault(stored, spec) ? rest : { ...rest, [name]: stored } };
}

function withoutZeros(value: ParamData): ParamData {
  if (!isTerms(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, coefficient]) => coefficient !== 0));
}

function isDefault(value: ParamData, spec: ParamSpec): boolean {
  if (spec.kind === 'zernike') return isTerms(value) && Object.keys(value).length === 0;
  return value === defaultValue(spec);
}

function isFiniteData(value: ParamData): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (isTable(value))
    return value.every((row) =>
      Object.values(row).every((cell) => typeof cell === 'string' || Number.isFinite(cell)),
    );
  return typeof value !== 'object' || Object.values(value).every((each) => Number.isFinite(each));
}

/** The design with one node replaced by another of the same place in the list. */
export function replaceNode(design: Design, old: DesignNode, next: DesignNode): Design {
  return { ...design, nodes: design.nodes.map((node) => (node === old ? next : node)) };
}
