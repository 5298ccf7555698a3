import { expect, it } from 'vitest';
import { mapPenalty, penaltyCurvature } from './mapPenalty.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';

/** Of a range from -2 to 2. */
const MAP = Float64Array.of(-2, 0, 2, 1, 1, 1, 2, -1, 0);
/** Steps to the right and down from the four cells that have both, in ranges: (0.5, 0.75), (0.5, 0.25), (0, 0.25), (0, -0.5). */
const STEPS = [0.25 + 0.5625, 0.25 + 0.0625, 0.0625, 0.25];
const sum = (terms: readonly number[]) => terms.reduce((a, b) => a + b, 0);

it.each([
  ['none', 0],
  ['smooth', sum(STEPS)],
  // Rounded below a thousandth of the range: in the five cells of the last row and column nothing but that is left.
  ['variation', sum(STEPS.map((square) => Math.sqrt(square + 1e-6))) + 5e-3],
  ['small', sum([...MAP].map((value) => (value / 4) ** 2))],
  ['binary', sum([...MAP].map((value) => (value + 2) / 4).map((share) => share * (1 - share)))],
])('the penalty “%s” is the mean of its terms times its weight', async (penalty, expected) => {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const map = ops.upload(MAP, [3, 3], 'real');
  const { samples } = mapPenalty(ops, map, { penalty, penaltyWeight: { value: 0.7 } }, [-2, 2]);
  const [[found] = []] = await ops.read([samples]);
  ops.close(scope);
  expect(found).toBeCloseTo((0.7 * expected) / 9, 12);
});

it.each(['none', 'smooth', 'small'])(
  'the curvature of “%s” is twice what a step adds to it',
  async (penalty) => {
    const ops = new Ops(createFloat64Kernels());
    const range = [-2, 2] as const;
    const penaltyOf = async (cells: Float64Array) => {
      const scope = ops.open();
      const map = ops.upload(cells, [3, 3], 'real');
      const { samples } = mapPenalty(ops, map, { penalty, penaltyWeight: { value: 0.7 } }, range);
      const [[found] = []] = await ops.read([samples]);
      ops.close(scope);
      return found ?? Number.NaN;
    };
    // A parabola: f(step) + f(-step) - 2 f(0) is the second derivative, whatever the step, but for rounding.
    const step = Float64Array.of(0.3, -0.2, 0.1, 0.5, 0, -0.4, 0.2, 0.1, -0.3);
    const at = (sign: number) => penaltyOf(MAP.map((x, i) => x + sign * (step[i] ?? 0)));
    const along = (await at(1)) + (await at(-1)) - 2 * (await at(0));
    const terms = penaltyCurvature(penalty, 0.7, 3, range) ?? [];
    const told = terms.map(
      ({ weight, cells: [one, other] }) =>
        weight * ((step[one] ?? 0) - (other === undefined ? 0 : (step[other] ?? 0))) ** 2,
    );
    expect(sum(told)).toBeCloseTo(along, 12);
  },
);

it.each(['variation', 'binary'])('“%s” has no normal distribution', (penalty) => {
  expect(penaltyCurvature(penalty, 1, 3, [-2, 2])).toBeNull();
});
