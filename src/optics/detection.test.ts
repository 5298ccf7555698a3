import { describe, expect, it } from 'vitest';
import { expose } from './detection.ts';

const noise = { enabled: true, gain: 2, offset: 100, readNoise: 6 };

function statistics(image: Float32Array) {
  const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
  const variance = image.reduce((sum, value) => sum + (value - mean) ** 2, 0) / image.length;
  return { mean, deviation: Math.sqrt(variance) };
}

describe('expose', () => {
  it.each([5, 400])('scatters %d electrons with the variance gain²·N + readNoise²', (electrons) => {
    const expected = noise.offset + noise.gain * electrons;
    const { mean, deviation } = statistics(
      expose(new Float64Array(256 * 256).fill(expected), noise, 4, true),
    );
    const spread = Math.sqrt(noise.gain ** 2 * electrons + noise.readNoise ** 2);
    // 65536 draws: the deviation scatters by 1/sqrt(2·65536) = 0.3 %, the mean by spread/256.
    expect(Math.abs(deviation / spread - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean - expected)).toBeLessThan((5 * spread) / 256);
  });

  it('adds only read noise where photons are not counted', () => {
    const { mean, deviation } = statistics(
      expose(
        new Float64Array(256 * 256).fill(1.2),
        { ...noise, gain: 1, offset: 0, readNoise: 0.1 },
        5,
        false,
      ),
    );
    expect(Math.abs(deviation / 0.1 - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean - 1.2)).toBeLessThan(0.5 / 256);
  });

  it('leaves read noise alone where there is no light', () => {
    const { mean, deviation } = statistics(expose(new Float64Array(256 * 256).fill(40), noise, 6, true));
    expect(Math.abs(deviation / noise.readNoise - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean - noise.offset)).toBeLessThan(30 / 256);
  });

  it('depends on the seed and on nothing else', () => {
    const mean = Float64Array.from({ length: 400 }, (_, i) => 100 + i);
    const image = expose(mean, noise, 9, true);
    expect(expose(mean, noise, 9, true)).toEqual(image);
    expect(expose(Float32Array.from(mean), noise, 9, true)).toEqual(image);
    expect(expose(mean, noise, 10, true)).not.toEqual(image);
  });

  it('is the mean itself without noise sources', () => {
    const mean = Float64Array.of(0.5, 2, 7.25);
    expect([...expose(mean, { gain: 1, offset: 0, readNoise: 0 }, 1, false)]).toEqual([0.5, 2, 7.25]);
  });
});
