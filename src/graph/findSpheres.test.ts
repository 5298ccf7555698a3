import { describe, expect, it } from 'vitest';
import { SphereHologram } from '../optics/scattering/sphereHologram.ts';
import { sphereProfile } from '../optics/scattering/sphereProfile.ts';
import { type SphereQuestion, SphereScan } from '../optics/scattering/sphereStarts.ts';
import { findSpheres } from './findSpheres.ts';
import { radialProfile } from './radialProfile.ts';
import { hologramTwin, type TwinSphere } from './testTwins.ts';

const OPTICS = { wavelength: 532e-9, mediumIndex: 1.33, numericalAperture: 1.2 };
const PITCH = 0.1e-6;
const WAVENUMBER = (2 * Math.PI * OPTICS.mediumIndex) / OPTICS.wavelength;

const QUESTION: SphereQuestion = {
  optics: OPTICS,
  z: { from: 1e-6, to: 25e-6 },
  radius: { from: 0.15e-6, to: 2e-6 },
  refractiveIndex: { from: 1.38, to: 1.75 },
  amplitude: { from: 0.3, to: 1.3 },
  layersOf: (radius, index) => [
    { sizeParameter: WAVENUMBER * radius, mRe: index / OPTICS.mediumIndex, mIm: 0 },
  ],
};

it('has the profile of the exact route', () => {
  const radii = Float64Array.from({ length: 40 }, (_, j) => j * 0.17e-6);
  const quick = new SphereHologram(OPTICS, radii, 12e-6);
  const { i0, i2 } = quick.field(quick.amplitudes(QUESTION.layersOf(0.6e-6, 1.56)), 9e-6);
  const exact = sphereProfile({ ...OPTICS, z: 9e-6, layers: [[0.6e-6, 1.56, 0]] }, radii);
  // The first term of a series near the axis: a thousandth of a thousandth of the field.
  for (let j = 0; j < radii.length; j++) {
    for (let part = 0; part < 2; part++) {
      expect(Math.abs((i0[2 * j + part] ?? 0) - (exact[4 * j + part] ?? 0))).toBeLessThan(1e-5);
      expect(Math.abs((i2[2 * j + part] ?? 0) - (exact[4 * j + 2 + part] ?? 0))).toBeLessThan(1e-5);
    }
  }
});

const camera = { optics: OPTICS, pitch: PITCH, noise: 0.01 } as const;

/** Relative to the mean of the pixels that are not clipped, as a target is. */
function relative(counts: Float64Array): { values: Float64Array; counted: (i: number) => boolean } {
  const counted = (i: number) => (counts[i] ?? 0) < 255;
  const kept = counts.filter((value) => value < 255);
  const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
  return { values: counts.map((value) => value / mean), counted };
}

describe('what a sphere may be', () => {
  it.each([
    [10.2, 0.64, 1.54],
    [5.7, 0.92, 1.52],
    [16.8, 0.32, 1.51],
    [6.1, 1.13, 1.43],
  ])('follows from the rings alone, %f µm before focus, %f µm, index %f', (z, radius, refractiveIndex) => {
    const truth = { x: 60.3, y: 62.8, z: z * 1e-6, radius: radius * 1e-6, refractiveIndex };
    const image = hologramTwin([truth], { ...camera, ny: 128, nx: 128, seed: 4, counts: 120 });
    const { values, counted } = relative(image);
    const profile = radialProfile(values, 128, 128, counted, truth, 64, PITCH);
    const [best, second] = new SphereScan(profile.radii, QUESTION).starts(profile, 3);
    // Far inside the basin of a fit (2 µm, 0.5 µm, 0.06): rings one pixel wide blur the fringes by a tenth.
    expect(Math.abs((best?.z ?? 0) - truth.z)).toBeLessThan(0.1e-6);
    expect(Math.abs((best?.radius ?? 0) - truth.radius)).toBeLessThan(0.03e-6);
    expect(Math.abs((best?.refractiveIndex ?? 0) - refractiveIndex)).toBeLessThan(0.02);
    expect(best?.score).toBeGreaterThan(0.99);
    if (second !== undefined) expect(second.score).toBeLessThan(best?.score ?? 0);
  });

  it('keeps what is known', () => {
    const truth = { x: 48, y: 48, z: 8e-6, radius: 0.5e-6, refractiveIndex: 1.59 };
    const image = hologramTwin([truth], { ...camera, ny: 96, nx: 96, seed: 5, counts: null });
    const profile = radialProfile(image, 96, 96, () => true, truth, 48, PITCH);
    const question = {
      ...QUESTION,
      z: { fixed: 8e-6 },
      refractiveIndex: { fixed: 1.59 },
      amplitude: { fixed: 1 },
    };
    const [best] = new SphereScan(profile.radii, question).starts(profile, 1);
    expect(best).toMatchObject({ z: 8e-6, refractiveIndex: 1.59, amplitude: 1 });
    expect(Math.abs((best?.radius ?? 0) - 0.5e-6)).toBeLessThan(0.01e-6);
  });
});

describe('spheres whose rings overlap', () => {
  // Little more than touching, and as far apart as their first rings are wide; all separations in bench/overlap.mjs.
  it.each([
    [2, null],
    [3, 2],
  ])('are told apart %f µm from each other, number given: %s', (separation, count) => {
    const half = separation / 2 / 0.1;
    const truth: TwinSphere[] = [
      { x: 65.1 - half * 0.92, y: 62.7 - half * 0.39, z: 10e-6, radius: 0.5e-6, refractiveIndex: 1.59 },
      { x: 65.1 + half * 0.92, y: 62.7 + half * 0.39, z: 11.5e-6, radius: 0.65e-6, refractiveIndex: 1.5 },
    ];
    const image = hologramTwin(truth, { ...camera, ny: 128, nx: 128, seed: 6, counts: 130 });
    expect(image.filter((value) => value === 255).length).toBeGreaterThan(5);
    const { values, counted } = relative(image);
    const hologram = { values, ny: 128, nx: 128, counts: counted, pitch: PITCH };
    const { spheres } = findSpheres(hologram, { question: QUESTION, polarizationAngle: 0, count });
    expect(spheres).toHaveLength(2);
    for (const { x, y, z, radius, refractiveIndex } of truth) {
      const found = spheres.find((each) => Math.abs(each.radius - radius) < 0.05e-6);
      // Noise of 1 % on a quarter of the pixels: a few nanometres, a hundredth of the index.
      expect(Math.abs((found?.x ?? 0) - (x - 64) * PITCH)).toBeLessThan(0.02e-6);
      expect(Math.abs((found?.y ?? 0) - (y - 64) * PITCH)).toBeLessThan(0.02e-6);
      expect(Math.abs((found?.z ?? 0) - z)).toBeLessThan(0.1e-6);
      expect(Math.abs((found?.refractiveIndex ?? 0) - refractiveIndex)).toBeLessThan(0.02);
      expect(found?.score).toBeGreaterThan(0.98);
    }
  });

  it('are none where there is noise alone', () => {
    const image = hologramTwin([], { ...camera, ny: 96, nx: 96, seed: 7, counts: 130 });
    const { values, counted } = relative(image);
    const hologram = { values, ny: 96, nx: 96, counts: counted, pitch: PITCH };
    const found = findSpheres(hologram, { question: QUESTION, polarizationAngle: 0, count: null });
    expect(found.spheres).toEqual([]);
  });
});
