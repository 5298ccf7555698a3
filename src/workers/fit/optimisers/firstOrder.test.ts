import { expect, it } from 'vitest';
import { descend as descended } from './descend.ts';
import { adam } from './firstOrder.ts';
import type { Objective, StepState } from './optimiser.ts';

/** Σ w (x - c)² with curvatures 1000 to 1 and a minimum at c. */
function bowl(lower: readonly number[], upper: readonly number[]): Objective {
  const [centre, weights] = [
    [1, -2],
    [1000, 1],
  ];
  return {
    lower: Float64Array.from(lower),
    upper: Float64Array.from(upper),
    lossGradient: async (x) => ({
      value: x.reduce((sum, v, i) => sum + (weights[i] ?? 0) * (v - (centre[i] ?? 0)) ** 2, 0),
      gradient: x.map((v, i) => 2 * (weights[i] ?? 0) * (v - (centre[i] ?? 0))),
    }),
  };
}

async function descend(problem: Objective, start: readonly number[], iterations: number, learningRate = 0.3) {
  const seen: StepState[] = [];
  const optimiser = adam({ iterations, learningRate });
  const rules = { iterations };
  const { state } = await descended(problem, optimiser, Float64Array.from(start), rules, async (progress) => {
    seen.push(progress.state);
    return true;
  });
  return { end: state, seen };
}

it('reaches the bottom of a bowl whose curvatures differ a thousandfold', async () => {
  const { end, seen } = await descend(bowl([-9, -9], [9, 9]), [4, 5], 400);
  // The falling rate leaves what the last steps of a percent of the first can move: about 1e-4.
  expect(Math.abs((end.best[0] ?? 0) - 1)).toBeLessThan(1e-3);
  expect(Math.abs((end.best[1] ?? 0) + 2)).toBeLessThan(1e-3);
  // The start and the state after every step.
  expect(seen).toHaveLength(401);
  expect(seen[0]?.point).toEqual(Float64Array.of(4, 5));
});

it('moves by the learning rate at first, whatever the size of the gradient', async () => {
  const { seen } = await descend(bowl([-9, -9], [9, 9]), [4, 5], 400, 0.25);
  // The first step of Adam is rate · sign(gradient); the cosine has fallen by 1.5e-5 and epsilon by less.
  expect(seen[1]?.point[0]).toBeCloseTo(3.75, 4);
  expect(seen[1]?.point[1]).toBeCloseTo(4.75, 4);
});

it('stays inside its bounds and ends on the one that is in the way', async () => {
  const { end, seen } = await descend(bowl([2, -9], [9, 9]), [4, 5], 300);
  expect(end.point[0]).toBe(2);
  expect(Math.abs((end.point[1] ?? 0) + 2)).toBeLessThan(1e-2);
  for (const { point } of seen) expect(point[0]).toBeGreaterThanOrEqual(2);
});

it('keeps the best state seen, also when the last is worse', async () => {
  // Steps far too large for the bowl: it swings, and the end is not its lowest point.
  const problem = bowl([-1e3, -1e3], [1e3, 1e3]);
  const { end, seen } = await descend(problem, [1.01, -2.01], 12, 5);
  const lowest = Math.min(...seen.map((state) => state.value));
  expect(seen.at(-1)?.value).toBeGreaterThan(lowest);
  expect(end.least).toBe(lowest);
  // Value and point belong together.
  expect((await problem.lossGradient(end.best)).value).toBe(end.least);
});

it('hands out states that later steps do not change', async () => {
  const { seen } = await descend(bowl([-9, -9], [9, 9]), [4, 5], 20);
  expect(new Set(seen.map(({ point }) => point[0])).size).toBe(20);
});

it('offers the least loss so far while it runs, never worse than the start', async () => {
  // At the bottom already: the first steps lead away.
  const { seen } = await descend(bowl([-9, -9], [9, 9]), [1, -2.01], 20, 0.5);
  const loss = ([x = 0, y = 0]: ArrayLike<number> & Iterable<number>) => 1000 * (x - 1) ** 2 + (y + 2) ** 2;
  expect(Math.max(...seen.map(({ value }) => value))).toBeGreaterThan(10 * (seen[0]?.value ?? 0));
  for (const { best } of seen) expect(loss(best)).toBeLessThanOrEqual(seen[0]?.value ?? 0);
});
