import { describe, expect, it } from 'vitest';
import { aperture } from '../elements/masks/aperture.ts';
import { propagator } from '../elements/propagation/propagator.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { constantScalar } from '../ops/scalar.ts';
import { distance, evaluate, intensity, moments, stage, total, withAmplitude } from '../testSupport.ts';
import type { Field } from '../values.ts';
import { paddedSamples } from './choice.ts';
import { naturalPitch } from './fresnel.ts';

const micro = 1e-6;
type Params = Readonly<Record<string, number | string>>;
type Amplitude = (x: number, y: number) => number | readonly [number, number];

interface Light {
  readonly samples: number;
  readonly pitch: number;
  readonly wavelength: number;
  readonly refractiveIndex?: number;
  readonly amplitude: Amplitude;
}

/** Light of a given amplitude after free space, or several in turn. */
async function propagated(light: Light, ...steps: readonly Params[]) {
  const { samples, pitch, wavelength, refractiveIndex = 1, amplitude } = light;
  const chain = {
    source: stage(planeWave, { wavelength, refractiveIndex }),
    ...Object.fromEntries(
      steps.map((params, i) => [
        `space${i}`,
        stage(propagator, params, i === 0 ? 'source' : `space${i - 1}`),
      ]),
    ),
  };
  const { data, shape, value } = await evaluate(chain, { samples, pitch }, undefined, (ops) => ({
    source: withAmplitude(amplitude)(ops),
  }));
  return { data, shape, field: value as Field };
}

const box =
  (half: number): Amplitude =>
  (x, y) =>
    Math.max(Math.abs(x), Math.abs(y)) < half ? 1 : 0;

/** The same far out, where Simpson's rule takes long: Abramowitz & Stegun 7.3.27 and 28, to 1e-9 beyond 6. */
function farFresnelIntegrals(w: number): [number, number] {
  const t = Math.PI * w * w;
  const f = (1 - 3 / t ** 2 + 105 / t ** 4) / (Math.PI * w);
  const g = (1 - 15 / t ** 2 + 945 / t ** 4) / (Math.PI * w * t);
  const [cosine, sine] = [Math.cos(t / 2), Math.sin(t / 2)];
  return [Math.sign(w) / 2 + f * sine - g * cosine, Math.sign(w) / 2 - f * cosine - g * sine];
}

/** ∫0^w exp(iπt²/2) dt by Simpson's rule, fine enough for 1e-9 at the arguments used here. */
function fresnelIntegrals(w: number): [number, number] {
  const steps = 2 * Math.ceil(100 * Math.abs(w) * (1 + Math.abs(w)) + 2);
  const h = w / steps;
  let [c, s] = [0, 0];
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    const phase = (Math.PI / 2) * (i * h) ** 2;
    c += weight * Math.cos(phase);
    s += weight * Math.sin(phase);
  }
  return [(c * h) / 3, (s * h) / 3];
}

const integralsTo = (w: number) => (Math.abs(w) > 6 ? farFresnelIntegrals(w) : fresnelIntegrals(w));

/** Irradiance behind one slit |x| < half in one dimension, by Fresnel. */
function slit(x: number, half: number, wavelength: number, z: number): number {
  const scale = Math.sqrt(2 / (wavelength * z));
  const [c1, s1] = integralsTo(scale * (half - x));
  const [c0, s0] = integralsTo(scale * (-half - x));
  return ((c1 - c0) ** 2 + (s1 - s0) ** 2) / 2;
}

function positions(n: number, pitch: number): number[] {
  return Array.from({ length: n }, (_, j) => (j - Math.floor(n / 2)) * pitch);
}

/** Mean square difference over mean square. */
function relativeError(seen: Float64Array, expected: Float64Array): number {
  const difference = seen.map((value, i) => (value - (expected[i] ?? 0)) ** 2);
  return total(difference) / total(expected.map((value) => value * value));
}

