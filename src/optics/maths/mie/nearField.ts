/**
 * The exact field around a sphere on planes across the axis, by radial profiles.
 *
 * For light along +z polarised along x the scattered field at lateral distance rho, azimuth phi is
 *   E_x = A + B cos 2 phi,  E_y = B sin 2 phi,  E_z = W cos phi
 * with three profiles of rho alone: A = (U + P)/2, B = (U - P)/2, U = R sin theta + T cos theta,
 * W = R cos theta - T sin theta, from the vector spherical harmonics (Bohren & Huffman 1983, eqs. 4.45 and 4.50)
 *   R = sin theta sum E_n i a_n n(n+1) pi_n xi_n / r^2,
 *   T = sum E_n (i a_n tau_n xi_n' - b_n pi_n xi_n) / r,   P = sum E_n (i a_n pi_n xi_n' - b_n tau_n xi_n) / r,
 * E_n = i^n (2n+1)/(n(n+1)). All lengths in units of the medium's wavelength over 2 pi; only outside the sphere.
 */
import { createHermiteTable, type HermiteTable } from '../hermite.ts';
import type { MieSeries } from './coefficients.ts';

/** Real numbers per series: A, B and W. */
export const PROFILE_CHANNELS = 6;

/** The weights E_n i a_n and E_n b_n of a series, four numbers per order. */
function weightsOf({ a, b }: MieSeries): Float64Array {
  const weights = new Float64Array(2 * a.length);
  for (let i = 0; 2 * i < a.length; i++) {
    const n = i + 1;
    const size = (2 * n + 1) / (n * (n + 1));
    // i^n and i^(n+1).
    const [c, s] = [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ][n % 4] as [number, number];
    const [aRe, aIm, bRe, bIm] = [a[2 * i] ?? 0, a[2 * i + 1] ?? 0, b[2 * i] ?? 0, b[2 * i + 1] ?? 0];
    weights[4 * i] = size * (-s * aRe - c * aIm);
    weights[4 * i + 1] = size * (c * aRe - s * aIm);
    weights[4 * i + 2] = size * (c * bRe - s * bIm);
    weights[4 * i + 3] = size * (s * bRe + c * bIm);
  }
  return weights;
}

/** A, B and W times exp(-ir) of every series at a place, written to `out` from `offset` on. */
function profiles(
  families: readonly Float64Array[],
  rho: number,
  z: number,
  out: Float64Array,
  offset: number,
): void {
  const r = Math.hypot(rho, z);
  const [sine, cosine] = [rho / r, z / r];
  const sums = new Float64Array(6 * families.length);
  // xi_n exp(-ir), upward: xi grows with the order.
  let beforeRe = 0;
  let beforeIm = -1;
  let re = -1;
  let im = -1 / r;
  let piBefore = 0;
  let pi = 1;
  const orders = (families[0]?.length ?? 0) / 4;
  for (let i = 0; i < orders; i++) {
    const n = i + 1;
    const tau = n * cosine * pi - (n + 1) * piBefore;
    const slopeRe = beforeRe - (n / r) * re;
    const slopeIm = beforeIm - (n / r) * im;
    for (let f = 0; f < families.length; f++) {
      const weights = families[f] as Float64Array;
      const aRe = weights[4 * i] as number;
      const aIm = weights[4 * i + 1] as number;
      const bRe = weights[4 * i + 2] as number;
      const bIm = weights[4 * i + 3] as number;
      const aSlopeRe = aRe * slopeRe - aIm * slopeIm;
      const aSlopeIm = aRe * slopeIm + aIm * slopeRe;
      const bXiRe = bRe * re - bIm * im;
      const bXiIm = bRe * im + bIm * re;
      const radial = n * (n + 1) * pi;
      const at = 6 * f;
      sums[at] = (sums[at] as number) + radial * (aRe * re - aIm * im);
      sums[at + 1] = (sums[at + 1] as number) + radial * (aRe * im + aIm * re);
      sums[at + 2] = (sums[at + 2] as number) + tau * aSlopeRe - pi * bXiRe;
      sums[at + 3] = (sums[at + 3] as number) + tau * aSlopeIm - pi * bXiIm;
      sums[at + 4] = (sums[at + 4] as number) + pi * aSlopeRe - tau * bXiRe;
      sums[at + 5] = (sums[at + 5] as number) + pi * aSlopeIm - tau * bXiIm;
    }
    const nextRe = ((2 * n + 1) / r) * re - beforeRe;
    const nextIm = ((2 * n + 1) / r) * im - beforeIm;
    beforeRe = re;
    beforeIm = im;
    re = nextRe;
    im = nextIm;
    const piAfter = ((2 * n + 1) * cosine * pi - (n + 1) * piBefore) / n;
    piBefore = pi;
    pi = piAfter;
  }
  for (let f = 0; f < families.length; f++) {
    for (let part = 0; part < 2; part++) {
      const radial = ((sums[6 * f + part] as number) * sine) / (r * r);
      const polar = (sums[6 * f + 2 + part] as number) / r;
      const azimuthal = (sums[6 * f + 4 + part] as number) / r;
      const across = radial * sine + polar * cosine;
      const at = offset + PROFILE_CHANNELS * f + part;
      out[at] = (across + azimuthal) / 2;
      out[at + 2] = (across - azimuthal) / 2;
      out[at + 4] = radial * cosine - polar * sine;
    }
  }
}

