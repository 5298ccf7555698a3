import { describe, expect, it } from 'vitest';
import { type Pixels, pupilIrradiance, sampledIrradiance } from '../detection/irradiance.ts';
import { camera } from '../elements/detection/camera.ts';
import { interference } from '../elements/interferometers/interference.ts';
import { pupil } from '../elements/pupils/pupil.ts';
import { mieSphere } from '../elements/samples/mieSphere.ts';
import { mieSpheres } from '../elements/samples/mieSpheres.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { besselJ } from '../maths/bessel.ts';
import { mieAmplitudes } from '../maths/mie/amplitudes.ts';
import { mieCoefficients, mieOrder } from '../maths/mie/coefficients.ts';
import { gaussLegendre } from '../maths/quadrature.ts';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { Ops } from '../ops/ops.ts';
import { constantScalar } from '../ops/scalar.ts';
import { type Chain, runChain, type Setting } from '../testChain.ts';
import { stage } from '../testSupport.ts';
import type { Pupil } from '../values.ts';
import { spheresByProfile } from './sphereImage.ts';
import { sphereProfile } from './sphereProfile.ts';

type Settings = Record<string, Setting>;

/** Light in water through an objective, from a bead with a coating. */
interface Scene {
  readonly source: Settings;
  readonly sphere: Settings;
  /** As many like it, all in one place; 1 where it is not given. */
  readonly spheres?: number;
  readonly amplitude: number;
  readonly pupil: Settings;
}

const SCENE: Scene = {
  source: { wavelength: 447e-9, refractiveIndex: 1.34, polarizationAngle: 0.4 },
  sphere: {
    x: 0.31e-6,
    y: -0.47e-6,
    z: 2.7e-6,
    radius: 0.55e-6,
    refractiveIndex: 1.55,
    extinctionCoefficient: 0.01,
    shells: '1',
    shell1Thickness: 0.1e-6,
    shell1Index: 1.42,
    shell1Extinction: 0.002,
  },
  amplitude: 0.8,
  pupil: { numericalAperture: 1.0, zernike: {} },
};

const BEAD = { x: 1e-6, y: 0, z: 2e-6, radius: 0.4e-6, refractiveIndex: 1.55 };

const PIXELS: Pixels = { rows: 15, columns: 20, pitch: constantScalar(0.17e-6), aperture: 0 };

function chainOf(scene: Scene, pixels: Settings = { rows: 15, columns: 20, pixelPitch: 0.17e-6 }): Chain {
  return {
    source: stage(planeWave, scene.source),
    sphere:
      scene.spheres === undefined
        ? stage(mieSphere, scene.sphere, 'source')
        : stage(mieSpheres, { particles: Array.from({ length: scene.spheres }, () => BEAD) }, 'source'),
    interference: stage(
      interference,
      { scatteredAmplitude: scene.amplitude },
      { scattered: 'sphere', reference: 'source' },
    ),
    pupil: stage(pupil, scene.pupil, 'interference'),
    camera: stage(camera, pixels, 'pupil'),
  };
}

function lightOf(ops: Ops, scene: Scene, samples: number): Pupil {
  const { pupil: light } = runChain(ops, chainOf(scene), { samples, pitch: 1e-6 });
  if (light?.kind !== 'pupil') throw new Error('There is no pupil.');
  return light;
}

async function within<T>(body: (ops: Ops) => Promise<T>): Promise<T> {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  try {
    return await body(ops);
  } finally {
    ops.close(scope);
  }
}

function seen(scene: Scene, samples: number, pixels: Pixels, route: typeof pupilIrradiance) {
  return within(async (ops) => {
    const [read] = await ops.read([route(ops, lightOf(ops, scene, samples), pixels)]);
    return Float64Array.from(read ?? []);
  });
}

