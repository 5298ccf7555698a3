import { afterAll, beforeAll, expect, it } from 'vitest';
import { beadField, FIELD_TRUTH } from '../../graph/examples/beadField.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { createSession, type Session } from '../session.ts';
import { fitted } from '../testDesigns.ts';
import { areOfToldSize, errorsOf } from './testErrors.ts';

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

it('tells from nine beads together how aberrations change over the field, within errors', async () => {
  const { design, goal } = beadField;
  const result = await session.fit(design, DEFAULT_FIT_OPTIONS);
  expect(result.converged).toBe(true);
  const { pulls, sigmas, square } = errorsOf(result, FIELD_TRUTH);
  // Sixteen normal errors: one beyond 3.5 sigma in 134 seeds.
  expect(pulls.filter((pull) => !(Math.abs(pull) < 3.5))).toEqual([]);
  expect(areOfToldSize(square, pulls.length)).toBe(true);
  // What docs/retrieval.md says of them.
  expect(Math.min(...sigmas)).toBeGreaterThan(0.2e-9);
  expect(Math.max(...sigmas)).toBeLessThan(0.6e-9);
  // 15 552 pixels: χ² of photon counts scatters by about 1.5 %.
  expect(Math.abs((result.reducedChiSquare ?? 0) - 1)).toBeLessThan(0.06);
  expect(goal?.measure(fitted(design, result))).toBeLessThan(goal?.limit ?? 0);
});
