import { afterAll, beforeAll, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import { GraphRunner } from '../../graph/execute.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import type { Kernels } from '../../optics/ops/kernels.ts';
import { Ops } from '../../optics/ops/ops.ts';
import { HostImages } from '../hostImages.ts';
import { smallStack } from '../testDesigns.ts';
import { withSteps } from '../webgpu/compiled/stepKernels.ts';
import { acquireDevice, type WebgpuDevice } from '../webgpu/device.ts';
import { createWebgpuKernels, type WebgpuKernels } from '../webgpu/webgpuKernels.ts';
import { deviceAdam, ratesOf } from './deviceAdam.ts';
import { FitProblem } from './fitProblem.ts';
import { descend } from './optimisers/descend.ts';
import { adam } from './optimisers/firstOrder.ts';
import { againstAWall, atTheBottom, upASlope } from './testDescents.ts';

let source: WebgpuDevice;
let plain: WebgpuKernels;
let kernels: WebgpuKernels;

beforeAll(async () => {
  source = await acquireDevice();
  plain = createWebgpuKernels(source);
  kernels = withSteps(plain, source);
});

afterAll(() => {
  kernels.dispose();
  source.dispose();
});

const stack = smallStack({
  learn: ['bead.x', 'bead.z', 'bead.photons.*', 'pupil.zernike.5', 'pupil.zernike.8'],
  start: { 'bead.x': 0.03e-6 },
  truth: { 'pupil.zernike.5': 20e-9 },
  seed: 4,
});

async function problemOn(backend: WebgpuKernels): Promise<FitProblem> {
  const ops = new Ops(backend as unknown as Kernels);
  const images = new HostImages(ops, registry);
  await images.resolve(stack);
  const plan = compile(stack, registry);
  return FitProblem.create(
    new GraphRunner(ops, images.get),
    plan,
    expandLearnables(stack, registry, plan.planes),
  );
}

it('prepared steps of a fit give bit for bit what plain ones give', async () => {
  const [full, prepared] = [await problemOn(plain), await problemOn(kernels)];
  const size = full.parameters.length;
  for (const shift of [0, 0.1, 0.2, 0.3]) {
    const point = new Float64Array(size).fill(shift);
    expect(await prepared.lossGradient(point)).toEqual(await full.lossGradient(point));
    expect(await prepared.normalEquations(point)).toEqual(await full.normalEquations(point));
    expect(await prepared.merit(point)).toBe(await full.merit(point));
  }
  prepared.release();
  expect(source.faults()).toEqual({ uncaptured: [], lost: null });
});

it('stops on the device in the step that has no loss, within a submission, and keeps what was good', async () => {
  const descent = againstAWall(new Ops(kernels as unknown as Kernels), 3.4028235e38);
  await descent.advance(40);
  const state = await descent.read();
  // Eight steps of 0.1 lead behind the wall at 0.75: the ninth loss is none, and nothing moved in the 32 steps after it.
  expect(state).toMatchObject({ steps: 9, ended: 'notFinite', value: Number.NaN });
  // Adam divides by its own moments: float32 roundings of eight steps.
  for (const [values, expected] of [
    [state.point, 0.8],
    [state.best, 0.7],
  ] as const)
    for (const value of values) expect(value).toBeCloseTo(expected, 5);
  expect(state.least).toBeCloseTo(-2.1, 5);
  await descent.advance(8);
  expect(await descent.read()).toEqual(state);
  descent.release();
  const { state: end, ending } = await deviceAdam(
    againstAWall(new Ops(kernels as unknown as Kernels), 3.4028235e38),
    { iterations: 200 },
    async () => true,
  );
  expect(ending).toBe('notFinite');
  expect(end).toMatchObject({ iteration: 8, best: state.best, failed: state.point });
});

it('stops on the device where the loss has grown a millionfold', async () => {
  const ops = new Ops(kernels as unknown as Kernels);
  const { state, ending } = await deviceAdam(upASlope(ops), { iterations: 100 }, async () => true);
  expect(ending).toBe('diverged');
  // From -2.1 to 4.5e7 by the eighth step.
  expect(state.iteration).toBe(8);
  for (const value of state.best) expect(value).toBeCloseTo(0.7, 5);
});

it('may begin on the device where the loss is next to nothing', async () => {
  const ops = new Ops(kernels as unknown as Kernels);
  const { state, ending } = await deviceAdam(atTheBottom(ops), { iterations: 30 }, async () => true);
  expect(ending).toBe('steps');
  expect(state.best).toEqual(new Float64Array(3));
  expect(state.least / 3e-14).toBeCloseTo(1, 5);
});

it('Adam on the device goes where Adam on the host goes', async () => {
  const options = { maxIterations: 12, learningRate: 0.2 };
  const rules = { iterations: 12 };
  const problem = await problemOn(kernels);
  const start = new Float64Array(problem.parameters.length).fill(0.1);
  const goOn = async () => true;
  const optimiser = adam({ iterations: 12, learningRate: 0.2 });
  const host = (await descend(problem, optimiser, start, rules, goOn)).state;
  const descent = await problem.descent(start, ratesOf(options));
  if (descent === null) throw new Error('This design needs no host.');
  const device = (await deviceAdam(descent, rules, goOn)).state;
  descent.release();
  // Float32 gradients (1e-4 of their size where terms cancel) divided by their own size, over 12 steps of 0.2.
  device.best.forEach((value, i) => {
    expect(Math.abs(value - (host.best[i] ?? 0))).toBeLessThan(2e-3);
  });
  expect(Math.abs(device.least / host.least - 1)).toBeLessThan(1e-3);
  expect(source.faults()).toEqual({ uncaptured: [], lost: null });
});
