/**
 * Scattering of a plane wave by a homogeneous sphere, in float64 with closed-form derivatives.
 *
 * Conventions: time factor exp(-i omega t), absorbing spheres have Im(m) > 0, m is the index of the sphere
 * divided by that of the medium, the size parameter is x = 2 pi n_medium radius / vacuum wavelength.
 *
 * Sources: C. F. Bohren, D. R. Huffman, "Absorption and Scattering of Light by Small Particles" (1983),
 * chapter 4; W. J. Wiscombe, "Improved Mie scattering algorithms", Appl. Opt. 19, 1505 (1980).
 */

/**
 * Coefficients a_n, b_n at index n - 1 with their derivatives. `daDx*` is the derivative with respect to the
 * size parameter at fixed m. `daDm*` holds the real and imaginary part of the complex-analytic da/dm, so that
 * da/d(Re m) = da/dm and da/d(Im m) = i da/dm.
 */
export interface MieCoefficients {
  readonly sizeParameter: number;
  readonly order: number;
  readonly aRe: Float64Array;
  readonly aIm: Float64Array;
  readonly bRe: Float64Array;
  readonly bIm: Float64Array;
  readonly daDxRe: Float64Array;
  readonly daDxIm: Float64Array;
  readonly dbDxRe: Float64Array;
  readonly dbDxIm: Float64Array;
  readonly daDmRe: Float64Array;
  readonly daDmIm: Float64Array;
  readonly dbDmRe: Float64Array;
  readonly dbDmIm: Float64Array;
}

/** Efficiencies (cross-sections over pi radius^2) and the mean cosine of the scattering angle. */
export interface MieEfficiencies {
  readonly qExt: number;
  readonly qSca: number;
  /** Radar back-scatter, |sum (2n+1)(-1)^n (a_n - b_n)|^2 / x^2 (Bohren & Huffman eq. 4.82). */
  readonly qBack: number;
  readonly g: number;
}

/**
 * Beyond this size chi_n makes the coefficient smaller than 1e-200: the rest of the series is exactly
 * negligible, and stopping here keeps chi^2 inside the range of float64.
 */
const LARGEST_CHI = 1e120;

/** Stands in for an exact zero of a ratio's denominator, so that one coincidence cannot become NaN. */
const SMALLEST_DENOMINATOR = 1e-150;

/**
 * Number of terms of the Mie series (Wiscombe 1980), from the size parameter in the medium.
 * Keep it fixed during a fit (take it from the largest allowed radius), or the loss jumps.
 * What it leaves out is below 5e-8 of the extinction; back-scatter and the asymmetry of tiny spheres are good to
 * 1e-6 and reach rounding with about 15 more terms, which `mieCoefficients` accepts.
 */
export function mieOrder(sizeParameter: number): number {
  const root = Math.cbrt(sizeParameter);
  return sizeParameter > 8
    ? Math.floor(sizeParameter + 4.05 * root + 2)
    : Math.floor(sizeParameter + 4 * root + 1);
}

/**
 * First order of the downward recurrence: psi_{s+1}/psi_s = 0 is assumed there, and the rule makes the
 * error that this leaves smaller than float64 rounding for all lower orders.
 */
function startOrder(order: number, argumentModulus: number): number {
  return Math.ceil(Math.max(order, argumentModulus)) + Math.ceil(7.6 * Math.cbrt(argumentModulus)) + 2;
}

/** psi_{n+1}(z) / psi_n(z) for n = 0..order and complex z, by the downward recurrence. */
function complexRatios(zRe: number, zIm: number, re: Float64Array, im: Float64Array, order: number): void {
  const modulus2 = zRe * zRe + zIm * zIm;
  const inverseRe = zRe / modulus2;
  const inverseIm = -zIm / modulus2;
  let ratioRe = 0;
  let ratioIm = 0;
  for (let n = startOrder(order, Math.sqrt(modulus2)); n > 0; n--) {
    const denominatorRe = (2 * n + 1) * inverseRe - ratioRe;
    const denominatorIm = (2 * n + 1) * inverseIm - ratioIm;
    const scale = 1 / (denominatorRe * denominatorRe + denominatorIm * denominatorIm);
    ratioRe = Number.isFinite(scale) ? denominatorRe * scale : 1 / SMALLEST_DENOMINATOR;
    ratioIm = Number.isFinite(scale) ? -denominatorIm * scale : 0;
    if (n <= order + 1) {
      re[n - 1] = ratioRe;
      im[n - 1] = ratioIm;
    }
  }
}

