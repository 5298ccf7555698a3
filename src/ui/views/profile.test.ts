import { describe, expect, it } from 'vitest';
import type { SampledImage } from './profile.ts';
import { extractProfile, physicalCoordinate, sampleAt } from './profile.ts';

/** value = 10 x + y over 5 columns and 4 rows: bilinear interpolation is exact. */
const ramp: SampledImage = {
  shape: [4, 5],
  pitch: 2e-6,
  data: Float32Array.from({ length: 20 }, (_, i) => 10 * (i % 5) + Math.floor(i / 5)),
};

describe('sampling an image', () => {
  it('is exact for a plane, on and between the pixels', () => {
    expect(sampleAt(ramp, 0, 0)).toBe(0);
    expect(sampleAt(ramp, 4, 3)).toBe(43);
    expect(sampleAt(ramp, 1.5, 2.25)).toBeCloseTo(17.25, 12);
  });

  it('holds the edge value for half a pixel and ends there', () => {
    expect(sampleAt(ramp, -0.5, 0)).toBe(0);
    expect(sampleAt(ramp, 4.5, 3.5)).toBe(43);
    expect(sampleAt(ramp, 4.51, 0)).toBeNaN();
    expect(sampleAt(ramp, Number.NaN, 0)).toBeNaN();
  });

  it('does not mix phases across the jump', () => {
    const phase: SampledImage = {
      shape: [1, 2],
      pitch: 0,
      data: new Float32Array([3.1, -3.1]),
      cyclic: true,
    };
    expect(sampleAt(phase, 0.4, 0)).toBeCloseTo(3.1, 6);
    expect(sampleAt(phase, 0.6, 0)).toBeCloseTo(-3.1, 6);
  });

  it('reads a pixel exactly although its neighbour is not a number', () => {
    const image: SampledImage = { shape: [2, 2], pitch: 0, data: new Float32Array([1, Number.NaN, 3, 4]) };
    expect(sampleAt(image, 0, 0)).toBe(1);
    expect(sampleAt(image, 0, 0.5)).toBe(2);
    expect(sampleAt(image, 0.5, 0)).toBeNaN();
  });

  it('works on a single pixel', () => {
    expect(sampleAt({ shape: [1, 1], pitch: 0, data: new Float32Array([7]) }, 0.2, -0.3)).toBe(7);
  });
});

describe('profiles', () => {
  it('place the origin at sample floor(n/2), for even and odd sizes', () => {
    expect(physicalCoordinate(2, 5, 1e-6)).toBe(0);
    expect(physicalCoordinate(2, 4, 1e-6)).toBe(0);
    expect(physicalCoordinate(0, 4, 1e-6)).toBe(-2e-6);
    expect(physicalCoordinate(3, 4, 0)).toBe(1);
  });

  it('read rows and columns as they are', () => {
    const row = extractProfile(ramp, { kind: 'row', y: 1.2 });
    expect([...row.values]).toEqual([1, 11, 21, 31, 41]);
    expect([...row.position]).toEqual([-4e-6, -2e-6, 0, 2e-6, 4e-6]);
    const column = extractProfile(ramp, { kind: 'column', x: 99 });
    expect([...column.values]).toEqual([40, 41, 42, 43]);
    expect(column.positionTitle).toBe('y');
  });

  it('sample a line about once per pixel, ends included, with distances in metres', () => {
    const line = extractProfile(ramp, { kind: 'line', from: { x: 0, y: 0 }, to: { x: 4, y: 3 } });
    expect(line.values.length).toBe(6);
    line.values.forEach((value, i) => {
      expect(value).toBeCloseTo((43 * i) / 5, 6);
    });
    expect(line.position[5]).toBeCloseTo(10e-6, 12);
  });

  it('give two samples for a line without length', () => {
    const dot = extractProfile(ramp, { kind: 'line', from: { x: 1, y: 1 }, to: { x: 1, y: 1 } });
    expect([...dot.values]).toEqual([11, 11]);
  });
});
