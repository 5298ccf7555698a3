import { afterAll, beforeAll, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import {
  freePupilDesign,
  hiddenTerms,
  largestShare,
  wavefrontError,
  withoutMap,
} from '../../graph/examples/freePupil.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { createSession, type Session } from '../session.ts';
import { fitted } from '../testDesigns.ts';

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

/** Mean deviance of photon counts: 1 where only their noise is left. */
async function deviance(design: Design): Promise<number> {
  const bare = setAll(design, registry, { 'map.penaltyWeight': 0 });
  return 2 * ((await session.show(bare)).loss ?? Number.NaN);
}

it('learns the phase beyond Noll 15 from seven noisy planes, which Zernike terms leave', async () => {
  const design = freePupilDesign(2);
  const hidden = hiddenTerms(2);
  const zernikes = fitted(design, await session.fit(withoutMap(design), DEFAULT_FIT_OPTIONS));
  const options = { ...DEFAULT_FIT_OPTIONS, method: 'lbfgs', maxIterations: 60 } as const;
  const free = fitted(design, await session.fit(zernikes, options));
  // Of terms hidden beyond Noll 15 there are 0.24 rad RMS, λ/26; those below move to make up for some.
  expect(wavefrontError(zernikes, hidden)).toBeGreaterThan(1 / 40);
  expect(await deviance(zernikes)).toBeGreaterThan(1.3);
  // By the noise of 30 000 photons in each plane and by the penalty about half of this.
  expect(wavefrontError(free, hidden)).toBeLessThan(1 / 80);
  // Place, focus and terms are the hidden ones, for the map holds none of them: photon noise and the penalty are left.
  expect(largestShare(free, hidden)).toBeLessThan(1);
  // Counts of 20 make the deviance 1/120 more than 1, unknowns 300 of 7168 less; the mean scatters by 0.017.
  const left = await deviance(free);
  expect(left).toBeGreaterThan(0.93);
  expect(left).toBeLessThan(1.07);
});
