/** Pictures of rings: planes of which not all pixels count, lines along gradients, means around a centre. */
import type { Pixel } from './detect.ts';

/** An image of which not all pixels count. */
export interface Plane {
  readonly ny: number;
  readonly nx: number;
  readonly values: Float64Array;
  /** 1 where the pixel counts. */
  readonly known: Uint8Array;
}

/** What is the same all around a centre: one value for each whole distance, fading to nothing at the last. */
export interface Rings extends Pixel {
  readonly means: Float64Array;
}

/** The image, smoothed over squares of three pixels; one that does not count makes none of its square count. */
export function planeOf(
  image: ArrayLike<number>,
  ny: number,
  nx: number,
  counts: (index: number) => boolean,
): Plane {
  const size = ny * nx;
  const usable = new Uint8Array(size);
  const rows = new Float64Array(size);
  const inRow = new Uint8Array(size);
  const values = new Float64Array(size);
  const known = new Uint8Array(size);
  for (let i = 0; i < size; i++) usable[i] = counts(i) && Number.isFinite(image[i] as number) ? 1 : 0;
  for (let i = 1; i < size - 1; i++) {
    if ((usable[i - 1] as number) + (usable[i] as number) + (usable[i + 1] as number) < 3) continue;
    inRow[i] = 1;
    rows[i] = (image[i - 1] as number) + (image[i] as number) + (image[i + 1] as number);
  }
  for (let y = 1; y < ny - 1; y++) {
    for (let i = y * nx + 1; i < y * nx + nx - 1; i++) {
      if ((inRow[i - nx] as number) + (inRow[i] as number) + (inRow[i + nx] as number) < 3) continue;
      known[i] = 1;
      values[i] = ((rows[i - nx] as number) + (rows[i] as number) + (rows[i + nx] as number)) / 9;
    }
  }
  return { ny, nx, values, known };
}

/** Means over squares of `factor` pixels; one pixel that does not count makes none of its square count. */
export function binned(plane: Plane, factor: number): Plane {
  if (factor === 1) return plane;
  const [my, mx] = [Math.floor(plane.ny / factor), Math.floor(plane.nx / factor)];
  const values = new Float64Array(my * mx);
  const known = new Uint8Array(my * mx).fill(1);
  const share = 1 / (factor * factor);
  for (let y = 0; y < my * factor; y++) {
    const row = Math.floor(y / factor) * mx;
    for (let x = 0; x < mx * factor; x++) {
      const i = y * plane.nx + x;
      const k = row + Math.floor(x / factor);
      if (plane.known[i] === 0) known[k] = 0;
      else values[k] = (values[k] as number) + share * (plane.values[i] as number);
    }
  }
  return { ny: my, nx: mx, values, known };
}

/** Gradients at all pixels, [x, y] interleaved; 0 where a neighbour does not count. */
export function gradients({ ny, nx, values, known }: Plane): Float64Array {
  const out = new Float64Array(2 * ny * nx);
  for (let y = 1; y < ny - 1; y++) {
    for (let i = y * nx + 1; i < y * nx + nx - 1; i++) {
      const usable =
        (known[i - 1] as number) &
        (known[i + 1] as number) &
        (known[i - nx] as number) &
        (known[i + nx] as number);
      if (usable === 0) continue;
      out[2 * i] = (values[i + 1] as number) - (values[i - 1] as number);
      out[2 * i + 1] = (values[i + nx] as number) - (values[i - nx] as number);
    }
  }
  return out;
}

/** Where lines along the gradients around a point come closest, strong gradients and near ones first. */
export function nearestToLines(plane: Plane, { x: cx, y: cy }: Pixel, reach: number): Pixel | null {
  const { nx, values, known } = plane;
  let sxx = 0;
  let sxy = 0;
  let syy = 0;
  let bx = 0;
  let by = 0;
  const [x0, x1, y0, y1] = windowAround(plane, { x: cx, y: cy }, 1.5 * reach, 1);
  const scale = 1 / (reach * reach);
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const i = y * nx + x;
      const usable =
        (known[i - 1] as number) &
        (known[i + 1] as number) &
        (known[i - nx] as number) &
        (known[i + nx] as number);
      if (usable === 0) continue;
      const gx = (values[i + 1] as number) - (values[i - 1] as number);
      const gy = (values[i + nx] as number) - (values[i - nx] as number);
      const near = 1 + scale * ((x - cx) * (x - cx) + (y - cy) * (y - cy));
      const weight = 1 / (near * near * near);
      // Power of the gradient times the squared distance of a point from the line: (g × (point - pixel))².
      const offset = gx * y - gy * x;
      sxx += weight * gy * gy;
      sxy -= weight * gy * gx;
      syy += weight * gx * gx;
      bx -= weight * gy * offset;
      by += weight * gx * offset;
    }
  }
  const determinant = sxx * syy - sxy * sxy;
  if (!(determinant > 1e-6 * sxx * syy)) return null;
  return { x: (syy * bx - sxy * by) / determinant, y: (sxx * by - sxy * bx) / determinant };
}

