import { describe, expect, it } from 'vitest';
import { besselJ1 } from '../../maths/bessel.ts';
import { discRule, squareRule } from '../../maths/quadrature.ts';
import type { Chain, Setting } from '../../testChain.ts';
import { evaluate, intensity, type Sampled, stage, total } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { pupil } from '../pupils/pupil.ts';
import { extendedSource } from './extendedSource.ts';
import { kohler } from './kohler.ts';
import { structuredLight } from './structuredLight.ts';
import { twoPoints } from './twoPoints.ts';

type Settings = Record<string, Setting>;

const WAVELENGTH = 500e-9;

/** Degree of coherence of two samples [row, column] from the centre: ⟨u(b) u*(a)⟩ over the root of the irradiances. */
function coherence({ data, shape }: Sampled, a: [number, number], b: [number, number]): [number, number] {
  const [modes = 1, , n = 1] = shape;
  const at = ([row, column]: [number, number], mode: number) =>
    2 * ((mode * n + row + Math.floor(n / 2)) * n + column + Math.floor(n / 2));
  let [re, im, ia, ib] = [0, 0, 0, 0];
  for (let mode = 0; mode < modes; mode++) {
    const [i, j] = [at(a, mode), at(b, mode)];
    const [ar = 0, ai = 0, br = 0, bi = 0] = [data[i], data[i + 1], data[j], data[j + 1]];
    re += br * ar + bi * ai;
    im += bi * ar - br * ai;
    ia += ar * ar + ai * ai;
    ib += br * br + bi * bi;
  }
  const norm = Math.sqrt(ia * ib);
  return [re / norm, im / norm];
}

const airy = (x: number) => (x === 0 ? 1 : (2 * besselJ1(x)) / x);

describe('rules over discs and squares', () => {
  it.each([1, 2, 3, 5])('%d rings give exact means of low powers', (rings) => {
    const points = discRule(rings);
    expect(points.length).toBe(3 * rings * (rings + 1));
    const mean = (f: (x: number, y: number) => number) =>
      points.reduce((sum, { x, y, weight }) => sum + weight * f(x, y), 0);
    expect(mean(() => 1)).toBeCloseTo(1, 13);
    expect(mean((x) => x)).toBeCloseTo(0, 13);
    expect(mean((x) => x * x)).toBeCloseTo(0.25, 13);
    expect(mean((x, y) => x * y)).toBeCloseTo(0, 13);
    if (rings > 1) expect(mean((x) => x ** 4)).toBeCloseTo(0.125, 13);
  });

  it('squares give exact means', () => {
    const points = squareRule(2);
    expect(points.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 14);
    expect(points.reduce((sum, { x, y, weight }) => sum + weight * x * x * y * y, 0)).toBeCloseTo(1 / 9, 14);
  });
});

