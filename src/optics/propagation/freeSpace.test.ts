import { describe, expect, it } from 'vitest';
import { distance, intensity, total } from '../testSupport.ts';
import { box, type Light, micro, positions, propagated } from './testSupport.ts';

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
