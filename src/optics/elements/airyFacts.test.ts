/** Numbers of the circular pupil that every optics program agrees on (facts 1 to 14 of wave optics). */
import { describe, expect, it } from 'vitest';
import { besselJ1 } from '../maths/bessel.ts';
import { gaussLegendre } from '../maths/quadrature.ts';
import { zernike } from '../maths/zernike.ts';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { Ops } from '../ops/ops.ts';
import { constantScalar } from '../ops/scalar.ts';
import { axialWavenumber, pupilCoverage, pupilGrid } from '../pupil/pupilGrid.ts';
import { zoomTransform } from '../pupil/zoomTransform.ts';
import { evaluate, stage } from '../testSupport.ts';
import { camera } from './detection/camera.ts';
import { pupil } from './pupils/pupil.ts';
import { stack } from './pupils/stack.ts';
import { planeWave } from './sources/planeWave.ts';

const grid = (samples: number) => ({ samples, pitch: 20e-6 });

/** 2 J1(x)/x. */
const airy = (x: number) => (x === 0 ? 1 : (2 * besselJ1(x)) / x);

describe('the Airy pattern', () => {
  const wavelength = 500e-9;
  const fNumber = 10;
  /** Irradiance along x from the middle, in steps of λN/100, for a pupil of 126 samples across. */
  async function profile(): Promise<Float64Array> {
    const columns = 1101;
    const { data } = await evaluate(
      {
        source: stage(planeWave, { wavelength }),
        pupil: stage(pupil, { numericalAperture: 1 / (2 * fNumber) }, 'source'),
        camera: stage(camera, { rows: 3, columns, pixelPitch: (wavelength * fNumber) / 100 }, 'pupil'),
      },
      grid(128),
    );
    return data.slice(columns + 550, 2 * columns);
  }

  function extremeNear(line: Float64Array, at: number): [number, number] {
    const i = Math.round(at * 100);
    const [a = 0, b = 0, c = 0] = line.slice(i - 1, i + 2);
    const offset = (0.5 * (a - c)) / (a - 2 * b + c);
    return [(i + offset) / 100, b - 0.25 * (a - c) * offset];
  }

  it('has its dark rings and side lobes where the zeros and maxima of 2J1(x)/x are', async () => {
    const line = await profile();
    for (const ring of [1.2196699, 2.2331306, 3.2383155, 4.2410629, 5.2427644]) {
      // The pupil's edge on 63 cells per radius; rings of λN.
      expect(Math.abs(extremeNear(line, ring)[0] - ring)).toBeLessThan(2e-3);
    }
    for (const [at, height] of [
      [1.634719, 0.01749786],
      [2.679292, 0.004158],
    ] as const) {
      const [found, value] = extremeNear(line, at);
      expect(Math.abs(found - at)).toBeLessThan(2e-3);
      expect(Math.abs(value / (line[0] ?? 1) - height)).toBeLessThan(2e-5);
    }
  });

  // Fact 6: as a field, over ±8 λN.
  it.each([
    [256, 3e-5],
    [512, 1e-5],
  ])('as a field of a pupil of %d samples is 2J1(x)/x to within %d', async (samples, limit) => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const shape = pupilGrid(samples);
    const open = ops.toComplex(pupilCoverage(ops, shape));
    const [rows, columns] = [5, 65];
    // A pixel is λN/4, an eighth of λ/NA.
    const step = constantScalar(1 / 8);
    const image = zoomTransform(ops, open, {
      step,
      spacing: 1 / shape.radius,
      rows,
      columns,
      sign: -1,
    });
    const [read = []] = await ops.read([image]);
    ops.close(scope);
    const area = Math.PI * shape.radius ** 2;
    let worst = 0;
    for (let i = 0; i < rows * columns; i++) {
      const r = Math.hypot(Math.floor(i / columns) - 2, (i % columns) - 32) / 8;
      worst = Math.max(worst, Math.abs((read[2 * i] ?? 0) / area - airy(2 * Math.PI * r)));
      worst = Math.max(worst, Math.abs((read[2 * i + 1] ?? 0) / area));
    }
    expect(worst).toBeLessThan(limit);
  });

  it.each([
    [10, 0.5e-6],
    [10, 1e-6],
    [2.67, 3e-6],
  ])('at f/%d and %d m has the same shape at three pixels per λN', async (f, lambda) => {
    const { data } = await evaluate(
      {
        source: stage(planeWave, { wavelength: lambda }),
        pupil: stage(pupil, { numericalAperture: 1 / (2 * f) }, 'source'),
        camera: stage(camera, { rows: 33, columns: 33, pixelPitch: (lambda * f) / 3 }, 'pupil'),
      },
      grid(128),
    );
    const peak = data[16 * 33 + 16] ?? 1;
    data.forEach((value, i) => {
      const r = Math.hypot(Math.floor(i / 33) - 16, (i % 33) - 16) / 3;
      expect(Math.abs(value / peak - airy(Math.PI * r) ** 2)).toBeLessThan(1e-3);
    });
  });
});

