import { expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { sphereHologram } from '../../graph/examples/sphereHologram.ts';
import { truthOf } from '../../graph/examples/truth.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { setAt } from '../../graph/paths.ts';
import { createSession } from '../session.ts';

it('takes a sphere found in an image that no model explains as it is, and ends in few steps', async () => {
  // The objective is not the one that the model says.
  const changes = { 'sphere.z': 8e-6, 'sphere.radius': 1.2e-6, 'camera.rows': 65, 'camera.columns': 65 };
  const start = Object.entries(changes).reduce(
    (design, [path, value]) => setAt(design, registry, path, value, 1),
    sphereHologram,
  );
  const truth = {
    'sphere.z': 12.5e-6,
    'sphere.radius': 0.75e-6,
    'sphere.refractiveIndex': 1.59,
    'pupil.numericalAperture': 0.6,
    'camera.readNoise': 0.01,
  };
  const simulated = {
    kind: 'simulated',
    name: 'Fainter',
    camera: 'camera',
    truth: truthOf(start.nodes, truth),
    noise: true,
    seed: 3,
  } as const;
  const learn = sphereHologram.learn.filter((path) => path.startsWith('sphere.'));
  const session = await createSession('f64');
  const result = await session.fit({ ...start, learn, images: { simulated } }, DEFAULT_FIT_OPTIONS);
  session.dispose();
  expect(result.converged).toBe(true);
  // A second fit, from the start that leads nowhere, takes some twenty more.
  expect(result.iterations).toBeLessThan(8);
});
