import { expect, it } from 'vitest';
import { coefficientText, strongestPairs } from './correlation.ts';

it('names the strongest pairs of values once each, whatever their sign', () => {
  const matrix = [
    [1, 0.2, -0.9, null],
    [0.2, 1, 0.6, null],
    [-0.9, 0.6, 1, null],
    [null, null, null, null],
  ];
  const correlation = { paths: ['a', 'b', 'c', 'd'], matrix };
  expect(strongestPairs(correlation, 5, 0.5)).toEqual([
    { first: 'a', second: 'c', coefficient: -0.9 },
    { first: 'b', second: 'c', coefficient: 0.6 },
  ]);
  expect(strongestPairs(correlation, 1, 0)).toHaveLength(1);
});

it('writes coefficients to two decimals, and one that is nearly 1 so that it can be told from 1', () => {
  expect([-0.984, 0.031, -0.001, 1, 0.9991].map(coefficientText)).toEqual([
    '−0.98',
    '0.03',
    '0.00',
    '1.00',
    '0.9991',
  ]);
});
