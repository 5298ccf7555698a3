import { describe, expect, it } from 'vitest';
import type { ElementSpec } from '../../element.ts';
import { besselJ } from '../../maths/bessel.ts';
import { gaussLegendre } from '../../maths/quadrature.ts';
import type { Chain, Setting } from '../../testChain.ts';
import { brightest, distance, evaluate, intensity, moments, stage, total } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { planeWave } from '../sources/planeWave.ts';
import { psfMask } from './psfMask.ts';
import { pupil } from './pupil.ts';
import { pupilAmplitude } from './pupilAmplitude.ts';
import { pupilStop } from './pupilStop.ts';
import { seidel } from './seidel.ts';
import { stack } from './stack.ts';

const WAVELENGTH = 500e-9;
const APERTURE = 0.5;
/** λ/NA. */
const UNIT = WAVELENGTH / APERTURE;
const grid = { samples: 96, pitch: 20e-6 };

interface Setup {
  readonly params?: Record<string, Setting>;
  readonly zernike?: Record<string, number>;
  readonly planes?: Record<string, Setting>;
  readonly pixels?: Record<string, Setting>;
}

function through(element: ElementSpec, setup: Setup): Chain {
  const { params = {}, zernike = {}, planes = { planes: 1 }, pixels = {} } = setup;
  return {
    source: stage(planeWave, { wavelength: WAVELENGTH }),
    pupil: stage(pupil, { numericalAperture: APERTURE, zernike }, 'source'),
    mask: stage(element, params, 'pupil'),
    stack: stage(stack, planes, 'mask'),
    camera: stage(camera, { rows: 41, columns: 41, pixelPitch: UNIT / 8, ...pixels }, 'stack'),
  };
}

/** Samples along +x from the middle, in steps of λ/NA / 100. */
async function radial(element: ElementSpec, params: Record<string, Setting>): Promise<number[]> {
  const pixels = { rows: 3, columns: 301, pixelPitch: UNIT / 100 };
  const { data } = await evaluate(through(element, { params, pixels }), grid);
  return Array.from(data.slice(301 + 150, 602));
}

/** Where a line has its extreme of the given sign after `from`, by a parabola, in samples. */
function extreme(line: readonly number[], from: number, sign: 1 | -1): number {
  let at = from;
  while (sign * ((line[at + 1] ?? 0) - (line[at] ?? 0)) > 0) at++;
  const [a = 0, b = 0, c = 0] = line.slice(at - 1, at + 2);
  return at + (0.5 * (a - c)) / (a - 2 * b + c);
}

describe('pupil amplitude', () => {
  it('of the second order is a Gaussian beam', async () => {
    // exp(a √3 (2ρ² − 1)) is exp(−ρ²/w²) but for its height: w² = −1 / (2√3 a).
    const second = -0.3;
    const fill = Math.sqrt(-1 / (2 * Math.sqrt(3) * second));
    const stop = { obstruction: 0, illumination: 'gaussian', fill };
    const [own, other] = [
      await evaluate(through(pupilAmplitude, { params: { second } }), grid),
      await evaluate(through(pupilStop, { params: stop }), grid),
    ];
    const scale = (own.data[840] as number) / (other.data[840] as number);
    const scaled = Array.from(other.data, (value) => scale * (value as number));
    expect(distance(own.data, scaled)).toBeLessThan(1e-12 * Math.max(...own.data));
  });

  it('keeps the power of an even pupil, whatever its shape', async () => {
    const powerOf = async (params: Record<string, Setting>) => {
      const { data } = await evaluate(through(pupilAmplitude, { params }), grid, 'mask');
      return total(intensity(data));
    };
    const shaped = await powerOf({ second: -0.4, fourth: 0.2, sixth: -0.1 });
    // Edge cells weigh with the square of their share: 0.4 / 47 of the power there, and its change with the amplitude.
    expect(Math.abs(shaped / (await powerOf({})) - 1)).toBeLessThan(0.008);
  });
});

