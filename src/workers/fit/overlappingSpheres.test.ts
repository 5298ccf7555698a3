import { expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { examples } from '../../graph/examples/index.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { foundSentence, withFoundSpheres } from '../../graph/foundSpheres.ts';
import { getAt } from '../../graph/paths.ts';
import { createSession } from '../session.ts';
import { fitted } from '../testDesigns.ts';

const session = await createSession('wasm');
const example = examples.find(({ id }) => id === 'overlapping-spheres');
if (example?.goal === undefined) throw new Error('No goal.');
const { design, goal } = example;

/** As the example says them; which row holds which sphere is open. */
const SMALLER = { x: -0.9e-6, y: -0.35e-6, z: 10e-6, radius: 0.5e-6, refractiveIndex: 1.59 };
const LARGER = { x: 0.95e-6, y: 0.4e-6, z: 11.4e-6, radius: 0.65e-6, refractiveIndex: 1.5 };

it('finds and fits two spheres 2 µm apart from a wrong start, each value within five standard errors', async () => {
  expect(goal.measure(design)).toBeGreaterThan(100 * goal.limit);
  const { parameters, ...result } = await session.fit(design, DEFAULT_FIT_OPTIONS);
  expect(goal.measure(fitted(design, { parameters, ...result }))).toBeLessThan(goal.limit);
  const at = (row: number, column: string) =>
    parameters.find(({ path }) => path === `spheres.particles.${row}.${column}`);
  const larger = (at(0, 'radius')?.value ?? 0) > (at(1, 'radius')?.value ?? 0) ? 0 : 1;
  for (const [row, truth] of [
    [larger, LARGER],
    [1 - larger, SMALLER],
  ] as const) {
    for (const [column, value] of Object.entries(truth)) {
      const found = at(row, column);
      expect(Math.abs((found?.value ?? 0) - value)).toBeLessThan(5 * (found?.sigma ?? 0));
    }
  }
});

it('fills the table with the spheres of the target, whatever rows it had', async () => {
  const node = design.nodes.find(({ id }) => id === 'spheres');
  if (node === undefined) throw new Error('No spheres.');
  const three = {
    ...design,
    nodes: design.nodes.map((each) => (each === node ? { ...node, params: {} } : each)),
    learn: ['spheres.particles.0.x', 'spheres.particles.*.z'],
  };
  const found = await session.findSpheres(three, 'spheres');
  expect(found.spheres).toHaveLength(2);
  expect(foundSentence(node, found)).toMatch(/^2 spheres found, of whose rings the model explains 9\d %/);
  const filled = withFoundSpheres(three, registry, node, found);
  expect([...filled.learn].sort()).toEqual(
    [0, 1].flatMap((row) => ['x', 'z'].map((column) => `spheres.particles.${row}.${column}`)).sort(),
  );
  for (const truth of [SMALLER, LARGER]) {
    const row = [0, 1].find(
      (each) => Math.abs(Number(getAt(filled, registry, `spheres.particles.${each}.x`)) - truth.x) < 0.1e-6,
    );
    expect(row).toBeDefined();
  }
});
