/**
 * What a fit of one emitter needs of its window of pixels: how far model and data are apart, and how that changes with
 * place, depth, photons and background. The sums of a kernel in WebAssembly are the same.
 */
import { type PsfSpline, splineSlopes, splineWeights, TAPS } from './psfSpline.ts';

/** Columns of the unknowns: x and y in pixels from the window's first pixel, z in planes of the spline. */
export const X = 0;
export const Y = 1;
export const Z = 2;
export const PHOTONS = 3;
export const BACKGROUND = 4;
export const UNKNOWNS = 5;

export interface EmitterKernel {
  /** Pixels along x and y of a window. */
  readonly side: number;
  readonly spline: PsfSpline;
  /**
   * Takes a window of pixels.
   * @param electrons [side, side]
   * @param variance of the read noise, electrons², [side, side]; null where there is none
   * @param known expected light of others, [side, side]; null where there is none
   */
  load(
    electrons: ArrayLike<number>,
    variance: ArrayLike<number> | null,
    known: ArrayLike<number> | null,
  ): void;
  /**
   * The deviance 2 Σ [μ + v - D + D ln(D/(μ + v))], D = d + v, of Poisson's distribution and read noise of variance v
   * (Huang et al., Nat. Methods 10, 653 (2013)) at the unknowns; fills `gradient` and `curvature`.
   */
  evaluate(unknowns: Float64Array): number;
  /** Minus half the slope of the deviance, [5]. */
  readonly gradient: Float64Array;
  /** Fisher information [5, 5]. */
  readonly curvature: Float64Array;
  /**
   * Scalar products with fixed vectors.
   * @param vectors one after the other, each of `length` numbers, a multiple of 4
   * @returns what gives the products with one vector; valid until it is called again
   */
  productsWith(vectors: Float32Array, length: number): (one: Float32Array) => Float32Array;
}

/** Smallest expected number of electrons in a pixel: keeps logarithms finite. */
export const LEAST_ELECTRONS = 1e-3;

/** Where a window reads the coefficients: first whole coefficient and the share of the way to the next. */
export interface Reach {
  /** Furthest places of an emitter in the window, pixels. */
  readonly low: number;
  readonly high: number;
  /** Lowest and highest depth, planes. */
  readonly lowZ: number;
  readonly highZ: number;
}

/** Places for which a window of pixels lies within the spline. */
export function reachOf({ pixels, fine, planes }: PsfSpline, side: number): Reach {
  const centre = Math.floor(pixels / 2);
  // Two coefficients before the first pixel and two behind the last one, in whole columns of phases.
  return {
    low: Math.max(0, centre - (pixels - side) + 1 + 2 / fine),
    high: Math.min(side - 1, centre - 2 / fine),
    lowZ: 1,
    highZ: planes - 2 - 1e-6,
  };
}

/** Columns that a window reads of each phase. */
export function columnsRead(fine: number, side: number): number {
  return side + Math.floor((fine + TAPS - 2) / fine);
}

