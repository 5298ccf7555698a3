/**
 * What is known of numbers before a fit, as rows beside those of the pixels: z = (value - mean) / σ, so that the minimum
 * is that of likelihood times prior. Half the sum of z² stands beside a likelihood as it is; beside squares of residuals
 * it is multiplied by the variance of a pixel, since they are not divided by it.
 */
import type { Prior } from '../../graph/document.ts';
import { pixelNoise } from '../../optics/maths/pixelNoise.ts';
import type { NormalEquations } from './levenbergMarquardt.ts';

/** A number of the fit: its value at the origin and its natural step, SI. */
interface Known {
  readonly value: number;
  readonly step: number;
  readonly prior?: Prior | null;
}

interface Row {
  readonly index: number;
  /** In natural steps from the origin. */
  readonly mean: number;
  /** 1 / σ², per natural step squared. */
  readonly precision: number;
}

export class Priors {
  private readonly rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.rows = rows;
  }

  static of(parameters: readonly Known[]): Priors {
    const rows = parameters.flatMap(({ value, step, prior = null }, index): Row[] => {
      if (prior === null) return [];
      return [{ index, mean: (prior.mean - value) / step, precision: (step / prior.sigma) ** 2 }];
    });
    return new Priors(rows);
  }

  get any(): boolean {
    return this.rows.length > 0;
  }

  /** ½ Σ z². */
  merit(point: ArrayLike<number>): number {
    return this.rows.reduce(
      (sum, { index, mean, precision }) => sum + 0.5 * precision * ((point[index] as number) - mean) ** 2,
      0,
    );
  }

  /** Its slope by each coordinate. */
  gradient(point: Float64Array): Float64Array {
    const slope = new Float64Array(point.length);
    for (const { index, mean, precision } of this.rows)
      slope[index] = precision * ((point[index] as number) - mean);
    return slope;
  }

  /** Its curvature times a direction. */
  product(direction: Float64Array): Float64Array {
    const along = new Float64Array(direction.length);
    for (const { index, precision } of this.rows) along[index] = precision * (direction[index] as number);
    return along;
  }

  /** A curvature (row-major) with what is known before. @param variance as in `joined` */
  toldBy(curvature: Float64Array, count: number, variance: number): Float64Array {
    const whole = curvature.slice();
    for (const { index, precision } of this.rows) {
      const at = index * (count + 1);
      whole[at] = (whole[at] as number) + variance * precision;
    }
    return whole;
  }

  /** Normal equations with these rows. @param variance of a pixel where merits are squares, else 1 */
  joined(told: NormalEquations, point: Float64Array, variance: number): NormalEquations {
    const slope = this.gradient(point);
    return {
      merit: told.merit + variance * this.merit(point),
      descent: told.descent.map((g, i) => g - variance * (slope[i] ?? 0)),
      curvature: this.toldBy(told.curvature, told.descent.length, variance),
    };
  }

  /** With means drawn about the origin with their own errors, as if each had been measured there once more. */
  drawn(normal: () => number): Priors {
    return new Priors(this.rows.map((row) => ({ ...row, mean: normal() / Math.sqrt(row.precision) })));
  }
}

/** What is compared, on one scale. */
interface Compared {
  readonly data: ArrayLike<number>;
  readonly model: ArrayLike<number>;
  /** Of the pixels, rows and columns last. */
  readonly shape: readonly number[];
  readonly counts: (pixel: number) => boolean;
}

/**
 * Variance of a pixel where nobody gives it: by the scatter between neighbours in the image or in what the model leaves
 * of it, whichever is less, since structure only adds to it.
 */
export function scatterVariance({ data, model, shape, counts }: Compared): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const residual = Float64Array.from(data, (d, k) => d - (model[k] as number));
  return Math.min(pixelNoise(data, counts, nx, ny), pixelNoise(residual, counts, nx, ny)) ** 2;
}
