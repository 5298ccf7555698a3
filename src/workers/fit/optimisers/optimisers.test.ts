import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../optics/maths/random.ts';
import { type DescentProgress, type DescentRules, descend } from './descend.ts';
import { adam, momentum } from './firstOrder.ts';
import { gaussNewton } from './gaussNewton.ts';
import { lbfgs } from './lbfgs.ts';
import type { Objective, Optimiser } from './optimiser.ts';
import { rateShare } from './schedule.ts';

const wide = (size: number) => ({
  lower: new Float64Array(size).fill(-1e6),
  upper: new Float64Array(size).fill(1e6),
});

/** (1 - x)² + 100 (y - x²)², whose only minimum is (1, 1), with its residuals 1 - x and 10 (y - x²). */
function rosenbrock(bounds = wide(2)): Objective {
  return {
    ...bounds,
    lossGradient: async ([x = 0, y = 0]) => ({
      value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
      gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
    }),
    curvatureProduct: async ([x = 0], [u = 0, v = 0]) => {
      const along = -20 * x * u + 10 * v;
      return Float64Array.of(2 * (u + -20 * x * along), 2 * 10 * along);
    },
  };
}

/** ½ Σ w (x - c)² with curvatures from 1 to the condition number. */
function quadratic(size: number, condition: number, bounds = wide(size)): Objective {
  const weight = (i: number) => condition ** (i / (size - 1));
  const centre = (i: number) => Math.cos(i);
  return {
    ...bounds,
    lossGradient: async (x) => {
      return {
        value: x.reduce((sum, v, i) => sum + 0.5 * weight(i) * (v - centre(i)) ** 2, 0),
        gradient: x.map((v, i) => weight(i) * (v - centre(i))),
      };
    },
    curvatureProduct: async (_, d) => d.map((v, i) => weight(i) * v),
  };
}

async function ended(
  optimiser: Optimiser,
  problem: Objective,
  start: readonly number[],
  rules: DescentRules = { iterations: 200 },
) {
  const seen: DescentProgress[] = [];
  const { state, ending } = await descend(
    problem,
    optimiser,
    Float64Array.from(start),
    rules,
    async (progress) => {
      seen.push(progress);
      return true;
    },
  );
  return { state, ending, seen };
}

describe('L-BFGS and Gauss-Newton', () => {
  it.each([
    ['L-BFGS', lbfgs()],
    ['Gauss-Newton', gaussNewton()],
  ])('%s: follows the valley of Rosenbrock to its end', async (_, optimiser) => {
    const { state, ending } = await ended(optimiser, rosenbrock(), [-1.2, 1]);
    expect(ending).toBe('converged');
    // A gain of 1e-9 twice in a row with superlinear convergence: the error itself is far smaller.
    for (const x of state.point) expect(Math.abs(x - 1)).toBeLessThan(1e-5);
    expect(state.iteration).toBeLessThan(60);
  });

  it('L-BFGS: reaches the bottom of a bowl of condition 100 in a few steps per direction', async () => {
    const { state } = await ended(lbfgs(), quadratic(20, 100), Array<number>(20).fill(3));
    // Steepest descent shrinks the distance by (κ-1)/(κ+1) per step: 500 steps for as much.
    expect(state.iteration).toBeLessThan(80);
    state.point.forEach((x, i) => {
      expect(Math.abs(x - Math.cos(i))).toBeLessThan(1e-3);
    });
  });

  it('Gauss-Newton: solves a quadratic in few steps, each of which is exact up to its tenth', async () => {
    const { state } = await ended(gaussNewton(), quadratic(20, 1e4), Array<number>(20).fill(3));
    expect(state.iteration).toBeLessThan(30);
    state.point.forEach((x, i) => {
      expect(Math.abs(x - Math.cos(i))).toBeLessThan(1e-4);
    });
  });

  it.each([
    ['L-BFGS', lbfgs()],
    ['Gauss-Newton', gaussNewton()],
  ])(
    '%s: ends on the limits that are in the way, exactly, and lets go of those that are not',
    async (_, optimiser) => {
      const size = 12;
      const bounds = { lower: new Float64Array(size).fill(-0.5), upper: new Float64Array(size).fill(0.8) };
      // Begun on limits: where the centre lies inside, they have to be left.
      const start = Array.from({ length: size }, (_v, i) => (i % 2 === 0 ? -0.5 : 0.8));
      const { state } = await ended(optimiser, quadratic(size, 100, bounds), start);
      state.point.forEach((x, i) => {
        // Separable: the minimum within the box is the nearest point of it.
        const expected = Math.min(0.8, Math.max(-0.5, Math.cos(i)));
        if (Math.abs(expected - Math.cos(i)) > 1e-9) expect(x).toBe(expected);
        else expect(Math.abs(x - expected)).toBeLessThan(1e-4);
      });
    },
  );

  it('L-BFGS: finds the least of Rosenbrock in a box without its minimum', async () => {
    const bounds = { lower: Float64Array.of(-2, -2), upper: Float64Array.of(0.5, 3) };
    const { state } = await ended(lbfgs(), rosenbrock(bounds), [-1.2, 1]);
    // With x held at ½ the rest is least at y = x².
    expect(state.point[0]).toBe(0.5);
    expect(Math.abs((state.point[1] ?? 0) - 0.25)).toBeLessThan(1e-6);
  });
});

