import { afterAll, describe, expect, it } from 'vitest';
import type { Design, ParamData } from '../../graph/document.ts';
import { bench } from '../../graph/examples/bench.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { createSession } from '../session.ts';
import { reachOf } from './tolerances.ts';

const LAMBDA = 532e-9;
const session = await createSession('f64');
afterAll(() => session.dispose());

function aberrated(
  goal: readonly [string, string, Readonly<Record<string, ParamData>>],
  wires: readonly string[],
): Design {
  const [id, type, params] = goal;
  return bench(
    { title: 'Tolerances', description: '' },
    { samples: 64, pitch: 1e-6 },
    [
      ['wave', 'planeWave', { wavelength: LAMBDA }, 0, 0],
      ['pupil', 'pupil', { numericalAperture: 0.3, zernike: { 4: 20e-9, 6: -15e-9, 11: 10e-9 } }, 1, 0],
      ['camera', 'camera', { rows: 24, columns: 24, pixelPitch: 0.4e-6 }, 2, 0],
      [id, type, params, 3, 0],
    ],
    ['wave.out>pupil.in', 'pupil.out>camera.in', ...wires],
  );
}

const TERMS = ['pupil.zernike.4', 'pupil.zernike.6', 'pupil.zernike.11'];
const ended = (design: Design, learn: readonly string[]) =>
  session.fit({ ...design, learn }, { ...DEFAULT_FIT_OPTIONS, method: 'lbfgs', maxIterations: 40 });

describe('tolerances of a design run', () => {
  it('of aberrations are those at which Maréchal’s ratio has lost 0.01', async () => {
    const found = await ended(aberrated(['strehl', 'strehlGoal', {}], ['pupil.out>strehl.in']), TERMS);
    expect(found.toleranceOf).toEqual({ change: '0.01', of: 'Strehl ratio' });
    // exp(-(2πσ/λ)²) = 0.99.
    const sigma = (LAMBDA * Math.sqrt(-Math.log(0.99))) / (2 * Math.PI);
    expect(found.parameters).toHaveLength(3);
    for (const { tolerance, display } of found.parameters) {
      // The change is met within 0.4 %, half of it; the next order is 0.1 %, and the 62 samples across the disc weigh a
      // term as 0.5 % more than it is.
      expect(Math.abs((tolerance ?? 0) / sigma - 1)).toBeLessThan(0.01);
      expect(display.unit).toBe('waves');
      expect(display.tolerance).toBeCloseTo((tolerance ?? 0) / LAMBDA, 12);
    }
  });

  it('count both sides where the goal is on a slope, and tell what does not matter', async () => {
    // A prism's tilt moves the spot by 2 a/NA for a (RMS): a hundredth of 0.8 µm is 8 nm, rounded to one figure.
    const goal = ['place', 'positionGoal', { x: 0.8e-6, want: 'equal', bound: 0.8e-6 }] as const;
    const design = aberrated(goal, ['camera.out>place.in']);
    const found = await ended(design, ['pupil.zernike.2', 'wave.power']);
    expect(found.toleranceOf).toEqual({ change: '0.008 µm', of: 'Distance' });
    const [power, tilt] = found.parameters;
    // The centroid of a window of 24 pixels: light beyond it is missing on one side, some per cent.
    expect(Math.abs((tilt?.tolerance ?? 0) / ((8e-9 * 0.3) / 2) - 1)).toBeLessThan(0.1);
    expect(power?.tolerance).toBeNull();
  });

  it('of a difference, which is no share, are those at which it has changed by a part of itself', async () => {
    const curve = ['curve', 'curveGoal', {}] as const;
    const found = await ended(aberrated(curve, ['camera.out>curve.in']), TERMS);
    const [goal] = found.goals ?? [];
    const { after = Number.NaN, before = Number.NaN } = goal ?? {};
    expect(goal?.title).toBe('Difference');
    expect(found.toleranceOf?.of).toBe('Difference');
    const part = Math.max(Math.abs(after), 0.1 * Math.abs(before)) / 100;
    // Rounded to one figure, 1.5 to 1.
    expect(Number(found.toleranceOf?.change) / part).toBeGreaterThan(0.65);
    expect(Number(found.toleranceOf?.change) / part).toBeLessThan(1.5);
  });

  it('end with what is known when they are stopped, and the run stays as good as it was', async () => {
    const design = aberrated(['strehl', 'strehlGoal', {}], ['pupil.out>strehl.in']);
    let trials = 0;
    const found = await session.fit(
      { ...design, learn: TERMS },
      { ...DEFAULT_FIT_OPTIONS, method: 'lbfgs', maxIterations: 40 },
      async ({ phase }) => phase !== 'errors' || ++trials < 12,
    );
    expect(trials).toBe(12);
    expect(found.converged).toBe(true);
    expect(found.goals?.[0]?.after).toBeGreaterThan(0.99);
    const known = found.parameters.map(({ tolerance }) => tolerance != null);
    expect(known[0]).toBe(true);
    expect(known.at(-1)).toBe(false);
  });

  it('are not told of a goal that was stopped', async () => {
    const design = aberrated(['strehl', 'strehlGoal', {}], ['pupil.out>strehl.in']);
    const stopped = await session.fit(
      { ...design, learn: TERMS },
      { ...DEFAULT_FIT_OPTIONS, method: 'lbfgs' },
      async () => false,
    );
    expect(stopped.toleranceOf).toBeUndefined();
    expect(stopped.parameters[0]?.tolerance).toBeUndefined();
  });
});

describe('the step at which a change is as large as allowed', () => {
  it('is met within 0.4 % where the change grows evenly', async () => {
    const reach = await reachOf(async (step) => (step / 7) ** 2);
    // Of the change, which is the square.
    expect(Math.abs((reach ?? 0) / 7 - 1)).toBeLessThan(0.002);
  });

  it('is between two steps where the change jumps, and untold where they are far apart', async () => {
    const reach = await reachOf(async (step) => (step < 7 ? 0 : 3));
    // The middle of steps within 5 % of each other.
    expect(Math.abs((reach ?? 0) / 7 - 1)).toBeLessThan(0.05);
    // Steps grow by √2 while half of the change is seen: 0.64 and 0.91 are the last of 14.
    const late = async (step: number) => (step < 0.8 ? 0.5 : 3);
    expect(await reachOf(late)).toBeNull();
  });

  it('is not told when time is over', async () => {
    let trials = 0;
    expect(await reachOf(async () => (++trials < 3 ? 0.1 : null))).toBeNull();
    expect(trials).toBe(3);
  });
});
