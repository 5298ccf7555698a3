/**
 * What a fit of one emitter needs of its window of pixels: how far model and data are apart, and how that changes with
 * place, depth, photons and background. The sums of a kernel in WebAssembly are the same.
 */
import type { PsfSpline } from './psfSpline.ts';
import { aroundPlace, quartet, type Shape, shapeSide, splineWindow } from './splineWindow.ts';

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
   * The image of one photon and its slopes.
   * @param place x, y and z of the emitter; x and y may be anywhere
   * @param slot of SHAPES: what it held is written over, the others stay
   */
  shape(place: ArrayLike<number>, slot: number): Shape;
  /**
   * Scalar products with fixed vectors.
   * @param vectors one after the other, each of `length` numbers, a multiple of 4
   * @returns what gives the products with one vector; valid until it is called again
   */
  productsWith(vectors: Float32Array, length: number): (one: Float32Array) => Float32Array;
}

/** Images that are kept side by side: one in the middle, and one before and behind along each axis. */
export const SHAPES = 7;

/** Smallest expected number of electrons in a pixel: keeps logarithms finite. */
export const LEAST_ELECTRONS = 1e-3;

/** The kernel in float64. */
export function splineKernel(spline: PsfSpline, side: number): EmitterKernel {
  const size = side * side;
  const window = splineWindow(spline, side);
  const line = quartet(() => new Float64Array(side));
  const data = new Float64Array(size);
  /** Read noise and known light, to be added to the model. */
  const added = new Float64Array(size);
  const gradient = new Float64Array(UNKNOWNS);
  const curvature = new Float64Array(UNKNOWNS * UNKNOWNS);
  const derivatives = Float64Array.of(0, 0, 0, 0, 1);
  const sums = new Float64Array(UNKNOWNS + (UNKNOWNS * (UNKNOWNS + 1)) / 2);
  /** Share of the deviance that does not depend on the model. */
  let constant = 0;

  /** Adds a row of pixels to the sums; returns its part of the deviance. */
  function sumRow(pixelRow: number, photons: number, background: number): number {
    const [values, alongX, alongY, alongZ] = line;
    let deviance = 0;
    for (let pixel = 0; pixel < side; pixel++) {
      const h = values[pixel] as number;
      const i = pixelRow * side + pixel;
      const expected = Math.max(LEAST_ELECTRONS, photons * h + background + (added[i] as number));
      const seen = data[i] as number;
      deviance += expected - seen * Math.log(expected);
      derivatives[X] = photons * (alongX[pixel] as number);
      derivatives[Y] = photons * (alongY[pixel] as number);
      derivatives[Z] = photons * (alongZ[pixel] as number);
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
      window.moveTo(unknowns);
      sums.fill(0);
      let deviance = constant;
      for (let row = 0; row < side; row++) {
        window.fillRow(row, line);
        deviance += sumRow(row, unknowns[PHOTONS] as number, unknowns[BACKGROUND] as number);
      }
      unpack(sums, gradient, curvature);
      return 2 * deviance;
    },
    shape: shapesOf(spline),
    productsWith,
  };
}

function shapesOf(spline: PsfSpline): EmitterKernel['shape'] {
  const side = shapeSide(spline);
  const window = splineWindow(spline, side);
  const slots = Array.from({ length: SHAPES }, () => new Float64Array(4 * side * side));
  return (place, slot) => {
    const layers = slots[slot] as Float64Array;
    const { x0, y0, within } = aroundPlace(place, side);
    window.moveTo(within);
    for (let row = 0; row < side; row++) {
      const from = (layer: number) => (layer * side + row) * side;
      window.fillRow(
        row,
        quartet((layer) => layers.subarray(from(layer), from(layer) + side)),
      );
    }
    return { x0, y0, side, width: side, layers };
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
