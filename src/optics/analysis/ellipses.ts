/** Polarisation ellipses on a coarse lattice: what the eye can tell apart of the Stokes parameters of a plane. */
import { polarisationState, type Stokes, type StokesPlane } from './stokes.ts';

export interface PolarisationLattice {
  /** Samples along the side of a cell; cell (0, 0) begins at sample (0, 0). */
  readonly step: number;
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns, 4]: means of S0 to S3 over the cells, over the largest S0 mean. */
  readonly stokes: Float32Array;
}

/** Means over cells, such that the longer side has at most `most` of them. Samples that fill no cell are left out. */
export function polarisationLattice(plane: StokesPlane, most: number): PolarisationLattice {
  const step = Math.max(1, Math.ceil(Math.max(plane.rows, plane.columns) / most));
  const [rows, columns] = [Math.floor(plane.rows / step), Math.floor(plane.columns / step)];
  const sums = new Float64Array(4 * rows * columns);
  plane.maps.forEach((map, s) => {
    for (let y = 0; y < rows * step; y++) {
      for (let x = 0; x < columns * step; x++) {
        const cell = 4 * (Math.floor(y / step) * columns + Math.floor(x / step)) + s;
        sums[cell] = (sums[cell] as number) + (map[y * plane.columns + x] as number);
      }
    }
  });
  let brightest = 0;
  for (let cell = 0; cell < sums.length; cell += 4) brightest = Math.max(brightest, sums[cell] as number);
  return { step, rows, columns, stokes: Float32Array.from(sums, (sum) => sum / (brightest || 1)) };
}

/** Cells with less than this share of the brightest are left empty. */
const DARK = 5e-3;
/** Ellipses flatter than this (about 3°) pass for lines. */
const FLAT = 0.05;

export type Handedness = 'left' | 'right' | 'linear';

export interface Ellipse {
  /** Cell, from 0. */
  readonly row: number;
  readonly column: number;
  /** Half axes: 1 and 0 of linear light; smaller where the light is partly polarised. The power is not in them. */
  readonly long: number;
  readonly short: number;
  /** Of the long axis from +x towards +y, radians. */
  readonly angle: number;
  readonly handedness: Handedness;
}

/** One ellipse per cell that has polarised light. */
export function ellipsesOf({ rows, columns, stokes }: PolarisationLattice): readonly Ellipse[] {
  const found: Ellipse[] = [];
  for (let cell = 0; cell < rows * columns; cell++) {
    const [s0, s1, s2, s3] = stokes.subarray(4 * cell, 4 * cell + 4) as unknown as Stokes;
    const { degree, angle, ellipticity } = polarisationState([s0, s1, s2, s3]);
    const amplitude = Math.sqrt(degree ?? 0);
    if (!(s0 > DARK) || ellipticity === null) continue;
    const flat = Math.abs(ellipticity) < FLAT;
    found.push({
      row: Math.floor(cell / columns),
      column: cell % columns,
      long: amplitude * Math.cos(ellipticity),
      short: amplitude * Math.abs(Math.sin(ellipticity)),
      angle: angle ?? 0,
      handedness: flat ? 'linear' : ellipticity > 0 ? 'right' : 'left',
    });
  }
  return found;
}