/** The kernel in float64. */
export function splineKernel(spline: PsfSpline, side: number): EmitterKernel {
  const { coefficients, pixels, fine } = spline;
  const size = side * side;
  const columns = columnsRead(fine, side);
  const rows = (side - 1) * fine + TAPS;
  const line = fine * columns;
  const value = new Float64Array(rows * line);
  const slope = new Float64Array(rows * line);
  // Along y: value, slope by y and slope by z of one row of pixels.
  const along = [new Float64Array(line), new Float64Array(line), new Float64Array(line)] as const;
  const weights = new Float64Array(6 * TAPS);
  const data = new Float64Array(size);
  /** Read noise and known light, to be added to the model. */
  const added = new Float64Array(size);
  const gradient = new Float64Array(UNKNOWNS);
  const curvature = new Float64Array(UNKNOWNS * UNKNOWNS);
  const derivatives = Float64Array.of(0, 0, 0, 0, 1);
  const sums = new Float64Array(UNKNOWNS + (UNKNOWNS * (UNKNOWNS + 1)) / 2);
  /** Share of the deviance that does not depend on the model. */
  let constant = 0;

  /** The rows and columns that the window reads, at the emitter's depth. */
  function collapseDepth({ plane, row: firstRow, column: firstColumn }: Place): void {
    const planeLength = fine * pixels * fine * pixels;
    const [w0 = 0, w1 = 0, w2 = 0, w3 = 0, s0 = 0, s1 = 0, s2 = 0, s3 = 0] = weights;
    for (let row = 0; row < rows; row++) {
      for (let phase = 0; phase < fine; phase++) {
        const from = plane * planeLength + ((firstRow + row) * fine + phase) * pixels + firstColumn;
        const to = row * line + phase * columns;
        for (let i = 0; i < columns; i++) {
          const a = coefficients[from + i] as number;
          const b = coefficients[from + planeLength + i] as number;
          const c = coefficients[from + 2 * planeLength + i] as number;
          const d = coefficients[from + 3 * planeLength + i] as number;
          value[to + i] = w0 * a + w1 * b + w2 * c + w3 * d;
          slope[to + i] = s0 * a + s1 * b + s2 * c + s3 * d;
        }
      }
    }
  }

  /** One row of pixels from the four lines of coefficients around it. */
  function collapseRow(pixelRow: number): void {
    const [values, slopes, depths] = along;
    const from = pixelRow * fine * line;
    for (let i = 0; i < line; i++) {
      let [v, s, d] = [0, 0, 0];
      for (let tap = 0; tap < TAPS; tap++) {
        const at = from + tap * line + i;
        const weight = weights[2 * TAPS + tap] as number;
        v += weight * (value[at] as number);
        s += (weights[3 * TAPS + tap] as number) * (value[at] as number);
        d += weight * (slope[at] as number);
      }
      values[i] = v;
      slopes[i] = s;
      depths[i] = d;
    }
  }

  /** Adds a row of pixels to the sums; returns its part of the deviance. */
  function sumRow(pixelRow: number, firstPhase: number, photons: number, background: number): number {
    const [values, slopes, depths] = along;
    let deviance = 0;
    // Where each tap finds its coefficient of the first pixel.
    const places = [0, 1, 2, 3].map((tap) => {
      const phase = (firstPhase + tap) % fine;
      return phase * columns + (firstPhase + tap - phase) / fine;
    });
    for (let pixel = 0; pixel < side; pixel++) {
      let [h, hx, hy, hz] = [0, 0, 0, 0];
      for (let tap = 0; tap < TAPS; tap++) {
        const at = (places[tap] as number) + pixel;
        const weight = weights[4 * TAPS + tap] as number;
        const v = values[at] as number;
        h += weight * v;
        hx += (weights[5 * TAPS + tap] as number) * v;
        hy += weight * (slopes[at] as number);
        hz += weight * (depths[at] as number);
      }
      const i = pixelRow * side + pixel;
      const expected = Math.max(LEAST_ELECTRONS, photons * h + background + (added[i] as number));
      const seen = data[i] as number;
      deviance += expected - seen * Math.log(expected);
      // The model moves against its coefficients.
      const toPixels = -fine * photons;
      derivatives[X] = toPixels * hx;
      derivatives[Y] = toPixels * hy;
      derivatives[Z] = photons * hz;
      derivatives[PHOTONS] = h;
      const excess = seen / expected - 1;
      const share = 1 / expected;
      for (let a = 0, at = 0; a < UNKNOWNS; a++) {
        const weighted = (derivatives[a] as number) * share;
        sums[a] = (sums[a] as number) + (derivatives[a] as number) * excess;
        for (let b = 0; b <= a; b++, at++) {
          sums[UNKNOWNS + at] = (sums[UNKNOWNS + at] as number) + weighted * (derivatives[b] as number);
        }
      }
    }
    return deviance;
  }

  return {
    side,
    spline,
    gradient,
    curvature,
    load(electrons, variance, known) {
      constant = 0;
      for (let i = 0; i < size; i++) {
        const v = variance === null ? 0 : (variance[i] as number);
        const d = Math.max(0, (electrons[i] as number) + v);
        data[i] = d;
        added[i] = v + (known === null ? 0 : (known[i] as number));
        constant += d > 0 ? d * Math.log(d) - d : 0;
      }
    },
    evaluate(unknowns) {
      const place = placeOf(spline, unknowns, weights);
      collapseDepth(place);
      sums.fill(0);
      let deviance = constant;
      for (let row = 0; row < side; row++) {
        collapseRow(row);
        deviance += sumRow(row, place.phase, unknowns[PHOTONS] as number, unknowns[BACKGROUND] as number);
      }
      unpack(sums, gradient, curvature);
      return 2 * deviance;
    },
    productsWith,
  };
}

function productsWith(vectors: Float32Array, length: number): (one: Float32Array) => Float32Array {
  const out = new Float32Array(vectors.length / length);
  return (one) => {
    for (let k = 0; k < out.length; k++) {
      let sum = 0;
      for (let i = 0; i < length; i++) sum += (vectors[k * length + i] as number) * (one[i] as number);
      out[k] = sum;
    }
    return out;
  };
}

/** Where a window finds its coefficients. */
export interface Place {
  /** First of four planes, first row, first column of each phase. */
  readonly plane: number;
  readonly row: number;
  readonly column: number;
  /** Phase of the first coefficient of the first pixel. */
  readonly phase: number;
}

/** @param weights filled with weights and slopes along z, y and x, four each */
export function placeOf({ pixels, fine }: PsfSpline, unknowns: Float64Array, weights: Float64Array): Place {
  const centre = Math.floor(pixels / 2);
  const depth = unknowns[Z] as number;
  const y = (centre - (unknowns[Y] as number)) * fine;
  const x = (centre - (unknowns[X] as number)) * fine;
  const [plane, row, column] = [Math.floor(depth), Math.floor(y), Math.floor(x)];
  for (const [axis, share] of [depth - plane, y - row, x - column].entries()) {
    splineWeights(share, weights, 2 * axis * TAPS);
    splineSlopes(share, weights, (2 * axis + 1) * TAPS);
  }
  const phase = (column - 1) % fine;
  return { plane: plane - 1, row: row - 1, column: (column - 1 - phase) / fine, phase };
}

/** Gradient, then the lower triangle of the Fisher information row by row, to the whole of both. */
export function unpack(
  sums: Float64Array | Float32Array,
  gradient: Float64Array,
  curvature: Float64Array,
): void {
  for (let a = 0, at = UNKNOWNS; a < UNKNOWNS; a++) {
    gradient[a] = sums[a] as number;
    for (let b = 0; b <= a; b++, at++) {
      curvature[a * UNKNOWNS + b] = sums[at] as number;
      curvature[b * UNKNOWNS + a] = sums[at] as number;
    }
  }
}
