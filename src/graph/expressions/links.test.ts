import { describe, expect, it } from 'vitest';
import { copyNodes, pasteText } from '../clipboard.ts';
import type { Design, DesignNode } from '../document.ts';
import { applyFix, duplicate, removeNodes, resetParam, setGrid } from '../edit.ts';
import { checkLearnPath, expandLearnables } from '../learnables.ts';
import { parseDesign } from '../parse.ts';
import { getAt, setAt } from '../paths.ts';
import { serializeDesign } from '../serialize.ts';
import { removeRow } from '../tableEdits.ts';
import { fakeRegistry as registry } from '../testSupport.ts';
import { validate } from '../validate.ts';
import { linkAt, setLink, unlink } from './editLinks.ts';
import { checkLink, relinked } from './links.ts';

function node(id: string, type: string, params: DesignNode['params'] = {}, title?: string): DesignNode {
  return { id, type, position: { x: 0, y: 0 }, params, ...(title === undefined ? {} : { title }) };
}

const bench: Design = {
  format: 'luminode',
  formatVersion: 1,
  title: 'Bench',
  grid: { samples: 64, pitch: 1e-6 },
  seed: 1,
  nodes: [
    node('source', 'source'),
    node('lens', 'lens', { focalLength: 0.2 }, 'First lens'),
    node('lens2', 'lens'),
    node('lens-3', 'lens'),
    node('spheres', 'spheres', { particles: [{ x: 1e-6 }, { x: 2e-6 }, { x: 3e-6 }] }),
  ],
  edges: [],
  learn: ['lens.focalLength', 'lens2.focalLength'],
  images: {},
};
const F2 = 'lens2.focalLength';
const linked = setLink(bench, registry, F2, '2*lens');
const reasonOf = (text: string, path = F2) => {
  const check = checkLink(bench, registry, path, text);
  return check.ok ? '' : check.reason;
};
const errors = (design: Design) => validate(design, registry).filter(({ code }) => code === 'badLink');

