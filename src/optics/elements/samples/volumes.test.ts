import { describe, expect, it } from 'vitest';
import type { Chain, Setting } from '../../testChain.ts';
import { distance, evaluate, intensity, moments, stage, total } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { pupil } from '../pupils/pupil.ts';
import { stack } from '../pupils/stack.ts';
import { planeWave } from '../sources/planeWave.ts';
import { incoherentVolume } from './incoherentVolume.ts';
import { scatteringGlow } from './scatteringGlow.ts';

const lit: Chain = {
  source: stage(planeWave, { refractiveIndex: 1.33 }),
  // Spherical aberration tells the sides of focus apart.
  pupil: stage(pupil, { numericalAperture: 0.8, zernike: { 11: 40e-9 } }, 'source'),
};

describe('a glowing volume', () => {
  const grid = { samples: 40, pitch: 20e-6 };
  const pitch = 0.15e-6;
  const seen = (params: Record<string, Setting>): Chain => ({
    ...lit,
    volume: stage(incoherentVolume, { pixelPitch: pitch, rows: 33, columns: 33, ...params }, 'pupil'),
  });

  it('that is a point shows the spot of a pupil out of focus by its distance', async () => {
    // A ball of a hundredth of a pixel lies on the middle sample alone.
    const point = { shape: 'ball', size: pitch / 40, slices: 1, photons: 1 };
    for (const z of [0, 1.2e-6]) {
      const { data } = await evaluate(seen({ ...point, z }), grid);
      const spot: Chain = {
        ...lit,
        // A stack's plane at -z shows what lies z before focus in the plane of 0.
        stack: stage(stack, { planes: 1, zOffset: z }, 'pupil'),
        camera: stage(camera, { pixelPitch: pitch, rows: 33, columns: 33 }, 'stack'),
      };
      const expected = (await evaluate(spot, grid)).data;
      const peak = Math.max(...data);
      const ratio = peak / Math.max(...expected);
      expect(
        distance(
          data,
          expected.map((value) => value * ratio),
        ) / peak,
      ).toBeLessThan(1e-9);
    }
  });

  it('adds its slices: two halves weigh as the whole', async () => {
    const { data } = await evaluate(
      seen({ shape: 'cell', size: 3e-6, thickness: 2e-6, slices: 4, photons: 100 }),
      grid,
    );
    expect(total(data)).toBeLessThan(100);
    // A cell of 3 µm on 5 µm, NA 0.8: a tenth of the light falls beside the picture.
    expect(total(data)).toBeGreaterThan(80);
  });
});

describe('a glowing thick sample', () => {
  const grid = { samples: 48, pitch: 0.4e-6 };
  const glow = (params: Record<string, Setting>): Chain => ({
    source: lit['source'] as Chain[string],
    sample: stage(scatteringGlow, { numericalAperture: 0, size: 12e-6, slices: 3, ...params }, 'source'),
  });

  it('emits its power, in as many draws as wanted', async () => {
    const { data, shape } = await evaluate(
      glow({ power: 3, draws: 4, thickness: 2e-6, shape: 'ball' }),
      grid,
    );
    expect(shape).toEqual([4, 48, 48]);
    const watts = total(intensity(data)) * grid.pitch ** 2;
    // Random phases let slices add up to more or less by 1/√(draws · samples); some light evanesces or leaves.
    expect(watts).toBeLessThan(3 * 1.03);
    expect(watts).toBeGreaterThan(3 * 0.9);
  });

  it('in one slice is as bright as its picture, wherever the phases are', async () => {
    const flat = { shape: 'ball', slices: 1, thickness: 1e-9, draws: 1, power: 1 };
    const { data } = await evaluate(glow({ ...flat, x: 2e-6, indexDifference: 0 }), grid);
    const image = moments({ data: intensity(data), shape: [48, 48] });
    expect(image.x).toBeCloseTo(5, 1);
    // A disc of 0.4 · 12 µm: variance r²/4 along each axis, to the sampling of its edge.
    expect(Math.abs(image.varianceX / (12 ** 2 / 4) - 1)).toBeLessThan(0.02);
  });

  it('has speckle that falls with the square root of the draws', async () => {
    const contrast = async (draws: number) => {
      const { data } = await evaluate(
        glow({ shape: 'ball', size: 1, slices: 1, thickness: 1e-9, draws, numericalAperture: 0.3 }),
        grid,
      );
      const each = intensity(data);
      const size = 48 ** 2;
      const sum = Float64Array.from({ length: size }, (_, i) => {
        let value = 0;
        for (let d = 0; d < draws; d++) value += each[d * size + i] ?? 0;
        return value;
      });
      const mean = total(sum) / size;
      return Math.sqrt(total(sum.map((value) => (value - mean) ** 2)) / size) / mean;
    };
    // 48² samples hold some 370 speckles: the contrast of one draw scatters by 5 %.
    const [one, nine] = [await contrast(1), await contrast(9)];
    expect(Math.abs(one - 1)).toBeLessThan(0.2);
    expect(Math.abs(nine - 1 / 3)).toBeLessThan(0.08);
  });
});
