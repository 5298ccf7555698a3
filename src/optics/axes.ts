/** The named axes before rows and columns: where an element that adds one puts it, what a detector sums over. */
import type { LightShare } from './element.ts';
import type { Complex, Ops, Real, Tensor } from './ops/ops.ts';
import { planeShape } from './sampledGrid.ts';
import type { Axis } from './values.ts';

const ORDER: readonly Axis[] = ['mode', 'plane', 'component'];

interface Sampled<T extends Tensor = Tensor> {
  readonly samples: T;
  readonly axes: readonly Axis[];
}

/** `axes` and `axis`, in the fixed order. */
export function axesWith(axes: readonly Axis[], axis: Axis): readonly Axis[] {
  return ORDER.filter((each) => each === axis || axes.includes(each));
}

/** Length of an axis, 1 where it is absent. */
export function lengthOf({ samples, axes }: Sampled, axis: Axis): number {
  const at = axes.indexOf(axis);
  return at < 0 ? 1 : (samples.shape[at] ?? 1);
}

/** The samples with an axis of length 1 at the place of `axis`; as they are where it exists. */
export function withAxis(ops: Ops, light: Sampled<Complex>, axis: Axis): Complex {
  return withAxes(ops, light, axesWith(light.axes, axis));
}

/** The samples with axes of length 1 for those of `axes` (in the fixed order) that are missing: they broadcast. */
export function withAxes(ops: Ops, light: Sampled<Complex>, axes: readonly Axis[]): Complex {
  if (axes.length === light.axes.length) return light.samples;
  const lengths = axes.map((axis) => lengthOf(light, axis));
  return ops.reshape(light.samples, [...lengths, ...planeShape(light.samples)]);
}

/** Shape of samples that vary along one axis only, such that they broadcast over light with these axes. */
export function alongAxis(axes: readonly Axis[], axis: Axis, length: number): number[] {
  return [...axes.map((each) => (each === axis ? length : 1)), 1, 1];
}

/** Irradiance [planes, ny, nx] or [ny, nx]: |samples|² summed over components and modes. */
export function summedIrradiance(ops: Ops, light: Sampled<Complex>): Real {
  const squared = ops.absSquared(light.samples);
  const summed = light.axes.flatMap((axis, at) => (axis === 'plane' ? [] : [at]));
  if (summed.length === 0) return squared;
  const total = ops.sum(squared, summed);
  const planes = light.axes.includes('plane') ? [lengthOf(light, 'plane')] : [];
  return ops.reshape(total, [...planes, ...planeShape(light.samples)]);
}

/** The parts of a light that a share of it consists of; shares are nearly equal, the first the largest. */
export function partsOfShare<T>(all: readonly T[], share: LightShare | null): readonly T[] {
  if (share === null) return all;
  const edge = (index: number) => Math.ceil((index * all.length) / share.of);
  return all.slice(edge(share.index), edge(share.index + 1));
}

/** What tells samples of one share from those of another. */
export function nameOfShare(share: LightShare | null): string {
  return share === null ? '' : `:${share.index}/${share.of}`;
}
