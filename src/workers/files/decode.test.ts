import { deflateSync } from 'node:zlib';
import { encode as encodeOtherPng } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import {
  buildNpy,
  buildPng,
  buildTiff,
  concat,
  packLzw,
  pngChunk,
  type SampleType,
  sampleBytes,
  type TiffPageParts,
  textBytes,
} from './fixtures.ts';
import { FileProblem, type FileProblemCode } from './image.ts';

async function problemOf(bytes: Uint8Array, name: string): Promise<FileProblem> {
  const error = await decodeImage(bytes, name).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FileProblem)) throw new Error(`expected a FileProblem, got ${String(error)}`);
  expect(error.message.startsWith(`“${name}” `)).toBe(true);
  expect(error.message).toMatch(/ (try again|inside|more)\.$|\.$/);
  // Nothing may reach the catch-all for errors that no decoder foresaw.
  expect(error.cause).toBeUndefined();
  return error;
}

async function expectProblem(bytes: Uint8Array, name: string, code: FileProblemCode, part: string) {
  const problem = await problemOf(bytes, name);
  expect(problem.message).toContain(part);
  expect(problem.code).toBe(code);
}

const VALUES: Record<SampleType, number[]> = {
  uint8: [0, 1, 127, 128, 254, 255],
  uint16: [0, 1, 255, 256, 40000, 65535],
  uint32: [0, 1, 65536, 16777215, 2 ** 31, 3 * 2 ** 30],
  int8: [-128, -1, 0, 1, 126, 127],
  int16: [-32768, -1, 0, 1, 256, 32767],
  int32: [-(2 ** 31), -65537, -1, 0, 1, 2 ** 24],
  float16: [0, 1, -2, 0.5, 1024, -(2 ** -14)],
  float32: [0, -1.5, 0.1, 1e-30, 1e30, 3].map(Math.fround),
  float64: [0, -1.5, 0.1, 1e-30, 1e30, 3].map(Math.fround),
};
const TYPES = Object.keys(VALUES) as SampleType[];
const CASES = TYPES.flatMap((type) => [true, false].map((littleEndian) => ({ type, littleEndian })));
const bitsOf = (type: SampleType): number => Number(/\d+/.exec(type)?.[0]);
const formatCode = (type: SampleType): number => (type.startsWith('u') ? 1 : type.startsWith('i') ? 2 : 3);

/** A page of 2 x 3 pixels. */
function smallPage(type: SampleType, littleEndian: boolean, tags: TiffPageParts['tags'] = {}): TiffPageParts {
  const bytes = sampleBytes(VALUES[type], type, littleEndian);
  return {
    width: 3,
    height: 2,
    blocks: [bytes],
    tags: { 258: bitsOf(type), 339: formatCode(type), ...tags },
  };
}

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
    ['Taken on a Tuesday', undefined, undefined],
  ])('takes lengths out of %s', async (description, pixel, spacing) => {
    const page = { ...smallPage('uint8', true, { 270: description }) };
    const { source } = await decodeImage(buildTiff({ littleEndian: true, pages: [page] }), 'a.tif');
    const nanometres = (length?: number) => (length === undefined ? length : Math.round(length * 1e12) / 1e3);
    expect(nanometres(source.pixelSize)).toBe(nanometres(pixel));
    expect(nanometres(source.planeSpacing)).toBe(nanometres(spacing));
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

/** Rows with filter 0 in front of each. */
const plainRows = (...rows: number[][]): Uint8Array =>
  deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));

