import { expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import { GraphRunner } from '../../graph/execute.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import type { Kernels } from '../../optics/ops/kernels.ts';
import { Ops } from '../../optics/ops/ops.ts';
import { HostImages } from '../hostImages.ts';
import { metered } from '../meteredKernels.ts';
import { smallStack } from '../testDesigns.ts';
import { acquireDevice } from '../webgpu/device.ts';
import { createWebgpuKernels } from '../webgpu/webgpuKernels.ts';
import { FitProblem } from './fitProblem.ts';

it('runs that are divided have the numbers of the whole, within the limit that was set', async () => {
  const source = await acquireDevice();
  const kernels = createWebgpuKernels(source) as unknown as Kernels;
  // What the engine allows itself lies within what the device allows.
  const { arrayBytes, totalBytes } = kernels.limits();
  expect(arrayBytes).toBeLessThanOrEqual(source.device.limits.maxStorageBufferBindingSize);
  expect(totalBytes).toBeGreaterThanOrEqual(arrayBytes);

  const stack = smallStack({ learn: ['bead.x', 'bead.photons.*'], start: { 'bead.x': 0.03e-6 } });
  const design = { ...stack, grid: { ...stack.grid, samples: 24 } };
  const evaluate = async (bytes: number) => {
    const limits = () => ({ arrayBytes: bytes, totalBytes: bytes });
    const meter = metered(Object.assign(Object.create(kernels) as Kernels, { ...kernels, limits }));
    const ops = new Ops(meter.kernels);
    const images = new HostImages(ops, registry);
    await images.resolve(design);
    const runner = new GraphRunner(ops, images.get);
    const plan = compile(design, registry);
    const problem = await FitProblem.create(runner, plan, expandLearnables(design, registry, plan.planes));
    const point = Float64Array.from(problem.parameters, (_, i) => 0.2 * Math.cos(i));
    meter.reset();
    const { descent, merit } = await problem.normalEquations(point);
    const peak = meter.peak();
    const { gradient } = await problem.lossGradient(point);
    runner.forgetAll();
    ops.clearConstants();
    return { numbers: [merit, ...descent, ...gradient], peak };
  };
  const whole = await evaluate(totalBytes);
  const divided = await evaluate(0.7 * whole.peak);
  expect(divided.peak).toBeLessThanOrEqual(0.7 * whole.peak);
  // Float32 sums over pixels in another order.
  divided.numbers.forEach((value, i) => {
    expect(value / (whole.numbers[i] ?? 1)).toBeCloseTo(1, 4);
  });
  expect(source.faults()).toEqual({ uncaptured: [], lost: null });
  source.dispose();
});
