/** Names the node whose values stopped being numbers, and the value that moved there. */
import { registry } from '../../graph/catalogue.ts';
import type { Plan } from '../../graph/compile.ts';
import type { GraphRunner, ParameterOverrides } from '../../graph/execute.ts';
import { nodeName } from '../../graph/registry.ts';
import type { Ops } from '../../optics/ops/ops.ts';
import { constantScalar } from '../../optics/ops/scalar.ts';
import type { Tensor } from '../../optics/ops/tensor.ts';
import type { PortValue, PupilGrid } from '../../optics/values.ts';
import type { MapStart } from './portionedRuns.ts';

/** What a fit varies, for this purpose: numbers with their names, and maps at their place in the point. */
export interface Varied {
  readonly title: string;
  readonly first: number;
  readonly count: number;
}

/** Values that are tried alone, beginning with those that moved most. */
const MOST_TRIALS = 8;

/** A node without finite numbers. */
interface Culprit {
  readonly node: string;
  /** Why its element refuses the values; null where it gives what are no numbers. */
  readonly refusal: string | null;
}

/** The first node in the plan's order that gives no finite numbers; null where all that the end needs do. */
export async function firstNotFinite(
  runner: GraphRunner,
  plan: Plan,
  end: string,
  given: ParameterOverrides,
  maps: readonly MapStart[],
): Promise<Culprit | null> {
  const { ops } = runner;
  const scope = ops.open();
  try {
    const made = maps.map(({ path, values, shape }) => [path, ops.upload(values, shape, 'real')] as const);
    const results = runner.run(plan, { ...given, maps: new Map(made) }, 'value', new Set([end]));
    for (const { node } of plan.order) {
      const issue = results.get(node.id)?.issues.find(({ severity }) => severity === 'error');
      if (issue !== undefined) return { node: node.id, refusal: issue.message };
      const outputs = Object.values(results.get(node.id)?.outputs ?? {});
      const arrays = outputs.flatMap((value) => samplesOf(ops, value)).map(({ array }) => array);
      const read = await ops.kernels.readMany(arrays);
      const isGood = read.every((values) => Array.prototype.every.call(values, Number.isFinite));
      if (!isGood) return { node: node.id, refusal: null };
    }
    return null;
  } finally {
    ops.close(scope);
  }
}

/** The numbers that travel; of light between an object and its pupil, which is a formula, a coarse sample of them. */
function samplesOf(ops: Ops, value: PortValue): readonly Tensor[] {
  const parts = value.kind === 'polychromatic' ? value.channels : [value];
  return parts.map((part) =>
    part.kind === 'farField'
      ? part.evaluate(ops, COARSE, constantScalar(0.5 * part.refractiveIndex.value))
      : part.samples,
  );
}

const COARSE: PupilGrid = { samples: 16, radius: 7 };

/** Between which points numbers stopped being finite. */
export interface Moved {
  readonly varied: readonly Varied[];
  readonly good: Float64Array;
  readonly bad: Float64Array;
  /** Whether the loss is finite at a point. */
  readonly hasLoss: (point: Float64Array) => Promise<boolean>;
}

/** Where a fit stopped, or, without a move, could not begin. */
export async function notFiniteSentence(
  plan: Plan,
  node: Culprit | null,
  moved: Moved | null,
): Promise<string> {
  const culprit = moved === null ? null : await movedThere(moved);
  const what = whatFailed(plan, node);
  if (moved === null) return `${what}. Check the values of this element and of those before it.`;
  const where = culprit === null ? '' : ` where “${culprit.title}” moved`;
  const range = culprit === null ? 'the ranges of what is learned' : `the range of “${culprit.title}”`;
  return `${what}${where}: the fit stopped there, and the best values of before are kept. Narrow ${range}, or take smaller steps.`;
}

/** What a method met that tries before it steps. */
export async function turnedBackSentence(plan: Plan, node: Culprit | null, moved: Moved): Promise<string> {
  const culprit = await movedThere(moved);
  const where = culprit === null ? '' : ` where “${culprit.title}” would move further`;
  return `${whatFailed(plan, node)}${where}: the fit turned back there.`;
}

function whatFailed(plan: Plan, found: Culprit | null): string {
  if (found === null) return 'The slope of the loss is not a number';
  const name = nodeName(plan.design, registry, found.node);
  if (found.refusal === null) return `“${name}” gives values that are not numbers`;
  return `“${name}” refuses its values (${found.refusal.replace(/\.$/, '')})`;
}

/** What alone leads from the good point to one without a finite loss, or else what moved most; null where none moved. */
async function movedThere({ varied, good, bad, hasLoss }: Moved): Promise<Varied | null> {
  const distance = ({ first, count }: Varied) => {
    let most = 0;
    for (let i = first; i < first + count; i++)
      most = Math.max(most, Math.abs((bad[i] as number) - (good[i] as number)));
    return Number.isNaN(most) ? Number.POSITIVE_INFINITY : most;
  };
  const sorted = varied
    .map((each) => ({ each, by: distance(each) }))
    .filter(({ by }) => by > 0)
    .sort((a, b) => b.by - a.by)
    .map(({ each }) => each);
  for (const each of sorted.slice(0, MOST_TRIALS)) {
    const { first, count } = each;
    const alone = good.slice();
    alone.set(bad.subarray(first, first + count), first);
    if (!(await hasLoss(alone))) return each;
  }
  return sorted[0] ?? null;
}