describe('links', () => {
  it('are written with whole names, give the value, and are not learned', () => {
    expect(linked.links).toEqual({ [F2]: '2*lens.focalLength' });
    expect(getAt(linked, registry, F2)).toBe(0.4);
    expect(linked.learn).toEqual(['lens.focalLength']);
    expect(linkAt(linked, registry, F2)).toBe('2*lens.focalLength');
    const check = checkLearnPath(linked, registry, F2);
    expect(check.ok ? '' : check.reason).toBe(
      'Focal length of Thin lens follows 2*lens.focalLength, so it cannot be learned itself: learn what it follows.',
    );
  });

  it.each([
    ['"First lens".focalLength', 'lens.focalLength', 0.2],
    ['"lens-3" + 1 mm', '"lens-3".focalLength + 1 mm', 0.101],
    ['1e5 lambda', '1e5 lambda', 0.0532],
    ['1000*grid.samples*grid.pitch', '1000*grid.samples*grid.pitch', 0.064],
    ['2*spheres.particles.1.x', '2*spheres.particles.1.x', 4e-6],
  ])('understand %s', (text, written, value) => {
    const design = setLink(bench, registry, F2, text);
    expect(design.links?.[F2]).toBe(written);
    // Rounding of one product.
    expect(Number(getAt(design, registry, F2)) / value).toBeCloseTo(1, 14);
  });

  it.each([
    [
      '2*lense',
      /^Focal length of Thin lens follows 2\*lense: There is no value called “lense”\. Did you mean .*lens/,
    ],
    // A name like its own: it cannot follow itself.
    [
      '2*focalLengt',
      /There is no value called “focalLengt”\. Did you mean "lens-3".focalLength or lens.focalLength\?$/,
    ],
    ['lens2.focalLengt', /has no parameter “focalLengt”\.$/],
    ['lens.focal', /First lens has no parameter “focal”. Did you mean lens.focalLength\?$/],
    ['lens.focalLength + 5', /a length cannot be added to a number/],
    ['5', /that is a number, not a length. Give numbers a unit, such as 5 mm.$/],
    ['1/lens', /that is a value in m\^-1, not a length.$/],
    ['spheres.particles', /is a table: name a cell, such as spheres.particles.0.x.$/],
    ['lens2', /it depends on itself: lens2.focalLength → lens2.focalLength.$/],
    ['1e6*lens', /which is 200000 m now, outside -1000 m to 1000 m.$/],
    ['lens/0', /which is no finite number now.$/],
  ])('refuse %s in words', (text, reason) => {
    expect(reasonOf(text)).toMatch(reason);
  });

  it('refuse what is no single continuous number', () => {
    expect(reasonOf('1', 'spheres.particles.*.x')).toMatch(/is many cells: link them one by one/);
    expect(reasonOf('1', 'lens.nothing')).toMatch(/“links” names lens.nothing: First lens has no parameter/);
  });

  it('follow one another, in whatever order they stand, and refuse circles', () => {
    const chain = {
      ...bench,
      links: { [F2]: '2*"lens-3".focalLength', 'lens-3.focalLength': 'lens.focalLength/4' },
    };
    const settled = relinked(chain, registry);
    expect(getAt(settled, registry, F2)).toBe(0.1);
    expect(relinked(settled, registry)).toBe(settled);
    const circle = {
      ...bench,
      links: { [F2]: '2*"lens-3".focalLength', 'lens-3.focalLength': 'lens2.focalLength' },
    };
    expect(errors(circle).map(({ message }) => message)).toEqual([
      'Focal length of Thin lens 2 follows lens2.focalLength: it depends on itself: lens2.focalLength → lens-3.focalLength → lens2.focalLength.',
      'Focal length of Thin lens follows 2*"lens-3".focalLength: lens-3.focalLength cannot be worked out.',
    ]);
  });

  it('are an error in words out of range, never a value brought back in silence', () => {
    const far = relinked(setAt(linked, registry, 'lens.focalLength', 600), registry);
    expect(getAt(far, registry, F2)).toBe(1200);
    const found = validate(far, registry).filter(({ paramId }) => paramId === 'focalLength');
    expect(found).toMatchObject([
      {
        ...{ severity: 'error', code: 'badLink', paramId: 'focalLength' },
        message:
          'Focal length of Thin lens follows 2*lens.focalLength, which is 1200 m now, outside -1000 m to 1000 m.',
      },
    ]);
  });

  it('narrow the range of what they follow', () => {
    const [learnable] = expandLearnables(linked, registry, 1);
    expect(learnable).toMatchObject({ path: 'lens.focalLength', min: -500, max: 500 });
    expect(expandLearnables(bench, registry, 1)[0]).toMatchObject({ min: -1e3, max: 1e3 });
  });

  it('end where a value is set or reset by hand', () => {
    expect(setAt(linked, registry, F2, 0.3).links).toBeUndefined();
    expect(resetParam(linked, 'lens2', 'focalLength').links).toBeUndefined();
    const free = unlink(linked, registry, F2);
    expect([free.links, getAt(free, registry, F2)]).toEqual([undefined, 0.4]);
  });

  it('follow the grid', () => {
    const design = setLink(bench, registry, F2, '1000*grid.pitch');
    expect(getAt(relinked(setGrid(design, { pitch: 3e-6 }), registry), registry, F2)).toBe(3e-3);
  });
});

describe('links in files', () => {
  it('survive saving and opening; the expression counts, not the number beside it', () => {
    const text = serializeDesign(linked);
    expect(text).toContain('"links": {\n    "lens2.focalLength": "2*lens.focalLength"\n  }');
    const changed = text
      .replace('"focalLength": 0.2', '"focalLength": 0.25')
      .replace('2*lens.f', '3 * First.f');
    const read = parseDesign(text.replace('"focalLength": 0.2', '"focalLength": 0.25'), registry);
    expect(read.ok && getAt(read.design, registry, F2)).toBe(0.5);
    const broken = parseDesign(changed, registry);
    expect(broken.ok && getAt(broken.design, registry, F2)).toBe(0.4);
    expect(broken.ok && errors(broken.design)[0]?.message).toMatch(/There is no node 'First'/);
    const again = parseDesign(serializeDesign(linked), registry);
    expect(again.ok && again.design).toEqual(linked);
  });

  it('leave out what is no text', () => {
    const text = serializeDesign(linked).replace('"2*lens.focalLength"', '2');
    const read = parseDesign(text, registry);
    expect(read.ok && read.design.links).toBe(false || undefined);
    expect(read.issues.map(({ code }) => code)).toEqual(['links']);
  });
});

