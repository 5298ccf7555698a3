import { expect, it } from 'vitest';
import { DIFFERENCE_STEP, slopesOf } from './difference.ts';

it('four-point differences are the derivative to h⁴ f⁽⁵⁾/30 and rounding', () => {
  const form = ([x = 0, y = 0]: readonly number[]) => [Math.exp(x) * y, Math.sin(x + 2 * y), 5];
  const [x, y] = [0.3, 0.7];
  const [byX, byY] = [0, 1].map((which) => slopesOf(form, [x, y], which, DIFFERENCE_STEP));
  const known = [
    [Math.exp(x) * y, Math.cos(x + 2 * y), 0],
    [Math.exp(x), 2 * Math.cos(x + 2 * y), 0],
  ];
  // 32 cos h⁴/30 = 1e-12, and 1e-16/h.
  [byX, byY].forEach((slopes, i) => {
    slopes?.forEach((slope, j) => {
      expect(Math.abs(slope - (known[i]?.[j] ?? 1))).toBeLessThan(3e-12);
    });
  });
  // Exact for polynomials up to the fourth degree, whatever the step.
  expect(slopesOf(([t = 0]) => [t ** 4 - t], [2], 0, 0.5)[0]).toBeCloseTo(31, 12);
});
