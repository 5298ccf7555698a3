/** Whether a spot is as long as its optics make it: a wrong step between planes shows before the fit. */
import { besselJ0 } from '../../optics/maths/bessel.ts';
import type { GivenPixels } from './pixels.ts';
import type { PointOptics, WidthCheck } from './pointWidth.ts';

export interface DepthOptics extends PointOptics {
  readonly refractiveIndex: number;
  /** From plane to plane of the file, metres; of either sign. */
  readonly step: number;
}

export interface DepthCheck extends Omit<WidthCheck, 'measured' | 'expected'> {
  /** Full widths at half maximum along the light, planes of the file. */
  readonly measured: number;
  readonly expected: number;
}

/** Rings of the disc of pixels, and rays to the rim. */
const RADII = 8;
const ANGLES = 40;
/** Measured over expected: aberrations make a spot longer, nothing makes it shorter. */
const LONG = 1.6;
const FAR_TOO_LONG = 3;
const SHORT = 0.75;
const FAR_TOO_SHORT = 0.45;
/** Nearer to the expected length than this it is good; beyond, aberrations or the size of the bead may be the cause. */
const NEAR = 0.15;
/** Shorter than this, planes are too far apart to tell a length. */
const LEAST_PLANES = 1.5;

/**
 * Through the focus of a perfect aperture (scalar Debye integral of an emitter, √cos θ of energy), the mean over the
 * pixels that `heightIn` looks at, spread by the camera's blur: 1.77 nλ/NA² for small apertures and fine pixels. Planes.
 */
export function expectedDepth({
  numericalAperture,
  wavelength,
  refractiveIndex: n,
  pitch,
  blur,
  step,
}: DepthOptics): number {
  const widest = Math.asin(Math.min(0.999, numericalAperture / n));
  const wavenumber = (2 * Math.PI * n) / wavelength;
  // A disc with the variance of three by three pixels (9/12 along each axis) and of the blur.
  const disc = 2 * pitch * Math.sqrt(0.75 + blur ** 2);
  const brightness = (z: number): number => {
    let sum = 0;
    for (let i = 0; i < RADII; i++) {
      const r = disc * Math.sqrt((i + 0.5) / RADII);
      let [re, im] = [0, 0];
      for (let j = 0; j < ANGLES; j++) {
        const angle = (widest * (j + 0.5)) / ANGLES;
        const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
        const weight = sine * Math.sqrt(cosine) * besselJ0(wavenumber * r * sine);
        // From the rim's phase, so that small apertures lose no digits.
        const phase = wavenumber * z * (cosine - 1);
        re += weight * Math.cos(phase);
        im += weight * Math.sin(phase);
      }
      sum += re * re + im * im;
    }
    return sum;
  };
  const unit = wavelength / (n * (1 - Math.cos(widest)));
  const half = brightness(0) / 2;
  let [inside, outside] = [0, 0.25 * unit];
  while (brightness(outside) > half) [inside, outside] = [outside, 1.3 * outside];
  for (let k = 0; k < 12; k++) {
    const middle = (inside + outside) / 2;
    if (brightness(middle) > half) inside = middle;
    else outside = middle;
  }
  return (inside + outside) / Math.abs(step);
}

/** Planes in which a spot's brightest place is above half of its highest; null where the stack does not go so far. */
export function measuredDepth(
  pixels: GivenPixels,
  { x, y }: { readonly x: number; readonly y: number },
  half: number,
): number | null {
  const heights = Array.from({ length: pixels.planes }, (_, plane) => heightIn(pixels, plane, x, y, half));
  const highest = Math.max(...heights);
  const top = heights.indexOf(highest);
  const crossing = (way: 1 | -1): number | null => {
    for (let p = top + way; p >= 0 && p < heights.length; p += way) {
      const [inner, outer] = [heights[p - way] as number, heights[p] as number];
      if (outer > highest / 2) continue;
      return Math.abs(p - way - top) + (inner - highest / 2) / (inner - outer);
    }
    return null;
  };
  const [up, down] = [crossing(1), crossing(-1)];
  return up === null || down === null || !(highest > 0) ? null : up + down;
}

/** Mean of the three by three brightest pixels near a place, above what surrounds it. */
function heightIn({ ny, nx, data }: GivenPixels, plane: number, x: number, y: number, half: number): number {
  const at = (row: number, column: number) => data[(plane * ny + row) * nx + column] ?? Number.NaN;
  const [cx, cy] = [Math.round(x), Math.round(y)];
  const border: number[] = [];
  for (let k = -half; k <= half; k++) {
    for (const value of [
      at(cy + k, cx - half),
      at(cy + k, cx + half),
      at(cy - half, cx + k),
      at(cy + half, cx + k),
    ])
      if (Number.isFinite(value)) border.push(value);
  }
  const floor = border.sort((a, b) => a - b)[border.length >> 1] ?? 0;
  let best = Number.NEGATIVE_INFINITY;
  const reach = 2;
  for (let row = cy - reach; row <= cy + reach; row++) {
    for (let column = cx - reach; column <= cx + reach; column++) {
      let sum = 0;
      for (let j = -1; j <= 1; j++) for (let i = -1; i <= 1; i++) sum += at(row + j, column + i);
      if (sum > best) best = sum;
    }
  }
  return best / 9 - floor;
}

/** “Through focus it is 3.4 planes long, expected 3.2: good.” Null where the planes cannot tell. */
export function checkDepth(measured: number, optics: DepthOptics): DepthCheck | null {
  if (!(Math.abs(optics.step) > 0) || measured < LEAST_PLANES) return null;
  const expected = expectedDepth(optics);
  const longer = measured / expected;
  const times = (factor: number) => Number(factor.toPrecision(2));
  const lengths = `Through focus the spot is ${measured.toFixed(1)} planes long, expected ${expected.toFixed(1)}`;
  const result = (verdict: DepthCheck['verdict'], words: string): DepthCheck => ({
    ...{ measured, expected, verdict },
    sentence: `${lengths}: ${words}`,
  });
  if (longer > LONG)
    return result(
      longer > FAR_TOO_LONG ? 'wrong' : 'doubtful',
      `${times(longer)} times longer than sharp optics make it. Is the step between planes too large? Strong aberrations or a cylindrical lens do the same.`,
    );
  if (longer < SHORT)
    return result(
      longer < FAR_TOO_SHORT ? 'wrong' : 'doubtful',
      `${times(1 / longer)} times shorter than light can be. Is the step between planes too small, or the aperture or index wrong?`,
    );
  if (Math.abs(longer - 1) <= NEAR) return result('good', 'good.');
  return result(
    'good',
    `plausible, as it is between ${SHORT} and ${LONG} times that; aberrations and the size of the bead make it longer.`,
  );
}
