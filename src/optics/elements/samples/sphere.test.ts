import { describe, expect, it } from 'vitest';
import { besselJ } from '../../maths/bessel.ts';
import { mieAmplitudes } from '../../maths/mie/amplitudes.ts';
import { mieCoefficients, mieOrder } from '../../maths/mie/coefficients.ts';
import { mieEfficiencies } from '../../maths/mie/efficiencies.ts';
import { gaussLegendre } from '../../maths/quadrature.ts';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { pupilGrid } from '../../pupil/pupilGrid.ts';
import { type Chain, runChain, type Setting } from '../../testChain.ts';
import { distance, evaluate, moments, stage } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { interference } from '../interferometers/interference.ts';
import { pupil } from '../pupils/pupil.ts';
import { stack } from '../pupils/stack.ts';
import { gaussianBeam } from '../sources/gaussianBeam.ts';
import { planeWave } from '../sources/planeWave.ts';
import { mieSphere } from './mieSphere.ts';

const WAVELENGTH = 532e-9;
const MEDIUM = 1.33;
const K = (2 * Math.PI * MEDIUM) / WAVELENGTH;

type Settings = Record<string, Setting>;

function hologram(
  sphere: Settings,
  numericalAperture: number,
  pixels: Settings,
  amplitude = 1,
  polarizationAngle = 0,
): Chain {
  return {
    source: stage(planeWave, { wavelength: WAVELENGTH, refractiveIndex: MEDIUM, polarizationAngle }),
    sphere: stage(mieSphere, sphere, 'source'),
    interference: stage(
      interference,
      { scatteredAmplitude: amplitude },
      { scattered: 'sphere', reference: 'source' },
    ),
    pupil: stage(pupil, { numericalAperture }, 'interference'),
    camera: stage(camera, pixels, 'pupil'),
  };
}

/** S1 and S2 at angle θ as [re, im] pairs. */
function amplitudesAt(angles: Float64Array, radius: number, re: number, im: number) {
  const x = K * radius;
  const coefficients = mieCoefficients(
    [{ sizeParameter: x, mRe: re / MEDIUM, mIm: im / MEDIUM }],
    mieOrder(x) + 3,
  );
  return { coefficients, ...mieAmplitudes(coefficients, angles.map(Math.cos)) };
}

/**
 * Irradiance relative to the reference at distance r along x and along y, by
 * I0 = -∫ √cos θ sin θ (S1+S2)/2 J0(k r sin θ) e^{ikz(cos θ - 1)} dθ and I2 = +∫ … (S2-S1)/2 J2 …:
 * no pupil grid, no Fourier kernel, no interpolation table. The signs differ because F's x component is
 * (S1+S2)/2 + (S2-S1)/2 cos 2φ, and ∫ cos 2φ e^{ix cos φ} dφ = 2π i² J2(x).
 */
function integrated(
  r: number,
  sphere: { z: number; radius: number; re: number; im: number },
  aperture: number,
) {
  const rule = gaussLegendre(400, 0, Math.asin(aperture / MEDIUM));
  const { s1, s2 } = amplitudesAt(rule.nodes, sphere.radius, sphere.re, sphere.im);
  const [i0, i2] = [
    [0, 0],
    [0, 0],
  ];
  rule.nodes.forEach((theta, i) => {
    const size = (rule.weights[i] ?? 0) * Math.sqrt(Math.cos(theta)) * Math.sin(theta);
    const phase = K * sphere.z * (Math.cos(theta) - 1);
    const [c, s] = [Math.cos(phase), Math.sin(phase)];
    const [ar, ai, br, bi] = [s1[2 * i] ?? 0, s1[2 * i + 1] ?? 0, s2[2 * i] ?? 0, s2[2 * i + 1] ?? 0];
    const add = (sum: number[], re: number, im: number, bessel: number) => {
      sum[0] = (sum[0] ?? 0) - size * bessel * (re * c - im * s);
      sum[1] = (sum[1] ?? 0) - size * bessel * (re * s + im * c);
    };
    const argument = K * r * Math.sin(theta);
    add(i0, (ar + br) / 2, (ai + bi) / 2, besselJ(0, argument));
    add(i2, (br - ar) / 2, (bi - ai) / 2, -besselJ(2, argument));
  });
  const [re0 = 0, im0 = 0, re2 = 0, im2 = 0] = [...i0, ...i2];
  // Ex = 1 + I0 + I2 cos 2φ, Ey = I2 sin 2φ: φ = 0 and φ = 90°.
  return { alongX: (1 + re0 + re2) ** 2 + (im0 + im2) ** 2, alongY: (1 + re0 - re2) ** 2 + (im0 - im2) ** 2 };
}

