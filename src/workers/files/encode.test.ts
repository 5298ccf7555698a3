import fc from 'fast-check';
import { decode as decodePngElsewhere } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import {
  encodeCsv,
  encodeCsvMatrix,
  encodeNpy,
  encodePng8,
  encodePng16,
  encodeTiffFloat32,
} from './encode.ts';
import { decodeTiff } from './tiff.ts';

const shape3 = fc.tuple(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 5, max: 9 }),
);
const image3 = shape3.chain((shape) =>
  fc
    .float32Array({
      minLength: shape[0] * shape[1] * shape[2],
      maxLength: shape[0] * shape[1] * shape[2],
      noNaN: true,
      noDefaultInfinity: true,
    })
    .map((data) => ({ shape, data })),
);

describe('round trips', () => {
  it('NPY and TIFF give back every 32-bit float', async () => {
    await fc.assert(
      fc.asyncProperty(image3, async ({ shape, data }) => {
        const npy = await decodeImage(encodeNpy(data, shape), 'a.npy');
        expect(npy.shape).toEqual(shape);
        expect(npy.data).toEqual(data);
        const tiff = await decodeImage(encodeTiffFloat32(data, shape, { pitch: 65e-9 }), 'a.tif');
        // A stack of one plane is a page like any other in TIFF.
        expect(tiff.shape).toEqual(shape[0] === 1 ? shape.slice(1) : shape);
        expect(tiff.data).toEqual(data);
      }),
      { numRuns: 60 },
    );
  });

  it('NPY and TIFF tell what their values are, and are read all the same', async () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    // Words that look like parts of a header or lie beyond its letters change nothing.
    const facts = { title: "Spot 'shape': (9, 9) \n µ", 'unit of values': 'W/m²', pitch: 65e-9 };
    const npy = encodeNpy(data, [2, 3], facts);
    const read = await decodeImage(npy, 'a.npy');
    expect([read.shape, [...read.data]]).toEqual([[2, 3], [...data]]);
    const header = new TextDecoder('latin1').decode(
      npy.subarray(10, 10 + new DataView(npy.buffer).getUint16(8, true)),
    );
    expect(header.trimEnd()).not.toContain('\n');
    expect(header.length % 64).toBe(54);
    expect(JSON.parse(/\}\s+# (\{.*\})\s*$/.exec(header)?.[1] ?? '')).toEqual(facts);
    const tiff = encodeTiffFloat32(data, [2, 3], { pitch: 65e-9, facts });
    const back = await decodeImage(tiff, 'a.tif');
    expect([back.shape, [...back.data]]).toEqual([[2, 3], [...data]]);
    expect(back.source.pixelSize).toBeCloseTo(65e-9, 14);
    const text = new TextDecoder().decode(tiff);
    expect(text).toContain("\ntitle=Spot 'shape': (9, 9)   µ\nunit of values=W/m²\n");
  });

  it('64-bit NPY gives back the nearest 32-bit floats', async () => {
    const data = Float64Array.of(0.1, Math.PI, -1e-20, 12345.6789);
    const image = await decodeImage(encodeNpy(data, [2, 2]), 'a.npy');
    expect(image.data).toEqual(Float32Array.from(data));
    expect(image.source.bitDepth).toBe(64);
  });

  it('16-bit PNG gives back values to half a step, and its ends exactly stored', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 4 }),
        async (values) => {
          const { bytes, scale, nonFinitePixels } = encodePng16(Float64Array.from(values), 2, 2);
          const image = await decodeImage(bytes, 'a.png');
          expect(nonFinitePixels).toBe(0);
          image.data.forEach((stored, i) => {
            const error = Math.abs(scale.offset + scale.step * stored - (values[i] ?? 0));
            // Half a step of rounding; the rest is double rounding of numbers up to 1e6.
            expect(error).toBeLessThanOrEqual(0.5 * scale.step + 1e-9);
          });
          if (scale.step > 0) expect([Math.min(...image.data), Math.max(...image.data)]).toEqual([0, 65535]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('16-bit PNG counts pixels without a value and keeps its scale in the comment', async () => {
    const { bytes, scale, nonFinitePixels } = encodePng16(Float32Array.of(Number.NaN, 2, 4, -Infinity), 2, 2);
    expect(nonFinitePixels).toBe(2);
    expect([...(await decodeImage(bytes, 'a.png')).data]).toEqual([0, 0, 65535, 0]);
    expect(decodePngElsewhere(bytes).text['Comment']).toContain(`offset = 2; step = ${scale.step}`);
    const flat = encodePng16(Float32Array.of(7, 7), 2, 1);
    expect(flat.scale).toEqual({ offset: 7, step: 0 });
  });

  it('8-bit PNG takes grey, RGB and RGBA', async () => {
    expect([...(await decodeImage(encodePng8(Uint8Array.of(1, 255), 2, 1), 'a.png')).data]).toEqual([1, 255]);
    const colour = await decodeImage(encodePng8(Uint8Array.of(1, 2, 3, 7, 8, 9), 2, 1), 'a.png');
    expect([...colour.data]).toEqual([2, 8]);
    const alpha = await decodeImage(
      encodePng8(Uint8ClampedArray.of(1, 2, 3, 0, 7, 8, 9, 255), 2, 1),
      'a.png',
    );
    expect([...alpha.data]).toEqual([2, 8]);
    expect(() => encodePng8(new Uint8Array(5), 2, 1)).toThrow(RangeError);
  });
});

describe('encodeNpy', () => {
  it('aligns the data to 64 bytes and writes a tuple of one element with its comma', () => {
    const bytes = encodeNpy(Float32Array.of(1, 2, 3), [3]);
    const header = new TextDecoder().decode(bytes.subarray(10, 128));
    expect(bytes.length).toBe(128 + 12);
    expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(3,\), \} +\n$/);
    expect(() => encodeNpy(Float32Array.of(1), [2])).toThrow(RangeError);
  });
});

