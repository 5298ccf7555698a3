/** The circular pupil to the last known digits: rings, lobes, energy, two points, defocus, contrast. */
import { beforeAll, describe, expect, it } from 'vitest';
import { diffractionLimit } from '../analysis/transferFunction.ts';
import { besselJ, besselJ0, besselJ1 } from '../maths/bessel.ts';
import { evaluate, stage } from '../testSupport.ts';
import { camera } from './detection/camera.ts';
import { pupil } from './pupils/pupil.ts';
import { planeWave } from './sources/planeWave.ts';
import { twoPoints } from './sources/twoPoints.ts';

const WAVELENGTH = 500e-9;
const F_NUMBER = 10;
const NUMERICAL_APERTURE = 1 / (2 * F_NUMBER);
/** λN; all radii here are in it. */
const UNIT = WAVELENGTH * F_NUMBER;

const RINGS = [1.2196699, 2.2331306, 3.2383155, 4.2410629, 5.2427644];
const LOBES = [
  [1.634719, 0.01749786],
  [2.679292, 0.004158],
] as const;
const INSIDE = [
  [1.2196699, 0.837785],
  [2.2331306, 0.909931],
  [3.2383155, 0.937647],
  [0.534832, 0.5],
  [0.896942, 0.8],
] as const;
const HALF_WIDTH = 0.514497;
const RAYLEIGH_DIP = 0.735032;
const SPARROW = 0.947155;

/** [2 J1(x)/x]², x = π r. */
const airy = (r: number) => (r === 0 ? 1 : ((2 * besselJ1(Math.PI * r)) / (Math.PI * r)) ** 2);

async function image(
  size: { samples: number; rows: number; columns: number; pixelPitch: number },
  zernike = {},
) {
  const { samples, ...pixels } = size;
  const chain = {
    source: stage(planeWave, { wavelength: WAVELENGTH }),
    pupil: stage(pupil, { numericalAperture: NUMERICAL_APERTURE, zernike }, 'source'),
    camera: stage(camera, pixels, 'pupil'),
  };
  return (await evaluate(chain, { samples, pitch: 20e-6 })).data;
}

/** Place and value of the extreme of a smooth line next to a sample. */
function extremeNear(line: ArrayLike<number>, sample: number): [number, number] {
  const [a = 0, b = 0, c = 0] = [line[sample - 1], line[sample], line[sample + 1]];
  const offset = (0.5 * (a - c)) / (a - 2 * b + c);
  return [sample + offset, b - 0.25 * (a - c) * offset];
}

/** The cubic through the four samples around a place. */
function between(line: ArrayLike<number>, place: number): number {
  const i = Math.floor(place);
  const t = place - i;
  const [a = 0, b = 0, c = 0, d = 0] = [line[i - 1], line[i], line[i + 1], line[i + 2]];
  const outer = (-a * t * (t - 1) * (t - 2) + d * (t + 1) * t * (t - 1)) / 6;
  return outer + (b * (t + 1) * (t - 1) * (t - 2) - c * (t + 1) * t * (t - 2)) / 2;
}

describe('the closed form of the Airy pattern', () => {
  // Digits of the published numbers.
  const DIGITS = 1e-6;
  const changesSign = (f: (r: number) => number, at: number) => f(at - DIGITS) * f(at + DIGITS) < 0;

  it('has its zeros, maxima and half maximum where they are known to be', () => {
    for (const ring of RINGS) expect(changesSign((r) => besselJ1(Math.PI * r), ring)).toBe(true);
    for (const [at, height] of LOBES) {
      // d/dx of J1(x)/x is -J2(x)/x.
      expect(changesSign((r) => besselJ(2, Math.PI * r), at)).toBe(true);
      expect(Math.abs(airy(at) - height)).toBeLessThan(1e-8);
    }
    expect(changesSign((r) => airy(r) - 0.5, HALF_WIDTH)).toBe(true);
  });

  it('holds the known shares of the light', () => {
    for (const [radius, share] of INSIDE) {
      const x = Math.PI * radius;
      expect(Math.abs(1 - besselJ0(x) ** 2 - besselJ1(x) ** 2 - share)).toBeLessThan(DIGITS);
    }
  });

  it('of two points dips to 0.735032 at the Rayleigh distance, and to nothing at the Sparrow distance', () => {
    const [ring = 0] = RINGS;
    const pair = (x: number) => airy(Math.abs(x - ring / 2)) + airy(Math.abs(x + ring / 2));
    const peak = Math.max(...Array.from({ length: 2001 }, (_, i) => pair(0.55 + i * 5e-5)));
    expect(Math.abs(pair(0) / peak - RAYLEIGH_DIP)).toBeLessThan(DIGITS);
    // The curvature half a separation from each point; h²/12 of its own curvature is 1e-7.
    const bend = (separation: number) => {
      const [r, h] = [separation / 2, 1e-3];
      return airy(r - h) - 2 * airy(r) + airy(r + h);
    };
    expect(changesSign(bend, SPARROW)).toBe(true);
  });
});

