import { describe, expect, it } from 'vitest';
import { choleskyFactor, choleskySolve, symmetricEigen, symmetricInverse } from './linearAlgebra.ts';

/** Repeatable numbers in (-1, 1) without a generator of the program. */
function pseudoRandom(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, index) => {
    let sum = 0;
    for (let k = 0; k < n; k++)
      sum += (a[Math.floor(index / n) * n + k] ?? 0) * (b[k * n + (index % n)] ?? 0);
    return sum;
  });
}

function transpose(a: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => a[(i % n) * n + Math.floor(i / n)] ?? 0);
}

/** B B^T + 0.1, positive definite with a condition number of some hundreds. */
function positive(n: number, seed: number): Float64Array {
  const b = pseudoRandom(n * n, seed);
  return multiply(b, transpose(b, n), n).map((value, i) => value + (i % (n + 1) === 0 ? 0.1 : 0));
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

const identity = (n: number) => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));

/** The 5 x 5 Hilbert matrix and the row sums of its known integer inverse. */
const HILBERT = Float64Array.from({ length: 25 }, (_, i) => 1 / (Math.floor(i / 5) + (i % 5) + 1));

describe('choleskyFactor', () => {
  it('gives L with L L^T = A and zeros above the diagonal', () => {
    const a = positive(12, 7);
    const factor = choleskyFactor(a, 12);
    if (!factor.ok) throw new Error('a positive-definite matrix was refused');
    // Rounding of 12 products of size 10.
    expect(largestDifference(multiply(factor.lower, transpose(factor.lower, 12), 12), a)).toBeLessThan(1e-13);
    expect(factor.lower[1]).toBe(0);
  });

  it('names the parameter that depends on the earlier ones', () => {
    // Row 2 is row 0 + row 1: exactly singular at pivot 2.
    const singular = Float64Array.of(2, 1, 3, 1, 2, 3, 3, 3, 6);
    expect(choleskyFactor(singular, 3)).toMatchObject({ ok: false, pivot: 2, diagonal: 6 });
    expect(choleskySolve(singular, Float64Array.of(1, 2, 3), 3).ok).toBe(false);
    expect(symmetricInverse(singular, 3).ok).toBe(false);
    expect(choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toMatchObject({
      ok: false,
      pivot: 1,
      remainder: -3,
    });
    expect(choleskyFactor(Float64Array.of(0), 1)).toMatchObject({ ok: false, pivot: 0 });
    expect(choleskyFactor(Float64Array.of(1, 0, 0, Number.NaN), 2)).toMatchObject({ ok: false, pivot: 1 });
    expect(choleskyFactor(Float64Array.of(Number.POSITIVE_INFINITY), 1)).toMatchObject({
      ok: false,
      pivot: 0,
    });
  });

  it('accepts widely different scales, as parameters in SI units have', () => {
    const scale = [1e-9, 1, 1e6];
    const a = Float64Array.of(2, 1, 0, 1, 2, 1, 0, 1, 2);
    const scaled = a.map((value, i) => value * (scale[Math.floor(i / 3)] ?? 0) * (scale[i % 3] ?? 0));
    const result = symmetricInverse(scaled, 3);
    if (!result.ok) throw new Error('a well-conditioned matrix in mixed units was refused');
    // Inverse of the unscaled matrix is [3 -2 1; -2 4 -2; 1 -2 3] / 4.
    [3, -2, 1, -2, 4, -2, 1, -2, 3].forEach((value, i) => {
      const unit = (scale[Math.floor(i / 3)] ?? 0) * (scale[i % 3] ?? 0);
      expect((result.inverse[i] ?? 0) * unit).toBeCloseTo(value / 4, 14);
    });
  });

  it('refuses arrays of the wrong length', () => {
    expect(() => choleskyFactor(new Float64Array(5), 2)).toThrow(/4 numbers/);
    expect(() => choleskySolve(identity(2), new Float64Array(3), 2)).toThrow(/2 numbers/);
  });
});

describe('choleskySolve and symmetricInverse', () => {
  it('solves', () => {
    const n = 30;
    const a = positive(n, 3);
    const expected = pseudoRandom(n, 11);
    const right = Float64Array.from({ length: n }, (_, i) =>
      expected.reduce((sum, value, k) => sum + (a[i * n + k] ?? 0) * value, 0),
    );
    const result = choleskySolve(a, right, n);
    if (!result.ok) throw new Error('a positive-definite matrix was refused');
    // Rounding times a condition number of about 1e3.
    expect(largestDifference(result.solution, expected)).toBeLessThan(1e-12);
  });

  it('inverts the Hilbert matrix to its condition', () => {
    const result = symmetricInverse(HILBERT, 5);
    if (!result.ok) throw new Error('the Hilbert matrix was refused');
    // Known exactly: (1,1) = 25, (5,5) = 44100, (3,4) = -117600. Condition 5e5 times rounding.
    expect((result.inverse[0] ?? 0) / 25).toBeCloseTo(1, 10);
    expect((result.inverse[24] ?? 0) / 44100).toBeCloseTo(1, 10);
    expect((result.inverse[13] ?? 0) / -117600).toBeCloseTo(1, 10);
    expect(result.inverse).toEqual(transpose(result.inverse, 5));
  });
});

describe('symmetricEigen', () => {
  it('gives the eigenvalues of the second-difference matrix in closed form', () => {
    const n = 40;
    const a = Float64Array.from({ length: n * n }, (_, i) => {
      const distance = Math.abs(Math.floor(i / n) - (i % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    const { values } = symmetricEigen(a, n);
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos((Math.PI * (k + 1)) / (n + 1)), 13);
    });
  });

  it.each([1, 2, 7, 60])('of a random %d x %d matrix rebuilds it from orthonormal vectors', (n) => {
    const b = pseudoRandom(n * n, 5 + n);
    const a = b.map((value, i) => value + (transpose(b, n)[i] ?? 0));
    const { values, vectors } = symmetricEigen(a, n);
    expect(values.every((value, k) => k === 0 || value >= (values[k - 1] ?? 0))).toBe(true);
    // Rounding of about ten sweeps of rotations.
    expect(largestDifference(multiply(vectors, transpose(vectors, n), n), identity(n))).toBeLessThan(1e-13);
    const scaled = vectors.map((value, i) => value * (values[Math.floor(i / n)] ?? 0));
    expect(largestDifference(multiply(transpose(vectors, n), scaled, n), a)).toBeLessThan(1e-12);
  });

  it('keeps small eigenvalues of ill-conditioned matrices', () => {
    const { values } = symmetricEigen(HILBERT, 5);
    // Smallest eigenvalue 3.287928772171e-6 and largest 1.567050691098 of the 5 x 5 Hilbert matrix.
    expect((values[0] ?? 0) / 3.287928772171e-6).toBeCloseTo(1, 9);
    expect(values[4]).toBeCloseTo(1.567050691098, 11);
  });

  it('handles degenerate and singular matrices', () => {
    expect([...symmetricEigen(identity(3), 3).values]).toEqual([1, 1, 1]);
    const ones = symmetricEigen(new Float64Array(9).fill(1), 3);
    expect(ones.values[0]).toBeCloseTo(0, 14);
    expect(ones.values[2]).toBeCloseTo(3, 14);
    expect(Math.abs(ones.vectors[6] ?? 0)).toBeCloseTo(1 / Math.sqrt(3), 14);
    expect(() => symmetricEigen(Float64Array.of(Number.NaN), 1)).toThrow(/eigenvalues/);
  });
});
