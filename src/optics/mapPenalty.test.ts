import { expect, it } from 'vitest';
import { mapPenalty } from './mapPenalty.ts';
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
