import { beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../optics/maths/random.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { Ops } from '../optics/ops/ops.ts';
import { registry } from './catalogue.ts';
import { compile } from './compile.ts';
import { borderMedian, brightestSpot, ringCentre } from './detect.ts';
import type { Design } from './document.ts';
import { setAll } from './edit.ts';
import { beadStack } from './examples/beadStack.ts';
import { sphereHologram } from './examples/sphereHologram.ts';
import { GraphRunner, NO_OVERRIDES } from './execute.ts';

const ops = new Ops(createFloat64Kernels());
const runner = new GraphRunner(ops, () => null);

/** The mean image of a design's camera. */
async function imageOf(design: Design): Promise<Float64Array> {
  const results = runner.run(compile(design, registry), NO_OVERRIDES, 'value', new Set(['camera']));
  const image = results.get('camera')?.outputs['out'];
  if (image?.kind !== 'image') throw new Error('The camera gave no image.');
  const [read] = await ops.read([image.samples]);
  return Float64Array.from(read ?? []);
}

const PITCH = 0.1e-6;

/** A hologram of 64 × 60 pixels with the sphere at a pixel. */
function hologram(x: number, y: number, z = 6e-6): Promise<Float64Array> {
  return imageOf(
    setAll({ ...sphereHologram, grid: { samples: 72, pitch: 1e-6 } }, registry, {
      'sphere.x': (x - 30) * PITCH,
      'sphere.y': (y - 32) * PITCH,
      'sphere.z': z,
      'pupil.numericalAperture': 0.9,
      'camera.rows': 64,
      'camera.columns': 60,
    }),
  );
}

function noisy(image: Float64Array, sigma: number, seed: number): Float64Array {
  const random = new SeededRandom(seed);
  return image.map((value) => value + sigma * random.normal());
}

describe('the centre of rings', () => {
  // Half a pixel is what a fit needs to start in its basin; the point where gradients meet is biased by rings that the
  // border cuts, by noise, and by clipped patches, all below that.
  const close = (seen: { x: number; y: number }, x: number, y: number) => {
    expect(Math.abs(seen.x - x)).toBeLessThan(0.5);
    expect(Math.abs(seen.y - y)).toBeLessThan(0.5);
  };
  let middle = new Float64Array(0);
  beforeAll(async () => {
    middle = Float64Array.from(await hologram(33.3, 29.6));
  });

  it.each([
    [30, 32, 6e-6],
    [24.4, 37.7, 6e-6],
    [38.2, 25.1, 4e-6],
    [27.5, 40.5, 8e-6],
  ])('is found at (%f, %f), %f m before focus', async (x, y, z) => {
    close(ringCentre(await hologram(x, y, z), 64, 60), x, y);
  });

  it.each([1, 2, 3])('is found in noise of three per cent, seed %i', (seed) => {
    close(ringCentre(noisy(middle, 0.03, seed), 64, 60), 33.3, 29.6);
  });

  it('is found without the pixels that are clipped', () => {
    const level = 0.9 * Math.max(...middle);
    const clipped = middle.map((value) => Math.min(value, level));
    expect(clipped.filter((value) => value === level).length).toBeGreaterThan(10);
    // A dead corner far brighter than the rings.
    for (let i = 0; i < 8; i++) for (let j = 0; j < 8; j++) clipped[i * 60 + j] = i === j ? 9 : level;
    close(
      ringCentre(clipped, 64, 60, (i) => (clipped[i] ?? 0) < level),
      33.3,
      29.6,
    );
  });

  it('is the middle where there is nothing to see', () => {
    expect(ringCentre(new Float64Array(64 * 60).fill(1), 64, 60)).toEqual({ x: 29.5, y: 31.5 });
    expect(ringCentre(middle, 64, 60, () => false)).toEqual({ x: 29.5, y: 31.5 });
  });

  it('stays inside the image', () => {
    const slope = Float64Array.from({ length: 40 * 40 }, (_, i) => (i % 40) * 0.01 + 1e-5 * Math.sin(i));
    const { x, y } = ringCentre(slope, 40, 40);
    for (const value of [x, y]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(39);
    }
  });
});

describe('the brightest spot', () => {
  const stack = (x: number, y: number) =>
    imageOf(
      setAll({ ...beadStack, grid: { samples: 48, pitch: 1e-6 } }, registry, {
        'bead.x': (x - 18) * PITCH,
        'bead.y': (y - 16) * PITCH,
        'stack.planes': 3,
        'camera.rows': 32,
        'camera.columns': 36,
      }),
    );

  it.each([
    [18, 16],
    [12.3, 20.6],
    [25.5, 9.5],
    [20.75, 22.25],
  ])('is found at (%f, %f) of a stack', async (x, y) => {
    const image = await stack(x, y);
    const random = new SeededRandom(Math.round(10 * x));
    const counts = image.map((mean) => random.poisson(mean));
    for (const each of [image, counts]) {
      // The centroid of a window of seven pixels around the brightest pixel is pulled to that pixel by up to 0.2 px.
      const seen = brightestSpot(each, 3, 32, 36);
      expect(Math.abs(seen.x - x)).toBeLessThan(0.5);
      expect(Math.abs(seen.y - y)).toBeLessThan(0.5);
    }
  });

  it('is that of the plane in which it is brightest', () => {
    const image = new Float64Array(2 * 20 * 20).fill(5);
    image[8 * 20 + 4] = 50;
    image[400 + 12 * 20 + 15] = 90;
    const { x, y } = brightestSpot(image, 2, 20, 20);
    // Float64 sums.
    expect(x).toBeCloseTo(15, 9);
    expect(y).toBeCloseTo(12, 9);
  });

  it('does not follow a single hot pixel less bright than a bead after smoothing', async () => {
    const image = await stack(12, 20);
    const peak = Math.max(...image);
    image[5 * 36 + 30] = 2 * peak;
    const seen = brightestSpot(image, 3, 32, 36);
    expect(Math.abs(seen.x - 12)).toBeLessThan(0.5);
  });

  it('is a pixel even of an image without any light', () => {
    expect(brightestSpot(new Float64Array(36), 1, 6, 6)).toEqual({ x: 0, y: 0 });
  });
});

describe('the median of the border', () => {
  it('belongs to one plane and ignores what lies inside', () => {
    const image = Float64Array.from({ length: 2 * 30 }, (_, i) => (i < 30 ? 1 : 7));
    image[30 + 1 * 6 + 2] = 1e9;
    image[30] = 1e9;
    expect(borderMedian(image, 0, 5, 6)).toBe(1);
    expect(borderMedian(image, 1, 5, 6)).toBe(7);
  });

  it('counts every border pixel once', () => {
    // 3 × 3: eight border pixels 1..8 in some order; the upper of the middle two is 5.
    expect(borderMedian([8, 1, 7, 2, 99, 6, 3, 5, 4], 0, 3, 3)).toBe(5);
  });
});
