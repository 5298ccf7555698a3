/** Spectra as a few lines with weights: shapes by offset from the centre, thermal light by temperature. */

/** Second radiation constant h c / k, metre kelvin (CODATA 2018, exact). */
const SECOND_RADIATION_CONSTANT = 1.438776877e-2;

/** A spectrum around a centre: offsets in units of its width, weights of sum 1. */
export interface LineShape {
  readonly offsets: readonly number[];
  readonly weights: readonly number[];
}

export type ShapeName = 'gaussian' | 'lorentzian' | 'led' | 'flat';

/** Half the sampled range in full widths at half maximum: beyond it less than 1e-3 of the light is left out. */
const REACH: Readonly<Record<'gaussian' | 'led', number>> = { gaussian: 1.4, led: 2.4 };

/**
 * `lines` samples of a line shape of full width 1 at half maximum (total width 1 for `flat`). Gaussian and LED are
 * sampled evenly, each line standing for its interval; the long tails of a Lorentzian by equal shares of the light.
 * LED: (g + 2 g⁵) / 3 with a Gaussian g (Ohno, Opt. Eng. 44, 111302 (2005)), scaled to half maximum at ±1/2.
 */
export function lineShape(name: ShapeName, lines: number): LineShape {
  const shares = Array.from({ length: lines }, (_, i) => (i + 0.5) / lines);
  if (lines === 1) return { offsets: [0], weights: [1] };
  switch (name) {
    case 'flat':
      return { offsets: shares.map((s) => s - 0.5), weights: shares.map(() => 1 / lines) };
    case 'lorentzian':
      return {
        offsets: shares.map((s) => Math.tan(Math.PI * (s - 0.5)) / 2),
        weights: shares.map(() => 1 / lines),
      };
    default: {
      const offsets = shares.map((s) => (2 * s - 1) * REACH[name]);
      return { offsets, weights: normalised(offsets.map(name === 'led' ? ledShape : gaussianShape)) };
    }
  }
}

function gaussianShape(offset: number): number {
  return Math.exp(-4 * Math.LN2 * offset * offset);
}

/** Where (g + 2 g⁵)/3 with g = exp(-x²) is one half. */
const LED_HALF = ledHalfWidth();

function ledHalfWidth(): number {
  let [low, high] = [0, 2];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (ohno(middle) > 0.5) low = middle;
    else high = middle;
  }
  return low;
}

function ohno(x: number): number {
  const g = Math.exp(-x * x);
  return (g + 2 * g ** 5) / 3;
}

function ledShape(offset: number): number {
  return ohno(2 * LED_HALF * offset);
}

/** 1 / (exp(c2 / x) - 1) for x = wavelength times temperature, metre kelvin: Planck's law is λ⁻⁵ times this. */
export function photonOccupation(x: number): number {
  return 1 / Math.expm1(SECOND_RADIATION_CONSTANT / x);
}

/** Its derivative by x. */
export function photonOccupationSlope(x: number): number {
  const n = photonOccupation(x);
  return (n * (n + 1) * SECOND_RADIATION_CONSTANT) / (x * x);
}

function normalised(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}
