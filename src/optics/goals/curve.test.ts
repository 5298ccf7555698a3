import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../maths/random.ts';
import { monotoneCurve } from './curve.ts';

describe('a curve through points', () => {
  const random = new SeededRandom(5);
  const points = Array.from({ length: 9 }, () => ({ x: random.uniform(), y: random.normal() }));
  const curve = monotoneCurve(points);
  const sorted = points.toSorted((a, b) => a.x - b.x);

  it('meets them in any order, and holds the end values beyond', () => {
    for (const { x, y } of points) expect(curve(x)).toBeCloseTo(y, 12);
    expect([curve(-3), curve(4)]).toEqual([sorted[0]?.y, sorted.at(-1)?.y]);
    expect(monotoneCurve([{ x: 1, y: 2 }])(7)).toBe(2);
  });

  it('stays between neighbours and has no kinks', () => {
    sorted.slice(1).forEach((b, i) => {
      const a = sorted[i] ?? b;
      for (let t = 0; t <= 1; t += 0.1) {
        const y = curve(a.x + t * (b.x - a.x));
        expect(y).toBeGreaterThanOrEqual(Math.min(a.y, b.y) - 1e-12);
        expect(y).toBeLessThanOrEqual(Math.max(a.y, b.y) + 1e-12);
      }
      if (i === 0) return;
      const h = 1e-7;
      const left = (curve(a.x) - curve(a.x - h)) / h;
      const right = (curve(a.x + h) - curve(a.x)) / h;
      // One-sided differences miss the slope by the curvature times h: 1e3 times 1e-7.
      expect(Math.abs(right - left)).toBeLessThan(1e-2);
    });
  });

  it('is a straight line through points on one', () => {
    const line = monotoneCurve([0, 0.3, 1, 2].map((x) => ({ x, y: 1 - 0.4 * x })));
    for (let x = 0; x <= 2; x += 0.17) expect(line(x)).toBeCloseTo(1 - 0.4 * x, 12);
  });
});
