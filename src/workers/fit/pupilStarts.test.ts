import { expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { GraphRunner } from '../../graph/execute.ts';
import { setLink } from '../../graph/expressions/editLinks.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import { Ops } from '../../optics/ops/ops.ts';
import { HostImages } from '../hostImages.ts';
import { smallStack } from '../testDesigns.ts';
import { FitProblem } from './fitProblem.ts';
import { projectedStart } from './pupilStarts.ts';

async function termOf(design: Design): Promise<number> {
  const ops = new Ops(createFloat64Kernels());
  const images = new HostImages(ops, registry);
  await images.resolve(design);
  const runner = new GraphRunner(ops, images.get);
  const plan = compile(design, registry);
  const learnables = expandLearnables(design, registry, plan.planes);
  const problem = await FitProblem.create(runner, plan, learnables);
  const point = new Float64Array(learnables.length);
  const found = await projectedStart(problem, { runner, plan, learnables, pitch: 0.12e-6 }, point, 3);
  return found?.[learnables.findIndex(({ nollIndex }) => nollIndex === 5)] ?? Number.NaN;
}

it('projections follow the middle of a bead whose size is known, learned or linked alike', async () => {
  const learn = ['pupil.zernike.5'];
  const stack = smallStack({ learn, truth: { 'pupil.zernike.5': 60e-9 }, seed: 2 });
  const sized = setAll(stack, registry, { 'bead.diameter': 150e-9 });
  const known = await termOf(sized);
  expect(Math.abs(known)).toBeGreaterThan(0.1);
  expect(await termOf({ ...sized, learn: ['bead.diameter', ...learn] })).toBeCloseTo(known, 9);
  expect(await termOf(setLink(sized, registry, 'bead.diameter', '150 nm'))).toBeCloseTo(known, 9);
});
