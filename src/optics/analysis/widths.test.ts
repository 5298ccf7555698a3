import { describe, expect, it } from 'vitest';
import { besselJ1 } from '../maths/bessel.ts';
import { planeOf } from './testPlanes.ts';
import { edgeShare, lineThrough, moments, peakPlace, widthAt, withoutBackground } from './widths.ts';

/** Airy pattern, position in units of λN. */
const airy = (u: number): number => (u === 0 ? 1 : (2 * besselJ1(Math.PI * u)) / (Math.PI * u)) ** 2;

describe('widths of a spot', () => {
  it('finds the half-maximum width 1.0289940 λN of an Airy disc', () => {
    const line = Float64Array.from({ length: 161 }, (_, i) => airy((i - 80) / 40));
    // Linear interpolation on 40 samples per λN: a quarter of the curvature of one step, (1/40)²/8 · I''/I' < 2e-4.
    expect(Math.abs((widthAt(line, 0.5) ?? 0) / 40 - 1.028994)).toBeLessThan(3e-4);
  });

  it('does not invent a width where the spot leaves the window', () => {
    expect(widthAt([1, 2, 3, 4], 0.5)).toBeNull();
    expect(widthAt([0, 0, 0], 0.5)).toBeNull();
  });

  it('gives D4σ = 2w and FWHM = w √(2 ln 2) of a shifted elliptic Gaussian beam', () => {
    const [wx, wy] = [40e-6, 70e-6];
    const plane = planeOf(129, 4e-6, (x, y) =>
      Math.exp((-2 * (x - 12e-6) ** 2) / wx ** 2 - (2 * (y + 8e-6) ** 2) / wy ** 2),
    );
    const spot = moments(plane);
    // Sampled sums of a Gaussian that fits the window are exact to rounding and e^-2(250/70)² of the tail.
    expect(spot.x / 12e-6).toBeCloseTo(1, 8);
    expect(spot.y / -8e-6).toBeCloseTo(1, 8);
    expect((4 * spot.sigmaX) / (2 * wx)).toBeCloseTo(1, 8);
    expect((4 * spot.sigmaY) / (2 * wy)).toBeCloseTo(1, 6);
    const peak = peakPlace(plane);
    const fwhm = (widthAt(lineThrough(plane, 'x', peak), 0.5) ?? 0) * plane.pitch;
    // Linear interpolation with 10 samples per beam radius, peak from a parabola: 0.3 %.
    expect(Math.abs(fwhm / (wx * Math.sqrt(2 * Math.LN2)) - 1)).toBeLessThan(3e-3);
    const bright = { ...plane, data: plane.data.map((value) => value + 7) };
    expect(moments(withoutBackground(bright)).sigmaX / spot.sigmaX).toBeCloseTo(1, 6);
  });

  it('sees light near the edge', () => {
    expect(edgeShare(planeOf(40, 1, () => 1))).toBeCloseTo(1 - 36 ** 2 / 40 ** 2, 12);
    expect(edgeShare(planeOf(40, 1, (x, y) => (Math.hypot(x, y) < 15 ? 1 : 0)))).toBe(0);
  });
});
