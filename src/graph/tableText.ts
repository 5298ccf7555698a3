/** Tables as text: to spreadsheets and from them. Values in the units that are shown. */
import type { TableParam, TableRow } from '../optics/element.ts';
import { unitFactor } from '../optics/units.ts';
import { nearNames, orList } from './names.ts';
import { own } from './registry.ts';
import { cellValue, groupOf } from './tables.ts';

export type TableUnits = Readonly<Record<string, string>>;

function factorOf(spec: TableParam, units: TableUnits, column: string): number {
  const quantity = own(spec.columns, column)?.quantity ?? 'dimensionless';
  return unitFactor(units[column] ?? '', quantity) ?? 1;
}

/**
 * A line of heads (“x (µm)”), then one for each row.
 * @param separator tab for the clipboard, comma for files
 */
export function tableToText(
  spec: TableParam,
  rows: readonly TableRow[],
  units: TableUnits,
  separator: '\t' | ',',
): string {
  const columns = Object.keys(spec.columns);
  const heads = columns.map((column) => {
    const unit = units[column] ?? '';
    return (spec.heads[column] ?? column) + (unit === '' ? '' : ` (${unit})`);
  });
  const lines = rows.map((row, index) => [
    ...columns.map((column) => {
      const value = cellValue(spec, rows, index, column) / factorOf(spec, units, column);
      return String(Number(value.toPrecision(12)));
    }),
    (groupOf(row) ?? '').replace(/[\t\r\n,;"]/g, ' '),
  ]);
  return [[...heads, 'group'], ...lines].map((line) => `${line.join(separator)}\n`).join('');
}

export type TableRead =
  | { readonly ok: true; readonly rows: readonly TableRow[] }
  | { readonly ok: false; readonly reason: string };

function bad(reason: string): TableRead {
  return { ok: false, reason };
}

interface Head {
  /** A column of the table, or 'group'. */
  readonly name: string;
  /** SI value of one. */
  readonly factor: number;
}

/**
 * Reads lines of cells between tabs, semicolons or commas. A first line of words names the columns, by head, title or
 * name, with a unit in brackets; without one they come in the order of the table, in its units. Empty cells have the
 * default. Values out of range are refused.
 */
export function tableFromText(spec: TableParam, text: string, units: TableUnits): TableRead {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const first = lines[0] ?? '';
  const separator = first.includes('\t') ? '\t' : first.includes(';') ? ';' : ',';
  const cells = lines.map((line) => cellsOf(line, separator));
  const hasHeads = cells[0]?.some((cell) => cell !== '' && Number.isNaN(asNumber(cell, separator))) === true;
  const named = hasHeads && cells[0] !== undefined && !isRow(cells[0], spec, separator);
  const heads = named ? readHeads(spec, cells[0] ?? [], units) : plainHeads(spec, units);
  if (typeof heads === 'string') return bad(heads);
  const body = named ? cells.slice(1) : cells;
  if (body.length === 0) return bad(`There is no ${spec.row} in this text.`);
  if (body.length > spec.max)
    return bad(`${spec.title} takes at most ${spec.max} ${spec.row}s, not ${body.length}.`);
  const rows: TableRow[] = [];
  for (const [index, line] of body.entries()) {
    const row = readRow(spec, heads, line, separator);
    if (typeof row === 'string') return bad(`Line ${index + (named ? 2 : 1)}: ${row}`);
    rows.push(row);
  }
  return { ok: true, rows };
}

/** Cells of a line; between quotation marks a separator is part of its cell, and a doubled mark stands for one. */
function cellsOf(line: string, separator: string): readonly string[] {
  const cells: string[] = [];
  let rest = line;
  for (;;) {
    const quoted = /^ *"((?:[^"]|"")*)" */.exec(rest);
    const isCell = quoted !== null && [separator, ''].includes(rest.charAt(quoted[0].length));
    const end = isCell ? quoted[0].length : rest.indexOf(separator);
    const cell = isCell ? (quoted[1] ?? '').replaceAll('""', '"') : end < 0 ? rest : rest.slice(0, end);
    cells.push(cell.trim());
    if (end < 0 || end >= rest.length) return cells;
    rest = rest.slice(end + 1);
  }
}

/** Of a spreadsheet that writes decimals with commas, where cells are not separated by them. */
function asNumber(cell: string, separator: string): number {
  const plain = cell.replace('−', '-');
  return Number(separator === ',' ? plain : plain.replace(',', '.'));
}

/** Whether the only words of a line are in the place of the group. */
function isRow(line: readonly string[], spec: TableParam, separator: string): boolean {
  const count = Object.keys(spec.columns).length;
  return line.slice(0, count).every((cell) => !Number.isNaN(asNumber(cell, separator)));
}

function plainHeads(spec: TableParam, units: TableUnits): readonly Head[] {
  const columns = Object.keys(spec.columns).map((name) => ({ name, factor: factorOf(spec, units, name) }));
  return [...columns, { name: 'group', factor: 1 }];
}

function readHeads(spec: TableParam, line: readonly string[], units: TableUnits): readonly Head[] | string {
  const names = new Map([['group', 'group']]);
  for (const [name, { title }] of Object.entries(spec.columns))
    for (const word of [name, title, spec.heads[name] ?? name]) names.set(word.toLowerCase(), name);
  const heads: Head[] = [];
  for (const cell of line) {
    const [, word = '', unit = ''] = /^(.*?)\s*(?:[([](.*?)[)\]])?$/.exec(cell) ?? [];
    const name = names.get(word.trim().toLowerCase());
    if (name === undefined) {
      const near = nearNames(word, names.keys());
      const hint =
        near.length > 0 ? `Did you mean ${orList(near)}?` : `There are ${orList(Object.values(spec.heads))}.`;
      return `“${cell.slice(0, 40)}” is no column. ${hint}`;
    }
    if (heads.some((head) => head.name === name))
      return `Two columns are named ${spec.heads[name] ?? name}: leave one out.`;
    const quantity = own(spec.columns, name)?.quantity ?? 'dimensionless';
    const factor = unit === '' ? factorOf(spec, units, name) : unitFactor(unit.trim(), quantity);
    if (factor === undefined) return `“${unit.slice(0, 20)}” is no unit of ${word}.`;
    heads.push({ name, factor });
  }
  return heads;
}

function readRow(
  spec: TableParam,
  heads: readonly Head[],
  line: readonly string[],
  separator: string,
): TableRow | string {
  const row: Record<string, number | string> = {};
  for (const [index, cell] of line.entries()) {
    const head = heads[index];
    if (cell === '') continue;
    if (head === undefined) return `there are more cells than columns.`;
    if (head.name === 'group') {
      row['group'] = cell.slice(0, 40);
      continue;
    }
    const column = own(spec.columns, head.name);
    const value = asNumber(cell, separator) * head.factor;
    const word = spec.heads[head.name] ?? head.name;
    if (column === undefined || !Number.isFinite(value))
      return `${word}: “${cell.slice(0, 20)}” is not a number.`;
    if (value < column.min || value > column.max) return `${word}: ${cell.slice(0, 20)} is out of range.`;
    row[head.name] = value;
  }
  return row;
}
