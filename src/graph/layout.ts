/** Places nodes from left to right in the direction of the light. */
import type { Design } from './document.ts';
import { indexDesign, topologicalOrder } from './topology.ts';

export interface NodeSize {
  readonly width: number;
  readonly height: number;
}

export interface LayoutOptions {
  readonly columnGap?: number;
  readonly rowGap?: number;
  /** Size of a node that `sizes` does not know. */
  readonly fallback?: NodeSize;
}

/**
 * New positions (top left corners) of all nodes: columns by the longest way from a source, rows ordered to keep
 * wires short. Nodes never overlap and every wire outside a loop goes to the right. The same design gives the
 * same layout.
 */
export function autoLayout(
  design: Design,
  sizes: ReadonlyMap<string, NodeSize>,
  { columnGap = 80, rowGap = 40, fallback = { width: 200, height: 160 } }: LayoutOptions = {},
): Map<string, { x: number; y: number }> {
  const sizeOf = (id: string): NodeSize => sizes.get(id) ?? fallback;
  const columns = assignColumns(design);
  for (let sweep = 0; sweep < 4; sweep++) {
    orderColumns(design, columns, 'incoming');
    orderColumns(design, columns.toReversed(), 'outgoing');
  }
  orderColumns(design, columns, 'incoming');
  const positions = new Map<string, { x: number; y: number }>();
  let x = 0;
  for (const column of columns) {
    placeColumn(design, column, positions, x, sizeOf, rowGap);
    x += Math.max(...column.map((id) => sizeOf(id).width)) + columnGap;
  }
  const top = Math.min(0, ...[...positions.values()].map(({ y }) => y));
  for (const position of positions.values()) position.y -= top;
  return positions;
}

/** Columns of node ids by the longest way from a source; nodes in loops come after what feeds them. */
function assignColumns(design: Design): string[][] {
  const { incoming, outgoing } = indexDesign(design);
  const { order, leftOver } = topologicalOrder(design);
  const depth = new Map<string, number>();
  for (const id of [...order, ...leftOver]) {
    const before = (incoming.get(id) ?? []).map((edge) => (depth.get(edge.from.node) ?? -1) + 1);
    depth.set(id, Math.max(0, ...before));
  }
  // A source sits just before what it feeds, not at the far left.
  for (const id of order.toReversed()) {
    if ((incoming.get(id) ?? []).length > 0) continue;
    const after = (outgoing.get(id) ?? []).map((edge) => depth.get(edge.to.node) ?? 0);
    if (after.length > 0) depth.set(id, Math.max(0, Math.min(...after) - 1));
  }
  const columns: string[][] = [];
  for (const id of indexDesign(design).nodes.keys()) {
    const column = depth.get(id) ?? 0;
    while (columns.length <= column) columns.push([]);
    columns[column]?.push(id);
  }
  return columns.filter((column) => column.length > 0);
}

/** Sorts each column by the mean row of its neighbours on one side; ties keep their order. */
function orderColumns(design: Design, columns: readonly string[][], side: 'incoming' | 'outgoing'): void {
  const index = indexDesign(design);
  const rows = new Map<string, number>();
  for (const column of columns)
    for (const [row, id] of column.entries()) rows.set(id, row - column.length / 2);
  for (const column of columns) {
    const wanted = new Map<string, number>();
    for (const id of column) {
      const neighbours = (index[side].get(id) ?? []).flatMap((edge) => {
        const row = rows.get(side === 'incoming' ? edge.from.node : edge.to.node);
        return row === undefined ? [] : [row];
      });
      const mean = neighbours.reduce((sum, row) => sum + row, 0) / neighbours.length;
      wanted.set(id, neighbours.length === 0 ? (rows.get(id) ?? 0) : mean);
    }
    column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    for (const [row, id] of column.entries()) rows.set(id, row - column.length / 2);
  }
}

/** Puts each node level with what feeds it where there is room, and below the node above it where not. */
function placeColumn(
  design: Design,
  column: readonly string[],
  positions: Map<string, { x: number; y: number }>,
  x: number,
  sizeOf: (id: string) => NodeSize,
  rowGap: number,
): void {
  const { incoming } = indexDesign(design);
  const wanted = column.map((id) => {
    const centres = (incoming.get(id) ?? []).flatMap((edge) => {
      const from = positions.get(edge.from.node);
      return from === undefined ? [] : [from.y + sizeOf(edge.from.node).height / 2];
    });
    if (centres.length === 0) return null;
    return centres.reduce((sum, y) => sum + y, 0) / centres.length - sizeOf(id).height / 2;
  });
  let bottom = Number.NEGATIVE_INFINITY;
  const tops = column.map((id, row) => {
    const free = bottom === Number.NEGATIVE_INFINITY ? 0 : bottom + rowGap;
    const top = Math.max(
      wanted[row] ?? free,
      bottom === Number.NEGATIVE_INFINITY ? (wanted[row] ?? 0) : free,
    );
    bottom = top + sizeOf(id).height;
    return top;
  });
  // Pushing down accumulates: move the column back up by the mean shift.
  const shifts = tops.flatMap((top, row) => (wanted[row] == null ? [] : [top - (wanted[row] ?? 0)]));
  const shift = shifts.length === 0 ? 0 : shifts.reduce((sum, each) => sum + each, 0) / shifts.length;
  column.forEach((id, row) => {
    positions.set(id, { x, y: Math.round((tops[row] ?? 0) - shift) });
  });
}
