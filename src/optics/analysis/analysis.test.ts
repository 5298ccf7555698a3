/** Numbers of `optics-numbers` and closed forms for the functions behind the analysis elements. */
import { describe, expect, it } from 'vitest';
import { besselJ0, besselJ1 } from '../maths/bessel.ts';
import { discCoverage } from '../maths/disc.ts';
import { nollToDegree, zernike } from '../maths/zernike.ts';
import { beamMoments, beamNumbers, fresnelNumber, rayleighRange } from './beam.ts';
import { encircledEnergy, radiusHolding } from './encircledEnergy.ts';
import { fibreParameter, gaussianCoupling, modeRadius, SINGLE_MODE_LIMIT } from './fibre.ts';
import { fringePeriod, visibility } from './fringes.ts';
import { marechalStrehl, strehlRatio } from './strehl.ts';
import { planeOf } from './testPlanes.ts';
import { diffractionLimit, frequencyAt, transferAlong } from './transferFunction.ts';
import { unwrapPhase } from './unwrap.ts';
import { wavefrontOf } from './wavefront.ts';

/** Complex samples of f on n × n, positions in metres from sample floor(n/2). */
function fieldOf(
  n: number,
  pitch: number,
  f: (x: number, y: number) => readonly [number, number],
): Float64Array {
  const samples = new Float64Array(2 * n * n);
  for (let i = 0; i < n * n; i++) {
    const [x, y] = [i % n, Math.floor(i / n)].map((at) => (at - Math.floor(n / 2)) * pitch) as [
      number,
      number,
    ];
    samples.set(f(x, y), 2 * i);
  }
  return samples;
}

describe('encircled energy of an Airy disc', () => {
  const airy = (u: number): number => (u === 0 ? 1 : (2 * besselJ1(Math.PI * u)) / (Math.PI * u)) ** 2;
  const inside = (u: number): number => 1 - besselJ0(Math.PI * u) ** 2 - besselJ1(Math.PI * u) ** 2;
  const REACH = 6;
  // λN = 1; the window holds only part of the light, so shares are taken of what is inside REACH.
  const curve = encircledEnergy(
    planeOf(2 * 16 * REACH + 3, 1 / 16, (x, y) => airy(Math.hypot(x, y))),
    { x: 0, y: 0 },
  );
  const whole = (curve.share[8 * 16 * REACH] ?? 1) / inside(REACH);
  const relative = { radius: curve.radius, share: curve.share.map((share) => share / whole) };
  const shareAt = (u: number): number => {
    const i = Math.floor(u * 128);
    const t = u * 128 - i;
    return (relative.share[i] ?? 0) * (1 - t) + (relative.share[i + 1] ?? 0) * t;
  };

  it.each([
    [1.2196699, 0.837785],
    [2.2331306, 0.909931],
    [3.2383155, 0.937647],
  ])('holds inside %f λN the share %f', (u, share) => {
    // Cells of 1/16 λN are spread as rings: second order, (1/16)²/12 of the curvature of the curve, below 3e-4.
    expect(Math.abs(shareAt(u) - share)).toBeLessThan(4e-4);
  });

  it('has EE50 at 0.534832 and EE80 at 0.896942 λN', () => {
    // The same error over the slope of the curve, about 1 per λN.
    expect(Math.abs((radiusHolding(relative, 0.5) ?? 0) - 0.534832)).toBeLessThan(1e-3);
    expect(Math.abs((radiusHolding(relative, 0.8) ?? 0) - 0.896942)).toBeLessThan(2e-3);
    expect(radiusHolding(relative, 0.999)).toBeNull();
  });
});

