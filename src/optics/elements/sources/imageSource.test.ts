import { describe, expect, it } from 'vitest';
import { resample } from '../../maths/resample.ts';
import type { Setting } from '../../testChain.ts';
import { evaluate, intensity, moments, stage, total } from '../../testSupport.ts';
import { imageSource } from './imageSource.ts';

const grid = { samples: 32, pitch: 20e-6 };

const light = async (params: Record<string, Setting>) =>
  evaluate({ source: stage(imageSource, { power: 4, width: 500e-6, ...params }) }, grid);

describe('a picture as light', () => {
  it.each(['brightness', 'amplitude', 'phase', 'emitters'])('has its power as %s', async (use) => {
    const { data } = await light({ use });
    expect((total(intensity(data)) * grid.pitch ** 2) / 4).toBeCloseTo(1, 12);
  });

  it('is brighter where the picture is, upright', async () => {
    const found = await light({ picture: 'letterF', use: 'brightness' });
    const centre = moments({ data: intensity(found.data), shape: [32, 32] });
    expect(centre.x).toBeLessThan(-1);
    expect(centre.y).toBeLessThan(-1);
  });

  it('as amplitude is the square of itself as brightness', async () => {
    const [a, b] = [await light({ use: 'amplitude', picture: 'cells' }), await light({ picture: 'cells' })];
    const [squared, plain] = [intensity(a.data), intensity(b.data)];
    const ratio = Math.max(...squared) / Math.max(...plain) ** 2;
    squared.forEach((value, i) => {
      expect(Math.abs(value - ratio * (plain[i] ?? 0) ** 2)).toBeLessThan(1e-12 * Math.max(...squared));
    });
  });

  it('as phase turns bright places by the depth and leaves dark ones', async () => {
    const { data } = await light({ use: 'phase', phaseDepth: 1, picture: 'letterF' });
    // In the stem, and outside the letter.
    const angle = (row: number, column: number) => {
      const i = 2 * ((row + 16) * 32 + column + 16);
      return Math.atan2(data[i + 1] ?? 0, data[i] ?? 0);
    };
    expect(angle(5, -4)).toBeCloseTo(1, 12);
    expect(angle(-12, 12)).toBeCloseTo(0, 12);
  });

  it('as independent emitters has no coherence left but the grain', async () => {
    const { data, shape } = await light({ use: 'emitters', draws: 64 });
    expect(shape).toEqual([64, 32, 32]);
    const at = (mode: number, pixel: number) => 2 * (mode * 1024 + pixel);
    let [re, im, power] = [0, 0, 0];
    for (let mode = 0; mode < 64; mode++) {
      // Two bright neighbours on the star's first spoke.
      const [i, j] = [at(mode, 16 * 32 + 24), at(mode, 16 * 32 + 25)];
      const [ar = 0, ai = 0, br = 0, bi = 0] = [data[i], data[i + 1], data[j], data[j + 1]];
      re += ar * br + ai * bi;
      im += ai * br - ar * bi;
      power += Math.hypot(ar, ai) * Math.hypot(br, bi);
    }
    expect(power).toBeGreaterThan(0);
    // 1/sqrt(64), three times over.
    expect(Math.hypot(re, im) / power).toBeLessThan(3 / 8);
  });

  it('without an image refuses in words', async () => {
    await expect(light({ picture: 'image' })).rejects.toThrow(/No image/);
  });
});

describe('pictures on other pixels', () => {
  it('keep linear ramps between pixels', () => {
    const ramp = Float64Array.from({ length: 49 }, (_, i) => 2 * (i % 7) + Math.floor(i / 7));
    const fine = resample(ramp, [7, 7], 3, 9, 1);
    for (const [row, column] of [
      [0, 0],
      [2, 7],
      [8, 4],
    ] as const) {
      const [x, y] = [(column - 4) / 3 + 3, (row - 4) / 3 + 3];
      expect(fine[row * 9 + column]).toBeCloseTo(2 * x + y, 12);
    }
  });

  it('are averaged where they are finer than the grid, without loss', () => {
    const spot = new Float64Array(64 * 64);
    spot[40 * 64 + 37] = 1;
    const coarse = resample(spot, [64, 64], 1, 16, 4);
    // One sample of weight 1 spreads over tents of height 1/16.
    expect(total(coarse)).toBeCloseTo(1 / 16, 12);
    const centre = moments({ data: coarse, shape: [16, 16] });
    expect([centre.x * 4, centre.y * 4]).toEqual([expect.closeTo(5, 9), expect.closeTo(8, 9)]);
  });

  it('stay as they are at the same pitch, and are dark outside', () => {
    const picture = Float64Array.from({ length: 9 }, (_, i) => i + 1);
    expect(Array.from(resample(picture, [3, 3], 1, 3, 1))).toEqual(Array.from(picture));
    expect(resample(picture, [3, 3], 1, 7, 1)[0]).toBe(0);
  });
});
