/** Images for tests of what is done with measured ones. Test code only. */
import { SeededRandom } from '../optics/maths/random.ts';
import type { GivenImage } from './measuredPixels.ts';
import type { PrepareOptions } from './prepare.ts';

/** Rings around a pixel, mean near `level`: [ny, nx]. */
export function rings(ny: number, nx: number, x0: number, y0: number, level = 200): GivenImage {
  const data = Float32Array.from({ length: ny * nx }, (_, i) => {
    const r2 = ((i % nx) - x0) ** 2 + (Math.floor(i / nx) - y0) ** 2;
    return level * (1 + 0.3 * Math.cos(r2 / 25) * Math.exp(-r2 / 900));
  });
  return { name: 'rings.png', shape: [ny, nx], data, saturationLevel: null };
}

/** A spot of `photons` electrons over a background of 12, gain 2, offset 100, in each of some planes. */
export function spots(
  planes: number,
  ny: number,
  nx: number,
  x0: number,
  y0: number,
  photons: number,
): GivenImage {
  const random = new SeededRandom(3);
  const data = Float32Array.from({ length: planes * ny * nx }, (_, k) => {
    const [plane, i] = [Math.floor(k / (ny * nx)), k % (ny * nx)];
    const r2 = ((i % nx) - x0) ** 2 + (Math.floor(i / nx) - y0) ** 2;
    const electrons = 12 + ((plane + 1) * photons * Math.exp(-r2 / 8)) / (8 * Math.PI);
    return 100 + 2 * electrons + random.normal();
  });
  return { name: 'stack.tif', shape: [planes, ny, nx], data, saturationLevel: null };
}

/** What is to be done with an image: nothing but what is named. */
export const options = (image: GivenImage, more: Partial<PrepareOptions> = {}): PrepareOptions => ({
  targetNode: 'target',
  image,
  background: null,
  crop: null,
  planes: null,
  keep: new Set(),
  ...more,
});
