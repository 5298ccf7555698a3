import { describe, expect, it } from 'vitest';
import { arrowStep, fromTravel, roundToShare, type SoftRange, scrubbed, toTravel } from './scale.ts';

const linear: SoftRange = { soft: [0, 10e-6], scale: 'linear', min: -1, max: 1 };
const log: SoftRange = { soft: [1e-9, 1e-3], scale: 'log', min: 1e-12, max: 1 };

describe('slider travel', () => {
  it.each([linear, log])('comes back to the value it started from ($scale)', (range) => {
    for (const travel of [0, 0.1, 0.5, 0.9, 1]) {
      // Doubles: exp and log are each good to a few parts in 1e16.
      expect(toTravel(fromTravel(travel, range), range)).toBeCloseTo(travel, 12);
    }
  });

  it('has the geometric mean in the middle of a log scale', () => {
    expect(fromTravel(0.5, log) / 1e-6).toBeCloseTo(1, 12);
  });

  it('stops at the ends for values outside, and survives zero on a log scale', () => {
    expect(toTravel(1, linear)).toBe(1);
    expect(toTravel(-1, linear)).toBe(0);
    expect(toTravel(0, log)).toBe(0);
  });

  it('is linear where a log range would include zero', () => {
    expect(fromTravel(0.5, { ...log, soft: [0, 2] })).toBe(1);
  });
});

describe('scrubbing', () => {
  it('moves by a share of the range and stops at the legal limits, not at the soft ones', () => {
    expect(scrubbed(10e-6, 0.5, linear)).toBeCloseTo(15e-6, 12);
    expect(scrubbed(0.9, 1e6, linear)).toBe(1);
    expect(scrubbed(1e-6, 1 / 6, log) / 1e-5).toBeCloseTo(1, 9);
  });

  it('rounds to a readable number in the unit shown', () => {
    expect(roundToShare(3.14159265e-6, 0.002, linear, 1e-6) / 1e-6).toBeCloseTo(3.14, 9);
    expect(
      String(roundToShare(531.98765e-9, 0.002, { ...linear, soft: [380e-9, 1000e-9] }, 1e-9) / 1e-9),
    ).toMatch(/^532(\.0+\d?)?$/);
  });
});

describe('arrow keys', () => {
  it('step by a hundredth of a linear range and of the value on a log scale, as 1, 2 or 5', () => {
    expect(arrowStep(0, linear, 1e-6) / 1e-6).toBeCloseTo(0.1, 9);
    expect(arrowStep(3e-6, log, 1e-6) / 1e-6).toBeCloseTo(0.02, 9);
  });
});
