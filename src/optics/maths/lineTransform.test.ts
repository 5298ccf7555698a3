import { expect, it } from 'vitest';
import { lineOf, lineTransform } from './lineTransform.ts';

it('is the sum it stands for, of even and odd numbers of samples', () => {
  for (const [n, m] of [
    [6, 9],
    [7, 4],
    [1, 3],
  ] as const) {
    const line = lineOf(n);
    for (let k = 0; k < n; k++) {
      line.re[k] = Math.cos(k * k);
      line.im[k] = Math.sin(3 * k);
    }
    const turns = 0.137;
    const found = lineTransform(n, m, turns)(line);
    for (let j = 0; j < m; j++) {
      let [re, im] = [0, 0];
      for (let k = 0; k < n; k++) {
        const phase = 2 * Math.PI * turns * (j - Math.floor(m / 2)) * (k - Math.floor(n / 2));
        const [a, b] = [line.re[k] ?? 0, line.im[k] ?? 0];
        re += a * Math.cos(phase) - b * Math.sin(phase);
        im += a * Math.sin(phase) + b * Math.cos(phase);
      }
      // Rounding of some tens of products.
      expect(Math.hypot(re - (found.re[j] ?? 0), im - (found.im[j] ?? 0))).toBeLessThan(1e-13);
    }
  }
});
