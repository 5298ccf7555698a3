/** How a fit is run, and the defaults that page and command line share. */
export interface FitOptions {
  readonly method: 'levenbergMarquardt' | 'adam';
  /** Scan positions and sizes before fitting (Levenberg-Marquardt only reaches the nearest minimum). */
  readonly coarseSearch: boolean;
  /**
   * Fit again by other measures and on fewer pixels, from where the fit ended, and say how far the values move. Photon
   * likelihoods and Adam do without. `whenQuick`: after fits of less than a second.
   */
  readonly compareLosses?: 'whenQuick' | 'always';
  /** `some`: only every few pixels of a large image, for speed; errors are then those of the pixels that were used. */
  readonly pixels?: 'some';
  readonly maxIterations: number;
  /** Step of Adam in natural steps of the parameters. */
  readonly learningRate: number;
  /**
   * What Adam steps in: natural steps of the parameters (absent), or one of each unit that is shown, as programs do that
   * know no natural steps. For lessons.
   */
  readonly variables?: 'raw';
}

export const DEFAULT_FIT_OPTIONS: FitOptions = {
  method: 'levenbergMarquardt',
  coarseSearch: true,
  maxIterations: 150,
  learningRate: 0.3,
};
