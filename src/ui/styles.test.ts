import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.tsx'),
);

/** Class names that a component asks of its style sheets, by the helper's local name. */
function usesOf(source: string): { readonly sheet: string; readonly names: readonly string[] }[] {
  const sheets = new Map<string, string>();
  for (const [, name = '', path = ''] of source.matchAll(/^import (\w+) from '(.+\.module\.css)';$/gm))
    sheets.set(name, path);
  return [...source.matchAll(/^const (\w+) = moduleClasses\((\w+)\);$/gm)].map(
    ([, helper = '', styles = '']) => ({
      sheet: sheets.get(styles) ?? '',
      names: [...source.matchAll(new RegExp(`\\b${helper}\\(([^()]*)\\)`, 'g'))].flatMap(([, list = '']) =>
        // What stands beside a comparison or inside an index is a value, not a class.
        [...list.replace(/[=!]==? '[^']*'/g, '').matchAll(/'([^']+)'/g)].map(([, name = '']) => name),
      ),
    }),
  );
}

describe('style sheets', () => {
  const cases = files.flatMap((file) =>
    usesOf(readFileSync(join(root, file), 'utf8')).map((use) => ({ file, ...use })),
  );

  it('are used by components at all', () => {
    expect(cases.length).toBeGreaterThan(15);
  });

  it.each(cases)('$sheet has every class that $file uses', ({ file, sheet, names }) => {
    const css = readFileSync(join(root, dirname(file), sheet), 'utf8');
    const known = new Set([...css.matchAll(/\.([A-Za-z][\w-]*)/g)].map(([, name]) => name));
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });
});
