/** How far spheres are from scattering independently: the field of each at the place of every other. */
import { mieAmplitudes } from '../maths/mie/amplitudes.ts';
import { type MieCoefficients, mieCoefficients, mieOrder } from '../maths/mie/coefficients.ts';
import { nearFieldAt } from '../maths/mie/nearField.ts';
import { outerRadius, type ScatteringSphere, sphereLayers, sphereScalars } from './sphere.ts';

/** A sphere and its centre, metres; z is the distance before focus, towards the source. */
export interface PlacedSphere {
  readonly sphere: ScatteringSphere;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Indices of two spheres that share room: the distance of their centres is below the sum of their radii. */
export interface Overlap {
  readonly first: number;
  readonly second: number;
  /** Metres. */
  readonly distance: number;
  readonly radii: number;
}

export function overlaps(spheres: readonly PlacedSphere[]): Overlap[] {
  const found: Overlap[] = [];
  spheres.forEach((a, first) => {
    for (let second = first + 1; second < spheres.length; second++) {
      const b = spheres[second] as PlacedSphere;
      const distance = Math.hypot(b.x - a.x, b.y - a.y, b.z - a.z);
      const radii = outerRadius(a.sphere) + outerRadius(b.sphere);
      // Spheres that touch may do so to within rounding.
      if (distance < radii * (1 - 1e-9)) found.push({ first, second, distance, radii });
    }
  });
  return found;
}

export interface Influence {
  /** The sphere whose scattered light arrives at the other. */
  readonly from: number;
  readonly at: number;
  /** Its amplitude there, relative to the incident wave. */
  readonly share: number;
}

/** Nearer than so many sums of the radii the exact field counts; beyond, the far field is as good as the estimate. */
const NEAR = 3;
/** The same in radians of phase: between them is also the reactive field of a dipole, 1/(kr)² of the far one. */
const NEAR_PHASE = 10;
/** Of the radius: points there are as far from the middle as those of a ball are in the mean square. */
const SPREAD = Math.sqrt(3 / 5);
/** The middle, and both ways along each axis. */
const BESIDE: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
];

/**
 * The strongest influence of one sphere on another, null for fewer than two. A sphere scatters what arrives: the
 * incident wave and the waves of the others. Where the others' share is small, each pair's first exchange, which this
 * measures, stands for all of multiple scattering: the light of the sphere that is met changes by about this share.
 * The field is the exact one near by (RMS over the sphere that is met), else |S| / kr at its middle (Bohren & Huffman
 * 1983, eq. 3.12). Overlapping spheres are left out.
 */
export function strongestInfluence(spheres: readonly PlacedSphere[]): Influence | null {
  let best: Influence | null = null;
  spheres.forEach((source, from) => {
    const wavenumber = (2 * Math.PI * source.sphere.mediumIndex.value) / source.sphere.wavelength.value;
    const coefficients = solve(source.sphere);
    const others = spheres.flatMap((met, at) => (at === from ? [] : [{ at, ...relative(source, met) }]));
    const far = mieAmplitudes(
      coefficients,
      Float64Array.from(others, ({ along, distance }) => along / Math.max(distance, 1e-30)),
    );
    others.forEach(({ at, x, y, along, distance, radius, radii }, i) => {
      if (distance < radii * (1 - 1e-9)) return;
      const place = [x, y, along] as const;
      const share =
        distance < NEAR * radii || wavenumber * distance < NEAR_PHASE
          ? nearShare(coefficients, wavenumber, place, radius)
          : farShare(far, i, Math.atan2(y, x)) / (wavenumber * distance);
      if (best === null || share > best.share) best = { from, at, share };
    });
  });
  return best;
}

function solve(sphere: ScatteringSphere): MieCoefficients {
  const layers = sphereLayers(sphereScalars(sphere).map(({ value }) => value));
  return mieCoefficients(layers, mieOrder(layers.at(-1)?.sizeParameter ?? 1));
}

/** Where a sphere is seen from another: x along the polarisation, `along` downstream. */
function relative(source: PlacedSphere, met: PlacedSphere) {
  const [dx, dy, along] = [met.x - source.x, met.y - source.y, source.z - met.z];
  const angle = source.sphere.polarizationAngle.value;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const radius = outerRadius(met.sphere);
  return {
    x: c * dx + s * dy,
    y: c * dy - s * dx,
    along,
    distance: Math.hypot(dx, dy, along),
    radius,
    radii: radius + outerRadius(source.sphere),
  };
}

function farShare(
  { s1, s2 }: { readonly s1: Float64Array; readonly s2: Float64Array },
  i: number,
  azimuth: number,
): number {
  const across = Math.hypot(s1[2 * i] ?? 0, s1[2 * i + 1] ?? 0) * Math.sin(azimuth);
  const along = Math.hypot(s2[2 * i] ?? 0, s2[2 * i + 1] ?? 0) * Math.cos(azimuth);
  return Math.hypot(across, along);
}

/** Root mean square of the exact field over a sphere that it meets. */
function nearShare(
  coefficients: MieCoefficients,
  wavenumber: number,
  [x, y, along]: readonly [number, number, number],
  radius: number,
): number {
  let sum = 0;
  for (const beside of BESIDE) {
    const [px, py, pz] = [x, y, along].map((each, axis) => each + SPREAD * radius * (beside[axis] ?? 0));
    const [dx, dy, dz] = [px ?? 0, py ?? 0, pz ?? 0];
    const lateral = Math.hypot(dx, dy);
    const field = nearFieldAt([coefficients], wavenumber * lateral, wavenumber * dz);
    const [ar = 0, ai = 0, br = 0, bi = 0, wr = 0, wi = 0] = field;
    const azimuth = Math.atan2(dy, dx);
    const [c, s] = [Math.cos(2 * azimuth), Math.sin(2 * azimuth)];
    const w = Math.cos(azimuth);
    sum +=
      (ar + br * c) ** 2 + (ai + bi * c) ** 2 + (br * br + bi * bi) * s * s + (wr * wr + wi * wi) * w * w;
  }
  return Math.sqrt(sum / BESIDE.length);
}
