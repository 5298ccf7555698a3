import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import {
  buildNpy,
  buildPng,
  buildTiff,
  packLzw,
  pngChunk,
  sampleBytes,
  type TiffPageParts,
} from './fixtures.ts';
import { FileProblem } from './image.ts';

const RUNS = 300;
/** Per file; the rule is one second, and a file of this size takes a few milliseconds. */
const LONGEST_MILLISECONDS = 1000;

type Edit = { kind: 'set' | 'cut' | 'insert' | 'word'; at: number; value: number };

const edits = fc.array(
  fc.record<Edit>({
    kind: fc.constantFrom('set', 'set', 'set', 'word', 'cut', 'insert'),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    value: fc.oneof(fc.constantFrom(0, 1, 255, 0xffff, 0x7fffffff, 0xffffffff), fc.nat(0xffffffff)),
  }),
  { minLength: 1, maxLength: 6 },
);

function mutate(original: Uint8Array, changes: readonly Edit[]): Uint8Array<ArrayBuffer> {
  // A copy: slice() of a Buffer, which zlib returns, would share memory with the original.
  let bytes = new Uint8Array(original);
  for (const { kind, at, value } of changes) {
    const place = Math.floor(at * bytes.length);
    if (kind === 'set') bytes[place] = value & 255;
    else if (kind === 'cut') bytes = bytes.slice(0, place);
    else if (kind === 'insert')
      bytes = Uint8Array.of(...bytes.subarray(0, place), value & 255, ...bytes.subarray(place));
    else if (place + 4 <= bytes.length) new DataView(bytes.buffer).setUint32(place, value, (value & 1) === 0);
  }
  return bytes;
}

/** Decodes; the only rejection allowed is a problem that a decoder foresaw (the catch-all keeps a cause). */
async function survives(bytes: Uint8Array): Promise<'read' | 'refused'> {
  const start = performance.now();
  try {
    const image = await decodeImage(bytes, 'mutated.tif');
    expect(image.data.length).toBe(image.shape.reduce((product, length) => product * length, 1));
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(FileProblem);
    if (error instanceof FileProblem) expect(error.cause).toBeUndefined();
    return 'refused';
  } finally {
    expect(performance.now() - start).toBeLessThan(LONGEST_MILLISECONDS);
  }
}

const ramp = Array.from({ length: 24 * 20 }, (_, i) => (i * 37) % 251);
const pixels = Uint8Array.from(ramp);
/** Every byte is a filter that exists, wherever the rows of a mutated size begin. */
const filtered = Uint8Array.from({ length: 20 * 25 }, (_, i) => (i * 7) % 5);
const png = { width: 24, height: 20, bitDepth: 8, colourType: 0 };
const tiffPage = (
  compression: number,
  block: Uint8Array,
  more: TiffPageParts['tags'] = {},
): TiffPageParts => ({
  width: 24,
  height: 20,
  blocks: [block],
  tags: { 259: compression, ...more },
});
const tiff = (...pages: TiffPageParts[]): Uint8Array => buildTiff({ littleEndian: true, pages });

const WHOLE_FILES: [string, Uint8Array][] = [
  [
    'PNG',
    buildPng({ ...png, compressed: deflateSync(filtered), extra: [pngChunk('PLTE', new Uint8Array(6))] }),
  ],
  ['TIFF, plain stack', tiff(tiffPage(1, pixels), tiffPage(1, pixels), tiffPage(1, pixels))],
  ['TIFF, Deflate with predictor', tiff(tiffPage(8, deflateSync(pixels), { 317: 2 }))],
  ['TIFF, LZW', tiff(tiffPage(5, packLzw(pixels)))],
  ['TIFF, big, big-endian', buildTiff({ littleEndian: false, big: true, pages: [tiffPage(1, pixels)] })],
  [
    'TIFF, ImageJ stack in one directory',
    tiff({ ...tiffPage(1, pixels), height: 5, tags: { 270: 'ImageJ=1.54f\nimages=4\n' } }),
  ],
  ['NPY, bytes', buildNpy({ type: '|u1', shape: '20, 24', data: pixels })],
  [
    'NPY, floats',
    buildNpy({ type: '>f4', shape: '2, 10, 24', data: sampleBytes(ramp, 'float32', false), version: 2 }),
  ],
];

describe('mutated files are read or refused with a sentence, quickly', () => {
  it.each(WHOLE_FILES)('%s', async (_name, original) => {
    expect(await survives(original)).toBe('read');
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(edits, async (changes) => {
        outcomes.add(await survives(mutate(original, changes)));
      }),
      { numRuns: RUNS },
    );
    // Mutations that never break a file would test nothing.
    expect(outcomes.has('refused')).toBe(true);
  });

  // Checksums stop most mutations of a PNG at the door; here they are right and the contents are wrong.
  it('PNG with right checksums and wrong contents', async () => {
    const compressed = deflateSync(filtered);
    const header = fc.record({
      width: fc.integer({ min: 0, max: 30 }),
      height: fc.integer({ min: 0, max: 30 }),
      bitDepth: fc.constantFrom(1, 2, 4, 8, 16, 3),
      colourType: fc.constantFrom(0, 2, 3, 4, 6, 1),
      interlace: fc.constantFrom(0, 1, 2),
    });
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(header, edits, fc.boolean(), async (parts, changes, breakStream) => {
        const stream = breakStream ? mutate(compressed, changes) : compressed;
        const extra = [pngChunk('PLTE', mutate(new Uint8Array(48), changes))];
        outcomes.add(await survives(buildPng({ ...parts, compressed: stream, extra })));
      }),
      { numRuns: 2 * RUNS },
    );
    expect([...outcomes].sort()).toEqual(['read', 'refused']);
  });

  it('small files that ask for much memory', async () => {
    const zeros = deflateSync(new Uint8Array(4e6), { level: 9 });
    // The header asks for 480 bytes; the stream would become four million.
    expect(await survives(buildPng({ ...png, compressed: zeros }))).toBe('read');
    expect(await survives(tiff(tiffPage(8, zeros)))).toBe('read');
    const tile = { 322: 8000, 323: 8000, 258: 32 };
    expect(await survives(tiff({ ...tiffPage(8, zeros.subarray(0, 3000), tile), tiled: true }))).toBe(
      'refused',
    );
    expect(await survives(buildPng({ ...png, width: 8000, height: 8000, compressed: zeros }))).toBe(
      'refused',
    );
  });
});
