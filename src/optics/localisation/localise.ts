/** Windows of pixels to emitters: starts, fits from the likely ones, and the likeliest of these. */
import { type EmitterFit, fitEmitter } from './localiseFit.ts';
import type { EmitterKernel } from './localiseKernel.ts';
import { StartFinder } from './localiseStart.ts';

/** Depth between starts, as a share of the depths that are told apart: from how fast the image of a point changes. */
const LADDER_METRES = 100e-9;

export class Localiser {
  private readonly kernel: EmitterKernel;
  private readonly finder: StartFinder;

  constructor(kernel: EmitterKernel) {
    this.kernel = kernel;
    const every = Math.max(1, Math.round(LADDER_METRES / kernel.spline.zStep));
    this.finder = new StartFinder(kernel, every);
  }

  /**
   * The emitter in the middle of a window, within a pixel or two.
   * @param electrons [side, side]
   * @param variance of the read noise, electrons²; null where there is none
   */
  fit(electrons: ArrayLike<number>, variance: ArrayLike<number> | null = null): EmitterFit {
    this.kernel.load(electrons, variance);
    const fits = this.finder.starts(electrons).map(({ values }) => fitEmitter(this.kernel, values));
    return fits.reduce((best, fit) => (fit.deviance < best.deviance ? fit : best));
  }
}