describe('the sampled Airy pattern', () => {
  const STEPS = 200;
  const REACH = 6;
  let line: Float64Array;

  /** Along x from the middle in steps of λN/200, the peak 1. */
  beforeAll(async () => {
    const columns = 2 * REACH * STEPS + 1;
    const data = await image({ samples: 512, rows: 1, columns, pixelPitch: UNIT / STEPS });
    const peak = data[REACH * STEPS] ?? 1;
    line = data.slice(REACH * STEPS).map((value) => value / peak);
  });

  it('is the closed form to 5e-6', () => {
    // The pupil's edge on 255 cells per radius: second order.
    line.forEach((value, i) => {
      expect(Math.abs(value - airy(i / STEPS))).toBeLessThan(5e-6);
    });
  });

  it('has its five dark rings within 1 % of a hundredth of λN, and its lobes', () => {
    for (const ring of RINGS) {
      const [place] = extremeNear(line, Math.round(ring * STEPS));
      expect(Math.abs(place / STEPS - ring)).toBeLessThan(1e-4);
    }
    for (const [at, height] of LOBES) {
      const [place, value] = extremeNear(line, Math.round(at * STEPS));
      expect(Math.abs(place / STEPS - at)).toBeLessThan(1e-4);
      // As for the whole line.
      expect(Math.abs(value - height)).toBeLessThan(1e-6);
    }
  });

  it('falls to half at 0.514497', () => {
    // 2e-6 of the irradiance over its slope there, 1.4 per λN.
    expect(Math.abs(between(line, HALF_WIDTH * STEPS) - 0.5)).toBeLessThan(3e-6);
  });

  it('holds the known shares of the light to 1e-5: 50 % and 80 % within 0.534832 and 0.896942', () => {
    // Simpson's rule over rings; all of the light is 4/π of the peak times (λN)².
    const share = [0];
    for (let i = 0; i + 2 < line.length; i += 2) {
      const ring = (k: number) => ((line[k] ?? 0) * k) / STEPS;
      const both = (ring(i) + 4 * ring(i + 1) + ring(i + 2)) / (3 * STEPS);
      share.push((share.at(-1) ?? 0) + (Math.PI ** 2 / 2) * both);
    }
    for (const [radius, expected] of INSIDE) {
      expect(Math.abs(between(share, (radius * STEPS) / 2) - expected)).toBeLessThan(1e-5);
    }
  });
});

describe('defocus', () => {
  it.each([
    [0.25, 0.810569],
    [0.5, 0.405285],
  ])('of %d waves leaves a Strehl ratio of %d to 1e-5', async (waves, expected) => {
    const point = { samples: 640, rows: 1, columns: 1, pixelPitch: 10e-9 };
    const [clear = 1] = await image(point);
    const [found = 0] = await image(point, { 4: (waves * WAVELENGTH) / (2 * Math.sqrt(3)) });
    // Edge cells take the wavefront at their middle: second order of 1/319.
    expect(Math.abs(found / clear - expected)).toBeLessThan(1e-5);
  });
});

describe('two points of light', () => {
  const pair = async (separation: number, pixels: { columns: number; pixelPitch: number }) => {
    const chain = {
      source: stage(twoPoints, { wavelength: WAVELENGTH, separation: separation * UNIT }),
      pupil: stage(pupil, { numericalAperture: NUMERICAL_APERTURE }, 'source'),
      camera: stage(camera, { rows: 1, ...pixels }, 'pupil'),
    };
    return (await evaluate(chain, { samples: 400, pitch: 20e-6 })).data;
  };

  it('dip to 0.735032 at the Rayleigh distance', async () => {
    const line = await pair(1.2196699, { columns: 161, pixelPitch: UNIT / 100 });
    const [, peak] = extremeNear(line, line.indexOf(Math.max(...line)));
    // The pupil's edge on 199 cells per radius; the parabola at the peaks.
    expect(Math.abs((line[80] ?? 0) / peak - RAYLEIGH_DIP)).toBeLessThan(1e-5);
  });

  it('merge at 0.947155, the Sparrow distance', async () => {
    // Straight between two curvatures 2e-3 apart; pixels of λN/1000.
    const bend = async (separation: number) => {
      const [a = 0, b = 0, c = 0] = await pair(separation, { columns: 3, pixelPitch: UNIT / 1000 });
      return a - 2 * b + c;
    };
    const [near, far] = [await bend(SPARROW - 1e-3), await bend(SPARROW + 1e-3)];
    const merged = SPARROW - 1e-3 + (2e-3 * near) / (near - far);
    expect(Math.abs(merged - SPARROW)).toBeLessThan(1e-5);
  });
});

describe('the contrast of a pupil of 128 samples', () => {
  it('is that of a round one, from its image at three pixels per λN', async () => {
    // One period of the sampled image, so that the sum over pixels is the whole transform.
    const [cutoff, count] = [126, 3 * 126];
    const data = await image({ samples: 128, rows: count, columns: count, pixelPitch: UNIT / 3 });
    const columns = new Float64Array(count);
    data.forEach((value, i) => {
      columns[i % count] = (columns[i % count] ?? 0) + value;
    });
    for (let order = 6; order < cutoff; order += 12) {
      const angle = (2 * Math.PI * order) / count;
      const contrast = columns.reduce((sum, value, x) => sum + value * Math.cos(angle * (x - count / 2)), 0);
      // Of the one watt that enters: the image itself is short of 0.5 % by the edge cells, in its far rings.
      expect(Math.abs(contrast - diffractionLimit(order / cutoff))).toBeLessThan(1e-3);
    }
  });
});
