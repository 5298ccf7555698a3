/** Alternating projections, for problems that can project: each step asks for the light that is wanted and takes its phase. */
import { FitProblemError } from '../fitProblemError.ts';
import type { Objective, Optimiser, StepState } from './optimiser.ts';

export function projections(): Optimiser {
  return {
    async start(problem, point) {
      const { value, next, weights } = await projectionOf(problem, point, NONE);
      return {
        ...{ iteration: 0, point, value, gradient: NONE, best: point, least: value, failed: null },
        ended: Number.isFinite(value) ? null : 'notFinite',
        memory: { next, weights },
      };
    },
    async step(problem, state) {
      const point = remembered(state, 'next');
      const { value, next, weights } = await projectionOf(problem, point, remembered(state, 'weights'));
      const iteration = state.iteration + 1;
      if (!Number.isFinite(value)) return { ...state, iteration, ended: 'notFinite', failed: point };
      const isBest = value < state.least;
      return {
        ...{ iteration, point, value, gradient: NONE, ended: null, failed: state.failed },
        best: isBest ? point : state.best,
        least: isBest ? value : state.least,
        memory: { next, weights },
      };
    },
  };
}

function projectionOf(problem: Objective, point: Float64Array, weights: Float64Array) {
  if (problem.project !== undefined) return problem.project(point, weights);
  throw new FitProblemError(
    'Projections are for phase maps that shape light for a target image: choose another method.',
  );
}

function remembered({ memory }: StepState, name: string): Float64Array {
  const found = memory[name];
  return found instanceof Float64Array ? found : NONE;
}

const NONE = new Float64Array(0);
