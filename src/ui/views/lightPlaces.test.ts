import { expect, it } from 'vitest';
import { lightPlaces } from './lightPlaces.ts';
import type { Mark } from './marks.ts';

const goal = (key: string, x: number, y: number): Mark => ({
  kind: 'goal',
  key,
  table: null,
  label: '',
  name: key,
  x,
  y,
  z: 0,
  radius: 0,
  unit: { symbol: 'µm', factor: 1e-6 },
});

const SHAPE = [32, 41] as const;
/** Two blurred spots on a background, micrometres as pixels. */
function picture(...spots: readonly { readonly x: number; readonly y: number; readonly peak: number }[]) {
  const data = Float32Array.from({ length: SHAPE[0] * SHAPE[1] }, (_, i) => {
    const [x, y] = [(i % SHAPE[1]) - 20, Math.floor(i / SHAPE[1]) - 16];
    return spots.reduce(
      (sum, spot) => sum + spot.peak * Math.exp(-((x - spot.x) ** 2 + (y - spot.y) ** 2) / 4),
      3,
    );
  });
  return { shape: SHAPE, data, pitch: 1e-6 };
}

it('finds the centre of light to a small part of a pixel, wherever it is wanted', () => {
  const places = lightPlaces(picture({ x: -7.3, y: 4.6, peak: 10 }), [goal('a', 9e-6, -9e-6)]);
  // The window of whole pixels is not quite centred: what it cuts of the Gaussian's wing.
  expect(places.get('a')?.x).toBeCloseTo(-7.3e-6, 8);
  expect(places.get('a')?.y).toBeCloseTo(4.6e-6, 8);
});

it('gives each place the light that is nearer to it than to the others, also where another is brighter', () => {
  const shown = picture({ x: -9, y: 0, peak: 10 }, { x: 10, y: 3, peak: 4 });
  const places = lightPlaces(shown, [goal('left', -8e-6, 2e-6), goal('right', 8e-6, 0)]);
  expect(places.get('left')?.x).toBeCloseTo(-9e-6, 8);
  expect(places.get('right')?.x).toBeCloseTo(10e-6, 8);
});

it('finds nothing in the dark, and nothing for objects', () => {
  const dark = { shape: SHAPE, data: new Float32Array(SHAPE[0] * SHAPE[1]), pitch: 1e-6 };
  expect(lightPlaces(dark, [goal('a', 0, 0)]).size).toBe(0);
  const bright = picture({ x: 0, y: 0, peak: 1 });
  expect(lightPlaces(bright, [{ ...goal('ball', 0, 0), kind: 'object' }]).size).toBe(0);
});
