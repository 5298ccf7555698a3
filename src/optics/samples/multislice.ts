/** Light through a thick sample: thin slices with free propagation between them (Cowley and Moodie, 1957). */
import type { Complex, Ops } from '../ops/ops.ts';
import {
  addScalars,
  divideScalars,
  isConstant,
  multiplyScalars,
  type Scalar,
  subtractScalars,
} from '../ops/scalar.ts';
import { transferFunction } from '../propagation/angularSpectrum.ts';
import { planeShape } from '../sampledGrid.ts';
import type { Field } from '../values.ts';
import { absorption, type Picture, sliceMap } from './picture.ts';

/** Light that leaves a window twice as wide does not come back on the other side. */
export const PADDING = 2;

/** How a sample is cut. */
interface Slices {
  readonly slices: number;
  readonly thickness: Scalar;
  /** Where the light that comes out is shown, from the back face towards the source, as a share of the thickness. */
  readonly back: number;
}

export interface Slab extends Slices {
  readonly volume: Picture;
  readonly indexDifference: Scalar;
  readonly extinctionCoefficient: Scalar;
  /** Extraordinary less ordinary index where the volume is 1; light then is [.., 2, n, n], along the optic axis and across. */
  readonly birefringence?: Scalar;
}

type LitBy = Pick<Field, 'wavelength' | 'refractiveIndex' | 'pitch'>;

/** The transfer function over a distance in the window of the slab. */
export function stepTransfer(ops: Ops, light: LitBy, n: number, distance: Scalar): Complex {
  return transferFunction(ops, PADDING * n, light.pitch, light, distance);
}

/** What one slice does to light: its phase and what it absorbs, in its middle. */
export function throughSlice(ops: Ops, samples: Complex, light: LitBy, slab: Slab, index: number): Complex {
  const [n] = planeShape(samples);
  const turns = divideScalars(multiplyScalars(slab.thickness, (2 * Math.PI) / slab.slices), light.wavelength);
  const phase = multiplyScalars(turns, slab.indexDifference);
  const depth = multiplyScalars(turns, slab.extinctionCoefficient);
  const slice = { index, count: slab.slices };
  let out = samples;
  const { birefringence } = slab;
  if (birefringence !== undefined) {
    const map = sliceMap(ops, slab.volume, slice, n, light.pitch);
    const along = addScalars(phase, multiplyScalars(turns, birefringence));
    out = ops.multiply(out, ops.phasor(ops.multiply(ops.fromScalars([along, phase], [2, 1, 1]), map)));
  } else if (!isAbsent(phase)) {
    const map = sliceMap(ops, slab.volume, slice, n, light.pitch);
    out = ops.multiply(out, ops.phasor(ops.scaleBy(map, phase)));
  }
  if (!isAbsent(depth)) {
    out = ops.multiply(sliceMap(ops, slab.volume, slice, n, light.pitch, absorption(depth)), out);
  }
  return out;
}

function isAbsent(a: Scalar): boolean {
  return a.value === 0 && isConstant(a);
}

/** Light behind a slab. */
export function throughSlab(ops: Ops, samples: Complex, light: LitBy, slab: Slab): Complex {
  return throughSlices(ops, samples, light, slab, (out, index) => throughSlice(ops, out, light, slab, index));
}

/**
 * Half a step, then slice and step by turns, which is right to second order in the step. The last half step and the
 * way back to where the light is shown are one, in the medium around the sample.
 * @param through what slice `index` does to light
 */
export function throughSlices(
  ops: Ops,
  samples: Complex,
  light: LitBy,
  { slices, thickness, back }: Slices,
  through: (samples: Complex, index: number) => Complex,
): Complex {
  const [n] = planeShape(samples);
  const step = multiplyScalars(thickness, 1 / slices);
  const between = stepTransfer(ops, light, n, step);
  let out = ops.filter2(samples, stepTransfer(ops, light, n, multiplyScalars(step, 0.5)));
  for (let index = 0; index < slices; index++) {
    if (index > 0) out = ops.filter2(out, between);
    out = through(out, index);
  }
  const last = subtractScalars(multiplyScalars(step, 0.5), multiplyScalars(thickness, back));
  return ops.filter2(out, stepTransfer(ops, light, n, last));
}
