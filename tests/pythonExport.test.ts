/** Exported scripts: the record of what they gave, and the list of what they cover. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../scripts/environment.mjs';
import { registry } from '../src/graph/catalogue.ts';
import { examples } from '../src/graph/examples/index.ts';
import { EMITTERS } from '../src/graph/python/emitters.ts';
import { pythonScript } from '../src/graph/python/script.ts';

interface Recorded {
  readonly scripts: readonly string[];
  readonly scriptsSha256: string;
  readonly systems: readonly {
    readonly name: string;
    readonly tolerance: number;
    readonly cameras: readonly { readonly id: string; readonly deviation: number }[];
  }[];
  readonly refused: Readonly<Record<string, string>>;
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const record = JSON.parse(read('bench/results/python-export.json')) as Recorded;

describe('the record of exported Python scripts', () => {
  it('is of the library as it is: run node bench/python-export.mjs again after changes', () => {
    const hash = createHash('sha256');
    for (const script of record.scripts) hash.update(read(script));
    expect(hash.digest('hex')).toBe(record.scriptsSha256);
  });

  it('has every image of every script within its tolerance of ours', () => {
    const images = record.systems.flatMap(({ name, tolerance, cameras }) =>
      cameras.map(({ id, deviation }) => ({
        image: `${name}: ${id}`,
        isGood: deviation <= tolerance,
        tolerance,
      })),
    );
    expect(images.filter(({ isGood }) => !isGood)).toEqual([]);
    // Both sides compute in double precision; only splined profiles of spheres may be off by more than rounding.
    for (const { tolerance } of images) expect([1e-9, 2e-6]).toContain(tolerance);
  });

  it('has all systems of the gallery that scripts cover, and of others the reason', () => {
    const known = new Set(record.systems.map(({ name }) => name));
    for (const { id, design } of examples) {
      const script = pythonScript({ design, registry, version: '' });
      // A system that was refused then, or is new and refused, needs no Python to be run again.
      if (script.ok) expect(known, id).toContain(id);
      else expect(record.refused[id] ?? script.reason, id).toBe(script.reason);
    }
  });
});

describe('the list of elements in docs/keeping.md', () => {
  const text = read('docs/keeping.md');
  const list = text.slice(text.indexOf('What scripts cover'), text.indexOf('`node bench/python-export.mjs`'));

  it('names those that scripts cover, and no other', () => {
    // Longer names first: “Spheres” is not “Sphere”.
    const titles = [...registry.values()].sort((a, b) => b.title.length - a.title.length);
    let rest = list;
    const named = titles.filter(({ title }) => {
      const pattern = new RegExp(`(?<![\\w])${title.replace(/[()]/g, '\\$&')}(?![\\w])`);
      const found = pattern.test(rest);
      rest = rest.replace(pattern, '');
      return found;
    });
    expect(named.map(({ type }) => type).sort()).toEqual(Object.keys(EMITTERS).sort());
  });
});