describe('transfer function', () => {
  it.each([
    [0.1, 0.8728886],
    [0.25, 0.6850376],
    [0.5, 0.3910022],
    [0.75, 0.1442936],
    [0.9, 0.0373861],
    [1.1, 0],
  ])('of a round pupil at %f of the cut-off is %f', (share, expected) => {
    expect(Math.abs(diffractionLimit(share) - expected)).toBeLessThan(1e-7);
  });

  it('of a Gaussian spot is a Gaussian, with no phase wherever the spot lies', () => {
    const sigma = 3e-6;
    const plane = planeOf(64, 1e-6, (x, y) => Math.exp(-((x - 4.3e-6) ** 2 + y * y) / (2 * sigma ** 2)));
    const frequencies = Float64Array.from({ length: 40 }, (_, i) => 2e3 * i);
    for (const axis of ['x', 'y'] as const) {
      const { modulus, phase } = transferAlong(plane, axis, frequencies);
      frequencies.forEach((f, k) => {
        // The window ends at 9 σ; aliasing of the sampled Gaussian is exp(-2π²σ²(1/p - f)²) < 1e-50.
        expect(Math.abs((modulus[k] ?? 0) - Math.exp(-2 * (Math.PI * sigma * f) ** 2))).toBeLessThan(1e-9);
        if ((modulus[k] ?? 0) > 1e-3) expect(Math.abs(phase[k] ?? 1)).toBeLessThan(1e-6);
      });
      // MTF50 = √(ln 2 / 2) / (π σ), interpolated linearly between frequencies 2e3 apart: 1e-3.
      const expected = Math.sqrt(Math.LN2 / 2) / (Math.PI * sigma);
      expect((frequencyAt(frequencies, modulus, 0.5) ?? 0) / expected).toBeCloseTo(1, 3);
    }
  });
});

describe('fringes', () => {
  it('have the visibility of their extremes, and none where there is no intensity', () => {
    expect(visibility([0, 1, 0, 1])).toBe(1);
    expect(visibility([1, 3, 1, 3])).toBe(0.5);
    expect(visibility([2, 2, 2])).toBe(0);
    for (const bad of [[], [1, -1], [1, Number.NaN], [0, 0]]) expect(visibility(bad)).toBeNull();
  });

  it('have the period of their oscillation', () => {
    const line = Float64Array.from(
      { length: 200 },
      (_, i) => 1 + 0.4 * Math.cos((2 * Math.PI * i) / 13.7 + 0.3),
    );
    // Hann side lobes of the mirrored frequency at 29 periods distance: below 1e-4.
    expect((fringePeriod(line) ?? 0) / 13.7).toBeCloseTo(1, 3);
    expect(fringePeriod(new Float64Array(50).fill(3))).toBeNull();
  });
});

describe('Strehl ratio', () => {
  const disc = (phase: (r: number) => number): Float64Array => {
    const n = 400;
    return fieldOf(n, 2 / n, (x, y) => {
      const r = Math.hypot(x, y);
      return r <= 1 ? [Math.cos(phase(r)), Math.sin(phase(r))] : [0, 0];
    });
  };

  it.each([
    [0.25, 0.810569],
    [0.5, 0.405285],
    [1, 0],
  ])('for %f waves of defocus is sinc² of them', (waves, expected) => {
    // The staircase edge of a disc of 200 samples radius: 1/200² of area, phase π at the edge.
    expect(Math.abs(strehlRatio([disc((r) => 2 * Math.PI * waves * r * r)]) - expected)).toBeLessThan(2e-3);
  });

  it.each([
    [1 / 20, 0.906018],
    [1 / 14, 0.817569],
    [1 / 10, 0.673825],
  ])('after Maréchal for %f waves RMS is %f', (waves, expected) => {
    expect(Math.abs(marechalStrehl(2 * Math.PI * waves) - expected)).toBeLessThan(1e-6);
    if (waves > 1 / 14) return;
    // Defocus of W/√12 RMS; the series of the exponential differs from sinc² by σ⁴/20 in this range.
    const simulated = strehlRatio([disc((r) => 2 * Math.PI * waves * Math.sqrt(12) * r * r)]);
    expect(Math.abs(simulated - expected)).toBeLessThan(0.01);
  });
});

