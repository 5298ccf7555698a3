import { describe, expect, it } from 'vitest';
import { axialSection, brightestPlace, planeOfRow, sectionRows } from './axialSection.ts';

/** Value 100 plane + 10 row + column: each sample tells its place. */
const shape = [3, 4, 5] as const;
const data = Float32Array.from(
  { length: 60 },
  (_, i) => 100 * Math.floor(i / 20) + 10 * (Math.floor(i / 5) % 4) + (i % 5),
);
const stack = { shape, data };

describe('a section of a stack', () => {
  it('along x has one row of each plane, the first on top', () => {
    const { shape: size, data: seen } = axialSection(stack, 'x', { x: 1, y: 2 }, 3);
    expect(size).toEqual([3, 5]);
    expect([...seen]).toEqual([20, 21, 22, 23, 24, 120, 121, 122, 123, 124, 220, 221, 222, 223, 224]);
  });

  it('along y has one column of each plane', () => {
    expect([...axialSection(stack, 'y', { x: 4, y: 0 }, 3).data]).toEqual([
      ...[4, 14, 24, 34],
      ...[104, 114, 124, 134],
      ...[204, 214, 224, 234],
    ]);
  });

  it('shows planes that are farther apart than pixels as bands of equal height', () => {
    expect(sectionRows(shape, 2.5)).toBe(8);
    expect(Array.from({ length: 8 }, (_, row) => planeOfRow(row, 8, 3))).toEqual([0, 0, 0, 1, 1, 2, 2, 2]);
    // A step against the light is as long.
    expect(sectionRows(shape, -2.5)).toBe(8);
  });

  it('keeps every plane where they are close, and does not grow beyond what can be seen', () => {
    expect(sectionRows(shape, 0.1)).toBe(3);
    expect(sectionRows(shape, 1e4)).toBe(10);
  });

  it('goes through the nearest pixel of a place, also beyond the edge', () => {
    expect(axialSection(stack, 'x', { x: 0, y: 9 }, 3).data[0]).toBe(30);
    expect(axialSection(stack, 'y', { x: -3, y: 0 }, 3).data[0]).toBe(0);
  });

  it('goes through the brightest sample of all planes if nobody chose', () => {
    expect(brightestPlace(stack)).toEqual({ x: 4, y: 3 });
    const dim = Float32Array.from(data, (value, i) => (i === 27 ? 999 : i === 3 ? Number.NaN : value));
    expect(brightestPlace({ shape, data: dim })).toEqual({ x: 2, y: 1 });
    const dark = { shape, data: new Float32Array(60).fill(Number.NaN) };
    expect(brightestPlace(dark)).toEqual({ x: 2, y: 2 });
  });
});