describe('Fresnel’s integrals of the tests', () => {
  it('are the known ones', () => {
    const [c, s] = fresnelIntegrals(1);
    expect(c).toBeCloseTo(0.7798934, 7);
    expect(s).toBeCloseTo(0.4382591, 7);
    // The straight edge: 1/4 at the edge, 1.370443 at w = 1.217198.
    const edge = (w: number) => {
      const [cw, sw] = fresnelIntegrals(w);
      return ((cw + 0.5) ** 2 + (sw + 0.5) ** 2) / 2;
    };
    expect(edge(0)).toBe(0.25);
    expect(edge(1.217198)).toBeCloseTo(1.370443, 6);
    expect(edge(1.872519)).toBeCloseTo(0.778251, 6);
    // Where the two ways meet they agree: the next term of the series is below 1e-9 there.
    for (const w of [6, -6]) {
      const [near, far] = [fresnelIntegrals(w), farFresnelIntegrals(w)];
      expect(Math.hypot(near[0] - far[0], near[1] - far[1])).toBeLessThan(2e-9);
    }
  });
});

describe('square aperture of Fresnel number 10', () => {
  // 129 cells fill the aperture exactly; its edges lie between samples.
  const light: Light = {
    samples: 160,
    pitch: (40 / 129) * micro,
    wavelength: 0.532 * micro,
    refractiveIndex: 1.33,
    amplitude: box(20 * micro),
  };
  const z = 100 * micro;
  const line = Float64Array.from(positions(160, light.pitch), (x) => slit(x, 20 * micro, 0.4 * micro, z));
  const plane = Float64Array.from(
    { length: 160 * 160 },
    (_, i) => (line[Math.floor(i / 160)] ?? 0) * (line[i % 160] ?? 0),
  );

  it.each([
    ['fresnelTransfer', 1e-4],
    ['fresnelSingle', 1e-4],
    // Rays at up to 30 degrees: the reference is paraxial (7.8e-3 in a finer grid).
    ['angularSpectrum', 2e-2],
    ['scalableAngularSpectrum', 2e-2],
  ])('%s agrees with the Fresnel integrals', async (method, tolerance) => {
    const { data } = await propagated(light, { distance: z, method });
    expect(relativeError(intensity(data), plane)).toBeLessThan(tolerance);
  });
});

describe('the near field of a square', () => {
  const half = 20.5 * 10 * micro;
  const light: Light = { samples: 82, pitch: 10 * micro, wavelength: 0.5 * micro, amplitude: box(half) };

  // A sampled edge lacks the frequencies above the grid's limit: dx/π√(λz) of the amplitude at single samples.
  it.each([
    [0.2, 2e-2],
    [1, 5e-3],
    [5, 1e-4],
  ])('at %d of the critical distance is that of Fresnel’s integrals', async (share, limit) => {
    const z = (share * light.samples * light.pitch ** 2) / light.wavelength;
    const { data } = await propagated(light, { distance: z });
    const line = positions(light.samples, light.pitch).map((x) => slit(x, half, light.wavelength, z));
    const expected = Float64Array.from(
      { length: light.samples ** 2 },
      (_, i) => (line[Math.floor(i / light.samples)] ?? 0) * (line[i % light.samples] ?? 0),
    );
    expect(relativeError(intensity(data), expected)).toBeLessThan(limit);
  });

  // The limits are those that HCIPy holds itself to on the same grid: 64 samples across the square, 512 in all, mean
  // irradiance of cells of 8 × 8 samples, so that what a sampled edge lacks above the grid's limit is averaged.
  it.each([
    [0.2, 0.02],
    [1, 0.01],
    [5, 0.01],
  ])('at %d of the critical distance differs nowhere by more than %d of the light', async (share, limit) => {
    const [samples, pitch, cell, points] = [512, 31.25 * micro, 8, 32];
    const edge = 32.5 * pitch;
    const wide: Light = { samples, pitch, wavelength: 0.5 * micro, amplitude: box(edge) };
    const z = (share * samples * pitch ** 2) / wide.wavelength;
    const { data } = await propagated(wide, { distance: z });
    const seen = intensity(data);
    // Behind a square the irradiance is a product, and so is its mean over a cell.
    const line = Array.from({ length: samples / cell }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < points; j++) {
        const x = (i * cell - samples / 2 - 0.5 + ((j + 0.5) * cell) / points) * pitch;
        sum += slit(x, edge, wide.wavelength, z);
      }
      return sum / points;
    });
    let worst = 0;
    for (let row = 0; row < line.length; row++) {
      for (let column = 0; column < line.length; column++) {
        let sum = 0;
        for (let i = 0; i < cell ** 2; i++) {
          sum += seen[(row * cell + Math.floor(i / cell)) * samples + column * cell + (i % cell)] ?? 0;
        }
        worst = Math.max(worst, Math.abs(sum / cell ** 2 - (line[row] ?? 0) * (line[column] ?? 0)));
      }
    }
    expect(worst).toBeLessThan(limit);
  });
});

