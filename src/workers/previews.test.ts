import { describe, expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import type { Design } from '../graph/document.ts';
import { setAll } from '../graph/edit.ts';
import { airy } from '../graph/examples/airy.ts';
import { applyColormap, automaticRange, statistics } from '../pictures/scaling.ts';
import type { PictureStyle } from '../pictures/style.ts';
import { transferables } from './present/transfer.ts';
import type { Preview, PreviewRequest, View, ViewRequest } from './protocol.ts';
import { createSession } from './session.ts';
import { smallHologram, smallStack } from './testDesigns.ts';

const session = await createSession('f64');

const STYLE: PictureStyle = { colormap: 'viridis', scaling: 'auto', clip: 0, locked: null, signed: false };
const WHEEL: PictureStyle = { ...STYLE, colormap: 'phase', scaling: 'linear' };

const view = (nodeId: string, change: Partial<ViewRequest> = {}): ViewRequest => ({
  nodeId,
  mode: 'intensity',
  plane: 0,
  layer: 'output',
  ...change,
});
const preview = (nodeId: string, change: Partial<PreviewRequest> = {}): PreviewRequest => ({
  ...view(nodeId),
  maxSize: 0,
  style: STYLE,
  ...change,
});

const spot = setAll({ ...airy, grid: { samples: 32, pitch: 20e-6 } }, registry, {
  'camera.rows': 24,
  'camera.columns': 20,
  'pupil.zernike': { 2: 30e-9 },
});

/** The same picture in numbers and painted. */
async function both(
  design: Design,
  nodeId: string,
  change: Partial<PreviewRequest> = {},
  hold = false,
): Promise<{ numbers: View; painted: Preview }> {
  const { mode = 'intensity', plane = 0, layer = 'output' } = change;
  const { views, previews } = await session.show(
    design,
    { views: [view(nodeId, { mode, plane, layer })], previews: [preview(nodeId, change)] },
    hold,
  );
  const [numbers] = views;
  const [painted] = previews;
  if (numbers === undefined || painted === undefined) throw new Error('There is no such picture.');
  return { numbers, painted };
}

function words({ pixels }: Preview): number[] {
  if (pixels.kind !== 'bytes') throw new Error('The host paints bytes.');
  const { buffer, byteOffset, length } = pixels.bytes;
  return [...new Uint32Array(buffer, byteOffset, length / 4)];
}

/** The values coloured as the viewers of the page do it. */
function coloured(
  { data, mode }: Pick<View, 'data' | 'mode'>,
  width: number,
  style: PictureStyle,
  log = false,
): number[] {
  const pixels = new Uint32Array(data.length);
  const range = style.locked ?? automaticRange(statistics(data, style.clip), mode, style.signed);
  applyColormap(data, width, { ...range, ...style, scaling: log ? 'log' : 'linear' }, pixels);
  return [...pixels];
}

/** Blocks of k × k averaged, or their corners picked. */
function reduced({ data, shape }: View, k: number, pick: boolean): Float32Array {
  const [my, mx] = [Math.floor(shape[0] / k), Math.floor(shape[1] / k)];
  return Float32Array.from({ length: my * mx }, (_, i) => {
    const [y, x] = [k * Math.floor(i / mx), k * (i % mx)];
    if (pick) return data[y * shape[1] + x] ?? 0;
    let sum = 0;
    for (let j = 0; j < k; j++) for (let l = 0; l < k; l++) sum += data[(y + j) * shape[1] + x + l] ?? 0;
    return sum / (k * k);
  });
}

describe('a preview', () => {
  it('has the colours that the viewers give the same values', async () => {
    const { numbers, painted } = await both(spot, 'source');
    expect(painted).toMatchObject({ shape: [32, 32], portType: 'field', unit: 'W/m²', number: null });
    expect(words(painted)).toEqual(coloured(numbers, 32, STYLE));
    const residual = { layer: 'residual', mode: 'real', style: { ...STYLE, signed: true } } as const;
    const compared = await both(smallHologram({ start: { 'sphere.z': 5e-6 } }), 'loss', residual);
    expect(words(compared.painted)).toEqual(coloured(compared.numbers, 48, residual.style));
  });

  it('is logarithmic by itself where the contrast is high, and says so', async () => {
    const wide = setAll(spot, registry, {
      'camera.rows': 48,
      'camera.columns': 48,
      'camera.pixelPitch': 0.4e-6,
    });
    const { numbers, painted } = await both(wide, 'camera');
    expect(painted.scaling).toBe('log');
    expect(words(painted)).toEqual(coloured(numbers, 48, STYLE, true));
    const linear = await both(wide, 'camera', { style: { ...STYLE, scaling: 'linear' } });
    expect(linear.painted.scaling).toBe('linear');
    expect(words(linear.painted)).toEqual(coloured(numbers, 48, STYLE));
  });

  it('averages blocks', async () => {
    const style = { ...STYLE, scaling: 'linear' } as const;
    const { numbers, painted } = await both(spot, 'camera', { maxSize: 10, style });
    // 24 rows to at most 10: every 3 × 3 pixels become one; two columns are left over.
    expect(painted.shape).toEqual([8, 6]);
    const values = { data: reduced(numbers, 3, false), mode: numbers.mode };
    // Sums of float32 in another order may move a value across the edge between two colours.
    const expected = coloured(values, 6, style);
    expect(words(painted).filter((word, i) => word !== expected[i]).length).toBeLessThan(2);
    expect(new Set(expected).size).toBeGreaterThan(8);
  });

  it('picks phases, and shows the ground where there is no light', async () => {
    const { numbers, painted } = await both(spot, 'pupil', { mode: 'phase', maxSize: 16, style: WHEEL });
    const values = { data: reduced(numbers, 2, true), mode: numbers.mode };
    expect(words(painted)).toEqual(coloured(values, 16, WHEEL));
    expect(words(painted)[0]).toBe(0);
  });

  it('has at least one pixel, however long the picture', async () => {
    const long = setAll(spot, registry, { 'camera.rows': 2 });
    expect((await both(long, 'camera', { maxSize: 4 })).painted.shape).toEqual([1, 4]);
  });

  it('shows a plane, with its noise', async () => {
    const noisy = setAll(smallStack(), registry, { 'camera.noise': true });
    const { numbers, painted } = await both(noisy, 'camera', { plane: 1 });
    expect([painted.planes, painted.plane]).toEqual([3, 1]);
    expect(words(painted)).toEqual(coloured(numbers, 20, STYLE));
  });

  it('keeps its range while a fit runs, and not afterwards', async () => {
    const lamp = (power: number) => setAll(spot, registry, { 'source.power': power });
    const style = { ...STYLE, scaling: 'linear' } as const;
    const first = await both(lamp(1), 'pupil', { style });
    const held = await both(lamp(0.5), 'pupil', { style }, true);
    const [low, high] = [statistics(first.numbers.data, 0).low, statistics(first.numbers.data, 0).high];
    expect(words(held.painted)).toEqual(coloured(held.numbers, 32, { ...style, locked: { low, high } }));
    expect(words(held.painted)).not.toEqual(words(first.painted));
    const after = await both(lamp(0.5), 'pupil', { style });
    expect(words(after.painted)).toEqual(words(first.painted));
  });
});

describe('a frame', () => {
  const wanted = {
    views: [view('camera'), view('pupil', { mode: 'phase' })],
    previews: ['source', 'pupil', 'camera'].map((nodeId) => preview(nodeId, { maxSize: 16 })),
  };

  it('moves to the page in one buffer', async () => {
    const { views, previews, ...rest } = await session.show(spot, wanted);
    const message = { type: 'frame', seq: 1, revision: 1, views, previews, ...rest } as const;
    const buffers = transferables(message);
    expect(buffers).toHaveLength(1);
    // 24 × 20 and 32 × 32 numbers; two previews of 16 × 16 pixels and one of 12 × 10.
    expect((buffers[0] as ArrayBuffer).byteLength).toBe(4 * (480 + 1024 + 2 * 256 + 120));
    const moved = structuredClone(message, { transfer: [...buffers] });
    expect(views[0]?.data.length).toBe(0);
    expect(moved.views[0]?.data.length).toBe(480);
    const sizes = moved.previews.map(({ pixels }) => (pixels.kind === 'bytes' ? pixels.bytes.length : 0));
    expect(sizes).toEqual([1024, 1024, 480]);
    expect(moved.previews[2]?.pixels).toMatchObject({ kind: 'bytes' });
  });

  it('holds previews in the order that was asked for, without those that do not exist', async () => {
    const previews = [
      preview('camera'),
      preview('nobody'),
      preview('source'),
      preview('camera', { layer: 'target' }),
    ];
    const shown = await session.show(spot, { previews });
    expect(shown.previews.map(({ nodeId }) => nodeId)).toEqual(['camera', 'source']);
  });
});
