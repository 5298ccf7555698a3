import { describe, expect, it } from 'vitest';
import type { LevenbergMarquardtProblem, LevenbergMarquardtState } from './levenbergMarquardt.ts';
import { levenbergMarquardt } from './levenbergMarquardt.ts';

interface Residuals {
  readonly values: readonly number[];
  /** Row per residual: d residual / d coordinate. */
  readonly jacobian: readonly (readonly number[])[];
}

/** Least squares of residuals r(x), with counters of what was asked. */
function problemOf(
  residuals: (x: Float64Array) => Residuals,
  lower: readonly number[],
  upper: readonly number[],
): LevenbergMarquardtProblem & { readonly asked: { merits: number } } {
  const asked = { merits: 0 };
  const half = (values: readonly number[]) => values.reduce((sum, r) => sum + 0.5 * r * r, 0);
  return {
    asked,
    lower: Float64Array.from(lower),
    upper: Float64Array.from(upper),
    merit: async (x) => {
      asked.merits++;
      return half(residuals(x).values);
    },
    normalEquations: async (x) => {
      const { values, jacobian } = residuals(x);
      const count = x.length;
      const descent = new Float64Array(count);
      const curvature = new Float64Array(count * count);
      for (let i = 0; i < count; i++) {
        descent[i] = -values.reduce((sum, r, k) => sum + r * (jacobian[k]?.[i] ?? 0), 0);
        for (let j = 0; j < count; j++)
          curvature[i * count + j] = jacobian.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0);
      }
      return { merit: half(values), descent, curvature };
    },
  };
}

async function solve(
  problem: LevenbergMarquardtProblem,
  start: readonly number[],
  options: { maxIterations?: number; tolerance?: number } = {},
): Promise<{ end: LevenbergMarquardtState; seen: LevenbergMarquardtState[] }> {
  const seen: LevenbergMarquardtState[] = [];
  const steps = levenbergMarquardt(problem, Float64Array.from(start), {
    maxIterations: options.maxIterations ?? 200,
    tolerance: options.tolerance ?? 1e-14,
  });
  for (;;) {
    const { value, done } = await steps.next();
    if (done === true) return { end: value, seen };
    seen.push(value);
  }
}

const WIDE = [1e6, 1e6];
const NARROW = [-1e6, -1e6];

/** Rosenbrock's valley: r = (10 (y - x²), 1 - x), minimum 0 at (1, 1). */
const rosenbrock = ([x = 0, y = 0]: Float64Array): Residuals => ({
  values: [10 * (y - x * x), 1 - x],
  jacobian: [
    [-20 * x, 10],
    [-1, 0],
  ],
});

