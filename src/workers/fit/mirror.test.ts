import { expect, it, vi } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { GraphRunner } from '../../graph/execute.ts';
import { encodeFloat32 } from '../../graph/imageData.ts';
import { setAt } from '../../graph/paths.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import { Ops } from '../../optics/ops/ops.ts';
import type { ParameterResult } from '../protocol.ts';
import { otherAnswer } from './mirror.ts';

const SIZE = 12;
const VALUES = {
  ...{ 'stack.planes': 3, 'camera.rows': SIZE, 'camera.columns': SIZE },
  ...{ 'bead.z': 0.2e-6, 'stack.zOffset': 0.1e-6, 'pupil.zernike.6': 30e-9, 'pupil.zernike.8': 40e-9 },
};
const measured: Design = {
  ...Object.entries(VALUES).reduce<Design>(
    (d, [path, value]) => setAt(d, registry, path, value, 1),
    beadStack,
  ),
  grid: { samples: 16, pitch: 1e-6 },
  images: {
    simulated: {
      kind: 'measured',
      name: 'Stack',
      shape: [3, SIZE, SIZE],
      data: encodeFloat32(new Float32Array(3 * SIZE ** 2)),
      saturationLevel: null,
    },
  },
};

/** What a fit says of a term. */
const term = (noll: number, waves: number) =>
  ({
    path: `pupil.zernike.${noll}`,
    value: waves * 580e-9,
    display: { value: waves, unit: 'waves' },
  }) as ParameterResult;

const fitted = [
  term(6, 30 / 580),
  term(8, 40 / 580),
  { ...term(6, 0), path: 'bead.z' },
  { ...term(6, 0), path: 'bead.x' },
];
const answer = (design: Design, parameters: readonly ParameterResult[] = fitted) =>
  otherAnswer(new GraphRunner(new Ops(createFloat64Kernels()), () => null), design, parameters);

it('tells the other answer of a measured stack, with even terms turned about', async () => {
  const found = await answer(measured);
  expect(found?.note).toContain('Z6 -0.052 waves');
  expect(found?.note).not.toContain('Z8');
  expect(found?.paths).toEqual(['pupil.zernike.6', 'bead.z']);
});

it('tells none where the sign of a turning value was known before', async () => {
  const knowing = (path: string, mean: number) =>
    fitted.map((each): ParameterResult => {
      const prior = { mean, sigma: 1e-8, share: 0.5, display: { mean, sigma: 1e-8 } };
      return each.path === path ? { ...each, prior } : each;
    });
  expect(await answer(measured, knowing('bead.z', 0.2e-6))).toBeNull();
  expect(await answer(measured, knowing('pupil.zernike.6', 3e-8))).toBeNull();
  // What stays as it is, and what is known to be about 0, tell nothing of the direction.
  expect(await answer(measured, knowing('pupil.zernike.8', 4e-8))).not.toBeNull();
  expect(await answer(measured, knowing('pupil.zernike.6', 0))).not.toBeNull();
});

it('leaves a finished fit alone where there is no room for the images', async () => {
  const runner = new GraphRunner(new Ops(createFloat64Kernels()), () => null);
  vi.spyOn(runner, 'run').mockImplementation(() => {
    throw new Error('Out of memory');
  });
  expect(await otherAnswer(runner, measured, [term(6, 30 / 580)])).toBeNull();
});

it('tells none where the images differ, or where the stage is known because it was simulated', async () => {
  expect(await answer({ ...measured, images: beadStack.images })).toBeNull();
  // Layers add an even phase that stays as it is: they know which way is forward.
  const { nodes, edges } = measured;
  const layered: Design = {
    ...measured,
    nodes: [
      ...nodes,
      { id: 'layers', type: 'coverslip', position: { x: 0, y: 800 }, params: { depth: 2e-6 } },
    ],
    edges: [
      ...edges.filter(({ id }) => id !== 'pupil-stack'),
      { id: 'a', from: { node: 'pupil', port: 'out' }, to: { node: 'layers', port: 'in' } },
      { id: 'b', from: { node: 'layers', port: 'out' }, to: { node: 'stack', port: 'in' } },
    ],
  };
  expect(await answer(layered)).toBeNull();
});