/** Value of an inline LONG, or numerator / denominator of a RATIONAL, in the first directory. */
function firstDirectory(bytes: Uint8Array): Map<number, number> {
  const view = new DataView(bytes.buffer);
  const start = view.getUint32(4, true);
  const tags = new Map<number, number>();
  for (let i = 0; i < view.getUint16(start, true); i++) {
    const at = start + 2 + 12 * i;
    const value = view.getUint32(at + 8, true);
    const rational = view.getUint16(at + 2, true) === 5;
    tags.set(
      view.getUint16(at, true),
      rational ? view.getUint32(value, true) / view.getUint32(value + 4, true) : value,
    );
  }
  return tags;
}

describe('encodeTiffFloat32', () => {
  it('writes the ImageJ description, planes one after the other and the pitch', () => {
    const data = Float32Array.from({ length: 12 }, (_, i) => i - 2);
    const bytes = encodeTiffFloat32(data, [3, 2, 2], { pitch: 130e-9, planeSpacing: -0.3e-6 });
    const { source } = decodeTiff(bytes);
    // The resolution is a ratio of 32-bit numbers.
    expect((source.pixelSize ?? 0) / 130e-9).toBeCloseTo(1, 8);
    expect((source.planeSpacing ?? 0) / 0.3e-6).toBeCloseTo(1, 12);
    const tags = firstDirectory(bytes);
    const offset = tags.get(270) ?? 0;
    const text = new TextDecoder().decode(bytes.subarray(offset)).split('\0')[0] ?? '';
    expect(text.split('\n')).toEqual([
      'ImageJ=1.54f',
      'images=3',
      'slices=3',
      'loop=false',
      'unit=um',
      'spacing=0.3',
      'min=-2',
      'max=9',
      '',
    ]);
    const pixels = tags.get(273) ?? 0;
    expect(pixels % 8).toBe(0);
    expect(new Float32Array(bytes.buffer, pixels, 12)).toEqual(data);
  });

  it.each([1e-12, 5e-9, 130e-9, 1e-6, 6.5e-6, 1.23456789e-3, 1])('stores a pitch of %d m', (pitch) => {
    const pixelsPerMicrometre = firstDirectory(encodeTiffFloat32(Float32Array.of(1), [1, 1], { pitch })).get(
      282,
    );
    // A quotient of two 32-bit integers: 2^-31 is 5e-10; the extreme pitches keep fewer digits of one part.
    const tolerance = pitch < 1e-11 || pitch > 0.1 ? 1e-3 : 1e-6;
    expect(Math.abs((pixelsPerMicrometre ?? 0) * pitch * 1e6 - 1)).toBeLessThan(tolerance);
  });

  it('refuses shapes that do not fit and lengths that are none', () => {
    const one = Float32Array.of(1);
    expect(() => encodeTiffFloat32(one, [1])).toThrow(RangeError);
    expect(() => encodeTiffFloat32(one, [1, 1, 1, 1])).toThrow(RangeError);
    expect(() => encodeTiffFloat32(one, [2, 1])).toThrow(RangeError);
    expect(() => encodeTiffFloat32(one, [1, 1], { pitch: 0 })).toThrow(RangeError);
  });
});

describe('CSV', () => {
  it('escapes text that a spreadsheet would run and keeps numbers as numbers', () => {
    const text = encodeCsv([
      { name: 'name', values: ['=1+1', '+1', '-1', '@SUM(A1)', 'a "b", c', 'plain'] },
      { name: '-value', values: [-1, 1.5, 1e-9, Number.NaN, null, 0] },
      { name: 'short', values: Float32Array.of(0.1) },
    ]);
    expect(text.split('\r\n')).toEqual([
      "name,'-value,short",
      "'=1+1,-1,0.1",
      "'+1,1.5,",
      "'-1,1e-9,",
      "'@SUM(A1),NaN,",
      '"a ""b"", c",,',
      'plain,0,',
      '',
    ]);
  });

  it('writes 32-bit floats so short that they still read back as the same number', () => {
    fc.assert(
      fc.property(
        fc.float32Array({ minLength: 4, maxLength: 4, noNaN: true, noDefaultInfinity: true }),
        (data) => {
          const rows = encodeCsvMatrix(data, [2, 2]).trimEnd().split('\r\n');
          const back = Float32Array.from(rows.flatMap((row) => row.split(',').map(Number)));
          // -0 is written as 0.
          expect(back).toEqual(data.map((value) => value + 0));
        },
      ),
    );
    expect(encodeCsvMatrix(Float32Array.of(0.1, 1 / 3), [1, 2])).toBe('0.1,0.33333334\r\n');
  });
});
