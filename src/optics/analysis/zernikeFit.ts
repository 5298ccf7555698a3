/** Zernike coefficients of a sampled wavefront by weighted least squares. */
import { choleskySolve } from '../maths/linearAlgebra.ts';
import { zernike } from '../maths/zernike.ts';

export interface WavefrontSamples {
  /** Coordinates in the unit disc. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly values: Float64Array;
  /** Not negative. */
  readonly weights: Float64Array;
}

/**
 * Coefficients of the Noll terms 1 to `terms`, in the unit of the values (RMS over the disc); null where the samples
 * do not tell them apart.
 */
export function fitZernikes({ x, y, values, weights }: WavefrontSamples, terms: number): Float64Array | null {
  const maps = Array.from({ length: terms }, (_, term) =>
    x.map((column, i) => zernike(term + 1, column, y[i] as number)),
  );
  const matrix = new Float64Array(terms * terms);
  const right = new Float64Array(terms);
  const weighted = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (weights[i] as number) * (a[i] as number) * (b[i] as number);
    return sum;
  };
  maps.forEach((map, j) => {
    right[j] = weighted(map, values);
    for (let k = 0; k <= j; k++) {
      const product = weighted(map, maps[k] as Float64Array);
      matrix[j * terms + k] = product;
      matrix[k * terms + j] = product;
    }
  });
  const solved = choleskySolve(matrix, right, terms);
  return solved.ok ? solved.solution : null;
}
