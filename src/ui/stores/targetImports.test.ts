import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { sphereHologram } from '../../graph/examples/sphereHologram.ts';
import { decodeFloat32, encodeFloat32 } from '../../graph/imageData.ts';
import { parseDesign } from '../../graph/parse.ts';
import { getAt, setAt } from '../../graph/paths.ts';
import { serializeDesign } from '../../graph/serialize.ts';
import type { FitResult, ParameterResult } from '../../workers/protocol.ts';
import { createDocumentStore } from './documentStore.ts';
import {
  type Background,
  changeImport,
  describeImport,
  type ImportChange,
  inOriginalPixels,
  type MeasuredImage,
  pixelOrigin,
  placeUpload,
} from './targetImports.ts';

interface Given {
  readonly image: MeasuredImage;
  readonly pixels: Float32Array;
}

function given(name: string, shape: readonly number[], valueAt: (i: number) => number): Given {
  const pixels = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => valueAt(i));
  const data = encodeFloat32(pixels);
  return { image: { kind: 'measured', name, shape, data, saturationLevel: null }, pixels };
}

const [NY, NX, X0, Y0] = [64, 72, 40.3, 29.6];
const ringsAt = (i: number): number => {
  const r2 = ((i % NX) - X0) ** 2 + (Math.floor(i / NX) - Y0) ** 2;
  return 200 * (1 + 0.3 * Math.cos(r2 / 25) * Math.exp(-r2 / 900));
};
const uneven = (i: number): number => 0.5 + (i % NX) / NX;
const rings = given('rings.png', [NY, NX], ringsAt);
const vignetting: Background = {
  name: 'empty.png',
  shape: [NY, NX],
  data: Float32Array.from({ length: NY * NX }, (_, i) => uneven(i)),
};
/** Nine planes with the value 100 · plane + column, and a spot. */
const stack = given('stack.tif', [9, 20, 24], (k) => {
  const [plane, i] = [Math.floor(k / 480), k % 480];
  const r2 = ((i % 24) - 12) ** 2 + (Math.floor(i / 24) - 10) ** 2;
  return 100 * plane + (i % 24) + 5000 * Math.exp(-r2 / 8);
});

function opened(example: Design, { image, pixels }: Given) {
  const documents = createDocumentStore(example);
  const placed = placeUpload(example, registry, 'target', image, pixels);
  documents.getState().apply('Add image', () => placed.design);
  const design = (): Design => documents.getState().design;
  const shown = (): MeasuredImage => {
    const found = design().images['target'];
    if (found?.kind !== 'measured') throw new Error('The target has no measured image.');
    return found;
  };
  return {
    documents,
    design,
    at: (path: string) => getAt(design(), registry, path),
    summary: () => describeImport(shown()),
    shown,
    values: () =>
      decodeFloat32(
        shown().data,
        shown().shape.reduce((a, b) => a * b, 1),
      ),
    change: (change: ImportChange) => changeImport(documents, registry, 'target', change),
    undo: () => documents.getState().undo(),
    redo: () => documents.getState().redo(),
  };
}

const WINDOW = { y0: 10, y1: 50, x0: 20, x1: 62 };

