import { expect, it } from 'vitest';
import { expose } from '../../optics/detection/expose.ts';
import { measuredPattern, type PixelMaps } from '../../optics/detection/pixelMaps.ts';
import type { NoiseModel, PixelPattern } from '../../optics/values.ts';
import { ofPixel, pixelScale } from './pixelScale.ts';

const EXPOSURES = 8000;
const [ELECTRONS, ROWS, COLUMNS] = [12, 2, 3];
const SOURCE = { shape: [ROWS, COLUMNS], window: null, dark: null } as const;
const NO_MAPS: PixelMaps = { offset: null, gain: null, variance: null };

/** Read noise of a few electrons behind the register, so that neither noise hides the other. */
function camera(multiplication: number, pattern: PixelPattern | null = null): NoiseModel {
  const sensor = {
    isNoisy: true,
    multiplication,
    fullWell: null,
    bits: null,
    pattern: pattern === null ? null : () => pattern,
  };
  const gain = 2.5 * multiplication;
  return { enabled: true, gain, offset: 90, readNoise: 3 * gain, isCalibrated: true, sensor };
}

const mapImage = (data: Float32Array, key: string) => ({ shape: [ROWS, COLUMNS], data, mask: null, key });

/** Maps of a sensor with this register, and the pattern that its exposures have. */
function measured(multiplication: number) {
  const base = { gain: 2.5, offset: 90, readNoise: 7.5 * multiplication };
  const of = (f: (i: number) => number) => Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => f(i));
  const maps = {
    offset: of((i) => 70 + 10 * i),
    gain: of((i) => 1.5 + 0.6 * i),
    variance: of((i) => ((2 + i) * 2 * multiplication) ** 2),
  };
  const images = {
    offset: mapImage(maps.offset, `offset ${multiplication}`),
    gain: mapImage(maps.gain, `gain ${multiplication}`),
    variance: mapImage(maps.variance, `variance ${multiplication}`),
  };
  return { maps, pattern: measuredPattern(images, base, null, { rows: ROWS, columns: COLUMNS, every: 1 }) };
}

/** How far mean and variance of exposures, on this scale, are from those that the scale promises: in their scatter. */
function pulls(noise: NoiseModel, maps: PixelMaps): { readonly mean: number; readonly variance: number }[] {
  const pixels = ROWS * COLUMNS;
  const pattern = noise.sensor?.pattern?.() ?? null;
  const expected = Float64Array.from({ length: pixels }, (_, i) => {
    return noise.offset + (pattern?.offset[i] ?? 0) + noise.gain * (pattern?.gain[i] ?? 1) * ELECTRONS;
  });
  const scale = pixelScale(SOURCE, maps, noise);
  const sums = Array.from({ length: pixels }, () => [0, 0, 0]);
  for (let seed = 1; seed <= EXPOSURES; seed++) {
    expose(expected, noise, 7919 * seed, true).forEach((counts, i) => {
      const quanta = (counts - ofPixel(scale.offset, i)) / ofPixel(scale.quantum, i);
      const sum = sums[i] as number[];
      for (const power of [1, 2]) sum[power] = (sum[power] ?? 0) + quanta ** power / EXPOSURES;
    });
  }
  const excess = 2 - 1 / (noise.sensor?.multiplication ?? 1);
  return sums.map(([, mean = 0, square = 0], i) => {
    const variance = ELECTRONS / excess + ofPixel(scale.variance, i);
    // The fourth moment of a few electrons and their register is up to twice that of a normal distribution.
    return {
      mean: (mean - ELECTRONS / excess) / Math.sqrt(variance / EXPOSURES),
      variance: ((square - mean ** 2) / variance - 1) / Math.sqrt(4 / EXPOSURES),
    };
  });
}

it.each([1, 40])(
  'makes numbers that scatter like photons and read noise, multiplied by %i',
  (multiplication) => {
    const { maps, pattern } = measured(multiplication);
    const found = [
      ...pulls(camera(multiplication), NO_MAPS),
      ...pulls(camera(multiplication, pattern), maps),
    ];
    // Of 12 means and variances each none is five standard deviations off.
    for (const { mean, variance } of found) {
      expect(Math.abs(mean)).toBeLessThan(5);
      expect(Math.abs(variance)).toBeLessThan(5);
    }
  },
);

it('takes the pixels of the window out of maps, and no offset where a dark image holds it', () => {
  const { maps } = measured(1);
  const window = { x0: 1, x1: 3, y0: 1, y1: 2 };
  const { offset, quantum } = pixelScale({ ...SOURCE, window }, maps, camera(1));
  expect(offset).toEqual(Float64Array.of(maps.offset[4] ?? 0, maps.offset[5] ?? 0));
  expect(quantum).toEqual(Float64Array.of(maps.gain[4] ?? 0, maps.gain[5] ?? 0));
  expect(pixelScale({ ...SOURCE, dark: new Float32Array(6) }, maps, camera(1)).offset).toBe(0);
});
