/** Mie amplitudes in a form without singular directions: for waves that come and go under any angles. */
import { createHermiteTable, type HermiteTable } from '../hermite.ts';
import type { MieSeries } from './coefficients.ts';

/** Channels of each series in a `transverseTable`: re and im of P, re and im of M. */
export const TRANSVERSE_CHANNELS = 4;

/**
 * P and M on a uniform grid of u = sin(Θ/2), Θ the angle between incident and scattered wave, with exact slopes.
 * They are polynomials of cos Θ with S1, S2 = (1 + cos Θ) P ± (1 - cos Θ) M, so that for a wave of direction i and
 * polarisation e the amplitude towards s is
 *   F = P [(1 + i·s) e - (e·s)(i + s)] + M [(1 - i·s) e - (e·s)(s - i)],
 * which is S2 (e·θ̂i) θ̂s + S1 (e·φ̂) φ̂ of Bohren and Huffman (1983), eq. 3.12, in all directions, i and -i included.
 * @param from, to range of u, 0 <= from < to <= 1
 * @param tolerance largest interpolation error relative to the largest modulus nearby
 */
export function transverseTable(
  series: readonly MieSeries[],
  from: number,
  to: number,
  tolerance: number,
): HermiteTable {
  const order = (series[0]?.a.length ?? 0) / 2;
  // The error of a cubic Hermite interpolant is step^4 / 384 times the fourth derivative, at most about (2 order)^4 / 4
  // of the value nearby; P and M have two orders more than S.
  const intervals = Math.max(4, Math.ceil((0.43 * (to - from) * (order + 4)) / tolerance ** 0.25));
  const step = (to - from) / intervals;
  const weights = series.map((each) => weightsOf(each, order));
  const table = createHermiteTable(from, step, intervals, TRANSVERSE_CHANNELS * series.length);
  for (let node = 0; node <= intervals; node++) fillNode(table, node, weights, order);
  return table;
}

/** Half the sum and half the difference of a_n and b_n times (2n+1)/(n(n+1)), four numbers per order. */
function weightsOf({ a, b }: MieSeries, order: number): Float64Array {
  const weights = new Float64Array(4 * order);
  for (let i = 0; i < order; i++) {
    const half = (2 * i + 3) / (2 * (i + 1) * (i + 2));
    for (let part = 0; part < 2; part++) {
      const [ofA, ofB] = [a[2 * i + part] ?? 0, b[2 * i + part] ?? 0];
      weights[4 * i + part] = half * (ofA + ofB);
      weights[4 * i + 2 + part] = half * (ofA - ofB);
    }
  }
  return weights;
}

/**
 * P = Σ plus_n (π_n - (1 - μ) π_n'), M = Σ minus_n (π_n + (1 + μ) π_n') and their derivatives by μ = cos Θ, by upward
 * recurrences: n π_{n+1} = (2n+1) μ π_n - (n+1) π_{n-1}, π_{n+1}' = π_{n-1}' + (2n+1) π_n, and likewise for π''.
 */
function fillNode(table: HermiteTable, node: number, weights: readonly Float64Array[], order: number): void {
  const { data, channels, start, step } = table;
  const u = start + node * step;
  const mu = 1 - 2 * u * u;
  const [below, above] = [2 * u * u, 2 - 2 * u * u];
  // d μ / d u times the step, since the table stores slopes per interval.
  const chain = -4 * u * step;
  const from = node * channels * 2;
  let [piBefore, pi, slopeBefore, slope, bendBefore, bend] = [0, 1, 0, 0, 0, 0];
  for (let i = 0; i < order; i++) {
    const plus = pi - below * slope;
    const minus = pi + above * slope;
    const plusSlope = chain * (2 * slope - below * bend);
    const minusSlope = chain * (2 * slope + above * bend);
    for (let each = 0; each < weights.length; each++) {
      const w = weights[each] as Float64Array;
      const at = from + 2 * TRANSVERSE_CHANNELS * each;
      for (let part = 0; part < 2; part++) {
        const [ofP, ofM] = [w[4 * i + part] as number, w[4 * i + 2 + part] as number];
        data[at + 2 * part] = (data[at + 2 * part] as number) + ofP * plus;
        data[at + 2 * part + 1] = (data[at + 2 * part + 1] as number) + ofP * plusSlope;
        data[at + 4 + 2 * part] = (data[at + 4 + 2 * part] as number) + ofM * minus;
        data[at + 5 + 2 * part] = (data[at + 5 + 2 * part] as number) + ofM * minusSlope;
      }
    }
    const factor = 2 + 1 / (i + 1);
    [piBefore, pi] = [pi, factor * mu * pi - (factor - 1) * piBefore];
    const growth = 2 * i + 3;
    // The old π is piBefore now.
    [bendBefore, bend] = [bend, bendBefore + growth * slope];
    [slopeBefore, slope] = [slope, slopeBefore + growth * piBefore];
  }
}
