/** Nodes (ascending) and weights of a quadrature rule. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Gauss-Legendre rule with `count` nodes on [from, to], exact for polynomials of degree 2 count - 1.
 * Newton's method on P_count from Tricomi's estimate of the roots (P. J. Davis, P. Rabinowitz, "Methods of
 * Numerical Integration", 1984); about 1e-15 for up to some thousand nodes.
 */
export function gaussLegendre(count: number, from = -1, to = 1): Quadrature {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`A quadrature rule needs a whole number of at least 1 node, not ${count}.`);
  }
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  for (let i = 0; i < (count + 1) / 2; i++) {
    let x = 2 * i + 1 === count ? 0 : Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    for (let step = 0; step < 20; step++) {
      const { value, slope } = legendre(count, x);
      x -= value / slope;
      if (Math.abs(value / slope) < 1e-14) break;
    }
    const { slope } = legendre(count, x);
    const weight = (2 * half) / ((1 - x) * (1 + x) * slope * slope);
    nodes[i] = middle - half * x;
    nodes[count - 1 - i] = middle + half * x;
    weights[i] = weight;
    weights[count - 1 - i] = weight;
  }
  return { nodes, weights };
}

/** P_count(x) and its derivative for |x| < 1. */
function legendre(count: number, x: number): { value: number; slope: number } {
  let before = 0;
  let value = 1;
  for (let n = 1; n <= count; n++) {
    const after = ((2 * n - 1) * x * value - (n - 1) * before) / n;
    before = value;
    value = after;
  }
  return { value, slope: (count * (before - x * value)) / ((1 - x) * (1 + x)) };
}

/** Weighted sum of f over the nodes. */
export function integrate(rule: Quadrature, f: (x: number) => number): number {
  let sum = 0;
  rule.nodes.forEach((x, i) => {
    sum += (rule.weights[i] ?? 0) * f(x);
  });
  return sum;
}

/** A point of a rule over a plane figure; the weights add up to 1, so that sums are means. */
export interface WeightedPoint {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/**
 * Points over the unit disc: ring j of `rings` holds 6 j points, evenly spaced; the squares of the radii are Gauss'
 * points. 3 R (R + 1) points in all; the mean of a polynomial of low degree is exact, of higher
 * degree with more rings (A. H. Stroud, "Approximate Calculation of Multiple Integrals", 1971: product rules).
 */
export function discRule(rings: number): WeightedPoint[] {
  const radial = gaussLegendre(rings, 0, 1);
  return Array.from(radial.nodes).flatMap((square, ring) => {
    const count = 6 * (ring + 1);
    // Neighbouring rings are staggered.
    const start = ring % 2 === 0 ? 0 : 0.5;
    return Array.from({ length: count }, (_, i) => {
      const angle = (2 * Math.PI * (i + start)) / count;
      const radius = Math.sqrt(square);
      return {
        x: radius * Math.cos(angle),
        y: radius * Math.sin(angle),
        weight: (radial.weights[ring] ?? 0) / count,
      };
    });
  });
}

/** Gauss' points over the square from -1 to 1, `count` along each side. */
export function squareRule(count: number): WeightedPoint[] {
  const rule = gaussLegendre(count);
  return Array.from(rule.nodes).flatMap((y, row) =>
    Array.from(rule.nodes, (x, column) => ({
      x,
      y,
      weight: 0.25 * (rule.weights[row] ?? 0) * (rule.weights[column] ?? 0),
    })),
  );
}
