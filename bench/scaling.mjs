/** How cost grows with size, fitted to measured times. */

function linearFit(xs, ys) {
  const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, x, i) => sum + (x - mx) * (ys[i] - my), 0);
  const slope = covariance / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
  return { slope, intercept: my - slope * mx };
}

/**
 * time = coefficient · n² log2 n + overhead, weighted so that every size counts by its relative error, and the
 * exponent p of time ∝ n^p by the logarithms.
 * @param {readonly (readonly [n: number, milliseconds: number])[]} points at least three
 * @returns {{ nanosecondsPerUnit: number, overheadMilliseconds: number, exponent: number, worst: number } | null}
 *   `worst` is the largest relative deviation from the law
 */
export function fitCost(points) {
  if (points.length < 3) return null;
  const units = points.map(([n]) => n * n * Math.log2(n));
  const times = points.map(([, t]) => t);
  // Minimises Σ ((a u + b - t) / t)².
  const sum = (f) => units.reduce((total, u, i) => total + f(u, times[i]) / times[i] ** 2, 0);
  const [uu, u1, one] = [sum((u) => u * u), sum((u) => u), sum(() => 1)];
  const [ut, t1] = [sum((u, t) => u * t), sum((_, t) => t)];
  const determinant = uu * one - u1 * u1;
  const a = (ut * one - u1 * t1) / determinant;
  const b = (uu * t1 - u1 * ut) / determinant;
  const { slope } = linearFit(
    points.map(([n]) => Math.log(n)),
    times.map((t) => Math.log(t)),
  );
  const worst = Math.max(...units.map((u, i) => Math.abs((a * u + b) / times[i] - 1)));
  return { nanosecondsPerUnit: 1e6 * a, overheadMilliseconds: b, exponent: slope, worst };
}
