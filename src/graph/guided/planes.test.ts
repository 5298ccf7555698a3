import { describe, expect, it } from 'vitest';
import { besselJ0 } from '../../optics/maths/bessel.ts';
import { givenPixels } from './pixels.ts';
import { likelyAxis } from './planeAxis.ts';
import { checkDepth, expectedDepth, measuredDepth } from './pointDepth.ts';

const PLANES = 15;
const SIDE = 25;
const optics = {
  numericalAperture: 0.5,
  wavelength: 500e-9,
  refractiveIndex: 1,
  pitch: 150e-9,
  blur: 0,
  step: 0.5e-6,
};

/** |∫ J0(k NA r ρ) exp(-i k NA² z ρ²/2) ρ dρ|²: the paraxial point, on 100 above nothing. */
function point(x: number, y: number, z: number): number {
  const k = (2 * Math.PI) / optics.wavelength;
  const r = k * optics.numericalAperture * Math.hypot(x, y) * optics.pitch;
  const u = (k * optics.numericalAperture ** 2 * z) / 2;
  let [re, im] = [0, 0];
  for (let i = 0; i < 30; i++) {
    const rho = (i + 0.5) / 30;
    const weight = (besselJ0(r * rho) * rho * 2) / 30;
    re += weight * Math.cos(u * rho * rho);
    im -= weight * Math.sin(u * rho * rho);
  }
  return 100 + 5000 * (re * re + im * im);
}

const stack = (() => {
  const middle = SIDE >> 1;
  const data = new Float32Array(PLANES * SIDE * SIDE);
  const byRadius = new Map<string, number>();
  for (let i = 0; i < data.length; i++) {
    const z = (Math.floor(i / SIDE ** 2) - 6) * optics.step;
    const [y, x] = [(Math.floor(i / SIDE) % SIDE) - middle, (i % SIDE) - middle];
    const key = `${z},${x * x + y * y}`;
    const value = byRadius.get(key) ?? point(x, y, z);
    byRadius.set(key, value);
    data[i] = value;
  }
  return givenPixels([PLANES, SIDE, SIDE], data, null);
})();

describe('the length of a point through focus', () => {
  it('is 1.77 nλ/NA² for small apertures and fine pixels', () => {
    const fine = { ...optics, numericalAperture: 0.1, pitch: 1e-9 };
    // sinc² is at half its height at ±0.44295: 2 · 0.44295 · 2 = 1.7718. Rays at the middles of 40 rings: 1e-3.
    const expected = (1.7718 * fine.wavelength) / fine.numericalAperture ** 2 / fine.step;
    expect(expectedDepth(fine) / expected).toBeCloseTo(1, 2);
  });

  it('is found in a stack', () => {
    const measured = measuredDepth(stack, { x: 12, y: 12 }, 11) ?? Number.NaN;
    // Straight lines between planes, and the paraxial point at an aperture of 0.5: 8 %.
    expect(Math.abs(measured / expectedDepth(optics) - 1)).toBeLessThan(0.08);
    expect(checkDepth(measured, optics)).toMatchObject({
      verdict: 'good',
      sentence: expect.stringMatching(/: good\.$/),
    });
    // 1.43 times the length is within what aberrations do, and is not called good.
    const long = checkDepth(1.43 * expectedDepth(optics), optics);
    expect(long?.verdict).toBe('good');
    expect(long?.sentence).toMatch(/plausible, as it is between 0\.75 and 1\.6 times that/);
  });

  it.each([
    [2, 'too large'],
    [0.5, 'too small'],
    [-2, 'too large'],
  ])('tells a step that is %s times the true one', (factor, words) => {
    const measured = measuredDepth(stack, { x: 12, y: 12 }, 11) ?? Number.NaN;
    const check = checkDepth(measured, { ...optics, step: factor * optics.step });
    expect(check?.verdict).not.toBe('good');
    expect(check?.sentence).toContain(words);
  });

  it('is not told from planes that end before the light has faded', () => {
    const few = givenPixels([3, SIDE, SIDE], stack.data.slice(5 * SIDE ** 2, 8 * SIDE ** 2), null);
    expect(measuredDepth(few, { x: 12, y: 12 }, 11)).toBeNull();
    expect(checkDepth(1.2, optics)).toBeNull();
  });
});

