/**
 * How wide a spot is, as microscopists report it: a Gaussian with two axes across the sharpest plane, and one along the
 * planes through its middle. Lengths in pixels and planes of the file. The widths are those of the picture, with the
 * pixel, the blur and the size of the bead in them; they are no error of the position.
 */
import { choleskySolve, symmetricInverse } from '../../optics/maths/linearAlgebra.ts';
import type { GivenPixels } from './pixels.ts';

export interface SpotWidth {
  /** Full width at half maximum: 2√(2 ln 2) standard deviations of the Gaussian. */
  readonly fwhm: number;
  /** Standard error of `fwhm`, from the scatter about the Gaussian. */
  readonly error: number;
}

export interface SpotWidths {
  /** Plane that x and y are measured in, counted from 0. */
  readonly plane: number;
  readonly x: SpotWidth;
  readonly y: SpotWidth;
  /** Null for one plane, where the stack does not reach far enough on both sides, and where no Gaussian fits. */
  readonly z: SpotWidth | null;
}

/** Full width at half maximum of a Gaussian, in its standard deviation. */
export const GAUSSIAN_FWHM = 2 * Math.sqrt(2 * Math.log(2));

/** Half of the part that is looked at, in widths of the spot: rings further out are no part of a Gaussian. */
const REACH = 1.5;
const SMALLEST_REACH = 4;
/** Fewer planes than this leave a Gaussian along them open. */
const LEAST_PLANES = 5;
const MOST_ROUNDS = 60;
const SETTLED = 1e-9;
/** Squared, in standard errors: what is left to the minimum. A descent that a limit stopped has more. */
const NEAR = 1e-2;
/** Of the width: an error beyond it tells no width. */
const LARGEST_ERROR = 0.5;
/** Of the round shape: axes of a Gaussian that hang together more are a line, not a spot. */
const MOST_TILTED = 0.95;

/**
 * Least-squares Gaussians of one spot; null where there is none, and where a width is not told: the descent ended on a
 * limit or without coming to rest, or the error is more than half of the width. The plane is that with the highest Gaussian among the
 * given one and its neighbours.
 * @param width full width at half maximum that is expected, pixels
 */
export function gaussianWidths(
  pixels: GivenPixels,
  { x, y, plane }: { readonly x: number; readonly y: number; readonly plane: number },
  width: number,
): SpotWidths | null {
  const across = [plane - 1, plane, plane + 1]
    .filter((each) => each >= 0 && each < pixels.planes)
    .flatMap((each) => {
      const found = acrossPlane(pixels, each, x, y, width);
      return found === null ? [] : [{ ...found, plane: each }];
    })
    .toSorted((a, b) => b.height - a.height);
  const [best] = across;
  if (best === undefined) return null;
  const z = alongPlanes(pixels, best.centre.x, best.centre.y, best.plane);
  return { plane: best.plane, x: best.x, y: best.y, z };
}

interface Across {
  readonly height: number;
  readonly centre: { readonly x: number; readonly y: number };
  readonly x: SpotWidth;
  readonly y: SpotWidth;
}