describe('Köhler illumination', () => {
  const grid = { samples: 32, pitch: 10e-6 };
  const light = async (params: Settings) =>
    evaluate({ source: stage(kohler, { wavelength: WAVELENGTH, ...params }) }, grid);

  it('is even, with its power through the inscribed circle', async () => {
    const { data, shape } = await light({ power: 5, numericalAperture: 0.01 });
    const irradiance = intensity(data);
    const modes = shape[0] ?? 0;
    expect(modes).toBe(36);
    const radius = 15 * grid.pitch;
    for (const i of [0, 17, 500, 1023]) {
      let sum = 0;
      for (let mode = 0; mode < modes; mode++) sum += irradiance[mode * 1024 + i] ?? 0;
      expect((sum * Math.PI * radius ** 2) / 5).toBeCloseTo(1, 12);
    }
  });

  it('has the coherence 2 J1(x)/x, x = 2π NA d/λ, of a condenser’s disc', async () => {
    const numericalAperture = 0.01;
    const found = await light({ numericalAperture, rings: 4 });
    for (const d of [1, 2, 3, 4, 6, 9]) {
      const x = (2 * Math.PI * numericalAperture * d * grid.pitch) / WAVELENGTH;
      const [re, im] = coherence(found, [0, 0], [0, d]);
      // The six points of the innermost ring: 2 w J6(0.26 x) with its weight w of 0.17, 1e-5 at x = 4, 5e-3 at 11.
      expect(Math.abs(re - airy(x))).toBeLessThan(d <= 3 ? 2e-5 : 1e-2);
      expect(Math.abs(im)).toBeLessThan(1e-10);
    }
  });

  it('through a ring has the coherence of the ring', async () => {
    const numericalAperture = 0.01;
    const found = await light({ numericalAperture, innerShare: 0.8, rings: 4 });
    const x = (2 * Math.PI * numericalAperture * 3 * grid.pitch) / WAVELENGTH;
    const expected = (airy(x) - 0.64 * airy(0.8 * x)) / 0.36;
    // Four rings over a fifth of the radius: limited by the angles, 6 of them on the innermost ring.
    expect(Math.abs(coherence(found, [0, 0], [0, 3])[0] - expected)).toBeLessThan(0.02);
  });

  it('refuses an aperture above the index and says when its points are too few', async () => {
    await expect(light({ numericalAperture: 1.2 })).rejects.toThrow(/index/);
    const notes = (params: Settings, samples = 32) =>
      kohler.sampling?.({}, valuesOf(params), { ...grid, samples }) ?? [];
    expect(notes({ numericalAperture: 0.01, rings: 3 })).toEqual([]);
    const [few] = notes({ numericalAperture: 0.01, rings: 3 }, 512);
    expect(few?.message).toMatch(/interfere/);
    expect(few?.apply).toEqual({ title: 'Use 7 rings', params: { rings: 7 } });
    expect(notes({ numericalAperture: 0.06, rings: 9 })[0]?.message).toMatch(/aliased/);
  });

  function valuesOf(params: Settings) {
    const scalar = (value: number) => ({ value, partials: new Map<number, number>(), isAffine: true });
    return {
      wavelength: scalar(WAVELENGTH),
      rings: params['rings'],
      numericalAperture: scalar(Number(params['numericalAperture'])),
    } as unknown as Parameters<NonNullable<typeof kohler.sampling>>[1];
  }
});

describe('an extended source', () => {
  const grid = { samples: 16, pitch: 20e-6 };
  const distance = 0.5;
  const light = async (params: Settings) =>
    evaluate(
      { source: stage(extendedSource, { wavelength: WAVELENGTH, distance, rings: 4, ...params }) },
      grid,
    );

  it.each([0.5e-3, 2e-3])('a disc of %d m obeys van Cittert and Zernike', async (size) => {
    const found = await light({ size });
    for (const d of [1, 3, 6]) {
      const x = (Math.PI * size * 2 * d * grid.pitch) / (WAVELENGTH * distance);
      // Points at ±d lie at the same distance: no phase. Paraxial to (size/z)²; four rings are exact below x = 6.
      const [re, im] = coherence(found, [0, -d], [0, d]);
      expect(Math.abs(re - airy(x))).toBeLessThan(x < 6 ? 1e-5 : 1e-3);
      expect(Math.abs(im)).toBeLessThan(1e-9);
    }
  });

  it('a square makes a sinc', async () => {
    const size = 1e-3;
    const found = await light({ size, shape: 'square', rings: 3 });
    const x = (Math.PI * size * 8 * grid.pitch) / (WAVELENGTH * distance);
    // Paraxial to (size/z)².
    expect(Math.abs(coherence(found, [-4, 0], [4, 0])[0] - Math.sin(x) / x)).toBeLessThan(1e-5);
  });

  it('has its power over the full sphere', async () => {
    const { data } = await light({ size: 1e-3, power: 7 });
    const seen = total(intensity(data)) * grid.pitch ** 2;
    // The window's share of the sphere, flat to (width/z)² = 4e-7.
    expect(seen / ((7 * (16 * grid.pitch) ** 2) / (4 * Math.PI * distance ** 2))).toBeCloseTo(1, 5);
  });
});

describe('structured illumination', () => {
  const grid = { samples: 64, pitch: 5e-6 };
  const line = async (params: Settings) => {
    const { data } = await evaluate(
      { source: stage(structuredLight, { period: 80e-6, power: 2, ...params }) },
      grid,
    );
    return intensity(data);
  };

  it('has its mean power, period and contrast', async () => {
    const found = await line({ contrast: 0.6 });
    const mean = 2 / (Math.PI * (31 * grid.pitch) ** 2);
    for (const x of [-20, -3, 0, 4, 8, 13]) {
      const expected = mean * (1 + 0.6 * Math.cos((2 * Math.PI * x) / 16));
      expect((found[32 * 64 + 32 + x] ?? 0) / expected).toBeCloseTo(1, 12);
    }
    expect(total(found) / 64 ** 2 / mean).toBeCloseTo(1, 12);
  });

  it('moves its fringes towards +x with growing phase, and turns them', async () => {
    const moved = await line({ phase: Math.PI / 2 });
    expect((moved[32 * 64 + 36] ?? 0) / Math.max(...moved)).toBeCloseTo(1, 12);
    expect((moved[32 * 64 + 28] ?? 0) / Math.max(...moved)).toBeLessThan(1e-12);
    const turned = await line({ phase: Math.PI / 2, orientation: Math.PI / 2 });
    expect((turned[36 * 64 + 9] ?? 0) / Math.max(...turned)).toBeCloseTo(1, 12);
  });

  it('refuses fringes finer than half a wave', async () => {
    await expect(line({ period: 0.2e-6 })).rejects.toThrow(/fringes/);
  });
});

