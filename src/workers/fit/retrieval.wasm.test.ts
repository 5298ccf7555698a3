import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { createSession, type Session } from '../session.ts';
import { areOfToldSize, errorsOf } from './testErrors.ts';
import {
  atTruth,
  chanceBelow,
  chanceOfAtLeast,
  hiddenZernikes,
  recovery,
  threePlanes,
} from './testStacks.ts';

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

const CONDITIONS = { wavelength: 580e-9, pixels: 48, brightness: 'each plane' } as const;

it('finds hidden aberrations of four stacks, each in its deepest minimum and within the errors it tells', {
  timeout: 120_000,
}, async () => {
  const pulls: number[] = [];
  let sum = 0;
  // Without a start from projections the first ends beside its minimum, at a χ² of 1.3.
  for (const seed of [48, 7, 11, 23]) {
    const hidden = hiddenZernikes(seed, CONDITIONS);
    const result = await session.fit(hidden.design, DEFAULT_FIT_OPTIONS);
    // The deepest minimum is no worse than the truth, which any other is by much more than noise.
    const { loss } = await session.show(atTruth(hidden));
    expect(result.loss.end).toBeLessThan(loss ?? Number.NaN);
    // χ² of 16 128 pixels scatters by 0.011.
    expect(Math.abs((result.reducedChiSquare ?? 0) - 1)).toBeLessThan(0.05);
    const terms = [...hidden.terms].map(([j, value]) => [`pupil.zernike.${j}`, value] as const);
    const truth = { ...Object.fromEntries(terms), 'bead.z': hidden.truth['bead.z'] ?? 0 };
    const errors = errorsOf(result, truth);
    pulls.push(...errors.pulls);
    sum += errors.square;
  }
  // Fifty-two normal errors: one beyond four sigma in 300 such sets.
  expect(pulls.filter((pull) => !(Math.abs(pull) < 4))).toEqual([]);
  expect(areOfToldSize(sum, pulls.length)).toBe(true);
});

it('finds ten terms from three planes without noise', async () => {
  for (const seed of [1, 16]) {
    const hidden = threePlanes(seed);
    const result = await session.fit(hidden.design, DEFAULT_FIT_OPTIONS);
    // In radians; float32 leaves 1e-5.
    expect(2 * Math.PI * recovery(hidden, result).termError).toBeLessThan(1e-3);
  }
});

it('the chance of a small error is that of its covariance', () => {
  const hidden = hiddenZernikes(1);
  const [sigma, limit] = [2e-9, 5e-9];
  const paths = ['pupil.zernike.5', 'pupil.zernike.8'];
  const parameters = paths.map((path) => ({ path, sigma }));
  const of = (r: number) =>
    chanceBelow(limit / hidden.wavelength, hidden, {
      parameters,
      correlation: {
        matrix: [
          [1, r],
          [r, 1],
        ],
      },
    });
  // Two independent errors: 1 - exp(-r²/2σ²); 4000 draws scatter by 0.004. Both the same: erf(r/2σ) of √2 times one.
  expect(Math.abs(of(0) - (1 - Math.exp(-(limit ** 2) / (2 * sigma ** 2))))).toBeLessThan(0.015);
  // erf(1.25) of a table.
  expect(Math.abs(of(1 - 1e-6) - 0.9229)).toBeLessThan(0.015);
  expect(chanceOfAtLeast(2, [0.5, 0.5, 0.5])).toBeCloseTo(0.5, 12);
});
