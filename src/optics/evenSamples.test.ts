import { expect, it } from 'vitest';
import { foldedSide, unfold } from './evenSamples.ts';

it.each([
  [1, 1],
  [2, 2],
  [7, 1],
  [8, 2],
  [9, 2],
] as const)('every sample of %d × %d is that of its absolute orders', (n, reals) => {
  const side = foldedSide(n);
  // No entry beyond the diagonal may be read.
  const folded = new Float64Array(reals * side * side).fill(Number.NaN);
  const entry = (a: number, b: number, part: number) => 100 * a + 10 * b + part;
  for (let a = 0; a < side; a++) {
    for (let b = 0; b <= a; b++) {
      for (let part = 0; part < reals; part++) folded[reals * (a * side + b) + part] = entry(a, b, part);
    }
  }
  const plane = unfold(folded, n, reals);
  expect(plane).toHaveLength(reals * n * n);
  const centre = Math.floor(n / 2);
  plane.forEach((value, i) => {
    const sample = Math.floor(i / reals);
    const orders = [Math.floor(sample / n), sample % n].map((index) => Math.abs(index - centre));
    expect(value).toBe(entry(Math.max(...orders), Math.min(...orders), i % reals));
  });
});
