import { describe, expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import type { Design, DesignImage } from '../graph/document.ts';
import { setAll } from '../graph/edit.ts';
import { examples } from '../graph/examples/index.ts';
import { sphereHologram } from '../graph/examples/sphereHologram.ts';
import { DEFAULT_FIT_OPTIONS } from '../graph/fitOptions.ts';
import { elementIssues } from '../graph/notes.ts';
import { createDesign, node } from '../graph/testSupport.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import type { Kernels } from '../optics/ops/kernels.ts';
import type { PictureStyle } from '../pictures/style.ts';
import type { ViewRequest } from './protocol.ts';
import { createSession, Session } from './session.ts';
import { smallHologram, smallStack } from './testDesigns.ts';

const request = (nodeId: string): ViewRequest => ({
  nodeId,
  mode: 'intensity',
  plane: 0,
  layer: 'output',
});

const GREY: PictureStyle = { colormap: 'gray', scaling: 'auto', clip: 0, locked: null, signed: false };

function sessionOn(kernels: Kernels): Session {
  return new Session({
    name: 'f64',
    kernels,
    painter: null,
    threads: 1,
    reason: '',
    adapter: null,
    lost: new Promise(() => undefined),
    dispose: () => undefined,
  });
}

/** A float64 session that counts the arrays it makes. */
function counting() {
  const made = { arrays: 0 };
  const kernels = new Proxy(createFloat64Kernels(), {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        // Reading nothing makes nothing.
        if (name !== 'memory' && name !== 'limits' && name !== 'readMany') made.arrays++;
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  }) as Kernels;
  const session = sessionOn(kernels);
  return { session, made };
}

const without = (design: Design, port: string): Design => ({
  ...design,
  edges: design.edges.filter((edge) => edge.to.port !== port),
});

describe('show', () => {
  it('gives views, times, memory and the value of the loss', async () => {
    const session = await createSession('wasm');
    const design = smallHologram({ start: { 'sphere.z': 5.3e-6 } });
    const shown = await session.show(design, {
      views: [request('camera'), { ...request('loss'), layer: 'residual' }],
    });
    expect(shown.issues.filter((issue) => issue.severity === 'error')).toEqual([]);
    expect(shown.views.map((view) => view.nodeId)).toEqual(['camera', 'loss']);
    expect(Object.keys(shown.nodeMilliseconds).sort()).toEqual(design.nodes.map((node) => node.id).sort());
    expect(shown.milliseconds).toBeGreaterThan(0);
    expect(shown.bytes).toBeGreaterThan(64 * 64 * 8);
    const residual = shown.views[1]?.data ?? [];
    const squares = Array.from(residual).reduce((sum, r) => sum + r * r, 0) / residual.length;
    // The mean of 2304 float32 squares on the backend.
    expect((shown.loss ?? 0) / squares).toBeCloseTo(1, 5);
  });

  it('has no loss without a comparison', async () => {
    const { session } = counting();
    const design = smallHologram();
    const bare = {
      ...design,
      nodes: design.nodes.filter((node) => node.type !== 'loss'),
      edges: design.edges.filter((edge) => edge.to.node !== 'loss'),
    };
    expect((await session.show(bare)).loss).toBeNull();
    expect((await session.show(without(design, 'target'))).loss).toBeNull();
  });

  it('computes what changed and nothing else', async () => {
    const { session } = counting();
    const design = smallHologram();
    await session.show(design);
    const again = await session.show(structuredClone(design));
    expect(Object.values(again.nodeMilliseconds).every((ms) => ms === 0)).toBe(true);
    const moved = await session.show(setAll(design, registry, { 'camera.background': 1 }));
    const busy = Object.entries(moved.nodeMilliseconds).flatMap(([id, ms]) => (ms > 0 ? [id] : []));
    expect(busy.sort()).toEqual(['camera', 'loss']);
  });

  it('does not grow with use', async () => {
    const session = await createSession('wasm');
    const at = (x: number) => setAll(smallHologram(), registry, { 'sphere.x': x });
    const views = [request('camera'), request('sphere'), { ...request('loss'), layer: 'residual' } as const];
    const previews = views.map((view) => ({ ...view, maxSize: 16, style: GREY }));
    const wanted = { views, previews };
    await session.show(at(0), wanted);
    const { bytes } = await session.show(at(1e-7), wanted);
    for (let i = 2; i < 8; i++) expect((await session.show(at(i * 1e-7), wanted)).bytes).toBe(bytes);
  });
});

describe('a sphere that is dragged', () => {
  it('is followed ten times a second, with its residual', async () => {
    const session = await createSession('wasm');
    const views = [request('camera'), { ...request('loss'), layer: 'residual' } as const];
    const at = (x: number) => setAll(sphereHologram, registry, { 'sphere.x': x, 'sphere.y': -x });
    await session.show(at(0), { views });
    const times: number[] = [];
    for (let i = 1; i <= 8; i++) {
      // Processor time of all threads: others that are at work do not count.
      const since = process.cpuUsage();
      const { views: seen } = await session.show(at(i * 20e-9), { views });
      const { user, system } = process.cpuUsage(since);
      times.push((user + system) / 1e3);
      expect(seen[1]?.layer).toBe('residual');
    }
    expect(times.sort((a, b) => a - b)[3]).toBeLessThan(100);
  });
});

describe('the pupil sampling of what is out of focus', () => {
  /** A trace of coma, without which the camera would see the sphere by its profiles. */
  const at = (z: number, samples: number, coma = 1e-15): Design => {
    const { grid } = sphereHologram;
    const settings = { 'sphere.x': 0, 'sphere.y': 0, 'sphere.z': z, 'pupil.zernike.7': coma };
    const design = setAll(sphereHologram, registry, settings);
    return { ...design, grid: { ...grid, samples }, learn: ['sphere.z'] };
  };
  const seen = async (design: Design) => {
    const { issues, images } = await (await createSession('wasm')).evaluate(design);
    const warnings = issues.filter(({ severity }) => severity === 'warning');
    return { warnings, data: images.get('camera')?.data ?? new Float32Array(0) };
  };
  const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);

  it('is called too coarse where it spoils the picture, and says how fine it must be', async () => {
    const [coarse, fine] = [await seen(at(25e-6, 160)), await seen(at(25e-6, 640))];
    // Of the copies, and of the edge of the pupil.
    expect(coarse.warnings).toMatchObject([{ nodeId: 'camera' }, { nodeId: 'camera' }]);
    expect(fine.warnings).toEqual([]);
    // Copies of the rings reach into the picture: a few per cent of the background.
    expect(worst(coarse.data, fine.data)).toBeGreaterThan(0.02);
    const wanted = coarse.warnings.map(({ fix }) => Number(/at least (\d+) grid samples/.exec(fix)?.[1]));
    const enough = await seen(at(25e-6, Math.max(...wanted)));
    expect(enough.warnings).toEqual([]);
    // What is left is light diffracted further at the pupil's edge: a tenth of what was warned of.
    expect(worst(enough.data, fine.data)).toBeLessThan(0.1 * worst(coarse.data, fine.data));
  });

  it('does not matter to a sphere seen by its profiles', async () => {
    const [profiles, fine] = [await seen(at(25e-6, 160, 0)), await seen(at(25e-6, 640))];
    expect(profiles.warnings.map(({ message }) => message).join()).not.toMatch(/pupil sampling/);
    // The sampled pupil's edge, of 319 samples' radius.
    expect(worst(profiles.data, fine.data)).toBeLessThan(1e-3);
  });

  it('is not complained of in the examples', () => {
    // Some show on purpose what goes wrong elsewhere; the camera is where a coarse pupil is told of.
    for (const { design } of examples) {
      const cameras = design.nodes.filter(({ type }) => type === 'camera').map(({ id }) => id);
      const warnings = elementIssues(design, registry).filter(({ severity }) => severity === 'warning');
      expect(warnings.filter(({ nodeId }) => cameras.includes(nodeId ?? ''))).toEqual([]);
    }
  });

  it('is a warning of a fit, too', async () => {
    const options = { ...DEFAULT_FIT_OPTIONS, coarseSearch: false, maxIterations: 2 };
    const result = await (await createSession('wasm')).fit(at(25e-6, 160), options);
    expect(result.warnings.join('\n')).toMatch(/copies reach into the picture.*grid samples/);
  });
});

