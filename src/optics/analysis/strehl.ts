/** Strehl ratio from the pupil: the peak of the image over that of the same light without phase errors. */

/**
 * |Σ P|² / (Σ |P|)² of one component (exact; Maréchal's exp(−σ²) is its value for small errors).
 * @param samples interleaved
 */
export function strehlRatio(samples: ArrayLike<number>): number {
  let [re, im, amplitude] = [0, 0, 0];
  for (let i = 0; i < samples.length; i += 2) {
    const [a, b] = [samples[i] as number, samples[i + 1] as number];
    re += a;
    im += b;
    amplitude += Math.hypot(a, b);
  }
  return amplitude > 0 ? (re * re + im * im) / (amplitude * amplitude) : Number.NaN;
}

/** Maréchal's approximation in its exponential form. @param rms radians */
export function marechalStrehl(rms: number): number {
  return Math.exp(-rms * rms);
}
