import { expect, it } from 'vitest';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { type Chain, runChain } from '../../testChain.ts';
import { stage } from '../../testSupport.ts';
import type { Image, NoiseModel } from '../../values.ts';
import { loss } from './loss.ts';
import { target } from './target.ts';

const MODEL = Float64Array.of(1, 4, 2, 8, 3, 5);
const DATA = Float64Array.of(2, 2, 2, 3, 7, 5);
/** The fourth pixel does not count. */
const MASK = Float64Array.of(1, 1, 1, 0, 1, 1);

/** √m - √d of the pixels that count. */
const ROOTS = [1 - Math.SQRT2, 2 - Math.SQRT2, 0, Math.sqrt(3) - Math.sqrt(7), 0];
const deviance = (m: number, d: number) => m - d + d * Math.log(d / m);
const COUNTED = [0, 1, 2, 4, 5];
const sum = (terms: readonly number[]) => terms.reduce((a, b) => a + b, 0);
const each = (term: (m: number, d: number, i: number) => number) =>
  sum(COUNTED.map((i) => term(MODEL[i] ?? 0, DATA[i] ?? 0, i)));

/** A sensor whose pixels have a gain, offset and read noise of their own (sCMOS). */
const PATTERN = {
  key: 'test',
  gain: Float64Array.of(1, 1.2, 0.9, 1, 1.1, 0.8),
  offset: Float64Array.of(0, -0.2, 0.1, 0, 0.3, -0.4),
  readNoise: Float64Array.of(1, 2, 0.5, 1, 1.5, 3),
};
const CAMERA: NoiseModel = { enabled: false, gain: 0.5, offset: -2, readNoise: 0.8, isCalibrated: true };
const SCMOS: NoiseModel = {
  ...CAMERA,
  sensor: { isNoisy: true, multiplication: 1, fullWell: null, bits: null, pattern: () => PATTERN },
};
/** Huang et al., Nat. Methods 10, 653 (2013): (D - o)/g + var/g² is Poisson's with the mean u + var/g². */
const quanta = (noise: NoiseModel, counts: number, i: number) => {
  const differ = noise.sensor !== undefined;
  const gain = noise.gain * (differ ? (PATTERN.gain[i] ?? 0) : 1);
  const read = noise.readNoise * (differ ? (PATTERN.readNoise[i] ?? 0) : 1);
  return (counts - noise.offset - (differ ? (PATTERN.offset[i] ?? 0) : 0)) / gain + (read / gain) ** 2;
};
const likelihood = (noise: NoiseModel) =>
  each((m, d, i) => deviance(quanta(noise, m, i), quanta(noise, d, i))) / 6;

it.each<readonly [string, string, number, NoiseModel | null]>([
  ['rootMeanSquare', 'plain', Math.sqrt(each((m, d) => (m - d) ** 2) / 5), null],
  ['meanAbsolute', 'plain', each((m, d) => Math.abs(m - d)) / 5, null],
  // Sums of residuals are shares of all pixels, which those that do not count leave alone.
  ['leastSquares', 'plain', each((m, d) => (m - d) ** 2) / 6, null],
  ['amplitude', 'plain', sum(ROOTS.map((r) => r * r)) / 6, null],
  ['poisson', 'plain', each(deviance) / 6, null],
  ['poisson', 'camera', likelihood(CAMERA), CAMERA],
  ['poisson', 'sCMOS', likelihood(SCMOS), SCMOS],
])('%s (%s) is what its name says, over the pixels that count', async (kind, _title, expected, noise) => {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  ops.mode = 'reverse';
  const upload = (data: Float64Array) => ops.upload(data, [2, 3], 'real');
  const model = ops.variable(upload(MODEL).array);
  const image = {
    kind: 'image',
    pitch: constantScalar(1e-7),
    unit: 'counts',
    normalization: 'none',
  } as const;
  const given: Record<string, () => Image> = {
    model: () => ({ ...image, samples: model, mask: null, noise }),
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
  // Root and absolute value are rounded by 1e-4 of the target's root mean square of 4: 4e-4 where a residual vanishes.
  expect(value).toBeCloseTo(expected, kind === 'rootMeanSquare' || kind === 'meanAbsolute' ? 3 : 9);
  expect(cotangents[0]?.every(Number.isFinite)).toBe(true);
});