describe('defocus', () => {
  it.each([
    [0.25, 0.810569],
    [0.5, 0.405285],
    [1, 0],
    // NA 0.5 at 532 nm, 1 µm and 2 µm out of focus: z NA²/2λ.
    [0.2349624, 0.831052],
    [0.4699248, 0.454696],
  ])('of %d waves at the edge leaves a Strehl ratio of %d', async (waves, expected) => {
    const wavelength = 500e-9;
    const peak = async (zernikes: Record<string, number>) => {
      const { data } = await evaluate(
        {
          source: stage(planeWave, { wavelength }),
          pupil: stage(pupil, { zernike: zernikes }, 'source'),
          camera: stage(camera, { rows: 3, columns: 3, pixelPitch: 10e-9 }, 'pupil'),
        },
        grid(192),
      );
      return data[4] ?? 0;
    };
    // W20 ρ² = W20/(2√3) Z4 + piston. Edge cells take the wavefront at their middle: 95 cells per radius.
    const ratio = (await peak({ 4: (waves * wavelength) / (2 * Math.sqrt(3)) })) / (await peak({}));
    expect(Math.abs(ratio - expected)).toBeLessThan(3e-4);
  });

  it('of 8 N² W is that of a shift: the light of f/10 is dark 8 λN² from focus', async () => {
    const [wavelength, fNumber] = [500e-9, 10];
    const far = 8 * wavelength * fNumber ** 2;
    const { data } = await evaluate(
      {
        source: stage(planeWave, { wavelength }),
        pupil: stage(pupil, { numericalAperture: 1 / (2 * fNumber) }, 'source'),
        stack: stage(stack, { planes: 11, zStep: far / 200, zOffset: far }, 'pupil'),
        camera: stage(camera, { rows: 3, columns: 3, pixelPitch: 50e-9 }, 'stack'),
      },
      grid(96),
    );
    const axis = Array.from({ length: 11 }, (_, i) => data[9 * i + 4] ?? 0);
    const darkest = axis.indexOf(Math.min(...axis));
    // Fact 14 asks 1 %: the exact zero lies NA²/4 = 0.06 % nearer; planes are 0.5 % apart.
    expect(Math.abs(darkest - 5)).toBeLessThanOrEqual(1);
    expect(axis[5] ?? 1).toBeLessThan(0.1 * (axis[0] ?? 0) + 0.1 * (axis[10] ?? 0));
  });

  // psf.md Z8: 1 µm of exact defocus as Noll terms 4, 11 and 22, radians RMS, λ = 500 nm.
  it.each([
    [0.85, 1.0, -1.683661, -0.131722, -0.020439],
    [1.2, 1.33, -2.657594, -0.262543, -0.051773],
    [1.4, 1.518, -3.245809, -0.353515, -0.077159],
  ])(
    'of 1 µm at NA %d in n = %d is %d of Z4, %d of Z11 and %d of Z22',
    async (aperture, index, z4, z11, z22) => {
      const ops = new Ops(createFloat64Kernels());
      const scope = ops.open();
      const samples = 401;
      const shape = pupilGrid(samples);
      // One row through the middle holds the whole function of the radius.
      const map = axialWavenumber(
        ops,
        shape,
        constantScalar(500e-9),
        constantScalar(index),
        constantScalar(aperture),
      );
      const [read = []] = await ops.read([map]);
      ops.close(scope);
      const centre = 200 * samples + 200;
      const at = (rho: number) => {
        const x = rho * shape.radius;
        const i = Math.min(198, Math.floor(x));
        const t = x - i;
        const [a, b, c] = [
          read[centre + i] ?? 0,
          read[centre + i + 1] ?? 0,
          read[centre + Math.max(0, i - 1)] ?? 0,
        ];
        // Quadratic through three samples of a smooth function.
        return i === 0 ? a + t * (b - a) : a + (t * (b - c)) / 2 + (t * t * (b - 2 * a + c)) / 2;
      };
      const rule = gaussLegendre(60, 0, 1);
      for (const [noll, expected] of [
        [4, z4],
        [11, z11],
        [22, z22],
      ] as const) {
        let sum = 0;
        rule.nodes.forEach((square, i) => {
          const rho = Math.sqrt(square);
          sum += (rule.weights[i] ?? 0) * at(rho) * zernike(noll, rho, 0);
        });
        // Interpolation between 199 samples; the table has six digits.
        expect(Math.abs(sum * 1e-6 - expected)).toBeLessThan(5e-5);
      }
    },
  );
});

describe('tilt', () => {
  it('by 0.2″ moves the focus of a lens of 1 m by 0.96963 µm', async () => {
    // Radius NA · 1 m: the path rises by the angle times the radius, twice the RMS of Z2.
    const angle = ((0.2 / 3600) * Math.PI) / 180;
    const [wavelength, aperture] = [550e-9, 0.05];
    const columns = 65;
    const { data } = await evaluate(
      {
        source: stage(planeWave, { wavelength }),
        pupil: stage(
          pupil,
          { numericalAperture: aperture, zernike: { 2: (angle * aperture) / 2 } },
          'source',
        ),
        camera: stage(camera, { rows: 3, columns, pixelPitch: 0.25e-6 }, 'pupil'),
      },
      grid(64),
    );
    const line = data.slice(columns, 2 * columns);
    const best = line.indexOf(Math.max(...line));
    const [a = 0, b = 0, c = 0] = line.slice(best - 1, best + 2);
    const shift = (best - 32 + (0.5 * (a - c)) / (a - 2 * b + c)) * 0.25e-6;
    // The parabola on pixels of a fortieth of the spot: 1e-3 of a pixel.
    expect(Math.abs(shift - 0.96963e-6)).toBeLessThan(1e-9);
  });
});