describe('phase unwrapping', () => {
  it('restores a steep surface up to whole turns, around a hole and without light outside', () => {
    const n = 60;
    const truth = Float64Array.from({ length: n * n }, (_, i) => {
      const [x, y] = [((i % n) - 30) / 30, (Math.floor(i / n) - 30) / 30];
      return 22 * (x * x + 0.6 * y * y) + 9 * x * y - 6 * y;
    });
    const weight = truth.map((_, i) => {
      const r = Math.hypot((i % n) - 30, Math.floor(i / n) - 30);
      return r > 8 && r < 29 ? 1 : 0;
    });
    const wrapped = truth.map((phase) => Math.atan2(Math.sin(phase), Math.cos(phase)));
    const found = unwrapPhase(wrapped, weight, n, n);
    const lit = [...found.keys()].filter((i) => (weight[i] ?? 0) > 0);
    const offset = (found[lit[0] ?? 0] ?? 0) - (truth[lit[0] ?? 0] ?? 0);
    expect(offset / (2 * Math.PI)).toBeCloseTo(Math.round(offset / (2 * Math.PI)), 9);
    for (const i of lit) expect((found[i] ?? 0) - (truth[i] ?? 0) - offset).toBeCloseTo(0, 9);
    expect(found[0]).toBeNaN();
  });
});

describe('wavefront of a pupil', () => {
  it('gives the Zernike terms that made it, over several waves', () => {
    const [n, radius, wavelength] = [128, 62, 500e-9];
    const terms: Readonly<Record<number, number>> = { 2: 400e-9, 4: 350e-9, 6: -80e-9, 8: 60e-9, 11: 40e-9 };
    const samples = fieldOf(n, 1 / radius, (x, y) => {
      if (Math.hypot(x, y) > 1) return [0, 0];
      const path = Object.entries(terms).reduce((sum, [j, c]) => sum + c * zernike(Number(j), x, y), 0);
      const phase = (2 * Math.PI * path) / wavelength;
      return [Math.cos(phase), Math.sin(phase)];
    });
    const pupil = { rows: n, columns: n, radius };
    const found = wavefrontOf(samples, pupil, wavelength, 'tilt', 15);
    for (let j = 2; j <= 15; j++) {
      // The samples are a sum of these terms, so least squares gives them to rounding.
      expect(Math.abs((found.coefficients?.[j - 1] ?? 1) - (terms[j] ?? 0))).toBeLessThan(1e-15);
    }
    const sigma = Math.hypot(350e-9, 80e-9, 60e-9, 40e-9);
    // On a staircase disc of radius 62 the terms are orthonormal to a few 1e-3.
    expect(Math.abs(found.rms / sigma - 1)).toBeLessThan(5e-3);
    const defocused = wavefrontOf(samples, pupil, wavelength, 'defocus', 4);
    expect(Math.abs(defocused.rms / Math.hypot(80e-9, 60e-9, 40e-9) - 1)).toBeLessThan(2e-2);
    expect(nollToDegree(4)).toEqual({ n: 2, m: 0 });
  });
});