describe('a camera that counts beside a target that is relative to its background', () => {
  it('is warned of', async () => {
    const settings = { 'target.normalization': 'background', 'camera.gain': 150 };
    const { issues } = await (await createSession('wasm')).evaluate(
      setAll(smallHologram(), registry, settings),
    );
    expect(issues).toContainEqual(
      expect.objectContaining({ nodeId: 'loss', message: expect.stringContaining('a gain of 150') }),
    );
    const free = { ...settings, 'target.normalization': 'mean' };
    const relative = await (await createSession('wasm')).evaluate(setAll(smallHologram(), registry, free));
    expect(relative.issues.map(({ message }) => message).join()).not.toContain('gain');
  });
});

describe('a broken design', () => {
  const design = smallHologram({ learn: ['sphere.x'] });
  const { session } = counting();
  const problems = async (broken: Design) => {
    const shown = await session.show(broken, { views: broken.nodes.map((node) => request(node.id)) });
    for (const { message, fix } of shown.issues) {
      expect(message).toMatch(/[.!?]$/);
      expect(fix).not.toBe('');
    }
    return {
      errors: shown.issues.filter((issue) => issue.severity === 'error'),
      seen: shown.views.map((view) => view.nodeId),
    };
  };

  it('is shown as far as it goes, with an aperture that no medium allows', async () => {
    const { errors, seen } = await problems(setAll(design, registry, { 'pupil.numericalAperture': 1.4 }));
    expect(errors.map((issue) => issue.nodeId)).toContain('pupil');
    expect(errors.find((issue) => issue.nodeId === 'pupil')?.message).toContain('1.4');
    expect(seen).toContain('sphere');
    expect(seen).not.toContain('camera');
  });

  it('is shown as far as it goes, with a wire missing', async () => {
    const { errors, seen } = await problems(without(design, 'scattered'));
    expect(errors.map((issue) => issue.nodeId)).toContain('interference');
    expect(seen).toContain('sphere');
    expect(seen).not.toContain('pupil');
  });

  it.each<[string, (d: Design) => Design]>([
    [
      'an unknown element',
      (d) => ({ ...d, nodes: [...d.nodes, { id: 'x', type: 'warp', position: { x: 0, y: 0 }, params: {} }] }),
    ],
    [
      'a cycle',
      (d) => ({
        ...d,
        edges: [
          ...d.edges.filter((e) => e.to.node !== 'pupil'),
          { id: 'c', from: { node: 'camera', port: 'out' }, to: { node: 'pupil', port: 'in' } },
        ],
      }),
    ],
    ['two nodes of one id', (d) => ({ ...d, nodes: [...d.nodes, ...d.nodes.slice(0, 1)] })],
    [
      'a value out of range',
      (d) => ({
        ...d,
        nodes: d.nodes.map((n) => (n.id === 'sphere' ? { ...n, params: { radius: -1 } } : n)),
      }),
    ],
    ['a grid without samples', (d) => ({ ...d, grid: { samples: 0, pitch: 1e-6 } })],
    [
      'a true value of nothing',
      (d) => ({
        ...d,
        images: {
          simulated: {
            ...(d.images['simulated'] as DesignImage & { kind: 'simulated' }),
            truth: { 'sphere.colour': 1 },
          },
        },
      }),
    ],
    [
      'an image of no camera',
      (d) => ({
        ...d,
        images: {
          simulated: { ...(d.images['simulated'] as DesignImage & { kind: 'simulated' }), camera: 'nobody' },
        },
      }),
    ],
    ['a target without its image', (d) => ({ ...d, images: {} })],
    ['a learned path of nothing', (d) => ({ ...d, learn: ['sphere.colour'] })],
  ])('is reported, not thrown: %s', async (_, breakIt) => {
    const { errors } = await problems(breakIt(design));
    expect(errors.length).toBeGreaterThan(0);
    await expect(session.fit(breakIt(design), DEFAULT_FIT_OPTIONS)).rejects.toMatchObject({
      name: 'FitProblemError',
    });
  });

  it('says when a result is not a number', async () => {
    const kernels: Kernels = createFloat64Kernels();
    const absSquared: Kernels['absSquared'] = (u) => kernels.scale(kernels.absSquared(u), Number.NaN);
    const broken = sessionOn(Object.assign(Object.create(kernels) as Kernels, { absSquared }));
    const lit = createDesign(
      [node('light', 'gaussianBeam'), node('camera', 'camera', { rows: 16, columns: 16 })],
      ['light.out>camera.in'],
      { grid: { samples: 16, pitch: 20e-6 } },
    );
    const views = [request('camera')];
    const previews = views.map((view) => ({ ...view, maxSize: 16, style: GREY }));
    for (const wanted of [{ previews }, { views, previews }]) {
      const { issues } = await broken.show(lit, wanted);
      expect(issues.filter(({ code }) => code === 'notFinite')).toMatchObject([{ nodeId: 'camera' }]);
    }
  });

  it('does not spoil the next one', async () => {
    await problems({ ...design, grid: { samples: 0, pitch: 1e-6 } });
    expect((await problems(design)).errors).toEqual([]);
  });
});

