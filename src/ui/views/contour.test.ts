import { expect, it } from 'vitest';
import { halfHeightLine } from './contour.ts';

it('the line at half the height of a cone is a circle of half its radius', () => {
  const [n, middle, radius] = [41, 20, 16];
  const data = Float64Array.from({ length: n * n }, (_, i) =>
    Math.max(0, 1 - Math.hypot((i % n) - middle, Math.floor(i / n) - middle) / radius),
  );
  const line = halfHeightLine(data, [n, n]);
  let length = 0;
  for (let i = 0; i < line.length; i += 4) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = line.subarray(i, i + 4);
    // Between pixels a cone bends by 1/(8 r) of a pixel.
    expect(Math.abs(Math.hypot(x0 - middle, y0 - middle) - radius / 2)).toBeLessThan(0.02);
    length += Math.hypot(x1 - x0, y1 - y0);
  }
  // Chords of some 50 pieces are 6e-4 shorter than their circle.
  expect(Math.abs(length / (Math.PI * radius) - 1)).toBeLessThan(3e-3);
  expect(halfHeightLine(new Float64Array(16), [4, 4])).toHaveLength(0);
});
