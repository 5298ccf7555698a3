/** The light of an image as goals see it: relative, plane by plane, and weighed by functions of the place. */
import { sizeOf } from '../ops/kernels.ts';
import type { Complex, Ops, Real } from '../ops/ops.ts';
import { ElementProblem } from '../problem.ts';
import { amplitudeMap, type MapArgument, planeShape, transmissionMap } from '../sampledGrid.ts';
import type { Image } from '../values.ts';
import { number } from './wish.ts';

export interface ImageLight {
  /** [planes, ny, nx]: the sum over the pixels of each plane is 1. */
  readonly share: Real;
  /** What the pixels of each plane show without the camera's offset, summed; [planes, 1, 1]. */
  readonly total: Real;
}

/** Next to a sum of light, so that a dark image gives a number. */
const DARK = 1e-30;

/** @throws ElementProblem where pixels have no size */
export function lightOfImage(ops: Ops, { samples, noise, mask, pitch }: Image): ImageLight {
  if (!(pitch.value > 0)) {
    throw new ElementProblem(
      'The pixels of this image have no size, so no place can be told on it.',
      'Connect the image of a camera.',
    );
  }
  const [ny, nx] = planeShape(samples);
  const shape = [sizeOf(samples.shape) / (ny * nx), ny, nx];
  const offset = noise?.offset ?? 0;
  const lifted = offset === 0 ? samples : ops.subtract(samples, number(ops, offset));
  const counted = mask === null ? lifted : ops.multiply(lifted, mask);
  const light = ops.reshape(counted, shape);
  const total = ops.sum(light, [1, 2]);
  // Divided twice, since the sum of squares of watts per pixel is small in single precision.
  return { share: ops.divide(light, ops.add(total, number(ops, DARK))), total };
}

/**
 * f(x, y) on the pixels of an image [ny, nx], in metres from the pixel floor(n/2); see `amplitudeMap`.
 * @param name stands for everything that `prepare` uses besides its arguments
 */
export function mapOverImage(
  ops: Ops,
  name: string,
  { samples, pitch }: Image,
  args: readonly MapArgument[],
  prepare: (values: readonly number[], pitch: number) => (x: number, y: number) => number,
): Real {
  const [ny, nx] = planeShape(samples);
  return ops.resize(amplitudeMap(ops, name, Math.max(ny, nx), pitch, args, prepare), ny, nx);
}

/** The same for complex values. */
export function wavesOverImage(
  ops: Ops,
  name: string,
  { samples, pitch }: Image,
  args: readonly MapArgument[],
  prepare: (values: readonly number[], pitch: number) => (x: number, y: number) => readonly [number, number],
): Complex {
  const [ny, nx] = planeShape(samples);
  return ops.resize(transmissionMap(ops, name, Math.max(ny, nx), pitch, args, prepare), ny, nx);
}

/** Mean over the planes of a number for each, [planes, 1, 1]; shape [1]. */
export function meanOfPlanes(ops: Ops, numbers: Real): Real {
  const sum = ops.sum(numbers, [0, 1, 2]);
  return ops.reshape(ops.scale(sum, 1 / sizeOf(numbers.shape)), [1]);
}
