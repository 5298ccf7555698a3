import { createHermiteTable, type HermiteTable } from './hermite.ts';
import type { MieCoefficients } from './mie.ts';

/** S1 and S2 at K angles, each complex interleaved [re, im], length 2K. */
export interface AmplitudePair {
  readonly s1: Float64Array;
  readonly s2: Float64Array;
}

/** Which derivatives `mieAmplitudes` computes besides the values. */
export interface AmplitudeDerivatives {
  /** with respect to mu = cos(theta). */
  readonly cosine?: boolean;
  /** with respect to the size parameter at fixed relative index. */
  readonly sizeParameter?: boolean;
  /** with respect to the relative index m (complex-analytic: d/d(Re m) = this, d/d(Im m) = i times this). */
  readonly relativeIndex?: boolean;
}

/** The derivatives that were asked for; null where not. */
export interface MieAmplitudes extends AmplitudePair {
  readonly byCosine: AmplitudePair | null;
  readonly bySizeParameter: AmplitudePair | null;
  readonly byRelativeIndex: AmplitudePair | null;
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

type CoefficientArrays = readonly [
  aRe: Float64Array,
  aIm: Float64Array,
  bRe: Float64Array,
  bIm: Float64Array,
];

function createSeries(arrays: CoefficientArrays, count: number, withSlope: boolean): Series {
  const [aRe, aIm, bRe, bIm] = arrays;
  const weights = new Float64Array(4 * aRe.length);
  for (let i = 0; i < aRe.length; i++) {
    const n = i + 1;
    const half = (2 * n + 1) / (2 * n * (n + 1));
    weights[4 * i] = half * ((aRe[i] ?? 0) + (bRe[i] ?? 0));
    weights[4 * i + 1] = half * ((aIm[i] ?? 0) + (bIm[i] ?? 0));
    weights[4 * i + 2] = half * ((aRe[i] ?? 0) - (bRe[i] ?? 0));
    weights[4 * i + 3] = half * ((aIm[i] ?? 0) - (bIm[i] ?? 0));
  }
  const pair = () => ({ s1: new Float64Array(2 * count), s2: new Float64Array(2 * count) });
  return { weights, value: pair(), slope: withSlope ? pair() : null };
}

const valueArrays = (c: MieCoefficients): CoefficientArrays => [c.aRe, c.aIm, c.bRe, c.bIm];
const sizeArrays = (c: MieCoefficients): CoefficientArrays => [c.daDxRe, c.daDxIm, c.dbDxRe, c.dbDxIm];
const indexArrays = (c: MieCoefficients): CoefficientArrays => [c.daDmRe, c.daDmIm, c.dbDmRe, c.dbDmIm];

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
 * (Bohren & Huffman eq. 4.74), dimensionless, with the derivatives that `want` names.
 */
export function mieAmplitudes(
  coefficients: MieCoefficients,
  mu: Float64Array,
  want: AmplitudeDerivatives = {},
): MieAmplitudes {
  const count = mu.length;
  const values = createSeries(valueArrays(coefficients), count, want.cosine === true);
  const bySize = want.sizeParameter === true ? createSeries(sizeArrays(coefficients), count, false) : null;
  const byIndex = want.relativeIndex === true ? createSeries(indexArrays(coefficients), count, false) : null;
  const families = [values, bySize, byIndex].filter((sums) => sums !== null);
  sumAll(families, mu, coefficients.order);
  return {
    ...values.value,
    byCosine: values.slope,
    bySizeParameter: bySize?.value ?? null,
    byRelativeIndex: byIndex?.value ?? null,
  };
}

/** What to put into an amplitude table. */
export interface AmplitudeTableOptions {
  /** Largest sine of the polar angle that will be asked for, in (0, 1]. */
  readonly largestSine: number;
  /** 'forward': theta in [0, pi/2] from the incident direction; 'backward': pi - theta in [0, pi/2]. */
  readonly direction?: 'forward' | 'backward';
  readonly sizeParameter?: boolean;
  readonly relativeIndex?: boolean;
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
 * Channels: S1 re, S1 im, S2 re, S2 im; then the same four of the derivative with respect to the size
 * parameter if asked for, then those with respect to the relative index if asked for.
 * The number of nodes grows with the order of the series and with tolerance^(-1/4).
 */
export function mieAmplitudeTable(
  coefficients: MieCoefficients,
  options: AmplitudeTableOptions,
): HermiteTable {
  const { largestSine, tolerance = 1e-9 } = options;
  if (!(largestSine > 0 && largestSine <= 1)) {
    throw new RangeError(`The largest sine of an amplitude table must lie in (0, 1], not ${largestSine}.`);
  }
  const end = amplitudeTablePosition(largestSine, Math.sqrt((1 - largestSine) * (1 + largestSine)));
  // The error of a cubic Hermite interpolant is step^4 / 384 times the fourth derivative, which for a series of
  // this order is at most about (2 order)^4 / 4 of its largest value; the tests confirm the factor.
  const intervals = Math.max(4, Math.ceil((0.43 * end * (coefficients.order + 2)) / tolerance ** 0.25));
  const step = end / intervals;
  const sign = options.direction === 'backward' ? -1 : 1;
  const mu = Float64Array.from({ length: intervals + 1 }, (_, k) => sign * (1 - 2 * (k * step) ** 2));
  const families = [createSeries(valueArrays(coefficients), mu.length, true)];
  if (options.sizeParameter === true) families.push(createSeries(sizeArrays(coefficients), mu.length, true));
  if (options.relativeIndex === true) families.push(createSeries(indexArrays(coefficients), mu.length, true));
  sumAll(families, mu, coefficients.order);
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
