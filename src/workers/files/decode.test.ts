import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import { buildNpy, buildTiff, concat, textBytes } from './fixtures.ts';
import { FileProblem } from './image.ts';

import { expectProblem, problemOf, smallPage, VALUES } from './testSupport.ts';

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
