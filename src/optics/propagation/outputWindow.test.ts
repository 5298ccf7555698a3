import { describe, expect, it } from 'vitest';
import { constantScalar } from '../ops/scalar.ts';
import { distance, intensity, moments, total } from '../testSupport.ts';
import { naturalPitch } from './fresnel.ts';
import { box, type Light, micro, positions, propagated } from './testSupport.ts';

describe('far windows', () => {
  const tilt = (20 * Math.PI) / 180;
  const waist = 8 * micro;
  const light: Light = {
    samples: 96,
    pitch: 0.6 * micro,
    wavelength: 0.532 * micro,
    amplitude: (x, y) => {
      const size = Math.exp(-(x * x + y * y) / waist ** 2);
      const phase = ((2 * Math.PI) / 0.532e-6) * Math.sin(tilt) * x;
      return [size * Math.cos(phase), size * Math.sin(phase)];
    },
  };
  const z = 1024 * micro;

  // A beam of 8 µm has spread to 23 µm: its middle is known to a fraction of a micrometre.
  it.each([
    ['angularSpectrum', Math.tan(tilt)],
    ['scalableAngularSpectrum', Math.tan(tilt)],
    ['fresnelSingle', Math.sin(tilt)],
  ])('%s finds light tilted by 20 degrees at z times %d', async (method, slope) => {
    const windowX = z * slope;
    const window = { window: 'chosen', windowX, outputPitch: 2 * micro, outputSamples: 64 };
    const { data, shape } = await propagated(light, { distance: z, method, ...window });
    const seen = moments({ data: intensity(data), shape });
    expect(Math.abs(seen.x * 2 * micro) / windowX).toBeLessThan(3e-3);
    expect((total(intensity(data)) * 4e-12) / ((Math.PI * waist ** 2) / 2)).toBeGreaterThan(0.97);
  });

  it('show what a shift by whole samples shows of the light’s own window', async () => {
    const wide: Light = {
      samples: 48,
      pitch: 2 * micro,
      wavelength: 0.5 * micro,
      amplitude: box(12 * micro),
    };
    const own = await propagated(wide, { distance: 200 * micro, padding: '2' });
    for (const [windowX, windowY] of [
      [0, 0],
      [12 * micro, -8 * micro],
    ] as const) {
      const window = { window: 'chosen', outputPitch: 2 * micro, outputSamples: 32, windowX, windowY };
      const moved = await propagated(wide, { distance: 200 * micro, padding: '2', ...window });
      const [right, down] = [Math.round(windowX / wide.pitch), Math.round(windowY / wide.pitch)];
      const expected = Float64Array.from({ length: 2 * 32 * 32 }, (_, i) => {
        const [row, column] = [Math.floor(i / 64) + 8 + down, (Math.floor(i / 2) % 32) + 8 + right];
        return own.data[2 * (row * 48 + column) + (i % 2)] ?? 0;
      });
      // Shifted windows have another band limit, which here cuts nothing: rounding of the chirps.
      expect(distance(moved.data, expected)).toBeLessThan(1e-11);
    }
  });

  it('are finer where the pitch is: the light between its samples', async () => {
    const waistRadius = 10 * micro;
    const wide: Light = {
      samples: 64,
      pitch: 2 * micro,
      wavelength: 0.5 * micro,
      amplitude: (x, y) => Math.exp(-(x * x + y * y) / waistRadius ** 2),
    };
    const fine = { window: 'chosen', outputPitch: 0.5 * micro, outputSamples: 40 };
    for (const method of ['angularSpectrum', 'fresnelSingle', 'scalableAngularSpectrum']) {
      const { data } = await propagated(wide, { distance: 600 * micro, method, ...fine });
      const range = (Math.PI * waistRadius ** 2) / wide.wavelength;
      const spread = 1 + (600e-6 / range) ** 2;
      const expected = Float64Array.from({ length: 1600 }, (_, i) => {
        const [x, y] = [((i % 40) - 20) * 0.5e-6, (Math.floor(i / 40) - 20) * 0.5e-6];
        return Math.exp((-2 * (x * x + y * y)) / (waistRadius ** 2 * spread)) / spread;
      });
      // The beam is paraxial to (θ/2)² = 6e-5.
      expect(distance(intensity(data), expected)).toBeLessThan(2e-4);
    }
  });
});

