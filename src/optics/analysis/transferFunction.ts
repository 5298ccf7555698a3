/** Optical transfer function of a point's image along x or y. Frequencies in cycles per metre. */
import type { HostPlane } from './hostPlane.ts';
import { moments } from './widths.ts';

export interface TransferLine {
  /** |OTF|, 1 at frequency 0. */
  readonly modulus: Float64Array;
  /** Phase about the spot's centroid, radians: 0 for a symmetric spot wherever it lies. */
  readonly phase: Float64Array;
}

/**
 * Transform of the line spread function: OTF(f) = Σ_x L(x) exp(-2πi f x) / Σ L with L summed across the line
 * (Goodman, Introduction to Fourier Optics: frequency analysis of incoherent imaging).
 */
export function transferAlong(plane: HostPlane, axis: 'x' | 'y', frequencies: Float64Array): TransferLine {
  const { data, rows, columns, pitch } = plane;
  const length = axis === 'x' ? columns : rows;
  const line = new Float64Array(length);
  for (let i = 0; i < data.length; i++) {
    const at = axis === 'x' ? i % columns : Math.floor(i / columns);
    line[at] = (line[at] as number) + (data[i] as number);
  }
  const total = line.reduce((sum, value) => sum + value, 0);
  const spot = moments(plane);
  const centre = (axis === 'x' ? spot.x : spot.y) / pitch + Math.floor(length / 2);
  const modulus = new Float64Array(frequencies.length);
  const phase = new Float64Array(frequencies.length);
  frequencies.forEach((frequency, k) => {
    let [re, im] = [0, 0];
    for (let i = 0; i < length; i++) {
      const angle = -2 * Math.PI * frequency * pitch * (i - centre);
      re += (line[i] as number) * Math.cos(angle);
      im += (line[i] as number) * Math.sin(angle);
    }
    modulus[k] = Math.hypot(re, im) / total;
    phase[k] = Math.atan2(im, re);
  });
  return { modulus, phase };
}

/** MTF of a round pupil without aberrations: (2/π)(acos ν − ν √(1 − ν²)), ν = frequency over 2 NA/λ. */
export function diffractionLimit(share: number): number {
  if (share >= 1) return 0;
  return (2 / Math.PI) * (Math.acos(share) - share * Math.sqrt(1 - share * share));
}

/** First frequency at which the curve falls to a level, linearly interpolated; null where it does not. */
export function frequencyAt(frequencies: Float64Array, modulus: Float64Array, level: number): number | null {
  for (let k = 1; k < modulus.length; k++) {
    const [before, after] = [modulus[k - 1] as number, modulus[k] as number];
    if (after > level || before <= level) continue;
    const t = (before - level) / (before - after);
    return (frequencies[k - 1] as number) + t * ((frequencies[k] as number) - (frequencies[k - 1] as number));
  }
  return null;
}
