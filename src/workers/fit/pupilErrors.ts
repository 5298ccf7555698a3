/**
 * The wavefront that a fit has found in the pupil, terms and maps together, with errors of its parts: linear functions of
 * what was learned, whose variance the covariance tells.
 */

import { encodeFloat32 } from '../../graph/imageData.ts';
import { strehlRatio } from '../../optics/analysis/strehl.ts';
import { wavefrontOf } from '../../optics/analysis/wavefront.ts';
import { choleskySolve } from '../../optics/maths/linearAlgebra.ts';
import { zernikeAt } from '../../optics/maths/zernike.ts';
import type { FittedWavefront } from '../protocol.ts';
import type { HeldErrors } from './mapCovariance.ts';
import type { PupilSlopes } from './mapJacobian.ts';

/** Noll terms that are told of the whole wavefront. */
const TERMS = 36;
/** Piston, tilts and defocus: the place of the image. */
const PLACE_TERMS = 4;

export class PupilErrors {
  private readonly pupil: PupilSlopes;
  private readonly errors: HeldErrors;
  private readonly numberCount: number;
  /** Light at the places, and their coordinates in the unit disc. */
  private readonly weight: Float64Array;
  private readonly x: Float64Array;
  private readonly y: Float64Array;

  constructor(pupil: PupilSlopes, errors: HeldErrors, numberCount: number) {
    this.pupil = pupil;
    this.errors = errors;
    this.numberCount = numberCount;
    const { places, samples, side, radius } = pupil;
    const middle = Math.floor(side / 2);
    const of = (f: (i: number) => number) => Float64Array.from(places, f);
    this.weight = of((i) => (samples[2 * i] as number) ** 2 + (samples[2 * i + 1] as number) ** 2);
    this.x = of((i) => ((i % side) - middle) / radius);
    this.y = of((i) => (Math.floor(i / side) - middle) / radius);
  }

  /** Standard deviation of a weighted sum of the phase at the places, radians; null where it is not determined. */
  private sigma(factors: ArrayLike<number>, onlyCells = false): number | null {
    const slopes = this.pupil.slopes.map((slope, i) => {
      if (slope === undefined || (onlyCells && i < this.numberCount)) return 0;
      let sum = 0;
      for (let k = 0; k < slope.length; k++) sum += (factors[k] as number) * (slope[k] as number);
      return sum;
    });
    const numbers = slopes.slice(0, this.numberCount);
    return this.errors.sigma({ numbers, cells: slopes.slice(this.numberCount) });
  }

  /** Row k: the sum over the places that is the coefficient of term k + 1, by least squares weighted with the light. */
  private projections(terms: number): Float64Array[] | null {
    const { weight, x, y } = this;
    const maps = Array.from({ length: terms }, (_, j) => zernikeAt(j + 1, x, y));
    const products = Float64Array.from({ length: terms * terms }, (_, at) => {
      const [a, b] = [maps[Math.floor(at / terms)], maps[at % terms]];
      return weight.reduce((sum, w, k) => sum + w * (a?.[k] ?? 0) * (b?.[k] ?? 0), 0);
    });
    const rows: Float64Array[] = [];
    for (let j = 0; j < terms; j++) {
      const unit = new Float64Array(terms);
      unit[j] = 1;
      const solved = choleskySolve(products, unit, terms);
      if (!solved.ok) return null;
      rows.push(
        weight.map(
          (w, k) => w * maps.reduce((sum, map, i) => sum + (solved.solution[i] ?? 0) * (map[k] ?? 0), 0),
        ),
      );
    }
    return rows;
  }

  /**
   * A sum over the places of what is left of the phase without the terms of the image's place, fitted without others:
   * where light is uneven their coefficients beside more terms differ.
   */
  private withoutPlace(factors: Float64Array): Float64Array {
    const { x, y } = this;
    const out = factors.slice();
    this.projections(PLACE_TERMS)?.forEach((row, j) => {
      const map = zernikeAt(j + 1, x, y);
      const share = factors.reduce((sum, f, k) => sum + f * (map[k] ?? 0), 0);
      for (let k = 0; k < out.length; k++) out[k] = (out[k] as number) - share * (row[k] as number);
    });
    return out;
  }

