import { expect, it } from 'vitest';
import { type FrameFit, seriesOf } from '../../graph/trajectories.ts';
import { estimateDiffusion, pooledDiffusion } from '../../optics/analysis/brownian.ts';
import { createSession } from '../session.ts';
import { smallHologram } from '../testDesigns.ts';
import { brownianWalk, simulateMovie } from './simulateMovie.ts';

const LEARN = ['sphere.x', 'sphere.y', 'sphere.z', 'sphere.radius'];
const DIFFUSION = 0.43e-12;
const INTERVAL = 0.01;

it('follows a Brownian sphere through 100 frames: positions and coefficient within their errors', async () => {
  const session = await createSession('wasm');
  const design = smallHologram({ learn: LEARN });
  const truth = brownianWalk({ 'sphere.x': 0, 'sphere.y': 0, 'sphere.z': 5e-6 }, 100, {
    diffusion: DIFFUSION,
    interval: INTERVAL,
    seed: 2,
  });
  const source = await simulateMovie(session, design, truth, 0.02);
  const seen: FrameFit[] = [];
  const began = performance.now();
  await session.track(
    design,
    {
      frames: { start: 0, stop: 100, step: 1 },
      background: 'none',
      medianFrames: null,
      maxIterations: 30,
    },
    source,
    (fit) => seen.push(fit),
  );
  console.log(
    (performance.now() - began) / 100,
    seen.slice(0, 4),
    seen.filter((f) => f.status !== 'good'),
  );
  const within = seen.filter(({ values, errors }, k) =>
    Object.entries(truth[k] ?? {}).every(
      ([path, value]) => Math.abs((values[path] ?? Number.NaN) - value) < 3 * (errors[path] ?? 0),
    ),
  );
  expect(within.length).toBeGreaterThanOrEqual(95);
  const axes = ['sphere.x', 'sphere.y', 'sphere.z'].flatMap(
    (path) => estimateDiffusion(seriesOf(seen, path), INTERVAL) ?? [],
  );
  const pooled = pooledDiffusion(axes);
  console.log(axes, pooled);
  expect(Math.abs((pooled?.value ?? 0) - DIFFUSION)).toBeLessThan(2 * (pooled?.error ?? 0));
});
