import { describe, expect, it } from 'vitest';
import type { Setting } from '../../testChain.ts';
import { distance, evaluate, moments, stage } from '../../testSupport.ts';
import { pupil } from '../pupils/pupil.ts';
import { mieSphere } from '../samples/mieSphere.ts';
import { planeWave } from '../sources/planeWave.ts';
import { camera } from './camera.ts';

const PIXEL = 0.12e-6;
/** A sphere so many pixels of the camera from its middle, in focus, on black. */
const PLACE = { x: 6, y: -4 };

async function seen(pixels: Record<string, Setting>) {
  return evaluate(
    {
      source: stage(planeWave, { wavelength: 532e-9, refractiveIndex: 1.33 }),
      sphere: stage(mieSphere, { x: PLACE.x * PIXEL, y: PLACE.y * PIXEL, z: 0, radius: 0.05e-6 }, 'source'),
      pupil: stage(pupil, { numericalAperture: 1.2 }, 'sphere'),
      camera: stage(camera, { pixelPitch: PIXEL, ...pixels }, 'pupil'),
    },
    { samples: 32, pitch: 1e-6 },
  );
}

/** Where the light is, in pixels of the camera before it was made finer, from sample floor(N/2). */
async function place(pixels: Record<string, Setting>, upscale: number): Promise<[number, number]> {
  const { data, shape } = await seen(pixels);
  // The square leaves the faint rings, which the window cuts, out of the mean.
  const { x, y } = moments({ data: data.map((value) => value * value), shape });
  return [x / upscale, y / upscale];
}

describe('a camera of finer pixels', () => {
  it.each([
    ['point', 2],
    ['point', 3],
    ['point', 4],
    ['average', 3],
  ] as const)(
    '(%s, %d times) keeps a sphere where it is, at even and odd sizes',
    async (pixelResponse, upscale) => {
      const [rows, columns] = [24 * upscale, 25 * upscale];
      const [x, y] = await place({ pixelPitch: PIXEL / upscale, rows, columns, pixelResponse }, upscale);
      // The window's edges are not as far on both sides of the sphere: what is left of the squared rings there.
      expect(Math.abs(x - PLACE.x)).toBeLessThan(4e-3);
      expect(Math.abs(y - PLACE.y)).toBeLessThan(4e-3);
    },
  );

  it('sees at every n-th pixel what the coarse camera saw', async () => {
    const coarse = await seen({ rows: 12, columns: 13 });
    for (const upscale of [2, 3, 4]) {
      const fine = await seen({ rows: 12 * upscale, columns: 13 * upscale, pixelPitch: PIXEL / upscale });
      const [middle, across] = [Math.floor((13 * upscale) / 2), 13 * upscale];
      const centre = Math.floor((12 * upscale) / 2);
      const sampled = coarse.data.map((_, i) => {
        const [row, column] = [Math.floor(i / 13) - 6, (i % 13) - 6];
        return fine.data[(centre + row * upscale) * across + middle + column * upscale] ?? Number.NaN;
      });
      expect(distance(sampled, coarse.data)).toBeLessThan(1e-12 * Math.max(...coarse.data));
    }
  });

  it('is the same camera behind more magnification', async () => {
    const direct = await seen({ rows: 12, columns: 13 });
    const magnified = await seen({ rows: 12, columns: 13, pixelPitch: 60 * PIXEL, magnification: 60 });
    expect(distance(magnified.data, direct.data)).toBeLessThan(1e-12 * Math.max(...direct.data));
  });
});
