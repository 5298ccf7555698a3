import { expect, it } from 'vitest';
import { paintRound } from './maps.ts';

it('paints the cells whose middles lie inside a round brush', () => {
  const map = { cells: 7, values: new Float64Array(49) };
  paintRound(map, { x: 3.5, y: 2.5 }, 1.2, 5);
  const rows = Array.from({ length: 7 }, (_, y) => Array.from(map.values.slice(7 * y, 7 * y + 7)).join(''));
  expect(rows).toEqual(['0000000', '0005000', '0055500', '0005000', '0000000', '0000000', '0000000']);
});

it('stays inside the map', () => {
  const map = { cells: 4, values: new Float64Array(16) };
  paintRound(map, { x: 0, y: 4 }, 1, 1);
  expect(Array.from(map.values)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
});
