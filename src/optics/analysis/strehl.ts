/** Strehl ratio from the pupil: the peak of the image over that of the same light without phase errors. */

/**
 * Σ_c |Σ P_c|² / Σ_c (Σ |P_c|)², the peak of the image over that of the same amplitudes all in phase (exact;
 * Maréchal's exp(−σ²) is its value for small errors). For the transverse components of one mode.
 * @param components interleaved
 */
export function strehlRatio(components: readonly ArrayLike<number>[]): number {
  let [peak, best] = [0, 0];
  for (const samples of components) {
    let [re, im, amplitude] = [0, 0, 0];
    for (let i = 0; i < samples.length; i += 2) {
      const [a, b] = [samples[i] as number, samples[i + 1] as number];
      re += a;
      im += b;
      amplitude += Math.hypot(a, b);
    }
    peak += re * re + im * im;
    best += amplitude * amplitude;
  }
  return best > 0 ? peak / best : Number.NaN;
}

/** Maréchal's approximation in its exponential form. @param rms radians */
export function marechalStrehl(rms: number): number {
  return Math.exp(-rms * rms);
}
