import { expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { GraphRunner } from '../../graph/execute.ts';
import type { Learnable } from '../../graph/learnables.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { Ops } from '../../optics/ops/ops.ts';
import { HostImages } from '../hostImages.ts';
import { smallHologram } from '../testDesigns.ts';
import { createWasmKernels } from '../wasm/wasmKernels.ts';
import { coarseSearch } from './coarseSearch.ts';
import { FitProblem } from './fitProblem.ts';

async function search(
  design: Design,
  narrow: (learnable: Learnable) => Learnable = (l) => l,
  enough = Number.POSITIVE_INFINITY,
) {
  const ops = new Ops(await createWasmKernels());
  const images = new HostImages(ops, registry);
  await images.resolve(design);
  const plan = compile(design, registry);
  const learnables = expandLearnables(design, registry, plan.planes).map(narrow);
  const problem = await FitProblem.create(new GraphRunner(ops, images.get), plan, learnables);
  let steps = 0;
  const found = await coarseSearch(problem, {
    learnables,
    pitch: 0.1e-6,
    onStep: async () => ++steps < enough,
  });
  return { found, steps, at: (rank: number) => problem.valuesAt(found[rank]?.point ?? new Float64Array(0)) };
}

const NOWHERE = { 'sphere.x': -0.8e-6, 'sphere.y': 0.7e-6, 'sphere.z': 8e-6 };

it('finds a sphere from more than a micrometre and three beside it', async () => {
  const { found, steps, at } = await search(
    smallHologram({ learn: ['sphere.x', 'sphere.y', 'sphere.z'], start: NOWHERE }),
  );
  // The scan steps along the light by a tenth of its reach of 5 µm; across it, the correlation is off by part of a
  // pixel of 0.1 µm where the depth is not exact.
  expect(Math.abs((at(0).get('sphere.z') ?? 0) - 5e-6)).toBeLessThan(0.51e-6);
  expect(Math.abs((at(0).get('sphere.x') ?? 0) - 0.3e-6)).toBeLessThan(0.1e-6);
  expect(Math.abs((at(0).get('sphere.y') ?? 0) + 0.2e-6)).toBeLessThan(0.1e-6);
  expect(steps).toBe(21);
  const scores = found.map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});

it('finds the size among those it tries', async () => {
  const { at, steps } = await search(
    smallHologram({ learn: ['sphere.radius', 'sphere.x'], start: { 'sphere.radius': 0.5e-6 / 1.4 } }),
  );
  expect(at(0).get('sphere.radius')).toBeCloseTo(0.5e-6, 12);
  expect(steps).toBe(9);
});

it('returns the start alone where there is nothing to search', async () => {
  const { found, steps } = await search(smallHologram({ learn: ['sphere.refractiveIndex'] }));
  expect(found).toEqual([{ point: Float64Array.of(0), score: 0 }]);
  expect(steps).toBe(0);
});

it('stays inside the legal ranges', async () => {
  const { found, at } = await search(
    smallHologram({ learn: ['sphere.x', 'sphere.z', 'sphere.radius'], start: NOWHERE }),
    (l) => ({ ...l, min: l.value - 0.3e-6, max: l.value + 0.3e-6 }),
  );
  expect(found.length).toBeGreaterThan(0);
  found.forEach((_, rank) => {
    for (const [path, start] of [
      ['sphere.x', -0.8e-6],
      ['sphere.z', 8e-6],
      ['sphere.radius', 0.5e-6],
    ] as const)
      expect(Math.abs((at(rank).get(path) ?? 0) - start)).toBeLessThan(0.3e-6 + 1e-15);
  });
});

it('ends at once when it is told to', async () => {
  const { steps } = await search(
    smallHologram({ learn: ['sphere.x', 'sphere.z', 'sphere.radius'], start: NOWHERE }),
    (l) => l,
    3,
  );
  expect(steps).toBe(3);
});
