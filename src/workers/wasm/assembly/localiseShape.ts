/** The image of one emitter and its slopes, for joint fits: several images overlap in one window. */
import { collapseDepth, collapseRow, placeOf, taps } from './pointSpline';
import { loadSplat, mul, splat } from './vector';

/**
 * The image of one photon and its slopes by x, y (per pixel) and z (per plane); parameters as of `emitterSums`.
 * @param to four of [side, width], width the next multiple of 4
 */
export function emitterShape(
  coefficients: usize,
  pixels: usize,
  fine: usize,
  side: usize,
  columns: usize,
  plane: usize,
  row: usize,
  column: usize,
  phase: usize,
  weights: usize,
  work: usize,
  to: usize,
): void {
  if (ASC_FEATURE_SIMD) {
    collapseDepth<v128>(coefficients, pixels, fine, side, columns, plane, row, column, weights, work);
    shape<v128>(fine, side, columns, phase, weights, work, to);
    return;
  }
  collapseDepth<f32>(coefficients, pixels, fine, side, columns, plane, row, column, weights, work);
  shape<f32>(fine, side, columns, phase, weights, work, to);
}

function shape<V>(
  fine: usize,
  side: usize,
  columns: usize,
  phase: usize,
  weights: usize,
  work: usize,
  to: usize,
): void {
  const line = (fine * columns) << 2;
  const slopes = ((side - 1) * fine + 4) * line;
  const across = work + 2 * slopes;
  const width = ((side + 3) & ~3) << 2;
  const layer = side * width;
  const w0 = loadSplat<V>(weights + 64);
  const w1 = loadSplat<V>(weights + 68);
  const w2 = loadSplat<V>(weights + 72);
  const w3 = loadSplat<V>(weights + 76);
  const toPixels = splat<V>(-(fine as f32));
  for (let row: usize = 0; row < side; row++, to += width) {
    collapseRow<V>(work + row * fine * line, slopes, line, weights, across);
    for (let i: usize = 0; i < width; i += sizeof<V>()) {
      const at0 = across + i + placeOf(phase, fine, columns);
      const at1 = across + i + placeOf(phase + 1, fine, columns);
      const at2 = across + i + placeOf(phase + 2, fine, columns);
      const at3 = across + i + placeOf(phase + 3, fine, columns);
      const v0 = load<V>(at0);
      const v1 = load<V>(at1);
      const v2 = load<V>(at2);
      const v3 = load<V>(at3);
      const hx = taps<V>(
        loadSplat<V>(weights + 80), v0,
        loadSplat<V>(weights + 84), v1,
        loadSplat<V>(weights + 88), v2,
        loadSplat<V>(weights + 92), v3,
      );
      const hy = taps<V>(w0, load<V>(at0 + line), w1, load<V>(at1 + line), w2, load<V>(at2 + line), w3, load<V>(at3 + line));
      const deep = 2 * line;
      const hz = taps<V>(w0, load<V>(at0 + deep), w1, load<V>(at1 + deep), w2, load<V>(at2 + deep), w3, load<V>(at3 + deep));
      store<V>(to + i, taps<V>(w0, v0, w1, v1, w2, v2, w3, v3));
      store<V>(to + i + layer, mul<V>(toPixels, hx));
      store<V>(to + i + 2 * layer, mul<V>(toPixels, hy));
      store<V>(to + i + 3 * layer, hz);
    }
  }
}
