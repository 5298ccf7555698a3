import { describe, expect, it } from 'vitest';
import type { Chain, Setting } from '../../testChain.ts';
import { distance, evaluate, intensity, moments, stage, total } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { pupil } from '../pupils/pupil.ts';
import { dipole } from './dipole.ts';

type Settings = Record<string, Setting>;

const INDEX = 1.518;
const APERTURE = 1.3;
const SAMPLES = 40;

function chain(params: Settings, numericalAperture = APERTURE): Chain {
  return {
    source: stage(dipole, { refractiveIndex: INDEX, wavelength: 600e-9, photons: 1, ...params }),
    pupil: stage(pupil, { numericalAperture }, 'source'),
  };
}

/** Share of the photons radiated that passes the pupil. */
async function collected(params: Settings, numericalAperture = APERTURE): Promise<number> {
  const { data } = await evaluate(chain(params, numericalAperture), { samples: SAMPLES, pitch: 1e-6 });
  return total(intensity(data)) / ((SAMPLES - 2) / 2) ** 2;
}

/** Share of a dipole's light within the cone, along and across the axis: ∫ (3/8π) sin² over the cap. */
function efficiency(numericalAperture: number) {
  const c = Math.sqrt(1 - (numericalAperture / INDEX) ** 2);
  return { along: 0.5 - 0.75 * c + 0.25 * c ** 3, across: 0.5 - (3 * c + c ** 3) / 8 };
}

describe('a dipole', () => {
  it.each([0.3, 0.9, 1.3])('sends its known share through an aperture of %d', async (aperture) => {
    const { along, across } = efficiency(aperture);
    // Cells at the edge of a pupil of 19 samples weigh amplitudes: 0.4/19, times the edge's brightness.
    const limit = 0.03;
    expect(Math.abs((await collected({ polar: 0 }, aperture)) / along - 1)).toBeLessThan(2 * limit);
    expect(Math.abs((await collected({}, aperture)) / across - 1)).toBeLessThan(limit);
    expect(Math.abs((await collected({ azimuth: 1 }, aperture)) / across - 1)).toBeLessThan(limit);
  });

  it('at an angle sends the share of its parts, and turning freely their mean', async () => {
    const [along, across] = [await collected({ polar: 0 }), await collected({})];
    // Exact but for the pupil's grid, which has the symmetry of a square.
    expect(await collected({ polar: 0.6, azimuth: 0.4 })).toBeCloseTo(
      along * Math.cos(0.6) ** 2 + across * Math.sin(0.6) ** 2,
      10,
    );
    const turning = await collected({ motion: 'rotating' });
    expect(turning).toBeCloseTo((along + 2 * across) / 3, 10);
    // Isotropic light within the cone: half of one minus the cosine; edge cells as above.
    const isotropic = (1 - Math.sqrt(1 - (APERTURE / INDEX) ** 2)) / 2;
    expect(Math.abs(turning / isotropic - 1)).toBeLessThan(0.03);
  });

  const pixels = { rows: 25, columns: 25, pixelPitch: 0.05e-6 };
  const image = async (params: Settings) =>
    evaluate({ ...chain(params), camera: stage(camera, pixels, 'pupil') }, { samples: SAMPLES, pitch: 1e-6 });

  it('along the axis makes a dark centre, across it a bright one, longer along the dipole', async () => {
    const ring = await image({ polar: 0 });
    expect(ring.data[12 * 25 + 12]).toBeLessThan(1e-12);
    const spot = await image({});
    const centre = spot.data[12 * 25 + 12] ?? 0;
    expect(centre).toBe(Math.max(...spot.data));
    const half = (step: number) => (spot.data[12 * 25 + 12 + 3 * step] ?? 0) / centre;
    expect(half(1)).toBeGreaterThan(half(25));
    const turned = await image({ azimuth: Math.PI / 2 });
    expect((turned.data[15 * 25 + 12] ?? 0) / centre).toBeCloseTo(half(1), 10);
  });

  it('tilted towards +x shines towards -x: before focus its image moves there', async () => {
    // It radiates across itself: p = (1, 0, 1)/√2 towards (-1, 0, 1)/√2.
    const before = moments(await image({ polar: Math.PI / 4, z: 0.4e-6 }));
    const behind = moments(await image({ polar: Math.PI / 4, z: -0.4e-6 }));
    expect(before.x).toBeLessThan(-0.5);
    expect(behind.x).toBeGreaterThan(0.5);
    expect(Math.abs(before.y)).toBeLessThan(0.1);
  });

  it('turning freely is the sum of three crossed dipoles', async () => {
    const turning = await image({ motion: 'rotating', x: 0.1e-6 });
    const parts = [
      await image({ x: 0.1e-6 }),
      await image({ x: 0.1e-6, azimuth: Math.PI / 2 }),
      await image({ x: 0.1e-6, polar: 0 }),
    ];
    turning.data.forEach((value, i) => {
      expect(value).toBeCloseTo(parts.reduce((sum, { data }) => sum + (data[i] ?? 0), 0) / 3, 12);
    });
  });

  it('wobbling in a cone is fixed at 0 and turns freely at 90°', async () => {
    const turns = { polar: 0.7, azimuth: 0.4 };
    const wobbling = (coneAngle: number) => image({ motion: 'wobbling', ...turns, coneAngle });
    for (const [cone, motion] of [
      [0, 'fixed'],
      [Math.PI / 2, 'rotating'],
    ] as const) {
      const [found, expected] = [await wobbling(cone), await image({ motion, ...turns })];
      expect(distance(found.data, expected.data) / Math.max(...expected.data)).toBeLessThan(1e-12);
    }
  });

  it('wobbling in a cone is the mean over the dipoles in it', async () => {
    const cone = 0.8;
    const found = await image({ motion: 'wobbling', polar: 0, coneAngle: cone, x: 0.05e-6 });
    // Gauss's rule of two points in cos θ and three directions around are exact for second moments.
    const mean = new Float64Array(found.data.length);
    const [middle, half] = [(1 + Math.cos(cone)) / 2, (1 - Math.cos(cone)) / 2];
    for (const cosine of [middle - half / Math.sqrt(3), middle + half / Math.sqrt(3)]) {
      for (let k = 0; k < 3; k++) {
        const turns = { polar: Math.acos(cosine), azimuth: (2 * Math.PI * k) / 3 };
        const { data } = await image({ ...turns, x: 0.05e-6 });
        data.forEach((value, i) => {
          mean[i] = (mean[i] ?? 0) + value / 6;
        });
      }
    }
    expect(distance(found.data, mean) / Math.max(...mean)).toBeLessThan(1e-12);
  });
});
