import { describe, expect, it } from 'vitest';
import type { ElementSpec } from '../../element.ts';
import type { Setting } from '../../testChain.ts';
import { evaluate, intensity, moments, stage, total } from '../../testSupport.ts';
import type { Field } from '../../values.ts';
import { propagator } from '../propagation/propagator.ts';
import { besselBeam } from './besselBeam.ts';
import { gaussianBeam } from './gaussianBeam.ts';
import { hermiteGauss } from './hermiteGauss.ts';
import { laguerreGauss } from './laguerreGauss.ts';
import { schellBeam } from './schellBeam.ts';

const WAVELENGTH = 633e-9;
const grid = { samples: 64, pitch: 10e-6 };
const WAIST = 80e-6;
const RANGE = (Math.PI * WAIST ** 2) / WAVELENGTH;

type Settings = Record<string, Setting>;

async function beam(spec: ElementSpec, params: Settings, size = grid) {
  const settings = { wavelength: WAVELENGTH, waist: WAIST, power: 3, ...params };
  const found = await evaluate({ source: stage(spec, settings) }, size);
  const irradiance = intensity(found.data);
  const area = size.pitch ** 2;
  const spread = moments({ data: irradiance, shape: found.shape });
  return {
    ...found,
    irradiance,
    power: total(irradiance) * area,
    radiusX: 2 * Math.sqrt(spread.varianceX) * size.pitch,
    radiusY: 2 * Math.sqrt(spread.varianceY) * size.pitch,
    at: (row: number, column: number) => {
      const i = 2 * ((row + size.samples / 2) * size.samples + column + size.samples / 2);
      return [found.data[i] ?? 0, found.data[i + 1] ?? 0] as const;
    },
  };
}

describe('a Gaussian beam', () => {
  it('of 1 mm waist has the known Rayleigh range and divergence', async () => {
    const wide = { samples: 64, pitch: 0.17e-3 };
    // Facts of the beam, to the digits published: range 4.9630216 m, divergence 2.0149016e-4 rad.
    const range = await beam(gaussianBeam, { waist: 1e-3, distance: 4.9630216 }, wide);
    expect(Math.abs(range.radiusX / (Math.SQRT2 * 1e-3) - 1)).toBeLessThan(1e-7);
    const far = await beam(gaussianBeam, { waist: 1e-3, distance: 1e4 }, { samples: 64, pitch: 0.25 });
    // Far means 1e4 / 4.96 Rayleigh ranges: half their inverse square.
    expect(Math.abs(far.radiusX / 1e4 / 2.0149016e-4 - 1)).toBeLessThan(2e-7);
    // Full width at half maximum 1.17741 waists: half the irradiance at sample 16 of this pitch, to the digits given.
    const fine = await beam(gaussianBeam, { waist: 1e-3 }, { samples: 64, pitch: 1.17741e-3 / 32 });
    const [[edge], [middle]] = [fine.at(0, 16), fine.at(0, 0)];
    expect(Math.abs((edge / middle) ** 2 - 0.5)).toBeLessThan(5e-8);
  });

  it('one Rayleigh range on is √2 wider with R = 2 zR, π/4 behind, and half as bright', async () => {
    const [waist, on] = [await beam(gaussianBeam, {}), await beam(gaussianBeam, { distance: RANGE })];
    // Window of 4 waists at √2 waists: tails of exp(-16) times their distance squared.
    expect(Math.abs(on.radiusX / waist.radiusX - Math.SQRT2)).toBeLessThan(2e-6);
    const [re, im] = on.at(0, 0);
    expect(Math.atan2(im, re)).toBeCloseTo(-Math.PI / 4, 12);
    const [peak] = waist.at(0, 0);
    expect((re * re + im * im) / peak ** 2).toBeCloseTo(0.5, 12);
    // The wavefront: phase k x²/2R with R = 2 zR beyond the Gouy phase, at x = 8 samples.
    const [a, b] = on.at(0, 8);
    const expected = (Math.PI * (8 * grid.pitch) ** 2) / (WAVELENGTH * 2 * RANGE) - Math.PI / 4;
    expect(Math.atan2(b, a)).toBeCloseTo(expected, 12);
  });

  it('with unequal waists has its power, and each axis spreads by its own range', async () => {
    const params = { shape: 'elliptic', waistY: 50e-6, distance: 0.01, distanceY: -0.008 };
    const found = await beam(gaussianBeam, params);
    const spread = (w: number, z: number) => w * Math.hypot(1, (z * WAVELENGTH) / (Math.PI * w * w));
    // Tails outside ±320 µm of a radius of 80 µm: exp(-32).
    expect(Math.abs(found.power / 3 - 1)).toBeLessThan(1e-9);
    expect(Math.abs(found.radiusX / spread(WAIST, 0.01) - 1)).toBeLessThan(1e-6);
    expect(Math.abs(found.radiusY / spread(50e-6, -0.008) - 1)).toBeLessThan(1e-6);
  });

  it('turned by a right angle has its first waist along y', async () => {
    const found = await beam(gaussianBeam, { shape: 'elliptic', waistY: 50e-6, orientation: Math.PI / 2 });
    expect(Math.abs(found.radiusX / 50e-6 - 1)).toBeLessThan(1e-6);
    expect(Math.abs(found.radiusY / WAIST - 1)).toBeLessThan(1e-6);
  });

  it('of equal waists is the round one', async () => {
    const round = await beam(gaussianBeam, { distance: 0.02 });
    const other = await beam(gaussianBeam, {
      distance: 0.02,
      shape: 'elliptic',
      waistY: WAIST,
      distanceY: 0.02,
    });
    other.data.forEach((value, i) => {
      expect(Math.abs(value - (round.data[i] ?? 0))).toBeLessThan(1e-9);
    });
  });
});

