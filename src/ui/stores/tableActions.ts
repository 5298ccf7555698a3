/** What a user can do to tables, and to several values at once. React-free. */
import type { Design } from '../../graph/document.ts';
import { describePath, quantityAt, setAt } from '../../graph/paths.ts';
import { addRows, removeRow, replaceRows, setGroup, toggleCell } from '../../graph/tableEdits.ts';
import type { TableRow } from '../../optics/element.ts';
import { documentStore, registry } from './app.ts';
import { toast } from './uiStore.ts';

/** Sets numbers within their legal ranges, as one step with all that share the gesture until it is settled. */
export function setValues(label: string, values: Readonly<Record<string, number>>, gesture: string): void {
  const set = (design: Design, [path, value]: [string, number]): Design => {
    const target = describePath(design, registry, path);
    const spec = target.ok ? quantityAt(target) : null;
    if (spec === null) return design;
    return setAt(design, registry, path, Math.min(spec.max, Math.max(spec.min, value)));
  };
  documentStore.getState().apply(label, (design) => Object.entries(values).reduce(set, design), gesture);
}

/** False with a message where the table cannot be changed like this. */
function change(label: string, edit: (design: Design) => Design): boolean {
  try {
    documentStore.getState().apply(label, edit);
    documentStore.getState().settle();
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    toast(error.message, 'error');
    return false;
  }
}

/**
 * @param path `node.param`
 * @param at its index; absent for the end
 */
export function addTableRow(path: string, row: TableRow, at?: number): boolean {
  return change('Add row', (design) => addRows(design, registry, path, [row], at));
}

export function removeTableRow(path: string, row: number): boolean {
  return change('Delete row', (design) => removeRow(design, registry, path, row));
}

/** Lets the fit change a cell, or with the row '*' a column; or not. */
export function toggleTableCell(path: string, row: number | '*', column: string): boolean {
  return change('Learn', (design) => toggleCell(design, registry, path, row, column));
}

/** Puts other rows in place of all. */
export function replaceTable(path: string, rows: readonly TableRow[]): boolean {
  return change('Replace table', (design) => replaceRows(design, registry, path, rows));
}

export function groupTableRow(path: string, row: number, group: string | null): boolean {
  return change('Change group', (design) => setGroup(design, registry, path, row, group));
}