/** Share of the variation within `reach` that means over rings explain, less what they would explain of noise. */
export function roundness(plane: Plane, { x, y }: Pixel, reach: number): number {
  const { nx, values, known } = plane;
  const sums = new Float64Array(reach);
  const numbers = new Float64Array(reach);
  let total = 0;
  let squares = 0;
  let count = 0;
  const [x0, x1, y0, y1] = windowAround(plane, { x, y }, reach, 0);
  for (let j = y0; j <= y1; j++) {
    for (let i = x0; i <= x1; i++) {
      const ring = Math.sqrt((i - x) ** 2 + (j - y) ** 2) | 0;
      if (ring >= reach || known[j * nx + i] === 0) continue;
      const value = values[j * nx + i] as number;
      sums[ring] = (sums[ring] as number) + value;
      numbers[ring] = (numbers[ring] as number) + 1;
      total += value;
      squares += value * value;
      count++;
    }
  }
  if (count < 4 * reach) return 0;
  let [explained, rings] = [0, 0];
  for (let ring = 0; ring < reach; ring++) {
    const number = numbers[ring] as number;
    if (number === 0) continue;
    explained += (sums[ring] as number) ** 2 / number;
    rings++;
  }
  const variation = squares - (total * total) / count;
  if (!(variation > 1e-12 * squares)) return 0;
  const unexplained = (squares - explained) / (count - rings);
  return Math.max(0, 1 - unexplained / (variation / (count - 1)));
}

/** Means around a centre up to a distance, relative to those at its end. */
export function ringsAround(plane: Plane, { x, y }: Pixel, reach: number): Rings {
  const { nx, values, known } = plane;
  const sums = new Float64Array(reach + 2);
  const weights = new Float64Array(reach + 2);
  const [x0, x1, y0, y1] = windowAround(plane, { x, y }, reach, 0);
  for (let j = y0; j <= y1; j++) {
    for (let i = x0; i <= x1; i++) {
      const distance = Math.sqrt((i - x) ** 2 + (j - y) ** 2);
      if (distance >= reach || known[j * nx + i] === 0) continue;
      const ring = distance | 0;
      const share = distance - ring;
      const value = values[j * nx + i] as number;
      sums[ring] = (sums[ring] as number) + (1 - share) * value;
      weights[ring] = (weights[ring] as number) + 1 - share;
      sums[ring + 1] = (sums[ring + 1] as number) + share * value;
      weights[ring + 1] = (weights[ring + 1] as number) + share;
    }
  }
  const means = sums.map((sum, ring) =>
    (weights[ring] as number) > 0 ? sum / (weights[ring] as number) : NaN,
  );
  const outer = means.slice(Math.floor(0.8 * reach)).filter(Number.isFinite);
  const level = outer.reduce((sum, value) => sum + value, 0) / Math.max(1, outer.length);
  const fades = Math.floor(0.7 * reach);
  const relative = means.map((value, ring) => {
    if (!Number.isFinite(value)) return 0;
    return (value - level) * Math.min(1, Math.max(0, (reach - ring) / (reach - fades)));
  });
  return { x, y, means: relative };
}

/** Adds rings, `sign` 1, or takes them away, -1. */
export function addRings(plane: Plane, { x, y, means }: Rings, sign: 1 | -1): void {
  const { nx, values } = plane;
  const reach = means.length - 2;
  const [x0, x1, y0, y1] = windowAround(plane, { x, y }, reach, 0);
  for (let j = y0; j <= y1; j++) {
    for (let i = x0; i <= x1; i++) {
      const distance = Math.sqrt((i - x) ** 2 + (j - y) ** 2);
      if (distance >= reach) continue;
      const ring = distance | 0;
      const share = distance - ring;
      const value = (1 - share) * (means[ring] as number) + share * (means[ring + 1] as number);
      values[j * nx + i] = (values[j * nx + i] as number) + sign * value;
    }
  }
}

/** Columns and rows, first and last, within `reach` of a point and `border` inside the plane. */
function windowAround(
  { ny, nx }: Plane,
  { x, y }: Pixel,
  reach: number,
  border: number,
): readonly [number, number, number, number] {
  return [
    Math.max(border, Math.ceil(x - reach)),
    Math.min(nx - 1 - border, Math.floor(x + reach)),
    Math.max(border, Math.ceil(y - reach)),
    Math.min(ny - 1 - border, Math.floor(y + reach)),
  ];
}
