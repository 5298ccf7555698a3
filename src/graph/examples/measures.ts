/** What proofs of the gallery measure on pictures. */
import type { Measured } from './example.ts';

/** Values of one row from the centre column to the right; `row` counts from the middle, floor(ny/2). */
export function middleRow({ data, shape }: Measured, row = 0): Float64Array {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const start = (Math.floor(ny / 2) + row) * nx;
  return Float64Array.from(
    { length: nx - Math.floor(nx / 2) },
    (_, i) => data[start + Math.floor(nx / 2) + i] ?? 0,
  );
}

/** Distance from the first sample to the first minimum, of the polynomial through the five samples around it. */
export function firstMinimum(values: ArrayLike<number>, pitch: number): number {
  for (let i = 2; i < values.length - 2; i++) {
    const [before, here, after] = [values[i - 1] ?? 0, values[i] ?? 0, values[i + 1] ?? 0];
    if (here <= before && here < after) return (i + minimumBetween(values, i)) * pitch;
  }
  return Number.NaN;
}

/** Offset from sample i, in samples, of the least value of the polynomial through samples i - 2 to i + 2. */
function minimumBetween(values: ArrayLike<number>, i: number): number {
  const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map((offset) => values[i + offset] ?? 0) as [
    ...[number, number, number, number, number],
  ];
  // Derivatives of the quartic at the middle, then Newton's way to where its slope vanishes.
  const first = (a - 8 * b + 8 * d - e) / 12;
  const second = (-a + 16 * b - 30 * c + 16 * d - e) / 12;
  const third = (-a + 2 * b - 2 * d + e) / 2;
  const fourth = a - 4 * b + 6 * c - 4 * d + e;
  let x = 0;
  for (let step = 0; step < 20; step++) {
    const slope = first + x * (second + x * (third / 2 + (x * fourth) / 6));
    const bend = second + x * (third + (x * fourth) / 2);
    x = Math.max(-1, Math.min(1, x - slope / bend));
  }
  return x;
}

/** Where a line falls to half of its first value, in samples: straight between two samples. */
export function halfMaximum(line: ArrayLike<number>): number {
  const half = (line[0] ?? 0) / 2;
  for (let i = 1; i < line.length; i++) {
    const [before, here] = [line[i - 1] ?? 0, line[i] ?? 0];
    if (here < half) return i - 1 + (before - half) / (before - here);
  }
  return Number.NaN;
}

/** Correlation of two pictures by Pearson, 0 where one of them is even. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    meanA += (a[i] ?? 0) / a.length;
    meanB += (b[i] ?? 0) / a.length;
  }
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] ?? 0) - meanA, (b[i] ?? 0) - meanB];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA === 0 || ofB === 0 ? 0 : both / Math.sqrt(ofA * ofB);
}

/** The least correlation of the planes of two stacks. */
export function leastCorrelation(a: Measured, b: Measured): number {
  const [ny = 1, nx = 1] = a.shape.slice(-2);
  const size = ny * nx;
  const plane = ({ data }: Measured, i: number) =>
    Array.from({ length: size }, (_, k) => data[i * size + k] ?? 0);
  const planes = Math.max(1, Math.floor(a.data.length / size));
  return Math.min(...Array.from({ length: planes }, (_, i) => correlation(plane(a, i), plane(b, i))));
}
