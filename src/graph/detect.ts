/** First guesses of where things are in an image: the centre of rings, and the brightest spot. Pixels, floats. */

export interface Pixel {
  readonly x: number;
  readonly y: number;
}

/**
 * Centre of circular fringes by radial symmetry: the point closest to all gradient lines, weighted by gradient
 * power and nearness to the current estimate (Parthasarathy, Nat. Methods 9, 724 (2012), iterated).
 * @param counts whether a pixel may be used (not clipped).
 */
export function ringCentre(
  image: ArrayLike<number>,
  ny: number,
  nx: number,
  counts: (index: number) => boolean = () => true,
): Pixel {
  const smooth = boxSmooth(image, ny, nx, 1);
  let centre: Pixel = { x: (nx - 1) / 2, y: (ny - 1) / 2 };
  // First pass: all lines alike; then nearer lines count more, so that borders and neighbours stop pulling.
  for (const reach of [Number.POSITIVE_INFINITY, nx / 2, nx / 4, nx / 4, nx / 4]) {
    const next = closestToLines(smooth, ny, nx, counts, centre, reach);
    if (next === null) break;
    centre = { x: clamp(next.x, 0, nx - 1), y: clamp(next.y, 0, ny - 1) };
  }
  return centre;
}

function closestToLines(
  image: Float64Array,
  ny: number,
  nx: number,
  counts: (index: number) => boolean,
  centre: Pixel,
  reach: number,
): Pixel | null {
  let [sxx, sxy, syy, bx, by] = [0, 0, 0, 0, 0];
  for (let y = 1; y < ny - 1; y++) {
    for (let x = 1; x < nx - 1; x++) {
      const i = y * nx + x;
      if (!counts(i) || !counts(i - 1) || !counts(i + 1) || !counts(i - nx) || !counts(i + nx)) continue;
      const gx = (image[i + 1] as number) - (image[i - 1] as number);
      const gy = (image[i + nx] as number) - (image[i - nx] as number);
      const power = gx * gx + gy * gy;
      if (power === 0) continue;
      const distance = Math.hypot(x - centre.x, y - centre.y);
      const weight = (power * power) / (power + 1e-30) / (1 + distance) / (1 + (distance / reach) ** 4);
      // Distance of a point p to the line through (x, y) along the gradient: n·(p - (x, y)), n ⟂ gradient.
      const [ax, ay] = [-gy / Math.sqrt(power), gx / Math.sqrt(power)];
      const offset = ax * x + ay * y;
      sxx += weight * ax * ax;
      sxy += weight * ax * ay;
      syy += weight * ay * ay;
      bx += weight * ax * offset;
      by += weight * ay * offset;
    }
  }
  const determinant = sxx * syy - sxy * sxy;
  if (!(determinant > 1e-12 * sxx * syy)) return null;
  return { x: (syy * bx - sxy * by) / determinant, y: (sxx * by - sxy * bx) / determinant };
}

/** Centroid above the background around the brightest smoothed pixel of the planes' maximum. */
export function brightestSpot(image: ArrayLike<number>, planes: number, ny: number, nx: number): Pixel {
  const size = ny * nx;
  const highest = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  for (let p = 0; p < planes; p++) {
    for (let i = 0; i < size; i++) highest[i] = Math.max(highest[i] as number, image[p * size + i] as number);
  }
  const smooth = boxSmooth(highest, ny, nx, 1);
  let best = 0;
  for (let i = 1; i < size; i++) if ((smooth[i] as number) > (smooth[best] as number)) best = i;
  const [cy, cx] = [Math.floor(best / nx), best % nx];
  const floor = median(smooth);
  let [sum, sx, sy] = [0, 0, 0];
  for (let y = Math.max(0, cy - 3); y <= Math.min(ny - 1, cy + 3); y++) {
    for (let x = Math.max(0, cx - 3); x <= Math.min(nx - 1, cx + 3); x++) {
      const value = Math.max(0, (smooth[y * nx + x] as number) - floor);
      sum += value;
      sx += value * x;
      sy += value * y;
    }
  }
  return sum > 0 ? { x: sx / sum, y: sy / sum } : { x: cx, y: cy };
}

/** Median of the pixels on the border of one plane: the background where the object is inside. */
export function borderMedian(image: ArrayLike<number>, plane: number, ny: number, nx: number): number {
  const border: number[] = [];
  const start = plane * ny * nx;
  for (let x = 0; x < nx; x++)
    border.push(image[start + x] as number, image[start + (ny - 1) * nx + x] as number);
  for (let y = 1; y < ny - 1; y++)
    border.push(image[start + y * nx] as number, image[start + y * nx + nx - 1] as number);
  return median(border);
}

function boxSmooth(image: ArrayLike<number>, ny: number, nx: number, radius: number): Float64Array {
  const out = new Float64Array(ny * nx);
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      let [sum, count] = [0, 0];
      for (let j = Math.max(0, y - radius); j <= Math.min(ny - 1, y + radius); j++) {
        for (let i = Math.max(0, x - radius); i <= Math.min(nx - 1, x + radius); i++) {
          sum += image[j * nx + i] as number;
          count++;
        }
      }
      out[y * nx + x] = sum / count;
    }
  }
  return out;
}

function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
