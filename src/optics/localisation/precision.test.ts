import { describe, expect, it } from 'vitest';
import { linearPolariser } from '../elements/polarisation/linearPolariser.ts';
import { pupil } from '../elements/pupils/pupil.ts';
import { vectorialFocus } from '../elements/pupils/vectorialFocus.ts';
import { bead } from '../elements/samples/bead.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { Ops } from '../ops/ops.ts';
import { type Chain, runChain } from '../testChain.ts';
import { stage } from '../testSupport.ts';
import { localisationBounds, type PrecisionSettings } from './precision.ts';
import { boundsByDepth } from './precisionCurves.ts';

const SETTINGS: PrecisionSettings = {
  photons: 1000,
  counted: 'image',
  background: 3,
  region: { pixels: 9, pitch: 0.15e-6, subPixels: 2, points: 'gauss' },
  depths: [-0.4e-6, 0, 0.3e-6],
  known: 1e-2,
};

/** The bounds through the graph's operations and those on the host, of the pupil that a chain makes. */
async function bothWays(chain: Chain, settings: PrecisionSettings) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  try {
    const value = Object.values(runChain(ops, chain, { samples: 17, pitch: 1e-6 })).at(-1);
    if (value?.kind !== 'pupil') throw new Error('There is no pupil.');
    const [read = [], data = []] = await ops.read([
      localisationBounds(ops, [value], settings),
      value.samples,
    ]);
    const host = boundsByDepth([{ value, data: Float64Array.from(data) }], settings);
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

  it('say that a depth is not told, instead of 0', async () => {
    const plain: Chain = { ...emitter, pupil: stage(pupil, { numericalAperture: 1.1 }, 'bead') };
    const { host } = await bothWays(plain, { ...SETTINGS, known: 1e-6 });
    expect(host.map(({ z }) => z === null)).toEqual([false, true, false]);
    expect(host.every(({ x }) => x !== null)).toBe(true);
  });
});
