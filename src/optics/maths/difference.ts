/** Four-point differences of smooth closed forms in float64. */

/** Steps in units in which a form changes much: error h⁴ f⁽⁵⁾/30 and rounding ε/h are both near 1e-12. */
export const DIFFERENCE_STEP = 1e-3;

/** Offsets in steps, and weights over 12 steps. */
const STENCIL = [
  [-2, 1],
  [-1, -8],
  [1, 8],
  [2, -1],
] as const;

/** Calls `visit` with the values of which number `which` is moved: the derivative is the sum of weight times form. */
export function eachMoved(
  values: readonly number[],
  which: number,
  step: number,
  visit: (moved: readonly number[], weight: number) => void,
): void {
  for (const [steps, weight] of STENCIL) {
    const moved = values.map((value, other) => (other === which ? value + steps * step : value));
    visit(moved, weight / (12 * step));
  }
}

/** Derivatives of a form's numbers with respect to value number `which`. */
export function slopesOf(
  form: (values: readonly number[]) => readonly number[],
  values: readonly number[],
  which: number,
  step: number,
): Float64Array {
  const slopes = new Float64Array(form(values).length);
  eachMoved(values, which, step, (moved, weight) => {
    form(moved).forEach((each, i) => {
      slopes[i] = (slopes[i] as number) + weight * each;
    });
  });
  return slopes;
}
