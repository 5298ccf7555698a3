/** The plane behind a propagation: which points are computed, and what is not to be believed of them. */
import type { Complex, Ops } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { constantScalar } from '../ops/scalar.ts';

/** Points (j - floor(samples/2))·pitch + (x, y) of the plane, metres. */
export interface OutputWindow {
  readonly samples: number;
  readonly pitch: Scalar;
  readonly x: Scalar;
  readonly y: Scalar;
}

/** A window around the axis. */
export function centredWindow(samples: number, pitch: Scalar): OutputWindow {
  return { samples, pitch, x: constantScalar(0), y: constantScalar(0) };
}

/** Distance from the axis, along x or y, of the farthest sample's outer edge. */
export function reachOf({ samples, pitch, x, y }: OutputWindow): number {
  return (samples * pitch.value) / 2 + Math.max(Math.abs(x.value), Math.abs(y.value));
}

export function isShifted({ x, y }: OutputWindow): boolean {
  return [x, y].some(({ value, partials }) => value !== 0 || partials.size > 0);
}

/**
 * Nothing outside the square |x|, |y| ≤ period/2: a discrete transform repeats what is inside there. The cut depends
 * on values only and has no derivative.
 */
export function withinPeriod(ops: Ops, u: Complex, window: OutputWindow, period: number): Complex {
  const { samples, pitch } = window;
  const inside = (j: number, shift: number) =>
    Math.abs((j - Math.floor(samples / 2)) * pitch.value + shift) <= (period / 2) * (1 + 1e-9);
  const shifts = [window.x.value, window.y.value];
  if (shifts.every((shift) => inside(0, shift) && inside(samples - 1, shift))) return u;
  const mask = Float64Array.from({ length: samples * samples }, (_, i) =>
    inside(i % samples, window.x.value) && inside(Math.floor(i / samples), window.y.value) ? 1 : 0,
  );
  return ops.multiply(u, ops.upload(mask, [samples, samples], 'real'));
}

export type EdgeTaper = 'none' | 'tukey' | 'superGaussian';

/** The super-Gaussian's exponent times its share: 1 % is lost where the frame begins, nearly. */
const STEEPNESS = 5;

/**
 * An absorbing frame along the borders: amplitudes fall from 1 inside towards the border over `share` of the half
 * width: by a raised cosine to 0 (Tukey), or by
 * exp[-2 t^(5/share)] to 1/e² at the border, t = 1 (super-Gaussian). No sample is amplified.
 */
export function absorbEdges(ops: Ops, u: Complex, samples: number, taper: EdgeTaper, share: number): Complex {
  if (taper === 'none' || share <= 0) return u;
  const line = Float64Array.from({ length: samples }, (_, j) => {
    const t = Math.abs(j - Math.floor(samples / 2)) / (samples / 2);
    if (taper === 'tukey')
      return t <= 1 - share ? 1 : 0.5 * (1 + Math.cos((Math.PI * (t - 1 + share)) / share));
    return Math.exp(-2 * t ** (STEEPNESS / share));
  });
  const frame = ops.constant(`edges:${taper}:${samples}:${share}`, [samples, samples], 'real', () =>
    Float64Array.from(
      { length: samples * samples },
      (_, i) => (line[Math.floor(i / samples)] as number) * (line[i % samples] as number),
    ),
  );
  return ops.multiply(u, frame);
}
