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

  it('are refused where gain is open, and not with a known sensor, whose pixels may differ', () => {
    expect(likelihoodProblem({ ...noise, sensor })).toBeNull();
    expect(likelihoodProblem({ ...noise, isCalibrated: false })?.message).toContain('gain');
    const settings = { gain: 0.1, offset: 2, readNoise: 0.4, seed: 1 };
    const pattern = () => pixelPattern(settings, { rows: 5, columns: 4, every: 1 });
    expect(likelihoodProblem({ ...noise, sensor: { ...sensor, pattern } })).toBeNull();
  });

  it('of some pixels of a sensor are those that they have among all', () => {
    const settings = { gain: 0.1, offset: 2, readNoise: 0.4, seed: 1 };
    const all = pixelPattern(settings, { rows: 5, columns: 7, every: 1 });
    const some = pixelPattern(settings, { rows: 5, columns: 7, every: 2 });
    // Of 5 the 2nd in the middle and 0 and 4; of 7 the 3rd and 1 and 5.
    const places = [1, 3, 5, 15, 17, 19, 29, 31, 33];
    expect([...some.offset]).toEqual(places.map((i) => all.offset[i]));
    expect(some.key).not.toBe(all.key);
  });
});
