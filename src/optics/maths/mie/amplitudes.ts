import { createHermiteTable, type HermiteTable } from '../hermite.ts';
import type { MieSeries } from './coefficients.ts';

/** S1 and S2 at K angles, each complex interleaved [re, im], length 2K. */
export interface AmplitudePair {
  readonly s1: Float64Array;
  readonly s2: Float64Array;
}

/** What `mieAmplitudes` computes besides the values. */
export interface AmplitudeDerivatives {
  /** Derivatives with respect to mu = cos(theta). */
  readonly cosine?: boolean;
  /** Amplitudes of other series, as the derivatives of the coefficients. */
  readonly others?: readonly MieSeries[];
}

export interface MieAmplitudes extends AmplitudePair {
  /** null where not asked for. */
  readonly byCosine: AmplitudePair | null;
  /** Of the other series, one by one. */
  readonly others: readonly AmplitudePair[];
}

/**
 * One linear functional of the coefficients: its weights (half the sum and half the difference of a_n and b_n,
 * or of their derivatives, times (2n+1)/(n(n+1)), four numbers per order), and where its values and slopes go.
 */
interface Series {
  readonly weights: Float64Array;
  readonly value: AmplitudePair;
  readonly slope: AmplitudePair | null;
}

function createSeries({ a, b }: MieSeries, count: number, withSlope: boolean): Series {
  const weights = new Float64Array(2 * a.length);
  for (let i = 0; 2 * i < a.length; i++) {
    const n = i + 1;
    const half = (2 * n + 1) / (2 * n * (n + 1));
    for (let part = 0; part < 2; part++) {
      const [ofA, ofB] = [a[2 * i + part] ?? 0, b[2 * i + part] ?? 0];
      weights[4 * i + part] = half * (ofA + ofB);
      weights[4 * i + 2 + part] = half * (ofA - ofB);
    }
  }
  const pair = () => ({ s1: new Float64Array(2 * count), s2: new Float64Array(2 * count) });
  return { weights, value: pair(), slope: withSlope ? pair() : null };
}

/** (2n+1)/n, the first coefficient of the recurrence of pi_n; the second one is this minus 1. */
function recurrenceFactors(order: number): Float64Array {
  return Float64Array.from({ length: order }, (_, i) => 2 + 1 / (i + 1));
}

function storePair(
  pair: AmplitudePair,
  index: number,
  plusRe: number,
  plusIm: number,
  minusRe: number,
  minusIm: number,
): void {
  pair.s1[2 * index] = plusRe + minusRe;
  pair.s1[2 * index + 1] = plusIm + minusIm;
  pair.s2[2 * index] = plusRe - minusRe;
  pair.s2[2 * index + 1] = plusIm - minusIm;
}

/**
 * S1, S2 = P +- M with P = sum plus_n (pi_n + tau_n), M = sum minus_n (pi_n - tau_n), at every cosine.
 * Upward recurrences (stable): n pi_{n+1} = (2n+1) mu pi_n - (n+1) pi_{n-1} and
 * pi'_{n+1} = pi'_{n-1} + (2n+1) pi_n, where ' is d/dmu. With tau_n = mu pi_n - (1 - mu^2) pi_n' one has
 *   pi_n +- tau_n = (1 +- mu)(pi_n -+ (1 -+ mu) pi_n'),
 * so that S1 - S2 carries the factor 1 - mu explicitly and keeps its relative accuracy on the axis.
 */
function sumValues(series: Series, factors: Float64Array, mu: Float64Array): void {
  const { weights, value } = series;
  for (let k = 0; k < mu.length; k++) {
    const cosine = mu[k] ?? 0;
    const below = 1 - cosine;
    const above = 1 + cosine;
    let piBefore = 0;
    let pi = 1;
    let slopeBefore = 0;
    let slope = 0;
    let plusRe = 0;
    let plusIm = 0;
    let minusRe = 0;
    let minusIm = 0;
    for (let i = 0; i < factors.length; i++) {
      const plus = pi - below * slope;
      const minus = pi + above * slope;
      plusRe += (weights[4 * i] ?? 0) * plus;
      plusIm += (weights[4 * i + 1] ?? 0) * plus;
      minusRe += (weights[4 * i + 2] ?? 0) * minus;
      minusIm += (weights[4 * i + 3] ?? 0) * minus;
      const factor = factors[i] ?? 0;
      const piAfter = factor * (cosine * pi) - (factor - 1) * piBefore;
      const slopeAfter = slopeBefore + (2 * i + 3) * pi;
      piBefore = pi;
      pi = piAfter;
      slopeBefore = slope;
      slope = slopeAfter;
    }
    storePair(value, k, above * plusRe, above * plusIm, below * minusRe, below * minusIm);
  }
}

/**
 * dS1/dmu and dS2/dmu at every cosine, as `sumValues`, from tau_n' = (n(n+1) - 1) pi_n - mu pi_n' (Legendre's
 * equation), which is not singular at mu = +-1. A separate pass: together the sums would not fit the registers.
 */