describe('decodeImage: PNG', () => {
  it.each([
    [1, [0b10110000], [1, 0, 1]],
    [2, [0b00011011], [0, 1, 2]],
    [4, [0x1a, 0xf0], [1, 10, 15]],
    [8, [0, 128, 255], [0, 128, 255]],
    [16, [0, 1, 1, 0, 255, 255], [1, 256, 65535]],
  ])('reads %i-bit grey', async (bitDepth, row, values) => {
    const bytes = buildPng({ width: 3, height: 2, bitDepth, colourType: 0, compressed: plainRows(row, row) });
    const image = await decodeImage(bytes, 'a.png');
    expect(image.shape).toEqual([2, 3]);
    expect([...image.data]).toEqual([...values, ...values]);
    expect(image.source).toMatchObject({
      format: 'png',
      bitDepth,
      sampleFormat: 'uint',
      channels: 1,
      notes: [],
    });
  });

  it('takes the mean of colours and of palette entries, and ignores transparency', async () => {
    const colour = {
      width: 1,
      height: 1,
      bitDepth: 8,
      colourType: 6,
      compressed: plainRows([30, 60, 90, 5]),
    };
    const image = await decodeImage(buildPng(colour), 'a.png');
    expect([...image.data]).toEqual([60]);
    expect(image.source.notes).toEqual([
      'Colour image: mean of R, G and B was taken.',
      'Transparency was ignored.',
    ]);
    const palette = pngChunk('PLTE', Uint8Array.of(3, 6, 9, 10, 10, 40));
    const indexed = { width: 3, height: 1, bitDepth: 2, colourType: 3, compressed: plainRows([0b00010000]) };
    expect([...(await decodeImage(buildPng({ ...indexed, extra: [palette] }), 'a.png')).data]).toEqual([
      6, 20, 6,
    ]);
    await expectProblem(buildPng(indexed), 'a.png', 'damaged', 'palette');
    const outside = { ...indexed, compressed: plainRows([0b11010000]), extra: [palette] };
    await expectProblem(buildPng(outside), 'a.png', 'damaged', 'colours that its palette does not have');
    const greyAlpha = {
      width: 1,
      height: 1,
      bitDepth: 16,
      colourType: 4,
      compressed: plainRows([1, 2, 0, 0]),
    };
    expect([...(await decodeImage(buildPng(greyAlpha), 'a.png')).data]).toEqual([258]);
  });

  it('undoes every filter (values of the PNG specification worked by hand)', async () => {
    const rows = [
      [0, 10, 20, 30],
      [1, 1, 1, 1],
      [2, 1, 1, 1],
      [3, 1, 1, 1],
      [4, 1, 1, 1],
    ];
    const compressed = deflateSync(Uint8Array.from(rows.flat()));
    const bytes = buildPng({ width: 3, height: 5, bitDepth: 8, colourType: 0, compressed });
    expect([...(await decodeImage(bytes, 'a.png')).data]).toEqual([
      10, 20, 30, 1, 2, 3, 2, 3, 4, 2, 3, 4, 3, 4, 5,
    ]);
  });

  it.each([8, 16] as const)(
    'reads interlaced and plain %i-bit files of another writer alike',
    async (depth) => {
      for (const channels of [1, 3]) {
        const data = Uint16Array.from(
          { length: 11 * 13 * channels },
          (_, i) => (i * 2654435761) % 2 ** depth,
        );
        const input = {
          width: 11,
          height: 13,
          depth,
          channels,
          data: depth === 8 ? Uint8Array.from(data) : data,
        };
        const plain = await decodeImage(encodeOtherPng(input), 'a.png');
        const interlaced = await decodeImage(encodeOtherPng(input, { interlace: 'Adam7' }), 'a.png');
        expect(interlaced.data).toEqual(plain.data);
        const expected = Float32Array.from({ length: 11 * 13 }, (_, i) => {
          const pixel = data.subarray(i * channels, (i + 1) * channels);
          return pixel.reduce((sum, value) => sum + value, 0) / channels;
        });
        expect(plain.data).toEqual(expected);
      }
    },
  );

  it('refuses a header of 30 000 x 30 000 pixels without decoding, with the numbers', async () => {
    const compressed = plainRows([0]);
    const bytes = buildPng({ width: 30_000, height: 30_000, bitDepth: 1, colourType: 0, compressed });
    const start = process.cpuUsage();
    await expectProblem(bytes, 'huge.png', 'tooLarge', '900 Mpx');
    // Reading a header takes well below a millisecond; inflating 112 MB would take a second.
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(200);
    const lying = buildPng({ width: 7000, height: 7000, bitDepth: 8, colourType: 0, compressed });
    await expectProblem(lying, 'lying.png', 'truncated', 'there are fewer data');
  });

  it('refuses broken files', async () => {
    const parts = { width: 3, height: 1, bitDepth: 8, colourType: 0, compressed: plainRows([1, 2, 3]) };
    const good = buildPng(parts);
    for (const length of [9, 20, 40, good.length - 1]) {
      await expectProblem(good.subarray(0, length), 'a.png', 'truncated', 'cut short');
    }
    await expectProblem(buildPng({ ...parts, width: 0 }), 'a.png', 'zeroSize', '1 × 0');
    await expectProblem(buildPng({ ...parts, bitDepth: 3 }), 'a.png', 'damaged', 'colour type 0 with 3 bits');
    await expectProblem(buildPng({ ...parts, height: 2 }), 'a.png', 'truncated', '4 of the 8');
    const flipped = good.slice();
    flipped[45] = (flipped[45] ?? 0) ^ 1;
    await expectProblem(flipped, 'a.png', 'damaged', 'checksum');
  });
});

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

