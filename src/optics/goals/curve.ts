/** Curves that a person draws by some points. */

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/**
 * Cubics through the points that overshoot none of them (Fritsch and Carlson, SIAM J. Numer. Anal. 17, 238 (1980); slopes by
 * the harmonic mean of Fritsch and Butland). Beyond the ends the last value holds.
 */
export function monotoneCurve(given: readonly CurvePoint[]): (x: number) => number {
  const points = distinct(given);
  const [first = { x: 0, y: 0 }] = points;
  if (points.length < 2) return () => first.y;
  const slopes = slopesOf(points);
  const last = points.at(-1) ?? first;
  return (x) => {
    if (x <= first.x) return first.y;
    if (x >= last.x) return last.y;
    const i = points.findIndex((point) => point.x > x) - 1;
    const [a, b] = [points[i] ?? first, points[i + 1] ?? last];
    const h = b.x - a.x;
    const t = (x - a.x) / h;
    const [ma, mb] = [(slopes[i] ?? 0) * h, (slopes[i + 1] ?? 0) * h];
    const [t2, t3] = [t * t, t * t * t];
    return (2 * t3 - 3 * t2 + 1) * a.y + (t3 - 2 * t2 + t) * ma + (3 * t2 - 2 * t3) * b.y + (t3 - t2) * mb;
  };
}

/** In the order of x; of points at one place the last. */
function distinct(given: readonly CurvePoint[]): readonly CurvePoint[] {
  const sorted = given.toSorted((a, b) => a.x - b.x);
  return sorted.filter((point, i) => point.x !== sorted[i + 1]?.x);
}

function slopesOf(points: readonly CurvePoint[]): number[] {
  const steps = points.slice(1).map((b, i) => {
    const a = points[i] ?? b;
    return { h: b.x - a.x, slope: (b.y - a.y) / (b.x - a.x) };
  });
  return points.map((_, i) => {
    const [before, after] = [steps[i - 1], steps[i]];
    // The ends go on as straight as they begin.
    if (before === undefined || after === undefined) return (before ?? after)?.slope ?? 0;
    if (before.slope * after.slope <= 0) return 0;
    const [w1, w2] = [2 * after.h + before.h, after.h + 2 * before.h];
    return (w1 + w2) / (w1 / before.slope + w2 / after.slope);
  });
}
