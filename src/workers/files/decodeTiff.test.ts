import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import {
  buildTiff,
  concat,
  packLzw,
  type SampleType,
  sampleBytes,
  type TiffPageParts,
  textBytes,
} from './fixtures.ts';

import { bitsOf, CASES, expectProblem, smallPage, VALUES } from './testSupport.ts';

describe('decodeImage: TIFF', () => {
  it.each(CASES)(
    'reads $type, little-endian $littleEndian, classic and big, plain and packed',
    async (sample) => {
      const { type, littleEndian } = sample;
      const page = smallPage(type, littleEndian);
      const raw = page.blocks[0] ?? new Uint8Array(0);
      const packings: [number, Uint8Array][] = [
        [1, raw],
        [5, packLzw(raw)],
        [8, deflateSync(raw)],
        [32773, concat(Uint8Array.of(raw.length - 1), raw)],
      ];
      for (const big of [false, true]) {
        for (const [compression, block] of packings) {
          const pages = [{ ...page, blocks: [block], tags: { ...page.tags, 259: compression } }];
          const image = await decodeImage(buildTiff({ littleEndian, big, pages }), 'a.tif');
          expect(image.shape).toEqual([2, 3]);
          expect([...image.data]).toEqual(VALUES[type]);
          expect(image.source.bitDepth).toBe(bitsOf(type));
          expect(type.startsWith(image.source.sampleFormat)).toBe(true);
        }
      }
    },
  );

  it('reports the saturation level of the sample type', async () => {
    const level = async (type: SampleType) =>
      (await decodeImage(buildTiff({ littleEndian: true, pages: [smallPage(type, true)] }), 'a.tif')).source
        .saturationLevel;
    expect(await level('uint8')).toBe(255);
    expect(await level('int16')).toBe(32767);
    expect(await level('float32')).toBeNull();
  });

  it.each(CASES.filter(({ type }) => type !== 'float16'))(
    'undoes horizontal differences of $type, little-endian $littleEndian',
    async ({ type, littleEndian }) => {
      const page = smallPage(type, littleEndian, { 317: 2, 259: 8 });
      const size = bitsOf(type) / 8;
      const block = (page.blocks[0] ?? new Uint8Array(0)).slice();
      const big = (at: number) =>
        Array.from(block.subarray(at * size, (at + 1) * size)).reduce(
          (sum, byte, i) => sum + (BigInt(byte) << BigInt(8 * (littleEndian ? i : size - 1 - i))),
          0n,
        );
      for (const i of [5, 4, 2, 1]) {
        const difference = BigInt.asUintN(8 * size, big(i) - big(i - 1));
        for (let byte = 0; byte < size; byte++) {
          const at = littleEndian ? byte : size - 1 - byte;
          block[i * size + at] = Number((difference >> BigInt(8 * byte)) & 255n);
        }
      }
      const pages = [{ ...page, blocks: [deflateSync(block)] }];
      const image = await decodeImage(buildTiff({ littleEndian, pages }), 'a.tif');
      expect([...image.data]).toEqual(VALUES[type]);
    },
  );

  it.each([true, false])('undoes the floating-point predictor, little-endian %s', async (littleEndian) => {
    const bigEndian = sampleBytes(VALUES.float32, 'float32', false);
    const rows = [0, 1].map((row) => {
      const planes = Uint8Array.from(
        { length: 12 },
        (_, i) => bigEndian[12 * row + 4 * (i % 3) + Math.floor(i / 3)] ?? 0,
      );
      return planes.map((byte, i) => byte - (i > 0 ? (planes[i - 1] ?? 0) : 0));
    });
    const page = smallPage('float32', littleEndian, { 317: 3, 259: 8 });
    const pages = [{ ...page, blocks: [deflateSync(concat(...rows))] }];
    const image = await decodeImage(buildTiff({ littleEndian, pages }), 'a.tif');
    expect([...image.data]).toEqual(VALUES.float32);
  });

  it('does not change the bytes it is given, even where a predictor is undone in place', async () => {
    const bytes = buildTiff({ littleEndian: true, pages: [smallPage('uint8', true, { 317: 2 })] });
    const before = bytes.slice();
    await decodeImage(bytes, 'a.tif');
    expect(bytes).toEqual(before);
  });

  it('reads strips, tiles that reach over the edge, and 1- and 12-bit rows', async () => {
    const strips = {
      width: 2,
      height: 3,
      tags: { 278: 2 },
      blocks: [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6)],
    };
    expect([
      ...(await decodeImage(buildTiff({ littleEndian: true, pages: [strips] }), 'a.tif')).data,
    ]).toEqual([1, 2, 3, 4, 5, 6]);
    const tiles = {
      width: 3,
      height: 1,
      tiled: true,
      tags: { 322: 2, 323: 2 },
      blocks: [Uint8Array.of(1, 2, 99, 99), Uint8Array.of(3, 99, 99, 99)],
    };
    expect([...(await decodeImage(buildTiff({ littleEndian: true, pages: [tiles] }), 'a.tif')).data]).toEqual(
      [1, 2, 3],
    );
    const mask = { width: 3, height: 2, tags: { 258: 1 }, blocks: [Uint8Array.of(0b10100000, 0b01000000)] };
    const maskImage = await decodeImage(buildTiff({ littleEndian: true, pages: [mask] }), 'a.tif');
    expect([...maskImage.data]).toEqual([1, 0, 1, 0, 1, 0]);
    expect(maskImage.source.saturationLevel).toBeNull();
    const twelve = {
      width: 3,
      height: 1,
      tags: { 258: 12 },
      blocks: [Uint8Array.of(0x12, 0x3f, 0xff, 0x00, 0x10)],
    };
    const image = await decodeImage(buildTiff({ littleEndian: true, pages: [twelve] }), 'a.tif');
    expect([...image.data]).toEqual([0x123, 0xfff, 0x001]);
    expect(image.source.saturationLevel).toBe(4095);
  });

  it('takes the mean of R, G and B, stored together or apart, and ignores alpha', async () => {
    const together = {
      width: 1,
      height: 2,
      tags: { 262: 2, 277: 4, 258: [8, 8, 8, 8], 338: 2 },
      blocks: [Uint8Array.of(30, 60, 90, 7, 0, 0, 1, 7)],
    };
    const image = await decodeImage(buildTiff({ littleEndian: true, pages: [together] }), 'a.tif');
    expect([...image.data]).toEqual([60, Math.fround(1 / 3)]);
    expect(image.source.notes).toEqual([
      'Colour image: mean of R, G and B was taken.',
      'Transparency was ignored.',
    ]);
    expect(image.source.channels).toBe(4);
    const apart = {
      width: 2,
      height: 1,
      tags: { 262: 2, 277: 3, 258: [8, 8, 8], 284: 2 },
      blocks: [Uint8Array.of(30, 0), Uint8Array.of(60, 0), Uint8Array.of(90, 3)],
    };
    expect([
      ...(await decodeImage(buildTiff({ littleEndian: false, pages: [apart] }), 'a.tif')).data,
    ]).toEqual([60, 1]);
  });

  it('reads pages of one kind as a stack and tells which were left out', async () => {
    const page = (value: number): TiffPageParts => ({
      width: 2,
      height: 1,
      blocks: [Uint8Array.of(value, value + 1)],
    });
    const thumbnail = { width: 1, height: 1, tags: { 254: 1 }, blocks: [Uint8Array.of(99)] };
    const bytes = buildTiff({ littleEndian: true, pages: [page(1), thumbnail, page(5)] });
    const image = await decodeImage(bytes, 'a.tif');
    expect(image.shape).toEqual([2, 1, 2]);
    expect([...image.data]).toEqual([1, 2, 5, 6]);
    expect(image.source.notes.join()).toContain('1 further page(s)');
  });

  it('reads an ImageJ stack with one directory for all planes', async () => {
    const description = 'ImageJ=1.54f\nimages=6\nchannels=2\nslices=3\nhyperstack=true\n';
    const page = {
      width: 2,
      height: 1,
      tags: { 270: description, 279: 2 },
      blocks: [Uint8Array.from({ length: 12 }, (_, i) => i)],
    };
    const image = await decodeImage(buildTiff({ littleEndian: true, pages: [page] }), 'a.tif');
    expect(image.shape).toEqual([6, 1, 2]);
    expect([...image.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(image.source.notes.join()).toContain('2 channels, 3 slices');
  });

  it.each([
    ['<OME><Pixels PhysicalSizeX="0.13" PhysicalSizeZ="300" PhysicalSizeZUnit="nm"/></OME>', 130e-9, 300e-9],
    // Neither a unit of lengths nor a size of nothing is one.
    [
      '<OME><Pixels PhysicalSizeX="1" PhysicalSizeXUnit="pixel" PhysicalSizeZ="0"/></OME>',
      undefined,
      undefined,
    ],
    ['ImageJ=1.54f\nunit=micron\nspacing=0.25\n', undefined, 250e-9],
    ['ImageJ=1.54f\nunit=cm\nspacing=0.00003\n', undefined, 300e-9],
    [
      '<OME><Pixels PhysicalSizeX="0.1" PhysicalSizeXUnit="&#181;m" PhysicalSizeZ="0.2" PhysicalSizeZUnit="&#xB5;m"/></OME>',
      100e-9,
      200e-9,
    ],
    [
      '<OME><Pixels PhysicalSizeX="0.00001" PhysicalSizeXUnit="cm" PhysicalSizeZ="3e-7" PhysicalSizeZUnit="m"/></OME>',
      100e-9,
      300e-9,
    ],
    ['Taken on a Tuesday', undefined, undefined],
  ])('takes lengths out of %s', async (description, pixel, spacing) => {
    const page = { ...smallPage('uint8', true, { 270: description }) };
    const { source } = await decodeImage(buildTiff({ littleEndian: true, pages: [page] }), 'a.tif');
    const nanometres = (length?: number) => (length === undefined ? length : Math.round(length * 1e12) / 1e3);
    expect(nanometres(source.pixelSize)).toBe(nanometres(pixel));
    expect(nanometres(source.planeSpacing)).toBe(nanometres(spacing));
  });

  it('says which unit of lengths it does not understand', async () => {
    const notesOf = async (unit: string) => {
      const description = `<OME><Pixels PhysicalSizeX="2" PhysicalSizeXUnit="${unit}"/></OME>`;
      const page = { ...smallPage('uint8', true, { 270: description }) };
      const { source } = await decodeImage(buildTiff({ littleEndian: true, pages: [page] }), 'a.tif');
      return source.notes.join();
    };
    expect(await notesOf('fur&#108;ong')).toContain('“furlong”, which is not understood');
    expect(await notesOf('pixel')).not.toContain('not understood');
    expect(await notesOf('&#956;m')).not.toContain('not understood');
  });

  it('finds a list of pages that runs in a circle', async () => {
    const pages = [smallPage('uint8', true), smallPage('uint8', true), smallPage('uint8', true)];
    for (const loopTo of [0, 1, 2]) {
      const bytes = buildTiff({ littleEndian: true, pages, loopTo });
      await expectProblem(bytes, 'loop.tif', 'damaged', 'runs in a circle');
    }
  });

  it('refuses what it cannot read, each with its own sentence', async () => {
    const one = (tags: NonNullable<TiffPageParts['tags']>, blocks = [Uint8Array.of(1, 2, 3, 4, 5, 6)]) =>
      buildTiff({ littleEndian: true, pages: [{ width: 3, height: 2, tags, blocks }] });
    await expectProblem(one({ 259: 7 }), 'a.tif', 'unsupportedContent', 'compression JPEG');
    await expectProblem(one({ 259: 50000 }), 'a.tif', 'unsupportedContent', 'Zstandard');
    await expectProblem(one({ 339: 6 }), 'a.tif', 'unsupportedContent', 'complex numbers');
    await expectProblem(one({ 262: 6 }), 'a.tif', 'unsupportedContent', 'photometric 6');
    await expectProblem(one({ 258: 24 }), 'a.tif', 'unsupportedContent', '24-bit uint');
    await expectProblem(
      one({ 258: [8, 16, 8], 277: 3 }),
      'a.tif',
      'unsupportedContent',
      'different sample types',
    );
    await expectProblem(one({ 257: 0 }), 'a.tif', 'zeroSize', '0 × 3');
    await expectProblem(one({ 257: 20_000 }), 'a.tif', 'truncated', 'promises');
    await expectProblem(one({ 257: 20_000_000, 256: 3 }), 'a.tif', 'truncated', 'cut short');
    await expectProblem(one({ 257: 30_000, 256: 30_000 }), 'a.tif', 'tooLarge', '900 Mpx');
    await expectProblem(one({ 273: 2 ** 31 }), 'a.tif', 'truncated', 'cut short');
    await expectProblem(one({ 278: 1 }), 'a.tif', 'damaged', 'its size needs 2');
    await expectProblem(
      one({ 259: 8 }, [deflateSync(Uint8Array.of(1, 2, 3))]),
      'a.tif',
      'truncated',
      '3 of the 6',
    );
    await expectProblem(textBytes('II*\0'), 'a.tif', 'truncated', 'header');
  });
});
