import { describe, expect, it } from 'vitest';
import { likelihoodProblem } from '../comparison.ts';
import { constantScalar } from '../ops/scalar.ts';
import type { NoiseModel, SensorModel } from '../values.ts';
import { countsPerQuantum, photonsPerWatt, pixelPattern } from './sensor.ts';

const sensor: SensorModel = { isNoisy: true, multiplication: 1, fullWell: null, bits: null, pattern: null };
const noise: NoiseModel = { enabled: true, gain: 3, offset: 100, readNoise: 2, isCalibrated: true };

describe('photons', () => {
  it('are 5.034e15 per joule and nanometre', () => {
    // 1 / (h c) from the energy of one electronvolt at 1239.841984 nm.
    const perJoule = 1 / 1.602176634e-19;
    expect(photonsPerWatt(constantScalar(1239.841984e-9), 2).value / (2 * perJoule)).toBeCloseTo(1, 9);
  });
});

describe('counts of a photon likelihood', () => {
  it('are wider by the excess noise where electrons are multiplied', () => {
    expect(countsPerQuantum(noise)).toBe(3);
    expect(countsPerQuantum({ ...noise, sensor })).toBe(3);
    expect(countsPerQuantum({ ...noise, gain: 12, sensor: { ...sensor, multiplication: 4 } })).toBe(21);
  });

  it('are refused where pixels differ or gain is open, and not with a known sensor', () => {
    expect(likelihoodProblem({ ...noise, sensor })).toBeNull();
    expect(likelihoodProblem({ ...noise, isCalibrated: false })?.message).toContain('gain');
    const pattern = () => pixelPattern({ gain: 0.1, offset: 0, readNoise: 0, seed: 1 }, 4);
    expect(likelihoodProblem({ ...noise, sensor: { ...sensor, pattern } })?.message).toContain(
      'pixels differ',
    );
  });
});
