import { describe, expect, it } from 'vitest';
import { localisationPrecision } from '../elements/fit/localisationPrecision.ts';
import { interference } from '../elements/interferometers/interference.ts';
import { linearPolariser } from '../elements/polarisation/linearPolariser.ts';
import { pupil } from '../elements/pupils/pupil.ts';
import { stack } from '../elements/pupils/stack.ts';
import { vectorialFocus } from '../elements/pupils/vectorialFocus.ts';
import { bead } from '../elements/samples/bead.ts';
import { mieSphere } from '../elements/samples/mieSphere.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { Ops } from '../ops/ops.ts';
import { type Chain, runChain } from '../testChain.ts';
import { evaluate, stage } from '../testSupport.ts';
import { localisationBounds, type PrecisionSettings } from './precision.ts';
import { boundsByDepth, type DepthBounds } from './precisionCurves.ts';

const SETTINGS: PrecisionSettings = {
  photons: 1000,
  counted: 'image',
  background: 3,
  region: { pixels: 9, pitch: 0.15e-6, subPixels: 2, points: 'gauss' },
  depths: [-0.4e-6, 0, 0.3e-6],
  known: 1e-2,
};

type Rounding = typeof Float64Array | typeof Float32Array;

/** The bounds through the graph's operations and those on the host, of the pupil that a chain makes. */
async function bothWays(chain: Chain, settings: PrecisionSettings, Samples = Float64Array as Rounding) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  try {
    const value = Object.values(runChain(ops, chain, { samples: 17, pitch: 1e-6 })).at(-1);
    if (value?.kind !== 'pupil') throw new Error('There is no pupil.');
    const [read = [], data = []] = await ops.read([
      localisationBounds(ops, [value], settings),
      value.samples,
    ]);
    const host = boundsByDepth([{ value, data: Samples.from(data) }], settings);
    return { host, graph: settings.depths.map((_, i) => Array.from(read.slice(5 * i + 1, 5 * i + 4))) };
  } finally {
    ops.close(scope);
  }
}

const source = stage(planeWave, { wavelength: 600e-9, refractiveIndex: 1.33 });
const emitter: Chain = {
  source,
  bead: stage(bead, { emission: 'isotropic' }, 'source'),
  pupil: stage(pupil, { numericalAperture: 1.1, zernike: { 5: 60e-9, 6: 50e-9, 8: 40e-9 } }, 'bead'),
};
const vectorial: Chain = {
  source,
  polariser: stage(linearPolariser, { angle: 0.4 }, 'source'),
  pupil: stage(pupil, { numericalAperture: 1.1, zernike: { 6: 80e-9 } }, 'polariser'),
  focus: stage(vectorialFocus, {}, 'pupil'),
};

/** What a fit makes small, in nanometres, of the emitter's pupil at the depths of `SETTINGS`. */
async function goal(params: Readonly<Record<string, string>>): Promise<number> {
  const chain: Chain = {
    ...emitter,
    goal: stage(
      localisationPrecision,
      {
        ...{ photons: 1000, background: 3, region: 9, pixelPitch: 0.15e-6, known: 1e-3 },
        ...{ planes: 3, depthRange: 0.7e-6, depthOffset: -0.05e-6, ...params },
      },
      'pupil',
    ),
  };
  const { data } = await evaluate(chain, { samples: 17, pitch: 1e-6 });
  return data[0] ?? Number.NaN;
}

