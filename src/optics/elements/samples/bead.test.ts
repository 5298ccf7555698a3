import { describe, expect, it } from 'vitest';
import type { Chain, Setting } from '../../testChain.ts';
import { brightest, distance, evaluate, stage, total } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { pupil } from '../pupils/pupil.ts';
import { stack } from '../pupils/stack.ts';
import { planeWave } from '../sources/planeWave.ts';
import { bead } from './bead.ts';

const WAVELENGTH = 580e-9;
const MEDIUM = 1.33;
const APERTURE = 1.1;
const grid = { samples: 96, pitch: 1e-6 };

type Settings = Record<string, Setting>;

function chain(emitter: Settings, planes: Settings, pixels: Settings): Chain {
  return {
    source: stage(planeWave, { wavelength: WAVELENGTH, refractiveIndex: MEDIUM }),
    bead: stage(bead, emitter, 'source'),
    pupil: stage(pupil, { numericalAperture: APERTURE }, 'bead'),
    stack: stage(stack, planes, 'pupil'),
    camera: stage(camera, pixels, 'stack'),
  };
}

describe('bead', () => {
  it.each(['isotropic', 'uniform'])('puts its photons into a large camera (%s)', async (emission) => {
    const pixels = { rows: 201, columns: 201, pixelPitch: 0.1e-6 };
    const { data } = await evaluate(chain({ photons: 5000, emission }, { planes: 1 }, pixels), {
      samples: 128,
      pitch: 1e-6,
    });
    // Outside ±19 λ/NA the rings of an Airy pattern hold 2/(π·2π·19) = 0.53 %, and 1.4 times as much where the edge
    // of the pupil is brighter than its mean (isotropic).
    expect(Math.abs(total(data) / 5000 - 1)).toBeLessThan(0.01);
    expect(total(data)).toBeLessThan(5000);
  });

  it('has a given number of photons in each plane of a stack', async () => {
    const pixels = { rows: 61, columns: 61, pixelPitch: 0.1e-6 };
    const { data, shape } = await evaluate(
      chain({ photons: [1000, 2000, 4000] }, { planes: 3, zStep: 0 }, pixels),
      grid,
    );
    expect(shape).toEqual([3, 61, 61]);
    const sums = [0, 1, 2].map((plane) => total(data.slice(plane * 3721, (plane + 1) * 3721)));
    expect((sums[1] ?? 0) / (sums[0] ?? 1)).toBeCloseTo(2, 10);
    expect((sums[2] ?? 0) / (sums[0] ?? 1)).toBeCloseTo(4, 10);
  });

  it('a distance d before the focal plane is sharpest in the plane at -d', async () => {
    const pixels = { rows: 21, columns: 21, pixelPitch: 0.1e-6 };
    const { data } = await evaluate(chain({ z: 0.6e-6 }, { planes: 7, zStep: 0.3e-6 }, pixels), grid);
    const peaks = Array.from({ length: 7 }, (_, plane) =>
      Math.max(...data.slice(plane * 441, (plane + 1) * 441)),
    );
    // Plane i lies at (i - 3) 0.3 µm: -0.6 µm is plane 1.
    expect(peaks.indexOf(Math.max(...peaks))).toBe(1);
  });

  it('at (+x, +y) appears at that pixel, whatever the magnification', async () => {
    const emitter = { x: 0.5e-6, y: -0.8e-6 };
    for (const [pixelPitch, magnification] of [
      [0.1e-6, 1],
      [6e-6, 60],
    ] as const) {
      const pixels = { rows: 32, columns: 33, pixelPitch, magnification };
      const image = await evaluate(chain(emitter, { planes: 1 }, pixels), grid);
      expect(brightest(image)).toEqual([-8, 5]);
    }
  });

  it('fades through focus as the exact axial response: half maximum of a scalar high-aperture pupil', async () => {
    const pixels = { rows: 3, columns: 3, pixelPitch: 0.1e-6 };
    const { data } = await evaluate(
      chain({ emission: 'uniform' }, { planes: 3, zStep: 0.4e-6 }, pixels),
      grid,
    );
    const ratio = (data[22] ?? 0) / (data[13] ?? 1);
    // |∫ exp(i k z cos θ) s ds|² with s = sin θ from 0 to NA/n, by 2000 midpoints.
    const sine = APERTURE / MEDIUM;
    let [re, im] = [0, 0];
    for (let i = 0; i < 2000; i++) {
      const s = ((i + 0.5) * sine) / 2000;
      const phase = ((2 * Math.PI * MEDIUM) / WAVELENGTH) * 0.4e-6 * Math.sqrt(1 - s * s);
      re += (Math.cos(phase) * s * sine) / 2000;
      im += (Math.sin(phase) * s * sine) / 2000;
    }
    // Pupil edge on 47 cells per radius.
    expect(Math.abs(ratio - (re * re + im * im) / (sine ** 2 / 2) ** 2)).toBeLessThan(1e-3);
  });

  it('of a finite size looks like the many points of its ball', async () => {
    const pixels = { rows: 11, columns: 11, pixelPitch: 0.1e-6 };
    const planes = { planes: 2, zStep: 0.5e-6 };
    const small = { samples: 24, pitch: 1e-6 };
    const seen = async (emitter: Settings) => (await evaluate(chain(emitter, planes, pixels), small)).data;
    const point = await seen({ photons: 1000 });
    const mean = new Float64Array(point.length);
    // Gauss and Legendre's three points along the radius and along z, six around: exact to the fifth order.
    const gauss = [
      { at: -Math.sqrt(0.6), weight: 5 / 18 },
      { at: 0, weight: 8 / 18 },
      { at: Math.sqrt(0.6), weight: 5 / 18 },
    ];
    for (const shell of gauss) {
      for (const { at: cosine, weight } of gauss) {
        const radius = (1 + shell.at) / 2;
        const photons = (1000 * 3 * radius ** 2 * shell.weight * weight) / 6;
        const [across, z] = [0.1e-6 * radius * Math.sqrt(1 - cosine ** 2), 0.1e-6 * radius * cosine];
        for (let turn = 0; turn < 6; turn++) {
          const [x, y] = [across * Math.cos((turn * Math.PI) / 3), across * Math.sin((turn * Math.PI) / 3)];
          (await seen({ photons, x, y, z })).forEach((value, i) => {
            mean[i] = (mean[i] ?? 0) + value;
          });
        }
      }
    }
    const peak = Math.max(...mean);
    const bead = await seen({ photons: 1000, diameter: 0.2e-6 });
    // Fourth moments of six points are those of a ball but for 0.034 R⁴.
    expect(distance(bead, mean) / peak).toBeLessThan(3e-3);
    expect(distance(point, mean) / peak).toBeGreaterThan(0.1);
  });
});
