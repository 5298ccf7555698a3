/** Counts of a camera as the numbers that a photon likelihood compares. */
import type { NoiseModel } from '../values.ts';
import { pixelOf } from './expose.ts';
import { countsPerQuantum, excessNoise } from './sensor.ts';

/**
 * For each pixel of a plane, or one for all: a count less `offset`, times `perCount`, are quanta whose noise is that of
 * their own number. Read noise adds like quanta of its variance `lift` to model and data (Huang et al., Nat. Methods
 * 10, 653 (2013)).
 */
export interface QuantumScale {
  readonly offset: Float64Array;
  readonly perCount: Float64Array;
  readonly lift: Float64Array;
  /** Stands for all of it. */
  readonly key: string;
}

/** The scale of the last sensor whose pixels differ. */
let last: QuantumScale | null = null;

export function quantumScale(noise: NoiseModel | null): QuantumScale {
  const one = (value: number) => Float64Array.of(value);
  if (noise === null) return { offset: one(0), perCount: one(1), lift: one(0), key: 'none' };
  const pattern = noise.sensor?.pattern?.() ?? null;
  const quantum = countsPerQuantum(noise);
  const key = `${quantum}:${noise.offset}:${noise.readNoise}:${pattern?.key ?? ''}`;
  if (pattern === null) {
    return {
      offset: one(noise.offset),
      perCount: one(1 / quantum),
      lift: one((noise.readNoise / quantum) ** 2),
      key,
    };
  }
  if (last?.key === key) return last;
  const pixels = Array.from(pattern.gain, (_, i) => pixelOf(noise, pattern, i));
  const perCount = Float64Array.from(pixels, ({ gain }) => 1 / (gain * excessNoise(noise.sensor)));
  last = {
    offset: Float64Array.from(pixels, ({ offset }) => offset),
    perCount,
    lift: perCount.map((each, i) => ((pixels[i]?.readNoise ?? 0) * each) ** 2),
    key,
  };
  return last;
}
