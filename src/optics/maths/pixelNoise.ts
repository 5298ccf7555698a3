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
  const scatter: number[] = [];
  for (let y = 1; y < ny - 1; y++) {
    for (let x = 1; x < nx - 1; x++) {
      const i = y * nx + x;
      const cross = [i, i - 1, i + 1, i - nx, i + nx];
      if (!cross.every(counts)) continue;
      const sum =
        (residual[i - 1] as number) +
        (residual[i + 1] as number) +
        (residual[i - nx] as number) +
        (residual[i + nx] as number);
      scatter.push(Math.abs(4 * (residual[i] as number) - sum));
    }
  }
  if (scatter.length === 0) return 0;
  // Var(4r - Σ neighbours) = 20 σ²; median |N(0,1)| = 0.6745.
  const sorted = Float64Array.from(scatter).sort();
  return (sorted[Math.floor(sorted.length / 2)] as number) / (0.6745 * Math.sqrt(20));
}
