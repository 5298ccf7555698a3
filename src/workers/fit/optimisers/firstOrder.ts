/** Methods that look at the gradient only: Adam, and steepest descent with momentum. */
import { ADAM_DIVERGED, adamReference, isDiverged } from '../../../optics/ops/adam.ts';
import {
  largest,
  moved,
  type Objective,
  type Optimiser,
  projected,
  type StepState,
  startState,
} from './optimiser.ts';
import { rateShare, type Schedule } from './schedule.ts';

export interface RateOptions {
  /** Steps over which the rate falls. */
  readonly iterations: number;
  /** In natural steps. */
  readonly learningRate: number;
  readonly schedule?: Schedule;
}

export const ADAM_RATES = { beta1: 0.9, beta2: 0.999, epsilon: 1e-12 };

/** Adam (Kingma and Ba, 2015) with bounds: values are clipped to them, where they may stay and from where they may return. */
export function adam({ iterations, learningRate, schedule = 'cosine' }: RateOptions): Optimiser {
  const { beta1, beta2, epsilon } = ADAM_RATES;
  return {
    async start(problem, point) {
      const [first, second] = [new Float64Array(point.length), new Float64Array(point.length)];
      const state = await startState(problem, point, {});
      return { ...state, memory: { first, second, firstLoss: state.value } };
    },
    async step(problem, state) {
      const { gradient, iteration, memory } = state;
      const [first, second] = [memory['first'], memory['second']].map((m) => (m as Float64Array).slice());
      if (first === undefined || second === undefined) throw new Error('This state is none of Adam.');
      const step = iteration + 1;
      const rate = learningRate * rateShare(schedule, step, iterations);
      const [ofFirst, ofSecond] = [1 - beta1 ** step, 1 - beta2 ** step];
      const next = state.point.map((x, i) => {
        const g = gradient[i] as number;
        const m = beta1 * (first[i] as number) + (1 - beta1) * g;
        const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
        [first[i], second[i]] = [m, v];
        return x - (rate * (m / ofFirst)) / (Math.sqrt(v / ofSecond) + epsilon);
      });
      const known = Number(memory['firstLoss'] ?? state.value);
      const after = await tried(problem, state, next, { first, second });
      const firstLoss = adamReference(step, known, after.value);
      return judged({ ...after, memory: { ...after.memory, firstLoss } }, firstLoss, ADAM_DIVERGED);
    },
  };
}

/** Of the velocity, from step to step (Sutskever et al., ICML 2013). */
const MOMENTUM = 0.9;
/** A loss that has grown by this factor since the start will not come back: the rate is too high. */
const DIVERGED = 1e3;

/**
 * Steepest descent with Nesterov's momentum. Losses have no common scale, so the rate is the length of the first step of
 * the value that the loss depends on most, in its natural steps; later steps are as the gradient is to the first one.
 */
export function momentum({ iterations, learningRate, schedule = 'cosine' }: RateOptions): Optimiser {
  return {
    async start(problem, point) {
      const state = await startState(problem, point, {});
      const slope = largest(state.gradient);
      const scale = slope > 0 ? 1 / ((1 + MOMENTUM) * slope) : 1;
      return { ...state, memory: { velocity: new Float64Array(point.length), scale, first: state.value } };
    },
    async step(problem, state) {
      const { velocity, scale, first } = state.memory;
      if (!(velocity instanceof Float64Array)) throw new Error('This state is none of momentum.');
      const rate = learningRate * rateShare(schedule, state.iteration + 1, iterations) * Number(scale);
      const next = velocity.map((v, i) => MOMENTUM * v + (state.gradient[i] as number));
      const point = state.point.map(
        (x, i) => x - rate * (MOMENTUM * (next[i] as number) + (state.gradient[i] as number)),
      );
      const after = await tried(problem, state, point, { ...state.memory, velocity: next });
      return judged(after, Number(first), DIVERGED);
    },
  };
}

/** Whether a step was one too many. */
function judged(after: StepState, first: number, factor: number): StepState {
  const isOver = after.ended === null && isDiverged(after.value, first, after.least, factor);
  return isOver ? { ...after, ended: 'diverged' } : after;
}

async function tried(
  problem: Objective,
  state: StepState,
  next: Float64Array,
  memory: StepState['memory'],
): Promise<StepState> {
  const point = projected(problem, next);
  return moved(state, { point, ...(await problem.lossGradient(point)) }, memory);
}
