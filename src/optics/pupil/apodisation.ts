/** How a lens spreads an even beam over the angles of its cone. */

/** Nearest that sin² θ comes to 1: edge samples whose middle lies outside the disc stay finite. */
export const LARGEST_SQUARED_SINE = 0.9999;

/**
 * Amplitude on the flat grid of directions as a power of cos θ, and the mean of its square over the evenly lit disc
 * of the half-angle whose cosine is c. A lens that maps height h(θ) to an angle multiplies the amplitude by
 * sqrt(h h' / sin θ): sqrt(cos θ) for h = sin θ (aplanatic), 1 for 2 sin θ/2 (Herschel), cos^(-3/2) for tan θ
 * (Helmholtz); the coordinates ρ = n sin θ / NA divide it by cos θ.
 */
const APODISATIONS: Readonly<Record<string, { exponent: number; meanSquare: (c: number) => number }>> = {
  aplanatic: { exponent: -0.5, meanSquare: (c) => 2 / (1 + c) },
  herschel: { exponent: -1, meanSquare: (c) => (c < 1 ? (-2 * Math.log(c)) / (1 - c * c) : 1) },
  helmholtz: { exponent: -2.5, meanSquare: (c) => (2 * (c ** -3 - 1)) / (3 * (1 - c * c)) },
};

/**
 * The amplitude at a direction of given cos θ, scaled such that an evenly lit pupil keeps its power; 1 for any other
 * kind.
 * @param sine sin θ of the marginal ray, NA/n.
 */
export function apodisation(kind: string, sine: number): (cosine: number) => number {
  const { exponent, meanSquare } = APODISATIONS[kind] ?? { exponent: 0, meanSquare: () => 1 };
  const edge = Math.sqrt(1 - Math.min(LARGEST_SQUARED_SINE, sine * sine));
  const scale = 1 / Math.sqrt(meanSquare(edge));
  return (cosine) => scale * cosine ** exponent;
}
