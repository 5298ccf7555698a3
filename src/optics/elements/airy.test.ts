import { describe, expect, it } from 'vitest';
import { discCoverage } from '../maths/disc.ts';
import { gaussLegendre } from '../maths/quadrature.ts';
import { zernike } from '../maths/zernike.ts';
import type { Setting } from '../testChain.ts';
import { brightest, evaluate, letterF, moments, stage, total, withAmplitude } from '../testSupport.ts';
import { camera } from './detection/camera.ts';
import { pupil } from './pupils/pupil.ts';
import { planeWave } from './sources/planeWave.ts';

const WAVELENGTH = 532e-9;
const APERTURE = 0.5;
/** λ/NA. */
const UNIT = WAVELENGTH / APERTURE;

function chain(pixels: Record<string, Setting>, zernikes: Record<string, number> = {}) {
  return {
    source: stage(planeWave),
    pupil: stage(pupil, { numericalAperture: APERTURE, zernike: zernikes }, 'source'),
    camera: stage(camera, pixels, 'pupil'),
  };
}

/** Irradiance along +x from the centre in steps of λ/NA / 200, out of a narrow camera. */
async function profile(samples: number): Promise<Float64Array> {
  const columns = 401;
  const { data } = await evaluate(chain({ rows: 3, columns, pixelPitch: UNIT / 200 }), {
    samples,
    pitch: 20e-6,
  });
  return data.slice(columns + 200, 2 * columns);
}

describe.each([
  [128, 128],
  [129, 129],
  [128, 129],
  [129, 128],
])('Airy pattern, %d pupil samples, %d pixels', (samples, columns) => {
  const grid = { samples, pitch: 20e-6 };

  it('peaks on sample floor(N/2) with the power density π NA²/λ²', async () => {
    const pixelPitch = 50e-9;
    const image = await evaluate(chain({ rows: columns, columns, pixelPitch }), grid);
    expect(brightest(image)).toEqual([0, 0]);
    const peak = (Math.max(...image.data) / pixelPitch ** 2) * UNIT ** 2;
    // The coverage weights sum to the disc exactly.
    expect(peak / Math.PI).toBeCloseTo(1, 10);
  });

  it('has its first dark ring at 0.609835 λ/NA and its half maximum at 0.514497/2', async () => {
    const line = await profile(samples);
    let dark = 50;
    while ((line[dark + 1] ?? 1) < (line[dark] ?? 0)) dark++;
    const [a = 0, b = 0, c = 0] = line.slice(dark - 1, dark + 2);
    const ring = (dark + (0.5 * (a - c)) / (a - 2 * b + c)) / 200;
    // Pupil edge on 63 cells per radius: second order, 1e-4.
    expect(Math.abs(ring / 0.609835 - 1)).toBeLessThan(1e-3);
    const half = (line[0] ?? 0) / 2;
    const after = line.findIndex((value) => value < half);
    const [high = 0, low = 0] = line.slice(after - 1, after + 1);
    const width = (2 * (after - 1 + (high - half) / (high - low))) / 200;
    expect(Math.abs(width / 0.514497 - 1)).toBeLessThan(1e-3);
  });

  it('holds 0.837785 of the pupil’s power inside the first dark ring', async () => {
    const pixelPitch = 25e-9;
    const { data } = await evaluate(chain({ rows: columns, columns, pixelPitch }), grid);
    const centre = Math.floor(columns / 2);
    const inside = discCoverage([columns, columns], [centre, centre], (0.609835 * UNIT) / pixelPitch);
    const share = total(data.map((value, i) => value * (inside[i] ?? 0)));
    // Midpoint rule over pixels of 1/26 ring radius, at a ring where the irradiance vanishes: 1e-4.
    expect(Math.abs(share - 0.837785)).toBeLessThan(1e-3);
  });

  it.each([4, 5, 6, 7, 8, 9, 10, 11])(
    'has the exact Strehl ratio with 0.05 waves RMS of Noll %d',
    async (j) => {
      const pixels = { rows: columns, columns: 3, pixelPitch: 50e-9 };
      const axis = 3 * Math.floor(columns / 2) + 1;
      const bare = await evaluate(chain(pixels), grid);
      const aberrated = await evaluate(chain(pixels, { [j]: 0.05 * WAVELENGTH }), grid);
      const strehl = (aberrated.data[axis] ?? 0) / (bare.data[axis] ?? 1);
      // Edge cells take the wavefront at their middle instead of over their covered part: at most 2.4e-4 (Noll 11).
      expect(Math.abs(strehl - exactStrehl(j, 0.05))).toBeLessThan(5e-4);
    },
  );
});

