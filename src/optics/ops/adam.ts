/** Adam (Kingma and Ba 2015) on arrays of a backend: how its state starts, and the plain loop for host memory. */
import type { AdamRates, AdamState, DeviceArray, Kernels } from './kernels.ts';
import { ADAM_ENDINGS, ADAM_HEADER, sizeOf } from './kernels.ts';

type Numbers = Float64Array | Float32Array;

/** Where a descent of before was. */
export interface AdamBefore {
  readonly steps: number;
  readonly least: number;
  readonly firstLoss: number;
  readonly change: Numbers;
  readonly best: Numbers;
  readonly first: Numbers;
  readonly second: Numbers;
}

/**
 * The state of a descent that starts at `start`, all uploaded.
 * @param bounds lowest and highest value of each parameter.
 * @param losses how many of the latest losses are kept.
 * @param before what it goes on from; null where it begins.
 */
export function startAdam<A extends DeviceArray>(
  kernels: Kernels<A>,
  start: Numbers,
  shape: readonly number[],
  bounds: { readonly lower: Numbers; readonly upper: Numbers },
  losses: number,
  before: AdamBefore | null = null,
): AdamState<A> {
  const size = sizeOf(shape);
  const progress = new Float64Array(ADAM_HEADER + losses);
  progress[0] = before?.steps ?? 0;
  progress[1] = before?.least ?? LARGEST_LOSS;
  progress[2] = before?.firstLoss ?? 0;
  const moments = new Float64Array(3 * size);
  moments.set(before?.first ?? [], 0);
  moments.set(before?.second ?? [], size);
  moments.set(before?.best ?? start, 2 * size);
  const limits = new Float64Array(2 * size);
  limits.set(bounds.lower.map(finite), 0);
  limits.set(bounds.upper.map(finite), size);
  return {
    parameters: kernels.upload(before?.change ?? start, shape, 'real'),
    moments: kernels.upload(moments, [3, ...shape], 'real'),
    bounds: kernels.upload(limits, [2, ...shape], 'real'),
    progress: kernels.upload(progress, [progress.length], 'real'),
  };
}

export function releaseAdam<A extends DeviceArray>(kernels: Kernels<A>, state: AdamState<A>): void {
  for (const array of [state.parameters, state.moments, state.bounds, state.progress]) kernels.release(array);
}

/** Graphics processors need not keep infinities, so the largest float32 stands for them. */
const LARGEST_LOSS = 3.4028234663852886e38;

function finite(bound: number): number {
  return Math.max(-LARGEST_LOSS, Math.min(LARGEST_LOSS, bound));
}

/** A loss that has grown by this factor since the start is no detour: the rate is too high. */
export const ADAM_DIVERGED = 1e6;

/**
 * The loss that growth is measured by: the larger of the first two. A start at the very end of a loss without noise has
 * next to none, and one step of the full rate leaves it however well the rate is chosen.
 * @param done steps before this loss
 */
export function adamReference(done: number, known: number, loss: number): number {
  if (done === 0) return loss;
  return done === 1 ? Math.max(known, loss) : known;
}

/** Whether a loss has grown beyond `factor` times the first one (`adamReference`), or what was gained since. */
export function isDiverged(loss: number, first: number, least: number, factor: number): boolean {
  return loss - least > factor * Math.max(Math.abs(first), first - least);
}

/**
 * Notes the loss of a step (counted from 1) in the progress of a descent on host memory, and whether it is the least;
 * null where the descent has ended, now or before.
 */
export function notedStep(
  progress: Numbers,
  loss: number,
  gradient: Numbers,
): { step: number; isLeast: boolean } | null {
  const [done = 0, before = 0, known = 0, ending = 0] = progress;
  if (ending !== 0) return null;
  progress[ADAM_HEADER + (done % (progress.length - ADAM_HEADER))] = loss;
  progress[0] = done + 1;
  if (!Number.isFinite(loss) || !gradient.every(Number.isFinite)) {
    progress[3] = ADAM_ENDINGS.indexOf('notFinite');
    return null;
  }
  const first = adamReference(done, known, loss);
  const least = Math.min(before, loss);
  [progress[1], progress[2]] = [least, first];
  if (isDiverged(loss, first, least, ADAM_DIVERGED)) {
    progress[3] = ADAM_ENDINGS.indexOf('diverged');
    return null;
  }
  return { step: done + 1, isLeast: loss < before };
}

/** `Kernels.adam` on typed arrays, in their own precision but for what is shared by all parameters. */
export function adamOnHost(
  { parameters, moments, bounds, progress }: Record<keyof AdamState, Numbers>,
  loss: number,
  gradient: Numbers,
  rates: AdamRates,
): void {
  const size = parameters.length;
  const noted = notedStep(progress, loss, gradient);
  if (noted === null) return;
  if (noted.isLeast) moments.set(parameters, 2 * size);
  const { rate, correction } = adamRate(noted.step, rates);
  for (let i = 0; i < size; i++) {
    const g = gradient[i] as number;
    const first = rates.beta1 * (moments[i] as number) + (1 - rates.beta1) * g;
    const second = rates.beta2 * (moments[size + i] as number) + (1 - rates.beta2) * g * g;
    moments[i] = first;
    moments[size + i] = second;
    const next =
      (parameters[i] as number) - (rate * first) / (Math.sqrt(second * correction) + rates.epsilon);
    parameters[i] = Math.min(bounds[size + i] as number, Math.max(bounds[i] as number, next));
  }
}

/** Rate of a step (from 1) with the correction of the first moment in it, and the factor on the second moment. */
export function adamRate(step: number, rates: AdamRates): { rate: number; correction: number } {
  const { learningRate, decaySteps, beta1, beta2 } = rates;
  const share = decaySteps === null ? 0 : Math.min(1, step / decaySteps);
  // 1 - β^t loses digits for small t.
  const bias = (beta: number) => -Math.expm1(step * Math.log(beta));
  return {
    rate: (learningRate * 0.5 * (1 + Math.cos(Math.PI * share))) / bias(beta1),
    correction: 1 / bias(beta2),
  };
}
