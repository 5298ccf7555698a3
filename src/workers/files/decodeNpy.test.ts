import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import { buildNpy, type SampleType, sampleBytes } from './fixtures.ts';

import { bitsOf, CASES, expectProblem, problemOf, VALUES } from './testSupport.ts';

describe('decodeImage: NPY', () => {
  const codeOf = (type: SampleType): string => `${type[0]}${bitsOf(type) / 8}`;

  it.each(CASES)(
    'reads $type, little-endian $littleEndian, in C and Fortran order, versions 1 to 3',
    async (sample) => {
      const { type, littleEndian } = sample;
      const values = VALUES[type];
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = values;
      for (const version of [1, 2, 3]) {
        const parts = { type: `${littleEndian ? '<' : '>'}${codeOf(type)}`, shape: '2, 3', version };
        const straight = buildNpy({ ...parts, data: sampleBytes(values, type, littleEndian) });
        const image = await decodeImage(straight, 'a.npy');
        expect(image.shape).toEqual([2, 3]);
        expect([...image.data]).toEqual(values);
        const columns = sampleBytes([a, d, b, e, c, f], type, littleEndian);
        const fortran = buildNpy({ ...parts, data: columns, fortranOrder: true });
        expect([...(await decodeImage(fortran, 'a.npy')).data]).toEqual(values);
      }
    },
  );

  it('reads masks, 64-bit integers, stacks, leading axes of length 1 and colour arrays', async () => {
    const mask = await decodeImage(
      buildNpy({ type: '|b1', shape: '1, 3', data: Uint8Array.of(1, 0, 1) }),
      'a.npy',
    );
    expect([...mask.data]).toEqual([1, 0, 1]);
    expect(mask.source.saturationLevel).toBeNull();
    const long = new Uint8Array(BigInt64Array.of(-5n, 2n ** 40n + 1n).buffer);
    const rounded = await decodeImage(buildNpy({ type: '<i8', shape: '1, 2', data: long }), 'a.npy');
    expect([...rounded.data]).toEqual([-5, 2 ** 40]);
    expect(rounded.source.notes.join()).toContain('rounded');
    const six = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(
      (await decodeImage(buildNpy({ type: '|u1', shape: '3, 2, 1', data: six }), 'a.npy')).shape,
    ).toEqual([3, 2, 1]);
    expect(
      (await decodeImage(buildNpy({ type: '|u1', shape: '1, 1, 2, 3', data: six }), 'a.npy')).shape,
    ).toEqual([1, 2, 3]);
    const colour = Uint8Array.from({ length: 75 }, (_, i) => i);
    const image = await decodeImage(buildNpy({ type: '|u1', shape: '5, 5, 3', data: colour }), 'a.npy');
    expect(image.shape).toEqual([5, 5]);
    expect([...image.data.subarray(0, 3)]).toEqual([1, 4, 7]);
    const fortran = await decodeImage(
      buildNpy({ type: '|u1', shape: '2, 1, 2', data: Uint8Array.of(1, 2, 3, 4), fortranOrder: true }),
      'a.npy',
    );
    expect([...fortran.data]).toEqual([1, 3, 2, 4]);
  });

  it('refuses what is not an image, each with its own sentence', async () => {
    const data = new Uint8Array(16);
    const one = (type: string, shape: string) => buildNpy({ type, shape, data });
    await expectProblem(one('<c8', '1, 2'), 'a.npy', 'unsupportedContent', 'complex numbers');
    await expectProblem(one('|O', '1, 2'), 'a.npy', 'unsupportedContent', '“|O”');
    await expectProblem(one('<U4', '1, 1'), 'a.npy', 'unsupportedContent', '“<U4”');
    await expectProblem(one('|u1', '16,'), 'a.npy', 'unsupportedContent', '1 axes (16)');
    await expectProblem(one('|u1', ''), 'a.npy', 'unsupportedContent', 'a single number');
    await expectProblem(one('|u1', '2, 2, 2, 2'), 'a.npy', 'unsupportedContent', '4 axes');
    await expectProblem(one('|u1', '0, 4'), 'a.npy', 'zeroSize', '0 × 4');
    await expectProblem(one('|u1', '4, 5'), 'a.npy', 'truncated', '16 of the 20');
    await expectProblem(one('<f8', '6000, 6000'), 'a.npy', 'tooLarge', '288 MB');
    await expectProblem(one('|u1', '99999999999999999999, 1'), 'a.npy', 'tooLarge', 'Mpx');
    await expectProblem(one('|u1', '4, 4').subarray(0, 30), 'a.npy', 'truncated', 'header');
    await expectProblem(
      buildNpy({ type: '|u1', shape: '4, 4', data, version: 9 }),
      'a.npy',
      'unsupportedContent',
      '9',
    );
  });

  it('leaves pixels that are not numbers, and refuses where most are none', async () => {
    const npy = (values: readonly number[]) =>
      buildNpy({ type: '<f4', shape: '2, 2', data: sampleBytes([...values], 'float32', true) });
    const some = await decodeImage(npy([Number.NaN, 1, Number.POSITIVE_INFINITY, 2]), 'a.npy');
    expect([...some.data]).toEqual([Number.NaN, 1, Number.POSITIVE_INFINITY, 2]);
    const most = npy([Number.NaN, 1, Number.POSITIVE_INFINITY, Number.NaN]);
    await expectProblem(most, 'a.npy', 'notNumbers', 'contains 3 pixels that are not numbers');
    const wide = sampleBytes([1e300, 1e300, 1e300, 1], 'float64', true);
    const problem = await problemOf(buildNpy({ type: '<f8', shape: '2, 2', data: wide }), 'a.npy');
    expect(problem.message).toContain(
      'contains 3 pixels that are not numbers (NaN or infinite) or are too large',
    );
  });
});
