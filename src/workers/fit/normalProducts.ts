/** The sums over pixels that a Gauss-Newton step is made of. */

/** One column of the Jacobian. */
export interface Column {
  /** Float64 on every backend: one kind of array keeps the inner loops fast. */
  readonly data: Float64Array;
  /** Range of samples that are not all zero: per-plane parameters touch one plane only. */
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
const BLOCK = 1024;

/** Jᵀ·gradientFactor, and Jᵀ·weights·J row-major, P × P. */
export function normalProducts(
  columns: readonly Column[],
  { gradientFactor, weights }: Weighting,
): { descent: Float64Array; curvature: Float64Array } {
  const count = columns.length;
  const descent = new Float64Array(count);
  const curvature = new Float64Array(count * count);
  const weighted = new Float64Array(BLOCK);
  for (let start = 0; start < weights.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, weights.length) - 1;
    for (let i = 0; i < count; i++) {
      const { data, first, last } = columns[i] as Column;
      const [from, to] = [Math.max(first, start), Math.min(last, end)];
      if (from > to) continue;
      descent[i] = (descent[i] as number) + dot(data, gradientFactor, 0, from, to);
      for (let k = from; k <= to; k++) weighted[k - start] = (data[k] as number) * (weights[k] as number);
      for (let other = 0; other <= i; other++) {
        const b = columns[other] as Column;
        const at = i * count + other;
        const part = dot(b.data, weighted, start, Math.max(from, b.first), Math.min(to, b.last));
        curvature[at] = (curvature[at] as number) + part;
      }
    }
  }
  for (let i = 0; i < count; i++) {
    for (let other = 0; other < i; other++)
      curvature[other * count + i] = curvature[i * count + other] as number;
  }
  return { descent, curvature };
}

/** Σ a[k]·b[k - shift] for first <= k <= last, in four sums that the processor runs side by side. */
function dot(a: Float64Array, b: Float64Array, shift: number, first: number, last: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = first;
  for (; k + 3 <= last; k += 4) {
    s0 += (a[k] as number) * (b[k - shift] as number);
    s1 += (a[k + 1] as number) * (b[k + 1 - shift] as number);
    s2 += (a[k + 2] as number) * (b[k + 2 - shift] as number);
    s3 += (a[k + 3] as number) * (b[k + 3 - shift] as number);
  }
  for (; k <= last; k++) s0 += (a[k] as number) * (b[k - shift] as number);
  return s0 + s1 + s2 + s3;
}