describe('a design that is too large', () => {
  it('is refused before anything is computed, its simulated target included', async () => {
    const { session, made } = counting();
    const huge = setAll(
      { ...smallStack({ learn: ['bead.x'] }), grid: { samples: 4096, pitch: 1e-6 } },
      registry,
      {
        'stack.planes': 500,
      },
    );
    const shown = await session.show(huge, { views: [request('camera')] });
    expect(shown.issues[0]).toMatchObject({ severity: 'error', code: 'memory' });
    expect(shown.issues[0]?.message).toMatch(
      /needs \d+ GB of memory at 4096 × 4096 samples; in \d+ portions, each within 4\.29 GB, it would take too long/,
    );
    expect(shown.views).toEqual([]);
    expect(made.arrays).toBe(0);
    await expect(session.fit(huge, DEFAULT_FIT_OPTIONS)).rejects.toThrow(/memory/);
    expect((await session.evaluate(huge)).images.size).toBe(0);
    expect(made.arrays).toBe(0);
  });
});

describe('evaluate', () => {
  it('gives the cameras in full, not the targets', async () => {
    const { session } = counting();
    const { images, issues } = await session.evaluate(smallStack());
    expect([...images.keys()]).toEqual(['camera']);
    expect(images.get('camera')).toMatchObject({ shape: [3, 24, 20], pitch: 0.1e-6, unit: 'counts' });
    expect(issues.filter((issue) => issue.severity === 'error')).toEqual([]);
    // Photons through the pupil, less what misses the small window, and 20 of background per pixel.
    const plane = Array.from(images.get('camera')?.data ?? []).slice(480, 960);
    const signal = plane.reduce((sum, value) => sum + value, 0) - 20 * 480;
    expect(signal).toBeGreaterThan(0.75 * 6000);
    expect(signal).toBeLessThan(6000);
  });
});
