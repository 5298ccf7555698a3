import { expect, it } from 'vitest';
import { correlations } from './report.ts';

const paths = (...names: string[]) => names.map((path) => ({ path }));

it('correlates the errors that are told: those of noise and of the assumed background', () => {
  // C = [[4, 1], [1, 1]] from noise; a brightness that moves the second by 3 adds 9 to its variance.
  const errors = { sigma: [2, 1], correlation: Float64Array.of(1, 0.5, 0.5, 1), unidentified: [] };
  expect(correlations(paths('a', 'b'), errors, null).matrix).toEqual([
    [1, 0.5],
    [0.5, 1],
  ]);
  const { matrix } = correlations(paths('a', 'b'), errors, Float64Array.of(0, 3));
  // Six figures are kept.
  expect(matrix[0]?.[1]).toBeCloseTo(1 / Math.sqrt(4 * 10), 6);
  // One that moves both alone correlates them wholly.
  const moved = correlations(paths('a', 'b'), { ...errors, sigma: [1e-9, 1e-9] }, Float64Array.of(1, -2));
  expect(moved.matrix[0]?.[1]).toBeCloseTo(-1, 6);
});

it('has no coefficients for what the data do not determine', () => {
  const errors = { sigma: [2, null], correlation: Float64Array.of(1, 0.5, 0.5, 1), unidentified: [[1]] };
  expect(correlations(paths('a', 'b'), errors, null)).toEqual({
    paths: ['a', 'b'],
    matrix: [
      [1, null],
      [null, null],
    ],
  });
});
