/** The scale on which model and data are compared, and which pixels count there. */
import type { Normalization } from '../../optics/values.ts';
import type { Column } from './normalProducts.ts';

type Numbers = Float64Array | Float32Array;

export class DataScale {
  private readonly mask: Numbers | null;
  private readonly isRelative: boolean;

  /** @param normalization `mean` where model and data are both relative to their means */
  constructor(mask: Numbers | null, normalization: Normalization) {
    this.mask = mask;
    this.isRelative = normalization === 'mean';
  }

  counts(k: number): boolean {
    return this.mask === null || (this.mask[k] as number) > 0;
  }

  /** Mean over the pixels that count. */
  mean(values: Numbers): number {
    let [sum, count] = [0, 0];
    for (let k = 0; k < values.length; k++) {
      if (!this.counts(k)) continue;
      sum += values[k] as number;
      count++;
    }
    return sum / Math.max(1, count);
  }

  /** Data as they are compared: every few pixels of an image have a mean of their own. */
  ofData(data: Numbers): Numbers {
    return this.isRelative ? scaled(data, 1 / this.mean(data)) : data;
  }

  /** A model with its derivatives as they are compared. */
  ofModel(model: Numbers, columns: readonly Column[]) {
    if (!this.isRelative) return { model, columns, factor: 1 };
    const factor = 1 / this.mean(model);
    const relative = scaled(model, factor);
    // d(m/μ) = (dm - (m/μ) dμ)/μ with dμ the mean of dm.
    const along = columns.map(({ data, first, last }): Column => {
      if (last < first) return { data, first, last };
      const own = new Float64Array(data.length);
      own.set(data.subarray(first, last + 1), first);
      const slope = this.mean(own);
      const column = own.map((d, k) => (d - (relative[k] as number) * slope) * factor);
      return { data: column, first: 0, last: column.length - 1 };
    });
    return { model: relative, columns: along, factor };
  }

  /** The transpose of what `ofModel` does to a derivative: from weights of compared pixels to those of the camera's. */
  transposed(weighed: Float64Array, compared: Numbers, model: Numbers): Float64Array {
    if (!this.isRelative) return weighed;
    const pixels = weighed.reduce((count, _, k) => count + (this.counts(k) ? 1 : 0), 0);
    const shared = weighed.reduce((sum, u, k) => sum + u * (compared[k] as number), 0) / pixels;
    const factor = 1 / this.mean(model);
    return weighed.map((u, k) => (u - (this.counts(k) ? shared : 0)) * factor);
  }
}

/** In float64, where sums over many pixels are exact enough. */
function scaled(values: Numbers, factor: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let k = 0; k < out.length; k++) out[k] = (values[k] as number) * factor;
  return out;
}
