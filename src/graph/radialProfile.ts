/** An image along its radius around a centre. */
import type { RadialProfile } from '../optics/scattering/sphereStarts.ts';
import type { Pixel } from './detect.ts';

/**
 * Means over rings of `width` pixels, at their middles; the weight is the number of pixels, as in a fit of the image.
 * @param reach rings
 * @param pitch metres
 */
export function radialProfile(
  image: ArrayLike<number>,
  ny: number,
  nx: number,
  counts: (index: number) => boolean,
  { x, y }: Pixel,
  reach: number,
  pitch: number,
  width = 1,
): RadialProfile {
  const sums = new Float64Array(reach);
  const numbers = new Float64Array(reach);
  const [x0, x1] = [
    Math.max(0, Math.ceil(x - reach * width)),
    Math.min(nx - 1, Math.floor(x + reach * width)),
  ];
  const [y0, y1] = [
    Math.max(0, Math.ceil(y - reach * width)),
    Math.min(ny - 1, Math.floor(y + reach * width)),
  ];
  for (let j = y0; j <= y1; j++) {
    for (let i = x0; i <= x1; i++) {
      const ring = (Math.sqrt((i - x) ** 2 + (j - y) ** 2) / width) | 0;
      if (ring >= reach || !counts(j * nx + i)) continue;
      sums[ring] = (sums[ring] as number) + (image[j * nx + i] as number);
      numbers[ring] = (numbers[ring] as number) + 1;
    }
  }
  return {
    radii: Float64Array.from({ length: reach }, (_, ring) => (ring + 0.5) * width * pitch),
    values: sums.map((sum, ring) => sum / Math.max(1, numbers[ring] as number)),
    weights: numbers,
  };
}
