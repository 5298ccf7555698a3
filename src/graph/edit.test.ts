import { describe, expect, it } from 'vitest';
import { copyNodes, isClipboardText, pasteText } from './clipboard.ts';
import type { Design, DesignImage } from './document.ts';
import {
  addImage,
  addNode,
  bypass,
  connect,
  disconnect,
  duplicate,
  moveNodes,
  removeImage,
  removeNodes,
  renameNode,
  replaceImage,
  resetParam,
  setAll,
  setDetails,
  setGrid,
  setLearn,
  setParam,
  toggleLearn,
} from './edit.ts';
import { parseDesign } from './parse.ts';
import { serializeDesign } from './serialize.ts';
import { bench, createDesign, node, fakeRegistry as registry } from './testSupport.ts';
import { validate } from './validate.ts';

const ids = (design: Design): string[] => design.nodes.map((each) => each.id);
const wires = (design: Design): string[] => design.edges.map((each) => each.id);
const origin = { x: 0, y: 0 };

describe('nodes', () => {
  it('get readable fresh ids', () => {
    let design = createDesign([], []);
    const made: string[] = [];
    for (const type of ['lens', 'lens', 'camera', 'lens']) {
      const added = addNode(design, registry, type, { x: 5, y: 6 });
      design = added.design;
      made.push(added.nodeId);
    }
    expect(made).toEqual(['lens', 'lens2', 'camera', 'lens3']);
    expect(design.nodes[3]).toEqual({ id: 'lens3', type: 'lens', position: { x: 5, y: 6 }, params: {} });
    expect(() => addNode(design, registry, 'toString', origin)).toThrow(RangeError);
  });

  it('are removed with all that speaks of them', () => {
    const design = removeNodes(bench(), registry, ['sphere']);
    expect(ids(design)).not.toContain('sphere');
    expect(wires(design)).toEqual([
      'pupil.out>stack.in',
      'stack.out>camera.in',
      'camera.out>loss.model',
      'target.out>loss.target',
    ]);
    expect(design.learn).toEqual(['pupil.zernike.4']);
    expect(design.images['bead']).toMatchObject({ truth: {} });
    expect(bench().images['bead']).toMatchObject({ truth: { 'sphere.x': 1e-7 } });
    const same = bench();
    expect(removeNodes(same, registry, ['nothing'])).toBe(same);
  });

  it('leave healed wires behind where the types allow it', () => {
    expect(wires(removeNodes(bench(), registry, ['stack'], { heal: true }))).toContain('pupil.out>camera.in');
    // A sphere makes a far field of a field: nothing passes through it.
    expect(wires(removeNodes(bench(), registry, ['sphere'], { heal: true }))).not.toContain(
      'source.out>pupil.in',
    );
    const row = createDesign(
      ['a', 'b', 'c', 'd'].map((id) => node(id, id === 'a' ? 'source' : 'lens')),
      ['a.out>b.in', 'b.out>c.in', 'c.out>d.in'],
    );
    expect(wires(removeNodes(row, registry, ['b', 'c'], { heal: true }))).toEqual(['a.out>d.in']);
    expect(wires(removeNodes(row, registry, ['c', 'b'], { heal: true }))).toEqual(['a.out>d.in']);
    expect(wires(removeNodes(row, registry, ['a'], { heal: true }))).toEqual(['b.out>c.in', 'c.out>d.in']);
  });

  it('move, are renamed and bypassed', () => {
    const moved = moveNodes(
      bench(),
      new Map([
        ['lens', origin],
        ['pupil', { x: 1e12, y: Number.NaN }],
      ]),
    );
    expect(moved.nodes[2]?.position).toEqual({ x: 1_000_000, y: 0 });
    expect(renameNode(bench(), 'pupil', '  Objective ').nodes[2]?.title).toBe('Objective');
    expect(renameNode(renameNode(bench(), 'pupil', 'A'), 'pupil', ' ')).toEqual(bench());
    expect(renameNode(bench(), 'pupil', 'x'.repeat(500)).nodes[2]?.title?.length).toBe(200);
    const off = bypass(bench(), 'stack', true);
    expect(off.nodes[3]?.bypassed).toBe(true);
    expect(bypass(off, 'stack', false)).toEqual(bench());
  });
});

describe('wires', () => {
  it('replace another wire on the same input', () => {
    const design = connect(bench(), registry, {
      from: { node: 'source', port: 'out' },
      to: { node: 'camera', port: 'in' },
    });
    expect(wires(design)).toContain('source.out>camera.in');
    expect(wires(design)).not.toContain('stack.out>camera.in');
    expect(wires(disconnect(design, 'source.out>camera.in')).length).toBe(5);
    const wrong = { from: { node: 'target', port: 'out' }, to: { node: 'camera', port: 'in' } };
    expect(() => connect(bench(), registry, wrong)).toThrow('takes light or a pupil');
  });
});

