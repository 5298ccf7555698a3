/** A design before there are data: its own image without noise stands for them. */
import { registry } from '../../graph/catalogue.ts';
import { type Plan, upstream } from '../../graph/compile.ts';
import { type GraphRunner, NO_OVERRIDES } from '../../graph/execute.ts';
import { portion } from '../../graph/memory.ts';
import { findObjective, isComparison } from '../../graph/objective.ts';
import { likelihoodProblem } from '../../optics/comparison.ts';
import type { Origin } from './fitObjective.ts';
import type { FitParameter } from './fitParts.ts';
import { FitProblem } from './fitProblem.ts';
import { FitProblemError } from './fitProblemError.ts';
import { liveTarget, targetOf } from './fitTarget.ts';
import { PixelMeasure } from './measures.ts';
import { refuse } from './portionedRuns.ts';

/**
 * The comparison of the design with its own noise-free image at the values it has, or, where nothing is compared, of
 * its last camera: by photon statistics where they are known, by squares otherwise.
 * @throws FitProblemError with a sentence where no camera sees what is learned
 */
export async function expectedProblem(
  runner: GraphRunner,
  plan: Plan,
  parameters: readonly FitParameter[],
): Promise<FitProblem> {
  const found = findObjective(plan.design, registry);
  if (found.ok && isComparison(found.spec)) {
    const problem = await FitProblem.create(runner, plan, parameters);
    return problem.retargeted(await problem.model(new Float64Array(parameters.length)), null);
  }
  return ofCamera(runner, plan, parameters, lastCamera(plan, parameters));
}

async function ofCamera(
  runner: GraphRunner,
  plan: Plan,
  parameters: readonly FitParameter[],
  from: Origin,
): Promise<FitProblem> {
  const run = { plan, images: runner.images, kernels: runner.ops.kernels, overrides: NO_OVERRIDES };
  const only = new Set([from.node]);
  const { planes, shares } = await portion({ ...run, mode: 'value', only });
  const part = { ...NO_OVERRIDES, planes: planes[0] ?? null, share: shares[0] ?? null };
  const first = runner.run(plan, part, 'value', only);
  refuse(first, plan);
  const { unit, noise } = targetOf(first, from);
  const image = await liveTarget(runner, plan, from, from.node, part);
  const isPhotons = unit === 'counts' && likelihoodProblem(noise) === null;
  const measure = new PixelMeasure(isPhotons ? 'poisson' : 'leastSquares', 0);
  return FitProblem.of(runner, plan, parameters, from, { ...image, measure, every: 1 });
}

/** The camera behind most of what is learned; the last one of several. */
function lastCamera(plan: Plan, parameters: readonly FitParameter[]): Origin {
  const ids = parameters.map(({ path }) => path.split('.')[0] ?? '');
  const cameras = plan.order
    .filter(({ node, spec }) => spec.type === 'camera' && node.bypassed !== true)
    .map(({ node }) => {
      const before = upstream(plan, new Set([node.id]));
      return { id: node.id, seen: ids.filter((id) => before.has(id)).length };
    });
  const most = Math.max(0, ...cameras.map(({ seen }) => seen));
  const camera = cameras.findLast(({ seen }) => seen === most && seen > 0);
  if (camera === undefined)
    throw new FitProblemError('No camera sees what is learned: connect the light to a camera.');
  return { node: camera.id, port: 'out' };
}
