/** What a design run was for, as numbers before and after: goals have no data, so neither errors nor χ². */
import { registry } from '../../graph/catalogue.ts';
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

/** The numbers of all goals at the start and at the end; null where a measured image was compared. */
export async function goalNumbers(
  context: DescentContext,
  point: LearnedPoint,
  end: Float64Array,
): Promise<readonly GoalNumber[] | null> {
  const { plan } = context;
  const goals = plan.order.filter(
    ({ node, spec }) => spec.objective === true && !isComparison(spec) && node.bypassed !== true,
  );
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
    return [{ node, title, before: start / factor, after: value / factor, unit: reading.display }];
  });
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
