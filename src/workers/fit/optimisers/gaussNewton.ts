/**
 * Gauss and Newton's step by conjugate gradients within a trust region (Steihaug, SIAM J. Numer. Anal. 20, 626 (1983)):
 * the matrix of the Jacobian is never formed, only its products with directions, so that maps of many cells have it, too.
 * Bounds by projection, as in L-BFGS.
 */
import {
  dot,
  freeGradient,
  isFiniteAt,
  isSmallGain,
  moved,
  type Objective,
  type Optimiser,
  plus,
  projected,
  type StepState,
  startState,
} from './optimiser.ts';

/** First radius of the trust region, natural steps per square root of the coordinates. */
const FIRST_RADIUS = 1;
const MOST_PRODUCTS = 40;
/** The system is solved to this share of the gradient, or better where the gradient has become small. */
const COARSE = 0.1;
const MOST_TRIALS = 12;

export function gaussNewton(): Optimiser {
  return {
    async start(problem, point) {
      const state = await startState(problem, point, {});
      const radius = FIRST_RADIUS * Math.sqrt(point.length);
      const slope = Math.sqrt(dot(state.gradient, state.gradient));
      return { ...state, memory: { radius, slope, small: 0, first: state.value } };
    },
    step: trustStep,
  };
}

async function trustStep(problem: Objective, state: StepState): Promise<StepState> {
  const { point, value, gradient, memory } = state;
  const product = problem.curvatureProduct;
  if (product === undefined) throw new Error('This loss has no residuals.');
  const free = freeGradient(problem, point, gradient);
  const isHeld = free.map((g, i) => (g === 0 && gradient[i] !== 0 ? 1 : 0));
  const slope = Math.sqrt(dot(free, free));
  if (slope === 0) return { ...state, ended: 'converged' };
  const times = async (direction: Float64Array) =>
    (await product(point, direction)).map((x, i) => (isHeld[i] === 1 ? 0 : x));
  const share = Math.min(COARSE, Math.sqrt(slope / Math.max(slope, Number(memory['slope']))));
  let radius = Number(memory['radius']);
  const path = await truncated(free, times, radius, share * slope);
  let [failed, isFiniteAnywhere] = [state.failed, false];
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const { step, image } = path.within(radius);
    const next = projected(problem, plus(point, 1, step));
    const found = await problem.lossGradient(next);
    const isGood = isFiniteAt(found.value, found.gradient);
    if (!isGood) failed = next;
    isFiniteAnywhere ||= isGood;
    const promised = -dot(free, step) - 0.5 * dot(step, image);
    const ratio = isGood && promised > 0 ? (value - found.value) / promised : -1;
    const length = Math.sqrt(dot(step, step));
    if (ratio < 0.25) radius = 0.25 * length;
    else if (ratio > 0.75 && length > 0.99 * radius) radius *= 2;
    if (!isGood || !(found.value < value)) continue;
    const small = isSmallGain(state, found.value) ? Number(memory['small']) + 1 : 0;
    const after = moved({ ...state, failed }, { point: next, ...found }, { ...memory, radius, small });
    return small >= 2 ? { ...after, ended: 'converged' } : after;
  }
  return { ...state, failed, ended: isFiniteAnywhere ? 'converged' : 'notFinite' };
}

const NOWHERE: Stop = { step: new Float64Array(0), image: new Float64Array(0) };

interface Stop {
  readonly step: Float64Array;
  /** The curvature times the step. */
  readonly image: Float64Array;
}

/** Conjugate gradients from zero up to the edge of the region, with every stop, so that a smaller region needs no more. */
async function truncated(
  gradient: Float64Array,
  times: (direction: Float64Array) => Promise<Float64Array>,
  radius: number,
  enough: number,
): Promise<{ readonly within: (radius: number) => Stop }> {
  const zero = new Float64Array(gradient.length);
  const stops: Stop[] = [{ step: zero, image: zero }];
  let [step, image]: [Float64Array, Float64Array] = [zero, zero];
  let residual: Float64Array = gradient.map((g) => -g);
  let along = residual;
  for (let count = 0; count < Math.min(MOST_PRODUCTS, 2 * gradient.length); count++) {
    const pushed = await times(along);
    const curvature = dot(along, pushed);
    const square = dot(residual, residual);
    const length = Math.sqrt(dot(along, along));
    // Flat directions are followed to the edge.
    const share =
      curvature > 1e-14 * length * length
        ? square / curvature
        : (2 * radius + Math.sqrt(dot(step, step))) / length;
    step = plus(step, share, along);
    image = plus(image, share, pushed);
    stops.push({ step, image });
    const rest = plus(residual, -share, pushed);
    if (Math.sqrt(dot(step, step)) >= radius || Math.sqrt(dot(rest, rest)) <= enough) break;
    along = plus(rest, dot(rest, rest) / square, along);
    residual = rest;
  }
  return { within: (limit) => cut(stops, limit) };
}

/** The path up to a distance from its beginning; distances grow along it. */
function cut(stops: readonly Stop[], radius: number): Stop {
  for (let k = 1; k < stops.length; k++) {
    const [from, to] = [stops[k - 1], stops[k]];
    if (from === undefined || to === undefined || dot(to.step, to.step) <= radius * radius) continue;
    const part = plus(to.step, -1, from.step);
    const [a, b, c] = [dot(part, part), dot(from.step, part), dot(from.step, from.step) - radius * radius];
    const share = (-b + Math.sqrt(Math.max(0, b * b - a * c))) / a;
    return {
      step: plus(from.step, share, part),
      image: plus(from.image, share, plus(to.image, -1, from.image)),
    };
  }
  return stops.at(-1) ?? NOWHERE;
}
