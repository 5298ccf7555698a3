import { describe, expect, it } from 'vitest';
import { wrapRadians, wrapRadiansToFloat32, wrapTurns } from './phase.ts';

describe('wrapRadians', () => {
  // 60-digit reductions of the float64 arguments.
  it.each([
    [1000, 0.9735361584457501],
    [123456.789, -1.5191007716903777],
    [-98765.4321, -0.04225644408561745],
    [3141592.5, -0.15358979323846264],
    [1e12, -0.6576247591367864],
    [6.283185307179586, -2.4492935982947064e-16],
    [-31.41592653589793, 1.2246467991473533e-15],
  ])('reduces %d', (phase, expected) => {
    // Correct to the last bits of the result, not of the argument.
    expect(Math.abs(wrapRadians(phase) - expected)).toBeLessThan(3e-16 * Math.max(1e-3, Math.abs(expected)));
  });

  it('leaves small phases alone and never leaves [-pi, pi]', () => {
    expect(wrapRadians(3)).toBe(3);
    expect(wrapRadians(-Math.PI)).toBe(-Math.PI);
    for (let k = -50; k <= 50; k++) {
      for (const nudge of [0, 1e-15, -1e-15, 1e-9]) {
        const phase = (2 * k + 1) * Math.PI * (1 + nudge);
        expect(Math.abs(wrapRadians(phase))).toBeLessThanOrEqual(Math.PI);
        expect(Math.cos(wrapRadians(phase))).toBeCloseTo(Math.cos(phase), 14);
        expect(Math.sin(wrapRadians(phase))).toBeCloseTo(Math.sin(phase), 14);
      }
    }
  });
});

describe('wrapTurns', () => {
  it('keeps the fraction nearest to zero, exactly', () => {
    expect(wrapTurns(3.25)).toBe(0.25);
    expect(wrapTurns(-2.75)).toBe(0.25);
    expect(wrapTurns(1e9 + 0.875)).toBe(-0.125);
    expect(Math.abs(wrapTurns(0.5))).toBe(0.5);
  });
});

describe('wrapRadiansToFloat32', () => {
  it('stays inside [-pi, pi] in float32 too', () => {
    const wrapped = wrapRadiansToFloat32(Float64Array.of(Math.PI, -Math.PI, 1000, 0.5));
    expect(wrapped[0]).toBeLessThan(Math.PI);
    expect(wrapped[1]).toBeGreaterThan(-Math.PI);
    // Float32 spacing at pi is 2.4e-7, at 1 half of 1.2e-7.
    expect(wrapped[0]).toBeCloseTo(Math.PI, 6);
    expect(Math.abs((wrapped[2] ?? 0) - 0.97353615844575)).toBeLessThan(6e-8);
    expect(wrapped[3]).toBe(0.5);
  });
});
