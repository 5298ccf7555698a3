import { describe, expect, it } from 'vitest';
import { checkLearnPath, expandLearnables } from './learnables.ts';
import { editDistance, nearNames } from './names.ts';
import { describePath, getAt, parsePath, setAt } from './paths.ts';
import { bench, createDesign, node, fakeRegistry as registry } from './testSupport.ts';
import { designWavelength } from './wavelength.ts';

describe('parsePath', () => {
  it('splits paths', () => {
    expect(parsePath('camera.gain')).toEqual({ node: 'camera', param: 'gain', index: null, column: null });
    expect(parsePath('pupil.zernike.11')).toEqual({
      node: 'pupil',
      param: 'zernike',
      index: 11,
      column: null,
    });
    expect(parsePath('sphere.photons.*')).toEqual({
      node: 'sphere',
      param: 'photons',
      index: '*',
      column: null,
    });
    expect(parsePath('spheres.particles.3.x')).toMatchObject({ index: 3, column: 'x' });
    expect(parsePath('spheres.particles.*.x')).toMatchObject({ index: '*', column: 'x' });
    for (const text of ['', 'a', 'a.', '.b', 'a.b.', 'a.b.-1', 'a.b.1.2', 'a.b.08', 'a b.c', 'a.b.1e3'])
      expect(parsePath(text)).toBeNull();
  });
});

describe('describePath', () => {
  it('finds node, parameter, term and plane', () => {
    expect(describePath(bench(), registry, 'pupil.zernike.8')).toMatchObject({
      ok: true,
      node: { id: 'pupil' },
      spec: { title: 'Aberrations' },
      nollIndex: 8,
      plane: null,
    });
    expect(describePath(bench(), registry, 'sphere.photons.2')).toMatchObject({
      ok: true,
      nollIndex: null,
      plane: 2,
    });
    expect(describePath(bench(), registry, 'sphere.photons.*')).toMatchObject({ ok: true, plane: '*' });
  });

  it('suggests whole paths', () => {
    const suggestions = (path: string): readonly string[] => {
      const result = describePath(bench(), registry, path);
      return result.ok ? ['ok'] : result.suggestions;
    };
    expect(suggestions('sorce.wavelength')).toEqual(['source.wavelength']);
    expect(suggestions('source.wavelenght')).toEqual(['source.wavelength']);
    expect(suggestions('pupil.aperture')).toEqual(['pupil.numericalAperture']);
    expect(suggestions('pupil.zernik.8')).toEqual(['pupil.zernike.8']);
    expect(suggestions('camera.gain.1')).toEqual(['camera.gain']);
    expect(suggestions('camera.toString')).toEqual([]);
    expect(describePath(bench(), registry, 'sorce.wavelength')).toMatchObject({
      reason: "There is no node 'sorce'. Did you mean source.wavelength?",
    });
  });
});

describe('getAt and setAt', () => {
  it('fill in defaults', () => {
    expect(getAt(bench(), registry, 'source.wavelength')).toBe(532e-9);
    expect(getAt(bench(), registry, 'pupil.zernike.4')).toBe(2e-8);
    expect(getAt(bench(), registry, 'pupil.zernike.5')).toBe(0);
    expect(getAt(bench(), registry, 'sphere.photons.1')).toBe(20);
    expect(getAt(bench(), registry, 'sphere.photons.9')).toBeUndefined();
    expect(getAt(bench(), registry, 'sphere.background.9')).toBe(0);
    expect(getAt(bench(), registry, 'sphere.nothing')).toBeUndefined();
  });

  it('change one thing and share the rest', () => {
    const design = bench();
    const next = setAt(design, registry, 'pupil.zernike.8', 3e-8);
    expect(next.nodes[2]?.params['zernike']).toEqual({ 4: 2e-8, 8: 3e-8, 11: -1e-8 });
    expect(design).toEqual(bench());
    expect(next.nodes[0]).toBe(design.nodes[0]);
    expect(next.edges).toBe(design.edges);
  });

  it('store no defaults and no empty terms', () => {
    expect(setAt(bench(), registry, 'camera.noise', false).nodes[4]?.params).toEqual({});
    const without = setAt(bench(), registry, 'pupil.zernike.4', 0);
    expect(without.nodes[2]?.params['zernike']).toEqual({ 11: -1e-8 });
    expect(setAt(without, registry, 'pupil.zernike.11', 0).nodes[2]?.params).toEqual({
      numericalAperture: 1.2,
    });
    expect(setAt(bench(), registry, 'pupil.zernike', { 4: 0 }).nodes[2]?.params).toEqual({
      numericalAperture: 1.2,
    });
  });

  it('make lists of single values, plane by plane', () => {
    expect(setAt(bench(), registry, 'sphere.background.1', 5).nodes[1]?.params['background']).toEqual([0, 5]);
    expect(setAt(bench(), registry, 'sphere.background.1', 5, 4).nodes[1]?.params['background']).toEqual([
      0, 5, 0, 0,
    ]);
    expect(setAt(bench(), registry, 'sphere.photons.*', 7).nodes[1]?.params['photons']).toBe(7);
  });

  it('refuse what is not finite or has the wrong form', () => {
    expect(() => setAt(bench(), registry, 'source.wavelength', Number.NaN)).toThrow(RangeError);
    expect(() => setAt(bench(), registry, 'pupil.zernike.4', Number.POSITIVE_INFINITY)).toThrow(RangeError);
    expect(() => setAt(bench(), registry, 'sphere.photons.0', [1])).toThrow(RangeError);
    expect(() => setAt(bench(), registry, 'nothing.here', 1)).toThrow("no node 'nothing'");
  });
});