describe('pupil stop', () => {
  it('that takes nothing away changes nothing', async () => {
    const params = { obstruction: 0, arms: 0 };
    const [open, { mask: _, ...bare }] = [through(pupilStop, { params }), through(pupilStop, {})];
    const plain = await evaluate({ ...bare, stack: stage(stack, { planes: 1 }, 'pupil') }, grid);
    const { data } = await evaluate(open, grid);
    expect(distance(data, plain.data)).toBeLessThan(1e-12 * Math.max(...plain.data));
  });

  // psf.md A11: first dark ring of an annular pupil in λ/D = λ/(2 NA).
  it.each([
    [0.2, 1.166507],
    [0.33, 1.097683],
    [0.42, 1.046202],
  ])('with an obstruction of %d has its first dark ring at %d λ/D', async (obstruction, expected) => {
    const line = await radial(pupilStop, { obstruction });
    // Two edges of soft cells on 47 and 15 cells per radius: second order.
    expect(Math.abs((2 * extreme(line, 20, -1)) / 100 - expected)).toBeLessThan(2e-3);
  });

  it('takes the light that its areas stand for', async () => {
    const powerOf = async (params: Record<string, Setting>) => {
      const { data } = await evaluate(through(pupilStop, { params }), grid, 'mask');
      return total(intensity(data)) / 47 ** 2;
    };
    const whole = await powerOf({ obstruction: 0 });
    // Edge cells weigh with the square of their share: 0.4 of a cell at each edge, 2π R of them.
    expect(Math.abs((await powerOf({ obstruction: 0.5 })) / whole - 0.75)).toBeLessThan(0.02);
    expect(Math.abs((await powerOf({ obstruction: 0, clearRadius: 0.8 })) / whole - 0.64)).toBeLessThan(0.02);
    const ellipse = { obstruction: 0, clearRadius: 0.8, ellipticity: 0.5 };
    expect(Math.abs((await powerOf(ellipse)) / whole - 0.32)).toBeLessThan(0.02);
    // Four arms of width 0.1: 4 · 0.1 / π, less the square where they meet.
    const arms = { obstruction: 0, arms: 4, armWidth: 0.1 };
    expect(Math.abs((await powerOf(arms)) / whole - (1 - (0.4 - 0.01) / Math.PI))).toBeLessThan(0.01);
    // ∫ exp(-2ρ²) over the disc.
    const gaussian = { obstruction: 0, illumination: 'gaussian', fill: 1 };
    expect(Math.abs((await powerOf(gaussian)) / whole - (1 - Math.exp(-2)) / 2)).toBeLessThan(3e-3);
  });

  it('makes spikes across its arms', async () => {
    const params = { obstruction: 0.3, arms: 2, armWidth: 0.08 };
    const { data } = await evaluate(through(pupilStop, { params, pixels: { rows: 81, columns: 81 } }), grid);
    // Arms along x: light far out along y, on the mean of some fringes.
    let [alongX, alongY] = [0, 0];
    for (let i = 60; i < 80; i++) {
      alongX += data[40 * 81 + i] ?? 0;
      alongY += data[i * 81 + 40] ?? 0;
    }
    expect(alongY / alongX).toBeGreaterThan(2);
  });

  it('decentred to +x leaves the light on that side', async () => {
    const params = { obstruction: 0, clearRadius: 0.5, decentreX: 0.4 };
    const { data } = await evaluate(through(pupilStop, { params }), grid, 'mask');
    const { x, y } = moments({ data: intensity(data), shape: [96, 96] });
    expect(x / 47).toBeCloseTo(0.4, 2);
    expect(y).toBeCloseTo(0, 10);
  });
});

