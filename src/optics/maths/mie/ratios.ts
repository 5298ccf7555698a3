/**
 * Ratios of neighbouring Riccati-Bessel functions, psi_n(z) = z j_n(z) and xi_n(z) = z h_n^(1)(z): what the layers of
 * a sphere are computed from. The functions themselves overflow for metals and large spheres; the ratios do not.
 * All arrays are interleaved [re, im], entry n at 2n.
 */

/** Arrays of 2 order + 2 numbers that are used again by the next call: making them would cost more than filling them. */
export class Workspace {
  private arrays: Float64Array[] = [];
  private used = 0;
  private length = 0;

  /** Takes all arrays back, to hand them out again; contents are left as they are. */
  reset(order: number): void {
    const length = 2 * order + 2;
    if (length !== this.length) this.arrays = [];
    this.length = length;
    this.used = 0;
  }

  take(): Float64Array {
    const array = this.arrays[this.used] ?? new Float64Array(this.length);
    this.arrays[this.used] = array;
    this.used += 1;
    return array;
  }
}

/** Stands in for an exact zero of a ratio's denominator, so that one coincidence cannot become NaN. */
const SMALLEST_DENOMINATOR = 1e-150;

/** From this imaginary part on exp(-2 Im z) is lost beside 1. */
const OPAQUE = 20;

/**
 * First order of the downward recurrence: psi_{s+1}/psi_s = 0 is assumed there, and the rule makes the
 * error that this leaves smaller than float64 rounding for all lower orders.
 */
function startOrder(order: number, argumentModulus: number): number {
  return Math.ceil(Math.max(order, argumentModulus)) + Math.ceil(7.6 * Math.cbrt(argumentModulus)) + 2;
}

/** psi_{n+1}(z) / psi_n(z) for n = 0..order, by the downward recurrence. */
export function psiRatios(space: Workspace, zRe: number, zIm: number, order: number): Float64Array {
  const out = space.take();
  const modulus2 = zRe * zRe + zIm * zIm;
  const inverseRe = zRe / modulus2;
  const inverseIm = -zIm / modulus2;
  let re = 0;
  let im = 0;
  for (let n = startOrder(order, Math.sqrt(modulus2)); n > 0; n--) {
    // For real arguments divided each time: a rounded 1/z would be an error of the size in every order alike.
    const denominatorRe = (zIm === 0 ? (2 * n + 1) / zRe : (2 * n + 1) * inverseRe) - re;
    const denominatorIm = (2 * n + 1) * inverseIm - im;
    const scale = 1 / (denominatorRe * denominatorRe + denominatorIm * denominatorIm);
    re = Number.isFinite(scale) ? denominatorRe * scale : 1 / SMALLEST_DENOMINATOR;
    im = Number.isFinite(scale) ? -denominatorIm * scale : 0;
    if (n <= order + 1) {
      out[2 * n - 2] = re;
      out[2 * n - 1] = im;
    }
  }
  return out;
}

/** xi_{n+1}(z) / xi_n(z) for n = 0..order and Im z >= 0, by the upward recurrence: |xi_n| grows with n. */
function xiRatios(space: Workspace, zRe: number, zIm: number, order: number): Float64Array {
  const out = space.take();
  const modulus2 = zRe * zRe + zIm * zIm;
  const inverseRe = zRe / modulus2;
  const inverseIm = -zIm / modulus2;
  let re = inverseRe;
  let im = inverseIm - 1;
  out[0] = re;
  out[1] = im;
  for (let n = 1; n <= order; n++) {
    const scale = 1 / (re * re + im * im);
    re = (2 * n + 1) * inverseRe - re * scale;
    im = (2 * n + 1) * inverseIm + im * scale;
    out[2 * n] = re;
    out[2 * n + 1] = im;
  }
  return out;
}

/**
 * psi_n(x) for n = 0..order + 1 and real x > 0: ratios downward, then products upward, started from the larger
 * of psi_0 and psi_1 because the smaller one may be close to a zero.
 */
export function realPsi(space: Workspace, x: number, order: number): Float64Array {
  const psi = space.take();
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
  return psi;
}

/** psi_1(z) exp(iz), which cannot overflow for Im z >= 0, from the larger of psi_0 and psi_1. */
function scaledPsi1(zRe: number, zIm: number, ratioRe: number, ratioIm: number): [number, number] {
  const decay = Math.exp(-zIm);
  const [c, s] = [Math.cos(zRe), Math.sin(zRe)];
  // exp(iz) sin z and exp(iz) cos z.
  let [sineRe, sineIm, cosineRe, cosineIm] = [0, 0.5, 0.5, 0];
  if (zIm < OPAQUE) {
    const [sRe, sIm] = [s * Math.cosh(zIm), c * Math.sinh(zIm)];
    const [cRe, cIm] = [c * Math.cosh(zIm), -s * Math.sinh(zIm)];
    sineRe = decay * (c * sRe - s * sIm);
    sineIm = decay * (c * sIm + s * sRe);
    cosineRe = decay * (c * cRe - s * cIm);
    cosineIm = decay * (c * cIm + s * cRe);
  }
  const modulus2 = zRe * zRe + zIm * zIm;
  const directRe = (sineRe * zRe + sineIm * zIm) / modulus2 - cosineRe;
  const directIm = (sineIm * zRe - sineRe * zIm) / modulus2 - cosineIm;
  if (directRe * directRe + directIm * directIm > sineRe * sineRe + sineIm * sineIm)
    return [directRe, directIm];
  return [sineRe * ratioRe - sineIm * ratioIm, sineRe * ratioIm + sineIm * ratioRe];
}

