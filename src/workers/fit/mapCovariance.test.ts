import { expect, it } from 'vitest';
import { symmetricInverse } from '../../optics/maths/linearAlgebra.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { CellInverse, HeldErrors, MapCovariance } from './mapCovariance.ts';

const [CELLS, NUMBERS] = [7, 3];
const COUNT = CELLS + NUMBERS;

/** AᵀA of random rows: numbers first. */
function curvature(seed: number): Float64Array {
  const random = new SeededRandom(seed);
  const rows = Array.from({ length: 3 * COUNT }, () => Array.from({ length: COUNT }, () => random.normal()));
  return Float64Array.from({ length: COUNT * COUNT }, (_, at) =>
    rows.reduce((sum, row) => sum + (row[Math.floor(at / COUNT)] ?? 0) * (row[at % COUNT] ?? 0), 0),
  );
}

const block = (whole: Float64Array, row: number, column: number, height: number, width: number) =>
  Float64Array.from(
    { length: height * width },
    (_, i) => whole[(row + Math.floor(i / width)) * COUNT + column + (i % width)] ?? Number.NaN,
  );

function covarianceOf(whole: Float64Array, variance: number) {
  const cells = CellInverse.of({
    ...{ cells: block(whole, NUMBERS, NUMBERS, CELLS, CELLS), cellCount: CELLS },
    cross: block(whole, NUMBERS, 0, CELLS, NUMBERS),
    ...{ numbers: block(whole, 0, 0, NUMBERS, NUMBERS), numberCount: NUMBERS },
  });
  if (cells === null) throw new Error('The curvature is that of a minimum.');
  return new MapCovariance(cells, cells.left, variance);
}

// Every cell is held by a millionth of the mean curvature, which the inverse shows.
const HELD = 1e-4;

it('has the inverse of the whole in its parts: numbers, cells, and what both do together', () => {
  const whole = curvature(1);
  const inverted = symmetricInverse(whole, COUNT);
  if (!inverted.ok) throw new Error('It has an inverse.');
  const covariance = covarianceOf(whole, 4);
  const factors = Float64Array.from({ length: COUNT }, (_, i) => Math.cos(3 * i));
  const expected = factors.reduce(
    (sum, f, i) =>
      sum + factors.reduce((row, g, j) => row + 4 * f * g * (inverted.inverse[i * COUNT + j] ?? 0), 0),
    0,
  );
  const f = { numbers: factors.subarray(0, NUMBERS), cells: factors.subarray(NUMBERS) };
  expect((covariance.variance(f) ?? 0) / expected).toBeCloseTo(1, 4);
  for (let i = 0; i < NUMBERS; i++) {
    const own = 2 * Math.sqrt(inverted.inverse[i * (COUNT + 1)] ?? 0);
    expect(Math.abs((covariance.numbers.sigma[i] ?? 0) / own - 1)).toBeLessThan(HELD);
  }
});

it('moves everything by the inverse times a slope of the cells', () => {
  const whole = curvature(2);
  const slope = Float64Array.from({ length: CELLS }, (_, k) => Math.sin(1 + k));
  const { numbers, cells } = covarianceOf(whole, 4).moved(slope);
  const moved = [...numbers, ...cells];
  for (let i = 0; i < COUNT; i++) {
    const back = moved.reduce((sum, x, j) => sum + x * (whole[i * COUNT + j] ?? 0), 0);
    expect(Math.abs(back - (i < NUMBERS ? 0 : (slope[i - NUMBERS] ?? 0)))).toBeLessThan(HELD);
  }
});

it('adds what is held back to the noise in squares, and tells nothing of numbers that nothing tells', () => {
  const whole = curvature(3);
  const covariance = covarianceOf(whole, 1);
  const held = { numbers: Float64Array.of(0.5, 0, 0), cells: new Float64Array(CELLS) };
  const first = { numbers: [1, 0, 0], cells: new Float64Array(CELLS) };
  const noise = covariance.variance(first) ?? Number.NaN;
  expect(new HeldErrors(covariance, held).sigma(first)).toBeCloseTo(Math.hypot(Math.sqrt(noise), 0.5), 12);
  const blind = whole.map((x, at) => (at % COUNT === 1 || Math.floor(at / COUNT) === 1 ? 0 : x));
  const untold = covarianceOf(blind, 1);
  expect(untold.numbers.sigma[1]).toBeNull();
  expect(untold.variance({ numbers: [0, 1, 0], cells: new Float64Array(CELLS) })).toBeNull();
  expect(untold.variance(first)).toBeGreaterThan(0);
});
