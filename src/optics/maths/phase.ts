/**
 * Phase reduction in float64, before anything becomes float32: WGSL promises sin and cos only for |x| <= pi and
 * an angle of 1e4 rad in float32 is wrong by 1e-3 rad.
 */

const TURN = 2 * Math.PI;
// 2 pi in three parts (W. J. Cody, W. Waite, "Software Manual for the Elementary Functions", 1980): the first has
// 33 significant bits and the second 32, so their products with up to 2^20 turns are exact.
const TURN_HIGH = 0x1921fb544 / 2 ** 30;
const TURN_MIDDLE = 0x85a308d3 / 2 ** 63;
const TURN_LOW = 8.089064995183803e-21;
const EXACT_TURNS = 2 ** 20;

/** Fraction of a turn nearest to zero: `turns` minus a whole number, in [-0.5, 0.5]. Exact. */
export function wrapTurns(turns: number): number {
  return turns - Math.round(turns);
}

/** A phase in radians reduced to [-pi, pi], correct to rounding for every finite phase. */
export function wrapRadians(phase: number): number {
  if (phase >= -Math.PI && phase <= Math.PI) return phase;
  const turns = Math.round(phase / TURN);
  if (Math.abs(turns) >= EXACT_TURNS) return Math.atan2(Math.sin(phase), Math.cos(phase));
  const reduced = subtractTurns(phase, turns);
  // Near an odd multiple of pi the rounded quotient may choose the neighbouring turn.
  if (reduced > Math.PI) return Math.max(-Math.PI, subtractTurns(phase, turns + 1));
  if (reduced < -Math.PI) return Math.min(Math.PI, subtractTurns(phase, turns - 1));
  return reduced;
}

function subtractTurns(phase: number, turns: number): number {
  return phase - turns * TURN_HIGH - turns * TURN_MIDDLE - turns * TURN_LOW;
}

/** The largest float32 that is not above pi. */
const LARGEST_ANGLE = Math.fround(3.1415925);

/** Phases in radians reduced in float64 and then rounded to float32 inside [-pi, pi], ready for the GPU. */
export function wrapRadiansToFloat32(phases: Float64Array): Float32Array {
  const wrapped = new Float32Array(phases.length);
  for (let i = 0; i < phases.length; i++) {
    const value = Math.fround(wrapRadians(phases[i] ?? 0));
    wrapped[i] = Math.min(LARGEST_ANGLE, Math.max(-LARGEST_ANGLE, value));
  }
  return wrapped;
}
