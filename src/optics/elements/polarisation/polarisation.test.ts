import { describe, expect, it } from 'vitest';
import type { Ops } from '../../ops/ops.ts';
import { constantScalar } from '../../ops/scalar.ts';
import type { Chain, Setting } from '../../testChain.ts';
import { evaluate, stage } from '../../testSupport.ts';
import type { PortValue } from '../../values.ts';
import { planeWave } from '../sources/planeWave.ts';
import { circularPolariser } from './circularPolariser.ts';
import { jonesMatrix } from './jonesMatrix.ts';
import { linearPolariser } from './linearPolariser.ts';
import { liquidCrystal } from './liquidCrystal.ts';
import { qPlate } from './qPlate.ts';
import { rotator } from './rotator.ts';
import { wavePlate } from './wavePlate.ts';

const GRID = { samples: 5, pitch: 10e-6 };
const DEGREE = Math.PI / 180;
/** Rounding of a few float64 products of numbers near 1. */
const ROUNDING = 1e-12;

/** Ex and Ey behind a chain of elements, for light of amplitude 1 polarised at `angle`: [re, im, re, im]. */
async function jonesBehind(angle: number, plates: readonly Chain[string][]): Promise<number[]> {
  const source = stage(planeWave, { polarizationAngle: angle, power: Math.PI * (1.5 * GRID.pitch) ** 2 });
  const chain: Record<string, Chain[string]> = { source };
  let last = 'source';
  plates.forEach((plate, i) => {
    chain[`plate${i}`] = { ...plate, from: { in: last } };
    last = `plate${i}`;
  });
  const { data } = await evaluate(chain, GRID);
  const n = GRID.samples ** 2;
  return [data[0], data[1], data[2 * n], data[2 * n + 1]].map((value) => value ?? Number.NaN);
}

const powerOf = (jones: readonly number[]) => jones.reduce((sum, value) => sum + value * value, 0);

function expectVector(actual: readonly number[], expected: readonly number[]): void {
  for (const [i, value] of expected.entries()) {
    expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThan(ROUNDING);
  }
}

const polariser = (degrees: number, params: Readonly<Record<string, Setting>> = {}) =>
  stage(linearPolariser, { angle: degrees * DEGREE, ...params });
const plate = (kind: string, degrees: number, params: Readonly<Record<string, Setting>> = {}) =>
  stage(wavePlate, { kind, angle: degrees * DEGREE, ...params });
const circular = (handedness: string) => stage(circularPolariser, { handedness });

describe('polarisers', () => {
  it.each([0, 30, 45, 60, 90, 137])('pass cos² of %s° (Malus)', async (degrees) => {
    const seen = powerOf(await jonesBehind(0, [polariser(degrees)]));
    expect(Math.abs(seen - Math.cos(degrees * DEGREE) ** 2)).toBeLessThan(ROUNDING);
  });

  it('are dark when crossed, and pass a quarter with a third one between them at 45°', async () => {
    expect(powerOf(await jonesBehind(0, [polariser(0), polariser(90)]))).toBeLessThan(ROUNDING);
    const three = await jonesBehind(0, [polariser(0), polariser(45), polariser(90)]);
    expect(Math.abs(powerOf(three) - 0.25)).toBeLessThan(ROUNDING);
  });

  it('leak the share that is asked for', async () => {
    const seen = powerOf(await jonesBehind(0, [polariser(90, { leak: 1e-3 })]));
    expect(Math.abs(seen - 1e-3)).toBeLessThan(ROUNDING);
  });

  it('for circular light stop the other hand and let their own pass unchanged', async () => {
    const right = await jonesBehind(0, [circular('right')]);
    expect(Math.abs(powerOf(right) - 0.5)).toBeLessThan(ROUNDING);
    expectVector(await jonesBehind(0, [circular('right'), circular('right')]), right);
    expect(powerOf(await jonesBehind(0, [circular('right'), circular('left')]))).toBeLessThan(ROUNDING);
  });
});

