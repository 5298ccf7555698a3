/** Paraxial beams: how they spread, and the shapes of their modes (Siegman, Lasers, chapters 16 and 17). */

export interface BeamAtPlane {
  /** 1/e² radius of the lowest mode's irradiance. */
  readonly radius: number;
  /** 1 / radius of curvature of the wavefront, positive behind the waist. */
  readonly curvature: number;
  /** Gouy phase of the lowest mode, radians: what the beam lags behind a plane wave. */
  readonly gouy: number;
}

/** Rayleigh range π n w0² / λ. */
export function rayleighRange(waist: number, wavelength: number, refractiveIndex: number): number {
  return (Math.PI * refractiveIndex * waist * waist) / wavelength;
}

/** A beam a distance behind its waist (negative before it); all lengths in metres. */
export function beamAt(
  waist: number,
  distance: number,
  wavelength: number,
  refractiveIndex: number,
): BeamAtPlane {
  const range = rayleighRange(waist, wavelength, refractiveIndex);
  return {
    radius: waist * Math.hypot(1, distance / range),
    curvature: distance / (distance * distance + range * range),
    gouy: Math.atan(distance / range),
  };
}

/** Hermite function of order n, of unit norm: ∫ h_n² dt = 1; by its three-term recurrence, so it never overflows. */
export function hermiteFunction(order: number, t: number): number {
  let before = 0;
  let value = Math.PI ** -0.25 * Math.exp(-0.5 * t * t);
  for (let n = 0; n < order; n++) {
    const after = Math.sqrt(2 / (n + 1)) * t * value - Math.sqrt(n / (n + 1)) * before;
    before = value;
    value = after;
  }
  return value;
}

/**
 * A mode of Hermite and Gauss along one axis, of unit power: sqrt(√2/w) h_m(√2 x/w). Its phase is k x²/2R minus
 * (m + 1/2) times the Gouy phase.
 */
export function hermiteGauss(order: number, x: number, radius: number): number {
  const scale = Math.SQRT2 / radius;
  return Math.sqrt(scale) * hermiteFunction(order, scale * x);
}

/**
 * Radial factor of a mode of Laguerre and Gauss of unit power, without its (r/w)^|l|:
 * sqrt(2 p! / π (p+|l|)!) / w · 2^(|l|/2) L_p^|l|(2 r²/w²) exp(-r²/w²).
 */
export function laguerreGauss(radial: number, azimuthal: number, r2: number, radius: number): number {
  const l = Math.abs(azimuthal);
  const t = (2 * r2) / (radius * radius);
  let before = 0;
  let value = 1;
  for (let p = 0; p < radial; p++) {
    const after = ((2 * p + 1 + l - t) * value - (p + l) * before) / (p + 1);
    before = value;
    value = after;
  }
  // 2^|l| p!/(p+|l|)!, factor by factor.
  let norm = 2 / Math.PI;
  for (let k = 1; k <= l; k++) norm *= 2 / (radial + k);
  return (Math.sqrt(norm) / radius) * value * Math.exp(-0.5 * t);
}

/** Shares of the coherent modes 0, 1, ... of a Gaussian Schell-model beam along one axis: (1-q) qⁿ, q = (M²-1)/(M²+1). */
export function schellRatio(beamQuality: number): number {
  return (beamQuality - 1) / (beamQuality + 1);
}
