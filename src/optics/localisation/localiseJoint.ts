/**
 * Maximum likelihood of several emitters whose images overlap, all at once, on one even background: the same deviance
 * and the same spline as of a single one, with the Fisher information of all unknowns together.
 */
import { choleskySolve } from '../maths/linearAlgebra.ts';
import {
  type EmitterStatus,
  fisherScoring,
  LEAST_BACKGROUND,
  LEAST_PHOTONS,
  type Likelihood,
  type Limits,
  LONGEST_DEPTH_STEP,
  LONGEST_STEP,
  statusOf,
} from './localiseFit.ts';
import { type EmitterKernel, LEAST_ELECTRONS } from './localiseKernel.ts';
import type { Rectangle } from './localiseLight.ts';
import type { Shape } from './splineWindow.ts';

/** Unknowns of each emitter: x, y, z, photons. */
export const OWN = 4;
/** Emitters that are fitted at once, at most. */
export const MOST_TOGETHER = 3;

/** A part of a frame; [ny, nx] each. */
export interface Region extends Rectangle {
  readonly electrons: Float64Array;
  /** Of the read noise, electrons². */
  readonly variance: Float64Array;
  /** Expected light of other emitters; null where there is none. */
  readonly known: Float64Array | null;
}

export interface JointFit {
  /** The pixels that were fitted. */
  readonly part: Rectangle;
  /** x, y (pixels of the frame), z (planes of the spline) and photons of each emitter, then the background per pixel. */
  readonly values: Float64Array;
  /** Cramér-Rao bounds in the same units, each with all others unknown. */
  readonly errors: Float64Array;
  readonly deviance: number;
  readonly statuses: readonly EmitterStatus[];
}

export class JointFitter {
  private readonly kernel: EmitterKernel;

  constructor(kernel: EmitterKernel) {
    this.kernel = kernel;
  }

  /** @param start of one to three emitters, as in `JointFit.values` */
  fit(region: Region, start: ArrayLike<number>): JointFit {
    const count = (start.length - 1) / OWN;
    const limits = limitsOf(this.kernel, region, count);
    const { isDone, ...fit } = fisherScoring(jointLikelihood(this.kernel, region, count), start, limits);
    const statuses = Array.from({ length: count }, (_, k) => statusOf(fit, limits, OWN * k, isDone));
    const { x0, y0, nx, ny } = region;
    return { ...fit, part: { x0, y0, nx, ny }, statuses };
  }

  /**
   * The likeliest fit from several starts of as many emitters each: the most promising are tried, once their photons
   * and background are those that suit them best.
   */
  best(region: Region, starts: readonly Float64Array[], most: number): JointFit | null {
    const [first] = starts;
    if (first === undefined) return null;
    const count = (first.length - 1) / OWN;
    const model = jointLikelihood(this.kernel, region, count);
    const limits = limitsOf(this.kernel, region, count);
    const bright = starts.map((start) => brightened(model, start, limits));
    bright.sort((a, b) => a.deviance - b.deviance);
    const fits = bright.slice(0, most).map(({ values }) => this.fit(region, values));
    return fits.reduce((best, fit) => (fit.deviance < best.deviance ? fit : best));
  }
}

/** A start with the photons and the background of one step that changes nothing else, and the deviance that it promises. */
function brightened(model: Likelihood, start: Float64Array, { low }: Limits) {
  const deviance = model.evaluate(start);
  const unknowns = start.length;
  const linear = Array.from(start.keys()).filter((a) => a % OWN === 3 || a === unknowns - 1);
  const matrix = Float64Array.from({ length: linear.length ** 2 }, (_, i) => {
    const [a, b] = [linear[Math.floor(i / linear.length)] as number, linear[i % linear.length] as number];
    return model.curvature[a * unknowns + b] as number;
  });
  const right = Float64Array.from(linear, (a) => model.gradient[a] as number);
  const solved = choleskySolve(matrix, right, linear.length);
  if (!solved.ok) return { values: start, deviance };
  const values = start.slice();
  linear.forEach((a, k) => {
    values[a] = Math.max(low[a] as number, (start[a] as number) + (solved.solution[k] as number));
  });
  const gain = solved.solution.reduce((sum, each, k) => sum + each * (right[k] as number), 0);
  return { values, deviance: deviance - gain };
}

function limitsOf({ spline }: EmitterKernel, { x0, y0, nx, ny }: Region, count: number): Limits {
  const open = Number.POSITIVE_INFINITY;
  const all = (each: readonly number[], background: number) =>
    Float64Array.from([...Array.from({ length: count }, () => each).flat(), background]);
  return {
    low: all([x0, y0, 1, LEAST_PHOTONS], LEAST_BACKGROUND),
    high: all([x0 + nx - 1, y0 + ny - 1, spline.planes - 2 - 1e-6, open], open),
    longest: all([LONGEST_STEP, LONGEST_STEP, LONGEST_DEPTH_STEP, open], open),
  };
}