describe.each([
  [0, 0],
  [1, 0],
  [2, 3],
  [5, 1],
])('Hermite-Gauss mode %d, %d', (orderX, orderY) => {
  it('has its power and M² = 2m + 1 along each axis', async () => {
    const found = await beam(hermiteGauss, { orderX, orderY, waist: 60e-6 });
    // Tails beyond 5.3 waists of the widest mode: below 1e-12.
    expect(Math.abs(found.power / 3 - 1)).toBeLessThan(1e-10);
    // M² by definition from the second moments at the waist and one Rayleigh range on.
    const range = (Math.PI * 60e-6 ** 2) / WAVELENGTH;
    const on = await beam(
      hermiteGauss,
      { orderX, orderY, waist: 60e-6, distance: range },
      { samples: 96, pitch: 10e-6 },
    );
    for (const [order, near, far] of [
      [orderX, found.radiusX, on.radiusX],
      [orderY, found.radiusY, on.radiusY],
    ] as const) {
      const divergence = Math.sqrt(far * far - near * near) / range;
      expect(Math.abs((Math.PI * near * divergence) / WAVELENGTH - (2 * order + 1))).toBeLessThan(1e-5);
    }
  });
});

describe.each([
  [0, 0],
  [1, 0],
  [-2, 1],
  [3, 2],
])('Laguerre-Gauss mode of charge %d with %d dark rings', (charge, radialOrder) => {
  it('has its power, its width and its angular momentum', async () => {
    const waist = 60e-6;
    const found = await beam(laguerreGauss, { charge, radialOrder, waist });
    expect(Math.abs(found.power / 3 - 1)).toBeLessThan(1e-10);
    const order = 2 * radialOrder + Math.abs(charge) + 1;
    expect(Math.abs(found.radiusX / waist / Math.sqrt(order) - 1)).toBeLessThan(1e-9);
    // Turns of the phase on a circle of 3 samples, from sample to sample.
    const circle = [
      [0, 3],
      [2, 2],
      [3, 0],
      [2, -2],
      [0, -3],
      [-2, -2],
      [-3, 0],
      [-2, 2],
    ] as const;
    const phases = circle.map(([row, column]) => {
      const [re, im] = found.at(row, column);
      return Math.atan2(im, re);
    });
    const turns = phases.reduce((sum, phase, i) => {
      const step = (phases[(i + 1) % 8] ?? 0) - phase;
      return sum + step - 2 * Math.PI * Math.round(step / (2 * Math.PI));
    }, 0);
    expect(turns / (2 * Math.PI)).toBeCloseTo(charge, 9);
  });
});

