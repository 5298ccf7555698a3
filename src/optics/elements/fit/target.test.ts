import { expect, it } from 'vitest';
import type { HostImage } from '../../element.ts';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { target } from './target.ts';

const number = (value: number) => ({ value });
const PLACED = {
  flip: 'none',
  turn: '0',
  angle: number(0),
  scale: number(1),
  shiftX: number(0),
  shiftY: number(0),
};

const ops = new Ops(createFloat64Kernels());

function seen(mask: readonly number[], whole?: HostImage) {
  const image: HostImage = {
    shape: [2, 2],
    data: Float32Array.of(1, 2, 3, 4),
    mask: Float32Array.from(mask),
    key: `target-test:${mask.join()}`,
    ...(whole === undefined ? {} : { whole }),
  };
  return target.forward({}, { image, normalization: 'none', ...PLACED } as never, { ops } as never)['out']
    ?.kind;
}

it('refuses an image of which no pixel counts, but not a plane of one in which some do', () => {
  expect(() => seen([0, 0, 0, 0])).toThrow('No pixel of this image counts');
  const whole = { shape: [1, 2], data: Float32Array.of(1, 2), mask: Float32Array.of(0, 1), key: 'whole' };
  expect(seen([0, 0, 0, 0], whole)).toBe('image');
  expect(seen([0, 0, 0, 1])).toBe('image');
});

it('shows its image where it is moved to, and does not count what comes from outside', async () => {
  const image: HostImage = {
    shape: [2, 3],
    data: Float32Array.of(1, 2, 3, 4, 5, 6),
    mask: null,
    key: 'target-test:moved',
  };
  const scope = ops.open();
  const params = { image, normalization: 'none', ...PLACED, flip: 'x', turn: '90', shiftY: number(1) };
  const out = target.forward({}, params as never, { ops } as never)['out'];
  if (out?.kind !== 'image' || out.mask === null) throw new Error('No masked image.');
  expect(out.samples.shape).toEqual([3, 2]);
  const [data, mask] = await ops.read([out.samples, out.mask]);
  // Mirrored to 3 2 1 / 6 5 4, turned to 6 3 / 5 2 / 4 1, one down; outside stands the mean of the rest.
  expect([...(data ?? [])]).toEqual([4, 4, 6, 3, 5, 2]);
  expect([...(mask ?? [])]).toEqual([0, 0, 1, 1, 1, 1]);
  ops.close(scope);
  const gone = { ...params, shiftY: number(5) };
  expect(() => target.forward({}, gone as never, { ops } as never)).toThrow('No pixel of the target is left');
});
