/**
 * The cubic spline of a point's image, folded over depth and rows for the window of one emitter: what sums (localise.ts)
 * and images (localiseShape.ts) read. Layouts are those of `emitterSums`.
 */
import { add, loadSplat, mul } from './vector';

/** What four taps give: Σ wᵢ·vᵢ. */
// @ts-ignore: decorator
@inline
export function taps<V>(w0: V, v0: V, w1: V, v1: V, w2: V, v2: V, w3: V, v3: V): V {
  return add<V>(add<V>(mul<V>(w0, v0), mul<V>(w1, v1)), add<V>(mul<V>(w2, v2), mul<V>(w3, v3)));
}

/** Value and slope by depth of each row and phase that the window reads: [rows, fine, columns] twice. */
export function collapseDepth<V>(
  coefficients: usize,
  pixels: usize,
  fine: usize,
  side: usize,
  columns: usize,
  plane: usize,
  row: usize,
  column: usize,
  weights: usize,
  work: usize,
): void {
  const lines = ((side - 1) * fine + 4) * fine;
  const line = columns << 2;
  const planeBytes = (fine * pixels * fine * pixels) << 2;
  const slopes = lines * line;
  const v0 = loadSplat<V>(weights);
  const v1 = loadSplat<V>(weights + 4);
  const v2 = loadSplat<V>(weights + 8);
  const v3 = loadSplat<V>(weights + 12);
  const s0 = loadSplat<V>(weights + 16);
  const s1 = loadSplat<V>(weights + 20);
  const s2 = loadSplat<V>(weights + 24);
  const s3 = loadSplat<V>(weights + 28);
  let from = coefficients + plane * planeBytes + ((row * fine * pixels + column) << 2);
  for (let k: usize = 0; k < lines; k++, from += pixels << 2, work += line) {
    for (let i: usize = 0; i < line; i += sizeof<V>()) {
      const at = from + i;
      const a = load<V>(at);
      const b = load<V>(at + planeBytes);
      const c = load<V>(at + 2 * planeBytes);
      const d = load<V>(at + 3 * planeBytes);
      store<V>(work + i, taps<V>(v0, a, v1, b, v2, c, v3, d));
      store<V>(
        work + i + slopes,
        taps<V>(s0, a, s1, b, s2, c, s3, d),
      );
    }
  }
}

/** One row of pixels from the four lines around it: value, slope by y and slope by depth, [fine, columns] each. */
// @ts-ignore: decorator
@inline
export function collapseRow<V>(from: usize, slopes: usize, line: usize, weights: usize, to: usize): void {
  const w0 = loadSplat<V>(weights + 32);
  const w1 = loadSplat<V>(weights + 36);
  const w2 = loadSplat<V>(weights + 40);
  const w3 = loadSplat<V>(weights + 44);
  const s0 = loadSplat<V>(weights + 48);
  const s1 = loadSplat<V>(weights + 52);
  const s2 = loadSplat<V>(weights + 56);
  const s3 = loadSplat<V>(weights + 60);
  for (let i: usize = 0; i < line; i += sizeof<V>(), from += sizeof<V>(), to += sizeof<V>()) {
    const a = load<V>(from);
    const b = load<V>(from + line);
    const c = load<V>(from + 2 * line);
    const d = load<V>(from + 3 * line);
    const deep = from + slopes;
    store<V>(to, taps<V>(w0, a, w1, b, w2, c, w3, d));
    store<V>(to + line, taps<V>(s0, a, s1, b, s2, c, s3, d));
    store<V>(
      to + 2 * line,
      taps<V>(w0, load<V>(deep), w1, load<V>(deep + line), w2, load<V>(deep + 2 * line), w3, load<V>(deep + 3 * line)),
    );
  }
}

/** Bytes from the first coefficient of a phase to that of a tap. */
// @ts-ignore: decorator
@inline
export function placeOf(phase: usize, fine: usize, columns: usize): usize {
  const within = phase % fine;
  return (within * columns + phase / fine) << 2;
}