describe('modes', () => {
  it('of order 0 are the Gaussian beam', async () => {
    const params = { distance: 0.015, x: 20e-6, y: -10e-6 };
    const gauss = await beam(gaussianBeam, params);
    const hermite = await beam(hermiteGauss, { ...params, orderX: 0 });
    const laguerre = await beam(laguerreGauss, { ...params, charge: 0 });
    gauss.data.forEach((value, i) => {
      // Amplitudes near 2e4; float64 rounding.
      expect(Math.abs((hermite.data[i] ?? 0) - value)).toBeLessThan(1e-8);
      expect(Math.abs((laguerre.data[i] ?? 0) - value)).toBeLessThan(1e-8);
    });
  });

  it.each([
    [hermiteGauss, { orderX: 2, orderY: 1 }],
    [laguerreGauss, { charge: 2, radialOrder: 1 }],
  ] as const)('given behind the waist are what free space makes of them', async (spec, orders) => {
    const waist = 60e-6;
    const settings = { wavelength: WAVELENGTH, waist, ...orders };
    const size = { samples: 96, pitch: 10e-6 };
    const chain = { source: stage(spec, settings), space: stage(propagator, { distance: 0.01 }, 'source') };
    const travelled = await evaluate(chain, size);
    const given = await evaluate({ source: stage(spec, { ...settings, distance: 0.01 }) }, size);
    const peak = Math.sqrt(Math.max(...intensity(given.data)));
    // Paraxial modes in exact free space: fourth order of the divergence of 3 mrad times k z = 1e5, 1e-6.
    given.data.forEach((value, i) => {
      expect(Math.abs(value - (travelled.data[i] ?? 0)) / peak).toBeLessThan(1e-4);
    });
    expect((travelled.value as Field).axes).toEqual([]);
  });
});

describe('a Bessel beam', () => {
  it.each([
    [0, 20e-3],
    [2, 20e-3],
    [-1, 3e-3],
  ])('of charge %d has its power', async (charge, coneAngle) => {
    const found = await beam(besselBeam, { charge, coneAngle, envelope: 100e-6 });
    // The envelope at the window's edge is exp(-20) in irradiance.
    expect(Math.abs(found.power / 3 - 1)).toBeLessThan(1e-8);
  });

  it('has its first dark ring at 0.3827 λ/(n sin α)', async () => {
    // 2.404826/2π: the first zero of J0, at sample 8 of this pitch.
    const ring = ((2.404825557695773 / (2 * Math.PI)) * WAVELENGTH) / (1.33 * Math.sin(0.01));
    const found = await beam(
      besselBeam,
      { coneAngle: 0.01, refractiveIndex: 1.33, envelope: 500e-6 },
      { samples: 32, pitch: ring / 8 },
    );
    const [peak] = found.at(0, 0);
    expect(Math.abs(found.at(0, 8)[0] / peak)).toBeLessThan(1e-12);
    expect(Math.abs(found.at(8, 0)[0] / peak)).toBeLessThan(1e-12);
    expect(found.at(0, 7)[0]).toBeGreaterThan(0);
    expect(found.at(0, 9)[0]).toBeLessThan(0);
  });

  it('keeps its core over a distance at which a Gaussian beam as wide has spread', async () => {
    const size = { samples: 96, pitch: 10e-6 };
    const settings = { wavelength: WAVELENGTH, coneAngle: 7e-3, envelope: 250e-6 };
    const core = (0.3827 * WAVELENGTH) / 7e-3;
    const distance = 3 * ((Math.PI * (core / 2) ** 2) / WAVELENGTH);
    const near = await evaluate({ source: stage(besselBeam, settings) }, size);
    const far = await evaluate(
      { source: stage(besselBeam, settings), space: stage(propagator, { distance }, 'source') },
      size,
    );
    const peak = (data: Float64Array) => intensity(data)[48 * 96 + 48] ?? 0;
    // Bessel-Gauss on axis: exp(-2 (z tan α / w)²) to first order; the Gaussian core alone would fall to 1/10.
    const expected = Math.exp(-2 * ((distance * 7e-3) / 250e-6) ** 2);
    expect(Math.abs(peak(far.data) / peak(near.data) / expected - 1)).toBeLessThan(0.05);
    expect(expected).toBeGreaterThan(0.5);
  });
});

