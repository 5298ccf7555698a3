/** The formulas of exported scripts: Python files of this folder, of which a script gets what it uses. */
import camera from './library/camera.py?raw';
import fields from './library/fields.py?raw';
import light from './library/light.py?raw';
import maps from './library/maps.py?raw';
import masks from './library/masks.py?raw';
import pupils from './library/pupils.py?raw';
import space from './library/space.py?raw';
import spheres from './library/spheres.py?raw';

/** A function or class of the library. */
interface Block {
  readonly name: string;
  readonly text: string;
}

const BLOCKS: readonly Block[] = [light, fields, space, masks, maps, pupils, spheres, camera].flatMap(
  (file) =>
    file
      .trim()
      .split(/\n{3,}/)
      .map((text) => ({ name: /^(?:class|def) (\w+)/m.exec(text)?.[1] ?? '', text })),
);

/** Names that a script's own variables must leave alone. */
export const LIBRARY_NAMES: ReadonlySet<string> = new Set(BLOCKS.map(({ name }) => name));

/** The functions that a text calls, with all that they call in turn, in the library's order. */
export function libraryFor(text: string): string {
  const wanted = new Set<string>();
  const add = (source: string): void => {
    for (const [word] of source.matchAll(/\w+/g)) {
      if (!LIBRARY_NAMES.has(word) || wanted.has(word)) continue;
      wanted.add(word);
      add(BLOCKS.find(({ name }) => name === word)?.text ?? '');
    }
  };
  add(text);
  return BLOCKS.filter(({ name }) => wanted.has(name))
    .map((block) => block.text)
    .join('\n\n\n');
}

/** Where names that the library uses come from. */
const IMPORTS: readonly (readonly [module: string, names: readonly string[]])[] = [
  ['dataclasses', ['dataclass', 'replace']],
  ['math', ['factorial']],
  ['scipy.interpolate', ['CubicSpline']],
  ['scipy.special', ['j0', 'jn', 'spherical_jn', 'spherical_yn']],
];

/** The import lines of a text. */
export function importsOf(text: string): string {
  const words = new Set(text.match(/\w+/g));
  const lines = IMPORTS.flatMap(([module, names]) => {
    const used = names.filter((name) => words.has(name));
    return used.length === 0 ? [] : [`from ${module} import ${used.join(', ')}`];
  });
  const modules = ['base64', 'sys'].filter((name) => words.has(name)).map((name) => `import ${name}`);
  const standard = [...modules, ...lines.filter((line) => !line.includes('scipy'))];
  const others = ['import numpy as np', ...lines.filter((line) => line.includes('scipy'))];
  return `${standard.join('\n')}\n\n${others.join('\n')}`;
}
