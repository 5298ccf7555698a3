/** Errors of fitted parameters from the curvature at the minimum, and what the data cannot tell apart. */
import { symmetricEigen } from '../../optics/maths/linearAlgebra.ts';

export interface Uncertainty {
  /** Standard errors in scaled units; null where the data do not determine the parameter. */
  readonly sigma: readonly (number | null)[];
  /** Correlation coefficients, row-major. */
  readonly correlation: Float64Array;
  /** Groups of parameters that only act together: indices of each unidentifiable mix. */
  readonly unidentified: readonly (readonly number[])[];
}

/** Eigenvalues of the scaled information matrix below this share of the largest count as zero (float32 Jacobians). */
const RANK_TOLERANCE = 1e-9;
/**
 * Share of an unidentified direction from which a parameter belongs to the mix: rounding leaves less, and one gain
 * against the photons of a hundred planes still gives each of them 0.07.
 */
const MIX_SHARE = 0.02;

/**
 * @param curvature JᵀWJ, row-major P × P.
 * @param variance factor on its inverse: 1 for known weights, the residual variance otherwise.
 */
export function uncertainty(curvature: Float64Array, count: number, variance: number): Uncertainty {
  const { scale, values, vectors } = scaledEigen(curvature, count);
  const largest = Math.max(...values, Number.MIN_VALUE);
  const covariance = new Float64Array(count * count);
  const unidentified: number[][] = [];
  const lost = new Set<number>();
  for (let k = 0; k < count; k++) {
    const vector = vectors.subarray(k * count, (k + 1) * count);
    const value = values[k] as number;
    if (value <= RANK_TOLERANCE * largest) {
      const mix = [...vector].flatMap((v, i) => (Math.abs(v) > MIX_SHARE ? [i] : []));
      unidentified.push(mix);
      for (const i of mix) lost.add(i);
      continue;
    }
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const at = i * count + j;
        covariance[at] = (covariance[at] as number) + ((vector[i] as number) * (vector[j] as number)) / value;
      }
    }
  }
  const sigma = Array.from({ length: count }, (_, i) => {
    const unit = covariance[i * count + i] as number;
    return lost.has(i) || scale[i] === 0 ? null : Math.sqrt(unit * variance) * (scale[i] as number);
  });
  const correlation = covariance.map((c, k) => {
    const [i, j] = [Math.floor(k / count), k % count];
    const norm = Math.sqrt((covariance[i * count + i] as number) * (covariance[j * count + j] as number));
    return norm > 0 ? c / norm : 0;
  });
  return { sigma, correlation, unidentified };
}

/** Eigenvalues and eigenvectors of the curvature scaled to a diagonal of ones (0 for what does nothing). */
function scaledEigen(curvature: Float64Array, count: number) {
  const scale = Float64Array.from({ length: count }, (_, i) => {
    const d = curvature[i * count + i] as number;
    return d > 0 ? 1 / Math.sqrt(d) : 0;
  });
  const scaled = curvature.map(
    (x, k) => x * (scale[Math.floor(k / count)] as number) * (scale[k % count] as number),
  );
  return { scale, ...symmetricEigen(scaled, count) };
}

/** A mix of parameters that data tell little of. */
export interface WeakDirection {
  /** Eigenvalue of the scaled information: 1 for a parameter that shares its information with no other, 0 for none. */
  readonly information: number;
  /** Indices with their shares of the mix (of unit length; signed), largest first. */
  readonly mix: readonly { readonly index: number; readonly share: number }[];
}

/** Of a named mix: smaller shares are left out. */
const NAMED_SHARE = 0.15;

/** The directions of least information, weakest first. */
export function weakDirections(curvature: Float64Array, count: number, most: number): WeakDirection[] {
  const { values, vectors } = scaledEigen(curvature, count);
  return [...values.keys()]
    .sort((a, b) => (values[a] as number) - (values[b] as number))
    .slice(0, most)
    .map((k) => ({
      information: Math.max(0, values[k] as number),
      mix: [...vectors.subarray(k * count, (k + 1) * count)]
        .map((share, index) => ({ index, share }))
        .filter(({ share }) => Math.abs(share) >= NAMED_SHARE)
        .sort((a, b) => Math.abs(b.share) - Math.abs(a.share)),
    }));
}
