/** The node that a fit makes small, as the plan has it; errors are sentences for a person. */
import { registry } from '../../graph/catalogue.ts';
import type { Plan } from '../../graph/compile.ts';
import type { DesignNode } from '../../graph/document.ts';
import { findObjective, NOTHING_TO_FIT } from '../../graph/objective.ts';
import { FitProblemError } from './fitProblemError.ts';

/** Where a value comes from. */
export interface Origin {
  readonly node: string;
  readonly port: string;
}

/** Any goal or comparison. */
export function objectiveIn({ design }: Plan): DesignNode {
  const found = findObjective(design, registry);
  if (!found.ok) throw new FitProblemError(found.reason);
  return found.node;
}

/** The comparison of a model with a target, for fits of its residuals. */
export function comparisonIn(plan: Plan): { node: DesignNode; modelFrom: Origin; targetFrom: Origin } {
  const node = objectiveIn(plan);
  const inputs = plan.order.find((each) => each.node.id === node.id)?.inputs;
  const [modelFrom, targetFrom] = [inputs?.get('model'), inputs?.get('target')];
  if (modelFrom === undefined || targetFrom === undefined) throw new FitProblemError(NOTHING_TO_FIT);
  return { node, modelFrom, targetFrom };
}