describe('the window of an uploaded image', () => {
  it('is cut from the file, and camera and positions follow in one undo step', () => {
    const page = opened(sphereHologram, rings);
    expect(page.summary()).toMatchObject({ source: 'file', rows: NY, columns: NX, whole: true });
    const before = page.design();
    expect(page.change({ crop: WINDOW })).toEqual({ ok: true, notes: [] });
    expect(page.shown().shape).toEqual([40, 42]);
    expect([page.at('camera.rows'), page.at('camera.columns')]).toEqual([40, 42]);
    expect(page.values()[0]).toBe(Math.fround(ringsAt(10 * NX + 20)));
    // The detector is good to a pixel; the sphere lies 0.7 columns left of the middle of the window.
    const pitch = Number(page.at('camera.pixelPitch'));
    expect(Math.abs(Number(page.at('sphere.x')) / pitch - (X0 - 20 - 21))).toBeLessThan(1);
    expect(Math.abs(Number(page.at('sphere.y')) / pitch - (Y0 - 10 - 20))).toBeLessThan(1);
    page.undo();
    expect(page.design()).toBe(before);
  });

  it('follows undo and redo, and can grow again from any of them', () => {
    const page = opened(sphereHologram, rings);
    page.change({ crop: WINDOW });
    page.change({ crop: { ...WINDOW, x1: 60 } });
    page.undo();
    expect(page.summary()).toMatchObject({ crop: WINDOW, whole: false });
    page.undo();
    expect(page.summary()).toMatchObject({ whole: true, rows: NY });
    page.redo();
    page.redo();
    expect(page.summary().crop.x1).toBe(60);
    page.change({ crop: null });
    expect(page.shown().shape).toEqual([NY, NX]);
    expect(page.values()).toEqual(rings.pixels);
  });

  it('that does not lie in the image is refused, and nothing changes', () => {
    const page = opened(sphereHologram, rings);
    page.change({ crop: WINDOW });
    const before = page.design();
    const refused = page.change({ crop: { ...WINDOW, x1: NX + 1 } });
    expect(refused).toMatchObject({ ok: false, reason: expect.stringContaining('“rings.png” (64 × 72') });
    expect(page.design()).toBe(before);
    expect(page.summary().crop).toEqual(WINDOW);
  });

  it('makes no undo step when it is the same', () => {
    const page = opened(sphereHologram, rings);
    page.change({ crop: WINDOW });
    const before = page.design();
    expect(page.change({ crop: { ...WINDOW } })).toEqual({ ok: true, notes: [] });
    expect(page.design()).toBe(before);
  });

  it('is forgotten with its document: of a file, only the part in it is known', () => {
    const page = opened(sphereHologram, rings);
    page.change({ crop: WINDOW });
    const parsed = parseDesign(serializeDesign(page.design()), registry);
    if (!parsed.ok) throw new Error('The design cannot be read back.');
    page.documents.getState().open(parsed.design);
    expect(page.summary()).toMatchObject({ source: 'document', rows: 40, columns: 42, whole: true });
    const wide = page.change({ crop: WINDOW });
    expect(wide).toMatchObject({ ok: false, reason: expect.stringContaining('40 × 42') });
    page.change({ crop: { y0: 2, y1: 40, x0: 0, x1: 42 } });
    expect(page.shown().shape).toEqual([38, 42]);
    expect(page.summary()).toMatchObject({ source: 'document', rows: 40, columns: 42, whole: false });
  });

  it('leaves alone how the image is compared', () => {
    const page = opened(sphereHologram, rings);
    page.documents
      .getState()
      .apply('Change value', (design) => setAt(design, registry, 'target.normalization', 'none'));
    page.change({ crop: WINDOW });
    expect(page.at('target.normalization')).toBe('none');
  });
});

describe('a background', () => {
  const lit = given('lit.png', [NY, NX], (i) => ringsAt(i) * uneven(i));

  it('divides the part in use, and goes without a trace', () => {
    const page = opened(sphereHologram, lit);
    const compared = page.at('target.normalization');
    page.change({ crop: WINDOW });
    page.change({ background: vignetting });
    expect(page.summary()).toMatchObject({ background: 'empty.png', crop: WINDOW });
    page.values().forEach((value, i) => {
      const [y, x] = [10 + Math.floor(i / 42), 20 + (i % 42)];
      // Product, quotient and both factors are rounded to float32: four times 6e-8.
      expect(Math.abs(value / ringsAt(y * NX + x) - 1)).toBeLessThan(2.4e-7);
    });
    expect(page.at('target.normalization')).toBe('none');
    page.change({ crop: null });
    expect(page.summary()).toMatchObject({ background: 'empty.png', whole: true });
    page.change({ background: null });
    expect(page.values()).toEqual(lit.pixels);
    expect(page.at('target.normalization')).toBe(compared);
  });

  it('of another size is refused', () => {
    const page = opened(sphereHologram, lit);
    const small = { name: 'small.png', shape: [4, 4], data: new Float32Array(16).fill(1) };
    expect(page.change({ background: small })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('4 × 4'),
    });
    expect(page.summary().background).toBeNull();
  });
});