describe('wave plates', () => {
  it('a quarter wave with its fast axis at 45° makes (1, -i)/√2 of light along x: right circular', async () => {
    const seen = await jonesBehind(0, [plate('quarter', 45)]);
    expectVector(seen, [Math.SQRT1_2, 0, 0, -Math.SQRT1_2]);
    expectVector(await jonesBehind(0, [plate('quarter', 45), circular('right')]), seen);
  });

  it('a half wave at θ turns light along x to 2θ', async () => {
    const seen = await jonesBehind(0, [plate('half', 20), polariser(40)]);
    expect(Math.abs(powerOf(seen) - 1)).toBeLessThan(ROUNDING);
  });

  it.each([
    plate('half', 12),
    plate('quarter', 33),
    plate('waves', -50, { retardance: 0.31 }),
    plate('crystal', 71, { thickness: 20e-6 }),
    stage(liquidCrystal, { first: 210e-9, second: 77e-9, angle: 0.3 }),
    stage(rotator, { angle: 0.7 }),
    stage(qPlate, { charge: 3, angle: 0.2, retardance: 0.3 }),
  ])('keep all power (case %#)', async (each) => {
    expect(Math.abs(powerOf(await jonesBehind(0.4, [each])) - 1)).toBeLessThan(ROUNDING);
  });

  it('of a crystal have the retardance Δn d / λ', async () => {
    // Δn d = λ/4 at 532 nm: a quarter wave, hence the same light behind it.
    const crystal = plate('crystal', 45, { birefringence: 0.0133, thickness: 10e-6 });
    expectVector(await jonesBehind(0, [crystal]), await jonesBehind(0, [plate('quarter', 45)]));
  });
});

describe('a liquid-crystal compensator', () => {
  it('makes light along x into any state: the azimuth by the second cell, the ellipticity by the first', async () => {
    // Retardances a and b of cells at 45° and 0° turn (1, 0) into (cos a/2, -i e^{ib} sin a/2) but for a phase.
    const [a, b] = [1.1, 2.3];
    const path = (phase: number) => (532e-9 * phase) / (2 * Math.PI);
    const [xr = 0, xi = 0, yr = 0, yi = 0] = await jonesBehind(0, [
      stage(liquidCrystal, { first: path(a), second: path(b) }),
    ]);
    // Ey/Ex has no common phase.
    const [re, im] = [xr * yr + xi * yi, xr * yi - xi * yr];
    expect(Math.abs(Math.hypot(xr, xi) - Math.cos(a / 2))).toBeLessThan(ROUNDING);
    expect(Math.abs(re - Math.cos(a / 2) * Math.sin(a / 2) * Math.sin(b))).toBeLessThan(ROUNDING);
    expect(Math.abs(im + Math.cos(a / 2) * Math.sin(a / 2) * Math.cos(b))).toBeLessThan(ROUNDING);
  });
});

describe('a rotator', () => {
  it('turns polarisation from +x towards +y', async () => {
    expectVector(await jonesBehind(0, [stage(rotator, { angle: 0.3 })]), [
      Math.cos(0.3),
      0,
      Math.sin(0.3),
      0,
    ]);
  });
});

describe('a Jones matrix', () => {
  it('is applied as it is written, and says when it makes power', async () => {
    const entries = {
      xxRe: 0.1,
      xxIm: 0.2,
      xyRe: 0.3,
      xyIm: -0.4,
      yxRe: -0.5,
      yxIm: 0.6,
      yyRe: 0.7,
      yyIm: -0.8,
    };
    const seen = await jonesBehind(Math.PI / 2, [stage(jonesMatrix, entries)]);
    expectVector(seen, [0.3, -0.4, 0.7, -0.8]);
    const note = (scale: number) => {
      const values = Object.entries(jonesMatrix.params).map(([name, param]) => [
        name,
        constantScalar(param.kind === 'quantity' ? scale * param.default : 0),
      ]);
      return jonesMatrix.sampling?.({}, Object.fromEntries(values), GRID) ?? [];
    };
    expect(note(1)).toEqual([]);
    expect(note(1.01)).toHaveLength(1);
  });
});

