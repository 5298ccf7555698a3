/** Runs kernels of a backend on host arrays and collects how far the results are off. */
import type { DeviceArray, Kernels } from '../optics/ops/kernels.ts';
import { difference, type Host, largest } from './conformanceLoops.ts';

/** One comparison: `error` must not exceed `limit`. Both are relative to the largest expected value unless the check says otherwise. */
export interface ConformanceCheck {
  readonly check: string;
  readonly error: number;
  readonly limit: number;
}

/** Runs kernels on uploaded host arrays and collects the comparisons. */
export class Bench<A extends DeviceArray> {
  readonly checks: ConformanceCheck[] = [];
  readonly kernels: Kernels<A>;
  /** Spacing of the backend's numbers at 1. */
  readonly epsilon: number;

  constructor(kernels: Kernels<A>) {
    this.kernels = kernels;
    this.epsilon = kernels.bytesPerReal === 4 ? 2 ** -23 : 2 ** -52;
  }

  /**
   * Compares the result of `run` with `expected`.
   * @param rounding allowed error in units of the backend's spacing.
   * @param scale what the error is relative to; the largest expected value by default.
   */
  async compare(
    check: string,
    inputs: readonly Host[],
    run: (arrays: A[]) => A,
    expected: Host,
    rounding: number,
    scale = largest(expected.data) || 1,
  ): Promise<void> {
    const arrays = inputs.map(({ data, shape, dtype }) => this.kernels.upload(data, shape, dtype));
    const output = run(arrays);
    const [actual = []] = await this.kernels.readMany([output]);
    const sameShape = output.shape.join() === expected.shape.join() && output.dtype === expected.dtype;
    for (const array of [...arrays, output]) this.kernels.release(array);
    const error = sameShape ? difference(actual, expected.data, scale) : Number.POSITIVE_INFINITY;
    this.checks.push({ check, error, limit: rounding * this.epsilon });
  }
}

export function one<A>(arrays: readonly A[]): A {
  return arrays[0] as A;
}

export function two<A>(arrays: readonly A[]): readonly [A, A] {
  return [arrays[0] as A, arrays[1] as A];
}
