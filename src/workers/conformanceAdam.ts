/** Holds any backend's Adam against the formulas as printed by Kingma and Ba (2015, algorithm 1). */
import { releaseAdam, startAdam } from '../optics/ops/adam.ts';
import { ADAM_HEADER, type AdamRates, type DeviceArray } from '../optics/ops/kernels.ts';
import type { Bench } from './conformanceBench.ts';
import { difference, type Host, hostArray } from './conformanceLoops.ts';

const SHAPE = [3, 43] as const;
const LOSSES = 4;

interface Expected {
  readonly parameters: Float64Array;
  readonly best: Float64Array;
  readonly progress: readonly number[];
}

function textbook(start: Host, gradients: readonly Host[], losses: readonly number[], rates: AdamRates) {
  const size = start.data.length;
  const parameters = Float64Array.from(start.data);
  let best = parameters.slice();
  const [first, second] = [new Float64Array(size), new Float64Array(size)];
  const history = new Array<number>(LOSSES).fill(0);
  let least = Number.POSITIVE_INFINITY;
  gradients.forEach(({ data }, index) => {
    const loss = losses[index] ?? 0;
    history[index % LOSSES] = loss;
    if (loss < least) [least, best] = [loss, parameters.slice()];
    const t = index + 1;
    const share = rates.decaySteps === null ? 0 : t / rates.decaySteps;
    const rate = (rates.learningRate * (1 + Math.cos(Math.PI * Math.min(1, share)))) / 2;
    data.forEach((g, i) => {
      first[i] = rates.beta1 * (first[i] ?? 0) + (1 - rates.beta1) * g;
      second[i] = rates.beta2 * (second[i] ?? 0) + (1 - rates.beta2) * g * g;
      const m = (first[i] ?? 0) / (1 - rates.beta1 ** t);
      const v = (second[i] ?? 0) / (1 - rates.beta2 ** t);
      const next = (parameters[i] ?? 0) - (rate * m) / (Math.sqrt(v) + rates.epsilon);
      parameters[i] = Math.min(0.8, Math.max(-0.7, next));
    });
  });
  return {
    parameters,
    best,
    progress: [gradients.length, least, losses[0] ?? 0, 0, ...history],
  } satisfies Expected;
}

export async function checkAdam<A extends DeviceArray>(bench: Bench<A>, next: () => number): Promise<void> {
  const { kernels } = bench;
  const before = kernels.memory();
  // The third loss is the least; six losses in room for four.
  const losses = [3, 2, 1, 1.5, 2.5, 4];
  for (const decaySteps of [null, 5]) {
    const rates: AdamRates = { learningRate: 0.05, decaySteps, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const start = hostArray(SHAPE, 'real', next);
    const gradients = losses.map(() => hostArray(SHAPE, 'real', next));
    const size = start.data.length;
    const bounds = { lower: new Float64Array(size).fill(-0.7), upper: new Float64Array(size).fill(0.8) };
    const state = startAdam(kernels, start.data, SHAPE, bounds, LOSSES);
    gradients.forEach((gradient, index) => {
      const g = kernels.upload(gradient.data, SHAPE, 'real');
      const loss = kernels.upload(Float64Array.of(losses[index] ?? 0), [1], 'real');
      kernels.adam(state, loss, g, rates);
      kernels.release(g);
      kernels.release(loss);
    });
    const [parameters = [], moments = [], progress = []] = await kernels.readMany([
      state.parameters,
      state.moments,
      state.progress,
    ]);
    releaseAdam(kernels, state);
    const expected = textbook(start, gradients, losses, rates);
    const title = decaySteps === null ? 'adam' : 'adam with decay';
    // A step is rate·m/√v, each of a few roundings, of which six add up; the square root of WGSL is inexact.
    const limit = 16 * bench.epsilon;
    bench.checks.push(
      { check: `${title}: parameters`, error: difference(parameters, expected.parameters, 1), limit },
      {
        check: `${title}: parameters of the least loss`,
        error: difference(moments.slice(2 * size), expected.best, 1),
        limit,
      },
      {
        check: `${title}: steps and losses`,
        error: difference(progress, Float64Array.from(expected.progress), 1),
        limit: 0,
      },
    );
    if (progress.length !== ADAM_HEADER + LOSSES) throw new Error('The losses have no room of their own.');
  }
  const after = kernels.memory();
  const leaked = Math.abs(after.arrays - before.arrays) + Math.abs(after.bytes - before.bytes);
  bench.checks.push({ check: 'memory after adam (absolute)', error: leaked, limit: 0 });
}
