import type { DeviceArray, Dtype } from './kernels.ts';

/** An immutable array with derivatives attached as the mode asks. `shape` omits the re/im axis. */
export interface Tensor<D extends Dtype = Dtype> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly array: DeviceArray;
  /** Forward mode: d tensor / d parameter, keyed by slot, same shape as the tensor. */
  readonly tangents: ReadonlyMap<number, DeviceArray>;
  /** Reverse mode: whether a cotangent is wanted. */
  readonly tracked: boolean;
}
export type Real = Tensor<'real'>;
export type Complex = Tensor<'complex'>;

export const NO_TANGENTS: ReadonlyMap<number, DeviceArray> = new Map();