describe('links of nodes that are', () => {
  it('copied name the copies, or else what they named before', () => {
    const both = duplicate(linked, ['lens', 'lens2']).design;
    expect(both.links).toEqual({ [F2]: '2*lens.focalLength', 'lens4.focalLength': '2*lens3.focalLength' });
    const one = duplicate(linked, ['lens2']).design;
    expect(one.links).toEqual({ [F2]: '2*lens.focalLength', 'lens3.focalLength': '2*lens.focalLength' });
  });

  it('pasted come along with what they follow, else they keep their value and say so', () => {
    const text = copyNodes(linked, registry, ['lens', 'lens2']);
    const pasted = pasteText({ ...bench, nodes: [] }, registry, text, { x: 0, y: 0 });
    expect(pasted.ok && pasted.design.links).toEqual({ [F2]: '2*lens.focalLength' });
    const alone = pasteText(bench, registry, copyNodes(linked, registry, ['lens2']), { x: 0, y: 0 });
    expect(alone.ok && alone.design.links).toBe(false || undefined);
    expect(alone.ok && getAt(alone.design, registry, 'lens3.focalLength')).toBe(0.4);
    expect(alone.ok && alone.issues[0]?.message).toBe(
      'lens2.focalLength followed 2*lens.focalLength, which did not come along: it keeps its value.',
    );
  });

  it('removed go with them; what followed says what broke, and is unlinked at a click', () => {
    expect(removeNodes(linked, registry, ['lens2']).links).toBeUndefined();
    const broken = removeNodes(linked, registry, ['lens']);
    const [issue] = errors(broken);
    expect(issue?.message).toBe(
      `Focal length of Thin lens follows 2*lens.focalLength: There is no node 'lens'. Did you mean "lens-3".focalLength?`,
    );
    expect(issue?.apply?.title).toBe('Unlink, keep 400 mm');
    const fixed = issue?.apply === undefined ? broken : applyFix(broken, registry, issue.apply, 'lens2');
    expect([fixed.links, getAt(fixed, registry, F2)]).toEqual([undefined, 0.4]);
  });

  it('rows of a table move with them', () => {
    const cells = setLink(bench, registry, 'spheres.particles.2.x', '2*spheres.particles.1.x');
    expect(getAt(cells, registry, 'spheres.particles.2.x')).toBe(4e-6);
    expect(removeRow(cells, registry, 'spheres.particles', 0).links).toEqual({
      'spheres.particles.1.x': '2*spheres.particles.0.x',
    });
    // The name of a removed row does not become that of the next one, now or when others are removed or added.
    const gone = removeRow(cells, registry, 'spheres.particles', 1);
    expect(gone.links).toEqual({ 'spheres.particles.1.x': '2*spheres.particles.removed.x' });
    expect(errors(gone).map(({ message, apply }) => [message, apply?.title])).toEqual([
      [
        'sphere 2, position x of Spheres follows 2*spheres.particles.removed.x: the row of spheres.particles that it named was removed.',
        'Unlink, keep 4 µm',
      ],
    ]);
    expect(removeRow(gone, registry, 'spheres.particles', 0).links).toEqual({
      'spheres.particles.0.x': '2*spheres.particles.removed.x',
    });
    const saved = parseDesign(serializeDesign(gone), registry);
    expect(saved.ok && saved.design.links).toEqual(gone.links);
    const all = expandLearnables({ ...cells, learn: ['spheres.particles.*.x'] }, registry, 1);
    expect(all.map(({ path }) => path)).toEqual(['spheres.particles.0.x', 'spheres.particles.1.x']);
  });
});
