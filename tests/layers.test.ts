import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../scripts/environment.mjs';
import { filesUnder } from '../scripts/freshness.mjs';
import { checkSources, isAssemblyScript, layers } from './layers.ts';
import { lawful, plantedFaults } from './planted-faults.ts';

describe('the checker of the house rules', () => {
  it('finds nothing in a lawful project', () => {
    const result = checkSources(lawful);
    expect(result.violations).toEqual([]);
    // Thirteen files, of which one is a stylesheet and one AssemblyScript.
    expect(result.files).toBe(11);
    expect(result.imports).toBe(20);
  });

  it.each(plantedFaults)('reports $fault', ({ file, plant, rule }) => {
    const faulty = { ...lawful, [file]: `${plant}\n${lawful[file] ?? ''}` };
    const rules = checkSources(faulty).violations.map((violation) => violation.rule);
    expect(rules).toContain(rule);
    // One fault, one kind of report; text that does not parse may be reported in any number.
    expect(new Set(rules).size).toBe(1);
  });

  it('is not misled by comments, strings and names', () => {
    const source = [
      "// import { App } from '../ui/App.tsx';",
      "/* const x: any = eval('1'); */",
      "export const text = \"import x from 'react'; document.body.innerHTML = ': any';\";",
      'export const evaluate = (any: number) => any;',
      '// biome-ignore format: a table',
      'export const pattern = /import\\(|new Function/;',
    ].join('\n');
    expect(checkSources({ ...lawful, 'src/optics/decoy.ts': source }).violations).toEqual([]);
  });
});

describe('src', () => {
  const files = Object.fromEntries(
    filesUnder('src').map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );
  // Counted another way than the files were read, to notice a walk that misses some.
  const onDisk = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .filter((path) => /\.tsx?$/.test(path) && !isAssemblyScript(path));
  const result = checkSources(files);

  it('keeps the rules of the house', () => {
    expect(result.violations.map(({ file, rule, message }) => `${file}: ${rule}: ${message}`)).toEqual([]);
  });

  it('was checked completely', () => {
    expect(result.files).toBe(onDisk.length);
    // Guards against a walk that finds next to nothing and therefore no fault; raise as src grows.
    expect(result.files).toBeGreaterThan(5);
  });

  it('allows only packages that package.json declares', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const declared = Object.keys(manifest.dependencies);
    const allowed = layers.flatMap((layer) => layer.packages);
    const undeclared = allowed.filter(
      (each) => !declared.some((name) => each === name || each.startsWith(`${name}/`)),
    );
    expect(undeclared).toEqual([]);
  });
});
