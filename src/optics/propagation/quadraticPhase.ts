import { foldedSide, unfold } from '../evenSamples.ts';
import type { Ops, Real } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';

/**
 * curvature · (column² + row²), orders counted from floor(n/2): lenses, chirps and Fresnel's transfer function, [n, n],
 * in radians reduced to one turn around zero in float64.
 */
export function quadraticPhase(ops: Ops, n: number, curvature: Scalar): Real {
  return ops.hostMap(
    [curvature],
    [n, n],
    'real',
    ([perOrder = 0], wanted) => {
      const side = foldedSide(n);
      const value = new Float64Array(side * side);
      const slope = wanted[0] === true ? new Float64Array(side * side) : undefined;
      for (let row = 0; row < side; row++) {
        for (let column = 0; column <= row; column++) {
          const i = row * side + column;
          const square = row * row + column * column;
          const turns = (perOrder / (2 * Math.PI)) * square;
          value[i] = 2 * Math.PI * (turns - Math.round(turns));
          if (slope !== undefined) slope[i] = square;
        }
      }
      return { value: unfold(value, n, 1), partials: [slope && unfold(slope, n, 1)] };
    },
    'quadraticPhase',
  );
}
