import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setGrid } from '../../graph/edit.ts';
import { examples } from '../../graph/examples/index.ts';
import { parseDesign } from '../../graph/parse.ts';
import { setAt } from '../../graph/paths.ts';
import { serializeDesign } from '../../graph/serialize.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { contentKey, readFitRecord } from './fitRecord.ts';

function example(id: string): Design {
  const found = examples.find((each) => each.id === id);
  if (found === undefined) throw new Error(`There is no example ${id}.`);
  return found.design;
}

const airy = example('airy');

describe('content key', () => {
  it.each(examples)('of $id survives being saved and read', ({ design }) => {
    const parsed = parseDesign(serializeDesign(design), registry);
    if (!parsed.ok) throw new Error('The example cannot be read.');
    expect(contentKey(parsed.design)).toBe(contentKey(design));
  });

  it('does not change with names, places and what is learnable', () => {
    const moved = airy.nodes.map((node) => ({ ...node, title: 'x', position: { x: 7, y: 7 } }));
    const same = { ...airy, title: 'other', learn: ['pupil.numericalAperture'], nodes: moved };
    expect(contentKey(same)).toBe(contentKey(airy));
  });

  it('changes with a value, a wire, the sampling, a bypass and an image', () => {
    const hologram = example('sphere-hologram');
    const image = hologram.images['simulated'];
    if (image === undefined) throw new Error('The example has no image.');
    const others = [
      setAt(hologram, registry, 'sphere.radius', 0.5001e-6),
      { ...hologram, edges: hologram.edges.slice(1) },
      setGrid(hologram, { pitch: 1.0001 * hologram.grid.pitch }),
      { ...hologram, nodes: hologram.nodes.map((node) => ({ ...node, bypassed: true })) },
      { ...hologram, images: { simulated: { ...image, name: 'another' } } },
    ];
    const keys = [hologram, ...others].map(contentKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('comes back when a value comes back', () => {
    const there = setAt(airy, registry, 'pupil.numericalAperture', 0.7);
    const back = setAt(there, registry, 'pupil.numericalAperture', 0.6);
    const again = setAt(back, registry, 'pupil.numericalAperture', 0.7);
    expect(contentKey(back)).not.toBe(contentKey(there));
    expect(contentKey(again)).toBe(contentKey(there));
  });
});

describe('stored fit', () => {
  const result: FitResult = {
    parameters: [
      {
        path: 'a.b',
        title: 'B',
        start: 1,
        value: 2,
        sigma: null,
        unit: 'm',
        atBound: false,
        display: { value: 2e9, sigma: null, unit: 'nm' },
        pixel: null,
      },
    ],
    loss: { start: 2, end: 1 },
    reducedChiSquare: null,
    iterations: 3,
    seconds: 0.1,
    backend: 'wasm',
    converged: true,
    warnings: [],
  };

  it('is read as it was written', () => {
    const record = { result, key: 'k' };
    expect(readFitRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it.each([
    undefined,
    null,
    'text',
    { result },
    { key: 'k', result: { ...result, parameters: [{ path: 'a' }] } },
    { key: 'k', result: { ...result, backend: 'abacus' } },
    { key: 'k', result: { ...result, loss: 3 } },
  ])('of another shape (case %#) is left out', (stored) => {
    expect(readFitRecord(stored)).toBeNull();
  });
});
