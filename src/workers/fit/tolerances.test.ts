import { afterAll, describe, expect, it } from 'vitest';
import type { Design, ParamData } from '../../graph/document.ts';
import { bench } from '../../graph/examples/bench.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { createSession } from '../session.ts';

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
