import { describe, expect, it } from 'vitest';
import type { TableRow } from '../optics/element.ts';
import { constantScalar } from '../optics/ops/scalar.ts';
import type { Design } from './document.ts';
import { applyFix } from './edit.ts';
import { NO_OVERRIDES, tableValue } from './elementValues.ts';
import { checkLearnPath, expandLearnables } from './learnables.ts';
import { parseDesign } from './parse.ts';
import { describePath, getAt, setAt } from './paths.ts';
import { serializeDesign } from './serialize.ts';
import { addRows, removeRow, replaceRows, setGroup, toggleCell } from './tableEdits.ts';
import { createDesign, node, fakeRegistry as registry } from './testSupport.ts';
import { validate } from './validate.ts';
import { parseValue } from './valueText.ts';

const PATH = 's.particles';
const ROWS: readonly TableRow[] = [
  { x: 1e-6, radius: 2e-6, group: 'A' },
  { x: 2e-6, radius: 3e-6 },
  { x: 3e-6, group: 'A' },
];

function design(learn: readonly string[] = [], rows: readonly TableRow[] = ROWS): Design {
  return createDesign([node('s', 'spheres', { particles: rows })], [], { learn });
}

const rowsOf = (d: Design) => d.nodes[0]?.params['particles'];
const learned = (d: Design) => expandLearnables(d, registry, 1).map(({ path }) => path);

describe('paths into tables', () => {
  it('read cells: own, of the group, and the default', () => {
    expect(getAt(design(), registry, 's.particles.1.x')).toBe(2e-6);
    expect(getAt(design(), registry, 's.particles.2.radius')).toBe(2e-6);
    expect(getAt(design([], [{}]), registry, 's.particles.0.radius')).toBe(1e-6);
    expect(getAt(design(), registry, 's.particles.*.x')).toBeUndefined();
    expect(getAt(setAt(design(), registry, 's.particles.*.x', 4e-6), registry, 's.particles.*.x')).toBe(4e-6);
  });

  it('write a cell, or the shared one of a whole group', () => {
    expect(rowsOf(setAt(design(), registry, 's.particles.2.x', 9e-6))).toEqual([
      ...ROWS.slice(0, 2),
      { x: 9e-6, group: 'A' },
    ]);
    const next = setAt(design(), registry, 's.particles.2.radius', 5e-6);
    expect([0, 1, 2].map((row) => getAt(next, registry, `s.particles.${row}.radius`))).toEqual([
      5e-6, 3e-6, 5e-6,
    ]);
    expect(() => setAt(design(), registry, 's.particles.0.x', 'left')).toThrow(RangeError);
    expect(() => setAt(design(), registry, PATH, [{ x: Number.NaN }])).toThrow(RangeError);
  });

  it('say what is wrong', () => {
    const reason = (path: string) => {
      const target = describePath(design(), registry, path);
      return target.ok ? 'ok' : target.reason;
    };
    expect(reason('s.particles.3.x')).toBe('s.particles has 3 spheres, counted from 0.');
    expect(reason('s.particles.0.raduis')).toMatch('Did you mean s.particles.0.radius?');
    expect(reason('s.particles.0')).toMatch('Name the column too');
    expect(checkLearnPath(design(), registry, PATH)).toMatchObject({
      reason: expect.stringContaining('s.particles.*.x') as string,
    });
  });
});

describe('learning cells', () => {
  it('is one unknown for each row, and one for a group', () => {
    const found = expandLearnables(
      design(['s.particles.*.x', 's.particles.2.radius', 's.particles.1.radius']),
      registry,
      1,
    );
    expect(found.map(({ path, title }) => [path, title])).toEqual([
      ['s.particles.0.x', 'Spheres: sphere 1, position x'],
      ['s.particles.0.radius', 'Spheres: group A, radius'],
      ['s.particles.1.x', 'Spheres: sphere 2, position x'],
      ['s.particles.1.radius', 'Spheres: sphere 2, radius'],
      ['s.particles.2.x', 'Spheres: sphere 3, position x'],
    ]);
    expect(found[0]).toMatchObject({ row: 0, column: 'x', role: 'lateralX', value: 1e-6, unit: 'µm' });
    expect(found[1]).toMatchObject({ value: 2e-6, role: null });
  });

  it('gives the rows of a group the same scalar, with its slot', () => {
    const spec = registry.get('spheres')?.params['particles'];
    if (spec?.kind !== 'table') throw new Error('No table.');
    const rows = tableValue(PATH, spec, ROWS, {
      ...NO_OVERRIDES,
      values: new Map([['s.particles.0.radius', 7e-6]]),
      slots: new Map([['s.particles.0.radius', 4]]),
    });
    expect(rows.map(({ group }) => group)).toEqual(['A', null, 'A']);
    for (const row of [0, 2])
      expect([...(rows[row]?.cells['radius']?.partials.keys() ?? [])], `row ${row}`).toEqual([4]);
    expect(rows[2]?.cells['radius']?.value).toBe(7e-6);
    expect(rows[1]?.cells['radius']).toEqual(constantScalar(3e-6));
  });
});

