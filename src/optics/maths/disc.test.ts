import { describe, expect, it } from 'vitest';
import { discCoverage, discOverlap } from './disc.ts';

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

describe('discCoverage', () => {
  it.each([
    [0.3, 3.1, 4.2],
    [0.5, 4, 4],
    [1, 4, 4],
    [Math.SQRT1_2, 4, 4],
    [2.5, 4.5, 4.5],
    [3.999, 4.123, 4.31],
    [0.001, 4.2, 4.5],
  ])('radius %d at (%d, %d) adds up to pi r^2', (radius, y, x) => {
    const area = Math.PI * radius * radius;
    // Exact apart from the rounding of unit areas: 1e-9 relative even for the smallest disc here.
    expect(Math.abs(total(discCoverage([10, 9], [y, x], radius)) / area - 1)).toBeLessThan(1e-9);
  });

  it('adds up to pi r^2 on large grids', () => {
    for (const [n, radius] of [
      [128, 63],
      [511, 250.37],
      [1024, 511],
    ] as const) {
      const centre = Math.floor(n / 2);
      const coverage = discCoverage([n, n], [centre, centre], radius);
      // Rounding 1e-13 in each of 8 r edge cells.
      expect(Math.abs(total(coverage) / (Math.PI * radius * radius) - 1)).toBeLessThan(1e-12);
      expect(coverage.every((share) => share >= 0 && share <= 1)).toBe(true);
    }
  });

  it('has the exact shares of simple overlaps', () => {
    const centred = discCoverage([5, 5], [2, 2], 1);
    // Disc of radius 1 about a cell's centre: the cell is full; the others by elementary geometry.
    expect(centred[12]).toBe(1);
    const side = (Math.PI - 1) / 4;
    const segment = Math.PI / 3 - Math.sqrt(3) / 4;
    // Beyond x = 0.5 lies a segment of area pi/3 - sqrt(3)/4; the corner beyond x, y > 0.5 is what is left.
    const corner = segment - side;
    expect(centred[6]).toBeCloseTo(corner, 14);
    expect(centred[13]).toBeCloseTo(segment - 2 * corner, 14);
    const small = discCoverage([3, 3], [1, 1], 0.25);
    expect(small[4]).toBeCloseTo(Math.PI / 16, 15);
    const split = discCoverage([4, 4], [1.5, 1.5], 0.4);
    for (const cell of [5, 6, 9, 10]) expect(split[cell]).toBeCloseTo((Math.PI * 0.16) / 4, 15);
  });

  it('agrees with brute force for an arbitrary disc that leaves the grid', () => {
    const [shape, centre, radius] = [[6, 7], [1.3, 5.1], 3.37] as const;
    const coverage = discCoverage(shape, centre, radius);
    const points = 400;
    for (let i = 0; i < shape[0]; i++) {
      for (let j = 0; j < shape[1]; j++) {
        let length = 0;
        for (let k = 0; k < points; k++) {
          const y = i - 0.5 + (k + 0.5) / points - centre[0];
          const half = Math.sqrt(Math.max(0, radius * radius - y * y));
          const left = Math.max(centre[1] - half, j - 0.5);
          const right = Math.min(centre[1] + half, j + 0.5);
          length += Math.max(0, right - left) / points;
        }
        // Midpoint rule with kinks and one square root: 400^-1.5 at worst.
        expect(Math.abs((coverage[i * shape[1] + j] ?? Number.NaN) - length)).toBeLessThan(1e-4);
      }
    }
  });

  it('is empty for radius 0 and refuses nonsense', () => {
    expect(total(discCoverage([3, 3], [1, 1], 0))).toBe(0);
    expect(() => discCoverage([3, 3], [1, 1], -1)).toThrow(/radius/);
    expect(() => discCoverage([3, 3], [1, 1], Number.NaN)).toThrow(/radius/);
  });
});

describe('discOverlap', () => {
  it('has derivatives that agree with central differences', () => {
    const [shape, y, x, r, h] = [[9, 9] as const, 4.13, 3.87, 3.21, 1e-5];
    const overlap = discOverlap(shape, [y, x], r);
    expect(overlap.coverage).toEqual(discCoverage(shape, [y, x], r));
    const compare = (exact: Float64Array, plus: Float64Array, minus: Float64Array) => {
      exact.forEach((value, i) => {
        // The arc's ends move with slopes of up to 10 in a cell it just touches: h times that, and 1e-16/h.
        expect(Math.abs(value - ((plus[i] ?? 0) - (minus[i] ?? 0)) / (2 * h))).toBeLessThan(1e-6);
      });
    };
    compare(overlap.byRadius, discCoverage(shape, [y, x], r + h), discCoverage(shape, [y, x], r - h));
    compare(overlap.byCentreY, discCoverage(shape, [y + h, x], r), discCoverage(shape, [y - h, x], r));
    compare(overlap.byCentreX, discCoverage(shape, [y, x + h], r), discCoverage(shape, [y, x - h], r));
    expect(total(overlap.byRadius)).toBeCloseTo(2 * Math.PI * r, 12);
    // Moving a disc that lies inside the grid changes no area.
    expect(total(overlap.byCentreX)).toBeCloseTo(0, 12);
    expect(total(overlap.byCentreY)).toBeCloseTo(0, 12);
  });
});
