/**
 * Where to start the fit of an emitter: its window is compared with the image of a point at a ladder of depths and at
 * places around the middle, with photons and background in closed form (variable projection).
 */
import type { EmitterKernel } from './localiseKernel.ts';
import type { PsfSpline } from './psfSpline.ts';

export interface EmitterStart {
  /** x, y (pixels from the window's first pixel), z (planes of the spline), photons, background per pixel. */
  readonly values: readonly [number, number, number, number, number];
  /** Share of the window's variance that the image of a point explains, 0 to 1. */
  readonly score: number;
}

interface Template {
  readonly x: number;
  readonly y: number;
  readonly plane: number;
  readonly mean: number;
  /** Sum of squares, less the mean. */
  readonly power: number;
}

/** Starts at other depths are tried where they explain half as much. */
const RIVAL = 0.5;

/** Finds starts in windows of one size. */
export class StartFinder {
  private readonly templates: readonly Template[];
  private readonly products: (one: Float32Array) => Float32Array;
  /** The window less its mean, filled up to a multiple of 4. */
  private readonly centred: Float32Array;
  private readonly size: number;
  private readonly perDepth: number;

  /**
   * @param every planes of the spline from step to step of the ladder
   * @param around pixels around the window's middle pixel at which an emitter is looked for
   */
  constructor(kernel: EmitterKernel, every: number, around = 1) {
    const { spline, side } = kernel;
    this.size = side * side;
    const length = 4 * Math.ceil(this.size / 4);
    this.centred = new Float32Array(length);
    this.perDepth = (2 * around + 1) ** 2;
    const middle = Math.floor(side / 2);
    const first = 1 + Math.floor(((spline.planes - 3) % every) / 2);
    const vectors: Float32Array[] = [];
    const templates: Template[] = [];
    for (let plane = first; plane <= spline.planes - 2; plane += every) {
      for (let k = 0; k < this.perDepth; k++) {
        const x = middle - around + (k % (2 * around + 1));
        const y = middle - around + Math.floor(k / (2 * around + 1));
        const values = new Float32Array(length);
        const { mean, power } = fillTemplate(spline, side, { x, y, plane }, values);
        vectors.push(values);
        templates.push({ x, y, plane, mean, power });
      }
    }
    const all = new Float32Array(vectors.length * length);
    for (const [k, values] of vectors.entries()) all.set(values, k * length);
    this.templates = templates;
    this.products = kernel.productsWith(all, length);
  }

  /** The best start, then the best of every other depth that is likely too; best first. */
  starts(electrons: ArrayLike<number>, most = 3): readonly EmitterStart[] {
    let sum = 0;
    for (let i = 0; i < this.size; i++) sum += electrons[i] as number;
    const mean = sum / this.size;
    let power = 0;
    for (let i = 0; i < this.size; i++) {
      const value = (electrons[i] as number) - mean;
      this.centred[i] = value;
      power += value * value;
    }
    const products = this.products(this.centred);
    const best: EmitterStart[] = [];
    for (let from = 0; from < products.length; from += this.perDepth) {
      best.push(this.bestOf(products, from, mean, power));
    }
    const peaks = best.filter(
      ({ score }, k) => score > (best[k - 1]?.score ?? -1) && score >= (best[k + 1]?.score ?? -1),
    );
    peaks.sort((a, b) => b.score - a.score);
    if (peaks.length === 0) return best.slice(0, 1);
    return peaks.filter(({ score }) => score >= RIVAL * (peaks[0]?.score ?? 0)).slice(0, most);
  }

  /** Of one depth. */
  private bestOf(products: Float32Array, from: number, mean: number, power: number): EmitterStart {
    let [best, at] = [-1, from];
    for (let k = from; k < from + this.perDepth; k++) {
      const explained = Math.max(0, products[k] as number) ** 2 / (this.templates[k]?.power ?? 1);
      if (explained > best) [best, at] = [explained, k];
    }
    const { x, y, plane, mean: share, power: own } = this.templates[at] as Template;
    const photons = Math.max(1, (products[at] as number) / own);
    const background = Math.max(0.1, mean - photons * share);
    return { values: [x, y, plane, photons, background], score: best / (power > 0 ? power : 1) };
  }
}

/** The image of a point in the middle of a pixel of a window, less its mean. */
function fillTemplate(
  { pixels, centred }: PsfSpline,
  side: number,
  { x, y, plane }: { readonly x: number; readonly y: number; readonly plane: number },
  values: Float32Array,
): { readonly mean: number; readonly power: number } {
  const centre = Math.floor(pixels / 2);
  const size = side * side;
  let mean = 0;
  for (let i = 0; i < size; i++) {
    const row = Math.floor(i / side) - y + centre;
    const column = (i % side) - x + centre;
    const isInside = row >= 0 && row < pixels && column >= 0 && column < pixels;
    values[i] = isInside ? (centred[(plane * pixels + row) * pixels + column] as number) : 0;
    mean += (values[i] as number) / size;
  }
  let power = 0;
  for (let i = 0; i < size; i++) {
    values[i] = (values[i] as number) - mean;
    power += (values[i] as number) ** 2;
  }
  return { mean, power };
}
