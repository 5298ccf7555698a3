import { describe, expect, it } from 'vitest';
import { thinLens } from '../elements/lenses/thinLens.ts';
import { propagator } from '../elements/propagation/propagator.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { SeededRandom } from '../maths/random.ts';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { type Complex, Ops } from '../ops/ops.ts';
import { constantScalar } from '../ops/scalar.ts';
import { distance, evaluate, intensity, stage, total } from '../testSupport.ts';
import { propagate, transferFunction } from './angularSpectrum.ts';

const micro = 1e-6;

interface Space {
  readonly n: number;
  readonly pitch: number;
  readonly wavelength: number;
  readonly index?: number;
}

/** Samples after each distance in turn, without padding: the window is one period of the light. */
async function move(
  samples: Float64Array,
  { n, pitch, wavelength, index = 1 }: Space,
  ...distances: number[]
) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const medium = { wavelength: constantScalar(wavelength), refractiveIndex: constantScalar(index) };
  let field: Complex = ops.upload(samples, [n, n], 'complex');
  for (const z of distances)
    field = propagate(ops, field, constantScalar(pitch), medium, constantScalar(z), n);
  const [read] = await ops.read([field]);
  ops.close(scope);
  return Float64Array.from(read ?? []);
}

/** Random light whose frequencies stay below a quarter of the grid's. */
async function smoothLight(space: Space): Promise<Float64Array> {
  const { n } = space;
  const random = new SeededRandom(3);
  const spectrum = new Float64Array(2 * n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const isLow = Math.hypot(row - n / 2, column - n / 2) < n / 8;
      if (isLow) spectrum.set([random.normal(), random.normal()], 2 * (row * n + column));
    }
  }
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const [read] = await ops.read([ops.fourier2(ops.upload(spectrum, [n, n], 'complex'), 'inverse')]);
  ops.close(scope);
  return Float64Array.from(read ?? []);
}

function fill(
  n: number,
  pitch: number,
  f: (x: number, y: number) => readonly [number, number],
): Float64Array {
  const out = new Float64Array(2 * n * n);
  for (let i = 0; i < n * n; i++) {
    const [row, column] = [Math.floor(i / n), i % n];
    out.set(f((column - Math.floor(n / 2)) * pitch, (row - Math.floor(n / 2)) * pitch), 2 * i);
  }
  return out;
}

