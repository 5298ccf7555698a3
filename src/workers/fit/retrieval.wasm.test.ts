import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { createSession, type Session } from '../session.ts';
import { hiddenZernikes, recovery, threePlanes } from './testStacks.ts';

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

it('finds hidden aberrations that place and brightness alone lead away from', async () => {
  // Without a start from projections this one ends beside its minimum, at a χ² of 1.3.
  const hidden = hiddenZernikes(48);
  const result = await session.fit(hidden.design, DEFAULT_FIT_OPTIONS);
  // χ² of 16 128 pixels scatters by 0.011.
  expect(result.reducedChiSquare).toBeLessThan(1.05);
  const { pulls, wavefrontError } = recovery(hidden, result);
  expect(Math.max(...pulls.map(Math.abs))).toBeLessThan(3);
  expect(wavefrontError).toBeLessThan(0.01);
});

it('finds ten terms from three planes without noise', async () => {
  for (const seed of [1, 16]) {
    const hidden = threePlanes(seed);
    const result = await session.fit(hidden.design, DEFAULT_FIT_OPTIONS);
    // In radians; float32 leaves 1e-5.
    expect(2 * Math.PI * recovery(hidden, result).termError).toBeLessThan(1e-3);
  }
});