describe('Seidel aberrations', () => {
  it.each([
    // W040 ρ⁴ = W040 (Z11/√5 + √3 Z4 ... )/6 and so on: the same wavefronts by Zernike terms, without piston.
    ['w040', 1, { 4: 1 / (2 * Math.sqrt(3)), 11: 1 / (6 * Math.sqrt(5)) }],
    ['w131', 1, { 2: 1 / 3, 8: 1 / (3 * Math.sqrt(8)) }],
    ['w222', 1, { 4: 1 / (4 * Math.sqrt(3)), 6: 1 / (2 * Math.sqrt(6)) }],
    ['w220', 1, { 4: 1 / (2 * Math.sqrt(3)) }],
    ['w311', 1, { 2: 1 / 2 }],
  ])('%s at the edge of the field is a sum of Zernike terms', async (name, hx, terms) => {
    const path = 0.7 * WAVELENGTH;
    const seidels = await evaluate(through(seidel, { params: { w131: 0, hx, [name]: path } }), grid);
    const zernike = Object.fromEntries(Object.entries(terms).map(([j, share]) => [j, share * path]));
    const zernikes = await evaluate(through(seidel, { params: { w131: 0 }, zernike }), grid);
    expect(distance(seidels.data, zernikes.data)).toBeLessThan(1e-12 * Math.max(...zernikes.data));
  });

  it('grow with the field as h, h² and h³, and turn with it', async () => {
    const at = async (params: Record<string, Setting>) => evaluate(through(seidel, { params }), grid);
    const path = 0.5 * WAVELENGTH;
    for (const [name, power] of [
      ['w131', 1],
      ['w222', 2],
      ['w311', 3],
    ] as const) {
      const far = await at({ w131: 0, hx: 0.6, [name]: path });
      const edge = await at({ w131: 0, hx: 1, [name]: path * 0.6 ** power });
      expect(distance(far.data, edge.data)).toBeLessThan(1e-12 * Math.max(...edge.data));
      const down = await at({ w131: 0, hx: 0, hy: 0.6, [name]: path });
      const turned = far.data.map((_, i) => far.data[(i % 41) * 41 + Math.floor(i / 41)] ?? 0);
      expect(distance(down.data, turned)).toBeLessThan(1e-12 * Math.max(...edge.data));
    }
  });

  it('by distortion move the image outwards by W311 h³/NA', async () => {
    // Ten pixels of λ/8NA: a path of 1.25 λ over the radius.
    const { data } = await evaluate(
      through(seidel, { params: { w131: 0, hx: 0.8, w311: (1.25 * WAVELENGTH) / 0.512 } }),
      grid,
    );
    expect(brightest({ data, shape: [41, 41] })).toEqual([0, 10]);
  });

  it('by coma point the tail to the edge of the field', async () => {
    const image = await evaluate(through(seidel, { params: { hx: 1, w131: WAVELENGTH } }), grid);
    expect(moments(image).x).toBeGreaterThan(brightest(image)[1]);
  });

  it('show several field points side by side, each as it is alone, with the light shared out', async () => {
    const params = { hx: 1, w131: WAVELENGTH, points: 3, spacing: 12 * UNIT };
    const pixels = { rows: 9, columns: 225, pixelPitch: UNIT / 6 };
    const together = await evaluate(through(seidel, { params, pixels }), { ...grid, samples: 160 });
    const narrow = { ...pixels, columns: 9 };
    for (const [i, hx] of [-1, 0, 1].entries()) {
      const alone = await evaluate(
        through(seidel, { params: { ...params, hx, points: 1 }, pixels: narrow }),
        {
          ...grid,
          samples: 160,
        },
      );
      let worst = 0;
      alone.data.forEach((value, at) => {
        const column = 112 + 72 * (i - 1) + (at % 9) - 4;
        worst = Math.max(
          worst,
          Math.abs(3 * (together.data[225 * Math.floor(at / 9) + column] ?? 0) - value),
        );
      });
      // What reaches over from the neighbours 12 λ/NA away: rings of 1e-4 of an unaberrated peak, a few of them.
      expect(worst).toBeLessThan(2e-3 * Math.max(...alone.data));
    }
  });
});

