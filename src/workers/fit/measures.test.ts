import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../optics/maths/random.ts';
import { measureNamed, PixelMeasure } from './measures.ts';

describe('the covariance of a robust measure', () => {
  it.each(['absolute', 'cauchy'] as const)('is the scatter of repeated measurements: %s', (kind) => {
    // The level of 400 pixels with noise of 1, of which one in ten has ten times as much: dust.
    const [pixels, repeats] = [400, 200];
    const measure = new PixelMeasure(kind, 1);
    let [pulls, robustSquares, plainSquares] = [0, 0, 0];
    const random = new SeededRandom(4);
    for (let repeat = 0; repeat < repeats; repeat++) {
      const data = Float64Array.from({ length: pixels }, (_, i) => random.normal() * (i % 10 === 0 ? 10 : 1));
      const compared = (level: number) => ({
        model: new Float64Array(pixels).fill(level),
        ...{ data, mask: null, noise: null },
      });
      let level = 0;
      for (let step = 0; step < 20; step++) {
        const { gradientFactor, weights } = measure.weighting(compared(level));
        level += gradientFactor.reduce((a, b) => a + b, 0) / weights.reduce((a, b) => a + b, 0);
      }
      const { squares } = measure.scatter(compared(level));
      const variance = squares / (pixels - 1) / pixels;
      pulls += level ** 2 / variance;
      robustSquares += level ** 2;
      plainSquares += (data.reduce((a, b) => a + b, 0) / pixels) ** 2;
    }
    // The root mean square of 200 normal pulls scatters by 1/sqrt(400) = 5 %; three times that.
    expect(Math.abs(Math.sqrt(pulls / repeats) - 1)).toBeLessThan(0.15);
    // The mean has a variance of 0.9 + 10 = 10.9 per pixel, the robust level about 1.4 of these.
    expect(robustSquares / plainSquares).toBeLessThan(0.2);
  });

  it('is that of least squares where there are no large residuals', () => {
    const data = Float64Array.of(1e-4, -2e-4, 3e-4, 0);
    const compared = { model: new Float64Array(4), data, mask: null, noise: null };
    const plain = new PixelMeasure('leastSquares', 0).scatter(compared);
    expect(plain.squares).toBeCloseTo(14e-8, 20);
    // Residuals of 3e-4 change both by their square.
    expect(new PixelMeasure('cauchy', 1).scatter(compared).squares / plain.squares).toBeCloseTo(1, 6);
    expect([...new PixelMeasure('absolute', 1).scatter(compared).weights]).toEqual([1, 1, 1, 1]);
  });

  it('leaves pixels out that do not count', () => {
    const compared = { model: [0, 0], data: [1, 50], mask: [1, 0], noise: null };
    for (const kind of ['leastSquares', 'cauchy', 'poisson'] as const) {
      const { weights } = new PixelMeasure(kind, 1).scatter(compared);
      expect(weights[0]).toBeGreaterThan(0);
      expect(weights[1]).toBe(0);
    }
  });
});

describe('the photon likelihood of a sensor whose pixels differ', () => {
  it('has the merit, force and weight of each pixel’s own electrons', () => {
    const gain = Float64Array.of(1, 1.2, 0.9);
    const pattern = {
      key: 'three pixels',
      ...{ gain, offset: Float64Array.of(0, -2, 1), readNoise: Float64Array.of(1, 2, 0.5) },
    };
    const sensor = { isNoisy: true, multiplication: 1, fullWell: null, bits: null, pattern: () => pattern };
    const noise = { enabled: true, gain: 2, offset: 100, readNoise: 3, isCalibrated: true, sensor };
    // Two planes of three pixels.
    const [model, data] = [
      [110, 120, 130, 140, 150, 160],
      [113, 117, 131, 138, 158, 149],
    ];
    const quanta = (counts: number, k: number) => {
      const [g, o, r] = [gain[k % 3] ?? 0, pattern.offset[k % 3] ?? 0, pattern.readNoise[k % 3] ?? 0];
      return (counts - 100 - o) / (2 * g) + ((3 * r) / (2 * g)) ** 2;
    };
    const measure = new PixelMeasure('poisson', 0);
    const compared = { model, data, mask: null, noise };
    const { gradientFactor, weights } = measure.weighting(compared);
    let merit = 0;
    model.forEach((counts, k) => {
      const [m, d] = [quanta(counts, k), quanta(data[k] ?? 0, k)];
      merit += m - d + d * Math.log(d / m);
      const perCount = 1 / (2 * (gain[k % 3] ?? 0));
      expect(gradientFactor[k]).toBeCloseTo((d / m - 1) * perCount, 12);
      expect(weights[k]).toBeCloseTo(perCount ** 2 / m, 12);
    });
    expect(measure.merit(compared)).toBeCloseTo(merit, 10);
  });
});

describe('the measure of a design', () => {
  it('is a sum of squares unless it is another sum over pixels', () => {
    expect([undefined, 'poisson', 'cauchy', 'amplitude'].map(measureNamed)).toEqual([
      'leastSquares',
      'poisson',
      'cauchy',
      'amplitude',
    ]);
  });
});
