/** Moments of an image's light in pixels, from the pixel floor(n/2). */
import type { Ops, Real } from '../ops/ops.ts';
import { planeShape } from '../sampledGrid.ts';

/** Pixels² that are added to a variance, so that its root has a derivative for a single bright pixel. */
const LEAST_VARIANCE = 1e-6;

/** Place along x or y of each pixel: [1, nx] or [ny, 1]. */
function placesAlong(ops: Ops, share: Real, axis: 'x' | 'y'): Real {
  const [ny, nx] = planeShape(share);
  const [count, shape] = axis === 'x' ? [nx, [1, nx]] : [ny, [ny, 1]];
  return ops.constant(`goals:${axis}:${count}`, shape, 'real', () =>
    Float64Array.from({ length: count }, (_, i) => i - Math.floor(count / 2)),
  );
}

/** Centroid of shares [planes, ny, nx] of light; [planes, 1, 1]. */
export function spotCentroid(ops: Ops, share: Real, axis: 'x' | 'y'): Real {
  return ops.sum(ops.multiply(share, placesAlong(ops, share, axis)), [1, 2]);
}

/** Variance about the centroid; [planes, 1, 1]. */
export function spotVariance(ops: Ops, share: Real, axis: 'x' | 'y'): Real {
  const away = ops.subtract(placesAlong(ops, share, axis), spotCentroid(ops, share, axis));
  const variance = ops.sum(ops.multiply(share, ops.multiply(away, away)), [1, 2]);
  const least = ops.constant('goals:leastVariance', [1], 'real', () => Float64Array.of(LEAST_VARIANCE));
  return ops.add(variance, least);
}