describe('phase masks for point spread functions', () => {
  it('keep the light, whatever the mask', async () => {
    for (const kind of ['astigmatic', 'tetrapod', 'doubleHelix', 'cubic', 'vortex', 'bifocal', 'multiView']) {
      const setup = { params: { kind } };
      const after = await evaluate(through(psfMask, setup), grid, 'mask');
      const before = await evaluate(through(psfMask, setup), grid, 'pupil');
      expect(distance(intensity(after.data), intensity(before.data))).toBeLessThan(1e-15 * 47 ** 2);
    }
  });

  it('astigmatic and tetrapod are Zernike terms of the given RMS', async () => {
    const strength = 120e-9;
    const norm = Math.hypot(1.068, 1.21);
    for (const [kind, zernike] of [
      ['astigmatic', { 6: strength }],
      ['tetrapod', { 6: (1.068 * strength) / norm, 12: (-1.21 * strength) / norm }],
    ] as const) {
      const masked = await evaluate(through(psfMask, { params: { kind, strength } }), grid);
      const plain = await evaluate(through(psfMask, { params: { kind, strength: 0 }, zernike }), grid);
      expect(distance(masked.data, plain.data)).toBeLessThan(1e-12 * Math.max(...plain.data));
    }
  });

  it('vortex of charge 1 makes a ring of radius 0.390185 λ/NA and 0.258757 of the peak', async () => {
    const ring = await radial(psfMask, { kind: 'vortex', charge: 1 });
    const [peak = 1] = await radial(psfMask, { kind: 'astigmatic', strength: 0 });
    // |2 ∫ J1(v ρ) ρ dρ|² at its largest, by quadrature.
    const rule = gaussLegendre(40, 0, 1);
    const height = (v: number) => {
      let sum = 0;
      rule.nodes.forEach((rho, i) => {
        sum += 2 * (rule.weights[i] ?? 0) * rho * besselJ(1, v * rho);
      });
      return sum * sum;
    };
    const expected = height(2 * Math.PI * 0.390185);
    // The vortex's middle: one cell in 47 per radius without light of its own phase.
    const at = extreme(ring, 10, 1);
    expect(Math.abs(at / 100 - 0.390185)).toBeLessThan(2e-3);
    expect(Math.abs((ring[Math.round(at)] ?? 0) / peak - expected)).toBeLessThan(1e-3);
    expect(expected).toBeCloseTo(0.258757, 5);
  });

  it('double helix makes two lobes that turn with depth, a 2L-th of its defocus', async () => {
    const planes = { planes: 5, zStep: 1e-6 };
    const { data } = await evaluate(
      through(psfMask, { params: { kind: 'doubleHelix', zones: 5 }, planes }),
      grid,
    );
    const angles = Array.from({ length: 5 }, (_, i) => {
      const image = { data: data.slice(i * 1681, (i + 1) * 1681), shape: [41, 41] };
      return longAxis(image);
    });
    const turns = angles.slice(1).map((angle, i) => {
      const turn = angle - (angles[i] ?? 0);
      return turn - Math.PI * Math.round(turn / Math.PI);
    });
    // Defocus k z (1 - cos θ) at the edge is what a turn by a 2L-th of it does to L rings on the mean of each ring.
    const expected = ((2 * Math.PI * 1e-6) / WAVELENGTH / 10) * (1 - Math.sqrt(1 - APERTURE ** 2));
    // Within a ring the defocus varies by a fifth of the whole.
    for (const turn of turns) expect(Math.abs(turn / expected - 1)).toBeLessThan(0.1);
  });

  it('double helix turns as a whole with its rotation', async () => {
    const straight = await evaluate(through(psfMask, { params: { kind: 'doubleHelix' } }), grid);
    const quarter = await evaluate(
      through(psfMask, { params: { kind: 'doubleHelix', rotation: Math.PI / 2 } }),
      grid,
    );
    const turned = straight.data.map((_, i) => {
      const [row, column] = [Math.floor(i / 41) - 20, (i % 41) - 20];
      // What was at (x, y) is at (-y, x): rows are y.
      return straight.data[(20 - column) * 41 + 20 + row] ?? 0;
    });
    // The middle cell, whose phase has no direction to turn: one in 6900 cells against lobes of a fifth of the light.
    expect(distance(quarter.data, turned)).toBeLessThan(3e-3 * Math.max(...straight.data));
  });

  it('cubic makes the image nearly the same through ±1.5 waves of defocus', async () => {
    const correlation = async (kind: string, strength: number) => {
      // kz - k at the edge is -k·0.134 for NA 0.5: 11 µm turn it by 1.5 waves.
      const planes = { planes: 2, zStep: 11.2e-6, zOffset: 0 };
      const pixels = { rows: 61, columns: 61, pixelPitch: UNIT / 4 };
      const { data } = await evaluate(through(psfMask, { params: { kind, strength }, planes, pixels }), grid);
      const [far, sharp] = [data.slice(0, 3721), data.slice(3721)];
      const inner = (a: Float64Array, b: Float64Array) =>
        a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
      return inner(far, sharp) / Math.sqrt(inner(far, far) * inner(sharp, sharp));
    };
    expect(await correlation('cubic', 5 * WAVELENGTH)).toBeGreaterThan(2 * (await correlation('cubic', 0)));
  });

  it('multi-view puts the picture of each sector on its own side, sharp at its own depth', async () => {
    const params = { kind: 'multiView', views: 2, shift: 8 * UNIT, depthStep: 0 };
    const pixels = { rows: 81, columns: 41, pixelPitch: UNIT / 4 };
    const { data } = await evaluate(through(psfMask, { params, pixels }), grid);
    // Sectors of two views: +y first, -y second.
    const line = Array.from({ length: 81 }, (_, row) => data[41 * row + 20] ?? 0);
    expect(brightest({ data: Float64Array.from(line.slice(40)), shape: [1, 41] })).toEqual([0, 12]);
    expect(line[72]).toBeCloseTo(line[8] ?? 0, 12);
  });
});

/** Direction of the largest second moment, radians. */
function longAxis({ data, shape }: { data: Float64Array; shape: readonly number[] }): number {
  const [ny = 1, nx = 1] = shape;
  let [xx, yy, xy] = [0, 0, 0];
  data.forEach((value, i) => {
    const [y, x] = [Math.floor(i / nx) - Math.floor(ny / 2), (i % nx) - Math.floor(nx / 2)];
    xx += value * value * x * x;
    yy += value * value * y * y;
    xy += value * value * x * y;
  });
  return 0.5 * Math.atan2(2 * xy, xx - yy);
}
