/** Simulated in-line holograms of many spheres, for tests of detection. */
import { SeededRandom } from '../optics/maths/random.ts';
import { type HologramOptics, SphereHologram } from '../optics/scattering/sphereHologram.ts';

export interface TwinSphere {
  /** Pixels from the centre of pixel 0. */
  readonly x: number;
  readonly y: number;
  /** Metres. */
  readonly z: number;
  readonly radius: number;
  readonly refractiveIndex: number;
}

export interface TwinCamera {
  readonly optics: HologramOptics;
  /** Object-space pixel pitch, metres. */
  readonly pitch: number;
  readonly ny: number;
  readonly nx: number;
  /** Standard deviation, as a share of the background. */
  readonly noise: number;
  readonly seed: number;
  /** Counts of the background wave; above 255 is cut off. Null: relative to the background, not cut. */
  readonly counts: number | null;
}

/** Samples of a radial profile in one pixel: its fringes are then straight enough for a cubic. */
const PER_PIXEL = 4;

/** Each sphere scatters as if it were alone; light polarised along x. */
export function hologramTwin(spheres: readonly TwinSphere[], camera: TwinCamera): Float64Array {
  const { optics, pitch, ny, nx, noise, seed, counts } = camera;
  const reach = (x: number, y: number) => Math.hypot(Math.max(x, nx - x), Math.max(y, ny - y));
  const widest = spheres.reduce((most, { x, y }) => Math.max(most, reach(x, y)), 0);
  const radii = Float64Array.from(
    { length: Math.ceil(widest * PER_PIXEL) + 4 },
    (_, j) => (j * pitch) / PER_PIXEL,
  );
  const depth = spheres.reduce((most, { z }) => Math.max(most, Math.abs(z)), 0);
  const hologram = new SphereHologram(optics, radii, depth);
  const field = new Float64Array(4 * ny * nx);
  for (let i = 0; i < ny * nx; i++) field[4 * i] = 1;
  for (const { x, y, z, radius, refractiveIndex } of spheres) {
    const layers = hologram.homogeneous(radius, refractiveIndex / optics.mediumIndex);
    const { i0, i2 } = hologram.field(hologram.amplitudes(layers), z);
    for (let i = 0; i < ny * nx; i++) {
      const [dx, dy] = [(i % nx) - x, Math.floor(i / nx) - y];
      const square = dx * dx + dy * dy;
      const place = Math.sqrt(square) * PER_PIXEL;
      const double = square === 0 ? [1, 0] : [(dx * dx - dy * dy) / square, (2 * dx * dy) / square];
      for (let part = 0; part < 2; part++) {
        const [even, odd] = [cubic(i0, part, place), cubic(i2, part, place)];
        field[4 * i + part] = (field[4 * i + part] as number) + even + odd * (double[0] as number);
        field[4 * i + 2 + part] = (field[4 * i + 2 + part] as number) + odd * (double[1] as number);
      }
    }
  }
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: ny * nx }, (_, i) => {
    const [a = 0, b = 0, c = 0, d = 0] = field.subarray(4 * i, 4 * i + 4);
    const value = a * a + b * b + c * c + d * d + noise * random.normal();
    return counts === null ? value : Math.min(255, Math.max(0, Math.round(counts * value)));
  });
}

/** Through the four samples around a place. */
function cubic(values: Float64Array, part: number, place: number): number {
  const first = Math.max(0, Math.floor(place) - 1);
  const t = place - first;
  const at = (k: number) => values[2 * (first + k) + part] ?? 0;
  return (
    (-(t - 1) * (t - 2) * (t - 3) * at(0)) / 6 +
    (t * (t - 2) * (t - 3) * at(1)) / 2 -
    (t * (t - 1) * (t - 3) * at(2)) / 2 +
    (t * (t - 1) * (t - 2) * at(3)) / 6
  );
}