describe('the goal of localisation', () => {
  it('is the mean over depths and coordinates, or the eighth root of the mean of eighth powers', async () => {
    const { host } = await bothWays(emitter, { ...SETTINGS, depths: [-0.4e-6, -0.05e-6, 0.3e-6] });
    const nanometres = (of: (each: DepthBounds) => readonly (number | null)[]) =>
      host.flatMap((each) => of(each).map((sigma) => 1e9 * (sigma ?? Number.NaN)));
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    const all = nanometres(({ x, y, z }) => [x, y, z]);
    // What is known beforehand, a millimetre, takes 1e-10 of the variance.
    expect((await goal({})) / mean(all)).toBeCloseTo(1, 8);
    expect((await goal({ coordinates: 'xy' })) / mean(nanometres(({ x, y }) => [x, y]))).toBeCloseTo(1, 8);
    expect((await goal({ coordinates: 'z' })) / mean(nanometres(({ z }) => [z]))).toBeCloseTo(1, 8);
    const worst = mean(all.map((sigma) => sigma ** 8)) ** (1 / 8);
    expect((await goal({ over: 'worst' })) / worst).toBeCloseTo(1, 8);
    expect(worst).toBeLessThan(Math.max(...all));
    expect(worst).toBeGreaterThan(mean(all));
  });

  it('refuses a stack of planes, which has depths of its own, and light that a wave interferes with', async () => {
    const refused = (chain: Chain, from: string) =>
      evaluate({ ...chain, goal: stage(localisationPrecision, {}, from) }, { samples: 17, pitch: 1e-6 });
    const stacked: Chain = { ...emitter, stack: stage(stack, { planes: 3 }, 'pupil') };
    await expect(refused(stacked, 'stack')).rejects.toThrow('a stack of planes already');
    const hologram: Chain = {
      source,
      sphere: stage(mieSphere, {}, 'source'),
      interference: stage(interference, {}, { scattered: 'sphere', reference: 'source' }),
      pupil: stage(pupil, { numericalAperture: 1.1 }, 'interference'),
    };
    await expect(refused(hologram, 'pupil')).rejects.toThrow('does not come from the object');
  });
});

describe('bounds by depth', () => {
  it.each([
    ['an emitter', emitter, SETTINGS],
    ['an emitter, photons before the pupil', emitter, { ...SETTINGS, counted: 'pupil' as const }],
    ['light of three components', vectorial, SETTINGS],
  ])('of %s are the same by sweeps of the graph and by Cholesky on the host', async (_, chain, settings) => {
    const { host, graph } = await bothWays(chain, settings);
    host.forEach(({ x, y, z }, i) => {
      [x, y, z].forEach((sigma, k) => {
        // What is known beforehand: (10 nm/1 cm)²; rounding of the inverse.
        expect(Math.abs((sigma ?? 0) / (graph[i]?.[k] ?? 1) - 1)).toBeLessThan(1e-9);
      });
    });
  });

  it('count depths as a bead does: before the focal plane', async () => {
    const lower: Chain = { ...emitter, bead: stage(bead, { emission: 'isotropic', z: 0.3e-6 }, 'source') };
    const { host: moved } = await bothWays(lower, { ...SETTINGS, depths: [0] });
    const { host: asked } = await bothWays(emitter, { ...SETTINGS, depths: [-0.3e-6, 0.3e-6] });
    const [above, below] = asked;
    // The same phase by two ways.
    expect((moved[0]?.x ?? 0) / (below?.x ?? 1)).toBeCloseTo(1, 10);
    expect(Math.abs((above?.x ?? 0) / (below?.x ?? 1) - 1)).toBeGreaterThan(0.05);
  });

  it.each([
    ['float64', Float64Array],
    ['float32', Float32Array],
  ])('say that a depth is not told, instead of 0, of samples in %s', async (_, rounding) => {
    const plain: Chain = { ...emitter, pupil: stage(pupil, { numericalAperture: 1.1 }, 'bead') };
    const { host } = await bothWays(plain, { ...SETTINGS, known: 1e-2 }, rounding);
    expect(host.map(({ z }) => z === null)).toEqual([false, true, false]);
    expect(host.every(({ x }) => x !== null)).toBe(true);
  });

  it('are told however little is known beforehand, and however dim the light', async () => {
    // 10 photons in 1000 of background a pixel: micrometres, far above what is known beforehand.
    const dim = { ...SETTINGS, photons: 10, background: 1000, known: 1e-9 };
    const { host } = await bothWays(emitter, dim);
    // With much background σ is as 1/N.
    const { host: bright } = await bothWays(emitter, { ...dim, photons: 1 });
    host.forEach(({ x, y, z }, i) => {
      const other = bright[i];
      [x, y, z].forEach((sigma, k) => {
        expect(sigma ?? 0).toBeGreaterThan(1e-7);
        // The light of ten photons in the variance: 1 % at most.
        expect(([other?.x, other?.y, other?.z][k] ?? 0) / (sigma ?? 1)).toBeCloseTo(10, 0);
      });
    });
  });
});
