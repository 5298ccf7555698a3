import { describe, expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import { compile } from '../graph/compile.ts';
import { setAll } from '../graph/edit.ts';
import { NO_OVERRIDES } from '../graph/execute.ts';
import { DEFAULT_FIT_OPTIONS } from '../graph/fitOptions.ts';
import { memoryNeed } from '../graph/memory.ts';
import type { Kernels } from '../optics/ops/kernels.ts';
import type { ViewRequest } from './protocol.ts';
import { Session } from './session.ts';
import { smallHologram, smallStack } from './testDesigns.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

const small = { 'stack.planes': 6, 'camera.rows': 12, 'camera.columns': 10 };
const stack = smallStack({ start: { 'bead.x': 0.1e-6 }, truth: { ...small, 'camera.readNoise': 3 } });
const noisy = {
  ...stack,
  nodes: stack.nodes.map((node) =>
    node.id === 'camera' ? { ...node, params: { ...node.params, noise: true } } : node,
  ),
};

async function sessionOn(totalBytes: number, wasmBytes = 2 ** 31): Promise<Session> {
  const exact = await createWasmKernels({ budgetBytes: wasmBytes });
  const limits = () => ({ arrayBytes: totalBytes, totalBytes });
  return new Session({
    name: 'wasm',
    kernels: Object.assign(Object.create(exact) as Kernels, { limits }),
    reason: '',
    adapter: null,
    painter: null,
    threads: 1,
    lost: new Promise(() => undefined),
    dispose: () => undefined,
  });
}

const request = (nodeId: string, plane: number, layer: ViewRequest['layer'] = 'output'): ViewRequest => ({
  ...{ nodeId, plane, layer },
  mode: layer === 'residual' ? 'real' : 'intensity',
});
const views = [
  ...[request('source', 3), request('pupil', 1), request('stack', 5), request('stack', 99)],
  ...[
    request('camera', 2),
    request('target', 2),
    request('loss', 4, 'residual'),
    request('loss', 4, 'target'),
  ],
];

/** Enough for two planes or so. */
async function tightBytes(): Promise<number> {
  const plan = compile(noisy, registry);
  const kernels = await createWasmKernels();
  const need = await memoryNeed({
    plan,
    images: () => null,
    mode: 'value',
    overrides: NO_OVERRIDES,
    kernels,
  });
  return 0.6 * need.bytes;
}

describe('a stack that does not fit into memory at once', () => {
  it('is shown plane by plane as it is shown whole', async () => {
    const whole = await (await sessionOn(1e9)).show(noisy, { views });
    const tight = await sessionOn(await tightBytes());
    const shown = await tight.show(noisy, { views });
    expect(shown.issues.find(({ code }) => code === 'memory')).toMatchObject({
      severity: 'info',
      nodeId: null,
    });
    expect(shown.issues.filter(({ code }) => code !== 'memory')).toEqual(whole.issues);
    expect(whole.views).toHaveLength(views.length);
    // Planes come in the order in which they are computed.
    for (const expected of whole.views) {
      const { data, ...rest } = expected;
      const found = shown.views.find(
        ({ nodeId, layer, plane }) => nodeId === rest.nodeId && layer === rest.layer && plane === rest.plane,
      );
      expect(found).toMatchObject(rest);
      // Each plane is computed by the same operations, and noise is drawn through all planes.
      expect(found?.data).toEqual(data);
    }
    // Float32 sums over pixels in another order.
    expect((shown.loss ?? 0) / (whole.loss ?? 1)).toBeCloseTo(1, 6);
    expect(shown.bytes).toBeLessThan(whole.bytes);
  });

  it('gives its images whole', async () => {
    const whole = await (await sessionOn(1e9)).evaluate(noisy);
    const portioned = await (await sessionOn(await tightBytes())).evaluate(noisy);
    expect(portioned.images.get('camera')?.shape).toEqual([6, 12, 10]);
    expect(portioned.images).toEqual(whole.images);
  });

  it('shows everything but a comparison relative to the means of all planes', async () => {
    const relative = setAll(stack, registry, {
      'target.normalization': 'mean',
      'loss.kind': 'leastSquares',
    });
    const shown = await (await sessionOn(await tightBytes())).show(relative, { views });
    expect(shown.views.map(({ layer }) => layer)).not.toContain('residual');
    expect(shown.views.map(({ nodeId }) => nodeId)).toContain('camera');
    expect(shown.issues.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'memory', nodeId: 'loss' },
    ]);
  });
});

describe('memory that runs out', () => {
  it('is said of the node, with the numbers, and what comes before is shown', async () => {
    const session = await sessionOn(150_000);
    // With an aberration that is not round, without which the camera needs no pupil.
    const aberrated = setAll(smallHologram(), registry, { 'pupil.zernike.6': 50e-9 });
    const shown = await session.show(aberrated, {
      views: [request('source', 0), request('camera', 0)],
    });
    expect(shown.views.map(({ nodeId }) => nodeId)).toEqual(['source']);
    // That the target's own image could not be made is said, too.
    const errors = shown.issues.filter(({ code }) => code === 'memory');
    expect(errors).toMatchObject([{ code: 'memory', nodeId: 'pupil' }]);
    expect(errors[0]?.message).toMatch(/^“Pupil” needs [\d.]+ MB of memory .* may be used on WebAssembly\.$/);
  });

  it('although it seemed to suffice is said of the node, too, and the engine goes on', async () => {
    const session = await sessionOn(1e9, 600_000);
    const large = setAll(smallHologram({ learn: ['sphere.z'] }), registry, {
      'camera.rows': 1000,
      'pupil.zernike.6': 50e-9,
    });
    const shown = await session.show(large, { views: [request('camera', 0)] });
    expect(shown.issues.find(({ severity }) => severity === 'error')).toMatchObject({ code: 'memory' });
    await expect(session.fit(large, DEFAULT_FIT_OPTIONS)).rejects.toThrow(/MiB/);
    const after = await session.show({ ...smallHologram(), grid: { samples: 32, pitch: 1e-6 } }, { views });
    expect(after.views.map(({ nodeId }) => nodeId)).toContain('camera');
    expect(after.issues.filter(({ code }) => code === 'memory')).toEqual([]);
  });
});