function sumSlopes(weights: Float64Array, out: AmplitudePair, factors: Float64Array, mu: Float64Array): void {
  for (let k = 0; k < mu.length; k++) {
    const cosine = mu[k] ?? 0;
    const below = 1 - cosine;
    const above = 1 + cosine;
    let piBefore = 0;
    let pi = 1;
    let slopeBefore = 0;
    let slope = 0;
    let plusRe = 0;
    let plusIm = 0;
    let minusRe = 0;
    let minusIm = 0;
    for (let i = 0; i < factors.length; i++) {
      const scaled = ((i + 1) * (i + 2) - 1) * pi;
      const plus = below * slope + scaled;
      const minus = above * slope - scaled;
      plusRe += (weights[4 * i] ?? 0) * plus;
      plusIm += (weights[4 * i + 1] ?? 0) * plus;
      minusRe += (weights[4 * i + 2] ?? 0) * minus;
      minusIm += (weights[4 * i + 3] ?? 0) * minus;
      const factor = factors[i] ?? 0;
      const piAfter = factor * (cosine * pi) - (factor - 1) * piBefore;
      const slopeAfter = slopeBefore + (2 * i + 3) * pi;
      piBefore = pi;
      pi = piAfter;
      slopeBefore = slope;
      slope = slopeAfter;
    }
    storePair(out, k, plusRe, plusIm, minusRe, minusIm);
  }
}

function sumAll(families: readonly Series[], mu: Float64Array, order: number): void {
  const factors = recurrenceFactors(order);
  for (const series of families) {
    sumValues(series, factors, mu);
    if (series.slope !== null) sumSlopes(series.weights, series.slope, factors, mu);
  }
}

/**
 * Scattering amplitudes S1 (perpendicular) and S2 (parallel) at the cosines `mu` in [-1, 1]
 * (Bohren & Huffman eq. 4.74), dimensionless, with what `want` names.
 */
export function mieAmplitudes(
  coefficients: MieSeries,
  mu: Float64Array,
  want: AmplitudeDerivatives = {},
): MieAmplitudes {
  const count = mu.length;
  const values = createSeries(coefficients, count, want.cosine === true);
  const others = (want.others ?? []).map((series) => createSeries(series, count, false));
  sumAll([values, ...others], mu, coefficients.a.length / 2);
  return { ...values.value, byCosine: values.slope, others: others.map(({ value }) => value) };
}

/** What to put into an amplitude table. */
export interface AmplitudeTableOptions {
  /** Largest sine of the polar angle that will be asked for, in (0, 1]. */
  readonly largestSine: number;
  /** 'forward': theta in [0, pi/2] from the incident direction; 'backward': pi - theta in [0, pi/2]. */
  readonly direction?: 'forward' | 'backward';
  /** More series of the same order to put into further channels. */
  readonly others?: readonly MieSeries[];
  /** Largest interpolation error relative to the largest modulus in the table. Default 1e-9. */
  readonly tolerance?: number;
}

/**
 * Position in an amplitude table for a ray whose angle to the axis has the given sine and cosine (>= 0):
 * u = sin(angle / 2). In u the series is a polynomial (cos = 1 - 2u^2), so a uniform grid serves all angles,
 * without the singularity that a grid in sin(angle) has at 90 degrees and without an arcsine per sample.
 */
export function amplitudeTablePosition(sine: number, cosine: number): number {
  return sine / Math.sqrt(2 + 2 * cosine);
}

/**
 * S1 and S2 on a uniform grid of u = sin(angle / 2) with exact slopes, for `interpolateHermite`.
 * Channels: S1 re, S1 im, S2 re, S2 im; then the same four of each of the other series.
 * The number of nodes grows with the order of the series and with tolerance^(-1/4).
 */
export function mieAmplitudeTable(coefficients: MieSeries, options: AmplitudeTableOptions): HermiteTable {
  const { largestSine, others = [], tolerance = 1e-9 } = options;
  const order = coefficients.a.length / 2;
  if (!(largestSine > 0 && largestSine <= 1)) {
    throw new RangeError(`The largest sine of an amplitude table must lie in (0, 1], not ${largestSine}.`);
  }
  const end = amplitudeTablePosition(largestSine, Math.sqrt((1 - largestSine) * (1 + largestSine)));
  // The error of a cubic Hermite interpolant is step^4 / 384 times the fourth derivative, which for a series of
  // this order is at most about (2 order)^4 / 4 of its largest value; the tests confirm the factor.
  const intervals = Math.max(4, Math.ceil((0.43 * end * (order + 2)) / tolerance ** 0.25));
  const step = end / intervals;
  const sign = options.direction === 'backward' ? -1 : 1;
  const mu = Float64Array.from({ length: intervals + 1 }, (_, k) => sign * (1 - 2 * (k * step) ** 2));
  const families = [coefficients, ...others].map((series) => createSeries(series, mu.length, true));
  sumAll(families, mu, order);
  const table = createHermiteTable(0, step, intervals, 4 * families.length);
  families.forEach((sums, family) => {
    for (let k = 0; k <= intervals; k++) {
      // d mu / d u times the step, since the table stores slopes per interval.
      storeNode(table, k, 4 * family, sums, -4 * sign * k * step * step);
    }
  });
  return table;
}

function storeNode(table: HermiteTable, node: number, channel: number, sums: Series, chain: number): void {
  const at = (node * table.channels + channel) * 2;
  for (let part = 0; part < 2; part++) {
    const source = 2 * node + part;
    table.data[at + 2 * part] = sums.value.s1[source] ?? 0;
    table.data[at + 2 * part + 1] = chain * (sums.slope?.s1[source] ?? 0);
    table.data[at + 4 + 2 * part] = sums.value.s2[source] ?? 0;
    table.data[at + 4 + 2 * part + 1] = chain * (sums.slope?.s2[source] ?? 0);
  }
}
