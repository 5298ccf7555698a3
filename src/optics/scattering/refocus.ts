/** Numerical refocusing of an in-line hologram: where light comes together in the planes of the spheres. */
import { overPlane, powerOfTwoFourier } from '../maths/lineTransform.ts';
import type { HologramOptics } from './sphereHologram.ts';

/** A place where light comes together: pixels, and metres before focus. */
export interface BrightPlace {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Amplitude there. */
  readonly strength: number;
}

/** What a hologram adds to its background, 0 where nothing is known. */
export interface Added {
  /** [ny, nx], relative to the background. */
  readonly values: Float64Array;
  readonly ny: number;
  readonly nx: number;
  /** Metres. */
  readonly pitch: number;
}

/** Places closer than this to a stronger one are part of it (metres). */
const APART = 0.6e-6;

/**
 * Undoes the propagation over each depth of what a hologram adds to its background (the angular spectrum within the
 * aperture), and gives the brightest places over all depths, brightest first. The twin image stays out of focus.
 */
export function brightPlaces(
  { values, ny, nx, pitch }: Added,
  optics: HologramOptics,
  depths: readonly number[],
  most: number,
): BrightPlace[] {
  let n = 8;
  while (n < Math.max(ny, nx)) n *= 2;
  const fourier = powerOfTwoFourier(n);
  const re = new Float64Array(n * n);
  const im = new Float64Array(n * n);
  for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) re[y * n + x] = values[y * nx + x] as number;
  overPlane({ re, im }, n, fourier.forward);
  const { phasePerDepth, inside } = spectrumOf(n, pitch, optics);
  const brightest = new Float64Array(ny * nx);
  const at = new Float64Array(ny * nx);
  for (const z of depths) {
    const [fieldRe, fieldIm] = [new Float64Array(n * n), new Float64Array(n * n)];
    for (let i = 0; i < n * n; i++) {
      if (inside[i] === 0) continue;
      const phase = -z * (phasePerDepth[i] as number);
      const [c, s] = [Math.cos(phase), Math.sin(phase)];
      fieldRe[i] = (re[i] as number) * c - (im[i] as number) * s;
      fieldIm[i] = (re[i] as number) * s + (im[i] as number) * c;
    }
    overPlane({ re: fieldRe, im: fieldIm }, n, fourier.backward);
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const power = (fieldRe[y * n + x] as number) ** 2 + (fieldIm[y * n + x] as number) ** 2;
        if (power <= (brightest[y * nx + x] as number)) continue;
        brightest[y * nx + x] = power;
        at[y * nx + x] = z;
      }
    }
  }
  return peaks(brightest, at, ny, nx, Math.max(1, APART / pitch), most).map((place) => ({
    ...place,
    strength: Math.sqrt(place.strength) / (n * n),
  }));
}

/** kz - k of each frequency, and whether it passes the aperture, in the transform's bit-reversed order. */
function spectrumOf(
  n: number,
  pitch: number,
  { wavelength, mediumIndex, numericalAperture }: HologramOptics,
) {
  const k = (2 * Math.PI * mediumIndex) / wavelength;
  const widest = Math.min(0.99 * mediumIndex, numericalAperture) / mediumIndex;
  const bits = Math.log2(n);
  const frequency = Float64Array.from({ length: n }, (_, i) => {
    let reversed = 0;
    for (let b = 0; b < bits; b++) reversed |= ((i >> b) & 1) << (bits - 1 - b);
    return ((reversed < n / 2 ? reversed : reversed - n) * 2 * Math.PI) / (n * pitch * k);
  });
  const phasePerDepth = new Float64Array(n * n);
  const inside = new Uint8Array(n * n);
  for (let i = 0; i < n * n; i++) {
    const square = (frequency[i >> bits] as number) ** 2 + (frequency[i & (n - 1)] as number) ** 2;
    if (square > widest * widest) continue;
    inside[i] = 1;
    phasePerDepth[i] = k * (Math.sqrt(1 - square) - 1);
  }
  return { phasePerDepth, inside };
}

function peaks(
  power: Float64Array,
  depth: Float64Array,
  ny: number,
  nx: number,
  apart: number,
  most: number,
): BrightPlace[] {
  const tops: BrightPlace[] = [];
  for (let y = 1; y < ny - 1; y++) {
    for (let x = 1; x < nx - 1; x++) {
      const i = y * nx + x;
      const value = power[i] as number;
      const isTop = [-nx - 1, -nx, 1 - nx, -1, 1, nx - 1, nx, nx + 1].every(
        (step) => (power[i + step] as number) <= value,
      );
      if (isTop && value > 0) tops.push({ x, y, z: depth[i] as number, strength: value });
    }
  }
  const kept: BrightPlace[] = [];
  for (const top of tops.sort((a, b) => b.strength - a.strength)) {
    if (kept.length === most) break;
    if (kept.every(({ x, y }) => Math.hypot(x - top.x, y - top.y) >= apart)) kept.push(top);
  }
  return kept;
}
