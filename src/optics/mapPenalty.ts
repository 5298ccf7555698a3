/** What a map should rather not be: a number that the comparison adds to the loss. */
import type { ChoiceParam, QuantityParam } from './element.ts';
import type { Ops, Real } from './ops/ops.ts';
import { planeShape } from './sampledGrid.ts';
import type { ScalarValue } from './values.ts';

const NAMES = ['none', 'smooth', 'variation', 'small', 'binary'] as const;

const PENALTY: ChoiceParam = {
  kind: 'choice',
  title: 'Penalty',
  doc: 'What the second output tells, for the penalty input of “Compare”: steps between cells squared (smooth) or as they are (total variation, which keeps edges), squares of the values, or a preference for the two ends of the range.',
  default: 'none',
  options: [
    { value: 'none', title: 'None' },
    { value: 'smooth', title: 'Smooth' },
    { value: 'variation', title: 'Total variation' },
    { value: 'small', title: 'Small' },
    { value: 'binary', title: 'Two values' },
  ],
};

const PENALTY_WEIGHT: QuantityParam = {
  kind: 'quantity',
  quantity: 'dimensionless',
  title: 'Penalty weight',
  doc: 'Factor on the mean penalty of a cell.',
  default: 0.01,
  min: 0,
  max: 1e6,
  soft: [1e-6, 1],
  display: '',
  scale: 'log',
  learnable: false,
  step: 0.01,
  when: { param: 'penalty', is: ['smooth', 'variation', 'small', 'binary'] },
};

/** Parameters of an element whose map can be held to a preference. */
export const penaltyParams = { penalty: PENALTY, penaltyWeight: PENALTY_WEIGHT };

/** Steps below this share of the range count as rounded, so that total variation has a derivative. */
const ROUNDED = 1e-3;

/**
 * Weight times the mean penalty over the cells, shape [1]; values count in units of the range's length.
 * @param range values at which the map ends
 */
export function mapPenalty(
  ops: Ops,
  map: Real,
  {
    penalty,
    penaltyWeight,
  }: { readonly penalty: string; readonly penaltyWeight: { readonly value: number } },
  range: readonly [number, number],
): ScalarValue {
  const kind = NAMES.find((each) => each === penalty) ?? 'none';
  const [cells] = planeShape(map);
  const [low, high] = range;
  const upload = (value: number) =>
    ops.constant(`penalty:${value}`, [1], 'real', () => Float64Array.of(value));
  const share = ops.scale(ops.subtract(map, upload(low)), 1 / (high - low));
  const terms = (): Real => {
    switch (kind) {
      case 'none':
        return ops.scale(map, 0);
      case 'smooth':
        return steps(ops, share, cells);
      case 'variation':
        return ops.squareRoot(ops.add(steps(ops, share, cells), upload(ROUNDED ** 2)));
      case 'small': {
        const values = ops.scale(map, 1 / (high - low));
        return ops.multiply(values, values);
      }
      case 'binary':
        return ops.multiply(share, ops.subtract(upload(1), share));
    }
  };
  const weight = kind === 'none' ? 0 : penaltyWeight.value;
  const total = ops.sum(ops.scale(terms(), weight / (cells * cells)), [0, 1]);
  return { kind: 'scalar', samples: ops.reshape(total, [1]) };
}

/** Part of a curvature by the cells of a map: weight · Σ_jk f_j f_k, with 1 for the first of the cells and -1 for the second. */
export interface PenaltyCurvature {
  readonly weight: number;
  readonly cells: readonly [number] | readonly [number, number];
}

/**
 * Second derivatives of the penalty by the cells (row by row), as a sum of squares: those of normal steps or values,
 * whose penalty is a parabola. Null for the others, which no normal distribution describes.
 */
export function penaltyCurvature(
  penalty: string,
  penaltyWeight: number,
  cells: number,
  [low, high]: readonly [number, number],
): readonly PenaltyCurvature[] | null {
  const weight = (2 * penaltyWeight) / (cells * (high - low)) ** 2;
  const all = Array.from({ length: cells * cells }, (_, i) => i);
  switch (penalty) {
    case 'none':
      return [];
    case 'small':
      return all.map((i) => ({ weight, cells: [i] }));
    case 'smooth':
      return all
        .filter((i) => i % cells < cells - 1 && i < cells * (cells - 1))
        .flatMap((i) => [
          { weight, cells: [i, i + 1] as const },
          { weight, cells: [i, i + cells] as const },
        ]);
    default:
      return null;
  }
}

/** Squared steps to the next cells along x and y, 0 in the last row and column: one filter makes ∂x + i ∂y. */
function steps(ops: Ops, map: Real, cells: number): Real {
  const transfer = ops.constant(`penalty:steps:${cells}`, [cells, cells], 'complex', () => {
    const out = new Float64Array(2 * cells * cells);
    const turn = (index: number) => (2 * Math.PI * (index - Math.floor(cells / 2))) / cells;
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        const [x, y] = [turn(column), turn(row)];
        const i = 2 * (row * cells + column);
        // (exp(ix) - 1) + i (exp(iy) - 1)
        out[i] = Math.cos(x) - 1 - Math.sin(y);
        out[i + 1] = Math.sin(x) + Math.cos(y) - 1;
      }
    }
    return out;
  });
  const inside = ops.constant(`penalty:inside:${cells}`, [cells, cells], 'real', () =>
    Float64Array.from({ length: cells * cells }, (_, i) =>
      i % cells < cells - 1 && i < cells * (cells - 1) ? 1 : 0,
    ),
  );
  return ops.multiply(inside, ops.absSquared(ops.filter2(ops.toComplex(map), transfer)));
}
