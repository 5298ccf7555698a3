/** Adam on the WebAssembly backend: the few numbers that all parameters share, then one kernel for the rest. */
import { adamRate } from '../../optics/ops/adam.ts';
import type { AdamRates, AdamState } from '../../optics/ops/kernels.ts';
import { ADAM_HEADER } from '../../optics/ops/kernels.ts';
import type { KernelModule } from './module.ts';
import { expectDtype, REAL_BYTES, type WasmArray } from './wasmArray.ts';

/** Notes a loss in the progress of a descent: which step (from 1) comes now, and whether the loss is the least. */
function noteLoss(progress: Float32Array, loss: number): { step: number; isLeast: boolean } {
  const done = progress[0] ?? 0;
  const isLeast = loss < (progress[1] ?? 0);
  progress[ADAM_HEADER + (done % (progress.length - ADAM_HEADER))] = loss;
  if (isLeast) progress[1] = loss;
  progress[0] = done + 1;
  return { step: done + 1, isLeast };
}

/**
 * @param memory the whole memory as float32.
 * @param at address of an array; throws when it is not alive.
 */
export function adam(
  module: KernelModule,
  memory: Float32Array,
  { parameters, moments, bounds, progress }: AdamState<WasmArray>,
  loss: WasmArray,
  gradient: WasmArray,
  rates: AdamRates,
  at: (array: WasmArray) => number,
): void {
  expectDtype('real', parameters, moments, bounds, progress, loss, gradient);
  const size = parameters.reals;
  if (gradient.reals !== size || moments.reals !== 3 * size || bounds.reals !== 2 * size) {
    throw new Error(`A gradient of ${gradient.reals} numbers does not fit the state of ${size} parameters.`);
  }
  const [parametersAt, momentsAt, boundsAt, gradientAt] = [
    at(parameters),
    at(moments),
    at(bounds),
    at(gradient),
  ];
  const lossNow = memory[at(loss) / REAL_BYTES] ?? Number.NaN;
  const start = at(progress) / REAL_BYTES;
  const { step, isLeast } = noteLoss(memory.subarray(start, start + progress.reals), lossNow);
  const { rate, correction } = adamRate(step, rates);
  const { beta1, beta2, epsilon } = rates;
  module.adam(
    size,
    parametersAt,
    momentsAt,
    boundsAt,
    gradientAt,
    isLeast ? 1 : 0,
    rate,
    correction,
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    epsilon,
  );
}
