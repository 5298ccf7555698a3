/** Adam on the WebAssembly backend: the few numbers that all parameters share, then one kernel for the rest. */
import { adamRate, notedStep } from '../../optics/ops/adam.ts';
import type { AdamRates, AdamState } from '../../optics/ops/kernels.ts';
import type { KernelModule } from './module.ts';
import { expectDtype, REAL_BYTES, type WasmArray } from './wasmArray.ts';

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
  const slopes = memory.subarray(gradientAt / REAL_BYTES, gradientAt / REAL_BYTES + size);
  const noted = notedStep(memory.subarray(start, start + progress.reals), lossNow, slopes);
  if (noted === null) return;
  const { step, isLeast } = noted;
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
