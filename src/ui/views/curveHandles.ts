/** The rows of a table of points as handles on the chart of its element; the optics follow where they may. React-free. */
import { findNode } from '../../graph/registry.ts';
import { cellPath, cellValue, tableRows } from '../../graph/tables.ts';
import type { TableParam } from '../../optics/element.ts';
import { documentStore, session } from '../stores/app.ts';
import { addTableRow, removeTableRow, setValues } from '../stores/tableActions.ts';
import { toast } from '../stores/uiStore.ts';
import type { PlotHandles } from './plotHandles.ts';
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
      const rounded = (value: number) => Number(value.toPrecision(4));
      const x = betweenNeighbours(this.list(), index, to.x);
      const places = { [columns.x]: rounded(x) * unit, [columns.y]: rounded(to.y) };
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
    add: ({ x, y }) => addTableRow(path, { [columns.x]: x * unit, [columns.y]: Math.max(0, y) }),
    remove: (index) => removeTableRow(path, index),
    subscribe: (listener) =>
      documentStore.subscribe((state, before) => {
        if (state.design !== before.design) listener();
      }),
  };
}

/** Of what separates the outermost points: neighbours stay so far apart. */
const GAP = 1e-3;

/** A point that passed another would change the curve's shape at once: it stops there. */
function betweenNeighbours(points: readonly { readonly x: number }[], index: number, x: number): number {
  const now = points[index]?.x ?? x;
  const others = points.flatMap((point, i) => (i === index ? [] : [point.x]));
  const gap = GAP * (Math.max(now, ...others) - Math.min(now, ...others));
  const least = Math.max(...others.filter((other) => other < now)) + gap;
  const most = Math.min(...others.filter((other) => other > now)) - gap;
  return Math.min(Math.max(x, least), Math.max(least, most));
}
