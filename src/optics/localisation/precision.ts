/** Cramér-Rao bounds of where a point is seen: the Fisher information of its photons, and its inverse. */
import type { Ops, Real } from '../ops/ops.ts';
import { spectralSum } from '../spectral.ts';
import type { Pupil } from '../values.ts';
import {
  type Counted,
  type PositionUnits,
  pointResponse,
  positionUnits,
  RESPONSE,
  RESPONSES,
  type Region,
  rowMap,
} from './precisionFields.ts';

export interface PrecisionSettings {
  /** Of one image. */
  readonly photons: number;
  readonly counted: Counted;
  /** Photons per pixel that come from elsewhere; unknown to who localises. */
  readonly background: number;
  readonly region: Region;
  /** Depths of the point before the focal plane, metres. */
  readonly depths: readonly number[];
  /**
   * Standard deviation of what is known of each coordinate beforehand, metres. Information on a coordinate is added to
   * it, so that one which the image does not tell has this precision instead of none at all.
   */
  readonly known: number;
}

/**
 * Standard deviations [planes, 5] of the best unbiased estimate, with x, y, z (metres) in columns 1 to 3, relative
 * photons in column 0 and the background (photons per pixel) in column 4; all five are unknown together. Poisson counts
 * of mean μ = N h + b have the information F_ab = Σ ∂_a μ ∂_b μ / μ (Ober et al., Biophys. J. 86, 1185 (2004)); the
 * bound is √(F⁻¹)_aa.
 */
export function localisationBounds(
  ops: Ops,
  channels: readonly [Pupil, ...Pupil[]],
  { photons, background, region, depths, known, counted }: PrecisionSettings,
): Real {
  const units = positionUnits(channels[0]);
  const response = spectralSum(ops, channels, (light) =>
    pointResponse(ops, light, region, depths, units, counted),
  );
  const scales = boundScales(units, photons, background, region);
  const precise = new Float64Array(RESPONSES);
  for (const row of [RESPONSE.x, RESPONSE.y, RESPONSE.z]) {
    precise[row] = ((scales[row] ?? 0) / known) ** 2;
  }
  const information = fisherInformation(ops, response, background / photons, region);
  const variances = inverseDiagonal(ops, information, precise);
  return ops.multiply(ops.squareRoot(variances), ops.upload(scales, [RESPONSES], 'real'));
}

/** Relative to the mean share of a pixel: what the background is measured in, so that all information is about 1. */
function backgroundUnit({ pixels }: Region, perPhoton: number): number {
  const all = pixels * pixels;
  return Math.sqrt((1 / all + perPhoton) / all);
}

/** Standard deviations that information of 1 per photon stands for. */
function boundScales(
  { lateral, axial }: PositionUnits,
  photons: number,
  background: number,
  region: Region,
): Float64Array {
  const each = 1 / Math.sqrt(photons);
  const ofBackground = photons * backgroundUnit(region, background / photons) * each;
  return Float64Array.of(each, lateral * each, lateral * each, axial * each, ofBackground);
}

/** Σ h_a h_b / (h + β) over the pixels, [planes, 5, 5]: the information per photon, β = b/N. */
function fisherInformation(ops: Ops, response: Real, perPhoton: number, region: Region): Real {
  const [planes = 1, rows = RESPONSES, pixels = 1] = response.shape;
  const unit = backgroundUnit(region, perPhoton);
  const slopes = ops.add(
    response,
    ops.multiply(rowMap(ops, RESPONSE.background, 1), ops.upload(Float64Array.of(unit), [1], 'real')),
  );
  const pick = rowMap(ops, RESPONSE.photons, 1);
  const share = ops.sum(ops.multiply(pick, response), [1]);
  const floor = ops.upload(Float64Array.of(perPhoton), [1], 'real');
  const weighted = ops.divide(slopes, ops.add(share, floor));
  const products = ops.multiply(
    ops.reshape(slopes, [planes, rows, 1, pixels]),
    ops.reshape(weighted, [planes, 1, rows, pixels]),
  );
  return ops.reshape(ops.sum(products, [3]), [planes, rows, rows]);
}

/** What is eliminated first is what the others are least like. */
const ELIMINATION = [RESPONSE.background, RESPONSE.photons, RESPONSE.x, RESPONSE.y, RESPONSE.z];

/**
 * The diagonal [planes, 5] of (F + diag(known))⁻¹ by sweeping one row after the other: A → A - (c - e)(c - e)ᵀ/d - 2eeᵀ
 * with the column c, its unit vector e and the pivot d leaves -A⁻¹ (Goodnight, Am. Stat. 33, 149 (1979)).
 */
function inverseDiagonal(ops: Ops, information: Real, known: Float64Array): Real {
  const size = RESPONSES;
  const [planes = 1] = information.shape;
  const matrix = (name: string, at: (row: number, column: number) => number) =>
    ops.constant(`localisation:${name}`, [size, size], 'real', () =>
      Float64Array.from({ length: size * size }, (_, i) => at(Math.floor(i / size), i % size)),
    );
  const identity = matrix('identity', (row, column) => (row === column ? 1 : 0));
  let swept = ops.add(information, ops.multiply(identity, ops.upload(known, [size], 'real')));
  for (const pivot of ELIMINATION) {
    const chosen = matrix(`column:${pivot}`, (_row, column) => (column === pivot ? 1 : 0));
    const corner = matrix(`corner:${pivot}`, (row, column) => (row === pivot && column === pivot ? 1 : 0));
    const column = ops.sum(ops.multiply(chosen, swept), [2]);
    const diagonal = ops.sum(ops.multiply(corner, swept), [1, 2]);
    const moved = ops.subtract(column, rowMap(ops, pivot, 1));
    const across = ops.divide(ops.reshape(moved, [planes, 1, size]), diagonal);
    swept = ops.subtract(ops.subtract(swept, ops.multiply(moved, across)), ops.scale(corner, 2));
  }
  return ops.scale(ops.reshape(ops.sum(ops.multiply(identity, swept), [2]), [planes, size]), -1);
}
