/** Where a model image must move to match data: normalised cross-correlation through Fourier transforms. */

import type { DeviceArray, Kernels } from '../../optics/ops/kernels.ts';

export interface Shift {
  /** Pixels along x and y, with a fraction from a parabola through the peak. */
  readonly x: number;
  readonly y: number;
  /** Correlation coefficient at the peak, -1..1. */
  readonly score: number;
}

/** Correlates many models with one data set [planes, ny, nx] (planes summed); holds the data's spectrum. */
export class Correlator {
  private readonly kernels: Kernels;
  private readonly planes: number;
  private readonly ny: number;
  private readonly nx: number;
  /** Transforms run on sizes with small factors. */
  private readonly my: number;
  private readonly mx: number;
  private readonly spectrum: DeviceArray;
  private readonly norm: number;
  private readonly mask: ArrayLike<number> | null;

  constructor(
    kernels: Kernels,
    data: ArrayLike<number>,
    mask: ArrayLike<number> | null,
    shape: readonly number[],
  ) {
    this.kernels = kernels;
    this.nx = shape[shape.length - 1] ?? 1;
    this.ny = shape[shape.length - 2] ?? 1;
    this.planes = shape.length === 3 ? (shape[0] ?? 1) : 1;
    this.my = fastLength(this.ny);
    this.mx = fastLength(this.nx);
    this.mask = mask;
    const { spectrum, norm } = this.transform(data);
    this.spectrum = spectrum;
    this.norm = norm;
  }

  /** The shift (model to data) of highest correlation. */
  async match(model: ArrayLike<number>): Promise<Shift> {
    const { kernels } = this;
    const { spectrum, norm } = this.transform(model);
    const product = kernels.multiply(this.spectrum, spectrum, true);
    const correlation = kernels.fourier2(product, 'inverse');
    const [values = new Float32Array(0)] = await kernels.readMany([correlation]);
    const size = this.my * this.mx;
    const map = new Float64Array(size);
    for (let p = 0; p < this.planes; p++) {
      for (let i = 0; i < size; i++) map[i] = (map[i] as number) + (values[2 * (p * size + i)] as number);
    }
    for (const array of [spectrum, product, correlation]) kernels.release(array);
    let best = 0;
    for (let i = 1; i < size; i++) if ((map[i] as number) > (map[best] as number)) best = i;
    const row = Math.floor(best / this.mx);
    const column = best % this.mx;
    const at = (y: number, x: number) =>
      map[((y + this.my) % this.my) * this.mx + ((x + this.mx) % this.mx)] as number;
    const centre = at(row, column);
    return {
      x: column - Math.floor(this.mx / 2) + vertex(at(row, column - 1), centre, at(row, column + 1)),
      y: row - Math.floor(this.my / 2) + vertex(at(row - 1, column), centre, at(row + 1, column)),
      score: (centre * Math.sqrt(size)) / (this.norm * norm + Number.MIN_VALUE),
    };
  }

  dispose(): void {
    this.kernels.release(this.spectrum);
  }

  /** Spectrum of the mean-free counted pixels on the enlarged window, and their norm. */
  private transform(image: ArrayLike<number>): { spectrum: DeviceArray; norm: number } {
    const padded = new Float64Array(2 * this.planes * this.my * this.mx);
    let norm = 0;
    const pixels = this.ny * this.nx;
    for (let p = 0; p < this.planes; p++) {
      let [sum, count] = [0, 0];
      for (let i = 0; i < pixels; i++) {
        if (this.mask !== null && !((this.mask[p * pixels + i] as number) > 0)) continue;
        sum += image[p * pixels + i] as number;
        count++;
      }
      const mean = count > 0 ? sum / count : 0;
      for (let i = 0; i < pixels; i++) {
        if (this.mask !== null && !((this.mask[p * pixels + i] as number) > 0)) continue;
        const value = (image[p * pixels + i] as number) - mean;
        const y = Math.floor(i / this.nx);
        padded[2 * ((p * this.my + y) * this.mx + (i % this.nx))] = value;
        norm += value * value;
      }
    }
    const { kernels } = this;
    const array = kernels.upload(padded, [this.planes, this.my, this.mx], 'complex');
    const spectrum = kernels.fourier2(array, 'forward');
    kernels.release(array);
    return { spectrum, norm: Math.sqrt(norm) };
  }
}

function vertex(left: number, centre: number, right: number): number {
  const bend = left - 2 * centre + right;
  return bend < 0 ? (0.5 * (left - right)) / bend : 0;
}

/** Smallest even length >= n without prime factors above 5. */
function fastLength(n: number): number {
  for (let m = Math.max(2, n + (n % 2)); ; m += 2) {
    let rest = m;
    for (const p of [2, 3, 5]) while (rest % p === 0) rest /= p;
    if (rest === 1) return m;
  }
}
