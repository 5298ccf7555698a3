import { expect, it } from 'vitest';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { type Chain, runChain } from '../../testChain.ts';
import { stage } from '../../testSupport.ts';
import type { Image } from '../../values.ts';
import { loss } from './loss.ts';
import { target } from './target.ts';

const MODEL = Float64Array.of(1, 4, 2, 8, 3, 5);
const DATA = Float64Array.of(2, 2, 2, 3, 7, 5);
/** The fourth pixel does not count. */
const MASK = Float64Array.of(1, 1, 1, 0, 1, 1);

it.each([
  ['rootMeanSquare', Math.sqrt((1 + 4 + 0 + 16 + 0) / 5)],
  ['meanAbsolute', (1 + 2 + 0 + 4 + 0) / 5],
])('%s is what its name says, over the pixels that count', async (kind, expected) => {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  ops.mode = 'reverse';
  const upload = (data: Float64Array) => ops.upload(data, [2, 3], 'real');
  const model = ops.variable(upload(MODEL).array);
  const image = {
    kind: 'image',
    pitch: constantScalar(1e-7),
    unit: 'photons',
    normalization: 'none',
  } as const;
  const given: Record<string, () => Image> = {
    model: () => ({ ...image, samples: model, mask: null, noise: null }),
    data: () => ({ ...image, samples: upload(DATA), mask: upload(MASK), noise: null }),
  };
  const chain: Chain = {
    model: stage(target, { image: 'contract' }),
    data: stage(target, { image: 'contract' }),
    loss: stage(loss, { kind }, { model: 'model', target: 'data' }),
  };
  const found = runChain(ops, chain, { samples: 8, pitch: 1e-6 }, {}, given)['loss'];
  if (found?.kind !== 'scalar') throw new Error('A loss is a number.');
  const { value, cotangents } = await ops.gradient(found.samples, 0, [model]);
  ops.close(scope);
  // Rounded by 1e-4 of the target's root mean square of 4: 4e-4 where a residual vanishes.
  expect(value).toBeCloseTo(expected, 3);
  expect(cotangents[0]?.every(Number.isFinite)).toBe(true);
});
