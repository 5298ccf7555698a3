import { describe, expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import { compile } from '../graph/compile.ts';
import type { Design, DesignEdge, DesignNode } from '../graph/document.ts';
import { setAll } from '../graph/edit.ts';
import { GraphRunner, NO_OVERRIDES } from '../graph/execute.ts';
import { expandLearnables } from '../graph/learnables.ts';
import { memoryNeed, portion } from '../graph/memory.ts';
import { commonParts } from '../graph/shares.ts';
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
const measured: Design = {
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

/** The same without the target's image. */
function changed(
  nodes: readonly DesignNode[],
  edges: readonly DesignEdge[],
  learn: readonly string[] = measured.learn,
) {
  const ids = new Set(nodes.map(({ id }) => id));
  const ends = new Set(edges.map(({ to }) => `${to.node}.${to.port}`));
  return {
    ...measured,
    nodes: [...measured.nodes.filter(({ id }) => !ids.has(id)), ...nodes],
    edges: [...measured.edges.filter(({ to }) => !ends.has(`${to.node}.${to.port}`)), ...edges],
    learn: [...learn],
  };
}

/** The target is what a second camera sees of the same light behind another object. */
const live: Design = {
  ...changed(
    [
      node('other', 'thinObject', { ...values.object, opticalPath: 80e-9 }),
      node('second', 'camera', { ...values.camera, offset: 9e-8 }),
    ],
    [wire('lamp', 'other'), wire('other', 'second'), wire('second', 'loss', 'target')],
    [...measured.learn, 'other.opticalPath'],
  ),
  images: {},
};

const star = node('star', 'extendedSource', { rings: 2, power: 2, distance: 1, size: 4e-3 });

/** Each camera sees a lamp of its own. */
const apart = {
  ...changed(
    [star, node('second', 'camera', { ...values.camera, offset: 9e-8 })],
    [wire('star', 'second'), wire('second', 'loss', 'target')],
    [...measured.learn, 'star.size'],
  ),
  images: {},
};

/** Two lamps whose lights meet before the object. */
const meeting = changed(
  [star, node('mix', 'beamCombiner', { reflectance: 0.3 })],
  [wire('lamp', 'mix', 'a'), wire('star', 'mix', 'b'), wire('mix', 'object')],
);

const coloured = setAll(measured, registry, { 'lamp.spectrum': 'gaussian', 'lamp.spectralLines': 3 });

const { 'space.distance': _distance, ...without } = truth;
/** Three planes behind the object, of which not even one fits. */
const stacked: Design = {
  ...changed(
    [node('space', 'zScan', { planes: 3, zStep: 0.5e-3 })],
    [],
    measured.learn.map((path) => (path === 'space.distance' ? 'space.zStep' : path)),
  ),
  images: {
    truth: {
      kind: 'simulated',
      name: 'truth',
      camera: 'camera',
      truth: { ...without, 'space.planes': 3, 'space.zStep': 0.6e-3 },
      noise: false,
      seed: 1,
    },
  },
};

/** The target is of light that no lamp of many parts makes. */
const mixed: Design = {
  ...changed(
    [node('waves', 'tiltSeries', { planes: 1, power: 3 }), node('second', 'camera', values.camera)],
    [wire('waves', 'second'), wire('second', 'loss', 'target')],
  ),
  images: {},
};

function limited(kernels: Kernels, totalBytes: number): Kernels {
  const limits = () => ({ arrayBytes: totalBytes, totalBytes });
  return Object.assign(Object.create(kernels) as Kernels, { limits });
}

async function problemOn(kernels: Kernels, design = measured) {
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

/** The numbers of a fit at a point, of the whole and with memory for a part of what the whole needs. */
async function bothWays(create: () => Promise<Kernels>, design: Design, part: number) {
  const whole = await problemOn(await create(), design);
  const expected = await numbersOf(await whole.problem());
  const totalBytes = part * (await memoryNeed(whole.request('reverse'))).bytes;
  const meter = metered(limited(await create(), totalBytes));
  const divided = await problemOn(meter.kernels, design);
  const portions = await portion(divided.request('reverse'));
  const forward = await portion(divided.request('forward'));
  expect(Math.min(portions.shares.length, forward.shares.length)).toBeGreaterThan(1);
  const problem = await divided.problem();
  meter.reset();
  const found = await numbersOf(problem);
  expect(meter.peak()).toBeLessThanOrEqual(totalBytes);
  return { portions, errors: found.map((list, i) => worst(list, expected[i] ?? [])) };
}

const sessionOn = (kernels: Kernels) =>
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

describe('light of many parts that does not fit into memory at once', () => {
  // Sums over the parts in another order, which the differences of images with their target magnify.
  it.each([
    ['float64', async () => createFloat64Kernels(), 1e-11],
    ['WASM', () => createWasmKernels(), 2e-5],
  ])('gives the numbers of the whole in shares, on %s', async (_, create, rounding) => {
    const { errors } = await bothWays(create, measured, 0.5);
    expect(Math.max(...errors)).toBeLessThan(rounding);
  });

  it.each([
    ['a target that is a camera in the same light', live, 0.5, 1],
    ['two lamps, each with its camera', apart, 0.5, 1],
    ['two lamps whose lights meet', meeting, 0.5, 1],
    ['light of three wavelengths', coloured, 0.5, 1],
    ['a stack plane by plane', stacked, 0.25, 3],
  ])('does so for %s', async (_, design, part, planes) => {
    const { errors, portions } = await bothWays(() => createWasmKernels(), design, part);
    expect(portions.planes).toHaveLength(planes);
    expect(Math.max(...errors)).toBeLessThan(2e-5);
  });

  it('is divided into no more shares than any of the light has parts', async () => {
    const partsOf = async (design: Design) => {
      const { request } = await problemOn(createFloat64Kernels(), design);
      const ops = new Ops(createFloat64Kernels());
      return commonParts(request('reverse'), new GraphRunner(ops, () => null));
    };
    expect(await partsOf(measured)).toBe(18);
    expect(await partsOf(setAll(meeting, registry, { 'star.rings': 1 }))).toBe(6);
    expect(await partsOf(mixed)).toBe(1);
  });

  it('is counted before it is computed: 330 directions at 256 samples pass 1.5 GB, and go in shares', async () => {
    const large = setAll({ ...measured, grid: { samples: 256, pitch: 5e-6 } }, registry, {
      'lamp.rings': 10,
    });
    const kernels = limited(createFloat64Kernels(), 1.5e9);
    const run = { plan: compile(large, registry), images: () => null, kernels, overrides: NO_OVERRIDES };
    const { shares, bytes, wholeBytes } = await portion({ ...run, mode: 'value' });
    // At the least the light, complex and padded to twice the side, before and behind its transform.
    expect(wholeBytes).toBeGreaterThan(2 * 330 * 512 ** 2 * 16);
    expect(shares.length).toBeGreaterThan(1);
    expect(bytes).toBeLessThan(1.5e9);
  });

  it('converges within the memory there is, or says that it cannot be compared', async () => {
    const expected = await sessionOn(await createWasmKernels()).converge(measured, 'camera');
    const finer = { ...measured, grid: { samples: 32, pitch: 12.5e-6 } };
    const { request } = await problemOn(await createWasmKernels(), finer);
    const totalBytes = 0.6 * (await memoryNeed({ ...request('value'), overrides: NO_OVERRIDES })).bytes;
    const meter = metered(limited(await createWasmKernels(), totalBytes));
    const session = sessionOn(meter.kernels);
    const report = await session.converge(measured, 'camera');
    expect(meter.peak()).toBeLessThanOrEqual(totalBytes);
    expect(report.steps.length).toBe(2);
    report.steps.forEach(({ image }, i) => {
      expect((image?.rms ?? 0) / (expected.steps[i]?.image?.rms ?? 1)).toBeCloseTo(1, 4);
    });
    await expect(session.converge(measured, 'space')).rejects.toThrow(/in \d shares of the light/);
    const half = limited(await createWasmKernels(), 0.5 * totalBytes);
    await expect(sessionOn(half).converge(stacked, 'camera')).rejects.toThrow(/in 3 ranges of planes/);
  });

  it('is shown by cameras as a whole, with the loss, and the page says what is not', async () => {
    const views = [{ nodeId: 'camera', plane: 0, layer: 'output', mode: 'intensity' }] as const;
    const expected = await sessionOn(await createWasmKernels()).show(measured, { views });
    const plan = compile(measured, registry);
    const kernels = await createWasmKernels();
    const request = { plan, images: () => null, mode: 'value', overrides: NO_OVERRIDES, kernels } as const;
    const { bytes } = await memoryNeed(request);
    const shown = await sessionOn(limited(await createWasmKernels(), 0.8 * bytes)).show(measured, { views });
    expect(shown.issues.map(({ message }) => message).join()).toMatch(/computed in \d shares/);
    expect(worst(shown.views[0]?.data ?? [], expected.views[0]?.data ?? [1])).toBeLessThan(1e-6);
    expect((shown.loss ?? 0) / (expected.loss ?? 1)).toBeCloseTo(1, 4);
  });
});
