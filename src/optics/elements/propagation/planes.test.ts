import { describe, expect, it } from 'vitest';
import { distance, evaluate, intensity, stage, withAmplitude } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { gaussianBeam } from '../sources/gaussianBeam.ts';
import { planeWave } from '../sources/planeWave.ts';
import { carpet } from './carpet.ts';
import { propagator } from './propagator.ts';
import { zScan } from './zScan.ts';

const micro = 1e-6;
const grid = { samples: 32, pitch: 4 * micro };
const wavelength = 0.5 * micro;
const beam = stage(gaussianBeam, { wavelength, waist: 20 * micro, x: 8 * micro, y: -12 * micro });

describe('through-focus planes', () => {
  it('are what free space gives, one by one', async () => {
    const scan = stage(zScan, { planes: 4, zStep: 300 * micro, zOffset: -100 * micro }, 'beam');
    const { data, shape } = await evaluate({ beam, scan }, grid);
    expect(shape).toEqual([4, 32, 32]);
    for (let plane = 0; plane < 4; plane++) {
      const z = -100e-6 + (plane - 2) * 300e-6;
      const space = stage(propagator, { distance: z, padding: '2' }, 'beam');
      const one = await evaluate({ beam, space }, grid);
      // The room around the light is that of the farthest plane: the beam’s cut tail, 1e-5 of the peak, scatters there.
      expect(distance(data.slice(plane * 2048, (plane + 1) * 2048), one.data)).toBeLessThan(
        1e-5 * Math.max(...one.data),
      );
    }
  });

  it('cut the same frequencies far away', async () => {
    const scan = stage(zScan, { planes: 3, zStep: 20e-3 }, 'beam');
    const space = stage(propagator, { distance: 20e-3, method: 'angularSpectrum', padding: '2' }, 'beam');
    const { data } = await evaluate({ beam, scan }, grid);
    const one = await evaluate({ beam, space }, grid);
    expect(distance(data.slice(2 * 2048), one.data) / Math.max(...one.data)).toBeLessThan(1e-12);
  });

  it('become a stack in a camera', async () => {
    const scan = stage(zScan, { planes: 3, zStep: 1e-3 }, 'beam');
    const pixels = stage(camera, { pixelPitch: 4e-6, rows: 20, columns: 24 }, 'scan');
    expect((await evaluate({ beam, scan, pixels }, grid)).shape).toEqual([3, 20, 24]);
  });
});

describe('a carpet', () => {
  const centred = stage(gaussianBeam, { wavelength, waist: 20 * micro });
  const rayleighRange = (Math.PI * (20 * micro) ** 2) / wavelength;

  it.each(['x', 'y'])('along %s shows the hyperbola of a Gaussian beam', async (along) => {
    const fine = { samples: 64, pitch: 4 * micro };
    const params = { start: -rayleighRange, depth: 2 * rayleighRange, rows: 9, along };
    const { data, shape } = await evaluate({ centred, section: stage(carpet, params, 'centred') }, fine);
    expect(shape).toEqual([9, 64]);
    const peak = (2 / (Math.PI * (20 * micro) ** 2)) * fine.pitch ** 2;
    const expected = Float64Array.from({ length: 9 * 64 }, (_, i) => {
      const spread = 1 + ((Math.floor(i / 64) - 4) / 4) ** 2;
      const x = ((i % 64) - 32) * fine.pitch;
      return (peak / spread) * Math.exp((-2 * x * x) / ((20 * micro) ** 2 * spread));
    });
    // The paraxial beam is off by (θ/2)² of the divergence of 8 mrad: 1.6e-5.
    expect(distance(data, expected) / peak).toBeLessThan(1e-4);
  });

  it('off axis, at its own pitch, shows the lines that free space gives', async () => {
    const params = {
      start: 1e-3,
      depth: 1e-3,
      rows: 2,
      offset: -12 * micro,
      columns: 40,
      pixelPitch: 2 * micro,
    };
    const { data } = await evaluate({ beam, section: stage(carpet, params, 'beam') }, grid);
    for (const row of [0, 1]) {
      const window = { window: 'chosen', outputPitch: 2 * micro, outputSamples: 40, padding: '2' };
      const space = stage(propagator, { distance: (row + 1) * 1e-3, ...window }, 'beam');
      const seen = intensity((await evaluate({ beam, space }, grid)).data);
      const line = seen.slice((20 - 6) * 40, (20 - 5) * 40).map((value) => value * 4e-12);
      // Separate directions: z (π/2) λ³ fx² fy² is 1e-5 rad for this beam.
      const error = distance(data.slice(40 * row, 40 * row + 40), line) / Math.max(...line);
      expect(error).toBeLessThan(1e-4);
    }
  });

  it('of a grating repeats after the Talbot distance and is shifted half-way', async () => {
    const [samples, pitch, period] = [40, 5 * micro, 50 * micro];
    // The exact distance of the first order: λ / (1 - sqrt(1 - λ²/d²)), 10.0 mm.
    const talbot = wavelength / (1 - Math.sqrt(1 - (wavelength / period) ** 2));
    expect(talbot * 1e3).toBeCloseTo(9.99975, 5);
    const chain = {
      source: stage(planeWave, { wavelength }),
      section: stage(carpet, { depth: talbot, rows: 3, padding: '1' }, 'source'),
    };
    const { data } = await evaluate(chain, { samples, pitch }, undefined, (ops) => ({
      source: withAmplitude((x) => 1 + Math.cos((2 * Math.PI * x) / period))(ops),
    }));
    const shown = (shift: number) =>
      Float64Array.from({ length: samples }, (_, j) => {
        const x = (j - 20) * pitch + shift;
        return pitch ** 2 * (1 + Math.cos((2 * Math.PI * x) / period)) ** 2;
      });
    const rows = [0, 1, 2].map((row) => data.slice(row * samples, (row + 1) * samples));
    // Rounding: three orders, exact phases.
    expect(distance(rows[0] ?? [], shown(0)) / pitch ** 2).toBeLessThan(1e-12);
    expect(distance(rows[1] ?? [], shown(period / 2)) / pitch ** 2).toBeLessThan(1e-10);
    expect(distance(rows[2] ?? [], shown(0)) / pitch ** 2).toBeLessThan(1e-10);
  });
});
