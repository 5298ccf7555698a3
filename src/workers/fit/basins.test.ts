import { describe, expect, it } from 'vitest';
import { createSession } from '../session.ts';
import { basin, findsSphere } from './testBasins.ts';

/** bench/sphere-fits.mjs counts a hundred of them. */
describe('starts from the basins of a published hologram', { timeout: 60_000 }, () => {
  it.each([1, 2])('find the sphere: %d', async (seed) => {
    const { isFound, errors } = await findsSphere(await createSession('wasm'), basin(seed));
    expect(isFound, errors.join()).toBe(true);
  });
});
