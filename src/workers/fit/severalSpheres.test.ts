import { expect, it } from 'vitest';
import { examples } from '../../graph/examples/index.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { createSession } from '../session.ts';
import { fitted } from '../testDesigns.ts';

it('fits three spheres whose rings overlap, those of one group with one radius and one index', async () => {
  const session = await createSession('wasm');
  const found = examples.find(({ id }) => id === 'several-spheres');
  if (found?.goal === undefined) throw new Error('No goal.');
  const { design, goal } = found;
  expect(goal.measure(design)).toBeGreaterThan(50 * goal.limit);
  const { parameters, ...result } = await session.fit(design, {
    ...DEFAULT_FIT_OPTIONS,
    coarseSearch: false,
  });
  // Nine coordinates, and two numbers of each of two kinds.
  expect(parameters).toHaveLength(13);
  const fit = fitted(design, { parameters, ...result });
  expect(goal.measure(fit)).toBeLessThan(goal.limit);
  const value = (title: string) => parameters.find((each) => each.title === title);
  const radius = value('Spheres: group A, radius');
  const index = value('Spheres: sphere 3, index');
  // Four standard errors, as the fit itself tells them.
  expect(Math.abs((radius?.value ?? 0) - 0.5e-6)).toBeLessThan(4 * (radius?.sigma ?? 0));
  expect(Math.abs((index?.value ?? 0) - 1.45)).toBeLessThan(4 * (index?.sigma ?? 0));
  const rows = fit.nodes.find(({ id }) => id === 'spheres')?.params['particles'];
  expect((rows as readonly { radius: number }[]).map((row) => row.radius)).toEqual([
    radius?.value,
    radius?.value,
    expect.any(Number),
  ]);
}, 60_000);
