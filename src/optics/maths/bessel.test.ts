import { describe, expect, it } from 'vitest';
import { besselIScaled, besselJ, besselJ0, besselJ1, besselZeros } from './bessel.ts';

// From 50-digit arithmetic.
const VALUES = [
  [0, 0.1, 0.99750156206604],
  [0, 1, 0.7651976865579666],
  [0, 2.5, -0.048383776468198],
  [0, 8, 0.1716508071375539],
  [0, 24.9, 0.0832459683530155],
  [0, 25.1, 0.10827567149994945],
  [0, 100, 0.019985850304223122],
  [0, 1000, 0.024786686152420176],
  [1, 0.01, 0.004999937500260416],
  [1, 3, 0.3390589585259365],
  [1, 20, 0.06683312417585005],
  [1, 30.5, -0.14349430015097095],
  [1, 500, 0.010472613470372294],
  [2, 0.001, 1.2499998958333365e-7],
  [2, 5, 0.046565116277752214],
  [2, 40, -0.0010649746823580396],
  [5, 3, 0.043028434877047585],
  [7, 60, -0.00712663514743271],
  [30, 10, 1.551096078257467e-12],
  [50, 40, 0.0006818524353176831],
  [60, 30, 9.807557643128625e-14],
  [100, 99, 0.0776871617004594],
  [120, 300, -0.048091173092178],
] as const;

describe('besselJ', () => {
  it.each(VALUES)('J_%d(%d)', (order, x, expected) => {
    // Rounding of the recurrences; relative where the function is small because the order is large.
    expect(Math.abs(besselJ(order, x) - expected)).toBeLessThan(
      order > x ? 1e-13 * Math.abs(expected) : 1e-14,
    );
  });

  it('has the symmetries of whole orders', () => {
    expect(besselJ0(-3)).toBe(besselJ0(3));
    expect(besselJ1(-3)).toBe(-besselJ1(3));
    expect(besselJ(-2, 7)).toBe(besselJ(2, 7));
    expect(besselJ(-3, 7)).toBe(-besselJ(3, 7));
    expect(besselJ(-3, -7)).toBe(besselJ(3, 7));
    expect([besselJ0(0), besselJ1(0), besselJ(4, 0)]).toEqual([1, 0, 0]);
    expect(() => besselJ(0.5, 1)).toThrow(/order/);
  });

  it('joins its two methods at x = 25 and satisfies the sum of squares', () => {
    for (const x of [24.999999, 25, 25.000001, 3, 60]) {
      let sum = besselJ0(x) ** 2;
      for (let n = 1; n < 120; n++) sum += 2 * besselJ(n, x) ** 2;
      // J_0^2 + 2 sum J_n^2 = 1; rounding of 120 terms.
      expect(sum).toBeCloseTo(1, 13);
    }
  });
});

describe('besselZeros', () => {
  it.each([
    [0, [2.404825557695773, 5.520078110286311, 8.653727912911013], 30.63460646843198],
    [1, [3.831705970207512, 7.015586669815619, 10.17346813506272], 32.1896799109744],
    [2, [5.135622301840683, 8.417244140399864, 11.61984117214906], 33.7165195092227],
    [5, [8.771483815959954, 12.33860419746694, 15.70017407971167], 38.15986856196713],
    [20, [25.41714081407252, 29.96160379162516, 33.98870278523519], 58.60202207384672],
  ])('of J_%d', (order, first, tenth) => {
    const zeros = besselZeros(order, 10);
    // 16 printed digits; the slope at a zero is above 0.1, so 1e-14 in J is 1e-13 in x.
    first.forEach((zero, i) => {
      expect(zeros[i]).toBeCloseTo(zero, 12);
    });
    expect(zeros[9]).toBeCloseTo(tenth, 12);
  });
});

describe('besselIScaled', () => {
  it.each([
    [0, 0],
    [0, 1e-3],
    [1, 0.5],
    [3, 4],
    [0, 60],
    [2, 700],
    [5, 2e4],
  ])('of order %d at %d is the mean of exp[x (cos θ - 1)] cos nθ', (order, x) => {
    // Trapezium rule of a periodic function: exact once it resolves the width 1/sqrt(x) of the peak.
    const count = 4000;
    let mean = 0;
    for (let i = 0; i < count; i++) {
      const angle = (2 * Math.PI * i) / count;
      mean += (Math.exp(x * (Math.cos(angle) - 1)) * Math.cos(order * angle)) / count;
    }
    expect(Math.abs(besselIScaled(order, x) - mean)).toBeLessThan(1e-13);
  });
});
