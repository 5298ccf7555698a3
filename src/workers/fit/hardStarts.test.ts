/**
 * Fits from starts that are hard on the search, which looks at some pixels of a large image only, or at no rings, and on
 * the steps: where the image has no slope.
 */
import { expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { setAll } from '../../graph/edit.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { createSession } from '../session.ts';
import { smallHologram, smallStack } from '../testDesigns.ts';
import { basin, findsSphere } from './testBasins.ts';

const PIXELS = 100;
const session = await createSession('wasm');

it('finds a pixel pitch that starts 1 % off, by the search too', async () => {
  const window = { 'camera.rows': PIXELS, 'camera.columns': PIXELS, 'camera.readNoise': 0.01 };
  const design = smallHologram({
    truth: window,
    start: { 'camera.pixelPitch': 0.101e-6 },
    learn: ['sphere.x', 'sphere.y', 'sphere.z', 'sphere.radius', 'camera.pixelPitch'],
    seed: 5,
  });
  const { parameters, converged } = await session.fit(design, DEFAULT_FIT_OPTIONS);
  expect(converged).toBe(true);
  const truth = [0.3e-6, -0.2e-6, 5e-6, 0.5e-6, 0.1e-6];
  // Five errors of one standard deviation each: beyond 5 of them once in a million.
  parameters.forEach(({ value, sigma }, i) => {
    expect(Math.abs(value - (truth[i] ?? 0)) / (sigma ?? Number.NaN)).toBeLessThan(5);
  });
});

it('finds a sphere whose start has the index of the medium and scatters nothing', async () => {
  const { design, truth } = basin(3);
  const start = setAll(design, registry, { 'sphere.refractiveIndex': 1.34 });
  const { isFound, errors } = await findsSphere(session, { design: start, truth });
  expect(isFound, errors.join()).toBe(true);
});

it('finds the bead of a single plane from focus, where the image hardly changes with z', async () => {
  const terms = ['pupil.zernike.5', 'pupil.zernike.6', 'pupil.zernike.11'];
  const from = (z: number) =>
    session.fit(
      smallStack({
        truth: {
          ...{ 'stack.planes': 1, 'bead.x': 0.03e-6, 'bead.z': 0.4e-6 },
          ...Object.fromEntries(terms.map((path, i) => [path, 10e-9 * (i + 1)])),
        },
        start: { 'bead.x': 0, 'bead.z': z, ...Object.fromEntries(terms.map((path) => [path, 0])) },
        learn: ['bead.x', 'bead.z', 'bead.photons', 'camera.background', ...terms],
        seed: 5,
      }),
      { ...DEFAULT_FIT_OPTIONS, coarseSearch: false },
    );
  const beside = await from(0.2e-6);
  for (const z of [0, 1e-11]) {
    const { converged, loss, iterations } = await from(z);
    expect(converged).toBe(true);
    // Both end where a step gains less than 10^-7, and rounding of float32 is as much.
    expect(Math.abs(loss.end / beside.loss.end - 1)).toBeLessThan(1e-6);
    expect(iterations).toBeLessThan(beside.iterations + 10);
  }
});