/**
 * psi_n(x) for n = 0..order + 1 and real x > 0: ratios downward, then products upward, started from the larger
 * of psi_0 and psi_1 because the smaller one may be close to a zero.
 */
function realPsi(x: number, psi: Float64Array, order: number): void {
  let ratio = 0;
  for (let n = startOrder(order, x); n > 0; n--) {
    const denominator = (2 * n + 1) / x - ratio;
    ratio = 1 / (denominator === 0 ? SMALLEST_DENOMINATOR : denominator);
    if (n <= order + 1) psi[n] = ratio;
  }
  const first = Math.sin(x);
  const second = Math.sin(x) / x - Math.cos(x);
  let value = Math.abs(first) >= Math.abs(second) ? first * ratio : second;
  psi[0] = first;
  psi[1] = value;
  for (let n = 2; n <= order + 1; n++) {
    value *= psi[n] ?? 0;
    psi[n] = value;
  }
}

function allocate(sizeParameter: number, order: number): MieCoefficients {
  const buffer = new ArrayBuffer(12 * order * 8);
  const part = (index: number) => new Float64Array(buffer, index * order * 8, order);
  return {
    sizeParameter,
    order,
    aRe: part(0),
    aIm: part(1),
    bRe: part(2),
    bIm: part(3),
    daDxRe: part(4),
    daDxIm: part(5),
    dbDxRe: part(6),
    dbDxIm: part(7),
    daDmRe: part(8),
    daDmIm: part(9),
    dbDmRe: part(10),
    dbDmIm: part(11),
  };
}

function requireUsable(sizeParameter: number, mRe: number, mIm: number, order: number): void {
  if (!(sizeParameter > 0 && Number.isFinite(sizeParameter))) {
    throw new RangeError(`The size parameter of a sphere must be positive and finite, not ${sizeParameter}.`);
  }
  if (!(Number.isFinite(mRe) && Number.isFinite(mIm)) || (mRe === 0 && mIm === 0)) {
    throw new RangeError(`The relative index of a sphere must be finite and not zero, not ${mRe} + ${mIm}i.`);
  }
  if (!Number.isInteger(order) || order < 1) {
    throw new RangeError(`The order of a Mie series must be a whole number of at least 1, not ${order}.`);
  }
}

/**
 * Mie coefficients and their derivatives for size parameter x > 0 and relative index m = mRe + i mIm.
 *
 * With R = psi_{n+1}(mx) / psi_n(mx) the common form (F psi - psi') / (F xi - xi') (Bohren & Huffman
 * eqs. 4.88, D_n = (n+1)/z - R) becomes (A psi_n + psi_{n+1}) / (A xi_n + xi_{n+1}), with
 * A = -(1 - 1/m^2)(n+1)/x - R/m for a_n and A = -m R for b_n: no derivative of a Bessel function is left and
 * nothing cancels for small x. The Wronskian psi xi' - psi' xi = i gives the derivatives in closed form, with
 * G the denominator:
 *   da/dx = i (1 - 1/m^2)(n(n+1)/x^2 + D^2)/G^2,   db/dx = i (m^2 - 1)/G^2,
 *   dc/dm = -i F_m / G^2,  F_m = (z D' - D)/m^2 for a_n,  F_m = z D' + D = (2n+1) R - z (1 + R^2) for b_n.
 *
 * Valid for metals, bubbles and x from 1e-6 to 1e4; terms that are below 1e-200 are returned as 0.
 */