describe('a q-plate', () => {
  it.each([
    ['radial', 1, 0, 1, 0],
    ['azimuthal', 1, 45, 1, 90],
    ['of charge 2', 2, 0, 2, 0],
  ])('makes %s light of light along x', async (_name, charge, degrees, turns, offset) => {
    const source = stage(planeWave, { power: Math.PI * (1.5 * GRID.pitch) ** 2 });
    const made = stage(qPlate, { charge, angle: degrees * DEGREE }, 'source');
    const { data } = await evaluate({ source, made }, GRID);
    const n = GRID.samples;
    for (let i = 0; i < n * n; i++) {
      if (i === (n * n - 1) / 2) continue;
      const azimuth = Math.atan2(Math.floor(i / n) - 2, (i % n) - 2);
      const along = turns * azimuth + offset * DEGREE;
      const [ex, ey] = [2 * i, 2 * (i + n * n)];
      // The part across the wanted direction vanishes, and the part along it has all the power.
      for (const part of [0, 1]) {
        const [x, y] = [data[ex + part] ?? Number.NaN, data[ey + part] ?? Number.NaN];
        expect(Math.abs(-x * Math.sin(along) + y * Math.cos(along))).toBeLessThan(ROUNDING);
      }
      const power = powerOf([data[ex], data[ex + 1], data[ey], data[ey + 1]].map((value) => value ?? 0));
      expect(Math.abs(power - 1)).toBeLessThan(ROUNDING);
    }
  });
});

describe('light behind a high-aperture lens', () => {
  it('is refused in a sentence: it has a field along the axis', async () => {
    const source = stage(planeWave, {});
    const chain = { source, made: stage(linearPolariser, {}, 'source') };
    const withEz = (ops: Ops) => ({
      source: (value: PortValue): PortValue => {
        if (value.kind !== 'field') return value;
        const samples = ops.upload(
          new Float64Array(6 * GRID.samples ** 2),
          [3, GRID.samples, GRID.samples],
          'complex',
        );
        return { ...value, samples, axes: ['component'] };
      },
    });
    await expect(evaluate(chain, GRID, undefined, withEz)).rejects.toThrow(/along the axis/);
  });
});

describe('light in several parts', () => {
  it('is polarised part by part and plane by plane', async () => {
    // [mode 2, plane 3, component 2, n, n] with every number different, through a matrix of eight numbers.
    const n = GRID.samples;
    const [modes, planes] = [2, 3];
    const given = Float64Array.from({ length: 2 * modes * planes * 2 * n * n }, (_, i) => Math.sin(1 + i));
    const source = stage(planeWave, {});
    const entries = {
      xxRe: 0.1,
      xxIm: 0.2,
      xyRe: 0.3,
      xyIm: -0.4,
      yxRe: -0.5,
      yxIm: 0.6,
      yyRe: 0.7,
      yyIm: -0.8,
    };
    const chain = { source, made: stage(jonesMatrix, entries, 'source') };
    const { data, shape } = await evaluate(chain, GRID, undefined, (ops) => ({
      source: (value) => {
        if (value.kind !== 'field') return value;
        const samples = ops.upload(given, [modes, planes, 2, n, n], 'complex');
        return { ...value, samples, axes: ['mode', 'plane', 'component'] };
      },
    }));
    expect(shape).toEqual([modes, planes, 2, n, n]);
    for (let part = 0; part < modes * planes; part++) {
      for (let i = 0; i < n * n; i++) {
        const [x, y] = [2 * (2 * part * n * n + i), 2 * ((2 * part + 1) * n * n + i)];
        const [xr = 0, xi = 0, yr = 0, yi = 0] = [given[x], given[x + 1], given[y], given[y + 1]];
        const toX = 0.1 * xr - 0.2 * xi + 0.3 * yr + 0.4 * yi;
        const toY = -0.5 * xi + 0.6 * xr + 0.7 * yi - 0.8 * yr;
        expect(Math.abs((data[x] ?? Number.NaN) - toX)).toBeLessThan(ROUNDING);
        expect(Math.abs((data[y + 1] ?? Number.NaN) - toY)).toBeLessThan(ROUNDING);
      }
    }
  });
});
