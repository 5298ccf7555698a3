import { describe, expect, it } from 'vitest';
import type { Chain, Setting } from '../../contractSupport.ts';
import { evaluate, stage } from '../../testSupport.ts';
import { planeWave } from '../sources/planeWave.ts';
import { circularPolariser } from './circularPolariser.ts';
import { linearPolariser } from './linearPolariser.ts';
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
  ])('keep all power (case %#)', async (each) => {
    expect(Math.abs(powerOf(await jonesBehind(0.4, [each])) - 1)).toBeLessThan(ROUNDING);
  });

  it('of a crystal have the retardance Δn d / λ', async () => {
    // Δn d = λ/4 at 532 nm: a quarter wave, hence the same light behind it.
    const crystal = plate('crystal', 45, { birefringence: 0.0133, thickness: 10e-6 });
    expectVector(await jonesBehind(0, [crystal]), await jonesBehind(0, [plate('quarter', 45)]));
  });
});
