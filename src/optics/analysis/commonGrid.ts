/** One grid for light of several wavelengths, whose pitch may differ (behind Fourier lenses, say). */

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

/**
 * The field of light, interleaved, on another grid: the one trigonometric polynomial through its samples, 0 outside
 * its window. Exact for all that the samples can hold, where interpolation of the irradiance (whose band is twice as
 * wide) is not: a focus as narrow as its samples.
 */
export function fieldOnGrid(field: ArrayLike<number>, from: MapGrid, to: MapGrid): ArrayLike<number> {
  if (isSameGrid(from, to)) return field;
  const ratio = to.pitch / from.pitch;
  const down = interpolation(from.rows, to.rows, ratio);
  const across = interpolation(from.columns, to.columns, ratio);
  const width = 2 * from.columns;
  const rows = new Float64Array(to.rows * width);
  down.forEach((weights, row) => {
    const line = rows.subarray(row * width, (row + 1) * width);
    weights?.forEach((weight, k) => {
      for (let i = 0; i < width; i++)
        line[i] = (line[i] as number) + weight * (field[k * width + i] as number);
    });
  });
  const out = new Float64Array(2 * to.rows * to.columns);
  for (let row = 0; row < to.rows; row++) {
    if (down[row] === null) continue;
    const line = rows.subarray(row * width, (row + 1) * width);
    across.forEach((weights, column) => {
      if (weights === null) return;
      let [re, im] = [0, 0];
      for (let k = 0; k < weights.length; k++) {
        re += (weights[k] as number) * (line[2 * k] as number);
        im += (weights[k] as number) * (line[2 * k + 1] as number);
      }
      out[2 * (row * to.columns + column)] = re;
      out[2 * (row * to.columns + column) + 1] = im;
    });
  }
  return out;
}

/** For each sample of the new grid the weights of the old ones; null outside their window. */
function interpolation(n: number, outputs: number, ratio: number): readonly (Float64Array | null)[] {
  return Array.from({ length: outputs }, (_, i) => {
    const at = (i - Math.floor(outputs / 2)) * ratio + Math.floor(n / 2);
    if (at < -0.5 || at > n - 0.5) return null;
    return Float64Array.from({ length: n }, (_, k) => dirichlet(at - k, n));
  });
}

/** What the samples 1, 0, 0, ... of a period n are in between; at even n the highest frequency is shared by both signs. */
function dirichlet(t: number, n: number): number {
  const sine = Math.sin((Math.PI * t) / n);
  if (Math.abs(sine) < 1e-12) return 1;
  const value = Math.sin(Math.PI * t) / (n * sine);
  return n % 2 === 0 ? value * Math.cos((Math.PI * t) / n) : value;
}
