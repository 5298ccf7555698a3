import { describe, expect, it } from 'vitest';
import { SeededRandom } from './random.ts';

const DRAWS = 100_000;

function moments(draw: () => number) {
  const values = Float64Array.from({ length: DRAWS }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS;
  const central = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / DRAWS;
  const variance = central(2);
  return { mean, variance, skewness: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
}

/** xoshiro128** and splitmix32 in big integers, from the published definition. */
function* reference(seed: number): Generator<bigint> {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  let z = BigInt(seed);
  let s = Array.from({ length: 4 }, () => {
    z = (z + 0x9e3779b9n) & mask;
    let t = z ^ (z >> 16n);
    t = (t * 0x21f0aaadn) & mask;
    t ^= t >> 15n;
    t = (t * 0x735a2d97n) & mask;
    return t ^ (t >> 15n);
  });
  for (;;) {
    const [s0 = 0n, s1 = 0n, s2 = 0n, s3 = 0n] = s;
    yield (rotate((s1 * 5n) & mask, 7n) * 9n) & mask;
    const [t2, t3] = [s2 ^ s0, s3 ^ s1];
    s = [s0 ^ t3, s1 ^ t2, t2 ^ ((s1 << 9n) & mask), rotate(t3, 11n)];
  }
}

describe('SeededRandom', () => {
  it.each([0, 1, 7, 4294967295])('is xoshiro128** seeded through splitmix32, seed %d', (seed) => {
    const random = new SeededRandom(seed);
    const words = reference(seed);
    for (let i = 0; i < 20; i++) {
      const [high, low] = [words.next().value ?? 0n, words.next().value ?? 0n];
      expect(random.uniform()).toBe(Number(((high >> 5n) << 26n) + (low >> 6n)) / 2 ** 53);
    }
  });

  it('draws evenly from [0, 1)', () => {
    const random = new SeededRandom(2);
    const { mean, variance, kurtosis } = moments(() => random.uniform());
    // Five standard errors of 1e5 draws.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / DRAWS));
    expect(Math.abs(variance * 12 - 1)).toBeLessThan(0.02);
    expect(Math.abs(kurtosis - 1.8)).toBeLessThan(0.02);
  });

  it('draws normal numbers', () => {
    const random = new SeededRandom(3);
    const { mean, variance, skewness, kurtosis } = moments(() => random.normal());
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(DRAWS));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / DRAWS));
    expect(Math.abs(skewness)).toBeLessThan(5 * Math.sqrt(6 / DRAWS));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(5 * Math.sqrt(24 / DRAWS));
  });

  // Both algorithms, and both sides of the change between them at 30.
  it.each([0.3, 4, 29.9, 30.1, 75, 2000])('draws Poisson numbers of mean %d', (mean) => {
    const random = new SeededRandom(4);
    const found = moments(() => random.poisson(mean));
    // The variance of n draws scatters by sqrt((2 + 1/mean)/n), the skewness by sqrt(6/n) and more for small means.
    expect(Math.abs(found.mean - mean)).toBeLessThan(5 * Math.sqrt(mean / DRAWS));
    expect(Math.abs(found.variance / mean - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / mean) / DRAWS));
    expect(Math.abs(found.skewness - 1 / Math.sqrt(mean))).toBeLessThan(0.04 + 0.05 / mean);
  });

  it.each([3, 45])('draws each count as often as it should, mean %d', (mean) => {
    const random = new SeededRandom(11);
    const counts = new Map<number, number>();
    for (let i = 0; i < DRAWS; i++) {
      const k = random.poisson(mean);
      counts.set(k, (counts.get(k) ?? 0) + 1);
    }
    let probability = Math.exp(-mean);
    let [square, bins] = [0, 0];
    for (let k = 0; k < 120; k++) {
      const expected = probability * DRAWS;
      if (expected > 20) {
        square += ((counts.get(k) ?? 0) - expected) ** 2 / expected;
        bins++;
      }
      probability *= mean / (k + 1);
    }
    // Chi-square of so many bins: mean bins, deviation sqrt(2 bins).
    expect(square).toBeLessThan(bins + 5 * Math.sqrt(2 * bins));
  });

  it('draws nothing from a mean that is not positive', () => {
    const random = new SeededRandom(1);
    expect([random.poisson(0), random.poisson(-3), random.poisson(Number.NaN)]).toEqual([0, 0, 0]);
  });
});
