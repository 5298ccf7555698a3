import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.ts';
import { FORMAT_VERSION, type Migration, migrate, migrations } from './index.ts';

/** One document before and after each released step, by the version that the step reads. Never edited. */
const EXAMPLES: ReadonlyMap<number, { before: JsonObject; after: JsonObject }> = new Map();

const rename: Migration = {
  from: 1,
  change: 'title is called name',
  up: ({ title, ...rest }) => ({ ...rest, name: title ?? null }),
};
const nest: Migration = {
  from: 2,
  change: 'seed lives in settings',
  up: (document) => {
    // A step may change its copy in place.
    const copy = document as { [key: string]: JsonObject[string] };
    copy['settings'] = { seed: copy['seed'] ?? 0 };
    delete copy['seed'];
    (copy['list'] as number[]).push(3);
    return copy;
  },
};
const old: JsonObject = { format: 'luminode', formatVersion: 1, title: 'T', seed: 5, list: [1, 2] };

describe('migrations', () => {
  it('R4: every version up to the current one has one step, and every step an example that it fulfils', () => {
    const expected = Array.from({ length: FORMAT_VERSION - 1 }, (_, index) => index + 1);
    expect(migrations.map((step) => step.from)).toEqual(expected);
    expect([...EXAMPLES.keys()]).toEqual(expected);
    for (const [from, { before, after }] of EXAMPLES)
      expect(migrate(before, from, migrations, from + 1)).toMatchObject({ ok: true, document: after });
  });

  it('applies the steps in order and leaves the document as it was', () => {
    const text = JSON.stringify(old);
    expect(migrate(old, 1, [nest, rename], 3)).toEqual({
      ok: true,
      document: { format: 'luminode', formatVersion: 3, name: 'T', settings: { seed: 5 }, list: [1, 2, 3] },
      applied: [rename.change, nest.change],
    });
    expect(migrate(old, 2, [nest, rename], 3)).toMatchObject({ ok: true, applied: [nest.change] });
    expect(JSON.stringify(old)).toBe(text);
  });

  it('R5: a failing step changes nothing and names itself', () => {
    const text = JSON.stringify(old);
    const failing: Migration = {
      from: 2,
      change: '',
      up: (document) => {
        (document['list'] as number[]).push(9);
        throw new Error('no grid');
      },
    };
    expect(migrate(old, 1, [rename, failing], 3)).toEqual({ ok: false, from: 2, reason: 'no grid' });
    expect(migrate(old, 1, [rename], 3)).toMatchObject({ ok: false, from: 2 });
    expect(JSON.stringify(old)).toBe(text);
  });
});
