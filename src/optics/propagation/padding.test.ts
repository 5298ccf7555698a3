import { describe, expect, it } from 'vitest';
import { aperture } from '../elements/masks/aperture.ts';
import { propagator } from '../elements/propagation/propagator.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { distance, evaluate, intensity, stage, total } from '../testSupport.ts';
import { paddedSamples } from './choice.ts';
import { type Light, micro, propagated } from './testSupport.ts';

describe('padding', () => {
  const light: Light = { samples: 32, pitch: 2 * micro, wavelength: 0.5 * micro, amplitude: () => 1 };

  it('without any, light that fills the window is endless and stays even', async () => {
    for (const method of ['angularSpectrum', 'fresnelTransfer']) {
      const endless = intensity((await propagated(light, { distance: 3e-3, method, padding: '1' })).data);
      expect(
        distance(
          endless,
          endless.map(() => 1),
        ),
      ).toBeLessThan(1e-12);
      const square = intensity((await propagated(light, { distance: 3e-3, method })).data);
      expect(
        distance(
          square,
          square.map(() => 1),
        ),
      ).toBeGreaterThan(0.1);
    }
  });

  it('is what the steepest light needs: nothing at distance 0, twice beyond', () => {
    const at = (z: number, largestAngle = 0) =>
      paddedSamples({
        samples: 128,
        pitch: 2e-6,
        wavelength: 0.5e-6,
        distance: z,
        largestAngle,
        reach: 128e-6,
        shift: 0,
      });
    // tan of the steepest angle is 0.126: 256 µm of window are crossed after 2.03 mm.
    const distances = [0, 0.4e-3, 0.9e-3, 1.9e-3, 1, -1];
    expect(distances.map((z) => at(z, 1))).toEqual([128, 160, 192, 256, 256, 256]);
    // Where nobody says what the light is like, sharp edges may spread further.
    expect(distances.map((z) => at(z))).toEqual([128, 256, 256, 256, 256, 256]);
    expect(at(1e-3, 0.01)).toBe(160);
  });

  it('is enough for a hard edge', async () => {
    const seen = async (padding: string) => {
      const chain = {
        source: stage(planeWave),
        disc: stage(aperture, { diameter: 1.1e-3 }, 'source'),
        space: stage(propagator, { distance: 20e-3, method: 'angularSpectrum', padding }, 'disc'),
      };
      return intensity((await evaluate(chain, { samples: 64, pitch: 20e-6 })).data);
    };
    const [short, long] = [await seen('auto'), await seen('4')];
    const off = short.reduce((most, value, i) => Math.max(most, Math.abs(value - (long[i] ?? 0))), 0);
    // The rings of the grid's highest frequencies beyond twice the window; with 1.5 times they are 4 times stronger.
    expect(off / Math.max(...long)).toBeLessThan(3e-3);
  });

  it('gives the same light with less of it where less is enough', async () => {
    const spot: Light = { ...light, amplitude: (x, y) => Math.exp(-(x * x + y * y) / 8e-6 ** 2) };
    const [short, long] = [
      await propagated(spot, { distance: 60 * micro, largestAngle: 1 }),
      await propagated(spot, { distance: 60 * micro, padding: '4' }),
    ];
    // The Gaussian is exp(-16) at the border, its spectrum less at the grid’s limit.
    expect(distance(short.data, long.data)).toBeLessThan(1e-6);
  });
});

describe('absorbing edges', () => {
  const light: Light = { samples: 32, pitch: 2 * micro, wavelength: 0.5 * micro, amplitude: () => 1 };

  it.each([
    ['tukey', 0, 1e-12],
    ['superGaussian', Math.exp(-4), 1e-12],
  ])(
    '%s: light is taken at the border, none inside, nowhere is it amplified',
    async (edges, border, tolerance) => {
      const { data } = await propagated(light, { distance: 0, edges, edgeWidth: 0.25 });
      const seen = intensity(data);
      const at = (row: number, column: number) => seen[row * 32 + column] ?? 0;
      expect(at(16, 16)).toBeCloseTo(1, 12);
      expect(at(16, 0)).toBeCloseTo(border, 12);
      expect(at(0, 16)).toBeCloseTo(border, 12);
      // Half-way to the border.
      expect(1 - at(16, 8)).toBeLessThan(1e-5);
      expect(Math.max(...seen)).toBeLessThanOrEqual(1 + tolerance);
      const without = await propagated(light, { distance: 0, edges: 'none', edgeWidth: 0.25 });
      expect(total(intensity(without.data)) - total(seen)).toBeGreaterThan(100);
    },
  );
});