/** Of some emitters in a part of a frame; unknowns as `JointFit.values`. */
export function jointLikelihood(kernel: EmitterKernel, region: Region, count: number): Likelihood {
  const { nx, ny, electrons, variance, known } = region;
  const pixels = nx * ny;
  const unknowns = OWN * count + 1;
  // Derivatives of the model, then the same over the model; the background's are 1 and 1/model.
  const slopes = Array.from({ length: unknowns }, () => new Float64Array(pixels));
  const shares = slopes.map(() => new Float64Array(pixels));
  slopes[unknowns - 1]?.fill(1);
  const data = new Float64Array(pixels);
  const added = new Float64Array(pixels);
  const excess = new Float64Array(pixels);
  let constant = 0;
  for (let i = 0; i < pixels; i++) {
    const v = variance[i] as number;
    const d = Math.max(0, (electrons[i] as number) + v);
    data[i] = d;
    added[i] = v + (known === null ? 0 : (known[i] as number));
    constant += d > 0 ? d * Math.log(d) - d : 0;
  }
  const model = new Float64Array(pixels);
  const gradient = new Float64Array(unknowns);
  const curvature = new Float64Array(unknowns * unknowns);
  return {
    gradient,
    curvature,
    evaluate(values) {
      for (let i = 0; i < pixels; i++) model[i] = (values[unknowns - 1] as number) + (added[i] as number);
      for (let k = 0; k < count; k++) {
        const place = values.subarray(OWN * k, OWN * (k + 1));
        placeShape(kernel.shape(place, k), place, region, slopes.slice(OWN * k, OWN * (k + 1)), model);
      }
      const inverse = shares[unknowns - 1] as Float64Array;
      let deviance = constant;
      for (let i = 0; i < pixels; i++) {
        const expected = Math.max(LEAST_ELECTRONS, model[i] as number);
        const seen = data[i] as number;
        deviance += expected - seen * Math.log(expected);
        inverse[i] = 1 / expected;
        excess[i] = seen / expected - 1;
      }
      for (let a = 0; a < unknowns; a++) {
        const [slope, share] = [slopes[a] as Float64Array, shares[a] as Float64Array];
        if (a < unknowns - 1)
          for (let i = 0; i < pixels; i++) share[i] = (slope[i] as number) * (inverse[i] as number);
        gradient[a] = product(slope, excess);
        for (let b = 0; b <= a; b++) {
          const sum = product(share, slopes[b] as Float64Array);
          curvature[a * unknowns + b] = sum;
          curvature[b * unknowns + a] = sum;
        }
      }
      return 2 * deviance;
    },
  };
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/**
 * Adds the light of an emitter to the model, and fills the slopes by its x, y, z and photons. The square of its pixels
 * moves by whole ones: what is at its edge comes and goes by shares, so that the likelihood has no jumps.
 */
function placeShape(
  { x0, y0, side, width, layers }: Shape,
  place: Float64Array,
  region: Rectangle,
  slopes: readonly Float64Array[],
  model: Float64Array,
): void {
  const layer = side * width;
  const [byX, byY, byZ, byPhotons] = slopes as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (const each of slopes) each.fill(0);
  const [x = 0, y = 0, , photons = 0] = place;
  const [across, down] = [x - Math.floor(x), y - Math.floor(y)];
  const [left, top] = [x0 - region.x0, y0 - region.y0];
  const [first, last] = [Math.max(0, left), Math.min(region.nx, left + side)];
  for (let row = Math.max(0, top); row < Math.min(region.ny, top + side); row++) {
    const from = (row - top) * width - left;
    const share = shareOf(row - top, side, down);
    const shareByY = slopeOf(row - top, side);
    for (let column = first; column < last; column++) {
      const [at, i] = [from + column, row * region.nx + column];
      const part = shareOf(column - left, side, across);
      const [h, weight] = [layers[at] as number, photons * share * part];
      byX[i] = weight * (layers[layer + at] as number) + photons * share * slopeOf(column - left, side) * h;
      byY[i] = weight * (layers[2 * layer + at] as number) + photons * part * shareByY * h;
      byZ[i] = weight * (layers[3 * layer + at] as number);
      byPhotons[i] = share * part * h;
      model[i] = (model[i] as number) + weight * h;
    }
  }
}

/** Of the light in a line of pixels, where the place is the fraction `moved` of a pixel further than the square. */
function shareOf(index: number, side: number, moved: number): number {
  if (index === 0) return 1 - moved;
  return index === side - 1 ? moved : 1;
}

/** How that changes with the place. */
function slopeOf(index: number, side: number): number {
  if (index === 0) return -1;
  return index === side - 1 ? 1 : 0;
}