describe('wavefront of a large picture', () => {
  const wavelength = 500e-9;
  const terms: Readonly<Record<number, number>> = { 2: 400e-9, 4: 350e-9, 8: 60e-9, 30: 20e-9 };
  const pupilOf = (n: number) => {
    const radius = n / 2 - 2;
    const samples = fieldOf(n, 1 / radius, (x, y) => {
      if (Math.hypot(x, y) > 1) return [0, 0];
      const path = Object.entries(terms).reduce((sum, [j, c]) => sum + c * zernike(Number(j), x, y), 0);
      return [Math.cos((2 * Math.PI * path) / wavelength), Math.sin((2 * Math.PI * path) / wavelength)];
    });
    return { samples, pupil: { rows: n, columns: n, radius } };
  };
  const [small, large] = [pupilOf(128), pupilOf(384)];

  it('has its terms fitted to every third sample of every third row', () => {
    const found = wavefrontOf(large.samples, large.pupil, wavelength, 'tilt', 15);
    expect(found.fitStep).toBe(3);
    for (let j = 2; j <= 15; j++) {
      // Z30 is not among the fitted terms; the staircase edge of radius 63 leaks 1/63 of its 20 nm at most.
      expect(Math.abs((found.coefficients?.[j - 1] ?? 1) - (terms[j] ?? 0))).toBeLessThan(20e-9 / 63);
    }
    // What remains is that of all samples: terms are orthonormal to 1e-3 on a disc of radius 190.
    expect(Math.abs(found.rms / Math.hypot(350e-9, 60e-9, 20e-9) - 1)).toBeLessThan(1e-3);
    expect(wavefrontOf(small.samples, small.pupil, wavelength, 'tilt', 15).fitStep).toBe(1);
  });

  it('costs far less than nine times as much as one of a third of the size', () => {
    const cost = ({ samples, pupil }: typeof small): number => {
      const before = process.cpuUsage().user;
      wavefrontOf(samples, pupil, wavelength, 'tilt', 36);
      return process.cpuUsage().user - before;
    };
    // Twice each; what the first has remembered or compiled counts for both.
    const [small1 = 0, small2 = 0, large1 = 0, large2 = 0] = [small, small, large, large].map(cost);
    const ratio = Math.min(large1, large2) / Math.min(small1, small2);
    // About 3; more than 9 with all samples in the fit. Processor time of this process, so load does not count.
    expect(ratio).toBeLessThan(6.5);
  });
});

describe('beams', () => {
  const [n, pitch, wavelength] = [96, 10e-6, 633e-9];

  it('of w₀ = 1 mm at 633 nm have z_R = 4.9630216 m and 2.0149016e-4 rad', () => {
    const range = rayleighRange(1e-3, 633e-9);
    expect(range).toBeCloseTo(4.9630216, 7);
    expect(1e-3 / range).toBeCloseTo(2.0149016e-4, 11);
    // a = 0.5 m, 2.2 µm, 5 km.
    expect(fresnelNumber(0.5, 2.2e-6, 5e3)).toBeCloseTo(22.727, 3);
  });

  it.each([0, 1, 2])('Hermite-Gauss beams of order %i have M² = 2m + 1 along their order', (order) => {
    const w = 110e-6;
    const hermite = [() => 1, (t: number) => 2 * t, (t: number) => 4 * t * t - 2][order] ?? (() => 1);
    const samples = fieldOf(n, pitch, (x, y) => [
      hermite((Math.SQRT2 * x) / w) * Math.exp(-(x * x + y * y) / (w * w)),
      0,
    ]);
    const quality = (axis: 'x' | 'y') =>
      beamNumbers(beamMoments([samples], n, pitch, axis), wavelength).quality;
    // The window ends at 4.4 w, where HG2 is 1e-7.
    expect(quality('x')).toBeCloseTo(2 * order + 1, 5);
    expect(quality('y')).toBeCloseTo(1, 5);
  });

  it('find waist, distance and curvature of a Gaussian beam away from its waist', () => {
    const w0 = 60e-6;
    const range = rayleighRange(w0, wavelength);
    const z = 0.6 * range;
    const w = w0 * Math.hypot(1, 0.6);
    const curvature = z * (1 + (range / z) ** 2);
    const samples = fieldOf(n, pitch, (x, y) => {
      const r2 = x * x + y * y;
      const phase = (Math.PI * r2) / (wavelength * curvature);
      const amplitude = Math.exp(-r2 / (w * w));
      return [amplitude * Math.cos(phase), amplitude * Math.sin(phase)];
    });
    const beam = beamNumbers(beamMoments([samples], n, pitch, 'x'), wavelength);
    // The window ends at 6.8 w: nothing is cut.
    expect(beam.radius / w).toBeCloseTo(1, 8);
    expect(beam.waist / w0).toBeCloseTo(1, 8);
    expect(beam.toWaist / -z).toBeCloseTo(1, 8);
    expect(beam.curvatureRadius / curvature).toBeCloseTo(1, 8);
    expect(beam.rayleighRange / range).toBeCloseTo(1, 8);
    expect(beam.divergence / (w0 / range)).toBeCloseTo(1, 8);
  });
});

