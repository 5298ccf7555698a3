import { describe, expect, it } from 'vitest';
import { givenPixels } from '../../graph/guided/pixels.ts';
import { planePictures, shownPlanes } from './filePicture.ts';

const grey = (rgba: Uint8ClampedArray, k: number) => [...rgba.subarray(4 * k, 4 * k + 3)];

describe('the pictures of a file', () => {
  it('show the first plane, the last, and others evenly between', () => {
    expect(shownPlanes(3, 8)).toEqual([0, 1, 2]);
    expect(shownPlanes(101, 5)).toEqual([0, 25, 50, 75, 100]);
    expect(shownPlanes(1, 8)).toEqual([0]);
  });

  it('are means of squares on one scale from black to white, square-rooted', () => {
    // Two planes of 40 × 20 pixels: one of 100 with 500 in a square of two, one of 200.
    const data = Float32Array.from({ length: 1600 }, (_, i) =>
      i >= 800 ? 200 : [0, 1, 40, 41].includes(i) ? 500 : 100,
    );
    const [first, second] = planePictures(givenPixels([2, 20, 40], data, null), [0, 1], 100, 20);
    expect([first?.width, first?.height]).toEqual([20, 10]);
    // Of the places at least eight are as bright as the second plane, which is white therefore.
    expect(grey(second?.rgba ?? new Uint8ClampedArray(), 5)).toEqual([255, 255, 255]);
    expect(grey(first?.rgba ?? new Uint8ClampedArray(), 0)).toEqual([255, 255, 255]);
    expect(grey(first?.rgba ?? new Uint8ClampedArray(), 1)).toEqual([0, 0, 0]);
  });

  it('mark what is saturated, and what is no number', () => {
    const data = new Float32Array(400).fill(10);
    data[0] = 255;
    data[5] = Number.NaN;
    const [picture] = planePictures(givenPixels([20, 20], data, 255), [0], 0, 20);
    const rgba = picture?.rgba ?? new Uint8ClampedArray();
    expect(grey(rgba, 0)[0]).toBe(255);
    expect(grey(rgba, 0)[1]).toBeLessThan(100);
    expect(grey(rgba, 5)).toEqual([255, 0, 255]);
    expect(grey(rgba, 9)).toEqual([255, 255, 255]);
  });
});
