/** Cuts through a stack of planes: what one sees from the side. Arithmetic only. */

/** A stack, [planes, ny, nx] flat. */
export interface StackOfPlanes {
  readonly shape: readonly [planes: number, ny: number, nx: number];
  readonly data: Float32Array;
}

/** Pixels of a plane; the middle of the first one is (0, 0). */
export interface Cut {
  readonly x: number;
  readonly y: number;
}

export interface Section {
  /** [rows along z, columns along x or y]. */
  readonly shape: readonly [number, number];
  readonly data: Float32Array;
}

/** A section is at most so many times as high as the longer side of a plane. */
const HIGHEST = 2;

/**
 * Rows that a section of a stack has: as many as make depth and width appear on one scale, but one for each plane at
 * least and not more than twice the longer side of a plane.
 * @param spacing of the planes over that of the pixels
 */
export function sectionRows([planes, ny, nx]: StackOfPlanes['shape'], spacing: number): number {
  const most = Math.max(planes, HIGHEST * Math.max(nx, ny));
  return Math.min(most, Math.max(planes, Math.round(planes * Math.abs(spacing))));
}

/** The plane that a row of a section shows: a plane is a band of rows, nothing lies between planes. */
export function planeOfRow(row: number, rows: number, planes: number): number {
  return Math.min(planes - 1, Math.max(0, Math.floor(((row + 0.5) * planes) / rows)));
}

/** The section along x (z down, x to the right) or y through a place; the first plane is on top. */
export function axialSection(stack: StackOfPlanes, along: 'x' | 'y', cut: Cut, rows: number): Section {
  const [planes, ny, nx] = stack.shape;
  const [count, stride] = along === 'x' ? [nx, 1] : [ny, nx];
  const within = (index: number, size: number) => Math.min(size - 1, Math.max(0, Math.round(index)));
  const start = along === 'x' ? within(cut.y, ny) * nx : within(cut.x, nx);
  const data = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const first = planeOfRow(row, rows, planes) * ny * nx + start;
    for (let i = 0; i < count; i++) data[row * count + i] = stack.data[first + i * stride] ?? Number.NaN;
  }
  return { shape: [rows, count], data };
}

/** Where the largest value of all planes is; the middle where no value is a number. */
export function brightestPlace({ shape: [, ny, nx], data }: StackOfPlanes): Cut {
  let best = -1;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value - value === 0 && (best < 0 || value > (data[best] as number))) best = i;
  }
  if (best < 0) return { x: Math.floor(nx / 2), y: Math.floor(ny / 2) };
  const pixel = best % (nx * ny);
  return { x: pixel % nx, y: Math.floor(pixel / nx) };
}
