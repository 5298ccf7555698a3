/** What a fit makes small, pixel by pixel: merit, the force of a residual and the weight of a pixel. */
import { quantumScale } from '../../optics/detection/quanta.ts';
import { type ResidualMeasure, ROBUST_KINDS, type RobustKind, residualMeasure } from '../../optics/robust.ts';
import type { NoiseModel } from '../../optics/values.ts';
import type { Weighting } from './normalProducts.ts';

export type FitMeasure = 'leastSquares' | 'poisson' | 'amplitude' | RobustKind;

/** The measures that are sums over pixels; others are fitted with Adam and never come here. */
export function measureNamed(choice: unknown): FitMeasure {
  if (choice === 'poisson' || choice === 'amplitude') return choice;
  return ROBUST_KINDS.find((kind) => kind === choice) ?? 'leastSquares';
}

/** Electrons below which a mean counts as this many: keeps logarithms and weights finite. */
const MEAN_FLOOR = 1e-3;

/** Images to be compared on the data's scale, and which pixels count. */
export interface Compared {
  readonly model: ArrayLike<number>;
  readonly data: ArrayLike<number>;
  readonly mask: ArrayLike<number> | null;
  /** Of the camera. */
  readonly noise: NoiseModel | null;
}

export class PixelMeasure {
  readonly kind: FitMeasure;
  private readonly residual: ResidualMeasure | null;

  /** @param noise standard deviation of a pixel, for the robust measures */
  constructor(kind: FitMeasure, noise: number) {
    this.kind = kind;
    this.residual =
      kind === 'poisson' ? null : residualMeasure(kind === 'amplitude' ? 'leastSquares' : kind, noise);
  }

  /** An intensity as its residual is taken of: itself, or its root. */
  seen(value: number): number {
    return this.kind === 'amplitude' ? Math.sqrt(Math.max(value + DARK, 0)) : value;
  }

  /** d seen / d value. */
  private slopeOf(value: number): number {
    return this.kind === 'amplitude' ? 0.5 / Math.sqrt(Math.max(value + DARK, DARK)) : 1;
  }

  /** Half the sum of squares, or what stands for it; infinite where the model is not finite. */
  merit({ model, data, mask, noise }: Compared): number {
    const quanta = quantaOf(noise);
    let merit = 0;
    for (let k = 0; k < model.length; k++) {
      if (mask !== null && !((mask[k] as number) > 0)) continue;
      const [m, d] = [model[k] as number, data[k] as number];
      if (this.residual !== null) merit += this.residual.merit(this.seen(d) - this.seen(m));
      else {
        const mean = Math.max(quanta(m, k), MEAN_FLOOR);
        const seen = quanta(d, k);
        merit += mean - seen + (seen > 0 ? seen * Math.log(seen / mean) : 0);
      }
    }
    return Number.isFinite(merit) ? merit : Number.POSITIVE_INFINITY;
  }

  /** In the camera's counts; pixels that do not count have no weight. */
  weighting({ model, data, mask, noise }: Compared): Weighting {
    const gradientFactor = new Float64Array(model.length);
    const weights = new Float64Array(model.length);
    const { perCount } = quantumScale(noise);
    const quanta = quantaOf(noise);
    for (let k = 0; k < model.length; k++) {
      if (mask !== null && !((mask[k] as number) > 0)) continue;
      const [m, d] = [model[k] as number, data[k] as number];
      if (this.residual !== null) {
        const [residual, slope] = [this.seen(d) - this.seen(m), this.slopeOf(m)];
        gradientFactor[k] = slope * this.residual.influence(residual);
        weights[k] = slope ** 2 * this.residual.weight(residual);
      } else {
        const mean = Math.max(quanta(m, k), MEAN_FLOOR);
        const slope = perCount[k % perCount.length] as number;
        gradientFactor[k] = (quanta(d, k) / mean - 1) * slope;
        weights[k] = (slope * slope) / mean;
      }
    }
    return { gradientFactor, weights };
  }

  /**
   * Weights of JJᵀ at the end of a fit, whose inverse times the mean of `squares` over the degrees of freedom is the
   * covariance. Of a robust measure its asymptotic one, Σψ² / (mean ψ')² with equal weights, for residuals that are as
   * large everywhere (Huber, Robust Statistics (1981), 7.6).
   */
  scatter(compared: Compared): { readonly weights: Float64Array; readonly squares: number } {
    const { weights } = this.weighting(compared);
    const { model, data, mask } = compared;
    let [squares, slopes, pixels] = [0, 0, 0];
    for (let k = 0; k < model.length; k++) {
      if (mask !== null && !((mask[k] as number) > 0)) continue;
      const residual = this.seen(data[k] as number) - this.seen(model[k] as number);
      pixels++;
      if (this.residual === null) squares += (weights[k] as number) * residual ** 2;
      else {
        squares += this.residual.influence(residual) ** 2;
        slopes += this.residual.slope(residual);
        weights[k] = this.slopeOf(model[k] as number) ** 2;
      }
    }
    // Where more than half of all pixels are outliers, the slope says nothing: their own spread then counts.
    const slope = this.residual === null ? 1 : Math.max(slopes / Math.max(1, pixels), LEAST_SLOPE);
    return { weights, squares: squares / slope ** 2 };
  }
}

const LEAST_SLOPE = 0.1;
/** Keeps the root of nothing differentiable; as in the loss of the graph. */
const DARK = 1e-10;

/** From camera counts to electrons, lifted by the read noise's variance so that Poisson statistics cover both. */
function quantaOf(noise: NoiseModel | null): (counts: number, index: number) => number {
  const { offset, perCount, lift } = quantumScale(noise);
  const pixels = offset.length;
  return (counts, index) => {
    const i = pixels === 1 ? 0 : index % pixels;
    return (counts - (offset[i] as number)) * (perCount[i] as number) + (lift[i] as number);
  };
}
