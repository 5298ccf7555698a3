import { describe, expect, it } from 'vitest';
import { pixelNoise } from '../../optics/maths/pixelNoise.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { uncertainty } from './uncertainty.ts';

/** JᵀJ of columns. */
function curvatureOf(columns: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(
    columns.flatMap((a) => columns.map((b) => a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0))),
  );
}

const all = () => true;

describe('errors from the curvature', () => {
  it('inverts a 2 × 2 matrix', () => {
    // Inverse of [[4, 2], [2, 3]]: [[3, -2], [-2, 4]] / 8. Float64 throughout.
    const { sigma, correlation, unidentified } = uncertainty(Float64Array.of(4, 2, 2, 3), 2, 1);
    expect(sigma[0]).toBeCloseTo(Math.sqrt(3 / 8), 12);
    expect(sigma[1]).toBeCloseTo(Math.sqrt(4 / 8), 12);
    expect(correlation[1]).toBeCloseTo(-2 / Math.sqrt(12), 12);
    expect(correlation[0]).toBeCloseTo(1, 12);
    expect(unidentified).toEqual([]);
  });

  it('inverts a 3 × 3 matrix, whatever the units of its parameters', () => {
    // Second difference matrix: inverse [[3, 2, 1], [2, 4, 2], [1, 2, 3]] / 4.
    const matrix = [2, -1, 0, -1, 2, -1, 0, -1, 2];
    const units = [1e-9, 1, 1e12];
    const scaled = Float64Array.from(
      matrix,
      (x, k) => x * (units[Math.floor(k / 3)] ?? 0) * (units[k % 3] ?? 0),
    );
    const { sigma, correlation } = uncertainty(scaled, 3, 1);
    [3 / 4, 1, 3 / 4].forEach((variance, i) => {
      expect((sigma[i] ?? 0) * (units[i] ?? 0)).toBeCloseTo(Math.sqrt(variance), 10);
    });
    expect(correlation[1]).toBeCloseTo(2 / Math.sqrt(12), 10);
    expect(correlation[2]).toBeCloseTo(1 / 3, 10);
  });

  it('scales with the residual variance', () => {
    const one = uncertainty(Float64Array.of(4, 2, 2, 3), 2, 1).sigma;
    const nine = uncertainty(Float64Array.of(4, 2, 2, 3), 2, 9).sigma;
    expect((nine[0] ?? 0) / (one[0] ?? 1)).toBeCloseTo(3, 12);
  });

  it('names two parameters that only act together, and keeps the third', () => {
    const [shared, own] = [
      [1, 2, -1, 0.5],
      [0.3, -1, 2, 1],
    ];
    const { sigma, unidentified } = uncertainty(curvatureOf([shared, own, shared.map((x) => 7 * x)]), 3, 1);
    expect(unidentified).toEqual([[0, 2]]);
    expect(sigma[0]).toBeNull();
    expect(sigma[2]).toBeNull();
    // The third is as well determined as if the pair were one parameter.
    const pair = uncertainty(curvatureOf([shared, own]), 2, 1);
    expect(sigma[1]).toBeCloseTo(pair.sigma[1] ?? 0, 9);
  });

  it('gives no errors to any member of a mix of many: a gain against the photons of every plane', () => {
    const planes = 30;
    const photons = Array.from({ length: planes }, (_, p) =>
      Array.from({ length: planes }, (_, k) => (k === p ? 2 : 0)),
    );
    const gain = Array.from({ length: planes }, () => 5);
    const { sigma, unidentified } = uncertainty(curvatureOf([gain, ...photons]), planes + 1, 1);
    expect(sigma).toEqual(Array.from({ length: planes + 1 }, () => null));
    expect(unidentified).toEqual([Array.from({ length: planes + 1 }, (_, i) => i)]);
  });

  it('names a parameter that does nothing alone', () => {
    const { sigma, unidentified, correlation } = uncertainty(Float64Array.of(4, 0, 0, 0), 2, 1);
    expect(sigma).toEqual([0.5, null]);
    expect(unidentified).toEqual([[1]]);
    expect(correlation[1]).toBe(0);
  });

  it('still gives errors to a pair correlated at 0.9999', () => {
    const r = 0.9999;
    const { sigma, correlation, unidentified } = uncertainty(Float64Array.of(1, r, r, 1), 2, 1);
    expect(unidentified).toEqual([]);
    expect(sigma[0]).toBeCloseTo(1 / Math.sqrt(1 - r * r), 6);
    expect(correlation[1]).toBeCloseTo(-r, 9);
  });
});

describe('noise of a residual', () => {
  const [nx, ny, sigma] = [96, 80, 2.5];
  const noise = (seed: number) => {
    const random = new SeededRandom(seed);
    return Float64Array.from({ length: nx * ny }, () => sigma * random.normal());
  };
  /**
   * The median of n correlated absolute values scatters by about 1.17 σ sqrt(c/n); with n = 7300 and the
   * Laplacian's correlation c of about 1.5 that is 1.7 %: three per cent holds for these seeds.
   */
  const within = (value: number) => expect(Math.abs(value / sigma - 1)).toBeLessThan(0.03);

  it.each([1, 2, 3])('is that of white noise, seed %i', (seed) => {
    within(pixelNoise(noise(seed), all, nx, ny));
  });

  it('does not see a smooth misfit ten times as large', () => {
    const residual = noise(4).map(
      (r, i) => r + 25 * Math.sin((i % nx) / 12) * Math.cos(Math.floor(i / nx) / 15) + 0.01 * (i % nx) ** 2,
    );
    within(pixelNoise(residual, all, nx, ny));
  });

  it('leaves out masked pixels and their neighbours', () => {
    const masked = (i: number) => i % nx > 60 && Math.floor(i / nx) > 30;
    const residual = noise(5).map((r, i) => (masked(i) ? 1e6 : r));
    within(pixelNoise(residual, (i) => !masked(i), nx, ny));
    // Counted, they would be seen: every fourth pixel is masked and steps at the edges are huge.
    expect(
      pixelNoise(
        residual.map((r, i) => (masked(i) ? 1e6 * (i % 2) : r)),
        all,
        nx,
        ny,
      ),
    ).toBeGreaterThan(sigma * 1.2);
  });

  it('is zero where nothing can be compared', () => {
    expect(pixelNoise([1, 2, 3, 4], all, 2, 2)).toBe(0);
    expect(pixelNoise(noise(6), () => false, nx, ny)).toBe(0);
  });
});