describe('parameters, learning, details', () => {
  it('set and reset', () => {
    expect(setParam(bench(), registry, 'camera', 'bits', 12).nodes[4]?.params).toEqual({
      noise: true,
      bits: 12,
    });
    expect(setParam(bench(), registry, 'camera', 'noise', false).nodes[4]?.params).toEqual({});
    expect(resetParam(bench(), 'camera', 'noise').nodes[4]?.params).toEqual({});
    const fitted = setAll(bench(), registry, { 'sphere.photons.0': 11, 'pupil.zernike.4': 1e-9 }, 3);
    expect(fitted.nodes[1]?.params).toEqual({ photons: [11, 20, 30] });
    expect(fitted.nodes[2]?.params['zernike']).toEqual({ 4: 1e-9, 11: -1e-8 });
    expect(() => setParam(bench(), registry, 'camera', 'bits.3', 12)).toThrow(RangeError);
  });

  it('toggle learning', () => {
    const more = toggleLearn(bench(), 'pupil.zernike.11');
    expect(more.learn).toContain('pupil.zernike.11');
    expect(toggleLearn(more, 'pupil.zernike.11')).toEqual(bench());
    expect(setLearn(bench(), ['a.b', 'a.b']).learn).toEqual(['a.b']);
  });

  it('change grid and document', () => {
    expect(setGrid(bench(), { samples: 128 }).grid).toEqual({ samples: 128, pitch: 1e-7 });
    const described = setDetails(bench(), { title: 'T', description: 'D', seed: 9 });
    expect(described).toMatchObject({ title: 'T', description: 'D', seed: 9 });
    expect('description' in setDetails(described, { description: '' })).toBe(false);
    expect(setDetails(described, { seed: 1 })).toMatchObject({ title: 'T', description: 'D', seed: 1 });
  });
});

describe('images', () => {
  const image: DesignImage = {
    kind: 'measured',
    name: 'my bead (1).tif',
    shape: [1, 1],
    data: 'AADAPw==',
    saturationLevel: null,
  };

  it('get ids from their names and leave no reference behind', () => {
    const added = addImage(bench(), image);
    expect(added.imageId).toBe('my-bead-1-');
    expect(addImage(added.design, image).imageId).toBe('my-bead-1-2');
    expect(addImage(bench(), { ...image, name: '__proto__.png' }).imageId).toBe('image-__proto__');
    expect(addImage(bench(), { ...image, name: 'constructor' }).imageId).toBe('constructor2');
    const used = setParam(added.design, registry, 'target', 'image', added.imageId);
    const removed = removeImage(used, registry, added.imageId);
    expect(removed.nodes[5]?.params).toEqual({});
    expect(Object.keys(removed.images)).toEqual(['bead']);
    expect(replaceImage(bench(), 'bead', image).images['bead']).toBe(image);
  });
});

describe('copies', () => {
  it('duplicate nodes with inner wires and what is learned', () => {
    const { design, nodeIds } = duplicate(bench(), ['sphere', 'pupil']);
    expect(nodeIds).toEqual(['sphere2', 'pupil2']);
    expect(wires(design).slice(6)).toEqual(['sphere2.out>pupil2.in']);
    expect(design.learn.slice(3)).toEqual(['pupil2.zernike.4', 'sphere2.x', 'sphere2.photons.*']);
    expect(design.nodes[7]?.position).toEqual({ x: 40, y: 40 });
    expect(duplicate(design, ['pupil2']).nodeIds).toEqual(['pupil3']);
  });

  it('paste a whole bench into an empty design: the same bench', () => {
    const text = copyNodes(bench(), registry, ids(bench()));
    expect(isClipboardText(text)).toBe(true);
    expect(isClipboardText('{"some": "json"}')).toBe(false);
    const result = pasteText(createDesign([], []), registry, text, origin);
    if (!result.ok) throw new Error(result.reason);
    expect(result.design).toEqual(bench());
    expect(validate(result.design, registry)).toEqual([]);
  });

  it('paste into the same design: new ids, images follow their nodes', () => {
    const chosen = ['camera', 'target', 'loss', 'sphere'];
    const result = pasteText(bench(), registry, copyNodes(bench(), registry, chosen), { x: 10, y: 0 });
    if (!result.ok) throw new Error(result.reason);
    expect(result.nodeIds).toEqual(['sphere2', 'camera2', 'target2', 'loss2']);
    expect(wires(result.design).slice(6)).toEqual(['camera2.out>loss2.model', 'target2.out>loss2.target']);
    // The copied image is made with the copied camera, so it is another image.
    expect(result.design.images['bead2']).toMatchObject({ camera: 'camera2', truth: { 'sphere2.x': 1e-7 } });
    expect(result.design.nodes[9]?.params).toEqual({ image: 'bead2' });
    expect(result.design.nodes[8]?.position).toEqual({ x: 10, y: 0 });
    const alone = pasteText(bench(), registry, copyNodes(bench(), registry, ['target']), origin);
    expect(alone.ok && Object.keys(alone.design.images)).toEqual(['bead']);
  });

  it('paste nothing that is not ours, and not too much', () => {
    const paste = (text: string) => pasteText(bench(), registry, text, origin);
    expect(paste('hello')).toMatchObject({ ok: false });
    expect(paste('{"nodes": []}')).toMatchObject({ ok: false });
    expect(paste(copyNodes(bench(), registry, []))).toEqual({
      ok: false,
      reason: 'There are no nodes to paste.',
    });
    const polluted = copyNodes(bench(), registry, ['lens', 'camera']).replace(
      '"params":{',
      '"params":{"__proto__":{"x":1},',
    );
    expect(paste(polluted)).toMatchObject({ ok: false, reason: expect.stringContaining('__proto__') });
    const many = createDesign(
      Array.from({ length: 1995 }, (_, index) => node(`n${index}`, 'lens')),
      [],
    );
    const much = pasteText(many, registry, serializeDesign(bench()), origin);
    expect(much).toEqual({ ok: false, reason: 'The design would have more than 2000 nodes.' });
    const hostile = serializeDesign(
      createDesign([node('constructor', 'lens'), node('a b<img>', 'lens')], []),
    );
    const renamed = paste(hostile);
    expect(renamed.ok && renamed.nodeIds).toEqual(['constructor2', 'a']);
  });

  it('survive saving', () => {
    const { design } = duplicate(bench(), ids(bench()));
    const read = parseDesign(serializeDesign(design), registry);
    expect(read.ok && read.design).toEqual(design);
  });
});
