import { describe, expect, it } from 'vitest';
import {
  canConnect,
  compatibleSources,
  compatibleTargets,
  elementsAccepting,
  elementsProducing,
} from './connect.ts';
import type { Design } from './document.ts';
import { bench, createDesign, node, fakeRegistry as registry } from './testSupport.ts';
import { canBypass, resolveOutputType } from './topology.ts';

function ask(design: Design, text: string) {
  const [[fromNode = '', fromPort = ''] = [], [toNode = '', toPort = ''] = []] = text
    .split('>')
    .map((end) => end.split('.'));
  return canConnect(design, registry, {
    from: { node: fromNode, port: fromPort },
    to: { node: toNode, port: toPort },
  });
}

const loose = createDesign(
  ['source', 'lens', 'filter', 'sphere', 'pupil', 'stack', 'camera', 'target', 'loss'].map((type) =>
    node(type, type),
  ),
  [],
);

describe('canConnect', () => {
  it('allows fitting types and names a wire that would be replaced', () => {
    expect(ask(loose, 'source.out>camera.in')).toEqual({ ok: true, replaces: null });
    const result = ask(bench(), 'source.out>pupil.in');
    expect(result).toMatchObject({ ok: true, replaces: { id: 'sphere.out>pupil.in' } });
  });

  it('explains why types do not fit and what would help', () => {
    expect(ask(loose, 'sphere.out>camera.in')).toEqual({
      ok: false,
      reason: 'Camera takes light or a pupil, but Sphere gives scattered or emitted light.',
      fix: 'Put Pupil between them.',
      insert: 'pupil',
    });
    expect(ask(loose, 'target.out>lens.in')).toEqual({
      ok: false,
      reason: 'Thin lens takes light, but Target image gives an image.',
    });
  });

  it('refuses loops, unknown nodes and unknown ports', () => {
    const chain = createDesign([node('a', 'lens'), node('b', 'lens')], ['a.out>b.in']);
    expect(ask(chain, 'b.out>a.in')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('close a loop'),
    });
    // What does not fit would not work without the loop either.
    const back = ask(bench(), 'camera.out>pupil.in');
    expect(back).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/takes .*, but Camera gives an image/),
    });
    expect(back).not.toHaveProperty('insert');
    expect(ask(chain, 'a.out>a.in')).toMatchObject({
      ok: false,
      reason: 'Thin lens cannot feed itself.',
    });
    expect(ask(chain, 'c.out>a.in')).toMatchObject({ ok: false, reason: "There is no node 'c'." });
    expect(ask(chain, 'a.toString>b.in')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('no output'),
    });
    expect(ask(chain, 'a.out>b.valueOf')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('no input'),
    });
    const alien = createDesign([node('a', 'lens'), node('u', 'ufo')], []);
    expect(ask(alien, 'u.out>a.in')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('unknown type'),
    });
  });

  it('thinks of wires further on when an element repeats its input', () => {
    const design = createDesign(
      ['source', 'filter', 'stack', 'pupil'].map((type) => node(type, type)),
      ['filter.out>stack.in'],
    );
    expect(ask(design, 'source.out>filter.in')).toEqual({
      ok: false,
      reason: 'Filter would then give light, which Focus stack does not take.',
    });
    expect(ask(design, 'pupil.out>filter.in')).toMatchObject({ ok: true });
  });
});

describe('types of outputs', () => {
  it('follows repeated and bypassed inputs; open ones are not settled', () => {
    expect(resolveOutputType(bench(), registry, { node: 'sphere', port: 'out' })).toBe('farField');
    expect(resolveOutputType(loose, registry, { node: 'filter', port: 'out' })).toBeNull();
    const design = createDesign(
      [node('source', 'source'), { ...node('lens', 'lens'), bypassed: true }, node('filter', 'filter')],
      ['source.out>lens.in', 'lens.out>filter.in'],
    );
    expect(resolveOutputType(design, registry, { node: 'filter', port: 'out' })).toBe('field');
    const loop = createDesign([node('a', 'filter'), node('b', 'filter')], ['a.out>b.in', 'b.out>a.in']);
    expect(resolveOutputType(loop, registry, { node: 'a', port: 'out' })).toBeNull();
  });

  it('knows which elements light can pass unchanged', () => {
    const able = [...registry.values()].filter(canBypass).map((element) => element.type);
    expect(able).toEqual(['lens', 'filter', 'stack']);
  });
});

describe('offers', () => {
  it('lists inputs for an output, free ones first', () => {
    const targets = compatibleTargets(loose, registry, { node: 'source', port: 'out' });
    expect(targets.map(({ node: id }) => id)).toEqual(['lens', 'filter', 'sphere', 'pupil', 'camera']);
    const wired = compatibleTargets(bench(), registry, { node: 'source', port: 'out' });
    expect(wired.map(({ node: id, replaces }) => [id, replaces])).toEqual([
      ['sphere', true],
      ['pupil', true],
      ['camera', true],
    ]);
    expect(wired[0]?.title).toBe('Sphere: Light');
  });

  it('lists outputs for an input', () => {
    const sources = compatibleSources(loose, registry, { node: 'loss', port: 'model' });
    expect(sources.map(({ node: id }) => id)).toEqual(['camera', 'target']);
  });

  it('lists elements for a wire dropped on the canvas', () => {
    expect(elementsAccepting('pupil', registry).map(({ element, port }) => [element.type, port])).toEqual([
      ['filter', 'in'],
      ['stack', 'in'],
      ['camera', 'in'],
    ]);
    expect(elementsProducing(['farField'], registry).map(({ element }) => element.type)).toEqual([
      'sphere',
      'spheres',
    ]);
    expect(elementsProducing(['pupil'], registry).map(({ element }) => element.type)).toEqual([
      'filter',
      'pupil',
      'stack',
    ]);
  });
});
