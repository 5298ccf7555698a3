/** One grid for maps of several wavelengths, whose pitch may differ (behind Fourier lenses, say). */

/** Samples of a plane, the origin at floor(n/2). */
export interface MapGrid {
  readonly rows: number;
  readonly columns: number;
  /** Distance between samples. */
  readonly pitch: number;
}

/** More samples along a side than this are not made: what lies outside is left out. */
const MOST = 2048;

export function isSameGrid(a: MapGrid, b: MapGrid): boolean {
  return a.rows === b.rows && a.columns === b.columns && Math.abs(a.pitch / b.pitch - 1) < 1e-9;
}

/** The finest pitch and the widest window of all. */
export function commonGrid(grids: readonly [MapGrid, ...MapGrid[]]): MapGrid {
  const [first] = grids;
  if (grids.every((each) => isSameGrid(each, first))) return first;
  const pitch = Math.min(...grids.map((each) => each.pitch));
  const count = (side: 'rows' | 'columns'): number =>
    Math.min(MOST, Math.ceil(Math.max(...grids.map((each) => each[side] * each.pitch)) / pitch - 1e-9));
  return { rows: count('rows'), columns: count('columns'), pitch };
}

/** A map (an irradiance, per area) on another grid of no coarser pitch: linear between samples, 0 outside. */
export function onGrid(map: Float64Array, from: MapGrid, to: MapGrid): Float64Array {
  if (isSameGrid(from, to)) return map;
  const out = new Float64Array(to.rows * to.columns);
  const place = (i: number, count: number, others: number): number =>
    ((i - Math.floor(count / 2)) * to.pitch) / from.pitch + Math.floor(others / 2);
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= from.rows || column >= from.columns
      ? 0
      : (map[row * from.columns + column] as number);
  for (let row = 0; row < to.rows; row++) {
    const y = place(row, to.rows, from.rows);
    const [top, v] = [Math.floor(y), y - Math.floor(y)];
    for (let column = 0; column < to.columns; column++) {
      const x = place(column, to.columns, from.columns);
      const [left, u] = [Math.floor(x), x - Math.floor(x)];
      out[row * to.columns + column] =
        (1 - v) * ((1 - u) * at(top, left) + u * at(top, left + 1)) +
        v * ((1 - u) * at(top + 1, left) + u * at(top + 1, left + 1));
    }
  }
  return out;
}
