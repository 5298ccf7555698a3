import { describe, expect, it } from 'vitest';
import { besselJ } from '../../optics/maths/bessel.ts';
import { doubleHelix } from './psfEngineering.ts';

/**
 * Amplitude of the double helix as a sum over its rings: ring l of L turns the phase m = 2l - 1 times, so its light is
 * i^m exp(imφ) ∫ J_m(k NA ρ r) exp[ikz √(1 - NA²ρ²)] ρ dρ from √((l-1)/L) to √(l/L).
 */
function ringSum(r: number, z: number): readonly (readonly [number, number])[] {
  const [wavelength, aperture, rings, steps] = [600e-9, 0.5, 5, 24];
  const k = (2 * Math.PI) / wavelength;
  return Array.from({ length: rings }, (_, l) => {
    const order = 2 * l + 1;
    let [re, im] = [0, 0];
    // Steps of equal area, each by its middle.
    for (let i = 0; i < steps; i++) {
      const square = (l + (i + 0.5) / steps) / rings;
      const cos = Math.sqrt(1 - aperture ** 2 * square);
      const weight = besselJ(order, k * aperture * Math.sqrt(square) * r);
      re += weight * Math.cos(k * z * (cos - 1));
      im += weight * Math.sin(k * z * (cos - 1));
    }
    // i^m for m = 1, 3, 5, …: i, -i, i, …
    const sign = l % 2 === 0 ? 1 : -1;
    return [-sign * im, sign * re];
  });
}

/** Direction of the longest extent of the picture z behind focus, weighted by its brightest parts, as the proof has it. */
function longAxis(z: number): number {
  const pixel = 0.15e-6;
  const rows = new Map<number, ReturnType<typeof ringSum>>();
  let [xx, yy, xy] = [0, 0, 0];
  for (let y = -24; y < 24; y++) {
    for (let x = -24; x < 24; x++) {
      const key = x * x + y * y;
      const parts = rows.get(key) ?? ringSum(pixel * Math.sqrt(key), z);
      rows.set(key, parts);
      const angle = Math.atan2(y, x);
      let [re, im] = [0, 0];
      parts.forEach(([a, b], l) => {
        const [c, s] = [Math.cos((2 * l + 1) * angle), Math.sin((2 * l + 1) * angle)];
        re += a * c - b * s;
        im += a * s + b * c;
      });
      const weight = (re * re + im * im) ** 2;
      xx += weight * x * x;
      yy += weight * y * y;
      xy += weight * x * y;
    }
  }
  return 0.5 * Math.atan2(2 * xy, xx - yy);
}

describe('the double helix', () => {
  it('turns as the sum over its rings does', () => {
    const turn = longAxis(1e-6) - longAxis(-1e-6);
    const perMicrometre = (turn - Math.PI * Math.round(turn / Math.PI)) / 2;
    // Four digits are written; 24 steps of area per ring are good to 1e-5.
    expect(Math.abs(perMicrometre - (doubleHelix.proof?.expected ?? 0))).toBeLessThan(5e-5);
  });
});
