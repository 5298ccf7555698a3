import { describe, expect, it } from 'vitest';
import {
  createHermiteTable,
  type HermiteTable,
  interpolateHermite,
  interpolateHermiteSlope,
} from './hermite.ts';

type Channel = [f: (x: number) => number, slope: (x: number) => number];

function tabulate(channels: Channel[], start: number, step: number, intervals: number): HermiteTable {
  const table = createHermiteTable(start, step, intervals, channels.length);
  for (let node = 0; node <= intervals; node++) {
    channels.forEach(([f, slope], channel) => {
      const at = (node * channels.length + channel) * 2;
      table.data[at] = f(start + node * step);
      table.data[at + 1] = step * slope(start + node * step);
    });
  }
  return table;
}

const CUBIC: Channel = [(x) => 2 * x ** 3 - x * x + 3, (x) => 6 * x * x - 2 * x];
const SINE: Channel = [Math.sin, Math.cos];

describe('interpolateHermite', () => {
  it('reproduces cubics and their slopes everywhere, also beyond the ends', () => {
    const table = tabulate([SINE, CUBIC], -1, 0.25, 8);
    const out = new Float64Array(4);
    for (const x of [-1.1, -1, -0.6, 0, 0.33, 0.99, 1, 1.05]) {
      interpolateHermite(table, x, out, 1);
      expect(out[2]).toBeCloseTo(CUBIC[0](x), 13);
      interpolateHermiteSlope(table, x, out, 2);
      expect(out[3]).toBeCloseTo(CUBIC[1](x), 12);
    }
    expect(out[0]).toBe(0);
  });

  it('has the fourth-order error of theory on a sine', () => {
    const errorAt = (intervals: number) => {
      const table = tabulate([SINE], 0, 2 / intervals, intervals);
      const out = new Float64Array(1);
      let worst = 0;
      for (let k = 0; k < 999; k++) {
        interpolateHermite(table, (2 * k) / 999, out, 0);
        worst = Math.max(worst, Math.abs((out[0] ?? 0) - Math.sin((2 * k) / 999)));
      }
      return worst;
    };
    // step^4 / 384 times a fourth derivative of at most 1.
    expect(errorAt(20)).toBeLessThan(0.1 ** 4 / 384);
    expect(errorAt(20) / errorAt(40)).toBeGreaterThan(14);
  });
});
