/** The method that the options name. */
import type { FitOptions } from '../../../graph/fitOptions.ts';
import type { DescentRules } from './descend.ts';
import { adam, momentum } from './firstOrder.ts';
import { gaussNewton } from './gaussNewton.ts';
import { lbfgs } from './lbfgs.ts';
import type { Optimiser } from './optimiser.ts';
import { projections } from './projections.ts';

export type SteppingMethod = Exclude<FitOptions['method'], 'levenbergMarquardt'>;

export function optimiserFor(method: SteppingMethod, options: FitOptions): Optimiser {
  const { maxIterations: iterations, learningRate, schedule = 'cosine' } = options;
  switch (method) {
    case 'adam':
      return adam({ iterations, learningRate, schedule });
    case 'momentum':
      return momentum({ iterations, learningRate, schedule });
    case 'lbfgs':
      return lbfgs();
    case 'gaussNewton':
      return gaussNewton();
    case 'projection':
      return projections();
  }
}

export function rulesFor({ maxIterations, stopWhen }: FitOptions): DescentRules {
  return { iterations: maxIterations, ...(stopWhen === undefined ? {} : { patience: stopWhen }) };
}
