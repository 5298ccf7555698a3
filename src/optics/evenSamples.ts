/** Samples of functions that are the same for ±x, ±y and with x and y exchanged: one eighth is computed. */

/** Side of the table that holds orders 0 to floor(n/2). */
export function foldedSide(n: number): number {
  return Math.floor(n / 2) + 1;
}

/**
 * Spreads a table of orders over the plane: sample (row, column) of [n, n], origin at floor(n/2), is the entry
 * (larger, smaller) of the absolute orders.
 * @param folded [side, side] (times `reals`), side = `foldedSide(n)`; only entries (a, b) with b ≤ a are read
 * @param reals numbers per sample: 1, or 2 for interleaved complex samples
 */
export function unfold(folded: Float64Array, n: number, reals: 1 | 2): Float64Array {
  const side = foldedSide(n);
  const centre = side - 1;
  const width = reals * n;
  const plane = new Float64Array(width * n);
  for (let a = 0; a < side; a++) {
    const row = width * (centre - a);
    for (let b = 0; b < side; b++) {
      const from = reals * (a >= b ? a * side + b : b * side + a);
      const left = row + reals * (centre - b);
      const right = row + reals * (centre + b);
      const isInside = centre + b < n;
      for (let part = 0; part < reals; part++) {
        const value = folded[from + part] as number;
        plane[left + part] = value;
        if (isInside) plane[right + part] = value;
      }
    }
    if (centre + a < n) plane.copyWithin(width * (centre + a), row, row + width);
  }
  return plane;
}
