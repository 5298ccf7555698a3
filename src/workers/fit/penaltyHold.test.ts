import { expect, it } from 'vitest';
import type { PenaltyCurvature } from '../../optics/mapPenalty.ts';
import { choleskySolve, symmetricInverse } from '../../optics/maths/linearAlgebra.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { CellInverse, MapCovariance } from './mapCovariance.ts';
import { heldBack, jointCurvature, toldCells } from './penaltyHold.ts';

/** Every cell is held by a millionth of the mean curvature, rounding far below. */
const HELD = 1e-5;

const matrix = (count: number, of: (i: number, j: number) => number) =>
  Float64Array.from({ length: count * count }, (_, at) => of(Math.floor(at / count), at % count));

const times = (whole: Float64Array, v: ArrayLike<number>) =>
  Float64Array.from({ length: v.length }, (_, i) =>
    Array.from(v).reduce((sum, each, j) => sum + each * (whole[i * v.length + j] ?? 0), 0),
  );

function inverseOf(curvature: Float64Array, numbers: number, terms: readonly PenaltyCurvature[]) {
  const cells = CellInverse.of(jointCurvature(curvature, numbers, Math.sqrt(curvature.length), terms));
  if (cells === null) throw new Error('The curvature is that of a minimum.');
  return cells;
}

/** Cells that nothing ties to each other: of curvature 1 by the data, 1, 99 and 0 by the penalty. */
const single = {
  curvature: matrix(3, (i, j) => (i === j ? 1 : 0)),
  terms: [1, 99].map((weight, cell): PenaltyCurvature => ({ weight, cells: [cell] })),
};

it('leaves to the data of single cells the share that their curvature has', () => {
  const cells = inverseOf(single.curvature, 0, single.terms);
  const told = toldCells(new MapCovariance(cells, cells.left, 1), cells, single.terms);
  expect(Math.abs(told - (1 / 2 + 1 / 100 + 1))).toBeLessThan(100 * HELD);
});

it('finds what a penalty took from cells that are well told, and leaves those that are noise', () => {
  const cells = inverseOf(single.curvature, 0, single.terms);
  const truth = [4, 400, 4];
  const found = Float64Array.of(2, 4, 4);
  const held = heldBack(new MapCovariance(cells, cells.left, 9), single.terms, found).cells;
  // Each of eight rounds finds half of what is left: 2⁻⁸ of 2 remain.
  expect(Math.abs((held[0] ?? 0) - ((truth[0] ?? 0) - 2))).toBeLessThan(2 * 2 ** -8 + 100 * HELD);
  // Here each finds a hundredth: eight are less than a tenth.
  expect(held[1]).toBeLessThan(0.1 * ((truth[1] ?? 0) - 4));
  expect(held[2]).toBeCloseTo(0, 10);
});

const [NUMBERS, SIDE] = [2, 3];
const COUNT = NUMBERS + SIDE * SIDE;
/** Steps between neighbours, with less than half of the curvature that the data have. */
const steps = Array.from({ length: SIDE * SIDE }, (_, i) => i).flatMap((i): PenaltyCurvature[] => [
  ...(i % SIDE < SIDE - 1 ? [{ weight: 1.5, cells: [i, i + 1] } as const] : []),
  ...(i < SIDE * (SIDE - 1) ? [{ weight: 1.5, cells: [i, i + SIDE] } as const] : []),
]);
/** Their matrix, numbers first. */
const penalty = matrix(COUNT, (i, j) =>
  steps.reduce((sum, { weight, cells: [one, other = -1] }) => {
    const sign = (k: number) => (k - NUMBERS === one ? 1 : k - NUMBERS === other ? -1 : 0);
    return sum + weight * sign(i) * sign(j);
  }, 0),
);

/** Curvature of data that mix everything. */
function mixed(seed: number): Float64Array {
  const random = new SeededRandom(seed);
  const rows = Array.from({ length: 6 * COUNT }, () => Array.from({ length: COUNT }, () => random.normal()));
  return matrix(COUNT, (i, j) => rows.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0));
}

it('leaves to the data the trace of their curvature times the covariance, less the numbers', () => {
  const data = mixed(1);
  const cells = inverseOf(data, NUMBERS, steps);
  const inverted = symmetricInverse(
    data.map((x, at) => x + (penalty[at] ?? 0)),
    COUNT,
  );
  if (!inverted.ok) throw new Error('It has an inverse.');
  const trace = data.reduce((sum, x, at) => sum + x * (inverted.inverse[at] ?? 0), 0);
  const told = toldCells(new MapCovariance(cells, cells.left, 1), cells, steps);
  expect(Math.abs(told - (trace - NUMBERS))).toBeLessThan(COUNT * HELD);
  // The penalty takes something, or this shows nothing.
  expect(told).toBeLessThan(SIDE * SIDE - 0.2);
});

it('finds what a penalty on steps took from numbers and cells together', () => {
  const data = mixed(2);
  const truth = Float64Array.from({ length: COUNT }, (_, i) => Math.sin(2 * i));
  // Where data without noise and the penalty end.
  const solved = choleskySolve(
    data.map((x, at) => x + (penalty[at] ?? 0)),
    times(data, truth),
    COUNT,
  );
  if (!solved.ok) throw new Error('It has a solution.');
  const found = solved.solution;
  const cells = inverseOf(data, NUMBERS, steps);
  const { numbers, cells: moved } = heldBack(
    new MapCovariance(cells, cells.left, 4),
    steps,
    found.subarray(NUMBERS),
  );
  const taken = truth.map((x, i) => x - (found[i] ?? 0));
  const most = taken.reduce((top, x) => Math.max(top, Math.abs(x)), 0);
  expect(most).toBeGreaterThan(0.03);
  // What eight rounds leave, each less than half of the one before.
  [...numbers, ...moved].forEach((x, i) => {
    expect(Math.abs(x - (taken[i] ?? 0))).toBeLessThan(2 ** -8 * most + HELD);
  });
});
