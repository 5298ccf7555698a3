/**
 * L-BFGS (Liu and Nocedal, Math. Program. 45, 503 (1989)): the curvature is learned from the last steps. Bounds are kept
 * by projection (two-metric, Bertsekas 1982): what stands on a limit and is pushed against it waits, the others step
 * without it, and trial points are clipped. A smooth transform of the values would never let go of a limit that it has
 * reached, nor report it exactly.
 */
import { lineSearch, type Trial } from './lineSearch.ts';
import {
  dot,
  freeGradient,
  isFiniteAt,
  isSmallGain,
  largest,
  moved,
  type Objective,
  type Optimiser,
  plus,
  projected,
  type StepState,
  startState,
} from './optimiser.ts';

/** Steps that are remembered. */
const PAIRS = 10;
/** Largest move of the first step, natural steps. */
const FIRST_MOVE = 0.1;

interface Tried extends Trial {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
}

export function lbfgs(): Optimiser {
  return {
    async start(problem, point) {
      const state = await startState(problem, point, {});
      return { ...state, memory: { steps: [], changes: [], small: 0, first: state.value } };
    },
    step: lbfgsStep,
  };
}

async function lbfgsStep(problem: Objective, state: StepState): Promise<StepState> {
  const [steps, changes] = [pairs(state, 'steps'), pairs(state, 'changes')];
  const free = freeGradient(problem, state.point, state.gradient);
  const newton = direction(free, steps, changes);
  const isDownhill = dot(newton, free) < 0;
  const along = isDownhill ? newton : free.map((g) => -g);
  const isLearned = isDownhill && steps.length > 0;
  const slope = dot(along, free);
  if (!(slope < 0)) return { ...state, ended: 'converged' };
  let failed = state.failed;
  let isFiniteAnywhere = false;
  const evaluate = async (length: number): Promise<Tried> => {
    const point = projected(problem, plus(state.point, length, along));
    const { value, gradient } = await problem.lossGradient(point);
    if (!isFiniteAt(value, gradient)) {
      failed = point;
      return { length, value: Number.POSITIVE_INFINITY, slope: Number.NaN, point, gradient };
    }
    isFiniteAnywhere = true;
    return { length, value, slope: slopeAlong(problem, point, gradient, along), point, gradient };
  };
  const first = isLearned ? 1 : FIRST_MOVE / largest(along);
  const taken = await lineSearch({ length: 0, value: state.value, slope }, first, evaluate);
  if (taken === null) {
    if (!isFiniteAnywhere) return { ...state, failed, ended: 'notFinite' };
    // What was learned may mislead; without it there is nothing lower within rounding.
    return isLearned
      ? { ...state, failed, memory: { ...state.memory, steps: [], changes: [], small: 0 } }
      : { ...state, failed, ended: 'converged' };
  }
  const small = isSmallGain(state, taken.value) ? Number(state.memory['small']) + 1 : 0;
  const step = plus(taken.point, -1, state.point);
  const change = plus(taken.gradient, -1, state.gradient);
  const isUseful = dot(step, change) > 1e-10 * Math.sqrt(dot(step, step) * dot(change, change));
  const keep = (list: readonly Float64Array[], each: Float64Array) =>
    isUseful ? [...list, each].slice(-PAIRS) : list;
  const memory = { ...state.memory, steps: keep(steps, step), changes: keep(changes, change), small };
  return { ...moved({ ...state, failed }, taken, memory), ended: small >= 2 ? 'converged' : null };
}

function pairs({ memory }: StepState, name: string): readonly Float64Array[] {
  const found = memory[name];
  if (!Array.isArray(found)) throw new Error('This state is none of L-BFGS.');
  return found as readonly Float64Array[];
}

/** Derivative along the projected ray: a coordinate that stands on its limit and is pushed on does not move. */
function slopeAlong(
  problem: Objective,
  point: Float64Array,
  gradient: Float64Array,
  along: Float64Array,
): number {
  let slope = 0;
  for (let i = 0; i < point.length; i++) {
    const [x, d] = [point[i] as number, along[i] as number];
    const isHeld =
      (x <= (problem.lower[i] as number) && d < 0) || (x >= (problem.upper[i] as number) && d > 0);
    if (!isHeld) slope += (gradient[i] as number) * d;
  }
  return slope;
}

/** The two loops, over the coordinates in which the gradient is not held. */
function direction(
  free: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
): Float64Array {
  const isHeldAnywhere = free.includes(0);
  const masked = (values: Float64Array) =>
    isHeldAnywhere ? values.map((x, i) => (free[i] === 0 ? 0 : x)) : values;
  const kept = steps.flatMap((step, k) => {
    const [s, y] = [masked(step), masked(changes[k] ?? step)];
    const product = dot(s, y);
    return product > 1e-12 * Math.sqrt(dot(s, s) * dot(y, y)) ? [{ s, y, rho: 1 / product }] : [];
  });
  const d = free.slice();
  const shares = new Float64Array(kept.length);
  for (let k = kept.length - 1; k >= 0; k--) {
    const pair = kept[k];
    if (pair === undefined) continue;
    shares[k] = pair.rho * dot(pair.s, d);
    addTo(d, -(shares[k] as number), pair.y);
  }
  const last = kept.at(-1);
  const scale = last === undefined ? 1 : 1 / (last.rho * dot(last.y, last.y));
  for (let i = 0; i < d.length; i++) d[i] = scale * (d[i] as number);
  kept.forEach(({ s, y, rho }, k) => {
    addTo(d, (shares[k] as number) - rho * dot(y, d), s);
  });
  for (let i = 0; i < d.length; i++) d[i] = -(d[i] as number);
  return d;
}

/** a += share · b. */
function addTo(a: Float64Array, share: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) + share * (b[i] as number);
}
