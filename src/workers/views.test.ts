import { describe, expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import type { Design } from '../graph/document.ts';
import { setAll } from '../graph/edit.ts';
import { airy } from '../graph/examples/airy.ts';
import { encodeFloat32 } from '../graph/imageData.ts';
import type { View, ViewRequest } from './protocol.ts';
import { createSession } from './session.ts';
import { smallHologram, smallStack } from './testDesigns.ts';

/** Float64, so that views are float32 roundings of exact values: 6e-8 of each value. */
const session = await createSession('f64');
const ROUNDING = 1e-6;

const request = (nodeId: string, more: Partial<ViewRequest> = {}): ViewRequest => ({
  nodeId,
  mode: 'intensity',
  plane: 0,
  layer: 'output',
  ...more,
});

async function viewOf(design: Design, nodeId: string, more: Partial<ViewRequest> = {}): Promise<View> {
  const { views } = await session.show(design, { views: [request(nodeId, more)] });
  const [view] = views;
  if (view === undefined) throw new Error('There is no such view.');
  return view;
}

async function cameraOf(design: Design): Promise<{ data: ArrayLike<number>; shape: readonly number[] }> {
  const image = (await session.evaluate(design)).images.get('camera');
  if (image === undefined) throw new Error('The camera gave no image.');
  return image;
}

/** The largest difference as a share of the largest expected value. */
function relative(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const values = Array.from(expected);
  const scale = Math.max(...values.map(Math.abs));
  return Math.max(...values.map((e, i) => Math.abs((actual[i] ?? Number.NaN) - e))) / scale;
}

const spot = setAll({ ...airy, grid: { samples: 32, pitch: 20e-6 } }, registry, {
  'camera.rows': 24,
  'camera.columns': 20,
  'pupil.zernike': { 2: 30e-9 },
});

describe('an element with two outputs', () => {
  const split: Design = {
    ...spot,
    nodes: [
      ...spot.nodes.filter(({ id }) => id === 'source'),
      { id: 'splitter', type: 'beamSplitter', position: { x: 0, y: 0 }, params: { reflectance: 0.04 } },
    ],
    edges: [{ id: 'wire', from: { node: 'source', port: 'out' }, to: { node: 'splitter', port: 'in' } }],
  };

  it('shows the one that is asked for, the first when none is', async () => {
    const source = await viewOf(split, 'source');
    for (const [layer, share] of [
      ['output', 0.96],
      ['output:transmitted', 0.96],
      ['output:reflected', 0.04],
    ] as const) {
      const view = await viewOf(split, 'splitter', { layer });
      expect(view.layer).toBe(layer);
      expect(
        relative(
          view.data,
          source.data.map((value) => share * value),
        ),
      ).toBeLessThan(ROUNDING);
    }
  });

  it('shows nothing of an output that it does not have', async () => {
    const { views } = await session.show(split, { views: [request('splitter', { layer: 'output:lost' })] });
    expect(views).toEqual([]);
  });
});

describe('a field', () => {
  it('shows its irradiance', async () => {
    const view = await viewOf(spot, 'source');
    // One watt through the inscribed circle of 15 samples.
    const expected = 1 / (Math.PI * (15 * 20e-6) ** 2);
    expect(view.shape).toEqual([32, 32]);
    expect(relative(view.data, new Float32Array(1024).fill(expected))).toBeLessThan(ROUNDING);
    expect(view).toMatchObject({ unit: 'W/m²', portType: 'field', mode: 'intensity', planes: 1, plane: 0 });
    expect(view.pitch).toBeCloseTo(20e-6, 12);
  });

  it('shows its amplitude as the root of it, and its phase', async () => {
    const intensity = await viewOf(spot, 'source');
    const amplitude = await viewOf(spot, 'source', { mode: 'amplitude' });
    expect(relative(amplitude.data, intensity.data.map(Math.sqrt))).toBeLessThan(ROUNDING);
    expect(amplitude).toMatchObject({ mode: 'amplitude', unit: '√(W/m²)' });
    const tilted = setAll(spot, registry, { 'source.tiltX': 2e-3 });
    const phase = await viewOf(tilted, 'source', { mode: 'phase' });
    expect(phase).toMatchObject({ mode: 'phase', unit: 'rad' });
    // k x sin α one sample from the middle; the same in every row.
    const step = ((2 * Math.PI) / 532e-9) * 20e-6 * Math.sin(2e-3);
    for (const row of [0, 16, 31]) {
      expect(phase.data[row * 32 + 16]).toBeCloseTo(0, 6);
      expect(phase.data[row * 32 + 17]).toBeCloseTo(step, 6);
    }
  });
});

describe('a pupil', () => {
  it('has no phase outside the light', async () => {
    const view = await viewOf(spot, 'pupil', { mode: 'phase' });
    const seen = (row: number, column: number) => view.data[row * 32 + column] ?? 0;
    expect(view).toMatchObject({ mode: 'phase', unit: 'rad', portType: 'pupil', pitch: 0 });
    for (const [row, column] of [
      [0, 0],
      [0, 16],
      [31, 31],
      [3, 4],
    ] as const)
      expect(seen(row, column)).toBeNaN();
    // Z2 = 2 ρx of 30 nm: 2π/λ · 30 nm · 2 · 6/15 at six samples of fifteen to the right.
    expect(seen(16, 22)).toBeCloseTo(((2 * Math.PI) / 532e-9) * 30e-9 * 2 * (6 / 15), 6);
    expect(seen(16, 16)).toBeCloseTo(0, 6);
    const lit = view.data.filter((value) => !Number.isNaN(value)).length;
    // The disc of radius 15: every sample whose cell it touches by more than a hundredth.
    expect(lit).toBeGreaterThan(Math.PI * 14.5 ** 2);
    expect(lit).toBeLessThan(Math.PI * 16 ** 2);
  });

  it('shows intensity summed over polarisation, zero outside', async () => {
    const view = await viewOf(smallHologram(), 'pupil');
    const alongX = await viewOf(
      setAll(smallHologram(), registry, { 'source.polarizationAngle': Math.PI / 2 }),
      'pupil',
    );
    expect(view.unit).toBe('relative');
    expect(view.data[0]).toBe(0);
    expect(Math.max(...view.data)).toBeGreaterThan(0);
    // Turning the polarisation turns the pattern: its transpose. The sphere is beside the axis in phase only. The grid
    // of 64 samples is symmetric about sample 32.
    const transposed = Float32Array.from(
      view.data,
      (_, i) => view.data[(i % 64) * 64 + Math.floor(i / 64)] ?? 0,
    );
    expect(relative(alongX.data, transposed)).toBeLessThan(ROUNDING);
  });
});

describe('a far field', () => {
  it('shows the directions of the scattered light', async () => {
    const view = await viewOf(smallHologram(), 'sphere');
    expect(view).toMatchObject({ portType: 'farField', shape: [96, 96], pitch: 0, unit: 'relative' });
    expect(view.data.every(Number.isFinite)).toBe(true);
    // A sphere of twice the wavelength in the medium scatters forwards.
    const at = (column: number) => view.data[48 * 96 + column] ?? 0;
    expect(at(48)).toBeGreaterThan(at(60));
  });
});

describe('a camera', () => {
  it('shows what is exported', async () => {
    const view = await viewOf(spot, 'camera');
    const { data } = await cameraOf(spot);
    expect(view.shape).toEqual([24, 20]);
    expect(relative(view.data, data)).toBeLessThan(ROUNDING);
    expect(view).toMatchObject({ portType: 'image', unit: 'W per pixel', mode: 'intensity' });
    expect(view.pitch).toBeCloseTo(50e-9, 15);
  });

  it('shows the plane that was asked for, or the middle one', async () => {
    const design = smallStack({ truth: { 'bead.z': 0.3e-6 } });
    const { data } = await cameraOf(design);
    const views: View[] = [];
    for (const plane of [-3, 0, 1, 2, 7, null]) views.push(await viewOf(design, 'camera', { plane }));
    expect(views.map((view) => view.plane)).toEqual([0, 0, 1, 2, 2, 1]);
    views.forEach((view) => {
      expect([view.planes, ...view.shape]).toEqual([3, 24, 20]);
      const expected = Array.from(data).slice(480 * view.plane, 480 * (view.plane + 1));
      expect(relative(view.data, expected)).toBeLessThan(ROUNDING);
    });
    expect(relative(views[1]?.data ?? [], views[2]?.data ?? [])).toBeGreaterThan(0.01);
  });

  it('shows seeded noise when it simulates it', async () => {
    const noisy = setAll(smallStack(), registry, { 'camera.noise': true });
    const [one, two] = [
      await viewOf(noisy, 'camera', { plane: 1 }),
      await viewOf(noisy, 'camera', { plane: 1 }),
    ];
    expect([...one.data]).toEqual([...two.data]);
    // The same picture as the one that is exported, whichever plane is looked at.
    const { data } = await cameraOf(noisy);
    expect([...one.data]).toEqual(Array.from(data).slice(480, 960));
    const other = await viewOf({ ...noisy, seed: 2 }, 'camera', { plane: 1 });
    expect([...other.data]).not.toEqual([...one.data]);
    expect(one.data.every(Number.isInteger)).toBe(true);
  });
});

describe('a stack of pupils', () => {
  it('shows its planes, each with its phase', async () => {
    const design = smallStack();
    const middle = await viewOf(design, 'stack', { plane: 1, mode: 'phase' });
    const outer = await viewOf(design, 'stack', { plane: 2, mode: 'phase' });
    expect([middle.planes, outer.plane]).toEqual([3, 2]);
    // In focus, on the axis: an even phase. Half a micrometre away the edge lags.
    const at = (view: View, column: number) => view.data[20 * 40 + column] ?? Number.NaN;
    expect(at(middle, 30)).toBeCloseTo(0, 6);
    // z (kz - k) with z = 0.5 µm at ρ = 10/19.
    const sine = (1.1 / 1.33) * (10 / 19);
    const phase = ((2 * Math.PI * 1.33) / 580e-9) * 0.5e-6 * (Math.sqrt(1 - sine * sine) - 1);
    expect(at(outer, 30)).toBeCloseTo(phase, 5);
  });
});

describe('a comparison', () => {
  const values = Float32Array.from({ length: 48 * 48 }, (_, i) => (i % 11 === 0 ? 5 : 1 + 0.1 * Math.sin(i)));
  const design: Design = {
    ...smallHologram(),
    images: {
      simulated: {
        kind: 'measured',
        name: 'm',
        shape: [48, 48],
        data: encodeFloat32(values),
        saturationLevel: 5,
      },
    },
  };

  it('shows target minus model, nothing where the target is clipped', async () => {
    const view = await viewOf(design, 'loss', { layer: 'residual', mode: 'real' });
    const { data } = await cameraOf(design);
    const expected = values.map((value, i) => (value === 5 ? 0 : value - (data[i] ?? 0)));
    expect(relative(view.data, expected)).toBeLessThan(ROUNDING);
    expect(view.data[11]).toBe(0);
    expect(view).toMatchObject({ layer: 'residual', mode: 'real', portType: 'scalar', shape: [48, 48] });
    expect(view.pitch).toBeCloseTo(0.1e-6, 15);
  });

  it('shows the target to the scale of the model', async () => {
    const view = await viewOf(design, 'loss', { layer: 'target' });
    expect([...view.data]).toEqual([...values]);
    expect(view.layer).toBe('target');
    expect(view.pitch).toBeCloseTo(0.1e-6, 15);
  });

  it('shows residuals of a stack plane by plane', async () => {
    const stack = smallStack({ start: { 'bead.photons': 9000 } });
    const { images } = await session.evaluate(stack);
    const model = Array.from(images.get('camera')?.data ?? []);
    const target = await viewOf(stack, 'loss', { layer: 'target', plane: 2 });
    const view = await viewOf(stack, 'loss', { layer: 'residual', plane: 2 });
    expect([view.planes, view.plane, target.planes]).toEqual([3, 2, 3]);
    const expected = target.data.map((value, i) => value - (model[960 + i] ?? 0));
    expect(relative(view.data, expected)).toBeLessThan(ROUNDING);
  });

  it('has no residual where sizes differ', async () => {
    const other = setAll(design, registry, { 'camera.rows': 40 });
    const { views, issues } = await session.show(other, {
      views: [request('loss', { layer: 'residual' }), request('camera')],
    });
    expect(views.map((view) => view.nodeId)).toEqual(['camera']);
    expect(issues.some((issue) => issue.nodeId === 'loss' && issue.message.includes('40 × 48'))).toBe(true);
  });
});

describe('requests', () => {
  it('for what does not exist are left out', async () => {
    const { views } = await session.show(spot, {
      views: [request('nobody'), request('camera', { layer: 'target' }), request('pupil')],
    });
    expect(views.map((view) => view.nodeId)).toEqual(['pupil']);
  });

  it('are answered in order', async () => {
    const wanted = [request('camera'), request('source', { mode: 'phase' }), request('pupil')];
    const { views } = await session.show(spot, { views: wanted });
    expect(views.map(({ nodeId, mode }) => [nodeId, mode])).toEqual([
      ['camera', 'intensity'],
      ['source', 'phase'],
      ['pupil', 'intensity'],
    ]);
  });
});
