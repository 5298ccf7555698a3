import { describe, expect, it } from 'vitest';
import type { Setting } from '../../testChain.ts';
import { evaluate, intensity, stage, total } from '../../testSupport.ts';
import { linearPolariser } from '../polarisation/linearPolariser.ts';
import { tiltedPlane } from '../propagation/tiltedPlane.ts';
import { pupil } from '../pupils/pupil.ts';
import { planeWave } from './planeWave.ts';

const grid = { samples: 16, pitch: 0.2e-6 };

async function components(params: Record<string, Setting>) {
  const found = await evaluate({ source: stage(planeWave, { field: 'vector', power: 2, ...params }) }, grid);
  const centre = 2 * (8 * 16 + 8);
  const amplitude = Math.sqrt(2 / Math.PI) / (7 * grid.pitch);
  // At the centre the phase is zero.
  return {
    ...found,
    direction: [0, 1, 2].map((c) => (found.data[2 * 256 * c + centre] ?? 0) / amplitude),
  };
}

describe('a vector wave along the axis', () => {
  it('has Ex and Ey only: a polariser and a pupil take it for what it is', async () => {
    const source = stage(planeWave, { field: 'vector', polarizationAngle: 0.4 });
    const { value, shape } = await evaluate({ source }, grid);
    expect(value.kind === 'field' && value.axes).toEqual(['component']);
    expect(shape).toEqual([2, 16, 16]);
    const crossed = stage(linearPolariser, { angle: 0.4 + Math.PI / 2 }, 'source');
    const { data } = await evaluate({ source, crossed }, grid);
    // Rounding of sines and cosines, in units of the brightest sample.
    expect(Math.sqrt(Math.max(...intensity(data))) * 7 * grid.pitch).toBeLessThan(1e-12);
    await evaluate({ source, pupil: stage(pupil, { numericalAperture: 0.5 }, 'source') }, grid);
  });
});

describe('a tilted vector wave', () => {
  it.each([pupil, tiltedPlane])('is refused by a $type, which would misread Ez', async (element) => {
    const source = stage(planeWave, { field: 'vector', tiltX: 0.3 });
    await expect(evaluate({ source, element: stage(element, {}, 'source') }, grid)).rejects.toThrow(
      /component .*along the axis/,
    );
  });

  it.each([
    [0, 0.3, 0],
    [Math.PI / 2, 0.3, 0],
    [0.4, -0.5, 0.7],
  ])(
    'polarised at %d, tilted by %d and %d, is transverse and keeps its power',
    async (angle, tiltX, tiltY) => {
      const { direction, data, value } = await components({ polarizationAngle: angle, tiltX, tiltY });
      const [ex = 0, ey = 0, ez = 0] = direction;
      const [sx, sy] = [Math.sin(tiltX), Math.sin(tiltY)];
      const sz = Math.sqrt(1 - sx * sx - sy * sy);
      expect(ex * sx + ey * sy + ez * sz).toBeCloseTo(0, 12);
      expect(Math.hypot(ex, ey, ez)).toBeCloseTo(1, 12);
      expect(value.kind === 'field' && value.axes).toEqual(['component']);
      const irradiance = total(intensity(data)) / 256;
      expect((irradiance * Math.PI * (7 * grid.pitch) ** 2) / 2).toBeCloseTo(1, 12);
    },
  );

  it('along its tilt turns towards -z by the tilt, across it stays', async () => {
    expect((await components({ tiltX: 0.3 })).direction).toEqual([
      expect.closeTo(Math.cos(0.3), 12),
      expect.closeTo(0, 12),
      expect.closeTo(-Math.sin(0.3), 12),
    ]);
    expect((await components({ tiltX: 0.3, polarizationAngle: Math.PI / 2 })).direction).toEqual([
      expect.closeTo(0, 12),
      expect.closeTo(1, 12),
      expect.closeTo(0, 12),
    ]);
  });

  it('that would leave the half space is refused', async () => {
    await expect(components({ tiltX: 1, tiltY: 1 })).rejects.toThrow(/direction/);
  });
});