/** The scattered field of several series at lateral distance `rho` on the plane at `z`: A, B, W of each, with exp(ir). */
export function nearFieldAt(series: readonly MieSeries[], rho: number, z: number): Float64Array {
  const out = new Float64Array(PROFILE_CHANNELS * series.length);
  profiles(series.map(weightsOf), rho, z, out, 0);
  const r = Math.hypot(rho, z);
  const [c, s] = [Math.cos(r), Math.sin(r)];
  for (let i = 0; i < out.length; i += 2) {
    const [re, im] = [out[i] ?? 0, out[i + 1] ?? 0];
    out[i] = re * c - im * s;
    out[i + 1] = re * s + im * c;
  }
  return out;
}

export interface ProfileTable {
  /** Over s = asinh(rho / scale), in which the profiles without exp(ir) vary evenly. */
  readonly table: HermiteTable;
  readonly scale: number;
  /** First channel of d/dz of the first series (without that of exp(ir)); null where not asked for. */
  readonly byZ: number | null;
}

/** Step in s times the order: cubics between nodes are then good to about 1e-8 of the largest value. */
const NODE_STEP = 0.045;
/** Central difference of sixth order for slopes at the nodes, whose error is below that of the cubics. */
const SLOPE_WEIGHTS = [3 / 4, -3 / 20, 1 / 60] as const;
const REACH = SLOPE_WEIGHTS.length;
/** Step of the four-point difference by z, in units of the distance over the order. */
const Z_STEP = 2e-3;

/** Profiles times exp(-ir) of every series on the plane at `z`, from the axis to `largest`. */
export function nearFieldTable(
  series: readonly MieSeries[],
  z: number,
  sphere: number,
  largest: number,
  withZ: boolean,
): ProfileTable {
  const families = series.map(weightsOf);
  const orders = (families[0]?.length ?? 4) / 4;
  const scale = Math.max(Math.abs(z), sphere);
  const end = Math.asinh(largest / scale);
  const intervals = Math.max(8, Math.ceil((end * (orders + 4)) / NODE_STEP));
  const step = end / intervals;
  const own = PROFILE_CHANNELS * families.length;
  const byZ = withZ ? own : null;
  const channels = own + (withZ ? PROFILE_CHANNELS : 0);
  // Further nodes beyond the end; before the axis the profiles repeat, W with the opposite sign.
  const values = new Float64Array((intervals + 1 + REACH) * channels);
  const near = new Float64Array(4 * PROFILE_CHANNELS);
  const first = families.slice(0, 1);
  const h = (Z_STEP * scale) / (orders + 4);
  for (let k = 0; k <= intervals + REACH; k++) {
    const rho = scale * Math.sinh(k * step);
    profiles(families, rho, z, values, k * channels);
    if (byZ === null) continue;
    [-2, -1, 1, 2].forEach((shift, i) => {
      profiles(first, rho, z + shift * h, near, i * PROFILE_CHANNELS);
    });
    for (let c = 0; c < PROFILE_CHANNELS; c++) {
      const at = (i: number) => near[i * PROFILE_CHANNELS + c] ?? 0;
      values[k * channels + byZ + c] = (8 * (at(2) - at(1)) - (at(3) - at(0))) / (12 * h);
    }
  }
  const table = createHermiteTable(0, step, intervals, channels);
  for (let k = 0; k <= intervals; k++) {
    for (let c = 0; c < channels; c++) {
      const parity = c % PROFILE_CHANNELS >= 4 ? -1 : 1;
      const at = (node: number) =>
        node < 0 ? parity * (values[-node * channels + c] ?? 0) : (values[node * channels + c] ?? 0);
      let slope = 0;
      SLOPE_WEIGHTS.forEach((weight, i) => {
        slope += weight * (at(k + i + 1) - at(k - i - 1));
      });
      table.data[2 * (k * channels + c)] = at(k);
      table.data[2 * (k * channels + c) + 1] = slope;
    }
  }
  return { table, scale, byZ };
}
