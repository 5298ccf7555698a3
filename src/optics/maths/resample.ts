/** Pictures onto other pixels. */

/**
 * Weights [outputs][inputs] of linear interpolation from samples `from` apart to samples `to` apart, both centred on
 * floor(N/2): tents as wide as the coarser of the two, so that finer pictures are averaged and not skipped over.
 * Outside the picture is darkness.
 */
function tentWeights(
  inputs: number,
  from: number,
  outputs: number,
  to: number,
): { first: number; weights: number[] }[] {
  const width = Math.max(from, to);
  return Array.from({ length: outputs }, (_, i) => {
    const at = (i - Math.floor(outputs / 2)) * to;
    const low = Math.ceil((at - width) / from);
    const high = Math.floor((at + width) / from);
    const tent = Array.from({ length: Math.max(0, high - low + 1) }, (_, k) =>
      Math.max(0, 1 - Math.abs((low + k) * from - at) / width),
    );
    const sum = tent.reduce((total, w) => total + w, 0);
    const middle = Math.floor(inputs / 2);
    const start = Math.max(0, low + middle);
    const end = Math.min(inputs - 1, high + middle);
    const weights = Array.from(
      { length: Math.max(0, end - start + 1) },
      (_, k) => (tent[start + k - low - middle] ?? 0) / sum,
    );
    return { first: start, weights };
  });
}

/** A picture [ny, nx] with samples `from` apart, as [n, n] with samples `to` apart; both centred on floor(N/2). */
export function resample(
  picture: ArrayLike<number>,
  [ny, nx]: readonly [number, number],
  from: number,
  n: number,
  to: number,
): Float64Array {
  const [across, down] = [tentWeights(nx, from, n, to), tentWeights(ny, from, n, to)];
  const rows = new Float64Array(ny * n);
  for (let y = 0; y < ny; y++) {
    across.forEach(({ first, weights }, x) => {
      let sum = 0;
      weights.forEach((w, k) => {
        sum += w * (picture[y * nx + first + k] ?? 0);
      });
      rows[y * n + x] = sum;
    });
  }
  const out = new Float64Array(n * n);
  down.forEach(({ first, weights }, y) => {
    weights.forEach((w, k) => {
      for (let x = 0; x < n; x++) {
        out[y * n + x] = (out[y * n + x] as number) + w * (rows[(first + k) * n + x] as number);
      }
    });
  });
  return out;
}
