/**
 * Noise of an image from the scatter between neighbouring pixels (median absolute value of the discrete
 * Laplacian, as a Gaussian would give it): insensitive to smooth misfit. Counted pixels only.
 */
export function pixelNoise(
  residual: ArrayLike<number>,
  counts: (index: number) => boolean,
  nx: number,
  ny: number,
): number {
  const scatter = new Float64Array(Math.max(0, (nx - 2) * (ny - 2)));
  let found = 0;
  for (let y = 1; y < ny - 1; y++) {
    for (let x = 1; x < nx - 1; x++) {
      const i = y * nx + x;
      if (!(counts(i) && counts(i - 1) && counts(i + 1) && counts(i - nx) && counts(i + nx))) continue;
      const sum =
        (residual[i - 1] as number) +
        (residual[i + 1] as number) +
        (residual[i - nx] as number) +
        (residual[i + nx] as number);
      scatter[found++] = Math.abs(4 * (residual[i] as number) - sum);
    }
  }
  if (found === 0) return 0;
  // Var(4r - Σ neighbours) = 20 σ²; median |N(0,1)| = 0.6745.
  const sorted = scatter.subarray(0, found).sort();
  return (sorted[Math.floor(found / 2)] as number) / (0.6745 * Math.sqrt(20));
}
