/** How errors are tried out on simulated images, and the defaults that page and command line share. */

export interface RefitOptions {
  /** Noisy images that are simulated and fitted. */
  readonly images: number;
  readonly seed: number;
  /** Standard deviation of a pixel in the image's unit, instead of the camera's own noise; null for that. */
  readonly noise: number | null;
}

export const DEFAULT_REFIT_OPTIONS: RefitOptions = { images: 20, seed: 1, noise: null };
