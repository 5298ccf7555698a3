import { describe, expect, it } from 'vitest';
import type { Setting } from '../../contractSupport.ts';
import type { ElementSpec } from '../../element.ts';
import { evaluate, intensity, moments, stage, total } from '../../testSupport.ts';
import type { Field } from '../../values.ts';
import { propagator } from '../propagation/propagator.ts';
import { gaussianBeam } from './gaussianBeam.ts';
import { hermiteGauss } from './hermiteGauss.ts';
import { laguerreGauss } from './laguerreGauss.ts';

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
    expect(Math.abs((edge / middle) ** 2 - 0.5)).toBeLessThan(1e-6);
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
