/** How a fit is run, and the defaults that page and command line share. */

/**
 * Levenberg-Marquardt has the whole Jacobian; Gauss-Newton by conjugate gradients only its products, for many values and
 * maps; L-BFGS, Adam and momentum (steepest descent) have the gradient of any loss. Projections (Gerchberg and
 * Saxton) turn a phase map towards the light that a target asks for.
 */
export type FitMethod = 'levenbergMarquardt' | 'gaussNewton' | 'lbfgs' | 'adam' | 'momentum' | 'projection';

export interface FitOptions {
  readonly method: FitMethod;
  /** Scan positions and sizes before fitting (Levenberg-Marquardt only reaches the nearest minimum). */
  readonly coarseSearch: boolean;
  /**
   * Fit again by other measures and on fewer pixels, from where the fit ended, and say how far the values move. Photon
   * likelihoods and methods other than Levenberg-Marquardt do without. `whenQuick`: after fits of less than a second.
   */
  readonly compareLosses?: 'whenQuick' | 'always';
  /** `some`: only every few pixels of a large image, for speed; errors are then those of the pixels that were used. */
  readonly pixels?: 'some';
  readonly maxIterations: number;
  /** Step of Adam in natural steps of the parameters; of momentum, the largest first one. */
  readonly learningRate: number;
  /** How the learning rate falls over the iterations: along a cosine to nothing (absent), halved three times, not at all. */
  readonly schedule?: 'cosine' | 'steps' | 'constant';
  /** Ends a descent when the least loss has fallen by less than `share` of itself over so many steps. */
  readonly stopWhen?: { readonly share: number; readonly steps: number };
  /** Fits from several starts, the first where the values are, and keeps the best. */
  readonly starts?: {
    readonly count: number;
    readonly seed: number;
    /** Standard deviation of the others about the first, in natural steps; `ranges`: anywhere within the limits. */
    readonly spread: number | 'ranges';
  };
  /**
   * What the methods that follow the gradient step in: natural steps of the parameters (absent), or one of each unit
   * that is shown, as programs do that know no natural steps. For lessons.
   */
  readonly variables?: 'raw';
}

export const DEFAULT_FIT_OPTIONS: FitOptions = {
  method: 'levenbergMarquardt',
  coarseSearch: true,
  maxIterations: 150,
  learningRate: 0.3,
};