describe('fibres', () => {
  it.each([
    [2e-6, 1.6336282, 3.1537057e-6],
    [25e-6, 20.420352, 16.688625e-6],
  ])('with a core of %f m have V = %f and a mode of %f m', (core, v, mode) => {
    const found = fibreParameter(core, 0.13, 1e-6);
    expect(Math.abs(found / v - 1)).toBeLessThan(1e-7);
    expect(Math.abs(modeRadius(core, found) / mode - 1)).toBeLessThan(1e-6);
  });

  it('guide one mode below V = 2.4048256, the first zero of J0', () => {
    expect(Math.abs(SINGLE_MODE_LIMIT - 2.4048256)).toBeLessThan(1e-7);
    expect(Math.abs(besselJ0(SINGLE_MODE_LIMIT))).toBeLessThan(1e-15);
  });

  it('take up 0.8145288 of an even disc with the best Gaussian mode', () => {
    const coupled = (radius: number, share: number) => {
      const n = 6.6 * radius;
      const covered = discCoverage([n, n], [n / 2, n / 2], radius);
      const disc = Float64Array.from({ length: 2 * n * n }, (_, i) =>
        i % 2 === 0 ? (covered[i / 2] ?? 0) : 0,
      );
      // Edge cells pass the square of their share of the light: their loss is known and put back.
      const power = covered.reduce((sum, value) => sum + value * value, 0) / (Math.PI * radius ** 2);
      return gaussianCoupling(disc, n, 1, { radius: share * radius, x: 0, y: 0 }) * power;
    };
    expect(coupled(50, 0.8921)).toBeGreaterThan(coupled(50, 0.887));
    expect(coupled(50, 0.8921)).toBeGreaterThan(coupled(50, 0.897));
    // Second order of the pitch, 7e-5 and a quarter of it, which two pitches tell.
    const best = (4 * coupled(100, 0.8921) - coupled(50, 0.8921)) / 3;
    expect(Math.abs(best - 0.8145288)).toBeLessThan(1e-6);
  });

  it('take up exp(−d²/w²) of an equal mode beside the axis, and at best 81.45 % of an even disc', () => {
    const [n, pitch, w] = [80, 0.25e-6, 2.5e-6];
    const gaussian = fieldOf(n, pitch, (x, y) => [Math.exp(-(x * x + y * y) / (w * w)), 0]);
    const shifted = gaussianCoupling(gaussian, n, pitch, { radius: w, x: 1.5e-6, y: -1e-6 });
    // The window ends at 3.6 w beside the shifted mode.
    expect(Math.abs(shifted - Math.exp(-(1.5 ** 2 + 1) / 2.5 ** 2))).toBeLessThan(1e-6);
    const radius = 30 * pitch;
    const disc = fieldOf(n, pitch, (x, y) => [Math.hypot(x, y) <= radius ? 1 : 0, 0]);
    const best = [0.85, 0.88, 0.8921, 0.91, 0.94].map((share) =>
      gaussianCoupling(disc, n, pitch, { radius: share * radius, x: 0, y: 0 }),
    );
    // Airy and Gaussian modes overlap as their pupils do; the staircase disc and the cut Gaussian are 2e-2 short.
    expect(Math.abs(Math.max(...best) - 0.8145288)).toBeLessThan(2e-2);
  });
});
