import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { examples } from '../src/graph/examples/index.ts';

const page = readFileSync('docs/known-numbers.md', 'utf8');
const [numbers = '', gallery = ''] = page.split('\n## Gallery\n');

/** `path` “title”, “title” …, in this order. */
function namedTests(text: string): { path: string; title: string }[] {
  return [...text.matchAll(/`([^`]+\.test\.ts)`((?:,? “[^”]+”)+)/g)].flatMap(([, path = '', titles = '']) =>
    [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ path, title })),
  );
}

it('every test that the page of known numbers names exists', () => {
  const named = namedTests(page);
  expect(named.length).toBeGreaterThan(100);
  const missing = named.filter(
    ({ path, title }) => !existsSync(path) || !readFileSync(path, 'utf8').includes(`'${title}'`),
  );
  expect(missing).toEqual([]);
});

it('every fact from 1 to 64 and every check from 1 to 28 has a row', () => {
  const rows = [...numbers.matchAll(/^\| (\d+) \| .* \|$/gm)].map(
    ([row, number]) => [Number(number), row] as const,
  );
  const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
  expect(rows.map(([number]) => number)).toEqual([...upTo(64), ...upTo(28)]);
  for (const [, row] of rows) {
    expect(namedTests(row).length > 0 || row.includes('no element for it: '), row).toBe(true);
  }
});

it('the page names all systems of the gallery and no others', () => {
  const text = gallery.replace(/`[^`]+\.test\.ts` “[^”]+”/g, '');
  const named = [...text.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title.replace(/\s+/g, ' '));
  expect([...new Set(named)].sort()).toEqual(examples.map(({ title }) => title).sort());
});