describe('two points', () => {
  const APERTURE = 0.5;
  const UNIT = WAVELENGTH / APERTURE;
  const columns = 241;

  /** Irradiance along the line of the points, in steps of λ/NA / 100. */
  async function profile(params: Settings) {
    const chain: Chain = {
      source: stage(twoPoints, { wavelength: WAVELENGTH, separation: 0.609835 * UNIT, ...params }),
      pupil: stage(pupil, { numericalAperture: APERTURE }, 'source'),
      camera: stage(camera, { rows: 3, columns, pixelPitch: UNIT / 100 }, 'pupil'),
    };
    const { data } = await evaluate(chain, { samples: 80, pitch: 10e-6 });
    return Array.from(data.slice(columns, 2 * columns));
  }
  const dip = (line: number[]) => (line[120] ?? 0) / Math.max(...line);

  // Edge of a pupil of 39 samples per radius: 1e-3.
  const EDGE = 2e-3;

  it('as stars at the Rayleigh distance dip to 0.735', async () => {
    expect(Math.abs(dip(await profile({})) - 0.735032)).toBeLessThan(EDGE);
  });

  it('as coherent twins do not dip in phase, dip alike at 90° and cancel at 180°', async () => {
    expect(dip(await profile({ coherence: 'coherent' }))).toBe(1);
    const quarter = await profile({ coherence: 'coherent', phase: Math.PI / 2 });
    expect(Math.abs(dip(quarter) - 0.735032)).toBeLessThan(EDGE);
    // Cancellation in float64.
    expect(dip(await profile({ coherence: 'coherent', phase: Math.PI }))).toBeLessThan(1e-20);
  });

  it('merge at the Sparrow distance 0.473578 λ/NA', async () => {
    const at = async (separation: number) => {
      const line = await profile({ separation: separation * UNIT });
      return (line[121] ?? 0) - (line[120] ?? 0);
    };
    // The curvature at the middle changes sign; 1 % on either side decides.
    expect(await at(0.473578 * 1.01)).toBeGreaterThan(0);
    expect(await at(0.473578 * 0.99)).toBeLessThan(0);
  });

  it('partly coherent are the mean of both, by their degree', async () => {
    const [stars, twins, half] = [
      await profile({ ratio: 0.4 }),
      await profile({ ratio: 0.4, coherence: 'coherent', phase: 0.7 }),
      await profile({ ratio: 0.4, coherence: 'partial', phase: 0.7, degree: 0.3 }),
    ];
    half.forEach((value, i) => {
      expect(value).toBeCloseTo(0.7 * (stars[i] ?? 0) + 0.3 * (twins[i] ?? 0), 9);
    });
  });

  it('far apart hold their photons each, the first to the left', async () => {
    const settings = { separation: 12 * UNIT, photons: 1000, ratio: 3 };
    const chain: Chain = {
      source: stage(twoPoints, { wavelength: WAVELENGTH, ...settings }),
      pupil: stage(pupil, { numericalAperture: APERTURE }, 'source'),
      camera: stage(camera, { rows: 60, columns: 60, pixelPitch: UNIT / 2 }, 'pupil'),
    };
    const { data } = await evaluate(chain, { samples: 72, pitch: 10e-6 });
    const left = total(data.filter((_, i) => i % 60 < 30));
    const right = total(data.filter((_, i) => i % 60 >= 30));
    // Rings beyond 6 λ/NA hold 2 %, and go both ways.
    expect(Math.abs(left / 1000 - 1)).toBeLessThan(0.05);
    expect(Math.abs(right / 3000 - 1)).toBeLessThan(0.05);
  });
});