/** |mean exp(2πi w Z_j)|² over the disc by Gauss-Legendre in ρ² and the trapezium rule in angle. */
function exactStrehl(j: number, waves: number): number {
  const radii = gaussLegendre(40, 0, 1);
  let [re, im] = [0, 0];
  radii.nodes.forEach((square, i) => {
    for (let k = 0; k < 64; k++) {
      const [rho, theta] = [Math.sqrt(square), (2 * Math.PI * k) / 64];
      const phase = 2 * Math.PI * waves * zernike(j, rho * Math.cos(theta), rho * Math.sin(theta));
      re += ((radii.weights[i] ?? 0) * Math.cos(phase)) / 64;
      im += ((radii.weights[i] ?? 0) * Math.sin(phase)) / 64;
    }
  });
  return re * re + im * im;
}

describe('tilt', () => {
  // Z2 = 2ρ cos θ: c metres RMS tilt the wave by 2c/ρ, which moves the image by 2c/NA = 2λ/NA per wave RMS.
  it.each([
    [2, 1, 0],
    [3, 0, 1],
  ])('of +1 wave RMS of Noll %d moves the image by 2 λ/NA along [%d, %d]', async (j, x, y) => {
    const pixelPitch = UNIT / 20;
    const tilted = await evaluate(chain({ rows: 121, columns: 121, pixelPitch }, { [j]: WAVELENGTH }), {
      samples: 96,
      pitch: 20e-6,
    });
    expect(brightest(tilted)).toEqual([40 * y, 40 * x]);
  });

  it('moves the image by 1/π λ/NA per radian RMS, also between pixels', async () => {
    const pixels = { rows: 121, columns: 121, pixelPitch: UNIT / 10 };
    const grid = { samples: 64, pitch: 20e-6 };
    const shifted = await evaluate(chain(pixels, { 2: WAVELENGTH / (2 * Math.PI) }), grid);
    // The parabola through the three brightest pixels of the row; an Airy peak bends by 1e-3 of a pixel there.
    const [row, column] = brightest(shifted);
    const at = (row + 60) * 121 + column + 60;
    const [a = 0, b = 0, c = 0] = shifted.data.slice(at - 1, at + 2);
    const peak = column + (0.5 * (a - c)) / (a - 2 * b + c);
    expect(row).toBe(0);
    expect(Math.abs(peak / 10 - 1 / Math.PI)).toBeLessThan(2e-3);
  });
});

describe('letter F in the pupil', () => {
  const grid = { samples: 64, pitch: 20e-6 };
  const waves = 5 / Math.sqrt(12);

  async function defocused(sign: 1 | -1) {
    // W20 = 2√3 c: five waves of longer path at the edge send each part of the pupil to its own side.
    const design = chain({ rows: 65, columns: 65, pixelPitch: UNIT / 3.2 }, { 4: sign * waves * WAVELENGTH });
    return evaluate(design, grid, 'camera', (ops) => ({ source: withAmplitude(letterF(900e-6))(ops) }));
  }

  it('keeps its orientation with longer path at the edge, and is turned by 180° with shorter', async () => {
    const [upright, turned] = [await defocused(1), await defocused(-1)];
    const mirrored = Float64Array.from(upright.data).reverse();
    // Exact symmetry of the transform; float64 rounding.
    upright.data.forEach((_, i) => {
      expect(Math.abs((turned.data[i] ?? 0) - (mirrored[i] ?? 0))).toBeLessThan(1e-12);
    });
    // The stem is left of the centre, the bars are above: the mean lies towards -x and -y.
    const centre = moments(upright);
    expect(centre.x).toBeLessThan(-0.5);
    expect(centre.y).toBeLessThan(-0.5);
  });
});
