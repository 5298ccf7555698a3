/** A quick test of whether the image that one emitter was fitted to is that of two. */
import { choleskySolve } from '../maths/linearAlgebra.ts';
import type { Region } from './localiseJoint.ts';
import type { EmitterKernel } from './localiseKernel.ts';
import type { Shape } from './splineWindow.ts';

/**
 * How surely the image of an emitter is curved as the sum of two would be: the score test (C. R. Rao, Proc. Camb. Phil.
 * Soc. 44, 50 (1948)) of its six second derivatives by place and depth, beside the five first ones, in squared errors.
 */
export function curvature(kernel: EmitterKernel, region: Region, values: Float64Array): number {
  const { nx, ny, electrons, variance, known } = region;
  const pixels = nx * ny;
  const step = (axis: number, by: number) =>
    values.slice(0, 3).map((value, a) => value + (a === axis ? by : 0));
  const middle = kernel.shape(values, 0);
  const sides = [0, 1, 2].map(
    (axis) =>
      [kernel.shape(step(axis, STEP), 1 + 2 * axis), kernel.shape(step(axis, -STEP), 2 + 2 * axis)] as const,
  );
  const columns = Array.from({ length: 11 }, () => new Float64Array(pixels));
  const weights = new Float64Array(pixels);
  const rest = new Float64Array(pixels);
  const [photons, background] = [values[3] as number, values[4] as number];
  for (let i = 0; i < pixels; i++) {
    const [x, y] = [region.x0 + (i % nx), region.y0 + Math.floor(i / nx)];
    const v = variance[i] as number;
    const model =
      photons * sample(middle, 0, x, y) + background + v + (known === null ? 0 : (known[i] as number));
    weights[i] = 1 / Math.max(1e-3, model);
    rest[i] = Math.max(0, (electrons[i] as number) + v) - model;
    for (let layer = 0; layer < 4; layer++) (columns[layer] as Float64Array)[i] = sample(middle, layer, x, y);
    (columns[4] as Float64Array)[i] = 1;
    SECOND.forEach(([axis, layer], k) => {
      const [after, before] = sides[axis] as readonly [Shape, Shape];
      (columns[5 + k] as Float64Array)[i] = sample(after, layer, x, y) - sample(before, layer, x, y);
    });
  }
  const matrix = new Float64Array(11 * 11);
  const right = new Float64Array(11);
  columns.forEach((a, row) => {
    const weighted = a.map((value, i) => value * (weights[i] as number));
    right[row] = weighted.reduce((sum, value, i) => sum + value * (rest[i] as number), 0);
    columns.forEach((b, column) => {
      matrix[11 * row + column] = weighted.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
    });
  });
  const solved = choleskySolve(matrix, right, 11);
  return solved.ok ? solved.solution.reduce((sum, value, a) => sum + value * (right[a] as number), 0) : 0;
}

/** Pixels, and planes, to either side of a place for differences of slopes. */
const STEP = 0.5;
/** Axis of the difference and layer of the slope: xx, xy, xz, yy, yz, zz. */
const SECOND = [
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 2],
  [1, 3],
  [2, 3],
] as const;

function sample({ x0, y0, side, width, layers }: Shape, layer: number, x: number, y: number): number {
  const [row, column] = [y - y0, x - x0];
  const isIn = row >= 0 && row < side && column >= 0 && column < side;
  return isIn ? (layers[(layer * side + row) * width + column] as number) : 0;
}
