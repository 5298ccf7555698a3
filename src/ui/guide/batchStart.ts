/** Where the fits of a batch begin. React-free. */
import type { Design } from '../../graph/document.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { getAt } from '../../graph/paths.ts';
import type { Registry } from '../../graph/registry.ts';
import { planeCount } from '../../graph/validate.ts';
import { withValues } from '../stores/designValues.ts';
import { contentKey, type FitRecord } from '../stores/fitRecord.ts';

/**
 * Where the fit on screen began: from its end, what the first bead had becomes the start of the others, and a z that has
 * come to rest in focus has no slope to leave it by. What the user has changed or holds since is the user's: a design
 * with other values than those fitted stays as it is, and so does each number that is not learned any more.
 * @param fit the last fit of this document
 */
export function begun(design: Design, registry: Registry, fit: FitRecord | null): Design {
  if (fit === null || fit.key !== contentKey(design)) return design;
  const learned = new Set(
    expandLearnables(design, registry, planeCount(design, registry)).map(({ path }) => path),
  );
  const own = fit.result.parameters.filter(
    ({ path, value }) => learned.has(path) && getAt(design, registry, path) === value,
  );
  return withValues(design, registry, Object.fromEntries(own.map(({ path, start }) => [path, start])));
}
