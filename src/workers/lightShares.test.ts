import { describe, expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import { compile } from '../graph/compile.ts';
import type { Design, DesignNode } from '../graph/document.ts';
import { setAll } from '../graph/edit.ts';
import { GraphRunner, NO_OVERRIDES } from '../graph/execute.ts';
import { expandLearnables } from '../graph/learnables.ts';
import { memoryNeed, portion } from '../graph/memory.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import type { Kernels } from '../optics/ops/kernels.ts';
import { type DifferentiationMode, Ops } from '../optics/ops/ops.ts';
import { FitProblem } from './fit/fitProblem.ts';
import { HostImages } from './hostImages.ts';
import { metered } from './meteredKernels.ts';
import { Session } from './session.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

const values = {
  lamp: { rings: 2, numericalAperture: 0.004, power: 5 },
  object: { opticalPath: 60e-9, size: 200e-6 },
  space: { distance: 1e-3 },
  camera: { rows: 10, columns: 8, pixelPitch: 25e-6, gain: 3, offset: 7e-8, background: 2e-8 },
};
const truth = Object.fromEntries(
  Object.entries(values).flatMap(([id, params]) =>
    Object.entries(params).map(([name, value]) => [`${id}.${name}`, value]),
  ),
);
const node = (id: string, type: string, params: DesignNode['params'] = {}): DesignNode => ({
  id,
  type,
  position: { x: 0, y: 0 },
  params,
});
const wire = (from: string, to: string, port = 'in') => ({
  id: `${from}-${to}`,
  from: { node: from, port: 'out' },
  to: { node: to, port },
});

/** A phase object in the light of a condenser of 18 directions, defocused, seen by a camera with an offset. */
const design: Design = {
  format: 'luminode',
  formatVersion: 1,
  title: 'Partly coherent image',
  grid: { samples: 16, pitch: 25e-6 },
  seed: 3,
  nodes: [
    node('lamp', 'kohler', { ...values.lamp, numericalAperture: 0.0045 }),
    node('object', 'thinObject', { ...values.object, opticalPath: 50e-9 }),
    node('space', 'propagator', values.space),
    node('camera', 'camera', values.camera),
    node('target', 'target', { image: 'truth' }),
    node('loss', 'loss', { kind: 'leastSquares' }),
  ],
  edges: [
    wire('lamp', 'object'),
    wire('object', 'space'),
    wire('space', 'camera'),
    wire('camera', 'loss', 'model'),
    wire('target', 'loss', 'target'),
  ],
  learn: ['lamp.numericalAperture', 'object.opticalPath', 'space.distance', 'camera.gain', 'camera.offset'],
  images: { truth: { kind: 'simulated', name: 'truth', camera: 'camera', truth, noise: false, seed: 1 } },
};

function limited(kernels: Kernels, totalBytes: number): Kernels {
  const limits = () => ({ arrayBytes: totalBytes, totalBytes });
  return Object.assign(Object.create(kernels) as Kernels, { limits });
}

async function problemOn(kernels: Kernels) {
  const ops = new Ops(kernels);
  const images = new HostImages(ops, registry);
  await images.resolve(design);
  const runner = new GraphRunner(ops, images.get);
  const plan = compile(design, registry);
  const learnables = expandLearnables(design, registry, plan.planes);
  const overrides = { values: new Map(), slots: new Map(learnables.map(({ path }, slot) => [path, slot])) };
  const request = (mode: DifferentiationMode) => {
    const only = new Set([mode === 'reverse' ? 'loss' : 'camera']);
    return { plan, images: images.get, mode, overrides, only, kernels };
  };
  return { problem: () => FitProblem.create(runner, plan, learnables), request };
}

async function numbersOf(problem: FitProblem): Promise<ArrayLike<number>[]> {
  const point = Float64Array.from(problem.parameters, (_, i) => 0.1 * Math.cos(i));
  const { merit, descent, curvature } = await problem.normalEquations(point);
  const { value, gradient } = await problem.lossGradient(point);
  return [await problem.model(point), [merit], descent, curvature, [value], gradient];
}

function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs((actual[i] ?? Number.NaN) - (expected[i] as number)));
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  return actual.length === expected.length ? error / scale : Number.POSITIVE_INFINITY;
}

describe('light of many parts that does not fit into memory at once', () => {
  // Sums over the parts in another order, which the differences of images with their target magnify.
  it.each([
    ['float64', async () => createFloat64Kernels(), 1e-11],
    ['WASM', () => createWasmKernels(), 2e-5],
  ])('gives the numbers of the whole in shares, on %s', async (_, create, rounding) => {
    const whole = await problemOn(await create());
    const expected = await numbersOf(await whole.problem());
    const totalBytes = 0.5 * (await memoryNeed(whole.request('reverse'))).bytes;
    const meter = metered(limited(await create(), totalBytes));
    const divided = await problemOn(meter.kernels);
    for (const mode of ['forward', 'reverse'] as const) {
      const { shares } = await portion(divided.request(mode));
      expect(shares.length).toBeGreaterThan(1);
    }
    const problem = await divided.problem();
    meter.reset();
    const found = await numbersOf(problem);
    expect(meter.peak()).toBeLessThanOrEqual(totalBytes);
    found.forEach((list, i) => {
      expect(worst(list, expected[i] ?? [])).toBeLessThan(rounding);
    });
  });

  it('is counted before it is computed: 330 directions at 256 samples pass 1.5 GB, and go in shares', async () => {
    const large = setAll({ ...design, grid: { samples: 256, pitch: 5e-6 } }, registry, { 'lamp.rings': 10 });
    const kernels = limited(createFloat64Kernels(), 1.5e9);
    const run = { plan: compile(large, registry), images: () => null, kernels, overrides: NO_OVERRIDES };
    const { shares, bytes, wholeBytes } = await portion({ ...run, mode: 'value' });
    // At the least the light, complex and padded to twice the side, before and behind its transform.
    expect(wholeBytes).toBeGreaterThan(2 * 330 * 512 ** 2 * 16);
    expect(shares.length).toBeGreaterThan(1);
    expect(bytes).toBeLessThan(1.5e9);
  });

  it('is shown by cameras as a whole, with the loss, and the page says what is not', async () => {
    const session = (kernels: Kernels) =>
      new Session({
        name: 'wasm',
        kernels,
        reason: '',
        adapter: null,
        painter: null,
        threads: 1,
        lost: new Promise(() => undefined),
        dispose: () => undefined,
      });
    const views = [{ nodeId: 'camera', plane: 0, layer: 'output', mode: 'intensity' }] as const;
    const expected = await session(await createWasmKernels()).show(design, { views });
    const plan = compile(design, registry);
    const kernels = await createWasmKernels();
    const request = { plan, images: () => null, mode: 'value', overrides: NO_OVERRIDES, kernels } as const;
    const { bytes } = await memoryNeed(request);
    const shown = await session(limited(await createWasmKernels(), 0.8 * bytes)).show(design, { views });
    expect(shown.issues.map(({ message }) => message).join()).toMatch(/computed in \d shares/);
    expect(worst(shown.views[0]?.data ?? [], expected.views[0]?.data ?? [1])).toBeLessThan(1e-6);
    expect((shown.loss ?? 0) / (expected.loss ?? 1)).toBeCloseTo(1, 4);
  });
});
