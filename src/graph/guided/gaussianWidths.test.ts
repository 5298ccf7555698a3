import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../optics/maths/random.ts';
import { GAUSSIAN_FWHM, gaussianWidths } from './gaussianWidths.ts';
import { givenPixels } from './pixels.ts';

const [PLANES, SIDE] = [11, 33];
const TRUTH = { x: 16.3, y: 15.4, z: 5.2, sx: 1.8, sy: 1.3, tilt: 0.3, sz: 1.7 };

/** A Gaussian in three dimensions, leaning across x and y, on 50. */
function stack(noise: number, seed = 1, planes = PLANES) {
  const random = new SeededRandom(seed);
  const { x, y, z, sx, sy, tilt, sz } = TRUTH;
  const data = Float32Array.from({ length: planes * SIDE * SIDE }, (_, i) => {
    const [u, v] = [((i % SIDE) - x) / sx, ((Math.floor(i / SIDE) % SIDE) - y) / sy];
    const w = (Math.floor(i / SIDE ** 2) + (planes === 1 ? 5 : 0) - z) / sz;
    const exponent = (u * u - 2 * tilt * u * v + v * v) / (1 - tilt * tilt) + w * w;
    return 50 + 1000 * Math.exp(-exponent / 2) + noise * random.normal();
  });
  return givenPixels([planes, SIDE, SIDE], data, null);
}

const near = { x: 16, y: 16, plane: 6 };

describe('the widths of a spot', () => {
  it('are those of the Gaussian that it is, along x, y and z', () => {
    const found = gaussianWidths(stack(0), near, 3);
    // Single precision of the pixels: 1050 to seven digits.
    expect((found?.x.fwhm ?? 0) / (GAUSSIAN_FWHM * TRUTH.sx)).toBeCloseTo(1, 5);
    expect((found?.y.fwhm ?? 0) / (GAUSSIAN_FWHM * TRUTH.sy)).toBeCloseTo(1, 5);
    expect((found?.z?.fwhm ?? 0) / (GAUSSIAN_FWHM * TRUTH.sz)).toBeCloseTo(1, 5);
    // Plane 6 is named, and 5 is nearer to 5.2.
    expect(found?.plane).toBe(5);
  });

  it('scatter by their errors', () => {
    const draws = Array.from({ length: 60 }, (_, seed) => gaussianWidths(stack(30, seed + 1), near, 3));
    for (const [axis, deviation] of [
      ['x', TRUTH.sx],
      ['y', TRUTH.sy],
      ['z', TRUTH.sz],
    ] as const) {
      const pulls = draws.map((found) => {
        const width = found?.[axis];
        return width == null ? Number.NaN : (width.fwhm - GAUSSIAN_FWHM * deviation) / width.error;
      });
      const square = pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length;
      // 60 squares scatter by √(2/60) = 0.18 about 1; errors along z stand on seven degrees of freedom.
      expect(square, axis).toBeGreaterThan(0.4);
      expect(square, axis).toBeLessThan(2);
    }
  });

  it('have none along z for one plane, and where the spot is brightest at the end of the stack', () => {
    expect(gaussianWidths(stack(0, 1, 1), { ...near, plane: 0 }, 3)?.z).toBeNull();
    const whole = stack(0);
    const half = givenPixels([6, SIDE, SIDE], whole.data.slice(6 * SIDE ** 2 - SIDE ** 2), null);
    expect(gaussianWidths(half, { ...near, plane: 0 }, 3)?.z).toBeNull();
  });

  it('are not told where there is no spot', () => {
    const even = givenPixels([SIDE, SIDE], new Float32Array(SIDE * SIDE).fill(7), null);
    expect(gaussianWidths(even, { ...near, plane: 0 }, 3)).toBeNull();
  });

  it('leave saturated pixels out', () => {
    const whole = stack(0);
    const clipped = givenPixels(
      [PLANES, SIDE, SIDE],
      whole.data.map((value) => Math.min(value, 800)),
      800,
    );
    const found = gaussianWidths(clipped, near, 3);
    expect((found?.x.fwhm ?? 0) / (GAUSSIAN_FWHM * TRUTH.sx)).toBeCloseTo(1, 4);
  });

  it('are not told where the descent ends on a limit, or the error is as large as the width', () => {
    const random = new SeededRandom(2);
    const made = (height: (x: number, y: number, plane: number) => number, noise = 2) =>
      givenPixels(
        [PLANES, SIDE, SIDE],
        Float32Array.from({ length: PLANES * SIDE ** 2 }, (_, i) => {
          const [x, y, plane] = [i % SIDE, Math.floor(i / SIDE) % SIDE, Math.floor(i / SIDE ** 2)];
          return 50 + 1000 * height(x - 16, y - 16, plane - 5) + noise * random.normal();
        }),
        null,
      );
    const at = { x: 16, y: 16, plane: 5 };
    const gaussian = (u: number, deviation: number) => Math.exp(-((u / deviation) ** 2) / 2);
    const round = (x: number, y: number) => gaussian(x, 1.5) * gaussian(y, 1.5);
    // More than half of the planes: the stack does not hold its feet.
    const deep = gaussianWidths(
      made((x, y, z) => round(x, y) * gaussian(z, 6)),
      at,
      3,
    );
    expect(deep?.x.fwhm).toBeGreaterThan(3);
    expect(deep?.z).toBeNull();
    const twice = made((x, y, z) => round(x, y) * (gaussian(z - 4, 1) + gaussian(z + 4, 1)));
    expect(gaussianWidths(twice, { ...at, plane: 9 }, 3)?.z ?? null).toBeNull();
    const line = made((_, y) => gaussian(y, 1.5));
    expect(gaussianWidths(line, at, 3)).toBeNull();
    const column = made((x) => gaussian(x, 1.5));
    expect(gaussianWidths(column, at, 3)).toBeNull();
    expect(
      gaussianWidths(
        made(() => 0, 30),
        at,
        3,
      ),
    ).toBeNull();
  });
});
