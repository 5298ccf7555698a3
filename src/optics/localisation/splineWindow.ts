/** A square of pixels of the image of a point: its values and slopes, from the coefficients of the spline. */
import { type PsfSpline, splineSlopes, splineWeights, TAPS } from './psfSpline.ts';

/** Where an emitter may be. */
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

/** Where a window finds its coefficients. */
export interface Place {
  /** First of four planes, first row, first column of each phase. */
  readonly plane: number;
  readonly row: number;
  readonly column: number;
  /** Phase of the first coefficient of the first pixel. */
  readonly phase: number;
}

/**
 * @param unknowns begin with x and y (pixels from the window's first pixel) and z (planes)
 * @param weights filled with weights and slopes along z, y and x, four each
 */
export function placeOf(
  { pixels, fine }: PsfSpline,
  unknowns: ArrayLike<number>,
  weights: Float64Array,
): Place {
  const centre = Math.floor(pixels / 2);
  const depth = unknowns[2] as number;
  const y = (centre - (unknowns[1] as number)) * fine;
  const x = (centre - (unknowns[0] as number)) * fine;
  const [plane, row, column] = [Math.floor(depth), Math.floor(y), Math.floor(x)];
  for (const [axis, share] of [depth - plane, y - row, x - column].entries()) {
    splineWeights(share, weights, 2 * axis * TAPS);
    splineSlopes(share, weights, (2 * axis + 1) * TAPS);
  }
  const phase = (column - 1) % fine;
  return { plane: plane - 1, row: row - 1, column: (column - 1 - phase) / fine, phase };
}

/** Values, then slopes by x and y (per pixel) and by z (per plane). */
export type Quartet = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

export function quartet(make: (layer: number) => Float64Array): Quartet {
  return [make(0), make(1), make(2), make(3)];
}

/** The image of one photon around its place. */
export interface Shape {
  /** Its first pixel. */
  readonly x0: number;
  readonly y0: number;
  readonly side: number;
  /** From row to row. */
  readonly width: number;
  /** [4, side, width]: values, then slopes by x and y (per pixel) and by z (per plane); valid until its slot is filled anew. */
  readonly layers: Float64Array | Float32Array;
}

/** Pixels that the spline has around a point at any fraction of a pixel, and two less: a whole pixel for its slopes. */
export function shapeSide({ pixels }: PsfSpline): number {
  return pixels - 6;
}

/** The square of pixels around a place, and the place within. */
export function aroundPlace(place: ArrayLike<number>, side: number) {
  const half = Math.floor(side / 2);
  const [x0, y0] = [Math.floor(place[0] as number) - half, Math.floor(place[1] as number) - half];
  const within = [(place[0] as number) - x0, (place[1] as number) - y0, place[2] as number] as const;
  return { x0, y0, within };
}

/** Reads squares of pixels row by row, in float64. */
export function splineWindow(spline: PsfSpline, side: number) {
  const { coefficients, pixels, fine } = spline;
  const columns = columnsRead(fine, side);
  const rows = (side - 1) * fine + TAPS;
  const line = fine * columns;
  const value = new Float64Array(rows * line);
  const slope = new Float64Array(rows * line);
  // Along y: value, slope by y and slope by z of one row of pixels.
  const along = [new Float64Array(line), new Float64Array(line), new Float64Array(line)] as const;
  const weights = new Float64Array(6 * TAPS);
  let firstPhase = 0;

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

  return {
    /** @param unknowns begin with x and y (pixels from the first pixel) and z (planes) */
    moveTo(unknowns: ArrayLike<number>): void {
      const place = placeOf(spline, unknowns, weights);
      firstPhase = place.phase;
      collapseDepth(place);
    },
    fillRow(pixelRow: number, [h, hx, hy, hz]: Quartet): void {
      collapseRow(pixelRow);
      const [values, slopes, depths] = along;
      for (let pixel = 0; pixel < side; pixel++) {
        let [sum, x, y, z] = [0, 0, 0, 0];
        for (let tap = 0; tap < TAPS; tap++) {
          const phase = (firstPhase + tap) % fine;
          const at = phase * columns + (firstPhase + tap - phase) / fine + pixel;
          const weight = weights[4 * TAPS + tap] as number;
          const v = values[at] as number;
          sum += weight * v;
          x += (weights[5 * TAPS + tap] as number) * v;
          y += weight * (slopes[at] as number);
          z += weight * (depths[at] as number);
        }
        h[pixel] = sum;
        // The model moves against its coefficients.
        hx[pixel] = -fine * x;
        hy[pixel] = -fine * y;
        hz[pixel] = z;
      }
    },
  };
}