describe('a partially coherent beam', () => {
  const quality = 1.8;

  /** Irradiance over all modes and its radius. */
  async function summed(params: Settings, size = grid, spec = schellBeam) {
    const found = await evaluate(
      { source: stage(spec, { wavelength: WAVELENGTH, waist: WAIST, power: 3, ...params }) },
      size,
    );
    const [modes = 1, n = 1] = found.shape;
    const all = intensity(found.data);
    const irradiance = Float64Array.from({ length: n * n }, (_, i) => {
      let sum = 0;
      for (let mode = 0; mode < modes; mode++) sum += all[mode * n * n + i] ?? 0;
      return sum;
    });
    const { varianceX, varianceY } = moments({ data: irradiance, shape: [n, n] });
    const [radius, radiusY] = [varianceX, varianceY].map((each) => 2 * Math.sqrt(each) * size.pitch);
    return { ...found, modes, irradiance, radius: radius ?? 0, radiusY: radiusY ?? 0 };
  }

  it('has its power, a Gaussian shape and M² times the divergence', async () => {
    const params = { beamQuality: quality, highestOrder: 12 };
    const found = await summed(params);
    expect(found.modes).toBe(91);
    // Exact by construction; the window ends at four radii.
    expect(Math.abs((total(found.irradiance) * grid.pitch ** 2) / 3 - 1)).toBeLessThan(1e-8);
    for (const column of [0, 4, 8, 12]) {
      const expected =
        ((2 * 3) / (Math.PI * WAIST ** 2)) * Math.exp(-2 * ((column * grid.pitch) / WAIST) ** 2);
      // Left out: q^13 (14 - 13 q) = 2e-6 of the power, all of it outside.
      expect(Math.abs((found.irradiance[32 * 64 + 32 + column] ?? 0) / expected - 1)).toBeLessThan(1e-3);
    }
    const distance = 0.02;
    const on = await summed({ ...params, distance }, { samples: 96, pitch: 10e-6 });
    const expected = WAIST * Math.hypot(1, (quality * WAVELENGTH * distance) / (Math.PI * WAIST ** 2));
    expect(Math.abs(on.radius / expected - 1)).toBeLessThan(1e-4);
  });

  it('that is elliptic and astigmatic has M² times the divergence along each of its axes, turned or not', async () => {
    const beam = { shape: 'ellipticModes', waistY: 60e-6, beamQuality: 1.3, beamQualityY: 1.6 };
    const place = { distance: 0.015, distanceY: -0.01, highestOrder: 10 };
    const spread = (w: number, m2: number, z: number) =>
      w * Math.hypot(1, (m2 * WAVELENGTH * z) / (Math.PI * w * w));
    const [first, second] = [spread(WAIST, 1.3, 0.015), spread(60e-6, 1.6, -0.01)];
    for (const [orientation, x, y] of [
      [0, first, second],
      [Math.PI / 2, second, first],
    ] as const) {
      const found = await summed(
        { ...beam, ...place, orientation },
        { samples: 96, pitch: 10e-6 },
        gaussianBeam,
      );
      // Left out: modes above order 10, some 1e-7 of the power but up to 20 times as wide.
      expect(Math.abs(found.radius / x - 1)).toBeLessThan(1e-5);
      expect(Math.abs(found.radiusY / y - 1)).toBeLessThan(1e-5);
      expect(Math.abs((total(found.irradiance) * 1e-10) / 3 - 1)).toBeLessThan(1e-8);
    }
  });

  it('has a Gaussian degree of coherence, by M² or by its length', async () => {
    const length = WAIST / Math.sqrt(quality ** 2 - 1);
    for (const params of [{ beamQuality: quality }, { given: 'coherence', coherenceLength: length }]) {
      const { data, modes } = await summed({ ...params, highestOrder: 14 });
      for (const column of [3, 6]) {
        let [cross, a, b] = [0, 0, 0];
        for (let mode = 0; mode < modes; mode++) {
          const row = mode * 64 * 64 + 32 * 64 + 32;
          const [left, right] = [data[2 * (row - column)] ?? 0, data[2 * (row + column)] ?? 0];
          cross += left * right;
          a += left * left;
          b += right * right;
        }
        const expected = Math.exp(-((2 * column * grid.pitch) ** 2) / (2 * length ** 2));
        // Left out modes: 1e-6 of the power.
        expect(Math.abs(cross / Math.sqrt(a * b) - expected)).toBeLessThan(1e-4);
      }
    }
  });
});