function largestGap(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

describe('the image of a sphere by its profiles', () => {
  it.each([
    ['at the pixels’ centres', SCENE, PIXELS],
    ['over the pixels’ areas', SCENE, { ...PIXELS, aperture: 0.9 }],
    [
      'behind defocus and spherical aberration',
      { ...SCENE, pupil: { ...SCENE.pupil, zernike: { 4: 60e-9, 11: 40e-9 } } },
      PIXELS,
    ],
  ])('is what the sampled pupil tends to %s', async (_, scene, pixels) => {
    const byProfile = await seen(scene, 16, pixels, pupilIrradiance);
    const coarse = await seen(scene, 82, pixels, sampledIrradiance);
    const fine = await seen(scene, 162, pixels, sampledIrradiance);
    // The edge of the pupil is of second order in its samples, whose radii are as 1 to 2.
    const limit = fine.map((value, i) => value + (value - (coarse[i] ?? 0)) / 3);
    const error = largestGap(coarse, limit);
    expect(Math.max(...byProfile)).toBeGreaterThan(1.3);
    expect(error).toBeLessThan(2e-3);
    // The cells on the edge are irregular: a twentieth of its error has no second order.
    expect(largestGap(byProfile, limit)).toBeLessThan(0.05 * error);
  });

  const aberrated = { ...SCENE, pupil: { ...SCENE.pupil, zernike: { 4: 60e-9, 11: -40e-9 } } };
  const chain = chainOf(aberrated, { rows: 6, columns: 7, pixelPitch: 0.33e-6, pixelResponse: 'average' });
  /** Numbers with steps that bend the image by 1e-4 or so. */
  const steps: Readonly<Record<string, number>> = {
    'source.wavelength': 0.1e-9,
    'source.refractiveIndex': 3e-4,
    'source.polarizationAngle': 1e-3,
    'sphere.x': 1e-9,
    'sphere.y': 1e-9,
    'sphere.z': 1e-9,
    'sphere.radius': 0.2e-9,
    'sphere.refractiveIndex': 3e-4,
    'sphere.extinctionCoefficient': 3e-4,
    'sphere.shell1Thickness': 0.2e-9,
    'sphere.shell1Index': 3e-4,
    'sphere.shell1Extinction': 3e-4,
    'interference.scatteredAmplitude': 1e-3,
    'pupil.numericalAperture': 3e-4,
    'pupil.zernike.4': 0.1e-9,
    'pupil.zernike.11': 0.1e-9,
    'camera.pixelPitch': 0.1e-9,
  };
  const start: ReadonlyMap<string, number> = new Map(
    Object.keys(steps).map((path) => [path, valueIn(chain, path)]),
  );
  /** The image and its derivatives by all the values that are given. */
  const run = (values: ReadonlyMap<string, number>, isDifferentiated: boolean) =>
    within(async (ops) => {
      ops.mode = isDifferentiated ? 'forward' : 'value';
      const slots = new Map([...values.keys()].map((path, slot) => [path, slot]));
      const out = runChain(ops, chain, { samples: 16, pitch: 1e-6 }, { values, slots });
      const image = out['camera'];
      if (image?.kind !== 'image') throw new Error('There is no image.');
      const { samples } = image;
      const tangents = [...samples.tangents.keys()].sort((a, b) => a - b);
      const arrays = tangents.map((slot) => samples.tangents.get(slot) ?? samples.array);
      return (await ops.kernels.readMany([samples.array, ...arrays])).map((read) => Float64Array.from(read));
    });

  it('is the same by profiles of its irradiance as by those of its waves', async () => {
    // What changes the polarisation is left to the waves.
    const [waves = new Float64Array(0), ...byWaves] = await run(start, true);
    const fewer = new Map([...start].filter(([path]) => path !== 'source.polarizationAngle'));
    const [rings = new Float64Array(0), ...byRings] = await run(fewer, true);
    // Quintics between radii, of waves and of products of waves.
    expect(largestGap(rings, waves)).toBeLessThan(1e-6);
    expect(byRings).toHaveLength(fewer.size);
    for (const [slot, path] of [...fewer.keys()].entries()) {
      const other = byWaves[[...start.keys()].indexOf(path)] ?? new Float64Array(0);
      const size = Math.max(...other.map(Math.abs));
      expect(largestGap(byRings[slot] ?? new Float64Array(0), other) / size, path).toBeLessThan(2e-6);
    }
  });

  it('has exact derivatives by every number', async () => {
    const [, ...tangents] = await run(start, true);
    expect(tangents.length).toBe(start.size);
    for (const [slot, [path, step]] of Object.entries(steps).entries()) {
      const moved = (by: number) => run(new Map(start).set(path, (start.get(path) ?? 0) + by), false);
      const at = await Promise.all([-2, -1, 1, 2].map((by) => moved(by * step)));
      const difference = (tangents[slot] ?? new Float64Array(0)).map((_, i) => {
        const [a = 0, b = 0, c = 0, d = 0] = at.map(([image]) => image?.[i] ?? 0);
        return (a - 8 * b + 8 * c - d) / (12 * step);
      });
      const size = Math.max(...difference.map(Math.abs));
      // Differences of fourth order: 1e-7; quintics between radii: their slopes to 1e-6 of the largest.
      expect(largestGap(difference, tangents[slot] ?? new Float64Array(0)) / size, path).toBeLessThan(2e-6);
    }
  });

  it('leaves light that something has changed to the pupil’s samples', () =>
    within(async (ops) => {
      const light = lightOf(ops, SCENE, 16);
      expect(spheresByProfile(light, PIXELS)).not.toBeNull();
      expect(spheresByProfile({ ...light }, PIXELS)).toBeNull();
      const lopsided = { ...SCENE, pupil: { ...SCENE.pupil, zernike: { 7: 30e-9 } } };
      expect(spheresByProfile(lightOf(ops, lopsided, 16), PIXELS)).toBeNull();
      expect(spheresByProfile(light, { ...PIXELS, pitch: constantScalar(3e-6), aperture: 1 })).toBeNull();
    }));

  it('takes the pupil’s samples where spheres are so many that these are quicker, of every part of a camera', () =>
    within(async (ops) => {
      const camera = { ...PIXELS, rows: 200, columns: 200 };
      const of = (spheres: number, samples: number) => lightOf(ops, { ...SCENE, spheres }, samples);
      expect(spheresByProfile(of(1, 16), camera)).not.toBeNull();
      expect(spheresByProfile(of(3, 16), camera)).not.toBeNull();
      expect(spheresByProfile(of(8, 16), camera)).toBeNull();
      // A fit looks at every third pixel first, which alone are few.
      const some = { ...PIXELS, rows: 67, columns: 67 };
      expect(spheresByProfile(of(8, 16), some)).not.toBeNull();
      expect(spheresByProfile(of(8, 16), { ...some, pixelsInAll: 200 ** 2 })).toBeNull();
      // Averaging over pixels takes many points of each.
      expect(spheresByProfile(of(1, 16), { ...camera, aperture: 1 })).toBeNull();
      // A camera so large that transforms are no quicker.
      const wide = { ...PIXELS, rows: 700, columns: 700 };
      expect(spheresByProfile(of(1, 16), wide)).toBeNull();
      expect(spheresByProfile(of(1, 710), wide)).not.toBeNull();
      const chain = chainOf({ ...SCENE, spheres: 8 }, { rows: 200, columns: 200, pixelPitch: 0.17e-6 });
      const thinned = runChain(ops, chain, { samples: 16, pitch: 1e-6 }, { every: 3 })['camera'];
      if (thinned?.kind !== 'image') throw new Error('There is no image.');
      const pitch = constantScalar(3 * 0.17e-6);
      const [found, sampled] = await ops.read([
        thinned.samples,
        sampledIrradiance(ops, of(8, 16), { ...some, pitch }),
      ]);
      expect(largestGap(Float64Array.from(found ?? []), Float64Array.from(sampled ?? []))).toBeLessThan(
        1e-12,
      );
    }));
});

/** What a chain has at "stage.param" or "stage.zernike.term". */
function valueIn(chain: Chain, path: string): number {
  const [name = '', param = '', term] = path.split('.');
  const given = chain[name]?.params[param];
  if (param === 'scatteredAmplitude') return SCENE.amplitude;
  if (term !== undefined) return (given as unknown as Record<string, number>)[term] ?? 0;
  return typeof given === 'number' ? given : 1;
}

describe('the profile of a sphere', () => {
  it('is the integral over the aperture, between its radii as on them', () => {
    const sphere = {
      wavelength: 447e-9,
      mediumIndex: 1.34,
      numericalAperture: 1.2,
      z: 12e-6,
      layers: [[1.1e-6, 1.59, 0]] as const,
    };
    const radii = Float64Array.from({ length: 60 }, (_, i) => i * 0.1837e-6);
    const profile = sphereProfile(sphere, radii);
    const k = (2 * Math.PI * 1.34) / 447e-9;
    const rule = gaussLegendre(600, 0, Math.asin(1.2 / 1.34));
    const x = k * 1.1e-6;
    const series = mieCoefficients([{ sizeParameter: x, mRe: 1.59 / 1.34, mIm: 0 }], mieOrder(x) + 8);
    const { s1, s2 } = mieAmplitudes(series, rule.nodes.map(Math.cos));
    radii.forEach((rho, i) => {
      const sums = [0, 0, 0, 0];
      rule.nodes.forEach((theta, j) => {
        const size = (rule.weights[j] ?? 0) * Math.sqrt(Math.cos(theta)) * Math.sin(theta);
        const phase = k * 12e-6 * (Math.cos(theta) - 1);
        const [c, s] = [size * Math.cos(phase), size * Math.sin(phase)];
        const [r1, i1, r2, i2] = [s1[2 * j] ?? 0, s1[2 * j + 1] ?? 0, s2[2 * j] ?? 0, s2[2 * j + 1] ?? 0];
        const argument = k * rho * Math.sin(theta);
        const [j0, j2] = [-besselJ(0, argument) / 2, besselJ(2, argument) / 2];
        const add = (at: number, re: number, im: number, bessel: number) => {
          sums[at] = (sums[at] ?? 0) + bessel * (re * c - im * s);
          sums[at + 1] = (sums[at + 1] ?? 0) + bessel * (re * s + im * c);
        };
        add(0, r1 + r2, i1 + i2, j0);
        add(2, r2 - r1, i2 - i1, j2);
      });
      // Quintics between radii: 1.8e-7 of the sum of all amplitudes, which is a few references here.
      for (const [c, sum] of sums.entries())
        expect(Math.abs((profile[4 * i + c] ?? 0) - sum)).toBeLessThan(1e-6);
    });
  });
});
