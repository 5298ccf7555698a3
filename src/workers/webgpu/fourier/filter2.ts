/**
 * Convolution by a transfer function without a padded array: rows, columns there and back, rows. Zeros are never
 * stored, nor are the rows that hold nothing else transformed.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../../optics/ops/kernels.ts';
import type { WebgpuArray } from '../program.ts';
import { centredEnds, type FourierContext } from './fourier2.ts';
import type { Line } from './plan.ts';
import { isJoined, type Orientation, runConvolution, runPlan } from './runPlan.ts';
import { pairPlanes, type Transfer } from './transfer.ts';

const FORWARD: Orientation = { in: 1, out: 1 };

/** Columns [planes, ny, nx] to [pairs, ny, nx]: the spectrum times the transfer function, transformed back. */
function filterColumns(
  input: Tensor,
  line: Line,
  ny: number,
  transfer: Transfer,
  { tables, planFor }: FourierContext,
): Tensor {
  const plan = planFor(line);
  const padded = centredEnds(line, { load: ny, store: line.length });
  const cropped = centredEnds(line, { load: line.length, store: ny });
  if (isJoined(plan)) {
    // Both unitary factors at the end. What is left of the inverse is a conjugation, which the rows undo.
    const ends = { load: padded.load, store: { ...cropped.store, scale: 1 / line.length } };
    return runConvolution(input, plan, line, { ...ends, orientation: FORWARD, transfer }, tables);
  }
  const own = { ...line, outer: transfer.planes };
  const spectrum = runPlan(input, planFor(own), own, { ...padded, orientation: FORWARD }, tables);
  const load = { ...cropped.load, steps: ['transfer', 'orientIn'] } as const;
  const orientation: Orientation = { in: -1, out: 1 };
  const result = runPlan(spectrum, plan, line, { ...cropped, load, orientation, transfer }, tables);
  spectrum.dispose();
  return result;
}

/** See `Kernels.filter2`. */
export function filter2(
  u: WebgpuArray,
  array: WebgpuArray,
  isConjugate: boolean,
  context: FourierContext,
): WebgpuArray {
  const [ny = 1, nx = 1] = u.shape.slice(-2);
  const [my = 1, mx = 1] = array.shape.slice(-2);
  if (my < ny || mx < nx) {
    throw new Error(`A filter [${array.shape.join(', ')}] is smaller than [${u.shape.join(', ')}].`);
  }
  const transfer = pairPlanes(u, array, isConjugate);
  const pairs = sizeOf(transfer.batch);
  const { tables, planFor } = context;
  const rows = (input: Tensor, count: number, held: { load: number; store: number }, sign: 1 | -1) => {
    const line = { outer: count * ny, length: mx, inner: 1 };
    const orientation: Orientation = { in: 1, out: sign };
    return runPlan(input, planFor(line), line, { ...centredEnds(line, held), orientation }, tables);
  };
  const spectra = rows(u.tensor, transfer.planes, { load: nx, store: mx }, 1);
  const columns = { outer: pairs, length: my, inner: mx };
  const filtered = filterColumns(spectra, columns, ny, transfer, context);
  spectra.dispose();
  // The columns come conjugated; transformed forward and conjugated again they are transformed back.
  const tensor = rows(filtered, pairs, { load: mx, store: nx }, -1);
  filtered.dispose();
  return { shape: [...transfer.batch, ny, nx], dtype: 'complex', tensor };
}
