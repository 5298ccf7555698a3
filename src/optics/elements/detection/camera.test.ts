import { describe, expect, it } from 'vitest';
import type { Chain, Setting } from '../../contractSupport.ts';
import { distance, evaluate, moments, stage, total } from '../../testSupport.ts';
import { pupil } from '../pupils/pupil.ts';
import { gaussianBeam } from '../sources/gaussianBeam.ts';
import { planeWave } from '../sources/planeWave.ts';
import { camera } from './camera.ts';

const grid = { samples: 64, pitch: 5e-6 };
const waist = 30e-6;
const beam = stage(gaussianBeam, { waist, x: 3e-6, y: -7e-6 });
const seen = (pixels: Record<string, Setting>): Chain => ({ beam, camera: stage(camera, pixels, 'beam') });
const native = { rows: 64, columns: 64, pixelPitch: 5e-6 };

describe('camera on a sampled field', () => {
  it('collects the power of the beam', async () => {
    expect(total((await evaluate(seen(native), grid)).data)).toBeCloseTo(1, 12);
  });

  it.each([
    [48, 49, 4.1e-6, 1],
    [33, 40, 57e-6, 10],
  ])(
    'interpolates the field exactly between samples: %d x %d pixels of %d m',
    async (rows, columns, pixelPitch, magnification) => {
      const { data } = await evaluate(seen({ rows, columns, pixelPitch, magnification }), grid);
      const pitch = pixelPitch / magnification;
      const expected = data.map((_, i) => {
        const y = (Math.floor(i / columns) - Math.floor(rows / 2)) * pitch + 7e-6;
        const x = ((i % columns) - Math.floor(columns / 2)) * pitch - 3e-6;
        return ((2 * pitch ** 2) / (Math.PI * waist ** 2)) * Math.exp((-2 * (x * x + y * y)) / waist ** 2);
      });
      // The beam has no light above the grid's frequencies (1e-12) and is cut off at 5 waists (1e-11 in amplitude).
      expect(distance(data, expected) / Math.max(...expected)).toBeLessThan(1e-9);
    },
  );

  it('takes a shortcut at the field’s own pitch that gives the same', async () => {
    const [direct, interpolated] = [
      await evaluate(seen(native), grid),
      await evaluate(seen({ ...native, pixelPitch: 5e-6 * (1 + 1e-8) }), grid),
    ];
    expect(distance(direct.data, interpolated.data) / Math.max(...direct.data)).toBeLessThan(1e-6);
  });

  it('blurs by the variance σ² along both axes and keeps the sum', async () => {
    const [sharp, soft] = [
      await evaluate(seen(native), grid),
      await evaluate(seen({ ...native, blur: 1.7 }), grid),
    ];
    const [a, b] = [moments(sharp), moments(soft)];
    expect(b.total).toBeCloseTo(a.total, 12);
    // Tails at the edge of the window weigh 32² each: 1e-9.
    expect(b.varianceX - a.varianceX).toBeCloseTo(1.7 ** 2, 6);
    expect(b.varianceY - a.varianceY).toBeCloseTo(1.7 ** 2, 6);
    expect(b.x).toBeCloseTo(a.x, 6);
  });

  it('applies background, gain and offset in this order', async () => {
    const plain = await evaluate(seen(native), grid);
    const counts = await evaluate(seen({ ...native, background: 5, gain: 2, offset: 100 }), grid);
    expect(
      distance(
        counts.data,
        plain.data.map((value) => 100 + 2 * (value + 5)),
      ),
    ).toBeLessThan(1e-12);
  });

  it('has rows along y and columns along x', async () => {
    const { data, shape } = await evaluate(seen({ rows: 12, columns: 20, pixelPitch: 5e-6 }), grid);
    expect(shape).toEqual([12, 20]);
    const { x, y } = moments({ data: (await evaluate(seen(native), grid)).data, shape: [64, 64] });
    expect(x).toBeCloseTo(0.6, 9);
    expect(y).toBeCloseTo(-1.4, 9);
    expect(data.length).toBe(240);
  });
});

describe('camera on a pupil', () => {
  it('sees all of the pupil’s light over one period of the sampled image', async () => {
    const samples = 34;
    const aperture = 0.5;
    // The image repeats after radius·λ/NA; as many pixels as pupil samples or more over one period sum exactly.
    const pixels = 40;
    const pixelPitch = (((samples - 2) / 2) * 532e-9) / aperture / pixels;
    const chain: Chain = {
      source: stage(planeWave),
      pupil: stage(pupil, { numericalAperture: aperture }, 'source'),
      camera: stage(camera, { rows: pixels, columns: pixels, pixelPitch }, 'pupil'),
    };
    const small = { samples, pitch: 20e-6 };
    const image = await evaluate(chain, small);
    const exit = await evaluate(chain, small, 'pupil');
    const power = exit.data.reduce((sum, value) => sum + value * value, 0) / ((samples - 2) / 2) ** 2;
    expect(total(image.data)).toBeCloseTo(power, 12);
    // The edge cells weigh the amplitude by their covered area, so their share of the power is short by 0.4/radius.
    expect(power).toBeGreaterThan(1 - 0.5 / 16);
    expect(power).toBeLessThan(1);
  });
});