describe('without bounds', () => {
  it('ends soon where residuals stay large', async () => {
    // r = (x + 1, x²/2 + x - 1) has its minimum at 0, to which steps of Gauss and Newton come nearer by half each only
    // (Dennis and Schnabel 1983, example 10.2.4): from 1 to 1e-6 they are twenty.
    const residuals = ([x = 0]: Float64Array): Residuals => ({
      values: [x + 1, 0.5 * x * x + x - 1],
      jacobian: [[1], [x + 1]],
    });
    const { end } = await solve(problemOf(residuals, [-10], [10]), [1]);
    expect(end.converged).toBe(true);
    expect(Math.abs(end.point[0] ?? 1)).toBeLessThan(1e-6);
    expect(end.iteration).toBeLessThan(10);
  });

  it('follows the valley of Rosenbrock to its end', async () => {
    const { end, seen } = await solve(problemOf(rosenbrock, NARROW, WIDE), [-1.2, 1]);
    expect(end.converged).toBe(true);
    // The minimum is zero, so convergence is quadratic down to the rounding of r (1e-15 of its terms).
    expect(Math.abs((end.point[0] ?? 0) - 1)).toBeLessThan(1e-10);
    expect(Math.abs((end.point[1] ?? 0) - 1)).toBeLessThan(1e-10);
    expect(seen[0]?.iteration).toBe(0);
  });

  it('never goes up', async () => {
    const { seen } = await solve(problemOf(rosenbrock, NARROW, WIDE), [-1.2, 1]);
    expect(seen.length).toBeGreaterThan(5);
    seen.slice(1).forEach((state, i) => {
      expect(state.merit).toBeLessThan(seen[i]?.merit ?? 0);
      expect(state.iteration).toBe(i + 1);
    });
  });

  it('does not change the start it was given', async () => {
    const start = Float64Array.of(-1.2, 1);
    const steps = levenbergMarquardt(problemOf(rosenbrock, NARROW, WIDE), start, {
      maxIterations: 5,
      tolerance: 1e-9,
    });
    while ((await steps.next()).done !== true);
    expect([...start]).toEqual([-1.2, 1]);
  });

  it('finds the least-squares line of data that do not lie on one', async () => {
    const [xs, ys] = [
      [0, 1, 2, 3],
      [1, 2.9, 5.2, 6.9],
    ];
    const line = problemOf(
      ([a = 0, b = 0]) => ({
        values: xs.map((x, i) => a + b * x - (ys[i] ?? 0)),
        jacobian: xs.map((x) => [1, x]),
      }),
      NARROW,
      WIDE,
    );
    const { end } = await solve(line, [0, 0]);
    // Normal equations by hand: slope 10/5 = 2, intercept 4 - 1.5·2 = 1; at a merit above zero the float64
    // comparison of merits ends within sqrt(eps) of the scale.
    expect(end.point[0]).toBeCloseTo(1, 7);
    expect(end.point[1]).toBeCloseTo(2, 7);
    expect(end.converged).toBe(true);
  });

  it('steps back from places where the model is not finite', async () => {
    const logarithm = problemOf(
      ([x = 0]) => ({ values: [Math.log(x) - 1], jacobian: [[1 / x]] }),
      [-1e6],
      [1e6],
    );
    // From 20 the full step x (1 - (ln x - 1)) leads to a negative x, where the logarithm is not a number.
    const { end } = await solve(logarithm, [20]);
    expect(end.point[0]).toBeCloseTo(Math.E, 9);
  });
});

describe('bounds', () => {
  it('holds a parameter on its bound and minimises the rest', async () => {
    const { end, seen } = await solve(problemOf(rosenbrock, NARROW, [0.5, 1e6]), [-1.2, 1]);
    expect(end.point[0]).toBe(0.5);
    // On x = 0.5 the minimum is y = x² exactly up to the rounding of the last step.
    expect(Math.abs((end.point[1] ?? 0) - 0.25)).toBeLessThan(1e-8);
    expect(end.converged).toBe(true);
    for (const { point } of seen) expect(point[0]).toBeLessThanOrEqual(0.5);
  });

  it('lets go of a bound when the way down leads inside', async () => {
    const { end } = await solve(problemOf(rosenbrock, [-2, -2], [2, 2]), [-2, 2]);
    expect(end.point[0]).toBeCloseTo(1, 9);
    expect(end.point[1]).toBeCloseTo(1, 9);
  });

  it('does not move a coordinate whose bounds coincide', async () => {
    const { end } = await solve(problemOf(rosenbrock, [-1e6, 4], [1e6, 4]), [1.5, 4]);
    expect(end.point[1]).toBe(4);
    // With y = 4 held: minimum of 50 (4 - x²)² + (1 - x)²/2, where 100·2x (x² - 4) + x - 1 = 0: x = 1.998746...
    const x = end.point[0] ?? 0;
    expect(Math.abs(200 * x * (x * x - 4) + x - 1)).toBeLessThan(1e-3);
  });
});