describe('sphere in the pupil model', () => {
  it.each([
    { z: 4e-6, radius: 0.6e-6, re: 1.59, im: 0, aperture: 1.0 },
    { z: -3e-6, radius: 0.35e-6, re: 1.45, im: 0.05, aperture: 1.2 },
  ])(
    'gives the hologram of an independent integral, $radius m at $z m',
    async ({ z, radius, re, im, aperture }) => {
      const columns = 161;
      const pixelPitch = 50e-9;
      const sphere = { z, radius, refractiveIndex: re, extinctionCoefficient: im };
      const line = async (rows: number, across: number, grid: number) => {
        const image = await evaluate(hologram(sphere, aperture, { rows, columns: across, pixelPitch }), {
          samples: grid,
          pitch: 1e-6,
        });
        return image.data;
      };
      const alongX = (await line(2, columns, 400)).slice(columns);
      const tall = await line(columns, 2, 400);
      const alongY = Float64Array.from({ length: columns }, (_, i) => tall[2 * i + 1] ?? Number.NaN);
      const expected = Array.from({ length: 81 }, (_, i) =>
        integrated(i * pixelPitch, { z, radius, re, im }, aperture),
      );
      const signal = Math.max(...expected.map(({ alongX: i }) => Math.abs(i - 1)));
      expect(signal).toBeGreaterThan(0.1);
      for (let i = 0; i <= 80; i++) {
        // Pupil edge on 199 cells per radius, phase steps of up to 1 rad: 5e-4 of the signal.
        for (const side of [80 + i, 80 - i]) {
          expect(Math.abs((alongX[side] ?? Number.NaN) - (expected[i]?.alongX ?? 0))).toBeLessThan(
            1e-3 * signal,
          );
          expect(Math.abs((alongY[side] ?? Number.NaN) - (expected[i]?.alongY ?? 0))).toBeLessThan(
            1e-3 * signal,
          );
        }
      }
    },
  );

  it('obeys the optical theorem: ∫ E dA = -(2π/k²) S(0), and -2 Re of it is the extinction cross-section', async () => {
    const [radius, re, im, aperture] = [0.4e-6, 1.59, 0.03, 0.8];
    const { coefficients, s1 } = amplitudesAt(Float64Array.of(0), radius, re, im);
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const design = hologram({ z: 7e-6, radius, refractiveIndex: re, extinctionCoefficient: im }, aperture, {
      rows: 2,
      columns: 2,
    });
    const { sphere } = runChain(ops, design, { samples: 33, pitch: 1e-6 });
    if (sphere?.kind !== 'farField') throw new Error('A sphere gives a far field.');
    const [read = []] = await ops.read([sphere.evaluate(ops, pupilGrid(33), constantScalar(aperture))]);
    ops.close(scope);
    const centre = 2 * (16 * 33 + 16);
    // ∫ exp(-2πi ρ·x NA/λ) over the plane leaves P at the centre times λ/NA.
    const [areaRe, areaIm] = [
      ((read[centre] ?? 0) * WAVELENGTH) / aperture,
      ((read[centre + 1] ?? 0) * WAVELENGTH) / aperture,
    ];
    const unit = (2 * Math.PI) / K ** 2;
    // Interpolation table of the amplitudes: 1e-8.
    expect(areaRe / unit).toBeCloseTo(-(s1[0] ?? 0), 6);
    expect(areaIm / unit).toBeCloseTo(-(s1[1] ?? 0), 6);
    const extinction = mieEfficiencies(coefficients).qExt * Math.PI * radius ** 2;
    expect(Math.abs((-2 * areaRe) / extinction - 1)).toBeLessThan(1e-6);
    // Polarised along x: nothing along y on the axis.
    expect(Math.hypot(read[33 * 33 * 2 + centre] ?? 9, read[33 * 33 * 2 + centre + 1] ?? 9)).toBeLessThan(
      1e-30,
    );
  });

  it('with a shell of gold obeys it too, with what the shell absorbs', async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const matter = { radius: 0.1e-6, material: 'fusedSilica', shells: '1', shell1Thickness: 30e-9 };
    const design = hologram({ z: 7e-6, ...matter, materialShell1: 'gold' }, 0.8, { rows: 2, columns: 2 });
    const { sphere } = runChain(ops, design, { samples: 17, pitch: 1e-6 });
    if (sphere?.kind !== 'farField') throw new Error('A sphere gives a far field.');
    const [read = []] = await ops.read([sphere.evaluate(ops, pupilGrid(17), constantScalar(0.8))]);
    ops.close(scope);
    // Silica at 532 nm by Malitson's formula, gold by Johnson and Christy: straight lines between their entries are
    // 0.02 off the smooth curve here, which changes the extinction by some percent.
    const layers = [
      { sizeParameter: K * 0.1e-6, mRe: 1.4607 / MEDIUM, mIm: 0 },
      { sizeParameter: K * 0.13e-6, mRe: 0.54386 / MEDIUM, mIm: 2.2309 / MEDIUM },
    ];
    const { qExt, qSca } = mieEfficiencies(mieCoefficients(layers, 20));
    expect(qExt - qSca).toBeGreaterThan(0.3);
    const centre = 2 * (8 * 17 + 8);
    const area = ((read[centre] ?? 0) * WAVELENGTH) / 0.8;
    expect(Math.abs((-2 * area) / (qExt * Math.PI * 0.13e-6 ** 2) - 1)).toBeLessThan(0.03);
  });

  it('with shells of no thickness, or of its own index, is the same sphere', async () => {
    const pixels = { rows: 9, columns: 9, pixelPitch: 0.2e-6 };
    const grid = { samples: 48, pitch: 1e-6 };
    const bare = await evaluate(hologram({ z: 2e-6, radius: 0.6e-6 }, 1.0, pixels), grid);
    const shells = { shells: '2', shell1Thickness: 0, shell1Index: 1.3, shell2Thickness: 0, shell2Index: 2 };
    const none = await evaluate(hologram({ z: 2e-6, radius: 0.6e-6, ...shells }, 1.0, pixels), grid);
    const own = { shells: '1', shell1Thickness: 0.2e-6, shell1Index: 1.59 };
    const same = await evaluate(hologram({ z: 2e-6, radius: 0.4e-6, ...own }, 1.0, pixels), grid);
    expect(distance(none.data, bare.data)).toBeLessThan(1e-12);
    expect(distance(same.data, bare.data)).toBeLessThan(1e-12);
  });

  it('says when it scatters nothing, and when its series is long', () => {
    const ops = new Ops(createFloat64Kernels());
    ops.open();
    const notesOf = (settings: Settings) => {
      const design = hologram(settings, 1, { rows: 2, columns: 2 });
      const { source } = runChain(ops, design, { samples: 8, pitch: 1e-6 });
      const params = Object.fromEntries(
        Object.entries(mieSphere.params).map(([name, param]) => {
          const value = settings[name] ?? ('default' in param ? param.default : 0);
          return [name, typeof value === 'number' ? constantScalar(value) : value];
        }),
      );
      return (mieSphere.sampling?.({ in: source }, params as never, { samples: 8, pitch: 1e-6 }) ?? []).map(
        ({ message }) => message,
      );
    };
    expect(notesOf({})).toEqual([]);
    expect(notesOf({ refractiveIndex: MEDIUM })).toEqual([expect.stringContaining('scatters nothing')]);
    expect(notesOf({ radius: 50e-6, z: 1e-4 })).toEqual([]);
    expect(notesOf({ radius: 80e-6, z: 1e-4 })).toEqual([expect.stringContaining('computed slowly')]);
    expect(notesOf({ shells: '1', shell1Thickness: 0.1e-6 })).toEqual([]);
    expect(notesOf({ z: 0.3e-6 })).toEqual([expect.stringContaining('not the field inside')]);
  });

  it('at (+x, +y) appears at that pixel', async () => {
    const pixelPitch = 0.1e-6;
    const design = hologram({ x: 0.8e-6, y: -1.5e-6, z: 0.5e-6, radius: 0.3e-6 }, 1.1, {
      rows: 64,
      columns: 65,
      pixelPitch,
    });
    const { data, shape } = await evaluate(design, { samples: 64, pitch: 1e-6 });
    const { x, y } = moments({ data: data.map((value) => (value - 1) ** 2), shape });
    // The rings are cut off by the camera, a little more on one side than on the other.
    expect(Math.abs(x - 8)).toBeLessThan(0.3);
    expect(Math.abs(y + 15)).toBeLessThan(0.3);
  });

  it('d before the focal plane looks the same as in focus, seen d behind', async () => {
    const pixels = { rows: 24, columns: 24, pixelPitch: 0.12e-6 };
    const grid = { samples: 64, pitch: 1e-6 };
    const seenFrom = (z: number, zOffset: number): Chain => ({
      ...hologram({ z }, 1.0, pixels),
      stack: stage(stack, { planes: 2, zStep: 1e-6, zOffset }, 'pupil'),
      stacked: stage(camera, pixels, 'stack'),
    });
    const [before, behind] = [
      await evaluate(seenFrom(3e-6, 0), grid),
      await evaluate(seenFrom(0, 3e-6), grid),
    ];
    const focal = before.data.slice(24 * 24);
    // Planes at offset + (i - 1) step: the second is the offset itself.
    expect(distance(behind.data.slice(24 * 24), focal)).toBeLessThan(1e-12);
    expect(distance(behind.data.slice(0, 24 * 24), focal)).toBeGreaterThan(0.01);
  });

  it('absorbs: a black sphere in focus darkens its place', async () => {
    const sphere = { z: 0, radius: 1e-6, refractiveIndex: 1.5, extinctionCoefficient: 0.5 };
    const { data } = await evaluate(hologram(sphere, 1.2, { rows: 3, columns: 3, pixelPitch: 0.1e-6 }), {
      samples: 96,
      pitch: 1e-6,
    });
    expect(data[4]).toBeLessThan(0.2);
  });

  it('turned polarisation turns the hologram', async () => {
    const pixels = { rows: 25, columns: 25, pixelPitch: 0.15e-6 };
    const grid = { samples: 65, pitch: 1e-6 };
    const along = await evaluate(hologram({ z: 2e-6 }, 1.2, pixels), grid);
    const across = await evaluate(hologram({ z: 2e-6 }, 1.2, pixels, 1, Math.PI / 2), grid);
    const transposed = along.data.map((_, i) => along.data[(i % 25) * 25 + Math.floor(i / 25)] ?? 0);
    expect(distance(across.data, transposed)).toBeLessThan(1e-12);
    expect(distance(across.data, along.data)).toBeGreaterThan(1e-3);
  });

  it('with amplitude 0 leaves the background 1', async () => {
    const { data } = await evaluate(hologram({}, 0.9, { rows: 4, columns: 5 }, 0), {
      samples: 32,
      pitch: 1e-6,
    });
    for (const value of data) expect(value).toBeCloseTo(1, 12);
  });

  it('needs plane waves, and says so', async () => {
    const chain = { beam: stage(gaussianBeam), sphere: stage(mieSphere, {}, 'beam') };
    await expect(evaluate(chain, { samples: 16, pitch: 1e-6 })).rejects.toThrow(/needs plane waves/);
  });
});
