/** A map without its share of Zernike terms, so that numbers learned beside it alone say what those terms are. */
import type { CellLayout } from './cells.ts';
import { discCoverage } from './maths/disc.ts';
import { choleskySolve } from './maths/linearAlgebra.ts';
import { nollToDegree, zernike } from './maths/zernike.ts';
import type { Complex, Ops, Real } from './ops/ops.ts';
import { ElementProblem } from './problem.ts';
import { planeShape } from './sampledGrid.ts';

/**
 * A map [n, n] less its least-squares projection on the terms Noll 1 to `highest` over the disc that touches the
 * sides of its cells; unchanged for 0. Beyond the disc the polynomial continues.
 * The terms are polynomials of some degree d, so d + 1 places along each axis hold them: the matrices are small.
 * @throws ElementProblem where samples are too few to tell the terms apart
 */
export function leaveOutTerms(
  ops: Ops,
  map: Real,
  { side, middle }: CellLayout,
  cells: number,
  highest: number,
): Real {
  if (highest === 0) return map;
  const [n] = planeShape(map);
  const radius = (side * cells) / 2;
  const centre = Math.floor(n / 2) + middle;
  const places = chebyshevPlaces(nollToDegree(highest).n + 1);
  const count = places.length;
  const name = `leaveOut:${n}:${radius}:${centre}`;
  const coverage = () => discCoverage([n, n], [centre, centre], radius);
  const share = ops.constant(`${name}:disc`, [n, n], 'real', coverage);
  const along = ops.constant(`${name}:${count}:along`, [n, count], 'complex', () =>
    complexOf(alongAxis(n, centre, radius, places)),
  );
  const across = ops.constant(`${name}:${count}:across`, [count, n], 'complex', () =>
    complexOf(transposed(alongAxis(n, centre, radius, places), n, count)),
  );
  const projection = ops.constant(`${name}:${highest}`, [count ** 2, count ** 2], 'complex', () =>
    complexOf(projectionMatrix({ n, centre, radius, weights: coverage() }, places, highest)),
  );
  const moments: Complex = ops.sandwich(across, ops.toComplex(ops.multiply(share, map)), across);
  const held = ops.matmul(projection, ops.reshape(moments, [count ** 2, 1]));
  const polynomial = ops.sandwich(along, ops.reshape(held, [count, count]), along);
  return ops.subtract(map, ops.realPart(polynomial));
}

/** Places within -1 ... 1 through which a polynomial is laid with little rounding. */
function chebyshevPlaces(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => Math.cos((Math.PI * (i + 0.5)) / count));
}

/** [n, places]: Lagrange's polynomial of each place (1 there, 0 at the others) at each sample. */
function alongAxis(n: number, centre: number, radius: number, places: readonly number[]): Float64Array {
  return Float64Array.from({ length: n * places.length }, (_, i) => {
    const [sample, own] = [Math.floor(i / places.length), i % places.length];
    const x = (sample - centre) / radius;
    const at = places[own] ?? 0;
    return places.reduce((out, other, k) => (k === own ? out : (out * (x - other)) / (at - other)), 1);
  });
}

interface Disc {
  readonly n: number;
  readonly centre: number;
  readonly radius: number;
  readonly weights: Float64Array;
}

/** Tᵀ A⁻¹ T with the terms at the places T and their products over the disc A: moments to the projection's values. */
function projectionMatrix(disc: Disc, places: readonly number[], highest: number): Float64Array {
  const size = places.length ** 2;
  const terms = Array.from({ length: highest }, (_, j) =>
    Float64Array.from({ length: size }, (__, i) =>
      zernike(j + 1, places[i % places.length] ?? 0, places[Math.floor(i / places.length)] ?? 0),
    ),
  );
  const products = productsOver(disc, highest);
  const out = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    const right = Float64Array.from(terms, (term) => term[column] ?? 0);
    const solved = choleskySolve(products, right, highest);
    if (!solved.ok) throw tooFewSamples(highest);
    for (let row = 0; row < size; row++) {
      out[row * size + column] = terms.reduce(
        (sum, term, j) => sum + (term[row] ?? 0) * (solved.solution[j] ?? 0),
        0,
      );
    }
  }
  return out;
}

/** Sums of Z_i Z_j over the samples of a disc, [highest, highest]. */
function productsOver({ n, centre, radius, weights }: Disc, highest: number): Float64Array {
  const out = new Float64Array(highest * highest);
  const at = new Float64Array(highest);
  weights.forEach((weight, sample) => {
    if (weight === 0) return;
    const [x, y] = [((sample % n) - centre) / radius, (Math.floor(sample / n) - centre) / radius];
    for (let j = 0; j < highest; j++) at[j] = zernike(j + 1, x, y);
    for (let i = 0; i < highest; i++) {
      const own = weight * (at[i] ?? 0);
      for (let j = 0; j < highest; j++) {
        out[i * highest + j] = (out[i * highest + j] ?? 0) + own * (at[j] ?? 0);
      }
    }
  });
  return out;
}

function tooFewSamples(highest: number): ElementProblem {
  return new ElementProblem(
    `The disc has too few samples to tell ${highest} Zernike terms apart, so they cannot be left out of the map.`,
    'Leave out fewer terms, or use more samples.',
  );
}

function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
}

function complexOf(values: Float64Array): Float64Array {
  const out = new Float64Array(2 * values.length);
  values.forEach((value, i) => {
    out[2 * i] = value;
  });
  return out;
}
