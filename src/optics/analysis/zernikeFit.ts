/** Zernike coefficients of a sampled wavefront by weighted least squares. */
import { choleskySolve } from '../maths/linearAlgebra.ts';
import { zernikeAt } from '../maths/zernike.ts';

export interface WavefrontSamples {
  /** Coordinates in the unit disc. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly values: Float64Array;
  /** Not negative. */
  readonly weights: Float64Array;
}

interface Basis {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** From Noll's term 1. */
  readonly maps: readonly Float64Array[];
}

/** More samples than this are not worth the memory of a basis for the next time. */
const MOST_REMEMBERED = 128 * 128;

/** The last basis: while a slider moves, a wavefront is fitted again and again at the same places. */
let remembered: Basis = { x: new Float64Array(), y: new Float64Array(), maps: [] };

function basisAt(x: Float64Array, y: Float64Array, terms: number): readonly Float64Array[] {
  const known = sameNumbers(x, remembered.x) && sameNumbers(y, remembered.y) ? remembered.maps : [];
  const maps = Array.from({ length: terms }, (_, term) => known[term] ?? zernikeAt(term + 1, x, y));
  if (x.length <= MOST_REMEMBERED && terms > known.length) remembered = { x, y, maps };
  return maps;
}

const sameNumbers = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/**
 * Coefficients of the Noll terms 1 to `terms`, in the unit of the values (RMS over the disc); null where the samples
 * do not tell them apart.
 */
export function fitZernikes({ x, y, values, weights }: WavefrontSamples, terms: number): Float64Array | null {
  const maps = basisAt(x, y, terms);
  const matrix = new Float64Array(terms * terms);
  const right = new Float64Array(terms);
  maps.forEach((map, j) => {
    const weighted = map.map((each, i) => each * (weights[i] as number));
    right[j] = dot(weighted, values);
    for (let k = 0; k <= j; k++) {
      const product = dot(weighted, maps[k] as Float64Array);
      matrix[j * terms + k] = product;
      matrix[k * terms + j] = product;
    }
  });
  const solved = choleskySolve(matrix, right, terms);
  return solved.ok ? solved.solution : null;
}
