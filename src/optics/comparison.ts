/** How a model image and a target are made comparable. */
import { sizeOf } from './ops/kernels.ts';
import type { Ops, Real } from './ops/ops.ts';
import { ElementProblem } from './problem.ts';
import { formatNumber } from './units.ts';
import type { Image, NoiseModel } from './values.ts';

/** @throws ElementProblem when the two do not have the same pixels. */
export function checkSamePixels(model: Image, target: Image): void {
  const [a, b] = [model.samples.shape, target.samples.shape];
  if (a.length !== b.length || a.some((n, axis) => n !== b[axis])) {
    throw new ElementProblem(
      `The camera gives ${a.join(' × ')} pixels, the target has ${b.join(' × ')}.`,
      'Set the camera’s rows and columns (and the planes of the stack) to the target’s size.',
    );
  }
  // An image of the document has no pitch of its own.
  const [mine, other] = [model.pitch.value, target.pitch.value];
  if (other > 0 && mine > 0 && Math.abs(other / mine - 1) > 1e-6) {
    throw new ElementProblem(
      `The camera has pixels of ${formatNumber(mine * 1e6, 4)} µm, the target of ${formatNumber(other * 1e6, 4)} µm: they show different places.`,
      'Give both cameras the same pixel pitch and magnification.',
    );
  }
}

/**
 * What keeps a photon likelihood from being computed, or null: its data are counts turned into electrons by gain and
 * offset, and a likelihood that changes its own data cannot tell which are right.
 */
export function likelihoodProblem(noise: NoiseModel | null): ElementProblem | null {
  if (noise === null || noise.isCalibrated) return null;
  return new ElementProblem(
    'The photon likelihood needs a known gain and offset of the camera, but one of them is to be learnt.',
    'Fix the camera’s gain and offset, or compare by least squares.',
  );
}

/** Σ over the pixels that the target counts, shape [1]. */
export function sumOverCounted(ops: Ops, terms: Real, target: Image): Real {
  const counted = target.mask === null ? terms : ops.multiply(terms, target.mask);
  const axes = counted.shape.map((_, axis) => axis);
  return ops.reshape(ops.sum(counted, axes), [1]);
}

/** The model on the target's scale: where both are relative to their means, divided by its own. */
export function onScaleOf(ops: Ops, model: Image, target: Image): Real {
  if (target.normalization !== 'mean') return model.samples;
  const ones = ops.constant(
    `comparison:ones:${model.samples.shape.join('x')}`,
    model.samples.shape,
    'real',
    () => new Float64Array(sizeOf(model.samples.shape)).fill(1),
  );
  const count = sumOverCounted(ops, ones, target);
  return ops.multiply(model.samples, ops.divide(count, sumOverCounted(ops, model.samples, target)));
}