/** Irradiance on points (x, 0) by the first Rayleigh-Sommerfeld integral over square cells of uniform light. */
function rayleighSommerfeld(
  half: number,
  dx: number,
  wavelength: number,
  z: number,
  points: readonly number[],
) {
  const k = (2 * Math.PI) / wavelength;
  const count = Math.round((2 * half) / dx);
  const cells = Array.from({ length: count }, (_, i) => (i - (count - 1) / 2) * dx);
  return points.map((x) => {
    let [re, im] = [0, 0];
    for (const eta of cells) {
      for (const xi of cells) {
        const r = Math.hypot(x - xi, eta, z);
        // u = 1/(2π) ∬ z/r (1/r - ik) exp(ikr)/r
        const size = (z * dx * dx) / (2 * Math.PI * r * r);
        const [c, d] = [Math.cos(k * r), Math.sin(k * r)];
        re += size * (c / r + k * d);
        im += size * (d / r - k * c);
      }
    }
    return re * re + im * im;
  });
}

describe('Rayleigh and Sommerfeld’s integral', () => {
  it('is what the angular spectrum gives, and not Fresnel’s', async () => {
    const light: Light = {
      samples: 128,
      pitch: 0.2 * micro,
      wavelength: 0.5 * micro,
      amplitude: box(40.5 * 0.2 * micro),
    };
    const z = 20 * micro;
    const points = positions(128, light.pitch).filter((_, i) => i % 8 === 0);
    const exact = Float64Array.from(
      rayleighSommerfeld(40.5 * light.pitch, light.pitch, light.wavelength, z, points),
    );
    const errors: number[] = [];
    for (const method of ['angularSpectrum', 'fresnelTransfer']) {
      const all = intensity((await propagated(light, { distance: z, method, padding: '4' })).data);
      const seen = Float64Array.from(points, (_, i) => all[64 * 128 + 8 * i] ?? 0);
      errors.push(relativeError(seen, exact));
    }
    // Cells sampled in their middles: second order in 0.2 µm.
    expect(errors[0]).toBeLessThan(1e-5);
    expect(errors[1]).toBeGreaterThan(1e-2);
  });
});

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

describe('Talbot’s images', () => {
  it('repeat after 2 d²/λ in the paraxial transfer function', async () => {
    const period = 10 * micro;
    const grating: Light = {
      samples: 40,
      pitch: 1 * micro,
      wavelength: 0.5 * micro,
      amplitude: (x) => ((((x / period) % 1) + 1.05) % 1 < 0.5 ? 1 : 0),
    };
    const space = { method: 'fresnelTransfer', padding: '1' };
    const z = (2 * period ** 2) / grating.wavelength;
    expect(z / micro).toBeCloseTo(400, 10);
    const start = await propagated(grating, { ...space, distance: 0 });
    const image = await propagated(grating, { ...space, distance: z });
    // Rounding alone: each order gains whole turns.
    expect(distance(image.data, start.data)).toBeLessThan(1e-12);
    const half = await propagated(grating, { ...space, distance: z / 2 });
    const shifted = await propagated(
      { ...grating, amplitude: (x, y) => grating.amplitude(x + period / 2, y) },
      { ...space, distance: 0 },
    );
    expect(distance(half.data, shifted.data)).toBeLessThan(1e-12);
  });
});

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