describe('directions without information', () => {
  it('leaves a parameter that does nothing alone', async () => {
    const flat = problemOf(([x = 0]) => ({ values: [x - 3], jacobian: [[1, 0]] }), NARROW, WIDE);
    const { end } = await solve(flat, [0, 5]);
    expect(end.point[0]).toBeCloseTo(3, 9);
    expect(end.point[1]).toBe(5);
  });

  it('takes the shortest way where only a sum is determined', async () => {
    const sum = problemOf(
      ([x = 0, y = 0]) => ({
        values: [x + y - 4, 0.5 * (x + y - 4)],
        jacobian: [
          [1, 1],
          [0.5, 0.5],
        ],
      }),
      NARROW,
      WIDE,
    );
    const { end } = await solve(sum, [0, 1]);
    expect((end.point[0] ?? 0) + (end.point[1] ?? 0)).toBeCloseTo(4, 8);
    // The damping spreads the step evenly: no run along the valley.
    expect(end.point[0]).toBeCloseTo(1.5, 5);
    expect(end.point[1]).toBeCloseTo(2.5, 5);
  });
});

describe('a start without a slope', () => {
  // Of r = (x² - 4, y - 2), whose minima are at x = ±2: the slope by x tells the way, but a step by it is 10^12 long.
  const even = ([x = 0, y = 0]: Float64Array): Residuals => ({
    values: [x * x - 4, y - 2],
    jacobian: [
      [2 * x, 0],
      [0, 1],
    ],
  });

  it.each([1e-12, -1e-9, 1e-4])('is left by a step that is not far, from %d', async (x) => {
    const { end, seen } = await solve(problemOf(even, [-1e4, -1e4], [1e4, 1e4]), [x, 0]);
    expect(end.converged).toBe(true);
    expect(end.merit).toBeLessThan(1e-20);
    // Newton's steps for a root, from within reach.
    expect(end.iteration).toBeLessThan(12);
    for (const { point } of seen) expect(Math.abs(point[0] ?? 0)).toBeLessThan(5);
  });

  it('does not shorten the way to where a far step leads lower', async () => {
    const line = problemOf(([x = 0]) => ({ values: [1e-3 * x - 4], jacobian: [[1e-3]] }), [-1e6], [1e6]);
    const { seen } = await solve(line, [0]);
    // The first damping leaves a thousandth.
    expect(seen[1]?.point[0]).toBeCloseTo(4000 / 1.001, 6);
  });
});

describe('ending', () => {
  it('counts as converged when no step is lower', async () => {
    const problem = problemOf(rosenbrock, NARROW, WIDE);
    const { end, seen } = await solve(problem, [1, 1]);
    expect(end.converged).toBe(true);
    expect(end.iteration).toBe(0);
    expect(seen).toHaveLength(1);
    // A handful of trials with growing damping, not an endless search.
    expect(problem.asked.merits).toBeLessThanOrEqual(12);
  });

  it('stops at the cap without claiming convergence', async () => {
    const { end, seen } = await solve(problemOf(rosenbrock, NARROW, WIDE), [-1.2, 1], { maxIterations: 3 });
    expect(end.converged).toBe(false);
    expect(end.iteration).toBe(3);
    expect(seen).toHaveLength(4);
  });

  it('ends earlier with a looser tolerance', async () => {
    // r = exp(x) has no minimum: every step of one unit lowers the merit by the same share, 1 - e^-2.
    const slope = () =>
      problemOf(([x = 0]) => ({ values: [Math.exp(x)], jacobian: [[Math.exp(x)]] }), [-1e6], [1e6]);
    const loose = await solve(slope(), [0], { tolerance: 0.9, maxIterations: 40 });
    const tight = await solve(slope(), [0], { tolerance: 0.5, maxIterations: 40 });
    expect(loose.end.iteration).toBe(2);
    expect(loose.end.converged).toBe(true);
    expect(tight.end.iteration).toBe(40);
    expect(tight.end.converged).toBe(false);
  });
});
