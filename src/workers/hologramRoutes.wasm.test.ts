/** The two routes from spheres to a camera, radial profiles and the pupil's samples, in every example that has spheres. */
import { expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import type { Design } from '../graph/document.ts';
import { examples } from '../graph/examples/index.ts';
import { setAt } from '../graph/paths.ts';
import { createSession } from './session.ts';

/** What nobody sees of a hologram without a warning, of its background. */
const UNSAID = 0.005;

const session = await createSession('wasm');

async function seen(design: Design) {
  const { views, issues } = await session.show(design, {
    views: [{ nodeId: 'camera', plane: 0, mode: 'intensity', layer: 'output' }],
  });
  const few = issues.filter(({ message }) => message.startsWith('This hologram is computed from'));
  const stated = few.map(({ message }) => Number(/about (\S+) %/.exec(message)?.[1]) / 100);
  return {
    data: views[0]?.data ?? new Float32Array(0),
    stated,
    fixes: few.flatMap(({ apply }) => apply ?? []),
  };
}

const SPHERES = new Set(['mieSphere', 'mieSpheres']);
const withSpheres = examples.filter(
  ({ design: { nodes } }) =>
    nodes.some(({ type }) => SPHERES.has(type)) &&
    ['camera', 'pupil'].every((wanted) => nodes.some(({ id }) => id === wanted)),
);

it('has examples with spheres to look at', () => {
  expect(withSpheres.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['sphere-hologram', 'coated-sphere', 'several-spheres', 'overlapping-spheres']),
  );
});

function largestGap(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

it.each(withSpheres)(
  '$id: a touch of astigmatism changes the picture no more than is said',
  async ({ design }) => {
    const plain = await seen(design);
    expect(plain.data.length).toBeGreaterThan(0);
    expect(plain.stated).toEqual([]);
    // Nothing to light, but from now on the aberrations are no longer the same all around.
    const touched = setAt(design, registry, 'pupil.zernike.6', 1e-15);
    const { data, stated, fixes } = await seen(touched);
    expect(largestGap(plain.data, data)).toBeLessThan(stated[0] ?? UNSAID);
    expect(fixes.length).toBe(stated.length);
    for (const { grid } of fixes) {
      const finer = await seen({ ...touched, grid: { ...design.grid, ...grid } });
      expect(finer.stated).toEqual([]);
      expect(largestGap(plain.data, finer.data)).toBeLessThan(UNSAID);
    }
  },
);
