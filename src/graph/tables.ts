/** Tables of the document (`TableParam`): what their cells hold, and which rows a cell's value belongs to. */
import type { TableParam, TableRow } from '../optics/element.ts';
import type { ParamData } from './document.ts';
import { isTable } from './format.ts';
import { own } from './registry.ts';

/** The rows of a table, the default ones where the document has none. */
export function tableRows(spec: TableParam, data: ParamData | undefined): readonly TableRow[] {
  return data !== undefined && isTable(data) ? data : spec.default;
}

/** The group that a row names; null for a row of its own. */
export function groupOf(row: TableRow | undefined): string | null {
  const group = row === undefined ? undefined : own(row, 'group');
  return typeof group === 'string' && group !== '' ? group : null;
}

/** The row that holds a cell's value: the first of the group where the group shares the column, else the row itself. */
export function cellRow(spec: TableParam, rows: readonly TableRow[], row: number, column: string): number {
  const group = spec.shared.includes(column) ? groupOf(rows[row]) : null;
  return group === null ? row : rows.findIndex((each) => groupOf(each) === group);
}

/** The value that counts in a cell, SI: that of the group where it is shared, the column's default where it is empty. */
export function cellValue(spec: TableParam, rows: readonly TableRow[], row: number, column: string): number {
  const value = own(rows[cellRow(spec, rows, row, column)] ?? {}, column);
  return typeof value === 'number' ? value : (own(spec.columns, column)?.default ?? 0);
}

/** The rows with another value in a cell, and in those that share it. */
export function withCell(
  spec: TableParam,
  rows: readonly TableRow[],
  row: number | '*',
  column: string,
  value: number,
): readonly TableRow[] {
  const holder = row === '*' ? null : cellRow(spec, rows, row, column);
  return rows.map((each, index) =>
    holder === null || cellRow(spec, rows, index, column) === holder ? { ...each, [column]: value } : each,
  );
}

/** @param path `node.param` */
export function cellPath(path: string, row: number | '*', column: string): string {
  return `${path}.${row}.${column}`;
}

/** What a cell is called: “sphere 2, radius”, “group A, radius”, “all spheres, radius”. */
export function cellTitle(
  spec: TableParam,
  rows: readonly TableRow[],
  row: number | '*',
  column: string,
): string {
  const title = own(spec.columns, column)?.title ?? column;
  // Titles begin with a capital, but for abbreviations.
  const name = /^[A-Z][a-z]/.test(title) ? title[0]?.toLowerCase() + title.slice(1) : title;
  if (row === '*') return `all ${spec.row}s, ${name}`;
  const group = spec.shared.includes(column) ? groupOf(rows[row]) : null;
  return group === null ? `${spec.row} ${row + 1}, ${name}` : `group ${group}, ${name}`;
}