/** How waves of order n = 1..order cross a shell of one index, from z = m rho at its inside to its outside. */
export interface ShellRatios {
  /** psi_{n+1}/psi_n and xi_{n+1}/xi_n at both sides. */
  readonly psiInside: Float64Array;
  readonly psiOutside: Float64Array;
  readonly xiInside: Float64Array;
  readonly xiOutside: Float64Array;
  /** psi_n inside over psi_n outside. */
  readonly psiAcross: Float64Array;
  /** The same times xi_n outside over xi_n inside. */
  readonly bothAcross: Float64Array;
}

export function shellRatios(
  space: Workspace,
  m: readonly [re: number, im: number],
  inside: number,
  outside: number,
  order: number,
): ShellRatios {
  const [mRe, mIm] = m;
  const psiInside = psiRatios(space, mRe * inside, mIm * inside, order);
  const psiOutside = psiRatios(space, mRe * outside, mIm * outside, order);
  const xiInside = xiRatios(space, mRe * inside, mIm * inside, order);
  const xiOutside = xiRatios(space, mRe * outside, mIm * outside, order);
  const psiAcross = space.take();
  const bothAcross = space.take();
  const [aRe, aIm] = scaledPsi1(mRe * inside, mIm * inside, psiInside[0] ?? 0, psiInside[1] ?? 0);
  const [bRe, bIm] = scaledPsi1(mRe * outside, mIm * outside, psiOutside[0] ?? 0, psiOutside[1] ?? 0);
  const modulus2 = bRe * bRe + bIm * bIm;
  const startRe = (aRe * bRe + aIm * bIm) / modulus2;
  const startIm = (aIm * bRe - aRe * bIm) / modulus2;
  // exp(i (z outside - z inside)) undoes the scaling of psi_1, and is xi_0 outside over inside.
  const decay = Math.exp(-mIm * (outside - inside));
  const stepRe = decay * Math.cos(mRe * (outside - inside));
  const stepIm = decay * Math.sin(mRe * (outside - inside));
  fillProducts(psiAcross, psiInside, psiOutside, startRe, startIm, stepRe, stepIm);
  const [r0Re, r0Im] = quotientAt(xiOutside, xiInside);
  fillProducts(bothAcross, xiOutside, xiInside, r0Re, r0Im, stepRe, stepIm);
  for (let i = 2; i < psiAcross.length; i += 2) {
    const re = bothAcross[i] ?? 0;
    const im = bothAcross[i + 1] ?? 0;
    const pRe = psiAcross[i] ?? 0;
    const pIm = psiAcross[i + 1] ?? 0;
    bothAcross[i] = re * pRe - im * pIm;
    bothAcross[i + 1] = re * pIm + im * pRe;
  }
  return { psiInside, psiOutside, xiInside, xiOutside, psiAcross, bothAcross };
}

/** Entry 1 is start times step; each further one is that before times above/below. */
function fillProducts(
  out: Float64Array,
  above: Float64Array,
  below: Float64Array,
  startRe: number,
  startIm: number,
  stepRe: number,
  stepIm: number,
): void {
  let re = startRe * stepRe - startIm * stepIm;
  let im = startRe * stepIm + startIm * stepRe;
  for (let i = 2; i < out.length; i += 2) {
    out[i] = re;
    out[i + 1] = im;
    const aRe = above[i] ?? 0;
    const aIm = above[i + 1] ?? 0;
    const bRe = below[i] ?? 0;
    const bIm = below[i + 1] ?? 0;
    const scale = 1 / (bRe * bRe + bIm * bIm);
    const qRe = (aRe * bRe + aIm * bIm) * scale;
    const qIm = (aIm * bRe - aRe * bIm) * scale;
    const nextRe = re * qRe - im * qIm;
    im = re * qIm + im * qRe;
    re = nextRe;
  }
}

/** Entry 0 of one array over that of another. */
function quotientAt(above: Float64Array, below: Float64Array): [number, number] {
  const [aRe = 0, aIm = 0] = above;
  const [bRe = 0, bIm = 0] = below;
  const scale = 1 / (bRe * bRe + bIm * bIm);
  return [(aRe * bRe + aIm * bIm) * scale, (aIm * bRe - aRe * bIm) * scale];
}
