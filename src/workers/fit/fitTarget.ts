/** The target image of a fit: read from a run of the design, whole or in portions. */
import { type Plan, upstream } from '../../graph/compile.ts';
import type { DesignNode } from '../../graph/document.ts';
import {
  type GraphRunner,
  NO_OVERRIDES,
  type ParameterOverrides,
  type RunResult,
} from '../../graph/execute.ts';
import { sizeOf } from '../../optics/ops/kernels.ts';
import { comparedNoise, ROBUST_KINDS } from '../../optics/robust.ts';
import type { Image, Normalization } from '../../optics/values.ts';
import type { Origin } from './fitObjective.ts';
import { FitProblemError } from './fitProblemError.ts';
import { measureNamed, PixelMeasure } from './measures.ts';
import { PortionedRuns } from './portionedRuns.ts';

export interface TargetImage {
  readonly data: Float64Array | Float32Array;
  readonly mask: Float64Array | Float32Array | null;
  readonly shape: readonly number[];
  readonly normalization: Normalization;
}

/** Whether a detector sees the image anew in each run. */
export function isLive(plan: Plan, node: string): boolean {
  const before = upstream(plan, new Set([node]));
  return plan.order.some(({ node: { id }, spec }) => before.has(id) && spec.addsUp === true);
}

export function targetOf(results: RunResult, { node, port }: Origin): Image {
  const target = results.get(node)?.outputs[port];
  if (target?.kind !== 'image') throw new FitProblemError('The “Compare” element has no target image.');
  return target;
}

/** What the “Compare” element makes small. */
export function measureOf({ kind, noise }: DesignNode['params'], model: Image, target: Image): PixelMeasure {
  const measure = measureNamed(kind);
  const isRobust = ROBUST_KINDS.some((each) => each === measure);
  const entered = typeof noise === 'number' ? noise : 0;
  return new PixelMeasure(measure, isRobust ? comparedNoise(entered, model, target) : 0);
}

/** A target that is run as a whole, where it was not yet. */
export async function givenTarget(
  runner: GraphRunner,
  plan: Plan,
  from: Origin,
  known: RunResult | null,
): Promise<TargetImage> {
  const results = known ?? runner.run(plan, NO_OVERRIDES, 'value', new Set([from.node]));
  const { samples, mask, normalization } = targetOf(results, from);
  const [data, counted] = await runner.ops.read(mask === null ? [samples] : [samples, mask]);
  if (data === undefined) throw new FitProblemError('The target image could not be read.');
  return { data, mask: counted ?? null, shape: samples.shape, normalization };
}

/** A target that a detector sees of light that does not fit into memory as a whole; `part` of it does. */
export async function liveTarget(
  runner: GraphRunner,
  plan: Plan,
  from: Origin,
  lossId: string,
  part: ParameterOverrides,
): Promise<TargetImage> {
  const { shape: seen } = targetOf(runner.run(plan, part, 'value', new Set([from.node])), from).samples;
  const { planes } = part;
  const size = sizeOf(seen) * (planes && seen.length > 2 ? planes.total / planes.count : 1);
  const runs = new PortionedRuns(runner, plan, from, lossId);
  try {
    const { image, shape, model } = await runs.image(NO_OVERRIDES, 'value', size);
    return { data: model, mask: null, shape, normalization: image.normalization };
  } finally {
    runs.release();
  }
}
