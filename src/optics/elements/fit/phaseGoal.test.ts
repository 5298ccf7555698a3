import { expect, it } from 'vitest';
import { zernike } from '../../maths/zernike.ts';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { type Chain, runChain } from '../../testChain.ts';
import { stage } from '../../testSupport.ts';
import type { Image } from '../../values.ts';
import { pupil } from '../pupils/pupil.ts';
import { planeWave } from '../sources/planeWave.ts';
import { phaseGoal } from './phaseGoal.ts';
import { target } from './target.ts';

const WAVELENGTH = 532e-9;
const GRID = { samples: 64, pitch: 1e-6 };
const CELLS = 50;

/** A defocus with a piston, wrapped to a turn of the wavelength, on the square around the disc; rows may be missing. */
function wantedPath(ops: Ops, defocus: number, piston: number, rows = CELLS): Image {
  const middle = (i: number, n: number) => (2 * (i - Math.floor(n / 2)) + 1) / CELLS;
  const data = Float64Array.from({ length: rows * CELLS }, (_, i) => {
    const [x, y] = [middle(i % CELLS, CELLS), middle(Math.floor(i / CELLS), rows)];
    const path = defocus * zernike(4, x, y) + piston;
    return path - WAVELENGTH * Math.floor(path / WAVELENGTH);
  });
  return {
    kind: 'image',
    samples: ops.upload(data, [rows, CELLS], 'real'),
    pitch: constantScalar(0),
    unit: 'counts',
    noise: null,
    mask: null,
    normalization: 'none',
  };
}

async function judged(defocus: number, wanted: (ops: Ops) => Image, isPistonCounted: boolean) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const chain: Chain = {
    wave: stage(planeWave, { wavelength: WAVELENGTH }),
    pupil: stage(pupil, { numericalAperture: 0.2, zernike: { 4: defocus } }, 'wave'),
    wanted: stage(target, { image: 'contract' }),
    goal: stage(phaseGoal, { turn: WAVELENGTH, piston: isPistonCounted }, { in: 'pupil', wanted: 'wanted' }),
  };
  const found = runChain(ops, chain, GRID, {}, { wanted: () => wanted(ops) })['goal'];
  if (found?.kind !== 'scalar') throw new Error('A goal gives a number.');
  const read = await ops.read([found.samples, ...(found.readings ?? []).map((each) => each.samples)]);
  ops.close(scope);
  const [penalty = 0, agreement = 0, rms = 0] = read.map((each) => each[0] ?? Number.NaN);
  return { penalty, agreement, rms };
}

const turns = (path: number) => (2 * Math.PI * path) / WAVELENGTH;
/** Mean of exp(i a Z4) over the disc: its height √3 (2 r² - 1) is evenly spread over ±√3. */
const meanOfDefocus = (path: number) => Math.sin(Math.sqrt(3) * turns(path)) / (Math.sqrt(3) * turns(path));

it.each([40e-9, 120e-9])(
  'agrees with a phase that is %d m of defocus off as its integral says',
  async (d) => {
    const piston = 0.9 * WAVELENGTH;
    const free = await judged(-d, (ops) => wantedPath(ops, d, piston), false);
    // Samples on the rim, 31 from the middle, hold the amplitude of their share of the disc, which counts squared: 1/3
    // of them instead of 1/2, (1/6)(2/31) of the light.
    const rim = 0.011;
    expect(Math.abs(free.agreement - Math.abs(meanOfDefocus(2 * d)))).toBeLessThan(rim);
    expect(free.penalty).toBeCloseTo(1 - free.agreement, 12);
    expect(free.rms).toBeCloseTo(Math.sqrt(2 * (1 - free.agreement)), 9);
    const fixed = await judged(-d, (ops) => wantedPath(ops, d, piston), true);
    expect(Math.abs(fixed.agreement - meanOfDefocus(2 * d) * Math.cos(turns(piston)))).toBeLessThan(rim);
  },
);

it('agrees wholly with its own phase, of which only half of the rows are wanted', async () => {
  const { agreement, rms } = await judged(120e-9, (ops) => wantedPath(ops, 120e-9, 70e-9, CELLS / 2), false);
  // Beyond the middles of its outermost cells the picture is flat: up to 0.2 rad off in half a cell of the cut row.
  expect(1 - agreement).toBeLessThan(3e-4);
  expect(rms).toBeLessThan(0.025);
});

it('refuses pictures that are no phase', async () => {
  const divided = (ops: Ops): Image => ({ ...wantedPath(ops, 0, 0), normalization: 'mean' });
  await expect(judged(0, divided, false)).rejects.toThrow('divided by its mean');
  const stacked = (ops: Ops): Image => {
    const image = wantedPath(ops, 0, 0);
    return { ...image, samples: ops.reshape(image.samples, [2, CELLS / 2, CELLS]) };
  };
  await expect(judged(0, stacked, false)).rejects.toThrow('several planes');
});
