/** How a fit ended, in the result and in words. */

import type { FitResult } from '../protocol.ts';
import type { DescentContext } from './descentContext.ts';
import { objectiveIn } from './fitObjective.ts';
import { FitProblemError } from './fitProblemError.ts';
import { LearnedPoint } from './learnedPoint.ts';
import { firstNotFinite, notFiniteSentence, turnedBackSentence } from './notFinite.ts';
import type { DescentEnding } from './optimisers/descend.ts';

export interface EndedFit {
  readonly ending: DescentEnding;
  readonly good: Float64Array;
  /** The latest point that was tried without a finite loss; null where all had one. */
  readonly failed: Float64Array | null;
  readonly hasLoss: (point: Float64Array) => Promise<boolean>;
}

/** The result with how it ended and, where numbers stopped being finite or grew beyond measure, a sentence about that. */
export async function explained(
  context: DescentContext,
  result: FitResult,
  { ending, good, failed, hasLoss }: EndedFit,
): Promise<FitResult> {
  const told = { ...result, ending };
  if (ending === 'diverged') return { ...told, warnings: [DIVERGED, ...result.warnings] };
  if (failed === null || ending === 'stopped') return told;
  const point = new LearnedPoint(context, context.runner.images);
  const node = await notFiniteAt(context, point, failed);
  const say = ending === 'notFinite' ? notFiniteSentence : turnedBackSentence;
  const sentence = await say(context.plan, node, { varied: point.varied(), good, bad: failed, hasLoss });
  return { ...told, warnings: [sentence, ...result.warnings] };
}

/** The refusal of a start without a finite loss. */
export async function notFiniteStart(context: DescentContext, start: Float64Array): Promise<FitProblemError> {
  const point = new LearnedPoint(context, context.runner.images);
  const node = await notFiniteAt(context, point, start);
  const say = await notFiniteSentence(context.plan, node, null);
  return new FitProblemError(`The model is not finite at the start values: ${say}`);
}

function notFiniteAt(context: DescentContext, point: LearnedPoint, at: Float64Array) {
  const { runner, plan } = context;
  const overrides = { ...point.overridesAt(at), slots: new Map() };
  return firstNotFinite(runner, plan, objectiveIn(plan).id, overrides, point.mapStarts(at));
}

const DIVERGED =
  'The loss grew more than a thousandfold: the learning rate is too high. The values are those of the least loss; take a tenth of the rate, or another method.';