/** Height, centre, two deviations, their correlation, and what lies below: seven numbers of one plane. */
function acrossPlane(
  { ny, nx, data, level }: GivenPixels,
  plane: number,
  x: number,
  y: number,
  width: number,
): Across | null {
  const half = Math.max(SMALLEST_REACH, Math.ceil(REACH * width));
  const [cx, cy] = [Math.round(x), Math.round(y)];
  const places: { x: number; y: number; value: number }[] = [];
  for (let row = Math.max(0, cy - half); row <= Math.min(ny - 1, cy + half); row++) {
    for (let column = Math.max(0, cx - half); column <= Math.min(nx - 1, cx + half); column++) {
      const value = data[(plane * ny + row) * nx + column] as number;
      if (Number.isFinite(value) && (level === null || value < level))
        places.push({ x: column, y: row, value });
    }
  }
  const sorted = places.map(({ value }) => value).sort((a, b) => a - b);
  const floor = sorted[sorted.length >> 2] ?? 0;
  const start = [(sorted.at(-1) ?? 0) - floor, x, y, width / GAUSSIAN_FWHM, width / GAUSSIAN_FWHM, 0, floor];
  const fitted = leastSquares(
    places.map(({ value }) => value),
    start,
    (p, i, row) => spot(p, places[i]?.x ?? 0, places[i]?.y ?? 0, row),
    ([height = 0, px = 0, py = 0, sx = 0, sy = 0, tilt = 0]) =>
      height > 0 &&
      Math.max(Math.abs(px - x), Math.abs(py - y)) < half &&
      Math.min(sx, sy) > 0.2 &&
      Math.max(sx, sy) < 2 * half &&
      Math.abs(tilt) < MOST_TILTED,
  );
  if (fitted === null) return null;
  const [height = 0, px = 0, py = 0] = fitted.values;
  const [wx, wy] = [widthOf(fitted, 3), widthOf(fitted, 4)];
  return wx === null || wy === null ? null : { height, centre: { x: px, y: py }, x: wx, y: wy };
}

/** exp(−(u² − 2ρuv + v²) / 2(1 − ρ²)) with u = (x − x0)/σx, v = (y − y0)/σy; writes its seven derivatives. */
function spot(p: readonly number[], x: number, y: number, row: Float64Array): number {
  const [height = 0, x0 = 0, y0 = 0, sx = 1, sy = 1, tilt = 0, floor = 0] = p;
  const [u, v, w] = [(x - x0) / sx, (y - y0) / sy, 1 / (1 - tilt * tilt)];
  const exponent = (w * (u * u - 2 * tilt * u * v + v * v)) / 2;
  const shape = Math.exp(-exponent);
  const [alongX, alongY] = [height * shape * w * (u - tilt * v), height * shape * w * (v - tilt * u)];
  row[0] = shape;
  row[1] = alongX / sx;
  row[2] = alongY / sy;
  row[3] = (alongX * u) / sx;
  row[4] = (alongY * v) / sy;
  row[5] = height * shape * (w * u * v - 2 * tilt * w * exponent);
  row[6] = 1;
  return height * shape + floor;
}

/** Means of three by three pixels through all planes, by a Gaussian of four numbers. */
function alongPlanes(
  { planes, ny, nx, data, level }: GivenPixels,
  x: number,
  y: number,
  top: number,
): SpotWidth | null {
  if (planes < LEAST_PLANES) return null;
  const [cx, cy] = [Math.round(x), Math.round(y)];
  if (cx < 1 || cy < 1 || cx > nx - 2 || cy > ny - 2) return null;
  const heights = Array.from({ length: planes }, (_, plane) => {
    let sum = 0;
    for (let row = cy - 1; row <= cy + 1; row++) {
      for (let column = cx - 1; column <= cx + 1; column++) {
        const value = data[(plane * ny + row) * nx + column] as number;
        sum += level !== null && value >= level ? Number.NaN : value;
      }
    }
    return { plane, height: sum / 9 };
  }).filter(({ height }) => Number.isFinite(height));
  if (heights.length < LEAST_PLANES) return null;
  const sorted = heights.map(({ height }) => height).sort((a, b) => a - b);
  const [floor, most] = [sorted[sorted.length >> 3] ?? 0, sorted.at(-1) ?? 0];
  const wide = heights.filter(({ height }) => height - floor > (most - floor) / 2).length;
  const fitted = leastSquares(
    heights.map(({ height }) => height),
    [most - floor, top, Math.max(0.5, wide / GAUSSIAN_FWHM), floor],
    (p, i, row) => bump(p, heights[i]?.plane ?? 0, row),
    ([height = 0, middle = 0, deviation = 0]) =>
      height > 0 && middle > 0 && middle < planes - 1 && deviation > 0.2 && deviation < planes / 2,
  );
  return fitted === null ? null : widthOf(fitted, 2);
}

