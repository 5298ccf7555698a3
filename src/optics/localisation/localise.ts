/** Windows of pixels to emitters: starts, fits from the likely ones, and the likeliest of these. */
import { type EmitterFit, fitEmitter } from './localiseFit.ts';
import type { EmitterKernel } from './localiseKernel.ts';
import { StartFinder } from './localiseStart.ts';

/** Depth from start to start: the image of a point changes less over it than over the depth of focus. */
const LADDER_METRES = 100e-9;

/** What is known of a window besides its pixels, [side, side] each. */
export interface WindowKnowledge {
  /** Of the read noise, electrons². */
  readonly variance?: ArrayLike<number> | null;
  /** Expected light of other emitters. */
  readonly known?: ArrayLike<number> | null;
  /** Where to start instead of a search. */
  readonly start?: ArrayLike<number>;
}

export class Localiser {
  readonly kernel: EmitterKernel;
  private readonly finder: StartFinder;
  private readonly own: Float64Array;

  /** @param around pixels around the middle pixel of a window within which an emitter is looked for */
  constructor(kernel: EmitterKernel, around = 1) {
    this.kernel = kernel;
    this.own = new Float64Array(kernel.side ** 2);
    const every = Math.max(1, Math.round(LADDER_METRES / kernel.spline.zStep));
    this.finder = new StartFinder(kernel, every, around);
  }

  /**
   * The emitter near the middle of a window.
   * @param electrons [side, side]
   */
  fit(
    electrons: ArrayLike<number>,
    { variance = null, known = null, start }: WindowKnowledge = {},
  ): EmitterFit {
    this.kernel.load(electrons, variance, known);
    if (start !== undefined) return fitEmitter(this.kernel, start);
    const { own } = this;
    for (let i = 0; i < own.length; i++) {
      own[i] = (electrons[i] as number) - (known === null ? 0 : (known[i] as number));
    }
    const fits = this.finder.starts(own).map(({ values }) => fitEmitter(this.kernel, values));
    return fits.reduce((best, fit) => (fit.deviance < best.deviance ? fit : best));
  }
}