export function mieCoefficients(
  sizeParameter: number,
  mRe: number,
  mIm: number,
  order: number,
): MieCoefficients {
  requireUsable(sizeParameter, mRe, mIm, order);
  const x = sizeParameter;
  const result = allocate(x, order);
  const { aRe, aIm, bRe, bIm, daDxRe, daDxIm, dbDxRe, dbDxIm, daDmRe, daDmIm, dbDmRe, dbDmIm } = result;
  const ratiosRe = new Float64Array(order + 1);
  const ratiosIm = new Float64Array(order + 1);
  const psis = new Float64Array(order + 2);
  const zRe = mRe * x;
  const zIm = mIm * x;
  complexRatios(zRe, zIm, ratiosRe, ratiosIm, order);
  realPsi(x, psis, order);

  const mModulus2 = mRe * mRe + mIm * mIm;
  const inverseMRe = mRe / mModulus2;
  const inverseMIm = -mIm / mModulus2;
  const inverseM2Re = inverseMRe * inverseMRe - inverseMIm * inverseMIm;
  const inverseM2Im = 2 * inverseMRe * inverseMIm;
  // m^2 - 1 as (m - 1)(m + 1), and 1 - 1/m^2 from it: exact for an index close to the medium's.
  const excessRe = (mRe - 1) * (mRe + 1) - mIm * mIm;
  const excessIm = 2 * mRe * mIm;
  const contrastRe = excessRe * inverseM2Re - excessIm * inverseM2Im;
  const contrastIm = excessRe * inverseM2Im + excessIm * inverseM2Re;

  // chi_n = x y_n(x), so that xi_n = psi_n + i chi_n.
  let chi = -Math.cos(x);
  let chiNext = -Math.cos(x) / x - Math.sin(x);
  for (let n = 1; n <= order; n++) {
    const chiAfter = ((2 * n + 1) / x) * chiNext - chi;
    chi = chiNext;
    chiNext = chiAfter;
    if (!(Math.abs(chiNext) < LARGEST_CHI)) break;
    const psi = psis[n] ?? 0;
    const psiNext = psis[n + 1] ?? 0;
    const rRe = ratiosRe[n] ?? 0;
    const rIm = ratiosIm[n] ?? 0;
    const i = n - 1;

    const rise = (n + 1) / x;
    const factorARe = -contrastRe * rise - (rRe * inverseMRe - rIm * inverseMIm);
    const factorAIm = -contrastIm * rise - (rRe * inverseMIm + rIm * inverseMRe);
    const gaRe = factorARe * psi - factorAIm * chi + psiNext;
    const gaIm = factorARe * chi + factorAIm * psi + chiNext;
    const gaScale = 1 / (gaRe * gaRe + gaIm * gaIm);
    const inverseGaRe = gaRe * gaScale;
    const inverseGaIm = -gaIm * gaScale;
    const numeratorARe = factorARe * psi + psiNext;
    const numeratorAIm = factorAIm * psi;
    aRe[i] = numeratorARe * inverseGaRe - numeratorAIm * inverseGaIm;
    aIm[i] = numeratorARe * inverseGaIm + numeratorAIm * inverseGaRe;

    const factorBRe = -(mRe * rRe - mIm * rIm);
    const factorBIm = -(mRe * rIm + mIm * rRe);
    const gbRe = factorBRe * psi - factorBIm * chi + psiNext;
    const gbIm = factorBRe * chi + factorBIm * psi + chiNext;
    const gbScale = 1 / (gbRe * gbRe + gbIm * gbIm);
    const inverseGbRe = gbRe * gbScale;
    const inverseGbIm = -gbIm * gbScale;
    const numeratorBRe = factorBRe * psi + psiNext;
    const numeratorBIm = factorBIm * psi;
    bRe[i] = numeratorBRe * inverseGbRe - numeratorBIm * inverseGbIm;
    bIm[i] = numeratorBRe * inverseGbIm + numeratorBIm * inverseGbRe;

    // i / G^2 of both families.
    const wronskianARe = -2 * inverseGaRe * inverseGaIm;
    const wronskianAIm = inverseGaRe * inverseGaRe - inverseGaIm * inverseGaIm;
    const wronskianBRe = -2 * inverseGbRe * inverseGbIm;
    const wronskianBIm = inverseGbRe * inverseGbRe - inverseGbIm * inverseGbIm;

    const logDerivativeRe = rise * inverseMRe - rRe;
    const logDerivativeIm = rise * inverseMIm - rIm;
    const sumRe = (n * rise) / x + logDerivativeRe * logDerivativeRe - logDerivativeIm * logDerivativeIm;
    const sumIm = 2 * logDerivativeRe * logDerivativeIm;
    const changeRe = contrastRe * sumRe - contrastIm * sumIm;
    const changeIm = contrastRe * sumIm + contrastIm * sumRe;
    daDxRe[i] = wronskianARe * changeRe - wronskianAIm * changeIm;
    daDxIm[i] = wronskianARe * changeIm + wronskianAIm * changeRe;
    dbDxRe[i] = wronskianBRe * excessRe - wronskianBIm * excessIm;
    dbDxIm[i] = wronskianBRe * excessIm + wronskianBIm * excessRe;

    // bend = z D' + D = (2n+1) R - z (1 + R^2).
    const squareRe = 1 + rRe * rRe - rIm * rIm;
    const squareIm = 2 * rRe * rIm;
    const bendRe = (2 * n + 1) * rRe - (zRe * squareRe - zIm * squareIm);
    const bendIm = (2 * n + 1) * rIm - (zRe * squareIm + zIm * squareRe);
    const slopeRe = bendRe - 2 * logDerivativeRe;
    const slopeIm = bendIm - 2 * logDerivativeIm;
    const indexRe = slopeRe * inverseM2Re - slopeIm * inverseM2Im;
    const indexIm = slopeRe * inverseM2Im + slopeIm * inverseM2Re;
    daDmRe[i] = wronskianAIm * indexIm - wronskianARe * indexRe;
    daDmIm[i] = -(wronskianARe * indexIm + wronskianAIm * indexRe);
    dbDmRe[i] = wronskianBIm * bendIm - wronskianBRe * bendRe;
    dbDmIm[i] = -(wronskianBRe * bendIm + wronskianBIm * bendRe);
  }
  return result;
}

