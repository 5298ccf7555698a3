/** Bounds of localisation against numbers of an independent program (pupil 128, 8 points per side of a pixel). */
import { beforeAll, describe, expect, it } from 'vitest';
import { pupil } from '../optics/elements/pupils/pupil.ts';
import { bead } from '../optics/elements/samples/bead.ts';
import { planeWave } from '../optics/elements/sources/planeWave.ts';
import { localisationBounds, type PrecisionSettings } from '../optics/localisation/precision.ts';
import type { Kernels } from '../optics/ops/kernels.ts';
import { Ops } from '../optics/ops/ops.ts';
import { runChain } from '../optics/testChain.ts';
import { stage } from '../optics/testSupport.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

const WAVELENGTH = 0.67e-6;
const RADIAN = WAVELENGTH / (2 * Math.PI);
const FINE = 100;

const HIGH: PrecisionSettings = {
  photons: 3500,
  counted: 'image',
  background: 50,
  region: { pixels: 31, pitch: 0.16e-6, subPixels: 3, points: 'gauss' },
  depths: [0],
  known: 1e-3,
};

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createWasmKernels();
});

/** σx, σy, σz in nm at each depth; Zernike terms in radians RMS. */
async function bounds(
  terms: Readonly<Record<number, number>>,
  settings: Partial<PrecisionSettings> = {},
  { samples = FINE, emission = 'isotropic' } = {},
): Promise<number[][]> {
  const ops = new Ops(kernels);
  const scope = ops.open();
  try {
    const zernike = Object.fromEntries(Object.entries(terms).map(([j, rad]) => [j, rad * RADIAN]));
    const made = runChain(
      ops,
      {
        source: stage(planeWave, { wavelength: WAVELENGTH, refractiveIndex: 1.518 }),
        bead: stage(bead, { emission }, 'source'),
        pupil: stage(pupil, { numericalAperture: 1.4, zernike }, 'bead'),
      },
      { samples, pitch: 1e-6 },
    )['pupil'];
    if (made?.kind !== 'pupil') throw new Error('There is no pupil.');
    const [read = []] = await ops.read([localisationBounds(ops, [made], { ...HIGH, ...settings })]);
    return (settings.depths ?? HIGH.depths).map((_, i) =>
      Array.from(read.slice(5 * i + 1, 5 * i + 4), (sigma) => 1e9 * sigma),
    );
  } finally {
    ops.close(scope);
  }
}

/** Largest relative distance of numbers in any nesting. */
function off(found: readonly (readonly number[])[], expected: readonly (readonly number[])[]): number {
  return Math.max(
    ...expected.flatMap((row, i) => row.map((value, k) => Math.abs((found[i]?.[k] ?? 0) / value - 1))),
  );
}

describe('the bounds of localisation', () => {
  it('of an Airy disc across, with little and much background', async () => {
    const region = { ...HIGH.region, pixels: 25, pitch: 0.1e-6 };
    for (const [photons, background, sigma] of [
      [1000, 0.01, 3.1117],
      [1000, 10, 4.1069],
      [3500, 50, 2.3271],
    ] as const) {
      const [first = []] = await bounds({}, { region, photons, background }, { emission: 'uniform' });
      // The sum over points of a pixel, on their side and on ours.
      expect(off([first.slice(0, 2)], [[sigma, sigma]])).toBeLessThan(0.01);
    }
  });

  it('without a mask, of astigmatism and of a tetrapod by depth', async () => {
    const plain = await bounds({}, { depths: [0.2e-6, 0.5e-6, 1e-6] });
    // Edges of the pupil on 49 samples per radius; given to 1 %.
    expect(
      off(plain, [
        [2.848, 2.848, 10.09],
        [9.392, 9.392, 8.429],
        [20.6, 20.6, 26.99],
      ]),
    ).toBeLessThan(0.01);
    const astigmatic = await bounds({ 6: 1 }, { depths: [0, 0.2e-6, 0.5e-6] });
    expect(
      off(astigmatic, [
        [4.664, 4.664, 7.769],
        [2.88, 7.749, 10.08],
        [3.682, 12.44, 12.95],
      ]),
    ).toBeLessThan(0.01);
    const tetrapod = await bounds({ 6: 1.068, 12: -1.21 }, { depths: [0, 0.5e-6, 1e-6, 1.5e-6] });
    expect(
      off(tetrapod, [
        [5.441, 5.441, 10.66],
        [5.119, 5.965, 11.16],
        [5.782, 6.294, 12.2],
        [9.378, 9.566, 14.25],
      ]),
    ).toBeLessThan(0.01);
  });

  it('of the tetrapod over 13 depths with the coarse pupil that its optimum was found with: 8.024 nm', async () => {
    const depths = Array.from({ length: 13 }, (_, i) => (i - 6) * 0.25e-6);
    const region = { ...HIGH.region, subPixels: 2, points: 'even' } as const;
    const found = await bounds({ 6: 1.068, 12: -1.21 }, { depths, region, known: 1e-6 }, { samples: 48 });
    const mean = found.flat().reduce((sum, sigma) => sum + sigma / found.length / 3, 0);
    // 23 samples per radius with soft edges, against another coarse disc: 0.08 %.
    expect(Math.abs(mean / 8.024 - 1)).toBeLessThan(0.005);
  });

  it('knows no depth in focus without a mask, but what was known before', async () => {
    const [found = []] = await bounds({}, { known: 1e-6 }, { samples: 48 });
    // All information on z is rounding of float32.
    expect(off([found.slice(2)], [[1000]])).toBeLessThan(1e-3);
  });

  it('changes x for y when the mask is turned by 90°, and falls as the root of the light', async () => {
    const depths = [0.3e-6];
    const turned = { 6: -1, 12: -0.4, 7: 0, 8: 0.5 };
    const [a = []] = await bounds({ 6: 1, 12: 0.4, 7: 0.5 }, { depths }, { samples: 48 });
    const [b = []] = await bounds(turned, { depths }, { samples: 48 });
    // Exact symmetries: float32.
    expect(off([a], [[b[1] ?? 0, b[0] ?? 0, b[2] ?? 0]])).toBeLessThan(1e-4);
    expect(Math.abs((a[0] ?? 0) / (a[1] ?? 1) - 1)).toBeGreaterThan(0.1);
    const [c = []] = await bounds(turned, { depths, photons: 7000, background: 100 }, { samples: 48 });
    const brighter = b.map((sigma) => sigma / Math.SQRT2);
    // What is known beforehand, a millimetre, is nothing.
    expect(off([c], [brighter])).toBeLessThan(1e-5);
  });
});