describe('angular spectrum', () => {
  const space: Space = { n: 64, pitch: 2 * micro, wavelength: 0.532 * micro, index: 1.33 };

  it('there and back is the identity', async () => {
    const light = await smoothLight(space);
    // Rounding of four transforms.
    expect(distance(await move(light, space, 40 * micro, -40 * micro), light)).toBeLessThan(1e-12);
  });

  it('keeps the power of propagating light', async () => {
    const light = await smoothLight(space);
    const moved = await move(light, space, 60 * micro);
    expect(total(intensity(moved)) / total(intensity(light))).toBeCloseTo(1, 12);
    expect(distance(moved, light)).toBeGreaterThan(0.1);
  });

  it('over z1 and then z2 is that over z1 + z2', async () => {
    const light = await smoothLight(space);
    const [once, twice] = [
      await move(light, space, 50 * micro),
      await move(light, space, 18 * micro, 32 * micro),
    ];
    expect(distance(once, twice)).toBeLessThan(1e-12);
  });

  it.each([64, 65])('gives a tilted plane wave the phase k z (cos θ - 1), N = %d', async (n) => {
    const [kx, ky] = [(2 * Math.PI * 5) / (n * space.pitch), (-2 * Math.PI * 9) / (n * space.pitch)];
    const wave = fill(n, space.pitch, (x, y) => [Math.cos(kx * x + ky * y), Math.sin(kx * x + ky * y)]);
    const k = (2 * Math.PI * 1.33) / space.wavelength;
    const z = 70 * micro;
    const turned = z * (Math.sqrt(k * k - kx * kx - ky * ky) - k);
    const expected = fill(n, space.pitch, (x, y) => {
      const phase = kx * x + ky * y + turned;
      return [Math.cos(phase), Math.sin(phase)];
    });
    // k z = 1.1e3 rad enters the check itself: 2e-13.
    expect(distance(await move(wave, { ...space, n }, z), expected)).toBeLessThan(2e-12);
  });

  it('images a cosine grating onto itself at its exact Talbot distance', async () => {
    const [n, pitch, wavelength, period] = [256, 0.5 * micro, 0.532 * micro, 8 * micro];
    const grating = fill(n, pitch, (x) => [1 + Math.cos((2 * Math.PI * x) / period), 0]);
    const exact = wavelength / (1 - Math.sqrt(1 - (wavelength / period) ** 2));
    expect(exact / micro).toBeCloseTo(240.335, 3);
    const talbot = await move(grating, { n, pitch, wavelength }, exact);
    expect(distance(talbot, grating)).toBeLessThan(1e-12);
    // At the paraxial distance 2p²/λ the orders are (λ/p)²/4 of a turn off, 7e-3 rad.
    const paraxial = await move(grating, { n, pitch, wavelength }, (2 * period ** 2) / wavelength);
    expect(distance(paraxial, grating)).toBeGreaterThan(1e-3);
    expect(distance(paraxial, grating)).toBeLessThan(2e-2);
    // Half-way the image is shifted by half a period.
    const half = await move(grating, { n, pitch, wavelength }, exact / 2);
    const shifted = fill(n, pitch, (x) => [1 - Math.cos((2 * Math.PI * x) / period), 0]);
    expect(distance(half, shifted)).toBeLessThan(1e-12);
  });

  it('images a grating of 10 µm after 399.74984 µm of light of 500 nm, and nearly so after 400 µm', async () => {
    const [n, pitch, wavelength, period] = [240, 0.5 * micro, 0.5 * micro, 10 * micro];
    const exact = wavelength / (1 - Math.sqrt(1 - (wavelength / period) ** 2));
    expect(exact / micro).toBeCloseTo(399.74984, 5);
    const error = async (grating: Float64Array, z: number) =>
      distance(intensity(await move(grating, { n, pitch, wavelength }, z)), intensity(grating));
    const wave = fill(n, pitch, (x) => [1 + Math.cos((2 * Math.PI * x) / period), 0]);
    expect(await error(wave, exact)).toBeLessThan(1e-12);
    // The orders are φ = 2π (λ/d)²/4 off at the paraxial distance, the irradiance φ²: 1.5e-5.
    const paraxial = await error(wave, 400 * micro);
    expect(paraxial).toBeLessThan(1e-4);
    expect(paraxial).toBeGreaterThan(1e-5);
  });

  it('turns a tilted wave by k z (cos θ - 1) to 1e-13 over a short way, and changes nothing else', async () => {
    const [n, z] = [64, 4 * micro];
    const kx = (2 * Math.PI * 7) / (n * space.pitch);
    const wave = fill(n, space.pitch, (x) => [Math.cos(kx * x), Math.sin(kx * x)]);
    const k = (2 * Math.PI * 1.33) / space.wavelength;
    const turned = z * (Math.sqrt(k * k - kx * kx) - k);
    const expected = fill(n, space.pitch, (x) => [Math.cos(kx * x + turned), Math.sin(kx * x + turned)]);
    // Rounding of two transforms.
    expect(distance(await move(wave, space, z), expected)).toBeLessThan(1e-13);
  });

  it('lets evanescent light decay in both directions', async () => {
    const [n, pitch, wavelength] = [32, 0.1 * micro, 0.532 * micro];
    const f = 8 / (n * pitch);
    const wave = fill(n, pitch, (x) => [Math.cos(2 * Math.PI * f * x), 0]);
    const decay = Math.exp(-2 * Math.PI * 0.1 * micro * Math.sqrt(f * f - wavelength ** -2));
    for (const z of [0.1 * micro, -0.1 * micro]) {
      const share = total(intensity(await move(wave, { n, pitch, wavelength }, z))) / total(intensity(wave));
      // Its frequency lies beyond the band limit of any distance; nothing of it may grow.
      expect(share).toBeLessThanOrEqual(decay ** 2 * (1 + 1e-12));
    }
  });

  it('removes the frequencies that the distance undersamples', async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const [n, pitch, lambda, z] = [64, 2 * micro, 0.5 * micro, 3000 * micro];
    const medium = { wavelength: constantScalar(lambda), refractiveIndex: constantScalar(1) };
    const [h = []] = await ops.read([
      transferFunction(ops, n, constantScalar(pitch), medium, constantScalar(z)),
    ]);
    ops.close(scope);
    // f_max = 1 / (λ sqrt((2z / n pitch)² + 1)) in orders of 1 / (n pitch).
    const limit = (n * pitch) / (lambda * Math.hypot((2 * z) / (n * pitch), 1));
    const kept = Array.from({ length: 32 }, (_, order) =>
      Math.hypot(h[2 * (32 * n + 32 + order)] ?? 0, h[2 * (32 * n + 32 + order) + 1] ?? 0),
    );
    kept.forEach((modulus, order) => {
      expect(modulus).toBeCloseTo(Math.min(1, Math.max(0, limit - order + 0.5)), 12);
    });
    expect(limit).toBeGreaterThan(5);
    expect(limit).toBeLessThan(6);
  });
});

