import { describe, expect, it } from 'vitest';
import type { Chain, Setting } from '../../testChain.ts';
import { distance, evaluate, intensity, stage, total } from '../../testSupport.ts';
import { linearPolariser } from '../polarisation/linearPolariser.ts';
import { gaussianBeam } from '../sources/gaussianBeam.ts';
import { multislice } from './multislice.ts';
import { thinObject } from './thinObject.ts';

const grid = { samples: 48, pitch: 0.4e-6 };
const waist = 2e-6;
const light = { wavelength: 532e-9, refractiveIndex: 1.33, waist };
const through = (params: Record<string, Setting>): Chain => ({
  beam: stage(gaussianBeam, light),
  sample: stage(multislice, { slices: 4, thickness: 8e-6, ...params }, 'beam'),
});
const field = async (chain: Chain) => (await evaluate(chain, grid)).data;
const peak = (data: Float64Array) => Math.max(...data.map(Math.abs));

describe('a thick sample', () => {
  it('of nothing in 4 slices is the identity at its front face, and free space at its back', async () => {
    const empty = { indexDifference: 0 };
    const bare = await field({ beam: stage(gaussianBeam, light) });
    const front = await field(through({ ...empty, plane: 'front' }));
    // The beam's edge at 4.8 waists is 1e-10 of its peak; it holds no evanescent light.
    expect(distance(front, bare) / peak(bare)).toBeLessThan(1e-7);
    const back = await field(through({ ...empty, plane: 'back' }));
    const free = await field({ beam: stage(gaussianBeam, { ...light, distance: 8e-6 }) });
    // The paraxial Gaussian beam differs from the exact one by (θ²/4)·(z/z_R), θ = 0.064.
    expect(distance(back, free) / peak(free)).toBeLessThan(1e-3);
  });

  it('that is even turns the phase by 2π Δn t/λ and no more', async () => {
    // A ball of 1 m across the light holds the whole grid, and the middles of four slices along it.
    const even = { shape: 'ball', size: 1, indexDifference: 0.03 };
    const plain = await field(through({ ...even, indexDifference: 0 }));
    const turned = await field(through(even));
    const phase = (2 * Math.PI * 0.03 * 8e-6) / 532e-9;
    const expected = Float64Array.from(plain, (_, i) => {
      const [re, im] = [plain[i - (i % 2)] ?? 0, plain[i - (i % 2) + 1] ?? 0];
      return i % 2 === 0
        ? re * Math.cos(phase) - im * Math.sin(phase)
        : re * Math.sin(phase) + im * Math.cos(phase);
    });
    expect(distance(turned, expected) / peak(plain)).toBeLessThan(1e-12);
  });

  it('that absorbs evenly leaves exp(-4π κ t/λ) of the power', async () => {
    const even = { shape: 'ball', size: 1, indexDifference: 0 };
    const [clear, dark] = [
      await field(through(even)),
      await field(through({ ...even, extinctionCoefficient: 0.01 })),
    ];
    const expected = Math.exp((-4 * Math.PI * 0.01 * 8e-6) / 532e-9);
    expect(total(intensity(dark)) / total(intensity(clear))).toBeCloseTo(expected, 12);
  });

  it('keeps power where it only bends light', async () => {
    const bare = await field({ beam: stage(gaussianBeam, light) });
    const bent = await field(through({ shape: 'cell', size: 16e-6 }));
    const kept = total(intensity(bent)) / total(intensity(bare));
    // Scattered light leaves the window of 19 µm on the way: some 1e-4 of it.
    expect(kept).toBeLessThan(1 + 1e-12);
    expect(kept).toBeGreaterThan(0.999);
  });

  it('that is very thin is a thin object', async () => {
    const picture = { shape: 'image', image: 'contract', size: 12e-6, rotation: 0.3 };
    const before = await field({ beam: stage(gaussianBeam, light) });
    const thick = await field(through({ ...picture, slices: 1, thickness: 0.5e-9, indexDifference: 5 }));
    const thin = await field({
      beam: stage(gaussianBeam, light),
      object: stage(thinObject, { ...picture, opticalPath: 2.5e-9 }, 'beam'),
    });
    const change = Float64Array.from(thin, (value, i) => value - (before[i] ?? 0));
    // A quarter of a nanometre of propagation turns the steepest waves of the grid by 2e-3.
    expect(distance(thick, thin) / peak(change)).toBeLessThan(3e-3);
    expect(peak(change) / peak(before)).toBeGreaterThan(0.02);
  });

  const crystal = (params: Record<string, Setting>): Chain => {
    const even = {
      shape: 'ball',
      size: 1,
      indexDifference: 0.02,
      slices: 2,
      material: 'uniaxial',
      ...params,
    };
    return through(even);
  };

  it('that is birefringent all over is a wave plate: sin² 2α sin² δ/2 of the light passes a crossed polariser', async () => {
    for (const [opticAxis, birefringence] of [
      [0.4, 0.011],
      [-0.9, -0.03],
    ] as const) {
      const chain = crystal({ opticAxis, birefringence });
      const analyser = stage(linearPolariser, { angle: Math.PI / 2 }, 'sample');
      const all = total(intensity(await field(chain)));
      const crossed = total(intensity(await field({ ...chain, analyser })));
      const retardance = (2 * Math.PI * birefringence * 8e-6) / 532e-9;
      const expected = Math.sin(2 * opticAxis) ** 2 * Math.sin(retardance / 2) ** 2;
      expect(Math.abs(crossed / all - expected)).toBeLessThan(1e-12);
      const bare = total(intensity(await field({ beam: stage(gaussianBeam, light) })));
      // The beam's edge, 1e-10 of its peak, leaves the window.
      expect(Math.abs(all / bare - 1)).toBeLessThan(1e-8);
    }
  });

  it('whose slow optic axis lies at -45° and delays by a quarter wave makes light along x right circular', async () => {
    const data = await field(crystal({ opticAxis: -Math.PI / 4, birefringence: 532e-9 / 4 / 8e-6 }));
    const [x, y] = [2 * (24 * 48 + 24), 2 * (48 * 48 + 24 * 48 + 24)];
    const scale = Math.hypot(data[x] ?? 0, data[x + 1] ?? 0);
    // (1, -i): Ey = -i Ex.
    expect((data[y] ?? 0) / scale).toBeCloseTo((data[x + 1] ?? 0) / scale, 12);
    expect((data[y + 1] ?? 0) / scale).toBeCloseTo(-(data[x] ?? 0) / scale, 12);
  });

  it('that is birefringent by 0 is isotropic, with one phase in both components', async () => {
    const cell = { shape: 'cell', size: 16e-6 };
    const plain = await field(through(cell));
    const both = await field(through({ ...cell, material: 'uniaxial', birefringence: 0 }));
    const along = both.subarray(0, plain.length);
    expect(distance(along, plain) / peak(plain)).toBeLessThan(1e-12);
    expect(peak(both.subarray(plain.length)) / peak(plain)).toBeLessThan(1e-12);
  });
});
