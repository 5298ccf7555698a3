import { expect, it } from 'vitest';
import type { HostImage } from '../../element.ts';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { target } from './target.ts';

const ops = new Ops(createFloat64Kernels());

function seen(mask: readonly number[], whole?: HostImage) {
  const image: HostImage = {
    shape: [2, 2],
    data: Float32Array.of(1, 2, 3, 4),
    mask: Float32Array.from(mask),
    key: `target-test:${mask.join()}`,
    ...(whole === undefined ? {} : { whole }),
  };
  return target.forward({}, { image, normalization: 'none' } as never, { ops } as never)['out']?.kind;
}

it('refuses an image of which no pixel counts, but not a plane of one in which some do', () => {
  expect(() => seen([0, 0, 0, 0])).toThrow('No pixel of this image counts');
  const whole = { shape: [1, 2], data: Float32Array.of(1, 2), mask: Float32Array.of(0, 1), key: 'whole' };
  expect(seen([0, 0, 0, 0], whole)).toBe('image');
  expect(seen([0, 0, 0, 1])).toBe('image');
});
