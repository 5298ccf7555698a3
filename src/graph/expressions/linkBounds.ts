/** How far a learned value may go so that what follows it stays within its own range. */
import { NO_OVERRIDES } from '../elementValues.ts';
import { type Link, type Links, linkedScalars, valueProblem } from './links.ts';

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Halvings of a range: down to the rounding of float64. */
const HALVINGS = 80;

/**
 * The part of a range around a value in which all that follows it is legal; the range itself where nothing follows it,
 * or where the value is already beyond. What follows several learned values limits none of them: the limit of each
 * moves with the others, and the fit turns back where values are refused.
 */
export function rangeWithLinks(
  links: Links,
  path: string,
  value: number,
  { min, max }: Range,
  isLearned: (path: string) => boolean,
): Range {
  const following = followersOf(links, path, isLearned);
  if (following.length === 0) return { min, max };
  const isLegal = (x: number): boolean => {
    const scalars = linkedScalars(links, { ...NO_OVERRIDES, values: new Map([[path, x]]) });
    return following.every(
      (link) => valueProblem(link, scalars.get(link.path)?.value ?? Number.NaN) === null,
    );
  };
  if (!isLegal(value)) return { min, max };
  const reach = (end: number): number => {
    if (isLegal(end)) return end;
    let [inside, outside] = [value, end];
    for (let i = 0; i < HALVINGS; i++) {
      const middle = 0.5 * (inside + outside);
      if (isLegal(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return { min: reach(min), max: reach(max) };
}

/** The links that follow this learned value, directly or through others, and no other learned one. */
function followersOf({ links }: Links, path: string, isLearned: (path: string) => boolean): readonly Link[] {
  const learned = new Map<string, ReadonlySet<string>>();
  return links.filter((link) => {
    // Each link stands after those that it needs.
    const found = link.references.flatMap((name) => [
      ...(learned.get(name) ?? (name === path || isLearned(name) ? [name] : [])),
    ]);
    const all = new Set(found);
    learned.set(link.path, all);
    return all.size === 1 && all.has(path);
  });
}