  /** Null where the pupil has too few samples to tell terms apart. */
  wavefront(): FittedWavefront | null {
    const { samples, side, radius, wavelength, places } = this.pupil;
    const projections = this.projections(TERMS) ?? this.projections(PLACE_TERMS);
    if (projections === null) return null;
    const disc = { rows: side, columns: side, radius };
    const found = wavefrontOf(samples, disc, wavelength, 'defocus', projections.length);
    const turn = (2 * Math.PI) / wavelength;
    const left = Float64Array.from(places, (i) => found.path[i] as number);
    const light = this.weight.reduce((sum, w) => sum + w, 0);
    // d rms = Σ w r dr / (rms Σ w); what was taken away is orthogonal to the rest.
    const ofRms = left.map((r, k) => ((this.weight[k] as number) * r) / (found.rms * light));
    const rmsSigma = found.rms > 0 ? this.sigma(ofRms) : null;
    const { value: strehl, factors } = this.strehl(found.path);
    return {
      ...{ wavelength, side, radius, rms: found.rms, rmsSigma: rmsSigma === null ? null : rmsSigma / turn },
      ...{ strehl, strehlSigma: this.sigma(this.withoutPlace(factors)) },
      terms: projections.map((row, j) => {
        const sigma = this.sigma(row);
        return {
          ...{
            noll: j + 1,
            value: found.coefficients?.[j] ?? 0,
            sigma: sigma === null ? null : sigma / turn,
          },
        };
      }),
      path: encodeFloat32(Float32Array.from(found.path)),
    };
  }

  /** Of the phase without the place's terms, with its change by the phase at each place. */
  private strehl(path: Float64Array): { value: number; factors: Float64Array } {
    const { samples, wavelength, places } = this.pupil;
    const turn = (2 * Math.PI) / wavelength;
    const flat = new Float64Array(samples.length);
    let [re, im, amplitudes] = [0, 0, 0];
    path.forEach((length, i) => {
      if (Number.isNaN(length)) return;
      const amplitude = Math.hypot(samples[2 * i] as number, samples[2 * i + 1] as number);
      flat[2 * i] = amplitude * Math.cos(turn * length);
      flat[2 * i + 1] = amplitude * Math.sin(turn * length);
      re += flat[2 * i] as number;
      im += flat[2 * i + 1] as number;
      amplitudes += amplitude;
    });
    // Where only some rows are looked at, each place stands for the samples around it.
    const stands = path.reduce((count, length) => count + (Number.isNaN(length) ? 0 : 1), 0) / places.length;
    // d|Σ a e^{iψ}|² = 2 Re[(Σ a e^{iψ})* i a e^{iψ} dψ]
    const factors = Float64Array.from(
      places,
      (i) =>
        (2 * stands * (im * (flat[2 * i] as number) - re * (flat[2 * i + 1] as number))) / amplitudes ** 2,
    );
    return { value: strehlRatio([flat]), factors };
  }

  /** Of the mean phase over each cell that the map alone adds, less its mean over the pupil; NaN where no light is. */
  cellSigmas(cells: number): Float64Array {
    const { weight, x, y } = this;
    const cellOf = (at: number) => Math.min(cells - 1, Math.max(0, Math.floor(((at + 1) / 2) * cells)));
    const members = Array.from({ length: cells * cells }, (): number[] => []);
    for (let k = 0; k < weight.length; k++)
      members[cellOf(y[k] as number) * cells + cellOf(x[k] as number)]?.push(k);
    const all = weight.length;
    return Float64Array.from(members, (own) => {
      if (own.length === 0) return Number.NaN;
      const factors = new Float64Array(all).fill(-1 / all);
      for (const k of own) factors[k] = (factors[k] as number) + 1 / own.length;
      return this.sigma(factors, true) ?? Number.NaN;
    });
  }
}
