/**
 * Small dense symmetric linear algebra for fits and their covariance, float64, row-major Float64Array [n, n].
 * Source of the algorithms: G. H. Golub, C. F. Van Loan, "Matrix Computations" (2013), 4.2 and 8.5.
 */

/** Why a matrix could not be factored: `pivot` is the row (parameter) that depends on the earlier ones. */
export interface NotPositiveDefinite {
  readonly ok: false;
  readonly pivot: number;
  /** What was left of the diagonal element after eliminating the earlier rows, and its original value. */
  readonly remainder: number;
  readonly diagonal: number;
}

export type CholeskyFactor = { readonly ok: true; readonly lower: Float64Array } | NotPositiveDefinite;
export type SolveResult = { readonly ok: true; readonly solution: Float64Array } | NotPositiveDefinite;
export type InverseResult = { readonly ok: true; readonly inverse: Float64Array } | NotPositiveDefinite;

/** Eigenvalues ascending; row k of `vectors` [n, n] is the unit eigenvector of values[k]. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

function requireSquare(matrix: Float64Array, size: number): void {
  if (matrix.length !== size * size) {
    throw new RangeError(`A ${size} x ${size} matrix needs ${size * size} numbers, not ${matrix.length}.`);
  }
}

/**
 * Lower factor L with L L^T = matrix (only the lower triangle is read). Fails with a report when a pivot falls
 * below n * 2.2e-16 of its diagonal element: the matrix is singular to rounding, indefinite or not finite.
 */
export function choleskyFactor(matrix: Float64Array, size: number): CholeskyFactor {
  requireSquare(matrix, size);
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] ?? 0) * (lower[j * size + k] ?? 0);
      if (j < i) {
        lower[i * size + j] = sum / (lower[j * size + j] ?? 1);
        continue;
      }
      const diagonal = matrix[i * size + i] ?? 0;
      if (!(sum > size * Number.EPSILON * Math.abs(diagonal)) || !Number.isFinite(sum)) {
        return { ok: false, pivot: i, remainder: sum, diagonal };
      }
      lower[i * size + i] = Math.sqrt(sum);
    }
  }
  return { ok: true, lower };
}

/** Solves L L^T solution = right for a factor L. */
function substitute(lower: Float64Array, right: Float64Array, size: number): Float64Array {
  const solution = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    let sum = solution[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (lower[i * size + k] ?? 0) * (solution[k] ?? 0);
    solution[i] = sum / (lower[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = solution[i] ?? 0;
    for (let k = i + 1; k < size; k++) sum -= (lower[k * size + i] ?? 0) * (solution[k] ?? 0);
    solution[i] = sum / (lower[i * size + i] ?? 1);
  }
  return solution;
}

/** Solves matrix * solution = right for a symmetric positive-definite matrix; `right` has n numbers. */
export function choleskySolve(matrix: Float64Array, right: Float64Array, size: number): SolveResult {
  if (right.length !== size) {
    throw new RangeError(`The right-hand side needs ${size} numbers, not ${right.length}.`);
  }
  const factor = choleskyFactor(matrix, size);
  return factor.ok ? { ok: true, solution: substitute(factor.lower, right, size) } : factor;
}

/** Inverse of a symmetric positive-definite matrix, exactly symmetric (a covariance from an information matrix). */
export function symmetricInverse(matrix: Float64Array, size: number): InverseResult {
  const factor = choleskyFactor(matrix, size);
  if (!factor.ok) return factor;
  const inverse = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let column = 0; column < size; column++) {
    unit.fill(0);
    unit[column] = 1;
    const solution = substitute(factor.lower, unit, size);
    for (let row = column; row < size; row++) {
      inverse[row * size + column] = solution[row] ?? 0;
      inverse[column * size + row] = solution[row] ?? 0;
    }
  }
  return { ok: true, inverse };
}

/** Rotates elements p and q of two strided vectors by the angle with cosine c and sine s. */
function rotate(a: Float64Array, p: number, q: number, c: number, s: number): void {
  const first = a[p] ?? 0;
  const second = a[q] ?? 0;
  a[p] = c * first - s * second;
  a[q] = s * first + c * second;
}

/** One Jacobi rotation that makes element (p, q) zero. */
function annihilate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const off = a[p * size + q] ?? 0;
  const theta = ((a[q * size + q] ?? 0) - (a[p * size + p] ?? 0)) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < size; k++) rotate(a, k * size + p, k * size + q, c, s);
  for (let k = 0; k < size; k++) rotate(a, p * size + k, q * size + k, c, s);
  for (let k = 0; k < size; k++) rotate(vectors, p * size + k, q * size + k, c, s);
  a[p * size + q] = 0;
  a[q * size + p] = 0;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations: small eigenvalues of scaled
 * positive-definite matrices keep their relative accuracy. Meant for n up to about 100 (time grows as n^3).
 * The matrix must be finite; the mean of (i, j) and (j, i) is used.
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  requireSquare(matrix, size);
  if (!matrix.every((value) => Number.isFinite(value))) {
    throw new RangeError('The eigenvalues of a matrix with infinite or missing elements are not defined.');
  }
  const a = new Float64Array(size * size);
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    vectors[i * size + i] = 1;
    for (let j = 0; j < size; j++) {
      a[i * size + j] = ((matrix[i * size + j] ?? 0) + (matrix[j * size + i] ?? 0)) / 2;
    }
  }
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotations = 0;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = Math.abs(a[p * size + q] ?? 0);
        const scale = Math.sqrt(Math.abs((a[p * size + p] ?? 0) * (a[q * size + q] ?? 0)));
        if (off <= 1e-17 * scale || off < 1e-300) continue;
        annihilate(a, vectors, size, p, q);
        rotations++;
      }
    }
    if (rotations === 0) break;
  }
  const order = Array.from({ length: size }, (_, i) => i);
  order.sort((i, j) => (a[i * size + i] ?? 0) - (a[j * size + j] ?? 0));
  const sorted: SymmetricEigen = { values: new Float64Array(size), vectors: new Float64Array(size * size) };
  order.forEach((from, to) => {
    sorted.values[to] = a[from * size + from] ?? 0;
    sorted.vectors.set(vectors.subarray(from * size, (from + 1) * size), to * size);
  });
  return sorted;
}
