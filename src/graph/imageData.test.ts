import { describe, expect, it } from 'vitest';
import { decodeFloat32, encodeFloat32 } from './imageData.ts';

describe('base64 of image data', () => {
  it('agrees with an independent encoder for every remainder of the length', () => {
    for (const length of [0, 1, 2, 3, 4, 5, 100]) {
      const data = Float32Array.from({ length }, (_, i) => Math.sin(i) * 10 ** (i % 7));
      const text = encodeFloat32(data);
      expect(text).toBe(Buffer.from(data.buffer).toString('base64'));
      expect(decodeFloat32(text, length)).toEqual(data);
    }
  });

  it('keeps special values and reads a view into a larger buffer', () => {
    const whole = new Float32Array([7, Number.NaN, Number.POSITIVE_INFINITY, -0, 3.4e38, 1e-45, 7]);
    const part = whole.subarray(1, 6);
    expect(decodeFloat32(encodeFloat32(part), 5)).toEqual(part);
  });

  it('starts with the lowest byte of the first value', () => {
    // 1.0 is 00 00 80 3f when the lowest byte comes first.
    expect(encodeFloat32(new Float32Array([1]))).toBe('AACAPw==');
  });

  it('refuses text of the wrong length and text that is not base64', () => {
    const text = encodeFloat32(new Float32Array(4));
    expect(() => decodeFloat32(text, 5)).toThrow(/cut short/);
    expect(() => decodeFloat32(text.slice(0, -4), 4)).toThrow(/cut short/);
    expect(() => decodeFloat32(`*${text.slice(1)}`, 4)).toThrow(/not base64/);
    expect(() => decodeFloat32(`é${text.slice(1)}`, 4)).toThrow(/not base64/);
    expect(() => decodeFloat32(`${text.slice(0, -1)}A`, 4)).toThrow(/not base64/);
  });

  it('needs well below a second for 8 MB in each direction', () => {
    const data = Float32Array.from({ length: 2 ** 21 }, (_, i) => i);
    const start = process.cpuUsage();
    const back = decodeFloat32(encodeFloat32(data), data.length);
    const { user, system } = process.cpuUsage(start);
    // 60-90 ms when measured alone.
    expect((user + system) / 1000).toBeLessThan(1000);
    expect(back[2 ** 21 - 1]).toBe(2 ** 21 - 1);
  });
});
