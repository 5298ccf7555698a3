import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { GraphRunner } from '../../graph/execute.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { MemoryRefusal, memoryNeed, portion } from '../../graph/memory.ts';
import type { HostImage } from '../../optics/element.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import type { Kernels } from '../../optics/ops/kernels.ts';
import { type DifferentiationMode, Ops } from '../../optics/ops/ops.ts';
import { HostImages } from '../hostImages.ts';
import { metered } from '../meteredKernels.ts';
import { smallHologram, smallStack } from '../testDesigns.ts';
import { createWasmKernels } from '../wasm/wasmKernels.ts';
import { FitProblem } from './fitProblem.ts';
import { PlaneSlots } from './planeSlots.ts';

const stack = smallStack({
  learn: ['bead.x', 'bead.photons.*', 'camera.background.*', 'pupil.zernike.5', 'stack.zStep'],
  start: { 'bead.x': 0.03e-6, 'stack.planes': 5, 'camera.rows': 12, 'camera.columns': 10 },
  truth: {
    'stack.planes': 5,
    'camera.rows': 12,
    'camera.columns': 10,
    'camera.gain': 2,
    'camera.offset': 100,
  },
  seed: 4,
});
const hologram = smallHologram({
  learn: ['sphere.x', 'sphere.z', 'sphere.radius', 'interference.scatteredAmplitude'],
  // An aberration that is not round: without one the camera needs no pupil.
  start: { 'sphere.x': 0.35e-6, 'sphere.z': 5.2e-6, 'pupil.zernike.6': 50e-9 },
});
const leastSquares = setAll(stack, registry, { 'loss.kind': 'leastSquares' });

/** Every third pixel of every second plane does not count. */
function masked(image: HostImage): HostImage {
  const size = image.data.length / 5;
  const mask = Float32Array.from(image.data, (_, k) =>
    k % 3 === 0 && Math.floor(k / size) % 2 === 0 ? 0 : 1,
  );
  return { ...image, key: `${image.key}-masked`, mask };
}

async function problemOf(design: Design, kernels: Kernels, change = (image: HostImage) => image) {
  const ops = new Ops(kernels);
  const images = new HostImages(ops, registry);
  await images.resolve(design);
  const get = (id: string) => {
    const image = images.get(id);
    return image === null ? null : change(image);
  };
  const runner = new GraphRunner(ops, get);
  const plan = compile(design, registry);
  const learnables = expandLearnables(design, registry, plan.planes);
  const overrides = {
    values: new Map(learnables.map(({ path, value }) => [path, value])),
    slots: new Map(learnables.map(({ path }, slot) => [path, slot])),
  };
  const ofPlanes = new PlaneSlots(plan, learnables, [plan.planes, 1, 1]);
  const request = (mode: DifferentiationMode) => {
    const only = new Set([mode === 'reverse' ? 'loss' : 'camera']);
    const slots = mode === 'forward' ? ofPlanes.slots() : overrides.slots;
    return { plan, images: get, mode, overrides: { ...overrides, slots }, only, kernels };
  };
  return { create: () => FitProblem.create(runner, plan, learnables), runner, plan, request };
}

const pointOf = (problem: FitProblem) => Float64Array.from(problem.parameters, (_, i) => 0.2 * Math.cos(i));

function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs((actual[i] ?? Number.NaN) - (expected[i] as number)));
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  return actual.length === expected.length ? error / scale : Number.POSITIVE_INFINITY;
}

describe('the bytes that a run needs', () => {
  it.each([
    ['stack', stack],
    ['hologram', hologram],
  ])('are known before it: %s', async (_, design) => {
    const meter = metered(limited(await createWasmKernels(), 4e6));
    const { create, request } = await problemOf(design, meter.kernels);
    const problem = await create();
    const point = pointOf(problem);
    const run = {
      value: () => problem.model(point),
      forward: () => problem.normalEquations(point),
      reverse: () => problem.lossGradient(point),
    };
    await problem.model(new Float64Array(point.length));
    for (const mode of ['value', 'forward', 'reverse'] as const) {
      meter.reset();
      await run[mode]();
      const { wholeBytes } = await portion(request(mode));
      // The same arrays but for small ones: steps of sums inside the backend, sums of the loss shown before.
      expect(Math.abs(wholeBytes / meter.peak() - 1)).toBeLessThan(1e-2);
    }
  });
});

