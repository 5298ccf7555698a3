import { describe, expect, it } from 'vitest';
import {
  chirpTable,
  filterSpectrum,
  hostTransform,
  stageOffsets,
  stageTable,
  tabledLanes,
  twiddleTable,
} from './tables.ts';

describe('twiddleTable', () => {
  it.each([1, 3, 8, 100, 4096])('of length %i lies on the unit circle with exact quarter turns', (length) => {
    const table = twiddleTable(length);
    for (let j = 0; j < length; j++) {
      const angle = (-2 * Math.PI * j) / length;
      // Rounding of the unreduced angle, at most 2π.
      expect(Math.abs((table[2 * j] ?? 9) - Math.cos(angle))).toBeLessThan(1e-15);
      expect(Math.abs((table[2 * j + 1] ?? 9) - Math.sin(angle))).toBeLessThan(1e-15);
    }
    if (length % 4 === 0) expect(table[length / 2] === 0 && table[length / 2 + 1] === -1).toBe(true);
  });
});

describe('hostTransform', () => {
  it('is the direct Fourier sum', () => {
    const n = 16;
    const input = Float64Array.from({ length: 2 * n }, (_, index) => Math.sin(index * index + 0.5));
    const output = input.slice();
    hostTransform(output);
    for (let k = 0; k < n; k++) {
      let [re, im] = [0, 0];
      for (let m = 0; m < n; m++) {
        const angle = (-2 * Math.PI * m * k) / n;
        const [x, y] = [input[2 * m] ?? 0, input[2 * m + 1] ?? 0];
        re += x * Math.cos(angle) - y * Math.sin(angle);
        im += x * Math.sin(angle) + y * Math.cos(angle);
      }
      // Sixteen terms of order 1 in float64.
      expect(output[2 * k]).toBeCloseTo(re, 12);
      expect(output[2 * k + 1]).toBeCloseTo(im, 12);
    }
  });
});

describe('chirpTable', () => {
  it('stays exact where n² no longer fits a float32', () => {
    const length = 4099;
    const table = chirpTable(length);
    // n² mod 2N by big integers.
    for (const n of [0, 1, 2897, 4098]) {
      const j = Number((BigInt(n) * BigInt(n)) % BigInt(2 * length));
      const angle = (-Math.PI * j) / length;
      // Rounding of an angle up to 2π.
      expect(Math.abs((table[2 * n] ?? 9) - Math.cos(angle))).toBeLessThan(2e-15);
      expect(Math.abs((table[2 * n + 1] ?? 9) - Math.sin(angle))).toBeLessThan(2e-15);
    }
  });
});

describe('filterSpectrum', () => {
  it('makes the chirps convolve to a Fourier transform', () => {
    const [n, padded] = [11, 32];
    const chirp = chirpTable(n);
    const response = filterSpectrum(chirp, padded);
    const input = Float64Array.from({ length: 2 * n }, (_, index) => Math.sin(index * index + 0.5));
    const times = (a: Float64Array, i: number, b: Float64Array, j: number): [number, number] => {
      const [ar = 0, ai = 0] = a.subarray(2 * i, 2 * i + 2);
      const [br = 0, bi = 0] = b.subarray(2 * j, 2 * j + 2);
      return [ar * br - ai * bi, ar * bi + ai * br];
    };
    const work = new Float64Array(2 * padded);
    for (let i = 0; i < n; i++) work.set(times(input, i, chirp, i), 2 * i);
    hostTransform(work);
    for (let i = 0; i < padded; i++) {
      const [re, im] = times(work, i, response, i);
      work.set([re, -im], 2 * i);
    }
    hostTransform(work);
    for (let i = 1; i < 2 * padded; i += 2) work[i] = -(work[i] ?? 0);
    for (let k = 0; k < n; k++) {
      const [re, im] = times(work, k, chirp, k);
      let [x, y] = [0, 0];
      for (let m = 0; m < n; m++) {
        const angle = (-2 * Math.PI * m * k) / n;
        const [a, b] = [input[2 * m] ?? 0, input[2 * m + 1] ?? 0];
        x += a * Math.cos(angle) - b * Math.sin(angle);
        y += a * Math.sin(angle) + b * Math.cos(angle);
      }
      // A few dozen terms of order 1 in float64.
      expect(re).toBeCloseTo(x, 12);
      expect(im).toBeCloseTo(y, 12);
    }
  });
});

describe('stageTable', () => {
  it.each([[[4, 3]], [[8, 8, 2]], [[16]], [[5, 3, 3, 7]]])(
    'of %j has the turns that stages read',
    (radices) => {
      const table = stageTable(radices);
      const offsets = stageOffsets(radices);
      let done = radices[0] ?? 1;
      let entries = 0;
      for (let stage = 1; stage < radices.length; stage++) {
        const radix = radices[stage] ?? 1;
        tabledLanes(radix).forEach((lane, row) => {
          for (let k = 0; k < done; k++) {
            const angle = (-2 * Math.PI * lane * k) / (done * radix);
            const at = 2 * ((offsets[stage] ?? 0) + row * done + k);
            // Rounding of the angle, at most 2π.
            expect(Math.abs((table[at] ?? 9) - Math.cos(angle))).toBeLessThan(2e-15);
            expect(Math.abs((table[at + 1] ?? 9) - Math.sin(angle))).toBeLessThan(2e-15);
            entries++;
          }
        });
        done *= radix;
      }
      expect(table.length).toBe(2 * entries);
    },
  );

  it('holds the lanes from which all others follow', () => {
    expect(tabledLanes(2)).toEqual([1]);
    expect(tabledLanes(7)).toEqual([1, 2, 4]);
    expect(tabledLanes(16)).toEqual([1, 2, 4, 8]);
  });
});