describe('planes', () => {
  it('are chosen with a step that spreads them, both ways', () => {
    const page = opened(setAt(beadStack, registry, 'stack.zStep', 0.1e-6), stack);
    const changed = page.change({ planes: { start: 1, stop: 9, step: 3 } });
    expect(changed).toMatchObject({ ok: true, notes: [expect.stringMatching(/0\.1 µm to 0\.3 µm/)] });
    expect(page.shown().shape).toEqual([3, 20, 24]);
    expect([0, 1, 2].map((p) => page.values()[p * 480])).toEqual([100, 400, 700]);
    expect(page.at('stack.planes')).toBe(3);
    expect(page.at('stack.zStep')).toBe(0.3e-6);
    page.change({ planes: { start: 1, stop: 9, step: 2 } });
    expect(page.at('stack.zStep')).toBe(0.2e-6);
    page.undo();
    expect(page.at('stack.zStep')).toBe(0.3e-6);
    page.change({ planes: null });
    expect(page.at('stack.zStep')).toBe(0.1e-6);
  });

  it('start over with another file', () => {
    const page = opened(setAt(beadStack, registry, 'stack.zStep', 0.1e-6), stack);
    page.change({ planes: { start: 0, stop: 9, step: 4 } });
    const placed = placeUpload(page.design(), registry, 'target', stack.image, stack.pixels);
    expect(getAt(placed.design, registry, 'stack.zStep')).toBe(0.1e-6);
    expect(placed.notes.at(-1)).toMatch(/0\.4 µm to 0\.1 µm/);
  });

  it('make a stack fit a design for single images', () => {
    const bare = createDocumentStore(sphereHologram);
    expect(() => placeUpload(sphereHologram, registry, 'target', stack.image, stack.pixels)).toThrow(
      /no focus stack/,
    );
    bare.getState().apply('Add image', (design) => ({
      ...setAt({ ...design, images: { stack: stack.image } }, registry, 'target.image', 'stack'),
    }));
    expect(changeImport(bare, registry, 'target', { crop: { y0: 0, y1: 9, x0: 0, x1: 9 } })).toMatchObject({
      ok: false,
    });
    const chosen = changeImport(bare, registry, 'target', { planes: { start: 4, stop: 5, step: 1 } });
    expect(chosen.ok).toBe(true);
    expect(bare.getState().design.images['target']).toMatchObject({ shape: [20, 24] });
  });
});

describe('pixels of a result', () => {
  const parameter = (path: string, pixel: number | null): ParameterResult => ({
    path,
    title: path,
    start: 0,
    value: 0,
    sigma: null,
    unit: 'm',
    atBound: false,
    display: { value: 0, sigma: null, unit: 'µm' },
    pixel,
  });

  it('count in the image that was given', () => {
    const page = opened(sphereHologram, rings);
    page.change({ crop: WINDOW });
    expect(pixelOrigin(page.design())).toEqual({ x: 20, y: 10 });
    const result: FitResult = {
      parameters: [parameter('sphere.x', 20.5), parameter('sphere.y', 19.5), parameter('sphere.z', null)],
      loss: { start: 1, end: 0 },
      reducedChiSquare: null,
      iterations: 1,
      seconds: 1,
      backend: 'f64',
      converged: true,
      warnings: [],
    };
    const moved = inOriginalPixels(result, page.design(), registry);
    expect(moved.parameters.map(({ pixel }) => pixel)).toEqual([40.5, 29.5, null]);
    page.undo();
    expect(inOriginalPixels(result, page.design(), registry)).toBe(result);
  });
});
