/** Unitary, centred two-dimensional Fourier transforms: one planned line transform per axis. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../../optics/ops/kernels.ts';
import type { WebgpuArray } from '../program.ts';
import type { FourierTables } from './deviceTables.ts';
import { type End, plainEnd } from './ends.ts';
import type { Line, LinePlan } from './plan.ts';
import { type Orientation, runPlan } from './runPlan.ts';

/** What a transform needs to know of its device. */
export interface FourierContext {
  readonly tables: FourierTables;
  readonly planFor: (line: Line) => LinePlan;
}

/**
 * Ends of a centred unitary line: the origin is sample floor(N/2) on both sides.
 * @param held samples of the arrays, in the middle of the line: what lies outside counts as zero or is dropped.
 */
export function centredEnds(
  { length, inner }: Line,
  held: { readonly load: number; readonly store: number } = { load: length, store: length },
): { readonly load: End; readonly store: End } {
  const centred = (samples: number): End => ({
    ...plainEnd(samples, inner),
    period: length,
    total: length,
    shift: Math.floor(samples / 2),
  });
  return {
    load: { ...centred(held.load), steps: ['orientIn'] },
    store: { ...centred(held.store), steps: ['orientOut'], scale: 1 / Math.sqrt(length) },
  };
}

/** Unitary centred transform over the last two axes; see `Kernels.fourier2`. */
export function fourier2(
  u: WebgpuArray,
  direction: 'forward' | 'inverse',
  { tables, planFor }: FourierContext,
): WebgpuArray {
  const [ny = 1, nx = 1] = u.shape.slice(-2);
  const planes = sizeOf(u.shape) / (ny * nx);
  const transform = (input: Tensor, line: Line, orientation: Orientation) =>
    runPlan(input, planFor(line), line, { ...centredEnds(line), orientation }, tables);
  // The inverse is the forward transform between two conjugations.
  const sign = direction === 'inverse' ? -1 : 1;
  const rows = transform(u.tensor, { outer: planes * ny, length: nx, inner: 1 }, { in: sign, out: 1 });
  const tensor = transform(rows, { outer: planes, length: ny, inner: nx }, { in: 1, out: sign });
  rows.dispose();
  return { shape: u.shape, dtype: 'complex', tensor };
}
