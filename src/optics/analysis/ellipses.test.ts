import { describe, expect, it } from 'vitest';
import { ellipsesOf, polarisationLattice } from './ellipses.ts';
import type { Stokes, StokesPlane } from './stokes.ts';

/** A plane whose samples have the Stokes parameters that `at` gives. */
function planeOf(rows: number, columns: number, at: (row: number, column: number) => Stokes): StokesPlane {
  const map = (s: 0 | 1 | 2 | 3) =>
    Float64Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns)[s]);
  return { maps: [map(0), map(1), map(2), map(3)], rows, columns, pitch: 1e-6 };
}

describe('polarisation ellipses', () => {
  it('have the axes, the direction and the hand of the light', () => {
    // Amplitudes 4 and 3 a quarter period apart: half axes 4 and 3 of 5, long one along y.
    const states: readonly Stokes[] = [
      [25, -7, 0, 24],
      [25, -7, 0, -24],
      [25, 0, 25, 0],
      [25, 0, 0, 0],
    ];
    const plane = planeOf(1, 4, (_, column) => states[column] ?? [0, 0, 0, 0]);
    const [right, left, diagonal, ...others] = ellipsesOf(polarisationLattice(plane, 4));
    // Float32 lattice.
    expect(right?.long).toBeCloseTo(0.8, 6);
    expect(right?.short).toBeCloseTo(0.6, 6);
    expect(right?.angle).toBeCloseTo(Math.PI / 2, 6);
    expect([right?.handedness, left?.handedness]).toEqual(['right', 'left']);
    expect(diagonal).toMatchObject({ handedness: 'linear', column: 2, row: 0 });
    expect(diagonal?.angle).toBeCloseTo(Math.PI / 4, 6);
    // Unpolarised light has no ellipse.
    expect(others).toEqual([]);
  });

  it('are means over cells, in which opposite states cancel', () => {
    const plane = planeOf(4, 5, (row, column) =>
      row % 2 === 0 ? [1, 1, 0, 0] : [1, column < 2 ? -1 : 1, 0, 0],
    );
    const lattice = polarisationLattice(plane, 3);
    expect([lattice.step, lattice.rows, lattice.columns]).toEqual([2, 2, 2]);
    expect(ellipsesOf(lattice).map(({ row, column, long }) => [row, column, long])).toEqual([
      [0, 1, 1],
      [1, 1, 1],
    ]);
  });

  it('stand where there is light', () => {
    const plane = planeOf(2, 2, (row) => (row === 0 ? [1, 1, 0, 0] : [1e-4, 1e-4, 0, 0]));
    expect(ellipsesOf(polarisationLattice(plane, 2)).map(({ row }) => row)).toEqual([0, 0]);
  });
});