/**
 * Extinction, scattering and back-scatter efficiencies and the asymmetry parameter
 * (Bohren & Huffman eqs. 4.61, 4.62, 4.82 and p. 120).
 */
export function mieEfficiencies(coefficients: MieCoefficients): MieEfficiencies {
  const { sizeParameter: x, order, aRe, aIm, bRe, bIm } = coefficients;
  let extinction = 0;
  let scattering = 0;
  let forward = 0;
  let backRe = 0;
  let backIm = 0;
  for (let n = 1; n <= order; n++) {
    const i = n - 1;
    const [ar, ai, br, bi] = [aRe[i] ?? 0, aIm[i] ?? 0, bRe[i] ?? 0, bIm[i] ?? 0];
    const [arNext, aiNext, brNext, biNext] = [aRe[n] ?? 0, aIm[n] ?? 0, bRe[n] ?? 0, bIm[n] ?? 0];
    const weight = 2 * n + 1;
    extinction += weight * (ar + br);
    scattering += weight * (ar * ar + ai * ai + br * br + bi * bi);
    forward += ((n * (n + 2)) / (n + 1)) * (ar * arNext + ai * aiNext + br * brNext + bi * biNext);
    forward += (weight / (n * (n + 1))) * (ar * br + ai * bi);
    const sign = n % 2 === 0 ? weight : -weight;
    backRe += sign * (ar - br);
    backIm += sign * (ai - bi);
  }
  const scale = 2 / (x * x);
  return {
    qExt: scale * extinction,
    qSca: scale * scattering,
    qBack: (backRe * backRe + backIm * backIm) / (x * x),
    g: (2 * forward) / scattering,
  };
}
