import { expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { GraphRunner } from '../../graph/execute.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { setAt } from '../../graph/paths.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import { Ops } from '../../optics/ops/ops.ts';
import { PlaneSlots } from './planeSlots.ts';

const SMALL = { 'stack.planes': 3, 'camera.rows': 12, 'camera.columns': 10, 'bead.z': 0.1e-6 };
const small = Object.entries(SMALL).reduce<Design>((d, [path, n]) => setAt(d, registry, path, n), beadStack);
const LEARN = ['bead.photons.*', 'bead.x', 'camera.background.*', 'camera.blur', 'pupil.zernike.5'];

/** The Jacobian of the camera's image, with a slot for each value or as slots are shared. */
async function jacobian(design: Design, isShared: boolean, mobile?: readonly boolean[]) {
  const plan = compile(design, registry);
  const learnables = expandLearnables(design, registry, plan.planes);
  const shared = new PlaneSlots(plan, learnables, [3, 12, 10]);
  const own = new Map(learnables.map(({ path }, index) => [path, index]));
  const slots = isShared ? shared.slots(mobile) : own;
  const values = new Map(learnables.map(({ path, value, step }, i) => [path, value + 0.1 * (i + 1) * step]));
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const run = new GraphRunner(ops, () => null).run(plan, { values, slots }, 'forward', new Set(['camera']));
  const image = run.get('camera')?.outputs['out'];
  if (image?.kind !== 'image') throw new Error('There is no image.');
  const { samples } = image;
  const read = new Map<number, Float64Array | Float32Array>();
  for (const [slot, array] of samples.tangents) {
    const [data] = await ops.read([{ ...samples, array, tangents: new Map() }]);
    if (data !== undefined) read.set(slot, data);
  }
  ops.close(scope);
  const columns = isShared
    ? shared.columns((slot) => read.get(slot), mobile)
    : learnables.map(({ step }, index) => {
        const data = Float64Array.from(read.get(index) ?? [], (d) => d * step);
        return { data, first: 0, last: data.length - 1 };
      });
  const dense = columns.map(({ data, first, last }) =>
    Float64Array.from({ length: 360 }, (_, k) => (k >= first && k <= last ? (data[k] ?? 0) : 0)),
  );
  return { dense, slots, paths: learnables.map(({ path }) => path) };
}

it('values of single planes share a slot and have the derivatives that they have alone', async () => {
  const design = { ...small, learn: LEARN };
  const [alone, shared] = [await jacobian(design, false), await jacobian(design, true)];
  expect(new Set(alone.slots.values()).size).toBe(9);
  expect(new Set(shared.slots.values()).size).toBe(5);
  // Every plane has light, so no column is empty.
  for (const column of alone.dense) expect(column.some((d) => d !== 0)).toBe(true);
  // The same operations on the same numbers.
  expect(shared.dense).toEqual(alone.dense);
});

it('a coordinate that does not move has no column, though others of its slot move', async () => {
  const design = { ...small, learn: LEARN };
  const mobile = [true, true, false, true, true, true, true, true, true];
  const [alone, { dense, paths }] = [await jacobian(design, false), await jacobian(design, true, mobile)];
  const held = mobile.indexOf(false);
  expect(paths[held]).toBe('bead.photons.1');
  expect(dense[held]?.every((d) => d === 0)).toBe(true);
  expect(dense.toSpliced(held, 1)).toEqual(alone.dense.toSpliced(held, 1));
});

it('a value of one plane that others follow has a slot of its own', async () => {
  const design = {
    ...setAt(small, registry, 'bead.photons', [9000, 10_000, 11_000]),
    learn: ['bead.photons.*', 'bead.x'],
    links: { 'camera.blur': 'bead.photons.1 / 10000' },
  };
  const [alone, shared] = [await jacobian(design, false), await jacobian(design, true)];
  expect(new Set(shared.slots.values()).size).toBe(3);
  // Blur is seen in every plane.
  const followed = alone.dense[alone.paths.indexOf('bead.photons.1')];
  const ofPlanes = [0, 1, 2].map((plane) => followed?.subarray(120 * plane, 120 * (plane + 1)));
  for (const part of ofPlanes) expect(part?.some((d) => d !== 0)).toBe(true);
  expect(shared.dense).toEqual(alone.dense);
});
