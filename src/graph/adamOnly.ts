/** Which fits only Adam can do. */

import { ROBUST_KINDS } from '../optics/robust.ts';
import type { Design } from './document.ts';
import type { FitOptions } from './fitOptions.ts';
import { learnableMaps } from './maps.ts';
import { isComparison, objectiveOf } from './objective.ts';
import { nodeName, type Registry } from './registry.ts';

/** Measures that Levenberg-Marquardt can take apart into residuals. */
const RESIDUALS: readonly unknown[] = [undefined, 'leastSquares', 'poisson', ...ROBUST_KINDS];

/** Why a design can only be fitted with Adam, as the beginning of a sentence; null where it need not. */
export function onlyAdam(design: Design, registry: Registry): string | null {
  const [map] = learnableMaps(design, registry);
  if (map !== undefined) return `“${map.title}” has ${map.cells} × ${map.cells} values`;
  const objective = objectiveOf(design, registry);
  if (objective === null) return null;
  const { node, spec } = objective;
  if (!isComparison(spec)) return `“${nodeName(design, registry, node.id)}” is one number`;
  if (design.edges.some(({ to }) => to.node === node.id && to.port === 'penalty'))
    return 'The comparison has a penalty';
  return RESIDUALS.includes(node.params['kind'])
    ? null
    : 'The measure of the comparison is no sum of squares';
}

/** The options with the method that the design needs, and steps without a search before. */
export function suitable(options: FitOptions, design: Design, registry: Registry): FitOptions {
  if (options.method === 'adam' || onlyAdam(design, registry) === null) return options;
  return { ...options, method: 'adam' };
}
