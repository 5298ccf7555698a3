import { describe, expect, it } from 'vitest';
import { choleskySolve } from '../../optics/maths/linearAlgebra.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { brightnessShift } from './brightness.ts';

const SAMPLES = 30;

/** Normal equations of `columns` for a residual: descent Jᵀr, curvature JᵀJ. */
function equations(columns: readonly (readonly number[])[], residual: readonly number[]) {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0);
  return {
    merit: 0,
    descent: Float64Array.from(columns, (column) => dot(column, residual)),
    curvature: Float64Array.from(columns.flatMap((a) => columns.map((b) => dot(a, b)))),
  };
}

function solved({ curvature, descent }: ReturnType<typeof equations>): Float64Array {
  const result = choleskySolve(curvature, descent, descent.length);
  if (!result.ok) throw new Error('The columns are not independent.');
  return result.solution;
}

describe('a free brightness', () => {
  const random = new SeededRandom(5);
  const column = () => Array.from({ length: SAMPLES }, () => random.normal());
  const model = Array.from({ length: SAMPLES }, () => 1 + 0.3 * random.normal());
  const columns = [column(), column(), column()];
  const data = column();

  it('moves a linear model by as much as fitting it with the brightness does', () => {
    // The minimum with the brightness fixed, and the residual that it leaves.
    const at = solved(equations(columns, data));
    const left = data.map((d, k) => d - columns.reduce((sum, c, i) => sum + (c[k] ?? 0) * (at[i] ?? 0), 0));
    const freed = solved(equations([...columns, model], data));
    const shift = brightnessShift(equations([...columns, model], left), 3);
    // Float64 solutions of well-conditioned equations.
    expect(shift?.change).toBeCloseTo(freed[3] ?? Number.NaN, 10);
    for (let i = 0; i < 3; i++)
      expect(shift?.shifts[i]).toBeCloseTo((freed[i] ?? Number.NaN) - (at[i] ?? 0), 10);
  });

  it('is not asked for where a parameter is the brightness', () => {
    expect(brightnessShift(equations([...columns, model, model.map((m) => 2 * m)], data), 4)).toBeNull();
  });
});
