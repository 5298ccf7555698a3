import { describe, expect, it } from 'vitest';
import type { Chain, Setting } from '../../testChain.ts';
import { distance, evaluate, moments, stage, total } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { pupil } from '../pupils/pupil.ts';
import { planeWave } from '../sources/planeWave.ts';
import { incoherentObject } from './incoherentObject.ts';

const grid = { samples: 34, pitch: 20e-6 };
const pitch = 0.1e-6;
const lit: Chain = {
  source: stage(planeWave, { power: 3 }),
  pupil: stage(pupil, { numericalAperture: 0.6, zernike: { 8: 50e-9, 5: 30e-9 } }, 'source'),
};
const imaged = (params: Record<string, Setting>): Chain => ({
  ...lit,
  object: stage(incoherentObject, { pixelPitch: pitch, photons: 1, ...params }, 'pupil'),
});

/** The image of a point at the same pitch, by the camera: shares of the light in one period of 14.2 µm. */
async function point(count: number): Promise<Float64Array> {
  const seen = stage(camera, { pixelPitch: pitch, rows: count, columns: count }, 'pupil');
  const exit = await evaluate(lit, grid);
  const power = exit.data.reduce((sum, value) => sum + value * value, 0) / 16 ** 2;
  return (await evaluate({ ...lit, camera: seen }, grid)).data.map((value) => value / power);
}

describe('an incoherent object', () => {
  it('is convolved linearly with the image of a point: against the direct sum, 13 x 16 pixels', async () => {
    const [rows, columns] = [13, 16];
    const shown = { shape: 'letterF', rows, columns, size: 1.4e-6 };
    const { data, shape } = await evaluate(imaged(shown), grid);
    expect(shape).toEqual([rows, columns]);
    const spot = await point(32);
    // Pixels of 1 mm hold the whole spot: they show the object itself.
    const sharp: Chain = {
      source: stage(planeWave),
      pupil: stage(pupil, { numericalAperture: 0.9 }, 'source'),
      object: stage(incoherentObject, { ...shown, pixelPitch: 1e-3, size: 14e-3, photons: 1 }, 'pupil'),
    };
    const object = (
      await evaluate(
        {
          ...sharp,
          object: {
            ...stage(incoherentObject, { ...shown, rows: 16, pixelPitch: 1e-3, size: 14e-3 }, 'pupil'),
          },
        },
        grid,
      )
    ).data;
    const sum = total(object);
    const expected = data.map((_, i) => {
      const [row, column] = [Math.floor(i / columns) - 6 + 8, i % columns];
      let value = 0;
      for (let j = 0; j < 16; j++) {
        for (let k = 0; k < 16; k++) {
          value += ((object[j * 16 + k] ?? 0) / sum) * (spot[(row - j + 16) * 32 + (column - k + 16)] ?? 0);
        }
      }
      return value;
    });
    // Two transforms of 32 samples against sums of 256 terms: rounding.
    expect(distance(data, expected) / Math.max(...expected)).toBeLessThan(1e-12);
  });

  it('keeps its photons', async () => {
    // A letter of 2 µm on 10 µm: of a spot of 0.9 µm, 99 % falls within 4 µm of its middle (1 - 0.9 λ/(π² NA r)).
    const { data } = await evaluate(
      imaged({ shape: 'letterF', size: 2e-6, rows: 100, columns: 100, photons: 5000 }),
      grid,
    );
    const lost = 1 - total(data) / 5000;
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(0.05);
  });

  it('appears where it is put', async () => {
    const shown = { shape: 'letterF', size: 2e-6, rows: 64, columns: 65 };
    const a = moments(await evaluate(imaged(shown), grid));
    const b = moments(await evaluate(imaged({ ...shown, x: 0.3e-6, y: -0.5e-6 }), grid));
    // The wings of the spot leave the window on one side: 0.1 pixels.
    expect(Math.abs(b.x - a.x - 3)).toBeLessThan(0.15);
    expect(Math.abs(b.y - a.y + 5)).toBeLessThan(0.25);
  });
});
