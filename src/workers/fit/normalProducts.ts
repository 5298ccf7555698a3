/** The sums over pixels that a Gauss-Newton step is made of. */

/** One column of the Jacobian. */
export interface Column {
  /** Float64 on every backend: one kind of array keeps the inner loops fast. */
  readonly data: Float64Array;
  /** Range of samples that count; what the data hold elsewhere is of other columns: per-plane parameters share them. */
  readonly first: number;
  readonly last: number;
}

export interface Weighting {
  /** Per pixel: -d merit / d model. */
  readonly gradientFactor: Float64Array;
  /** Per pixel: the (Fisher) weight of J Jᵀ. */
  readonly weights: Float64Array;
}

/** Pixels per block: blocks stay in the processor's cache while all pairs of columns meet. */
const BLOCK = 256;
/** Columns that meet at once: numbers that are read serve several products. */
const [WIDE, HIGH] = [4, 2];

/** Jᵀ·gradientFactor, and Jᵀ·weights·J row-major, P × P. */
export function normalProducts(
  columns: readonly Column[],
  { gradientFactor, weights }: Weighting,
): { descent: Float64Array; curvature: Float64Array } {
  const count = columns.length;
  const descent = new Float64Array(count);
  const curvature = new Float64Array(count * count);
  const plain = new Float64Array((count + WIDE) * BLOCK);
  const weighted = new Float64Array((count + WIDE) * BLOCK);
  for (let start = 0; start < weights.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, weights.length) - 1;
    const present: number[] = [];
    for (let i = 0; i < count; i++) {
      const { data, first, last } = columns[i] as Column;
      const [from, to] = [Math.max(first, start), Math.min(last, end)];
      if (from > to) continue;
      const row = present.length * BLOCK;
      present.push(i);
      plain.fill(0, row, row + BLOCK);
      weighted.fill(0, row, row + BLOCK);
      let slope = 0;
      for (let k = from; k <= to; k++) {
        const value = data[k] as number;
        slope += value * (gradientFactor[k] as number);
        plain[row + k - start] = value;
        weighted[row + k - start] = value * (weights[k] as number);
      }
      descent[i] = (descent[i] as number) + slope;
    }
    addPairs(curvature, count, present, plain, weighted);
  }
  for (let i = 0; i < count; i++) {
    for (let other = 0; other < i; other++)
      curvature[other * count + i] = curvature[i * count + other] as number;
  }
  return { descent, curvature };
}

/** Adds the products of all pairs of rows, each the columns `present` in a block, to those below the diagonal. */
function addPairs(
  curvature: Float64Array,
  count: number,
  present: readonly number[],
  plain: Float64Array,
  weighted: Float64Array,
): void {
  for (let i = 0; i < present.length; i += HIGH) {
    for (let j = 0; j <= i + 1; j += WIDE) {
      const sums = tile(plain, j * BLOCK, weighted, i * BLOCK);
      for (let t = 0; t < sums.length; t++) {
        const [one, other] = [present[i + Math.floor(t / WIDE)], present[j + (t % WIDE)]];
        if (one === undefined || other === undefined || other > one) continue;
        curvature[one * count + other] = (curvature[one * count + other] as number) + (sums[t] as number);
      }
    }
  }
}

const sums = new Float64Array(HIGH * WIDE);

/** Products of two weighted rows with four plain ones; what lies behind the last row is not used. */
function tile(plain: Float64Array, at: number, weighted: Float64Array, by: number): Float64Array {
  let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
  const [first, second, third, fourth] = [at, at + BLOCK, at + 2 * BLOCK, at + 3 * BLOCK];
  for (let k = 0; k < BLOCK; k++) {
    const a = weighted[by + k] as number;
    const b = weighted[by + BLOCK + k] as number;
    const p = plain[first + k] as number;
    const q = plain[second + k] as number;
    const r = plain[third + k] as number;
    const s = plain[fourth + k] as number;
    a0 += a * p;
    a1 += a * q;
    a2 += a * r;
    a3 += a * s;
    b0 += b * p;
    b1 += b * q;
    b2 += b * r;
    b3 += b * s;
  }
  sums.set([a0, a1, a2, a3, b0, b1, b2, b3]);
  return sums;
}
