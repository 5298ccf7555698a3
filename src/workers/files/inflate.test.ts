import { constants, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, packLzw } from './fixtures.ts';
import { Refusal } from './image.ts';
import { inflateZlib, unpackLzw, unpackPackBits } from './inflate.ts';

/** Bytes with runs and repeats, so that every kind of code occurs. */
const compressible = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 40 })), {
    maxLength: 20,
  })
  .map((parts) => concat(...parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))));

describe('inflateZlib', () => {
  it('gives back what zlib packed, at every level and strategy', () => {
    const level = fc.constantFrom(0, 1, 6, 9);
    const strategy = fc.constantFrom(
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FIXED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
    );
    fc.assert(
      fc.property(compressible, level, strategy, (bytes, chosenLevel, chosenStrategy) => {
        const packed = deflateSync(bytes, { level: chosenLevel, strategy: chosenStrategy });
        expect(Buffer.compare(inflateZlib(packed, bytes.length + 10), bytes)).toBe(0);
        const half = bytes.length >> 1;
        expect(Buffer.compare(inflateZlib(packed, half), bytes.subarray(0, half))).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('handles codes of 15 bits and stored blocks longer than 65535 bytes', () => {
    // Fibonacci frequencies give the deepest Huffman tree that deflate allows.
    const parts: Uint8Array[] = [];
    for (let symbol = 0, a = 1, b = 1; symbol < 22; symbol++, [a, b] = [b, a + b]) {
      parts.push(new Uint8Array(a).fill(symbol));
    }
    const skewed = concat(...parts);
    for (const options of [{ level: 9, strategy: constants.Z_HUFFMAN_ONLY }, { level: 0 }]) {
      const bytes = concat(skewed, skewed, skewed);
      expect(bytes.length).toBeGreaterThan(65535);
      expect(Buffer.compare(inflateZlib(deflateSync(bytes, options), bytes.length), bytes)).toBe(0);
    }
  });

  it('stops at the limit on a stream that would become a thousand times longer', () => {
    const bomb = deflateSync(new Uint8Array(2e7), { level: 9 });
    expect(bomb.length).toBeLessThan(20_000);
    expect(inflateZlib(bomb, 1000).length).toBe(1000);
  });

  it('refuses a stream that is cut short', () => {
    const packed = deflateSync(Uint8Array.from({ length: 500 }, (_, i) => (i * i) & 255));
    for (let length = 0; length < packed.length - 8; length++) {
      expect(() => inflateZlib(packed.subarray(0, length), 500)).toThrow(Refusal);
    }
  });
});

describe('unpackLzw', () => {
  it('gives back what was packed, also beyond a full code table', () => {
    fc.assert(
      fc.property(compressible, (bytes) => {
        expect(Buffer.compare(unpackLzw(packLzw(bytes), bytes.length), bytes)).toBe(0);
      }),
      { numRuns: 100 },
    );
    let state = 1;
    const noise = Uint8Array.from({ length: 30_000 }, () => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return state >> 16;
    });
    expect(Buffer.compare(unpackLzw(packLzw(noise), noise.length), noise)).toBe(0);
  });

  it('ends on any bytes, within the limit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          expect(unpackLzw(bytes, 5000).length).toBeLessThanOrEqual(5000);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('unpackPackBits', () => {
  it('unpacks the example of the TIFF 6.0 specification', () => {
    const packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
    const plain = [
      0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22, 0xaa, 0xaa, 0xaa,
      0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
    ];
    expect([...unpackPackBits(Uint8Array.from(packed), 100)]).toEqual(plain);
  });

  it('skips the byte -128, which means nothing, and stops at the limit', () => {
    expect([...unpackPackBits(Uint8Array.of(0x80, 0xff, 7, 0x80, 0, 9), 100)]).toEqual([7, 7, 9]);
    expect([...unpackPackBits(Uint8Array.of(0x81, 7), 5)]).toEqual([7, 7, 7, 7, 7]);
  });
});
