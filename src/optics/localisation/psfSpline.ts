/**
 * The image of a point as a smooth function of its place and depth: a cubic B-spline through samples of a design's own
 * camera image, with continuous second derivatives. Coefficients lie in the order in which a window of pixels reads them.
 * Source of the prefilter: M. Unser, IEEE Signal Process. Mag. 16(6), 22 (1999).
 */

/** Samples of the image of a point, as seen by pixels at any fraction of their distance. */
export interface PsfSamples {
  /** [planes, fine·pixels, fine·pixels]: share of one photon in a pixel at that place. */
  readonly data: Float64Array;
  readonly planes: number;
  /** Pixels along x and along y; the point is at pixel floor(pixels/2). */
  readonly pixels: number;
  /** Samples per pixel along x and along y. */
  readonly fine: number;
  /** Depth of the first plane and from plane to plane, metres. */
  readonly zStart: number;
  readonly zStep: number;
}

/** Samples of the image of a point and the spline through them. */
export interface PsfSpline extends Omit<PsfSamples, 'data'> {
  /** [planes, fine·pixels, fine, pixels]: along x first what is a whole number of pixels apart. */
  readonly coefficients: Float64Array;
  /** [planes, pixels, pixels]: the image of a point in the middle of a pixel. */
  readonly centred: Float64Array;
}

/** Taps of a cubic spline. */
export const TAPS = 4;

const POLE = Math.sqrt(3) - 2;
/** |POLE|^30 is 1e-17. */
const HORIZON = 30;

/** In place: from samples to coefficients along a line that is continued as in a mirror. */
function prefilter(values: Float64Array, start: number, step: number, count: number): void {
  if (count < 2) return;
  const at = (i: number) => start + i * step;
  let first = 0;
  for (let i = 0; i < Math.min(HORIZON, 2 * count - 2); i++) {
    first += POLE ** i * (values[at(i < count ? i : 2 * count - 2 - i)] as number);
  }
  values[at(0)] = first;
  for (let i = 1; i < count; i++) {
    values[at(i)] = (values[at(i)] as number) + POLE * (values[at(i - 1)] as number);
  }
  const last = values[at(count - 1)] as number;
  values[at(count - 1)] = (POLE / (POLE * POLE - 1)) * (last + POLE * (values[at(count - 2)] as number));
  for (let i = count - 2; i >= 0; i--) {
    values[at(i)] = POLE * ((values[at(i + 1)] as number) - (values[at(i)] as number));
  }
  for (let i = 0; i < count; i++) values[at(i)] = 6 * (values[at(i)] as number);
}

/** The spline through samples. */
export function psfSpline(samples: PsfSamples): PsfSpline {
  const { planes, pixels, fine } = samples;
  const side = pixels * fine;
  const values = Float64Array.from(samples.data);
  for (let row = 0; row < planes * side; row++) prefilter(values, row * side, 1, side);
  for (let plane = 0; plane < planes; plane++) {
    for (let column = 0; column < side; column++) prefilter(values, plane * side * side + column, side, side);
  }
  for (let i = 0; i < side * side; i++) prefilter(values, i, side * side, planes);
  const coefficients = new Float64Array(values.length);
  const centred = new Float64Array(planes * pixels * pixels);
  for (let line = 0; line < planes * side; line++) {
    for (let column = 0; column < side; column++) {
      const phase = column % fine;
      const pixel = (column - phase) / fine;
      coefficients[(line * fine + phase) * pixels + pixel] = values[line * side + column] as number;
      if (phase === 0 && line % fine === 0) {
        centred[(line / fine) * pixels + pixel] = samples.data[line * side + column] as number;
      }
    }
  }
  const { zStart, zStep } = samples;
  return { planes, pixels, fine, zStart, zStep, coefficients, centred };
}

/** Weights of four coefficients at the share t of the way from the second to the third, from `to` on. */
export function splineWeights(t: number, to: Float64Array, at: number): void {
  const s = 1 - t;
  to[at] = (s * s * s) / 6;
  to[at + 1] = (4 - 6 * t * t + 3 * t * t * t) / 6;
  to[at + 2] = (4 - 6 * s * s + 3 * s * s * s) / 6;
  to[at + 3] = (t * t * t) / 6;
}

/** Slopes of these weights by t. */
export function splineSlopes(t: number, to: Float64Array, at: number): void {
  const s = 1 - t;
  to[at] = -(s * s) / 2;
  to[at + 1] = -2 * t + 1.5 * t * t;
  to[at + 2] = 2 * s - 1.5 * s * s;
  to[at + 3] = (t * t) / 2;
}