async function evaluate(problem: FitProblem) {
  const point = pointOf(problem);
  const { merit, descent, curvature } = await problem.normalEquations(point);
  const { value, gradient } = await problem.lossGradient(point);
  return [[merit], descent, curvature, [value], gradient, await problem.model(point)];
}

describe('a stack fit whose runs are divided', () => {
  const unmasked = (image: HostImage) => image;
  const relative = setAll(leastSquares, registry, { 'target.normalization': 'background' });
  const wasm = () => createWasmKernels();
  const float64 = async () => createFloat64Kernels();
  // Float64 and float32 sums over pixels in another order.
  it.each([
    ['photon likelihood on float64', stack, unmasked, float64, 1e-12],
    ['photon likelihood', stack, unmasked, wasm, 2e-6],
    ['least squares with a mask', leastSquares, masked, wasm, 2e-6],
    ['relative to the background, with a mask', relative, masked, wasm, 2e-6],
  ])('has the numbers of the whole: %s', async (_, design, change, createKernels, rounding) => {
    const whole = await problemOf(design, await createKernels(), change);
    const { bytes } = await memoryNeed(whole.request('forward'));
    const expected = await evaluate(await whole.create());
    // Enough for two planes at once; and for one plane with some of the derivatives.
    for (const share of [0.6, 0.38]) {
      const totalBytes = share * bytes;
      const meter = metered(limited(await createKernels(), totalBytes));
      const { create, request } = await problemOf(design, meter.kernels, change);
      const { planes, slots } = await portion(request('forward'));
      expect(planes.length).toBeGreaterThan(2);
      expect(slots.length > 1).toBe(share < 0.5);
      const problem = await create();
      meter.reset();
      const found = await evaluate(problem);
      expect(meter.peak()).toBeLessThanOrEqual(totalBytes);
      found.forEach((values, i) => {
        expect(worst(values, expected[i] ?? [])).toBeLessThan(rounding);
      });
    }
  });
});

describe('a root of a mean, or a mean over the pixels that count, of a stack that is divided', () => {
  it.each(['rootMeanSquare', 'meanAbsolute'])('has the loss and gradient of the whole: %s', async (kind) => {
    const design = setAll(stack, registry, { 'loss.kind': kind });
    const whole = await problemOf(design, createFloat64Kernels(), masked);
    const problem = await whole.create();
    const point = pointOf(problem);
    const expected = await problem.lossGradient(point);
    const { bytes } = await memoryNeed(whole.request('reverse'));
    const divided = await problemOf(design, limited(createFloat64Kernels(), 0.6 * bytes), masked);
    expect((await portion(divided.request('reverse'))).planes.length).toBeGreaterThan(1);
    const found = await (await divided.create()).lossGradient(point);
    // Float64 sums in another order.
    expect(found.value / expected.value).toBeCloseTo(1, 12);
    expect(worst(found.gradient, expected.gradient)).toBeLessThan(1e-11);
  });
});

describe('what cannot be divided', () => {
  it('is a gradient relative to the mean of all planes', async () => {
    const design = setAll(leastSquares, registry, { 'target.normalization': 'mean' });
    const whole = await problemOf(design, createFloat64Kernels());
    const { bytes } = await memoryNeed(whole.request('reverse'));
    const { create } = await problemOf(design, limited(createFloat64Kernels(), 0.7 * bytes));
    const problem = await create();
    const refused = problem.lossGradient(pointOf(problem));
    await expect(refused).rejects.toBeInstanceOf(MemoryRefusal);
    await expect(refused).rejects.toThrow(/for 5 planes.*may be used.*not relative to the means/);
    // Least squares by its Jacobian compares on the host.
    const expected = await (await (await problemOf(design, createFloat64Kernels())).create()).normalEquations(
      pointOf(problem),
    );
    const divided = await problem.normalEquations(pointOf(problem));
    expect(worst(divided.descent, expected.descent)).toBeLessThan(1e-12);
  });

  it('is refused with the node and the numbers, and what is smaller runs afterwards', async () => {
    const { create } = await problemOf(stack, limited(createFloat64Kernels(), 60_000));
    const refused = create();
    await expect(refused).rejects.toBeInstanceOf(MemoryRefusal);
    await expect(refused).rejects.toThrow(
      /^“.+” needs [\d.]+ MB of memory at 40 × 40 samples, for one plane; 0.06 MB may be used on the reference\. Use fewer/,
    );
  });
});

function limited(kernels: Kernels, totalBytes: number): Kernels {
  return Object.assign(Object.create(kernels) as Kernels, {
    limits: () => ({ arrayBytes: totalBytes, totalBytes }),
  });
}
