/** Polynomials of degree 5 between nodes where a function, its slope and its bend are known. */

/** Coefficients of a quintic. */
export const POWERS = 6;

/**
 * Writes the coefficients of the quintic in t = 0..1 that has the values, slopes and bends (by t) which `left` and
 * `right` hold at `c`, `c + 1` and `c + 2`. Its error is a 46080th of the sixth derivative by t.
 */
export function writeQuintic(
  left: Float64Array,
  right: Float64Array,
  c: number,
  out: Float64Array,
  at: number,
): void {
  const [p0, p1, p2] = [left[c] as number, left[c + 1] as number, (left[c + 2] as number) / 2];
  const rise = (right[c] as number) - p0 - p1 - p2;
  const turn = (right[c + 1] as number) - p1 - 2 * p2;
  const bend = (right[c + 2] as number) - 2 * p2;
  out[at] = p0;
  out[at + 1] = p1;
  out[at + 2] = p2;
  out[at + 3] = 10 * rise - 4 * turn + bend / 2;
  out[at + 4] = -15 * rise + 7 * turn - bend;
  out[at + 5] = 6 * rise - 3 * turn + bend / 2;
}

export function quintic(p: Float64Array, at: number, t: number): number {
  return (
    (p[at] as number) +
    t *
      ((p[at + 1] as number) +
        t *
          ((p[at + 2] as number) +
            t * ((p[at + 3] as number) + t * ((p[at + 4] as number) + t * (p[at + 5] as number)))))
  );
}

/** d/dt of the same. */
export function quinticSlope(p: Float64Array, at: number, t: number): number {
  return (
    (p[at + 1] as number) +
    t *
      (2 * (p[at + 2] as number) +
        t * (3 * (p[at + 3] as number) + t * (4 * (p[at + 4] as number) + 5 * t * (p[at + 5] as number))))
  );
}
