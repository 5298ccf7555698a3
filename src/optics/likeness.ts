/**
 * Measures of how unlike two images are that ignore their brightness, for designs of light: 0 for the same picture.
 * Each plane is judged on its own and the mean taken, so that a stack may be computed part by part.
 */
import { sizeOf } from './ops/kernels.ts';
import type { Ops, Real } from './ops/ops.ts';
import { planeShape } from './sampledGrid.ts';
import type { Image } from './values.ts';

export type Likeness = 'correlation' | 'cosine' | 'overlap';

/** Keeps quotients and roots of nothing finite; images are relative to their means. */
const NEXT_TO_NOTHING = 1e-12;

/**
 * - `correlation`: 1 - Pearson's r;
 * - `cosine`: 1 - Σ m d / √(Σ m² Σ d²);
 * - `overlap`: 1 - (Σ √(m d))² / (Σ m Σ d), for a target of some equal spots 1 - efficiency × evenness.
 *
 * Shape [1].
 */
export function unlikeness(ops: Ops, kind: Likeness, model: Image, target: Image): Real {
  const [ny, nx] = planeShape(model.samples);
  const planes = sizeOf(model.samples.shape) / (ny * nx);
  const shape = [planes, ny, nx];
  const mask = counted(ops, target, shape);
  const sum = (terms: Real) => ops.sum(terms, [1, 2]);
  const pixels = sum(mask);
  const relative = (samples: Real) => {
    const seen = ops.multiply(mask, ops.reshape(samples, shape));
    return ops.divide(seen, ops.add(ops.divide(sum(seen), pixels), number(ops, 1e-30)));
  };
  const [m, d] = [relative(model.samples), relative(target.samples)];
  const alike = (): Real => {
    switch (kind) {
      case 'correlation':
        return cosine(ops, sum, ops.subtract(m, mask), ops.subtract(d, mask));
      case 'cosine':
        return cosine(ops, sum, m, d);
      case 'overlap': {
        const shared = sum(roots(ops, ops.multiply(m, d)));
        const all = ops.add(ops.multiply(sum(m), sum(d)), number(ops, NEXT_TO_NOTHING));
        return ops.divide(ops.multiply(shared, shared), all);
      }
    }
  };
  const mean = ops.scale(ops.sum(alike(), [0, 1, 2]), 1 / planes);
  return ops.subtract(number(ops, 1), ops.reshape(mean, [1]));
}

/** Of the target's mean: what is much fainter is dark. */
const DARK = 1e-3;

/**
 * Share of the light where the target is bright, mean over the planes, shape [1]. For a target of some equal pixels the
 * overlap is this times the evenness there, (mean √m)² / mean m.
 */
export function lightOnTarget(ops: Ops, model: Image, target: Image): Real {
  const [ny, nx] = planeShape(model.samples);
  const planes = sizeOf(model.samples.shape) / (ny * nx);
  const shape = [planes, ny, nx];
  const mask = counted(ops, target, shape);
  const sum = (terms: Real) => ops.sum(terms, [1, 2]);
  const m = ops.multiply(mask, ops.reshape(model.samples, shape));
  const d = ops.multiply(mask, ops.reshape(target.samples, shape));
  const dark = ops.add(ops.scale(ops.divide(sum(d), sum(mask)), DARK), number(ops, 1e-30));
  const there = sum(ops.multiply(m, ops.divide(d, ops.add(d, dark))));
  const share = ops.divide(there, ops.add(sum(m), number(ops, 1e-30)));
  return ops.reshape(ops.scale(ops.sum(share, [0, 1, 2]), 1 / planes), [1]);
}

/**
 * The model at the brightness (and, for the correlation, above the background) at which the measure sees it: nearest
 * to the target by least squares, for the overlap with the target's sum. Shape of the model.
 */
export function scaledModel(ops: Ops, kind: Likeness, model: Image, target: Image): Real {
  const [ny, nx] = planeShape(model.samples);
  const shape = [sizeOf(model.samples.shape) / (ny * nx), ny, nx];
  const mask = counted(ops, target, shape);
  const sum = (terms: Real) => ops.sum(ops.multiply(mask, terms), [1, 2]);
  const [m, d] = [ops.reshape(model.samples, shape), ops.reshape(target.samples, shape)];
  const per = (a: Real, b: Real) => ops.divide(a, ops.add(b, number(ops, 1e-30)));
  const scaled = (): Real => {
    switch (kind) {
      case 'correlation': {
        const pixels = ops.sum(mask, [1, 2]);
        const [meanM, meanD] = [per(sum(m), pixels), per(sum(d), pixels)];
        const centred = ops.subtract(m, meanM);
        const slope = per(
          sum(ops.multiply(centred, ops.subtract(d, meanD))),
          sum(ops.multiply(centred, centred)),
        );
        return ops.add(ops.multiply(centred, slope), meanD);
      }
      case 'cosine':
        return ops.multiply(m, per(sum(ops.multiply(m, d)), sum(ops.multiply(m, m))));
      case 'overlap':
        return ops.multiply(m, per(sum(d), sum(m)));
    }
  };
  return ops.reshape(scaled(), model.samples.shape);
}

/** √a - √ε with √(a + ε) for the first: 0 at 0, and with a derivative there. */
export function roots(ops: Ops, a: Real): Real {
  const small = 1e-10;
  return ops.subtract(ops.squareRoot(ops.add(a, number(ops, small))), ops.squareRoot(number(ops, small)));
}

/** Σ a b / √(Σ a² Σ b²). */
function cosine(ops: Ops, sum: (terms: Real) => Real, a: Real, b: Real): Real {
  const size = (values: Real) => ops.add(sum(ops.multiply(values, values)), number(ops, NEXT_TO_NOTHING));
  return ops.divide(sum(ops.multiply(a, b)), ops.squareRoot(ops.multiply(size(a), size(b))));
}

/** 1 where a pixel counts. */
function counted(ops: Ops, { mask }: Image, shape: readonly number[]): Real {
  if (mask !== null) return ops.reshape(mask, shape);
  return ops.constant(`likeness:ones:${shape.join('x')}`, shape, 'real', () =>
    new Float64Array(sizeOf(shape)).fill(1),
  );
}

function number(ops: Ops, value: number): Real {
  return ops.constant(`likeness:${value}`, [1], 'real', () => Float64Array.of(value));
}