function bump(p: readonly number[], plane: number, row: Float64Array): number {
  const [height = 0, middle = 0, deviation = 1, floor = 0] = p;
  const u = (plane - middle) / deviation;
  const shape = Math.exp(-(u * u) / 2);
  row[0] = shape;
  row[1] = (height * shape * u) / deviation;
  row[2] = (height * shape * u * u) / deviation;
  row[3] = 1;
  return height * shape + floor;
}

interface Fitted {
  readonly values: readonly number[];
  readonly errors: readonly number[];
}

/** Null where the data do not tell it. */
function widthOf({ values, errors }: Fitted, which: number): SpotWidth | null {
  const fwhm = GAUSSIAN_FWHM * (values[which] ?? Number.NaN);
  const error = GAUSSIAN_FWHM * (errors[which] ?? Number.NaN);
  return error <= LARGEST_ERROR * fwhm ? { fwhm, error } : null;
}

/**
 * Levenberg and Marquardt's descent with exact derivatives; null where it does not settle inside what is allowed.
 * @param model value at a place; writes the derivatives by each number into the row
 */
function leastSquares(
  data: readonly number[],
  start: readonly number[],
  model: (values: readonly number[], place: number, row: Float64Array) => number,
  isAllowed: (values: readonly number[]) => boolean,
): Fitted | null {
  const size = start.length;
  if (data.length <= size || !isAllowed(start)) return null;
  const at = (values: readonly number[]) => normalEquations(data, size, (i, row) => model(values, i, row));
  let values = start;
  let state = at(values);
  let damping = 1e-3;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const damped = state.matrix.slice();
    for (let a = 0; a < size; a++) damped[a * size + a] = (damped[a * size + a] as number) * (1 + damping);
    const solved = choleskySolve(damped, state.right, size);
    if (!solved.ok) return null;
    const next = values.map((value, a) => value + (solved.solution[a] ?? 0));
    const tried = isAllowed(next) ? at(next) : null;
    if (tried === null || !(tried.sum <= state.sum)) {
      damping *= 10;
      if (damping > 1e8) break;
      continue;
    }
    const gain = state.sum - tried.sum;
    [values, state, damping] = [next, tried, Math.max(1e-9, damping / 10)];
    if (gain <= SETTLED * state.sum) break;
  }
  const inverted = symmetricInverse(state.matrix, size);
  if (!inverted.ok) return null;
  const { inverse } = inverted;
  const scatter = state.sum / (data.length - size);
  if (!(quadraticForm(inverse, state.right) <= NEAR * scatter)) return null;
  const errors = values.map((_, a) => Math.sqrt(scatter * (inverse[a * size + a] as number)));
  return { values, errors };
}

/** bᵀ A b: with the inverse of the normal equations and their right side, the squares that a whole step would gain. */
function quadraticForm(matrix: Float64Array, vector: Float64Array): number {
  return vector.reduce(
    (sum, a, i) =>
      sum + vector.reduce((row, b, j) => row + a * b * (matrix[i * vector.length + j] as number), 0),
    0,
  );
}

function normalEquations(
  data: readonly number[],
  size: number,
  model: (place: number, row: Float64Array) => number,
): { readonly matrix: Float64Array; readonly right: Float64Array; readonly sum: number } {
  const [matrix, right, row] = [
    new Float64Array(size * size),
    new Float64Array(size),
    new Float64Array(size),
  ];
  let sum = 0;
  data.forEach((value, i) => {
    const left = value - model(i, row);
    sum += left * left;
    for (let a = 0; a < size; a++) {
      const slope = row[a] as number;
      right[a] = (right[a] as number) + slope * left;
      for (let b = 0; b < size; b++)
        matrix[a * size + b] = (matrix[a * size + b] as number) + slope * (row[b] as number);
    }
  });
  return { matrix, right, sum };
}
