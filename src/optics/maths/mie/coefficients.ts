/**
 * Scattering of a plane wave by a sphere of one or more concentric layers, in float64 with closed-form derivatives.
 *
 * Conventions: time factor exp(-i omega t), absorbing spheres have Im(m) > 0, m is the index of a layer divided by
 * that of the medium, lengths are in units of the medium's wavelength over 2 pi: an interface has the size parameter
 * x = 2 pi n_medium radius / vacuum wavelength. Sources: Bohren and Huffman, "Absorption and Scattering of Light by
 * Small Particles" (1983), chapters 4 and 8; Wiscombe, Appl. Opt. 19, 1505 (1980); ratios of neighbouring orders for
 * layers after Yang, Appl. Opt. 42, 1710 (2003).
 */
import { psiRatios, realPsi, type ShellRatios, shellRatios, Workspace } from './ratios.ts';

/** The core or a shell of a sphere. */
export interface MieLayer {
  /** x of its outer surface. */
  readonly sizeParameter: number;
  /** Relative index m = mRe + i mIm. */
  readonly mRe: number;
  readonly mIm: number;
}

/** Numbers a_n and b_n, interleaved [re, im], of order n at 2(n - 1). */
export interface MieSeries {
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** Coefficients with their derivatives, layer by layer from the core outwards. */
export interface MieCoefficients extends MieSeries {
  /** Of the outermost surface. */
  readonly sizeParameter: number;
  readonly order: number;
  /** By the size parameter of each layer's outer surface, at fixed indices. */
  readonly bySize: readonly MieSeries[];
  /** Complex-analytic da/dm of each layer: da/d(Re m) = da/dm, da/d(Im m) = i da/dm. */
  readonly byIndex: readonly MieSeries[];
}

/**
 * Beyond this size chi_n makes the coefficient smaller than 1e-200: the rest of the series is exactly
 * negligible, and stopping here keeps chi^2 inside the range of float64.
 */
const LARGEST_CHI = 1e120;

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

function requireUsable(layers: readonly MieLayer[], order: number): void {
  let inner = 0;
  for (const { sizeParameter, mRe, mIm } of layers) {
    if (!(sizeParameter > 0 && Number.isFinite(sizeParameter))) {
      throw new RangeError(
        `The size parameter of a sphere must be positive and finite, not ${sizeParameter}.`,
      );
    }
    if (sizeParameter < inner) {
      throw new RangeError(`Layers must be listed outwards: ${sizeParameter} comes after ${inner}.`);
    }
    if (!(Number.isFinite(mRe) && Number.isFinite(mIm)) || (mRe === 0 && mIm === 0)) {
      throw new RangeError(
        `The relative index of a sphere must be finite and not zero, not ${mRe} + ${mIm}i.`,
      );
    }
    inner = sizeParameter;
  }
  if (layers.length === 0) throw new RangeError('A sphere must have at least one layer.');
  if (!Number.isInteger(order) || order < 1) {
    throw new RangeError(`The order of a Mie series must be a whole number of at least 1, not ${order}.`);
  }
}

/**
 * One of the two polarisations on its way outwards. With u_n(rho) the radial function in the layer at hand, which is
 * regular at the centre, the state is s_n = (n+1)/rho - u'/u: for a single sphere m psi_{n+1}/psi_n, from which
 * nothing cancels for small x. For b_n (`electric` false) u and u' are continuous, for a_n u and u'/m^2.
 *
 * What comes out is F = u'/u, or u'/(m^2 u), at the outermost surface, with its derivatives. These follow from the
 * Riccati equation of F without a second recurrence: a change inside changes F by its own effect there times
 * (u there / u at the surface)^2. With E = rho (s^2 + m^2) - (2n+1) s the integral of u^2 over a layer is
 * u^2 E / (2 m^2) between its ends, hence
 *   dF/dm   = -(1/m)   [u^2 E]              (b_n),     -(1/m^3) [u^2 (E + 2 u'/u)]                             (a_n),
 *   dF/drho = (m'^2 - m^2) u^2              (b_n),     (m'^2 - m^2) u^2 (n(n+1)/(rho m m')^2 + F^2)            (a_n)
 * for the surface between m and, outside it, m'. Entry n of every array at 2n.
 */
interface Polarisation {
  readonly electric: boolean;
  /** s_n at the surface reached, seen from its inside and then from its outside. */
  readonly state: Float64Array;
  /** (u inside / u outside)^2 of each layer; none for the core. */
  readonly across: Float64Array[];
  readonly byIndex: Float64Array[];
  readonly bySize: Float64Array[];
}

function enterCore(space: Workspace, core: MieLayer, electric: boolean, ratios: Float64Array): Polarisation {
  const { sizeParameter: rho, mRe, mIm } = core;
  const state = space.take();
  for (let i = 2; i < state.length; i += 2) {
    const [re, im] = [ratios[i] ?? 0, ratios[i + 1] ?? 0];
    state[i] = mRe * re - mIm * im;
    state[i + 1] = mRe * im + mIm * re;
  }
  const byIndex = space.take();
  addStored(byIndex, state, null, electric, core, rho);
  return { electric, state, across: [], byIndex: [byIndex], bySize: [] };
}

/**
 * Writes w (E + q u'/u) of a layer's surface at `rho` as its derivative by m, or takes it away times `across` where
 * the surface is the inner one: w = -1/m and q = 0 for b_n, -1/m^3 and 2 for a_n.
 */
function addStored(
  out: Float64Array,
  state: Float64Array,
  across: Float64Array | null,
  electric: boolean,
  { mRe, mIm }: MieLayer,
  rho: number,
): void {
  const modulus2 = mRe * mRe + mIm * mIm;
  const [iRe, iIm] = [mRe / modulus2, -mIm / modulus2];
  const [squareRe, squareIm] = [iRe * iRe - iIm * iIm, 2 * iRe * iIm];
  const weightRe = electric ? -(squareRe * iRe - squareIm * iIm) : -iRe;
  const weightIm = electric ? -(squareRe * iIm + squareIm * iRe) : -iIm;
  const share = electric ? 2 : 0;
  const m2Re = mRe * mRe - mIm * mIm;
  const m2Im = 2 * mRe * mIm;
  for (let n = 1; 2 * n < out.length; n++) {
    const i = 2 * n;
    const sRe = state[i] ?? 0;
    const sIm = state[i + 1] ?? 0;
    const eRe = rho * (sRe * sRe - sIm * sIm + m2Re) - (2 * n + 1 + share) * sRe + (share * (n + 1)) / rho;
    const eIm = rho * (2 * sRe * sIm + m2Im) - (2 * n + 1 + share) * sIm;
    const re = weightRe * eRe - weightIm * eIm;
    const im = weightRe * eIm + weightIm * eRe;
    if (across === null) {
      out[i] = re;
      out[i + 1] = im;
    } else {
      const tRe = across[i] ?? 0;
      const tIm = across[i + 1] ?? 0;
      out[i] = (out[i] ?? 0) - (tRe * re - tIm * im);
      out[i + 1] = (out[i + 1] ?? 0) - (tRe * im + tIm * re);
    }
  }
}

/** Takes the state through the surface of `inside` into a medium of index m' = re + i im. */
function crossSurface(space: Workspace, wave: Polarisation, inside: MieLayer, re: number, im: number): void {
  const { state, electric } = wave;
  const { sizeParameter: rho, mRe, mIm } = inside;
  const bySize = space.take();
  wave.bySize.push(bySize);
  // m'^2 - m^2 as a product: exact for indices that are close to each other.
  const [lessRe, lessIm, moreRe, moreIm] = [re - mRe, im - mIm, re + mRe, im + mIm];
  const stepRe = lessRe * moreRe - lessIm * moreIm;
  const stepIm = lessRe * moreIm + lessIm * moreRe;
  if (!electric) {
    for (let i = 2; i < bySize.length; i += 2) {
      bySize[i] = stepRe;
      bySize[i + 1] = stepIm;
    }
    return;
  }
  const modulus2 = mRe * mRe + mIm * mIm;
  const [iRe, iIm] = [mRe / modulus2, -mIm / modulus2];
  const [squareRe, squareIm] = [iRe * iRe - iIm * iIm, 2 * iRe * iIm];
  // m'^2/m^2 - 1, m'^2/m^2 and 1/(m m')^2.
  const excessRe = stepRe * squareRe - stepIm * squareIm;
  const excessIm = stepRe * squareIm + stepIm * squareRe;
  const outer2 = re * re + im * im;
  const [oRe, oIm] = [re / outer2, -im / outer2];
  const [pRe, pIm] = [iRe * oRe - iIm * oIm, iRe * oIm + iIm * oRe];
  const [bothRe, bothIm] = [pRe * pRe - pIm * pIm, 2 * pRe * pIm];
  for (let n = 1; 2 * n < state.length; n++) {
    const i = 2 * n;
    const rise = (n + 1) / rho;
    const sRe = state[i] ?? 0;
    const sIm = state[i + 1] ?? 0;
    // F = u'/(m^2 u), on both sides the same.
    const fRe = (rise - sRe) * squareRe + sIm * squareIm;
    const fIm = (rise - sRe) * squareIm - sIm * squareRe;
    const sumRe = ((n * rise) / rho) * bothRe + fRe * fRe - fIm * fIm;
    const sumIm = ((n * rise) / rho) * bothIm + 2 * fRe * fIm;
    bySize[i] = stepRe * sumRe - stepIm * sumIm;
    bySize[i + 1] = stepRe * sumIm + stepIm * sumRe;
    state[i] = sRe - excessRe * (rise - sRe) - excessIm * sIm;
    state[i + 1] = sIm - excessIm * (rise - sRe) + excessRe * sIm;
  }
}

/**
 * Takes the state from the inside of a shell to its outside. With sigma = s/m, R and r the ratios of psi and xi,
 * u = psi - beta xi has gamma = beta xi/psi inside = (sigma - R)/(sigma - r), and with Q = psi xi^-1 inside over
 * outside, sigma outside = (R - gamma Q r)/(1 - gamma Q) and u inside / u outside = (psi inside / psi outside)
 * (1 - gamma)/(1 - gamma Q).
 */
function crossShell(
  space: Workspace,
  wave: Polarisation,
  shell: MieLayer,
  inside: number,
  ratios: ShellRatios,
): void {
  const { state, electric } = wave;
  const { mRe, mIm, sizeParameter } = shell;
  const { psiInside, psiOutside, xiInside, xiOutside, psiAcross, bothAcross } = ratios;
  const across = space.take();
  const before = space.take();
  before.set(state);
  const modulus2 = mRe * mRe + mIm * mIm;
  const [iRe, iIm] = [mRe / modulus2, -mIm / modulus2];
  for (let i = 2; i < state.length; i += 2) {
    const sRe = state[i] ?? 0;
    const sIm = state[i + 1] ?? 0;
    const sigmaRe = sRe * iRe - sIm * iIm;
    const sigmaIm = sRe * iIm + sIm * iRe;
    const pRe = psiInside[i] ?? 0;
    const pIm = psiInside[i + 1] ?? 0;
    const xRe = xiInside[i] ?? 0;
    const xIm = xiInside[i + 1] ?? 0;
    // (sigma - R) and (sigma - r); everything below is multiplied with the second one instead of divided by it.
    const aRe = sigmaRe - pRe;
    const aIm = sigmaIm - pIm;
    const bRe = sigmaRe - xRe;
    const bIm = sigmaIm - xIm;
    const qRe = bothAcross[i] ?? 0;
    const qIm = bothAcross[i + 1] ?? 0;
    const cRe = aRe * qRe - aIm * qIm;
    const cIm = aRe * qIm + aIm * qRe;
    const denominatorRe = bRe - cRe;
    const denominatorIm = bIm - cIm;
    const scale = 1 / (denominatorRe * denominatorRe + denominatorIm * denominatorIm);
    const inverseRe = denominatorRe * scale;
    const inverseIm = -denominatorIm * scale;
    const outRe = psiOutside[i] ?? 0;
    const outIm = psiOutside[i + 1] ?? 0;
    const farRe = xiOutside[i] ?? 0;
    const farIm = xiOutside[i + 1] ?? 0;
    const numeratorRe = outRe * bRe - outIm * bIm - (cRe * farRe - cIm * farIm);
    const numeratorIm = outRe * bIm + outIm * bRe - (cRe * farIm + cIm * farRe);
    const sigmaOutRe = numeratorRe * inverseRe - numeratorIm * inverseIm;
    const sigmaOutIm = numeratorRe * inverseIm + numeratorIm * inverseRe;
    state[i] = mRe * sigmaOutRe - mIm * sigmaOutIm;
    state[i + 1] = mRe * sigmaOutIm + mIm * sigmaOutRe;
    // 1 - gamma = (R - r)/(sigma - r).
    const gapRe = (pRe - xRe) * inverseRe - (pIm - xIm) * inverseIm;
    const gapIm = (pRe - xRe) * inverseIm + (pIm - xIm) * inverseRe;
    const wRe = psiAcross[i] ?? 0;
    const wIm = psiAcross[i + 1] ?? 0;
    const tRe = wRe * gapRe - wIm * gapIm;
    const tIm = wRe * gapIm + wIm * gapRe;
    across[i] = tRe * tRe - tIm * tIm;
    across[i + 1] = 2 * tRe * tIm;
  }
  const byIndex = space.take();
  addStored(byIndex, state, null, electric, shell, sizeParameter);
  addStored(byIndex, before, across, electric, shell, inside);
  wave.across.push(across);
  wave.byIndex.push(byIndex);
}

/** Makes all derivatives those of F at the outermost surface: each times (u there / u at the surface)^2. */
function bringOut(space: Workspace, wave: Polarisation): void {
  const layers = wave.byIndex.length;
  if (layers === 1) return;
  const weight = space.take().fill(0);
  for (let i = 0; i < weight.length; i += 2) weight[i] = 1;
  for (let layer = layers - 2; layer >= 0; layer--) {
    multiplyInto(weight, wave.across[layer]);
    multiplyInto(wave.byIndex[layer], weight);
    multiplyInto(wave.bySize[layer], weight);
  }
}

function multiplyInto(out: Float64Array | undefined, factor: Float64Array | undefined): void {
  if (out === undefined || factor === undefined) return;
  for (let i = 0; i < out.length; i += 2) {
    const aRe = out[i] ?? 0;
    const aIm = out[i + 1] ?? 0;
    const bRe = factor[i] ?? 0;
    const bIm = factor[i + 1] ?? 0;
    out[i] = aRe * bRe - aIm * bIm;
    out[i + 1] = aRe * bIm + aIm * bRe;
  }
}

/**
 * c_n = (s psi_n - psi_{n+1}) / (s xi_n - xi_{n+1}) of the medium outside, written to `out`, and -i/G^2 with
 * G = F xi - xi' its denominator: the factor from dF to dc_n, by the Wronskian psi xi' - psi' xi = i.
 */
function matchMedium(space: Workspace, state: Float64Array, psi: Float64Array, x: number, out: Float64Array) {
  const slope = space.take().fill(0);
  // chi_n = x y_n(x), so that xi_n = psi_n + i chi_n.
  let chi = -Math.cos(x);
  let chiNext = -Math.cos(x) / x - Math.sin(x);
  for (let n = 1; 2 * n < state.length; n++) {
    const chiAfter = ((2 * n + 1) / x) * chiNext - chi;
    chi = chiNext;
    chiNext = chiAfter;
    if (!(Math.abs(chiNext) < LARGEST_CHI)) break;
    const p = psi[n] ?? 0;
    const pNext = psi[n + 1] ?? 0;
    const sRe = state[2 * n] ?? 0;
    const sIm = state[2 * n + 1] ?? 0;
    const numeratorRe = sRe * p - pNext;
    const numeratorIm = sIm * p;
    const gRe = numeratorRe - sIm * chi;
    const gIm = numeratorIm + sRe * chi - chiNext;
    const scale = 1 / (gRe * gRe + gIm * gIm);
    const inverseRe = gRe * scale;
    const inverseIm = -gIm * scale;
    out[2 * n - 2] = numeratorRe * inverseRe - numeratorIm * inverseIm;
    out[2 * n - 1] = numeratorRe * inverseIm + numeratorIm * inverseRe;
    slope[2 * n] = 2 * inverseRe * inverseIm;
    slope[2 * n + 1] = inverseIm * inverseIm - inverseRe * inverseRe;
  }
  return slope;
}

/** Entry n - 1 of the result is the product of entries n, times a sign. */
function derivative(slope: Float64Array, change: Float64Array, sign: 1 | -1): Float64Array {
  const out = new Float64Array(slope.length - 2);
  for (let i = 0; i < out.length; i += 2) {
    const aRe = slope[i + 2] ?? 0;
    const aIm = slope[i + 3] ?? 0;
    const bRe = change[i + 2] ?? 0;
    const bIm = change[i + 3] ?? 0;
    out[i] = sign * (aRe * bRe - aIm * bIm);
    out[i + 1] = sign * (aRe * bIm + aIm * bRe);
  }
  return out;
}

/** Nothing that is handed on lies in it. */
const scratch = new Workspace();

/**
 * Mie coefficients and their derivatives for a core and any number of shells, listed outwards.
 *
 * Valid for metals, bubbles, layers that amplify, shells of no thickness and x from 1e-6 to 1e4; terms that are below
 * 1e-200 are returned as 0.
 */
export function mieCoefficients(layers: readonly MieLayer[], order: number): MieCoefficients {
  requireUsable(layers, order);
  // Everything depends on m^2 alone. Of its two roots the ratios of xi need the one in the upper half plane.
  const [core, ...shells] = layers.map((layer) =>
    layer.mIm < 0 ? { ...layer, mRe: -layer.mRe, mIm: -layer.mIm } : layer,
  ) as [MieLayer, ...MieLayer[]];
  const space = scratch;
  space.reset(order);
  const ratios = psiRatios(space, core.mRe * core.sizeParameter, core.mIm * core.sizeParameter, order);
  const electric = enterCore(space, core, true, ratios);
  const magnetic = enterCore(space, core, false, ratios);
  let inner = core;
  for (const shell of shells) {
    const { mRe, mIm } = shell;
    const across = shellRatios(space, [mRe, mIm], inner.sizeParameter, shell.sizeParameter, order);
    for (const wave of [electric, magnetic]) {
      crossSurface(space, wave, inner, mRe, mIm);
      crossShell(space, wave, shell, inner.sizeParameter, across);
    }
    inner = shell;
  }
  const x = inner.sizeParameter;
  const psi = realPsi(space, x, order);
  const family = (wave: Polarisation): Family => {
    crossSurface(space, wave, inner, 1, 0);
    bringOut(space, wave);
    const values = new Float64Array(2 * order);
    const slope = matchMedium(space, wave.state, psi, x, values);
    return {
      values,
      bySize: wave.bySize.map((each) => derivative(slope, each, 1)),
      byIndex: wave.byIndex.map((each, i) => derivative(slope, each, (layers[i]?.mIm ?? 0) < 0 ? -1 : 1)),
    };
  };
  const [a, b] = [family(electric), family(magnetic)];
  const pairs = (by: 'bySize' | 'byIndex') =>
    a[by].map((each, layer) => ({ a: each, b: b[by][layer] as Float64Array }));
  return {
    ...{ sizeParameter: x, order, a: a.values, b: b.values },
    ...{ bySize: pairs('bySize'), byIndex: pairs('byIndex') },
  };
}

interface Family {
  readonly values: Float64Array;
  readonly bySize: readonly Float64Array[];
  readonly byIndex: readonly Float64Array[];
}
