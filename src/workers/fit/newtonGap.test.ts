import { describe, expect, it } from 'vitest';
import { judgedGap, judgedShift, newtonGap } from './newtonGap.ts';
import type { Objective } from './optimisers/optimiser.ts';

/** ½ (x - m)ᵀ A (x - m) + 3. */
const A = [
  [4, 1],
  [1, 2],
] as const;
const MINIMUM = [0.5, -1] as const;

function quadratic(upper = 10, curvature = 1): Objective {
  return {
    lower: Float64Array.of(-10, -10),
    upper: Float64Array.of(upper, 10),
    lossGradient: async (point) => {
      const off = MINIMUM.map((m, i) => (point[i] ?? 0) - m);
      const gradient = Float64Array.from(
        A,
        (row, i) => row.reduce<number>((sum, a, k) => sum + a * (off[k] ?? 0), 0) * (i === 1 ? curvature : 1),
      );
      const value = 3 + off.reduce((sum, d, i) => sum + (d * (gradient[i] ?? 0)) / 2, 0);
      return { value, gradient };
    },
  };
}

const quick = { perGradient: 0, goOn: async () => true };

/** (y - 1)² - x², and a third number that it does not see. */
const saddle: Objective = {
  lower: Float64Array.of(-10, -10, -10),
  upper: Float64Array.of(10, 10, 10),
  lossGradient: async ([x = 0, y = 0]) => ({
    value: (y - 1) ** 2 - x * x,
    gradient: Float64Array.of(-2 * x, 2 * (y - 1), 0),
  }),
};

describe('a Newton step from where a descent was cut off', () => {
  it('leads to the minimum of a quadratic form and gains what is left', async () => {
    const gap = await newtonGap(quadratic(), Float64Array.of(0.4, -0.8), quick);
    expect(gap?.step[0]).toBeCloseTo(0.1, 9);
    expect(gap?.step[1]).toBeCloseTo(-0.2, 9);
    // ½ dᵀ A d with d = (0.1, -0.2): ½ (0.04 - 0.04 + 0.08).
    expect(gap?.gain).toBeCloseTo(0.04, 9);
  });

  it('leaves what a limit holds where it is', async () => {
    // Downhill for the first leads out; the second goes to -1 + ½ (0.5 - 0.2).
    const gap = await newtonGap(quadratic(0.2), Float64Array.of(0.2, -0.8), quick);
    expect(gap?.step[0]).toBe(0);
    expect(gap?.step[1]).toBeCloseTo(-0.05, 9);
  });

  it('is not told of a saddle, of too many numbers and where it would take long', async () => {
    const start = Float64Array.of(0, 0);
    expect(await newtonGap(quadratic(10, -1), start, quick)).toBeNull();
    expect(await newtonGap(quadratic(), new Float64Array(65), quick)).toBeNull();
    expect(await newtonGap(quadratic(), start, { ...quick, perGradient: 2 })).toBeNull();
  });

  it('is not told on a saddle where the slope is 0 across it', async () => {
    expect(await newtonGap(saddle, Float64Array.of(0, 0.9, 0), quick)).toBeNull();
    const alone = { ...saddle, lower: Float64Array.of(0, -10, -10), upper: Float64Array.of(0, 10, 10) };
    // Held by its limits, the first number is none to go along; the third, which nothing sees, stays.
    const gap = await newtonGap(alone, Float64Array.of(0, 0.9, 0), quick);
    expect(gap?.step[1]).toBeCloseTo(0.1, 9);
    expect(gap?.step[2]).toBe(0);
  });

  it('ends where it is stopped', async () => {
    let [asked, slopes] = [0, 0];
    const form = quadratic();
    const counted: Objective = {
      ...form,
      lossGradient: (point) => {
        slopes += 1;
        return form.lossGradient(point);
      },
    };
    const goOn = async () => ++asked < 3;
    expect(await newtonGap(counted, Float64Array.of(0.4, -0.8), { perGradient: 0, goOn })).toBeNull();
    expect(slopes).toBe(2);
  });

  it('is nothing to go on for when it is small', () => {
    const gap = { step: Float64Array.of(0.5, 3), gain: 0.04 };
    expect(judgedGap(gap, { start: 8, end: 2 })).toEqual({
      isNear: true,
      sentence:
        'All steps were used up: a Newton step from here would still lower the loss by about 0.67 % of what the run has gained.',
    });
    // Where nothing is left, too.
    const ended = judgedGap({ ...gap, gain: 1e-6 }, { start: 4, end: 0 });
    expect(ended.isNear).toBe(true);
    expect(ended.sentence).toContain('by about 0.000025 % of what');
    expect(judgedGap(gap, { start: 2, end: 2 }).sentence).toContain('gained nothing');
    expect(judgedGap(gap, { start: 3, end: 2 }).isNear).toBe(false);
    const parameter = (title: string, sigma: number | null) => ({
      ...{ path: title, title, start: 0, value: 0, sigma, unit: 'm', atBound: false, pixel: null },
      display: { value: 0, sigma, unit: 'm' },
    });
    const values = [parameter('Radius', 1e-8), parameter('x', 1e-6)];
    const judged = judgedShift(gap, values, [1e-9, 1e-8]);
    expect(judged).toMatchObject({ isNear: true });
    expect(judged?.sentence).toContain('move “Radius” by 0.05 of its standard errors');
    expect(judgedShift(gap, values, [1e-8, 1e-8])?.isNear).toBe(false);
    expect(judgedShift(gap, [parameter('x', null)], [1])).toBeNull();
  });
});
