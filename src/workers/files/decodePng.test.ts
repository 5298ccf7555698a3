import { deflateSync } from 'node:zlib';
import { encode as encodeOtherPng } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import { buildPng, pngChunk } from './fixtures.ts';

import { expectProblem } from './testSupport.ts';

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
