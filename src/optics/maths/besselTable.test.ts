import { describe, expect, it } from 'vitest';
import { besselJ } from './bessel.ts';
import { besselTable, tabulatedBessel } from './besselTable.ts';

describe('tabulated Bessel functions', () => {
  it('are those of the series, near 0, far away and after the table has grown', () => {
    for (const largest of [3, 250]) {
      const table = besselTable(largest);
      for (let x = 0; x < largest; x += largest / 331) {
        // Quintics over eighths: (1/8)⁶ / 46080 of the largest sixth derivative, which is at most 1.
        for (const order of [0, 1] as const) {
          expect(Math.abs(tabulatedBessel(table, order, x) - besselJ(order, x))).toBeLessThan(1e-10);
        }
      }
    }
  });
});