describe('rows', () => {
  const start = design(['s.particles.0.radius', 's.particles.1.x', 's.particles.2.x', 's.particles.*.x']);

  it('take what is learned of them along', () => {
    const shorter = removeRow(start, registry, PATH, 0);
    expect(shorter.learn).toEqual([
      's.particles.1.radius',
      's.particles.0.x',
      's.particles.1.x',
      's.particles.*.x',
    ]);
    // The group's radius was written in the row that went.
    expect(getAt(shorter, registry, 's.particles.1.radius')).toBe(2e-6);
    expect(removeRow(shorter, registry, PATH, 0).learn).toEqual([
      's.particles.0.radius',
      's.particles.0.x',
      's.particles.*.x',
    ]);
    expect(() => removeRow(design([], [{}]), registry, PATH, 0)).toThrow('needs at least 1 sphere');
  });

  it('join a group with its values, and leave it with them', () => {
    const joined = setGroup(start, registry, PATH, 1, 'A');
    expect(getAt(joined, registry, 's.particles.1.radius')).toBe(2e-6);
    const left = setGroup(joined, registry, PATH, 0, null);
    expect(learned(left).filter((path) => path.endsWith('radius'))).toEqual([
      's.particles.0.radius',
      's.particles.1.radius',
    ]);
    expect(getAt(left, registry, 's.particles.2.radius')).toBe(2e-6);
    const added = addRows(start, registry, PATH, [{ x: 4e-6, radius: 1e-9, group: 'A' }]);
    expect(rowsOf(added)).toHaveLength(4);
    expect(validate(added, registry).filter(({ code }) => code === 'unequalGroup')).toEqual([]);
    // In between: what is learned goes along with its row.
    const apart = design(['s.particles.1.x', 's.particles.0.x']);
    const put = addRows(apart, registry, PATH, [{ x: 4e-6 }], 1);
    expect(put.learn).toEqual(['s.particles.2.x', 's.particles.0.x']);
    expect(getAt(put, registry, 's.particles.1.x')).toBe(4e-6);
    expect(getAt(put, registry, 's.particles.2.x')).toBe(2e-6);
  });
});

describe('fixes', () => {
  it('may set a cell', () => {
    const fixed = applyFix(design(), registry, { title: 'Apart', params: { 'particles.1.x': 8e-6 } }, 's');
    expect(getAt(fixed, registry, 's.particles.1.x')).toBe(8e-6);
  });
});

describe('tables in files and words', () => {
  it('come back as they were', () => {
    const read = parseDesign(serializeDesign(design()), registry);
    expect(read.ok && rowsOf(read.design)).toEqual(ROWS);
  });

  it('keep the place of rows that cannot be read, and say which', () => {
    const text = serializeDesign(design()).replace('"x": 0.000002', '"x": "left"');
    const read = parseDesign(text, registry);
    expect(read.ok && rowsOf(read.design)).toEqual([ROWS[0], { radius: 3e-6 }, ROWS[2]]);
    expect(read.issues[0]?.message).toMatch('cells that cannot be read (x in row 2)');
  });

  it.each([
    [[], 'it has 0 spheres, not 1 to 20'],
    [[{ x: 3 }], 'sphere 1, position x: 3 m is outside'],
    [[{}, { y: 1 }], 'sphere 2, there is no column “y”'],
    [[{ group: 'A' }, { radius: 3e-6, group: 'A' }], 'sphere 2 differs from sphere 1 of its group in radius'],
  ])('are checked: %j', (rows, message) => {
    const issues = validate(design([], rows as readonly TableRow[]), registry);
    expect(issues.map((issue) => issue.message).join('\n')).toMatch(message);
  });

  it('are typed as rows between semicolons', () => {
    expect(parseValue(design(), registry, PATH, 'x: 1um, radius: 500nm, group: A; x: -2um;')).toEqual({
      ok: true,
      value: [{ x: 1e-6, radius: 500e-9, group: 'A' }, { x: -2e-6 }],
    });
    expect(parseValue(design(), registry, 's.particles.1.radius', '0.4um')).toEqual({
      ok: true,
      value: 0.4e-6,
    });
    expect(parseValue(design(), registry, PATH, 'x: 1um; raduis: 2um')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('Did you mean radius?') as string,
    });
  });
});

describe('learning by cell and column', () => {
  it('takes a cell out of a learned column, and puts a column in', () => {
    const all = toggleCell(design(), registry, PATH, '*', 'x');
    expect(all.learn).toEqual(['s.particles.*.x']);
    const without = toggleCell(all, registry, PATH, 1, 'x');
    expect(learned(without)).toEqual(['s.particles.0.x', 's.particles.2.x']);
    expect(toggleCell(without, registry, PATH, '*', 'x').learn).toEqual(['s.particles.*.x']);
    expect(toggleCell(all, registry, PATH, '*', 'x').learn).toEqual([]);
    // The radius of the third row is that of its group.
    expect(toggleCell(design(), registry, PATH, 2, 'radius').learn).toEqual(['s.particles.0.radius']);
    expect(toggleCell(design(['s.particles.2.radius']), registry, PATH, 0, 'radius').learn).toEqual([]);
  });

  it('stays with the numbers of rows that are replaced, as far as there are any', () => {
    const next = replaceRows(design(['s.particles.1.x', 's.particles.2.x']), registry, PATH, [
      {},
      { x: 5e-6 },
    ]);
    expect(learned(next)).toEqual(['s.particles.1.x']);
    expect(() => replaceRows(next, registry, PATH, [])).toThrow('takes 1 to 20 spheres, not 0');
  });
});

it('says by name what is no table', () => {
  const other = createDesign([node('ball', 'sphere', {})], []);
  expect(() => addRows(other, registry, 'ball.refractiveIndex', [{}])).toThrow(
    /^[A-Z][^.]* of .* is not a table\.$/,
  );
});