describe('momentum', () => {
  it('reaches the bottom of a bowl; the first step is the learning rate of the steepest value', async () => {
    const { state, seen } = await ended(
      momentum({ iterations: 400, learningRate: 0.5 }),
      quadratic(3, 20),
      [4, 4, 4],
      {
        iterations: 400,
      },
    );
    // The cosine has fallen by 1.5e-5.
    expect(4 - (seen[1]?.state.point[2] ?? 0)).toBeCloseTo(0.5, 4);
    // By the flattest direction: rate 0.5/(1.9 · 20 · 4.4) per step, tenfold with momentum, half on average: e^-6.
    state.best.forEach((x, i) => {
      expect(Math.abs(x - Math.cos(i))).toBeLessThan(1e-2);
    });
  });

  it('stops when the loss grows beyond measure, with the best of before', async () => {
    const { state, ending } = await ended(
      momentum({ iterations: 400, learningRate: 400 }),
      quadratic(3, 20),
      [4, 4, 4],
    );
    expect(ending).toBe('diverged');
    expect(state.iteration).toBeLessThan(100);
    expect(state.least).toBeLessThan(state.value);
  });
});

it('lets the rate fall as its schedule says', () => {
  const shares = (schedule: 'constant' | 'cosine' | 'steps') =>
    [1, 25, 26, 50, 75, 100].map((step) => rateShare(schedule, step, 100));
  expect(shares('constant')).toEqual([1, 1, 1, 1, 1, 1]);
  expect(shares('steps')).toEqual([1, 1, 0.5, 0.5, 0.25, 0.125]);
  expect(shares('cosine')[3]).toBeCloseTo(0.5, 12);
  expect(shares('cosine')[5]).toBeCloseTo(0, 12);
});

it('ends when the loss hardly falls any more, where that is asked for', async () => {
  const rules = { iterations: 1000, patience: { share: 1e-3, steps: 20 } };
  const optimiser = adam({ iterations: 1000, learningRate: 0.05, schedule: 'constant' });
  const { ending, seen, state } = await ended(optimiser, quadratic(4, 10), [2, 2, 2, 2], rules);
  expect(ending).toBe('settled');
  expect(state.iteration).toBeLessThan(1000);
  const least = seen.map((each) => each.state.least);
  const [before = 0, now = 0] = [least.at(-21), least.at(-1)];
  expect((before - now) / before).toBeLessThanOrEqual(1e-3);
});

describe.each([
  ['Adam', () => adam({ iterations: 60, learningRate: 0.1 })],
  ['momentum', () => momentum({ iterations: 60, learningRate: 0.1 })],
  ['L-BFGS', () => lbfgs()],
  ['Gauss-Newton', () => gaussNewton()],
])('%s', (_name, optimiser) => {
  it('walks the same way when its state was stored and read again', async () => {
    const [rules, start] = [{ iterations: 60 }, Float64Array.of(-1.2, 1)];
    const run = (from: Float64Array | DescentProgress, onStep: (progress: DescentProgress) => boolean) =>
      descend(rosenbrock(), optimiser(), from, rules, async (progress) => onStep(progress));
    const whole: number[][] = [];
    let stored: DescentProgress | null = null;
    await run(start, (progress) => {
      whole.push([...progress.state.point]);
      if (progress.state.iteration === 7) stored = structuredClone(progress);
      return true;
    });
    if (stored === null) throw new Error('There were no seven steps.');
    const rest: number[][] = [];
    await run(stored, ({ state }) => {
      rest.push([...state.point]);
      return true;
    });
    expect(rest.length).toBeGreaterThan(3);
    expect(rest).toEqual(whole.slice(-rest.length));
  });

  it('stops in the step in which there is no finite loss, where it was', async () => {
    // A wall at x = -1: beyond it there is no number, on it the slope leads on.
    const problem: Objective = {
      ...wide(1),
      lossGradient: async ([x = 0]) => ({ value: x < -1 ? Number.NaN : x, gradient: Float64Array.of(1) }),
      curvatureProduct: async () => Float64Array.of(0),
    };
    const { state, ending } = await ended(optimiser(), problem, [-0.95], { iterations: 500 });
    expect(state.point[0]).toBeGreaterThanOrEqual(-1);
    expect(state.best).toEqual(state.point);
    expect(state.failed?.[0]).toBeLessThan(-1);
    // Methods that try before they step come up to the wall and end there as at a minimum within rounding.
    if (_name === 'Adam' || _name === 'momentum') expect(ending).toBe('notFinite');
    else expect(['converged', 'notFinite']).toContain(ending);
    expect(state.iteration).toBeLessThan(200);
  });
});

it('Gauss-Newton needs few products where the residuals are many and the values, too', async () => {
  // r = A x - b with A of 60 × 40 random numbers: the least squares solution by its normal equations.
  const random = new SeededRandom(5);
  const matrix = Array.from({ length: 60 }, () => Array.from({ length: 40 }, () => random.normal()));
  const truth = Array.from({ length: 40 }, () => random.normal());
  const times = (x: ArrayLike<number>) =>
    matrix.map((row) => row.reduce((sum, a, i) => sum + a * (x[i] ?? 0), 0));
  const back = (r: readonly number[]) =>
    Float64Array.from({ length: 40 }, (_v, i) =>
      matrix.reduce((sum, row, k) => sum + (row[i] ?? 0) * (r[k] ?? 0), 0),
    );
  const seen = times(truth);
  const problem: Objective = {
    ...wide(40),
    lossGradient: async (x) => {
      const residual = times(x).map((m, k) => m - (seen[k] ?? 0));
      return { value: residual.reduce((sum, r) => sum + 0.5 * r * r, 0), gradient: back(residual) };
    },
    curvatureProduct: async (_, d) => back(times(d)),
  };
  const { state } = await ended(gaussNewton(), problem, Array<number>(40).fill(0));
  expect(state.iteration).toBeLessThan(15);
  state.point.forEach((x, i) => {
    expect(Math.abs(x - (truth[i] ?? 0))).toBeLessThan(1e-6);
  });
});
