/** Step-index fibres: what they guide and what they take up. Lengths in metres. */

/** V = 2π a NA / λ; below 2.4048256 one mode is guided. */
export function fibreParameter(coreRadius: number, numericalAperture: number, wavelength: number): number {
  return (2 * Math.PI * coreRadius * numericalAperture) / wavelength;
}

/** First zero of J0: the end of guiding one mode only. */
export const SINGLE_MODE_LIMIT = 2.404825557695773;

/**
 * 1/e² radius of the Gaussian nearest to the fundamental mode, 1 % for 1.2 < V < 2.4 (D. Marcuse, "Loss analysis of
 * single-mode fiber splices", Bell Syst. Tech. J. 56, 703 (1977)).
 */
export function modeRadius(coreRadius: number, fibreV: number): number {
  return coreRadius * (0.65 + 1.619 * fibreV ** -1.5 + 2.879 * fibreV ** -6);
}

/**
 * Share of the light that couples into a Gaussian mode exp(-r²/w²) around a point: |Σ u* m|² / (Σ|u|² Σ|m|²).
 * @param samples [n, n], interleaved, one component
 */
export function gaussianCoupling(
  samples: ArrayLike<number>,
  n: number,
  pitch: number,
  mode: { readonly radius: number; readonly x: number; readonly y: number },
): number {
  const middle = Math.floor(n / 2);
  let [re, im, light, norm] = [0, 0, 0, 0];
  for (let i = 0; i < n * n; i++) {
    const x = ((i % n) - middle) * pitch - mode.x;
    const y = (Math.floor(i / n) - middle) * pitch - mode.y;
    const m = Math.exp(-(x * x + y * y) / (mode.radius * mode.radius));
    const [a, b] = [samples[2 * i] as number, samples[2 * i + 1] as number];
    re += a * m;
    im += b * m;
    light += a * a + b * b;
    norm += m * m;
  }
  return light > 0 && norm > 0 ? (re * re + im * im) / (light * norm) : 0;
}