describe('one transform', () => {
  const light: Light = {
    samples: 33,
    pitch: 10 * micro,
    wavelength: 0.5 * micro,
    amplitude: (x, y) => [Math.exp(-((x - 3e-5) ** 2 + y * y) / 6e-5 ** 2), 0.3 * Math.sin(3e4 * y)],
  };
  const z = 0.02;

  it('has the natural pitch λ|z|/(N pitch), keeps the power, and goes back', async () => {
    const there = await propagated(light, { distance: z, method: 'fresnelSingle', window: 'natural' });
    expect(there.field.pitch.value).toBeCloseTo((0.5e-6 * z) / (33 * light.pitch), 15);
    const steps = [z, -z].map((step) => ({ distance: step, method: 'fresnelSingle', window: 'natural' }));
    const back = await propagated(light, ...steps);
    const start = await propagated(light, { distance: 0 });
    expect(back.field.pitch.value).toBeCloseTo(light.pitch, 18);
    // Rounding of two transforms.
    expect(distance(back.data, start.data)).toBeLessThan(1e-12);
    const power = (made: typeof back) => total(intensity(made.data)) * made.field.pitch.value ** 2;
    expect(power(there) / power(start)).toBeCloseTo(1, 12);
  });

  it('keeps a centred point in the centre, step after step', async () => {
    for (const samples of [32, 33]) {
      const point: Light = { ...light, samples, amplitude: (x, y) => (x === 0 && y === 0 ? 1 : 0) };
      const steps = [z, z].map((step) => ({ distance: step, method: 'fresnelSingle', window: 'natural' }));
      const seen = intensity((await propagated(point, steps[0] ?? {}, { ...steps[1], distance: -z })).data);
      const centre = Math.floor(samples / 2) * (samples + 1);
      expect((seen[centre] ?? 0) / total(seen)).toBeCloseTo(1, 12);
    }
  });

  it('makes the pitches of Gabor’s hologram: 0.25 µm, 9.765625 µm and back', async () => {
    const medium = { wavelength: constantScalar(0.5e-6), refractiveIndex: constantScalar(1) };
    const there = naturalPitch(medium, constantScalar(5e-3), 1024, constantScalar(0.25e-6));
    expect(there.value / micro).toBeCloseTo(9.765625, 12);
    const small: Light = { ...light, samples: 32, pitch: 0.25 * micro, amplitude: box(1.1 * micro) };
    const space = { method: 'scalableAngularSpectrum', window: 'natural' };
    const out = await propagated(small, { ...space, distance: 312.5 * micro });
    expect(out.field.pitch.value / micro).toBeCloseTo(9.765625, 12);
    const back = await propagated(
      small,
      { ...space, distance: 312.5 * micro },
      { ...space, distance: -312.5 * micro },
    );
    expect(back.field.pitch.value / micro).toBeCloseTo(0.25, 12);
  });

  it('of Fraunhofer is Fresnel’s where the Fresnel number is small, and the known sinc²', async () => {
    const slitLight: Light = { ...light, samples: 64, amplitude: box(75 * micro) };
    const far = { distance: 20, window: 'natural' };
    const [fraunhofer, fresnel] = [
      await propagated(slitLight, { ...far, method: 'fraunhofer' }),
      await propagated(slitLight, { ...far, method: 'fresnelSingle' }),
    ];
    // N_F = (75 µm)²/(λ z) = 5.6e-4 of the slit.
    const peak = Math.max(...intensity(fresnel.data));
    expect(distance(intensity(fraunhofer.data), intensity(fresnel.data)) / peak).toBeLessThan(1e-5);
    const sinc = (t: number) => (t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t));
    const wide = 150 * micro;
    const expected = Float64Array.from(positions(64, fraunhofer.field.pitch.value), (x) => {
      return sinc((wide * x) / (0.5e-6 * 20)) ** 2 * (wide ** 2 / (0.5e-6 * 20)) ** 2;
    });
    const row = intensity(fraunhofer.data).slice(32 * 64, 33 * 64);
    // 15 samples across the slit: their replicas add up to (π/15)²/6 in the middle lobes.
    expect(distance(row, expected) / peak).toBeLessThan(1e-2);
  });
});
