/** Widths of a spot. Lengths in metres from sample floor(N/2); x to the right, y down the rows. */
import { type HostPlane, largest } from './hostPlane.ts';

export interface SpotMoments {
  readonly total: number;
  readonly x: number;
  readonly y: number;
  /** Standard deviations along x and y. */
  readonly sigmaX: number;
  readonly sigmaY: number;
  /** Covariance of x and y, m². */
  readonly covariance: number;
}

/** Sum, centroid and second moments; not a number where there is no light. */
export function moments({ data, rows, columns, pitch }: HostPlane): SpotMoments {
  const [cx, cy] = [Math.floor(columns / 2), Math.floor(rows / 2)];
  let [total, sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column] as number;
      const [x, y] = [column - cx, row - cy];
      total += value;
      sx += value * x;
      sy += value * y;
      sxx += value * x * x;
      syy += value * y * y;
      sxy += value * x * y;
    }
  }
  const [mx, my] = [sx / total, sy / total];
  return {
    total,
    x: mx * pitch,
    y: my * pitch,
    sigmaX: pitch * Math.sqrt(Math.max(0, sxx / total - mx * mx)),
    sigmaY: pitch * Math.sqrt(Math.max(0, syy / total - my * my)),
    covariance: pitch * pitch * (sxy / total - mx * my),
  };
}

/** Row and column of the largest value. */
export function peakPlace({ data, columns }: Pick<HostPlane, 'data' | 'columns'>): {
  row: number;
  column: number;
} {
  let best = 0;
  for (let i = 1; i < data.length; i++) if ((data[i] as number) > (data[best] as number)) best = i;
  return { row: Math.floor(best / columns), column: best % columns };
}

/** Values along x (a row) or y (a column) through a sample. */
export function lineThrough(
  { data, rows, columns }: Pick<HostPlane, 'data' | 'rows' | 'columns'>,
  axis: 'x' | 'y',
  { row, column }: { readonly row: number; readonly column: number },
): Float64Array {
  return axis === 'x'
    ? data.slice(row * columns, (row + 1) * columns)
    : Float64Array.from({ length: rows }, (_, i) => data[i * columns + column] as number);
}

/**
 * Width of the main lobe of a line at a share of its peak, in samples, between linearly interpolated crossings; null
 * where it does not fall that low on both sides. The peak is that of the parabola through the three highest samples.
 */
export function widthAt(line: ArrayLike<number>, share: number): number | null {
  const at = (i: number): number => line[i] as number;
  let peak = 0;
  for (let i = 1; i < line.length; i++) if (at(i) > at(peak)) peak = i;
  const level = share * parabolaPeak(line, peak);
  if (!(level > 0)) return null;
  let [left, right] = [peak, peak];
  while (left > 0 && at(left - 1) >= level) left--;
  while (right < line.length - 1 && at(right + 1) >= level) right++;
  if (left === 0 || right === line.length - 1) return null;
  const from = left - (at(left) - level) / (at(left) - at(left - 1));
  const to = right + (at(right) - level) / (at(right) - at(right + 1));
  return to - from;
}

function parabolaPeak(line: ArrayLike<number>, peak: number): number {
  const [a, b, c] = [line[peak - 1], line[peak] as number, line[peak + 1]];
  if (a === undefined || c === undefined) return b;
  const curvature = a - 2 * b + c;
  return curvature < 0 ? b - (a - c) ** 2 / (8 * curvature) : b;
}

/** Share of the values in a frame of 5 % of each side: light there may have been cut off, or come in again. */
export function edgeShare({ data, rows, columns }: Pick<HostPlane, 'data' | 'rows' | 'columns'>): number {
  const [fy, fx] = [Math.max(1, Math.round(0.05 * rows)), Math.max(1, Math.round(0.05 * columns))];
  let [edge, total] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const isEdgeRow = row < fy || row >= rows - fy;
    for (let column = 0; column < columns; column++) {
      const value = Math.abs(data[row * columns + column] as number);
      total += value;
      if (isEdgeRow || column < fx || column >= columns - fx) edge += value;
    }
  }
  return total > 0 ? edge / total : 0;
}

/** Values minus a background, none below zero; the background is the median of the outermost samples. */
export function withoutBackground(plane: HostPlane): HostPlane {
  const { data, rows, columns } = plane;
  const edge: number[] = [];
  for (let i = 0; i < data.length; i++) {
    const [row, column] = [Math.floor(i / columns), i % columns];
    if (row === 0 || column === 0 || row === rows - 1 || column === columns - 1) edge.push(data[i] as number);
  }
  edge.sort((a, b) => a - b);
  const background = edge[Math.floor(edge.length / 2)] ?? 0;
  if (!(largest(data) > background)) return plane;
  return { ...plane, data: data.map((value) => Math.max(0, value - background)) };
}
