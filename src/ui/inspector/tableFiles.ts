/** Tables to the clipboard and to files, and from them. */
import { type TableUnits, tableFromText, tableToText } from '../../graph/tableText.ts';
import type { TableParam, TableRow } from '../../optics/element.ts';
import { replaceTable } from '../stores/tableActions.ts';
import { toast } from '../stores/uiStore.ts';
import { download } from '../views/exportView.ts';

export interface ShownTable {
  /** `node.param` */
  readonly path: string;
  readonly spec: TableParam;
  readonly rows: readonly TableRow[];
  /** As shown over the columns. */
  readonly units: TableUnits;
}

export function copyTable({ spec, rows, units }: ShownTable): void {
  navigator.clipboard.writeText(tableToText(spec, rows, units, '\t')).then(
    () => toast(`${rows.length} ${spec.row}s were copied.`),
    () => toast('The browser does not allow the page to use the clipboard; save a CSV instead.', 'error'),
  );
}

export function pasteTable(table: ShownTable): void {
  navigator.clipboard.readText().then(
    (text) => readTable(table, text),
    () => toast('The browser keeps the clipboard: press Ctrl+V in a field of the table instead.', 'error'),
  );
}

export function readTable({ path, spec, units }: ShownTable, text: string): void {
  const read = tableFromText(spec, text, units);
  if (!read.ok) toast(read.reason, 'error');
  else if (replaceTable(path, read.rows))
    toast(`${read.rows.length} ${spec.row}${read.rows.length === 1 ? '' : 's'} in place of those before.`);
}

export function saveTable({ path, spec, rows, units }: ShownTable): void {
  download(tableToText(spec, rows, units, ','), `${path.replace('.', ' - ')}.csv`, 'text/csv');
}

/** Larger files are no tables of spheres. */
const LARGEST_FILE = 1e6;

export function openTable(table: ShownTable, file: File): void {
  if (file.size > LARGEST_FILE) {
    toast(`${file.name} is too large for a table.`, 'error');
    return;
  }
  file.text().then(
    (text) => readTable(table, text),
    () => toast(`${file.name} could not be read.`, 'error'),
  );
}
