import { describe, expect, it } from 'vitest';
import type { Design, ParamData } from '../../graph/document.ts';
import { bench } from '../../graph/examples/bench.ts';
import { drawn } from '../../graph/examples/drawn.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { zernike } from '../../optics/maths/zernike.ts';
import { createSession } from '../session.ts';

const ADAM = { ...DEFAULT_FIT_OPTIONS, method: 'adam', coarseSearch: false, maxIterations: 60 } as const;

/** A pupil with aberrations that are to be learned, seen by a camera, and goals. */
function aberrated(
  goals: readonly (readonly [string, string, Readonly<Record<string, ParamData>>])[],
  wires: readonly string[],
): Design {
  return {
    ...bench(
      { title: 'Goals', description: '' },
      { samples: 24, pitch: 1e-6 },
      [
        ['wave', 'planeWave', { wavelength: 532e-9 }, 0, 0],
        ['pupil', 'pupil', { numericalAperture: 0.5, zernike: { 2: 20e-9, 4: 60e-9, 6: -40e-9 } }, 1, 0],
        ['camera', 'camera', { rows: 24, columns: 24, pixelPitch: 0.3e-6 }, 2, 0],
        ...goals.map(([id, type, params], i) => [id, type, params, 3 + i, 0] as const),
      ],
      ['wave.out>pupil.in', 'pupil.out>camera.in', ...wires],
    ),
    learn: ['pupil.zernike.2', 'pupil.zernike.4', 'pupil.zernike.6'],
  };
}

describe('a fit without a target image', () => {
  it('takes aberrations away for the Strehl ratio', async () => {
    const session = await createSession('f64');
    const design = aberrated([['strehl', 'strehlGoal', {}]], ['pupil.out>strehl.in']);
    const { parameters, loss, goals, warnings } = await session.fit(design, ADAM);
    session.dispose();
    // In words of the goal, which has no errors: the loss is 1 less the ratio.
    expect(goals).toHaveLength(1);
    expect(goals?.[0]).toMatchObject({ node: 'strehl', title: 'Strehl ratio', unit: '' });
    expect(goals?.[0]?.before).toBeCloseTo(1 - loss.start, 12);
    expect(goals?.[0]?.after).toBeCloseTo(1 - loss.end, 12);
    expect(warnings.join()).not.toMatch(/error|χ²/);
    // Maréchal: exp(-(2π 75 nm/532 nm)²) = 0.46 at the start; tilt moves the peak, which counts too.
    expect(loss.start).toBeGreaterThan(0.5);
    expect(loss.end).toBeLessThan(1e-3);
    for (const { value } of parameters) expect(Math.abs(value)).toBeLessThan(2e-9);
  });

  it('adds up chained goals, of which the last is made small', async () => {
    const session = await createSession('f64');
    const design = aberrated(
      [
        ['place', 'positionGoal', { x: 0.6e-6, want: 'smallest', bound: 1e-6 }],
        ['core', 'energyGoal', { x: 0.6e-6, radius: 0.8e-6, weight: 0.5 }],
      ],
      ['camera.out>place.in', 'camera.out>core.in', 'place.out>core.penalty'],
    );
    const { parameters, loss } = await session.fit(design, ADAM);
    session.dispose();
    // A tilt of a (RMS) moves the image by 2 a/NA: 0.6 µm are 150 nm; the fit is stopped on the way.
    expect(loss.end).toBeLessThan(0.3 * loss.start);
    expect(Math.abs(parameters[0]?.value ?? 0)).toBeGreaterThan(100e-9);
  });

  it('tells whether a value that was wanted is reached, in the unit that is shown', async () => {
    const session = await createSession('f64');
    const wish = { want: 'atLeast', bound: 0.7 };
    const design = aberrated([['core', 'energyGoal', { radius: 0.9e-6, ...wish }]], ['camera.out>core.in']);
    const [told] = (await session.fit(design, ADAM)).goals ?? [];
    expect(told?.wanted).toEqual({ text: 'at least 70 %', isMet: true });
    const params = { radius: 0.9e-6, ...wish, bound: 0.99 };
    const more = aberrated([['core', 'energyGoal', params]], ['camera.out>core.in']);
    const [missed] = (await session.fit(more, { ...ADAM, maxIterations: 5 })).goals ?? [];
    session.dispose();
    expect(missed?.wanted).toEqual({ text: 'at least 99 %', isMet: false });
  });

  it('finds the Zernike terms of a phase that is wanted, wrapped and with a piston of its own', async () => {
    const session = await createSession('f64');
    const design = aberrated(
      [
        ['picture', 'target', { image: 'wanted' }],
        ['goal', 'phaseGoal', { turn: 1 }],
      ],
      ['pupil.out>goal.in', 'picture.out>goal.wanted'],
    );
    const hidden: Readonly<Record<number, number>> = { 2: 60e-9, 4: -50e-9, 6: 30e-9 };
    // In turns; the disc fills the picture.
    const wanted = (column: number, row: number) => {
      const [x, y] = [(column + 0.5) / 32, (row + 0.5) / 32];
      const path = Object.entries(hidden).reduce((sum, [j, c]) => sum + c * zernike(Number(j), x, y), 300e-9);
      return path / 532e-9 - Math.floor(path / 532e-9);
    };
    const images = { wanted: drawn('wanted', 64, [wanted]) };
    const options = { ...ADAM, method: 'lbfgs', maxIterations: 30 } as const;
    const { parameters, goals } = await session.fit({ ...design, images }, options);
    session.dispose();
    expect(goals?.map(({ title }) => title)).toEqual(['Agreement', 'RMS difference']);
    for (const { path, value } of parameters) {
      // The picture is interpolated between its cells, flat in the outer half of the last: 1/128 of the slope there.
      expect(Math.abs(value - (hidden[Number(path.split('.')[2])] ?? 0))).toBeLessThan(1e-9);
    }
  });
});
