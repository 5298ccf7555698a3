import type { Tensor } from '@tensorflow/tfjs-core';
import type { Dtype } from '../../../optics/ops/kernels.ts';
import type { WebgpuArray } from '../program.ts';

/** An array of a prepared step. Its samples lie in a planned buffer, unless the step had to be run in full. */
export class PlannedArray implements WebgpuArray {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** Where the samples are when the step is run in full. */
  actual: WebgpuArray | null = null;
  /** Whether this step has released it. */
  isReleased = false;

  constructor(shape: readonly number[], dtype: Dtype) {
    this.shape = shape;
    this.dtype = dtype;
  }

  get tensor(): Tensor {
    if (this.actual === null) throw new Error('An array of a prepared step was used outside it.');
    return this.actual.tensor;
  }
}

/** The array that has the samples. */
export function actualOf(array: WebgpuArray): WebgpuArray {
  return array instanceof PlannedArray && array.actual !== null ? array.actual : array;
}
