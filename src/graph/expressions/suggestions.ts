/** What can be typed next in an expression: names of values of the design, and functions. */
import type { Design } from '../document.ts';
import { formatParam, isTerms } from '../format.ts';
import { describePath, quantityAt } from '../paths.ts';
import { nodeName, paramValue, type Registry, shownParams } from '../registry.ts';
import { dimensionOf, NUMBER, sameDimension } from './dimensions.ts';
import { FUNCTIONS } from './evaluate.ts';
import { pathText } from './rewrite.ts';

export interface Suggestion {
  /** What stands in the expression. */
  readonly text: string;
  /** What it is, for people. */
  readonly title: string;
}

const MOST = 6;

/** The end of a text that is a name not yet complete. */
function unfinished(text: string): string {
  return /(?:"[^"]*"?|[\p{L}_][\p{L}\d_]*)(?:\.[\p{L}\d_]*)*$/u.exec(text)?.[0] ?? '';
}

/** A text with the name at its end completed. */
export function completed(text: string, { text: name }: Suggestion): string {
  return text.slice(0, text.length - unfinished(text).length) + name;
}

/**
 * Names that fit to the end of a text: those of the same parameter first, then of what has the same unit.
 * @param path of the value that is to follow; it and what already stands there whole are left out
 */
export function suggestions(
  design: Design,
  registry: Registry,
  path: string,
  text: string,
): readonly Suggestion[] {
  const word = unfinished(text).toLowerCase();
  // After a number or a bracket comes an operator, not a name.
  if (word === '' && /[\d).°%µ]\s*$/.test(text)) return [];
  const all = valueNames(design, registry, path).filter((name) => name.path !== path);
  const functions = FUNCTIONS.map((name) => ({ text: `${name}(`, title: 'Function', path: '', rank: 4 }));
  const known = [...all, ...functions];
  const fits = known.filter(({ text: name, title }) => {
    const plain = name.replaceAll('"', '').toLowerCase();
    const wanted = word.replaceAll('"', '');
    return (
      plain !== wanted &&
      (plain.includes(wanted) || (wanted.length > 2 && title.toLowerCase().includes(wanted)))
    );
  });
  const begins = (name: string) => (name.toLowerCase().startsWith(word) ? 0 : 1);
  return fits
    .toSorted((a, b) => begins(a.text) - begins(b.text) || a.rank - b.rank)
    .slice(0, MOST)
    .map(({ text: name, title }) => ({ text: name, title }));
}

function valueNames(design: Design, registry: Registry, path: string) {
  const target = describePath(design, registry, path);
  const own = target.ok ? (target.cell?.column ?? target.param) : '';
  const quantity = target.ok ? (quantityAt(target)?.quantity ?? 'length') : 'dimensionless';
  const wanted = dimensionOf(quantity);
  const names = design.nodes.flatMap((node) => {
    const element = registry.get(node.type);
    if (element === undefined) return [];
    return shownParams(node, element).flatMap((param) => {
      const spec = element.params[param];
      const value = paramValue(node, registry, param);
      const title = `${spec?.title} of ${nodeName(design, registry, node.id)}`;
      if (spec === undefined || value === undefined) return [];
      if (spec.kind === 'zernike' && isTerms(value))
        return Object.keys(value).map((term) =>
          named(`${node.id}.${param}.${term}`, `Z${term}, ${title}`, 3),
        );
      if ((spec.kind !== 'quantity' && spec.kind !== 'integer') || typeof value !== 'number') return [];
      const dimension = spec.kind === 'quantity' ? dimensionOf(spec.quantity) : NUMBER;
      const rank = stem(param) === stem(own) ? 0 : sameDimension(dimension, wanted) ? 1 : 3;
      return [named(`${node.id}.${param}`, `${title}, ${formatParam(spec, value)}`, rank)];
    });
  });
  const isLength = sameDimension(wanted, dimensionOf('length'));
  return [
    ...names,
    { text: 'lambda', title: 'Wavelength of the light here', path: '', rank: isLength ? 2 : 3 },
  ];
}

/** `focalLength2` is of the same kind as `focalLength`. */
function stem(param: string): string {
  return param.replace(/\d+$/, '');
}

function named(path: string, title: string, rank: number) {
  return { text: pathText(path), title, path, rank };
}
