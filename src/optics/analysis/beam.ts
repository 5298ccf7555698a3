/** Second moments of a beam in space and angle, and what Gaussian optics makes of them. Lengths in metres. */
import { centredFourierLine } from '../ops/fourier.f64.ts';
import { energyOf } from './components.ts';

/** Along one axis, in the plane where the light is. */
export interface BeamMoments {
  /** Variance of position, m². */
  readonly space: number;
  /** Variance of spatial frequency, 1/m². */
  readonly frequency: number;
  /** Covariance of both, dimensionless. */
  readonly mixed: number;
}

/** Rows with less than this share of the light are left out: they cost time and move nothing. */
const DARK_LINE = 1e-12;

/**
 * Moments of a sampled complex field along x or y; derivatives are those of the Fourier
 * series through the samples. Modes and components add up, each by its light.
 * @param parts [n, n] each, interleaved, which do not interfere with each other
 */
export function beamMoments(
  parts: readonly ArrayLike<number>[],
  n: number,
  pitch: number,
  axis: 'x' | 'y',
): BeamMoments {
  const middle = Math.floor(n / 2);
  const energy = parts.reduce((sum, samples) => sum + energyOf(samples), 0);
  let [x1, x2, f1, f2, xf] = [0, 0, 0, 0, 0];
  const line = new Float64Array(2 * n);
  for (let at = 0; at < parts.length * n; at++) {
    const index = at % n;
    const samples = parts[Math.floor(at / n)] as ArrayLike<number>;
    let share = 0;
    for (let i = 0; i < n; i++) {
      const from = 2 * (axis === 'x' ? index * n + i : i * n + index);
      line[2 * i] = samples[from] as number;
      line[2 * i + 1] = samples[from + 1] as number;
      share += (line[2 * i] as number) ** 2 + (line[2 * i + 1] as number) ** 2;
    }
    if (!(share > DARK_LINE * energy)) continue;
    const slope = derivative(line, pitch);
    for (let i = 0; i < n; i++) {
      const [re, im] = [line[2 * i] as number, line[2 * i + 1] as number];
      const [dre, dim] = [slope[2 * i] as number, slope[2 * i + 1] as number];
      const x = (i - middle) * pitch;
      const light = re * re + im * im;
      const flow = (re * dim - im * dre) / (2 * Math.PI);
      x1 += light * x;
      x2 += light * x * x;
      f1 += flow;
      f2 += (dre * dre + dim * dim) / (4 * Math.PI ** 2);
      xf += flow * x;
    }
  }
  const [mx, mf] = [x1 / energy, f1 / energy];
  return { space: x2 / energy - mx * mx, frequency: f2 / energy - mf * mf, mixed: xf / energy - mx * mf };
}

/** d/dx of the Fourier series through the samples; the highest frequency of an even length has none. */
function derivative(line: Float64Array, pitch: number): Float64Array {
  const n = line.length / 2;
  const spectrum = centredFourierLine(line, -1);
  for (let k = 0; k < n; k++) {
    const order = n % 2 === 0 && k === 0 ? 0 : k - Math.floor(n / 2);
    const factor = (2 * Math.PI * order) / (n * pitch);
    const [re, im] = [spectrum[2 * k] as number, spectrum[2 * k + 1] as number];
    spectrum[2 * k] = -factor * im;
    spectrum[2 * k + 1] = factor * re;
  }
  return centredFourierLine(spectrum, 1);
}

export interface BeamNumbers {
  /** 1/e² radius here: twice the standard deviation. */
  readonly radius: number;
  /** M²: 1 for a Gaussian beam (ISO 11146-1). */
  readonly quality: number;
  readonly waist: number;
  /** From here to the waist along the light; negative behind it. */
  readonly toWaist: number;
  readonly rayleighRange: number;
  /** Half angle of the 1/e² cone, radians. */
  readonly divergence: number;
  /** Of the wavefront; positive diverges, infinite at the waist. */
  readonly curvatureRadius: number;
}

/** @param wavelength in the medium */
export function beamNumbers({ space, frequency, mixed }: BeamMoments, wavelength: number): BeamNumbers {
  const quality = 4 * Math.PI * Math.sqrt(Math.max(0, space * frequency - mixed * mixed));
  const atWaist = space - (mixed * mixed) / frequency;
  const waist = 2 * Math.sqrt(Math.max(0, atWaist));
  return {
    radius: 2 * Math.sqrt(space),
    quality,
    waist,
    toWaist: -mixed / (wavelength * frequency),
    rayleighRange: rayleighRange(waist, wavelength) / quality,
    divergence: 2 * wavelength * Math.sqrt(frequency),
    curvatureRadius: space / (wavelength * mixed),
  };
}

/** z_R = π w² / λ of a Gaussian beam. @param wavelength in the medium */
export function rayleighRange(waist: number, wavelength: number): number {
  return (Math.PI * waist * waist) / wavelength;
}

/** N_F = a² / (λ z). @param wavelength in the medium */
export function fresnelNumber(radius: number, wavelength: number, distance: number): number {
  return (radius * radius) / (wavelength * Math.abs(distance));
}
