/**
 * Reflection and transmission of a stack of thin films by the characteristic matrix (Born and Wolf, Principles of
 * Optics, section 1.6; Macleod, Thin-Film Optical Filters). Indices are n + iκ with κ > 0 absorbing, as everywhere.
 */

export interface Film {
  readonly index: number;
  readonly extinction: number;
  /** Metres. */
  readonly thickness: number;
}

/** Amplitude transmission as [re, im] and the shares of the power. */
export interface FilmResponse {
  readonly transmitted: readonly [number, number];
  readonly transmittance: number;
  readonly reflectance: number;
}

type Complex = readonly [number, number];

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
const plus = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];
const over = (a: Complex, [c, d]: Complex): Complex => {
  const size = c * c + d * d;
  return times(a, [c / size, -d / size]);
};
const squared = ([a, b]: Complex) => a * a + b * b;

/** Principal root with a positive imaginary part where there is one. */
function root([a, b]: Complex): Complex {
  const size = Math.sqrt(Math.sqrt(a * a + b * b));
  const angle = Math.atan2(b, a) / 2;
  return [size * Math.cos(angle), size * Math.sin(angle)];
}

type FilmPolarization = 's' | 'p';

/**
 * @param before index of the medium the light comes from; real
 * @param films in the order in which light meets them
 * @param behind index of the medium behind; real
 * @param sine of the angle in the first medium
 */
export function filmResponse(
  before: number,
  films: readonly Film[],
  behind: number,
  wavelength: number,
  sine = 0,
  polarization: FilmPolarization = 's',
): FilmResponse {
  const conserved = before * sine;
  /** n cos θ in a medium, with the cosine that belongs to its index. */
  const axial = (index: Complex): Complex => {
    const square = times(index, index);
    return root([square[0] - conserved * conserved, square[1]]);
  };
  const admittance = (index: Complex): Complex =>
    polarization === 's' ? axial(index) : over(times(index, index), axial(index));
  // [B, C] of the stack: the fields at its front for a unit field behind it.
  let [electric, magnetic]: [Complex, Complex] = [[1, 0], admittance([behind, 0])];
  for (const { index, extinction, thickness } of [...films].reverse()) {
    const medium: Complex = [index, extinction];
    const [phaseRe, phaseIm] = times(axial(medium), [(2 * Math.PI * thickness) / wavelength, 0]);
    const cosine: Complex = [Math.cos(phaseRe) * Math.cosh(phaseIm), -Math.sin(phaseRe) * Math.sinh(phaseIm)];
    const sinePhase: Complex = [
      Math.sin(phaseRe) * Math.cosh(phaseIm),
      Math.cos(phaseRe) * Math.sinh(phaseIm),
    ];
    const own = admittance(medium);
    // -i sin: time runs as exp(-iωt).
    const turned = times([0, -1], sinePhase);
    [electric, magnetic] = [
      plus(times(cosine, electric), times(over(turned, own), magnetic)),
      plus(times(times(turned, own), electric), times(cosine, magnetic)),
    ];
  }
  const first = admittance([before, 0]);
  const sum = plus(times(first, electric), magnetic);
  const transmitted = over(times([2, 0], first), sum);
  const difference = plus(times(first, electric), times([-1, 0], magnetic));
  const last = admittance([behind, 0]);
  // For p the admittance is of the tangential field: the share of the power is the same in both.
  return {
    transmitted,
    transmittance: (squared(transmitted) * last[0]) / first[0],
    reflectance: squared(over(difference, sum)),
  };
}
