/** The rows of a table of points as handles on the chart of its element; the optics follow where they may. React-free. */
import { findNode } from '../../graph/registry.ts';
import { cellPath, cellValue, tableRows } from '../../graph/tables.ts';
import type { TableParam } from '../../optics/element.ts';
import { documentStore, session } from '../stores/app.ts';
import { addTableRow, removeTableRow, setValues } from '../stores/tableActions.ts';
import { toast } from '../stores/uiStore.ts';
import { betweenNeighbours, FIGURES, type PlotHandles } from './plotHandles.ts';
import { viewStore } from './viewStore.ts';

/** @param unit SI value of one on the plot's axis of places */
export function curveHandles(
  nodeId: string,
  param: string,
  spec: TableParam,
  columns: NonNullable<TableParam['curve']>,
  unit: number,
): PlotHandles {
  const path = `${nodeId}.${param}`;
  const gesture = `curve:${path}`;
  const rowsNow = () => tableRows(spec, findNode(documentStore.getState().design, nodeId)?.params[param]);
  let follows = false;
  return {
    list() {
      const rows = rowsNow();
      return rows.map((_, row) => ({
        x: cellValue(spec, rows, row, columns.x) / unit,
        y: cellValue(spec, rows, row, columns.y),
      }));
    },
    take() {
      follows = viewStore.getState().follow && session.following.begin('Move point', gesture);
    },
    move(index, to) {
      const x = betweenNeighbours(this.list(), index, to.x);
      const places = { [columns.x]: x * unit, [columns.y]: Number(to.y.toPrecision(FIGURES)) };
      const values = Object.entries(places).map(
        ([column, value]) => [cellPath(path, index, column), Number(value.toPrecision(12))] as const,
      );
      setValues('Move point', Object.fromEntries(values), gesture);
    },
    drop() {
      if (!follows) {
        documentStore.getState().settle();
        return;
      }
      follows = false;
      void session.following.release().then((ended) => {
        if (ended?.outcome.kind === 'failed') toast(ended.outcome.message, 'error');
      });
    },
    cancel() {
      documentStore.getState().settle();
      documentStore.getState().undo();
      if (follows) session.following.cancel();
      follows = false;
    },
    add: ({ x, y }) => {
      const rows = rowsNow();
      const isRight = rows.map((_, row) => cellValue(spec, rows, row, columns.x) > x * unit);
      const at = isRight.includes(true) ? isRight.indexOf(true) : rows.length;
      return addTableRow(path, { [columns.x]: x * unit, [columns.y]: Math.max(0, y) }, at) ? at : null;
    },
    remove: (index) => removeTableRow(path, index),
    subscribe: (listener) =>
      documentStore.subscribe((state, before) => {
        if (state.design !== before.design) listener();
      }),
  };
}
