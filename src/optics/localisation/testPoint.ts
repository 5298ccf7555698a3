/** For tests: an image of a point that is known in closed form, an astigmatic Gaussian. */
import { psfSpline } from './psfSpline.ts';

/** Pixels of a window. */
export const SIDE = 13;
const [PIXELS, FINE, PLANES] = [29, 2, 29];
const [Z_START, Z_STEP] = [-1.4e-6, 0.1e-6];

/** Width in pixels of the waist at depth `waist`, metres. */
function width(z: number, waist: number): number {
  return 1.3 * Math.hypot(1, (z - waist) / 0.5e-6);
}

/** Density at x, y (pixels from the point) and depth z: per pixel of one photon. */
export function gaussian(x: number, y: number, z: number): number {
  const [sx, sy] = [width(z, 0.3e-6), width(z, -0.3e-6)];
  return Math.exp(-0.5 * ((x / sx) ** 2 + (y / sy) ** 2)) / (2 * Math.PI * sx * sy);
}

export function depthOf(plane: number): number {
  return Z_START + plane * Z_STEP;
}

export const spline = psfSpline({
  data: Float64Array.from({ length: PLANES * (PIXELS * FINE) ** 2 }, (_, i) => {
    const side = PIXELS * FINE;
    const [row, column] = [Math.floor(i / side) % side, i % side];
    const at = (index: number) => index / FINE - Math.floor(PIXELS / 2);
    return gaussian(at(column), at(row), depthOf(Math.floor(i / (side * side))));
  }),
  pixels: PIXELS,
  fine: FINE,
  planes: PLANES,
  zStart: Z_START,
  zStep: Z_STEP,
});