describe('near names', () => {
  it('measure insertions, deletions, replacements and swaps', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('gian', 'gain')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('same', 'same')).toBe(0);
  });

  it('offer only what is near', () => {
    expect(nearNames('WAVELENGHT', ['wavelength', 'power', 'x'])).toEqual(['wavelength']);
    expect(nearNames('q', ['x', 'y', 'z'])).toEqual([]);
    expect(nearNames('banana', ['lens', 'pupil'])).toEqual([]);
  });
});

describe('learnables', () => {
  it('come one by one in the order of the document, whatever the order of “learn”', () => {
    const design = bench();
    const expected = [
      'sphere.x',
      'sphere.photons.0',
      'sphere.photons.1',
      'sphere.photons.2',
      'pupil.zernike.4',
    ];
    expect(expandLearnables(design, registry, 3).map(({ path }) => path)).toEqual(expected);
    const turned = { ...design, learn: [...design.learn, 'sphere.photons.1'].reverse() };
    expect(expandLearnables(turned, registry, 3).map(({ path }) => path)).toEqual(expected);
  });

  it('carry value, range, unit and role', () => {
    const [x, first, , , term] = expandLearnables(bench(), registry, 3);
    expect(x).toMatchObject({
      nodeId: 'sphere',
      value: 0,
      role: 'lateralX',
      unit: 'µm',
      quantity: 'length',
      plane: null,
    });
    expect(first).toMatchObject({
      value: 10,
      plane: 0,
      scale: 'log',
      min: 0,
      title: 'Sphere: Photons, plane 1',
    });
    expect(term).toMatchObject({ nollIndex: 4, value: 2e-8, plane: null, unit: 'waves', quantity: 'length' });
  });

  it('read and write exactly their number', () => {
    let design = bench();
    const list = expandLearnables(design, registry, 3);
    for (const [index, { path }] of list.entries())
      design = setAt(design, registry, path, (index + 1) * 1e-9);
    expect(expandLearnables(design, registry, 3).map(({ value }) => value)).toEqual(
      list.map((_, index) => (index + 1) * 1e-9),
    );
  });

  it('start every plane from a single value, and skip what cannot be learned', () => {
    const nodes = [node('s', 'sphere', { photons: 5 }), { ...node('lens', 'lens'), bypassed: true }];
    const design = createDesign(nodes, [], {
      learn: ['s.photons.*', 'lens.focalLength', 's.nothing', 's.refractiveIndex'],
    });
    expect(expandLearnables(design, registry, 2).map(({ path, value }) => [path, value])).toEqual([
      ['s.refractiveIndex', 1.5],
      ['s.photons.0', 5],
      ['s.photons.1', 5],
    ]);
    expect(checkLearnPath(design, registry, 's.photons')).toMatchObject({ ok: true });
  });
});

describe('designWavelength', () => {
  it('takes the nearest one upstream, else the first', () => {
    const nodes = [
      node('red', 'source', { wavelength: 633e-9 }),
      node('green', 'source'),
      node('lens', 'lens'),
      node('alone', 'lens'),
    ];
    const design = createDesign(nodes, ['green.out>lens.in']);
    expect(designWavelength(design, registry, 'lens')).toBe(532e-9);
    expect(designWavelength(design, registry, 'alone')).toBe(633e-9);
    expect(designWavelength(createDesign([node('lens', 'lens')], []), registry)).toBeUndefined();
  });
});
