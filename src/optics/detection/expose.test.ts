import { describe, expect, it } from 'vitest';
import type { SensorModel } from '../values.ts';
import { expose } from './expose.ts';
import { saturationLevel } from './sensor.ts';

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

describe('expose with a detailed sensor', () => {
  const pixels = 256 * 256;
  const sensor: SensorModel = { isNoisy: true, multiplication: 1, fullWell: null, bits: null, pattern: null };
  const linear = { gain: 1, offset: 0, readNoise: 0 };

  it('has the standard deviation √(Φt + dark·t + RN²) of a detector', () => {
    const [flux, dark, read, seconds] = [40, 12, 5, 3];
    const mean = new Float64Array(pixels).fill((flux + dark) * seconds);
    const { mean: seen, deviation } = statistics(
      expose(mean, { ...linear, readNoise: read, sensor }, 8, true),
    );
    const spread = Math.sqrt(flux * seconds + dark * seconds + read * read);
    // 65536 pixels: 0.3 % of statistical error, 2 % asked for.
    expect(Math.abs(deviation / spread - 1)).toBeLessThan(0.02);
    expect(Math.abs(seen / 156 - 1)).toBeLessThan((5 * spread) / 256 / 156);
  });

  it('keeps the counts of Poisson light, whose mean is its variance', () => {
    const { mean, deviation } = statistics(
      expose(new Float64Array(pixels).fill(37), { ...linear, sensor }, 2, true),
    );
    expect(Math.abs(mean / 37 - 1)).toBeLessThan((5 * Math.sqrt(37)) / 256 / 37);
    expect(Math.abs(deviation ** 2 / mean - 1)).toBeLessThan(0.03);
  });

  it.each([1.5, 20, 300])('multiplies electrons by %d with the excess noise 2 - 1/M', (multiplication) => {
    const noise = { ...linear, gain: 0.5 * multiplication, sensor: { ...sensor, multiplication } };
    const electrons = 6;
    const { mean, deviation } = statistics(
      expose(new Float64Array(pixels).fill(noise.gain * electrons), noise, 12, true),
    );
    const spread = noise.gain * Math.sqrt(electrons * (2 - 1 / multiplication));
    expect(Math.abs(mean / (noise.gain * electrons) - 1)).toBeLessThan(
      (5 * spread) / 256 / (noise.gain * electrons),
    );
    // The fourth moment of multiplied light makes the deviation scatter by 0.4 %.
    expect(Math.abs(deviation / spread - 1)).toBeLessThan(0.02);
  });

  it('stops at 255 with 8 bits, and shows its bias as the code of no light', () => {
    const noise = { ...linear, offset: 12, sensor: { ...sensor, isNoisy: false, bits: 8 } };
    const image = expose([12, 12.4, 200.6, 255.2, 4000, -3], noise, 1, true);
    expect([...image]).toEqual([12, 12, 201, 255, 255, 0]);
  });

  it('fills its wells before it multiplies', () => {
    const noise = {
      ...linear,
      gain: 10,
      offset: 5,
      sensor: { ...sensor, isNoisy: false, multiplication: 5, fullWell: 30 },
    };
    expect([...expose([5 + 10 * 29, 5 + 10 * 31], noise, 1, true)]).toEqual([295, 305]);
    expect(saturationLevel(noise)).toBe(305);
  });

  it('gives each pixel its own read noise', () => {
    const pattern = {
      key: 'test',
      gain: Float64Array.of(1, 1),
      offset: Float64Array.of(0, 20),
      readNoise: Float64Array.of(1, 4),
    };
    const noise = { ...linear, readNoise: 2, sensor: { ...sensor, pattern: () => pattern } };
    const image = expose(
      Float64Array.from({ length: 20000 }, (_, i) => 20 * (i % 2)),
      noise,
      3,
      true,
    );
    const [a, b] = [0, 1].map((k) => statistics(image.filter((_, i) => i % 2 === k)));
    // 10000 draws: 0.7 % of statistical error.
    expect(Math.abs((a?.deviation ?? 0) / 2 - 1)).toBeLessThan(0.035);
    expect(Math.abs((b?.deviation ?? 0) / 8 - 1)).toBeLessThan(0.035);
    expect(Math.abs((b?.mean ?? 0) - 20)).toBeLessThan(0.4);
  });
});
