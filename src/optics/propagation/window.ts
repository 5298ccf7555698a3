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

/** How far from the axis, along x or y, the middle lies. */
export function shiftOf({ x, y }: OutputWindow): number {
  return Math.max(Math.abs(x.value), Math.abs(y.value));
}

export function isShifted({ x, y }: OutputWindow): boolean {
  return [x, y].some(({ value, partials }) => value !== 0 || partials.size > 0);
}

/**
 * Nothing outside a square as wide as a period, around the axis or the middle of the window: a discrete transform
 * repeats there what is inside. The cut depends on values only and has no derivative.
 */
export function withinPeriod(
  ops: Ops,
  u: Complex,
  { samples, pitch, x, y }: OutputWindow,
  period: number,
  around: 'axis' | 'middle',
): Complex {
  const inside = (j: number, shift: number) =>
    Math.abs((j - Math.floor(samples / 2)) * pitch.value + shift) <= (period / 2) * (1 + 1e-9);
  const shifts = around === 'axis' ? [x.value, y.value] : [0, 0];
  const [right = 0, down = 0] = shifts;
  if (shifts.every((shift) => inside(0, shift) && inside(samples - 1, shift))) return u;
  const mask = Float64Array.from({ length: samples * samples }, (_, i) =>
    inside(i % samples, right) && inside(Math.floor(i / samples), down) ? 1 : 0,
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
  const evaluate = () => ({
    value: Float64Array.from(
      { length: samples * samples },
      (_, i) => (line[Math.floor(i / samples)] as number) * (line[i % samples] as number),
    ),
    partials: [],
  });
  const frame = ops.hostMap([constantScalar(share)], [samples, samples], 'real', evaluate, `edges:${taper}`);
  return ops.multiply(u, frame);
}
