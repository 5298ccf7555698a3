/** J0 and J1 by the million: a table that is made once, a hundred times quicker than their series. */
import { besselJ0, besselJ1 } from './bessel.ts';
import { POWERS, quintic, writeQuintic } from './quintic.ts';

/** Quintics over steps of an eighth are good to (1/8)⁶ / 46080 = 8e-11. */
const PER_UNIT = 8;

/** Quintics of J0 and J1 from 0 on, [intervals, 2, POWERS]. */
export interface BesselTable {
  readonly data: Float64Array;
}

let made: BesselTable = { data: new Float64Array(0) };

/** A table for arguments up to `largest`; a larger one replaces it when it is asked for. */
export function besselTable(largest: number): BesselTable {
  const intervals = Math.ceil(largest * PER_UNIT) + 1;
  if (made.data.length < 2 * POWERS * intervals) made = makeTable(Math.max(intervals, made.data.length / 8));
  return made;
}

function makeTable(intervals: number): BesselTable {
  const data = new Float64Array(2 * POWERS * intervals);
  let last = nodeAt(0);
  for (let i = 0; i < intervals; i++) {
    const next = nodeAt((i + 1) / PER_UNIT);
    for (let order = 0; order < 2; order++) {
      writeQuintic(last, next, 3 * order, data, (2 * i + order) * POWERS);
    }
    last = next;
  }
  return { data };
}

/** J0 and J1 with their derivatives by the place in steps. */
function nodeAt(x: number): Float64Array {
  const [j0, j1] = [besselJ0(x), besselJ1(x)];
  const per = x > 0 ? j1 / x : 0.5;
  const first = j0 - per;
  const second = x > 0 ? -first / x - j1 + per / x : 0;
  return Float64Array.of(
    ...[j0, -j1 / PER_UNIT, -first / PER_UNIT ** 2],
    ...[j1, first / PER_UNIT, second / PER_UNIT ** 2],
  );
}

/** J0 (order 0) or J1 (order 1) at x >= 0 within the table. */
export function tabulatedBessel({ data }: BesselTable, order: 0 | 1, x: number): number {
  const place = x * PER_UNIT;
  const interval = Math.floor(place);
  return quintic(data, (2 * interval + order) * POWERS, place - interval);
}
