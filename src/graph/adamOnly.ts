/** Which fits only Adam can do. */

import { ROBUST_KINDS } from '../optics/robust.ts';
import type { Design } from './document.ts';
import { DEFAULT_FIT_OPTIONS, type FitOptions } from './fitOptions.ts';
import { learnableMaps } from './maps.ts';
import { isComparison, objectiveOf } from './objective.ts';
import { nodeName, type Registry } from './registry.ts';

/** Measures that Levenberg-Marquardt can take apart into residuals. */
const RESIDUALS: readonly unknown[] = [undefined, 'leastSquares', 'poisson', 'amplitude', ...ROBUST_KINDS];

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
  return hasResiduals(design, registry) ? null : 'The measure of the comparison is no sum of squares';
}

/** Whether what is made small is, but for penalties, a sum over pixels of what their residuals say. */
export function hasResiduals(design: Design, registry: Registry): boolean {
  const objective = objectiveOf(design, registry);
  return (
    objective !== null && isComparison(objective.spec) && RESIDUALS.includes(objective.node.params['kind'])
  );
}

/** Whether all that is learned is one map and what becomes small compares with a target: projections turn phases. */
export function canProject(design: Design, registry: Registry): boolean {
  const [map, ...others] = learnableMaps(design, registry);
  const objective = objectiveOf(design, registry);
  const isAlone = map !== undefined && others.length === 0 && design.learn.every((path) => path === map.path);
  return isAlone && objective !== null && isComparison(objective.spec);
}

/** Adam's rate where the way is rough: long steps get past what short ones settle in. */
const LONG_STEPS = 1;

/** The options with a method that the design allows; where none is asked for, the one that goes deepest there. */
export function suitable(options: FitOptions, design: Design, registry: Registry): FitOptions {
  const { method } = options;
  if (method === 'levenbergMarquardt' && onlyAdam(design, registry) !== null)
    return { ...options, ...deepest(options, design, registry) };
  if (method === 'gaussNewton' && !hasResiduals(design, registry)) return { ...options, method: 'lbfgs' };
  if (method === 'projection' && !canProject(design, registry))
    return { ...options, ...deepest(options, design, registry) };
  return options;
}

/**
 * Where Levenberg and Marquardt's method does not apply, by what is made small and by what is learned: the table of
 * defaults in docs/optimisers.md is its reason.
 */
function deepest(
  { learningRate }: FitOptions,
  design: Design,
  registry: Registry,
): Pick<FitOptions, 'method' | 'learningRate'> {
  // Who sets a rate wants the method that has one.
  if (learningRate !== DEFAULT_FIT_OPTIONS.learningRate) return { method: 'adam', learningRate };
  const maps = learnableMaps(design, registry);
  const objective = objectiveOf(design, registry);
  const isLikeness = objective !== null && isComparison(objective.spec) && !hasResiduals(design, registry);
  const isRough =
    maps.some(({ spec }) => spec.rounded === true) ||
    (maps.length > 0 && isLikeness) ||
    (maps.length === 0 && objective?.spec.rugged === true);
  if (isRough) return { method: 'adam', learningRate: LONG_STEPS };
  return { method: isLikeness ? 'adam' : 'lbfgs', learningRate };
}