describe('planes of a file', () => {
  /** Brightness by page; every page has the same dark rest. */
  const pages = (heights: readonly number[]) =>
    givenPixels(
      [heights.length, 8, 8],
      Float32Array.from({ length: heights.length * 64 }, (_, i) =>
        [27, 28, 35, 36].includes(i % 64) ? 100 + (heights[i >> 6] ?? 0) : 100,
      ),
      null,
    );

  it('are depths where light passes its focus', () => {
    expect(likelyAxis(stack)).toBe('depth');
    expect(likelyAxis(pages([90, 310, 700, 1000, 820, 400, 130]))).toBe('depth');
    // A ring's second brightness on the way out, and noise.
    expect(likelyAxis(pages([60, 80, 75, 900, 1000, 300, 420, 150, 160]))).toBe('depth');
    // Beads in two depths, each a Lorentzian six pages wide.
    const hill = (page: number, middle: number) => 1000 / (1 + ((page - middle) / 3) ** 2);
    expect(likelyAxis(pages(Array.from({ length: 25 }, (_, i) => hill(i, 7) + hill(i, 16))))).toBe('depth');
  });

  it('are depths where light that is spread over many pixels is brighter on both sides of a sharp focus', () => {
    // A disc whose light stays the same: 9 pixels in focus, then ever more of ever less, on an even dark.
    const side = 48;
    const radii = [14, 11, 6, 1.5, 6, 10, 13];
    const disc = Float32Array.from({ length: radii.length * side * side }, (_, i) => {
      const radius = radii[Math.floor(i / side ** 2)] ?? 0;
      const [y, x] = [(Math.floor(i / side) % side) - side / 2, (i % side) - side / 2];
      return Math.hypot(x, y) < radius ? 100 + 30_000 / radius ** 2 : 100;
    });
    // Beside a field so wide that the sharp light is less than a thousandth of it.
    const wide = new Float32Array(radii.length * 128 * 128).fill(100);
    for (let i = 0; i < disc.length; i++) {
      const [plane, y, x] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
      wide[(plane * 128 + y + 40) * 128 + x + 40] = disc[i] as number;
    }
    expect(likelyAxis(givenPixels([radii.length, 128, 128], wide, null))).toBe('depth');
    // The same lights in turn on one spot, which stays where it is, are no focus.
    const flashes = wide.map((_, i) =>
      i % 128 === 60 && Math.floor(i / 128) % 128 === 60
        ? (wide[(Math.floor(i / 128 ** 2) * 128 + 64) * 128 + 64] as number)
        : 100,
    );
    expect(likelyAxis(givenPixels([radii.length, 128, 128], flashes, null))).toBe('time');
  });

  it.each([
    ['flickers', [500, 610, 480, 640, 520, 450, 600, 530]],
    ['flickers for long', Array.from({ length: 25 }, (_, i) => 500 + 150 * Math.sin(2.3 * i) ** 3)],
    ['stays', [500, 500.5, 500, 500.4, 500, 500.2, 500.1]],
    ['fades', [900, 800, 700, 610, 540, 480, 420]],
  ])('are times where it %s', (_, heights) => {
    expect(likelyAxis(pages(heights))).toBe('time');
  });

  it('are what the file says, and nothing where there are few', () => {
    expect(likelyAxis(stack, 'time')).toBe('time');
    expect(likelyAxis(pages([1, 5, 2]))).toBeNull();
    expect(likelyAxis(pages([1]), 'time')).toBeNull();
  });
});
