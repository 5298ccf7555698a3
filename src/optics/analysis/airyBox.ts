/** How much of a diffraction-limited spot a rectangle holds: what the peak of a picture is compared with. */
import { besselJ0, besselJ1 } from '../maths/bessel.ts';
import { gaussLegendre, integrate } from '../maths/quadrature.ts';

/**
 * Share of the energy of a point's image by a round, evenly lit aperture that falls on a rectangle about its middle.
 * A wedge dθ misses (J₀² + J₁²)(v) dθ/2π beyond the radius v at which it leaves (Rayleigh), so that one integral over
 * the angle is all.
 * @param width of the rectangle in units of λ/(2π NA)
 * @param height likewise
 */
export function airyShareInBox(width: number, height: number): number {
  if (!(width > 0 && height > 0)) return 0;
  return 1 - (leaving(width / 2, height / 2) + leaving(height / 2, width / 2)) / (2 * Math.PI);
}

/** ∫ (J₀² + J₁²) dθ over the angles that leave through the two sides at a distance, each 2 · `half` long. */
function leaving(distance: number, half: number): number {
  // Four mirrored parts.
  const angles = gaussLegendre(64, 0, Math.atan2(half, distance));
  return 4 * integrate(angles, (angle) => missed(distance / Math.cos(angle)));
}

function missed(v: number): number {
  return besselJ0(v) ** 2 + besselJ1(v) ** 2;
}
