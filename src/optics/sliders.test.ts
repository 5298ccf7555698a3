import { expect, it } from 'vitest';
import { slm } from './elements/masks/slm.ts';
import { changeGrid } from './elements/propagation/changeGrid.ts';
import { propagator } from './elements/propagation/propagator.ts';
import { zScan } from './elements/propagation/zScan.ts';
import { planeWave } from './elements/sources/planeWave.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';
import { type Chain, runChain } from './testChain.ts';
import { stage } from './testSupport.ts';

const source = stage(planeWave);
const grid = { samples: 16, pitch: 20e-6 };
const fine = { samples: 16, pitch: 0.3e-6 };

/** Positions of a slider, 0 to 1, as designs. */
const SLIDERS: Readonly<Record<string, readonly [(at: number) => Chain, typeof grid]>> = {
  'crosstalk of an SLM': [
    (at) => ({ source, slm: stage(slm, { pixels: 8, pixelPitch: 30e-6, crosstalk: 0.1 + at }, 'source') }),
    grid,
  ],
  'pixel pitch of an SLM': [
    (at) => ({ source, slm: stage(slm, { pixels: 8, pixelPitch: (21 + 9 * at) * 1e-6 }, 'source') }),
    grid,
  ],
  'absorbing edges': [
    (at) => ({
      source,
      space: stage(propagator, { distance: 1e-3, edges: 'tukey', edgeWidth: 0.1 + 0.5 * at }, 'source'),
    }),
    grid,
  ],
  'pitch of another grid': [
    (at) => ({
      source,
      grid: stage(changeGrid, { target: 'chosen', samples: 16, pitch: (21 + 9 * at) * 1e-6 }, 'source'),
    }),
    grid,
  ],
  'wavelength before a scan': [
    (at) => ({
      source: stage(planeWave, { wavelength: (500 + 100 * at) * 1e-9 }),
      scan: stage(zScan, { planes: 2, zStep: 1e-7 }, 'source'),
    }),
    fine,
  ],
};

it.each(Object.entries(SLIDERS))('%s: old positions of the slider are let go', (_name, [chain, on]) => {
  const ops = new Ops(createFloat64Kernels());
  const held = Array.from({ length: 60 }, (_, i) => {
    const scope = ops.open();
    runChain(ops, chain(i / 60), on);
    ops.close(scope);
    return ops.memory().arrays;
  });
  // Maps of one kind are kept at 16 values: all are full by then.
  expect(held[59]).toBe(held[30]);
});
