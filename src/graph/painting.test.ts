import { describe, expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import type { Design } from './document.ts';
import { examples } from './examples/index.ts';
import { paintedTarget, Stroke, sheetOf, withSheet } from './painting.ts';
import { parseDesign } from './parse.ts';
import { serializeDesign } from './serialize.ts';

const exampleOf = (id: string): Design => {
  const found = examples.find((example) => example.id === id);
  if (found === undefined) throw new Error(id);
  return found.design;
};
const blank = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((n, m) => n * m, 1)) });

describe('a stroke', () => {
  it('covers the area of its round line once, however often it passes: 2 r l + π r²', () => {
    const stroke = new Stroke(blank(40, 60), 0, 0.5);
    stroke.to({ x: 20.3, y: 19.6 }, 6);
    stroke.to({ x: 41.3, y: 19.6 }, 6);
    stroke.to({ x: 20.3, y: 19.6 }, 6);
    const painted = stroke.data.reduce((sum, value) => sum + value, 0) / 0.5;
    // Pixels of the edge are counted by a ramp of their distance: 1 % of the area.
    expect(painted).toBeCloseTo(2 * 6 * 21 + Math.PI * 36, -1);
    expect(Math.max(...stroke.data)).toBe(0.5);
  });

  it('turns with its line: straight down is across, transposed', () => {
    const [across, down] = [new Stroke(blank(20, 20), 0, 1), new Stroke(blank(20, 20), 0, 1)];
    across.to({ x: 4, y: 9 }, 2.3);
    across.to({ x: 15, y: 9 }, 2.3);
    down.to({ x: 9, y: 4 }, 2.3);
    down.to({ x: 9, y: 15 }, 2.3);
    expect(down.data).toEqual(
      across.data.map((_, i) => across.data[(i % 20) * 20 + Math.floor(i / 20)] ?? 0),
    );
  });

  it('stays on its plane and on the sheet', () => {
    const stroke = new Stroke(blank(3, 8, 8), 1, 1);
    stroke.to({ x: -3, y: 4 }, 4);
    stroke.to({ x: 30, y: 4 }, 4);
    const sums = [0, 1, 2].map((p) => stroke.data.slice(64 * p, 64 * p + 64).reduce((sum, v) => sum + v, 0));
    // Rows at most 3 from the line, and one at 4 by half.
    expect(sums).toEqual([0, 60, 0]);
  });

  it('paints zeros where it erases', () => {
    const full = { shape: [9, 9], data: new Float32Array(81).fill(2) };
    const stroke = new Stroke(full, 0, 0);
    stroke.to({ x: 4, y: 4 }, 0.5);
    expect(stroke.data.reduce((sum, value) => sum + value, 0)).toBe(160);
    expect(stroke.data[4 * 9 + 4]).toBe(0);
  });
});

describe('a sheet', () => {
  it('belongs to a target and to the picture that is compared with it', () => {
    const design = exampleOf('paint-the-light');
    expect(paintedTarget(design, registry, 'goal')).toBe('goal');
    expect(paintedTarget(design, registry, 'camera')).toBe('goal');
    expect(paintedTarget(design, registry, 'slm')).toBeNull();
  });

  it('is blank and of the camera’s size where a target has no image, with its planes', () => {
    const bare = (design: Design): Design => ({
      ...design,
      images: {},
      nodes: design.nodes.map((node) => (node.type === 'target' ? { ...node, params: {} } : node)),
    });
    expect(sheetOf(bare(exampleOf('paint-the-light')), registry, 'goal').shape).toEqual([96, 96]);
    expect(sheetOf(bare(exampleOf('letter-hologram')), registry, 'goal').shape).toEqual([3, 128, 128]);
  });

  it('takes strokes in place; an upload stays and gets a painted copy; a file keeps both', () => {
    const design = exampleOf('paint-the-light');
    const sheet = sheetOf(design, registry, 'goal');
    const brighter = { ...sheet, data: sheet.data.map((value) => 2 * value) };
    const painted = withSheet(design, registry, 'goal', brighter);
    expect(Object.keys(painted.images)).toEqual(['painting']);
    expect(sheetOf(painted, registry, 'goal').data).toEqual(brighter.data);

    const uploaded = exampleOf('mirror-hologram');
    const copied = withSheet(uploaded, registry, 'goal', blank(128, 128));
    expect(copied.images['goal']).toBe(uploaded.images['goal']);
    expect(sheetOf(copied, registry, 'goal').data).toEqual(blank(128, 128).data);
    expect(Object.keys(withSheet(copied, registry, 'goal', sheet).images)).toHaveLength(2);
    const read = parseDesign(serializeDesign(copied), registry);
    const both = Object.keys(copied.images).map((id) => {
      const image = read.ok ? read.design.images[id] : undefined;
      // Not by toEqual, which would print all pixels.
      return JSON.stringify(image) === JSON.stringify(copied.images[id]);
    });
    expect(both).toEqual([true, true]);
  });
});
