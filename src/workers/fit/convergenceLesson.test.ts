/** What docs/lessons/convergence.md and its two graphs say. */
import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { setAll } from '../../graph/edit.ts';
import { lostPosition, unequalSteps } from '../../graph/examples/convergence.ts';
import type { Goal } from '../../graph/examples/example.ts';
import { DEFAULT_FIT_OPTIONS, type FitOptions } from '../../graph/fitOptions.ts';
import { createSession } from '../session.ts';
import { fitted } from '../testDesigns.ts';

const session = await createSession('wasm');
const ALONE: FitOptions = { ...DEFAULT_FIT_OPTIONS, coarseSearch: false };

function isReached(goal: Goal | undefined, design: typeof lostPosition.design): boolean {
  return goal !== undefined && goal.measure(design) <= goal.limit;
}

describe('a start', { timeout: 60_000 }, () => {
  it.each([
    ['1.2 µm off without a search fails', 1.2e-6, { ...ALONE, maxIterations: 25 }, false],
    ['0.5 µm off succeeds', 0.5e-6, ALONE, true],
    ['1.2 µm off with the search succeeds', 1.2e-6, DEFAULT_FIT_OPTIONS, true],
  ])('%s', async (_, x, options, succeeds) => {
    const result = await session.fit(setAll(lostPosition.design, registry, { 'sphere.x': x }), options);
    expect(isReached(lostPosition.goal, fitted(lostPosition.design, result))).toBe(succeeds);
    if (succeeds) return expect(result.reducedChiSquare).toBeLessThan(1.2);
    // A ring away, and far from what noise explains.
    const found = result.parameters.find(({ path }) => path === 'sphere.x')?.value ?? 0;
    expect(Math.abs(found - 1.4e-6)).toBeLessThan(0.1e-6);
    expect(result.reducedChiSquare).toBeGreaterThan(20);
  });
});

describe('the steps', { timeout: 60_000 }, () => {
  const { design, goal } = unequalSteps;
  const adam: FitOptions = { ...ALONE, method: 'adam' };
  const run = (options: FitOptions) => session.fit(design, options);

  it('of Levenberg and Marquardt are few', async () => {
    const result = await run(ALONE);
    expect(isReached(goal, fitted(design, result))).toBe(true);
    expect(result.iterations).toBeLessThan(15);
  });

  it('of Adam arrive in natural sizes', async () => {
    expect(isReached(goal, fitted(design, await run({ ...adam, maxIterations: 100 })))).toBe(true);
  });

  it('of Adam in raw units do not leave the start at the same rate, and do not arrive at a hundredth', async () => {
    const same = await run({ ...adam, variables: 'raw', maxIterations: 30 });
    // The best place it has seen is where it began.
    expect(same.parameters.filter(({ value, start }) => Math.abs(value - start) > 1e-12)).toEqual([]);
    const slow = await run({ ...adam, variables: 'raw', learningRate: 0.003 });
    expect(isReached(goal, fitted(design, slow))).toBe(false);
    // The index is about right; the distance needed 400 nm and has gone little more than half of it.
    const at = (name: string) => slow.parameters.find(({ path }) => path === `sphere.${name}`)?.value ?? 0;
    expect(Math.abs(at('z') - 3e-6)).toBeGreaterThan(0.1e-6);
    expect(Math.abs(at('refractiveIndex') - 1.59)).toBeLessThan(0.005);
  });
});
