import { describe, expect, it } from 'vitest';
import { fieldOnGrid } from './commonGrid.ts';

/**
 * Focus of a square aperture of 15 samples that fills its window: one plane wave from each, so that the first zero is
 * one sample of 1 µm from the peak.
 */
function focus(n: number, pitch: number, shift: readonly [number, number]): Float64Array {
  const sum = (t: number) => {
    let all = 1;
    for (let f = 1; f <= 7; f++) all += 2 * Math.cos((2 * Math.PI * f * t) / 15);
    return all / 15;
  };
  const data = new Float64Array(2 * n * n);
  for (let i = 0; i < n * n; i++) {
    const [x, y] = [i % n, Math.floor(i / n)].map((at) => ((at - Math.floor(n / 2)) * pitch) / 1e-6);
    const amplitude = sum((x ?? 0) - shift[0]) * sum((y ?? 0) - shift[1]);
    data.set([0.6 * amplitude, 0.8 * amplitude], 2 * i);
  }
  return data;
}

describe('light on the grid of another wavelength', () => {
  it('is exact for a focus as narrow as its samples, whose irradiance is not', () => {
    const shift = [0.3, -0.4] as const;
    const [coarse, fine] = [
      { rows: 15, columns: 15, pitch: 1e-6 },
      { rows: 21, columns: 21, pitch: 0.7e-6 },
    ];
    const found = fieldOnGrid(focus(15, 1e-6, shift), coarse, fine);
    const expected = focus(21, 0.7e-6, shift);
    // Rounding of sums of 225 products.
    expected.forEach((value, i) => {
      expect(Math.abs((found[i] ?? 0) - value)).toBeLessThan(1e-12);
    });
  });

  it('is dark outside its window', () => {
    const small = { rows: 3, columns: 3, pitch: 1e-6 };
    const found = fieldOnGrid(new Float64Array(18).fill(1), small, { rows: 8, columns: 8, pitch: 0.5e-6 });
    // The window reaches 1.5 µm from the middle, sample 4; an even field stays even within it.
    for (let i = 0; i < 64; i++) {
      const isInside = [i % 8, Math.floor(i / 8)].every((at) => Math.abs(at - 4) <= 3);
      expect(found[2 * i]).toBeCloseTo(isInside ? 1 : 0, 12);
    }
  });
});