describe('decodeImage: other files', () => {
  it.each([
    [
      'notes.tif',
      textBytes('Dear diary, today the laser…'),
      'is not a TIFF file: it starts with text (“Dear diary',
    ],
    [
      'data.xyz',
      textBytes('1 2 3\n4 5 6'),
      'is not an image that can be read: it starts with text (“1 2 3 4 5 6”)',
    ],
    ['a.png', Uint8Array.of(0, 1, 2, 3, 4), 'is not a PNG file: it starts with the bytes 00 01 02 03'],
    ['a.tif', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'is a JPEG image'],
    ['a.gif', textBytes('GIF89a'), 'is a GIF image'],
    ['a.bmp', concat(textBytes('BM'), new Uint8Array(30)), 'is a BMP image'],
    ['a.heic', concat(new Uint8Array(4), textBytes('ftypheic')), 'is a HEIC or AVIF image'],
    ['a.npz', Uint8Array.of(0x50, 0x4b, 3, 4, 0), 'is a ZIP or NPZ archive'],
  ])('names %s and says what it is', async (name, bytes, part) => {
    const problem = await problemOf(bytes, name);
    expect(problem.message).toContain(part);
    expect(['notAnImage', 'unsupportedFormat']).toContain(problem.code);
  });

  it('names empty files', () => expectProblem(new Uint8Array(0), 'a.tif', 'empty', 'is empty'));

  it('goes by the bytes and not by the name, and says so', async () => {
    const bytes = buildNpy({ type: '|u1', shape: '1, 1', data: Uint8Array.of(7) });
    const image = await decodeImage(bytes, 'picture.tif');
    expect([...image.data]).toEqual([7]);
    expect(image.source.notes).toEqual(['The name ends in .tif, but this is an NPY file.']);
  });

  it('shortens long names and drops control characters', async () => {
    const error = await decodeImage(new Uint8Array(0), `a\u0007\n${'b'.repeat(300)}.tif`).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(FileProblem);
    expect(String(error)).toMatch(/“ab{79}…” is empty/);
  });

  it('reads from a window of a larger buffer', async () => {
    const bytes = buildTiff({ littleEndian: true, pages: [smallPage('uint16', true)] });
    const window = concat(new Uint8Array(5), bytes, new Uint8Array(5)).subarray(5, 5 + bytes.length);
    expect([...(await decodeImage(window, 'a.tif')).data]).toEqual(VALUES.uint16);
  });
});