describe('round aperture', () => {
  // Fresnel diffraction on the axis: 4 sin²(π N_F / 2) with N_F = a²/λz.
  it.each([
    [5, 4],
    [6, 0],
  ])('has %d Fresnel zones: the axis sees %d times the irradiance', async (zones, expected) => {
    const [samples, pitch, radius, wavelength] = [288, 5 * micro, 400 * micro, 633e-9];
    const chain = {
      source: stage(planeWave, { wavelength }),
      stop: stage(thinLens, { focalLength: 1000, diameter: 2 * radius }, 'source'),
      space: stage(propagator, { distance: radius ** 2 / (zones * wavelength) }, 'stop'),
    };
    const { data } = await evaluate(chain, { samples, pitch });
    const [before] = (await evaluate({ source: chain.source }, { samples, pitch })).data;
    const centre = samples * (samples + 1);
    const gain = ((data[centre] ?? 9) ** 2 + (data[centre + 1] ?? 9) ** 2) / (before ?? 1) ** 2;
    // The edge on 80 cells per radius; the band limit rounds it.
    expect(Math.abs(gain - expected)).toBeLessThan(0.05);
  });
});

describe('padding', () => {
  it('keeps light that leaves the window from coming back', async () => {
    const [n, pitch, wavelength, z] = [64, 2 * micro, 0.532 * micro, 6000 * micro];
    const stopped = {
      source: stage(planeWave, { wavelength }),
      stop: stage(thinLens, { focalLength: 1000, diameter: 30 * micro }, 'source'),
    };
    const moved = { ...stopped, space: stage(propagator, { distance: z }, 'stop') };
    const small = intensity((await evaluate(moved, { samples: n, pitch })).data);
    const periodic = intensity(
      await move((await evaluate(stopped, { samples: n, pitch })).data, { n, pitch, wavelength }, z),
    );
    // The same in a window four times as wide, cut to the middle; its source is dimmer by the area of its circle.
    const wide = await evaluate(moved, { samples: 4 * n, pitch });
    const dimmer = ((4 * n - 2) / (n - 2)) ** 2;
    const all = intensity(wide.data);
    const middle = Float64Array.from({ length: n * n }, (_, i) => {
      const [row, column] = [Math.floor(i / n), i % n];
      return dimmer * (all[(row + (3 * n) / 2) * 4 * n + column + (3 * n) / 2] ?? 0);
    });
    const peak = Math.max(...middle);
    // The two windows have different band limits: a few percent. What comes back interferes at full contrast.
    expect(distance(small, middle) / peak).toBeLessThan(0.05);
    expect(distance(periodic, middle) / peak).toBeGreaterThan(0.3);
  });
});

it('keeps the transfer functions with and without a band limit apart within one session', async () => {
  const ops = new Ops(createFloat64Kernels());
  const medium = { wavelength: constantScalar(633e-9), refractiveIndex: constantScalar(1) };
  const passed = async (paraxial: boolean, periodic: boolean) => {
    const scope = ops.open();
    const transfer = transferFunction(ops, 16, constantScalar(5 * micro), medium, constantScalar(0.3), {
      paraxial,
      periodic,
    });
    const [read = []] = await ops.read([transfer]);
    ops.close(scope);
    return Array.from({ length: 256 }, (_, i) => Math.hypot(read[2 * i] ?? 0, read[2 * i + 1] ?? 0));
  };
  for (const paraxial of [false, true]) {
    // Neither order may hand the other form what was remembered; a periodic one has modulus 1 everywhere.
    for (const periodic of [true, false, true]) {
      const kept = (await passed(paraxial, periodic)).filter((size) => Math.abs(size - 1) < 1e-9).length;
      if (periodic) expect(kept).toBe(256);
      else expect(kept).toBeLessThan(64);
    }
  }
});
