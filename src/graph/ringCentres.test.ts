import { expect, it } from 'vitest';
import { SeededRandom } from '../optics/maths/random.ts';
import { type RingCentre, ringCentres } from './ringCentres.ts';
import { hologramTwin, type TwinSphere } from './testTwins.ts';

const CAMERA = {
  optics: { wavelength: 532e-9, mediumIndex: 1.33, numericalAperture: 1.2 },
  pitch: 0.1e-6,
  noise: 0.01,
  counts: 130,
} as const;

const sphere = (x: number, y: number, z: number, radius: number, refractiveIndex: number): TwinSphere => ({
  x,
  y,
  z: z * 1e-6,
  radius: radius * 1e-6,
  refractiveIndex,
});

function distance(found: readonly RingCentre[], { x, y }: TwinSphere): number {
  return Math.min(...found.map((centre) => Math.hypot(centre.x - x, centre.y - y)));
}

// Polystyrene, silica and melamine, near and far, one cut by the border; all clipped at 255 with noise of 1 %.
const MANY = [
  sphere(50.3, 41.7, 10, 0.5, 1.59),
  sphere(152.8, 60.1, 6, 0.75, 1.45),
  sphere(44.6, 150.2, 18, 0.7, 1.59),
  sphere(138.4, 148.9, 13, 0.4, 1.68),
  sphere(216.2, 108.3, 15, 0.6, 1.5),
];

it.each([1, 2])('finds every sphere that stands apart, and nothing else, seed %i', (seed) => {
  const [ny, nx] = [200, 230];
  const image = hologramTwin(MANY, { ...CAMERA, ny, nx, seed });
  const clipped = image.filter((value) => value === 255).length;
  expect(clipped).toBeGreaterThan(5);
  const found = ringCentres(image, ny, nx, { counts: (i) => (image[i] ?? 0) < 255 });
  expect(found).toHaveLength(MANY.length);
  // Half a pixel is a fraction of the basin of a fit; rings of neighbours and of the border pull at a centre.
  for (const each of MANY) expect(distance(found, each)).toBeLessThan(0.5);
  const scores = found.map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});

it('finds a faint sphere in the rings of a stronger one', () => {
  const both = [sphere(60, 64, 9, 0.6, 1.59), sphere(112.4, 80.3, 9, 0.35, 1.5)];
  const image = hologramTwin(both, { ...CAMERA, ny: 128, nx: 160, seed: 3 });
  const found = ringCentres(image, 128, 160, { counts: (i) => (image[i] ?? 0) < 255 });
  expect(found).toHaveLength(2);
  for (const each of both) expect(distance(found, each)).toBeLessThan(0.5);
});

it.each([1, 2, 3])('finds nothing in noise, seed %i', (seed) => {
  const random = new SeededRandom(seed);
  const noise = Float64Array.from({ length: 160 * 200 }, () => 120 + 5 * random.normal());
  expect(ringCentres(noise, 160, 200)).toEqual([]);
});

it('finds nothing where nothing is to be seen, or counts', () => {
  expect(ringCentres(new Float64Array(64 * 60).fill(1), 64, 60)).toEqual([]);
  const image = hologramTwin([sphere(30, 30, 6, 0.5, 1.59)], { ...CAMERA, ny: 64, nx: 60, seed: 1 });
  expect(ringCentres(image, 64, 60, { counts: () => false })).toEqual([]);
  expect(ringCentres([1], 1, 1)).toEqual([]);
});
