/** What a design run was for, as numbers before and after: goals have no data, so neither errors nor χ². */
import { registry } from '../../graph/catalogue.ts';
import type { PlanNode } from '../../graph/compile.ts';
import { isComparison } from '../../graph/objective.ts';
import { nodeName } from '../../graph/registry.ts';
import { unitFactor } from '../../optics/units.ts';
import type { Reading } from '../../optics/values.ts';
import { readingsAt } from '../analyses.ts';
import type { GoalNumber } from '../protocol.ts';
import type { DescentContext } from './descentContext.ts';
import type { LearnedPoint } from './learnedPoint.ts';

interface Told {
  readonly node: string;
  readonly reading: Reading;
  readonly value: number;
}

/** Goals that are no comparison with an image, in the order of the plan. */
function goalsIn({ plan }: DescentContext) {
  return plan.order.filter(
    ({ node, spec }) => spec.objective === true && !isComparison(spec) && node.bypassed !== true,
  );
}

/** The numbers of all goals at the start and at the end; null where a measured image was compared. */
export async function goalNumbers(
  context: DescentContext,
  point: LearnedPoint,
  end: Float64Array,
): Promise<readonly GoalNumber[] | null> {
  const { plan } = context;
  const goals = goalsIn(context);
  if (goals.length === 0) return null;
  const ids = goals.map(({ node }) => node.id);
  // A run that is done is not lost for want of room for one more.
  const [before, after] = [
    await numbersAt(context, point, point.start, ids).catch(() => null),
    await numbersAt(context, point, end, ids).catch(() => null),
  ];
  if (before === null || after === null) return null;
  return after.flatMap(({ node, reading, value }, i) => {
    const start = before[i]?.value;
    if (start === undefined) return [];
    const { wavelength } = context;
    const factor = unitFactor(reading.display, reading.quantity, { wavelength }) ?? 1;
    const title =
      goals.length > 1 ? `${nodeName(plan.design, registry, node)}: ${reading.title}` : reading.title;
    // The first number of a goal is the one that something is wanted of.
    const goal = after[i - 1]?.node === node ? undefined : goals.find((each) => each.node.id === node);
    const wanted = goal === undefined ? null : wantedOf(goal, { value, factor, unit: reading.display });
    return [
      {
        ...{ node, title, before: start / factor, after: value / factor, unit: reading.display },
        ...(wanted === null ? {} : { wanted }),
      },
    ];
  });
}

/** A value counts as reached within this part of what counts as 1 (a share's whole, a length's bound): penalties of bounds are rounded as much. */
const REACHED = 2e-3;
const WORDS: Readonly<Record<string, string>> = {
  atLeast: 'at least',
  atMost: 'at most',
  equal: 'exactly',
};

/** Null where as much or as little as possible is wanted. */
export function wantedOf(
  { node, spec }: Pick<PlanNode, 'node' | 'spec'>,
  { value, factor, unit }: { readonly value: number; readonly factor: number; readonly unit: string },
): NonNullable<GoalNumber['wanted']> | null {
  const [want, bound] = [spec.params['want'], spec.params['bound']];
  if (want?.kind !== 'choice' || bound?.kind !== 'quantity') return null;
  const wish = String(node.params['want'] ?? want.default);
  const words = WORDS[wish];
  if (words === undefined) return null;
  const limit = Number(node.params['bound'] ?? bound.default);
  const slack = REACHED * (bound.quantity === 'length' ? Math.abs(limit) : 1);
  const isEnough = wish === 'atMost' || value >= limit - slack;
  const isLittle = wish === 'atLeast' || value <= limit + slack;
  const text = `${words} ${Number((limit / factor).toPrecision(4))} ${unit}`.trimEnd();
  return { text, isMet: isEnough && isLittle };
}

/** The first number of each goal as it is shown, and how to tell them elsewhere. */
export interface GoalReadings {
  readonly first: readonly {
    readonly title: string;
    readonly isShare: boolean;
    readonly unit: string;
    readonly before: number;
    readonly after: number;
  }[];
  /** In the order of `first`. */
  readonly at: (point: Float64Array) => Promise<readonly number[]>;
}

export async function goalReadings(
  context: DescentContext,
  point: LearnedPoint,
  end: Float64Array,
): Promise<GoalReadings> {
  const ids = goalsIn(context).map(({ node }) => node.id);
  const firstAt = async (where: Float64Array) => {
    const told = await numbersAt(context, point, where, ids);
    return ids.flatMap((id) => told.find(({ node }) => node === id) ?? []);
  };
  const [before, after] = [await firstAt(point.start), await firstAt(end)];
  const shown = ({ reading: { display, quantity }, value }: Told) =>
    value / (unitFactor(display, quantity, { wavelength: context.wavelength }) ?? 1);
  return {
    first: after.map((told, i) => ({
      title: told.reading.title,
      isShare: told.reading.isShare === true,
      unit: told.reading.display,
      before: shown(before[i] ?? told),
      after: shown(told),
    })),
    at: async (where) => (await firstAt(where)).map(shown),
  };
}

async function numbersAt(
  { runner, plan }: DescentContext,
  point: LearnedPoint,
  at: Float64Array,
  ids: readonly string[],
): Promise<readonly Told[]> {
  const { ops } = runner;
  const scope = ops.open();
  try {
    const maps = new Map(
      point
        .mapStarts(at)
        .map(({ path, values, shape }) => [path, ops.upload(values, shape, 'real')] as const),
    );
    const results = runner.run(
      plan,
      { ...point.overridesAt(at), slots: new Map(), maps },
      'value',
      new Set(ids),
    );
    const readings = ids.flatMap((node) => readingsAt(results, node).map((reading) => ({ node, reading })));
    const read = await ops.read(readings.map(({ reading }) => reading.samples));
    return readings.map((each, i) => ({ ...each, value: read[i]?.[0] ?? Number.NaN }));
  } finally {
    ops.close(scope);
  }
}
