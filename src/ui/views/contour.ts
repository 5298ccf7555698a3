/** The line at half the height of an image, for drawing it over another. Pure. */

/** Ends of straight pieces, x0 y0 x1 y1 of each, in columns and rows: marching squares (Lorensen and Cline, one plane). */
export function halfHeightLine(
  data: ArrayLike<number>,
  [ny, nx]: readonly [ny: number, nx: number],
): Float64Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < ny * nx; i++) {
    low = Math.min(low, data[i] as number);
    high = Math.max(high, data[i] as number);
  }
  const level = (low + high) / 2;
  const pieces: number[] = [];
  if (!(high > low)) return Float64Array.from(pieces);
  for (let y = 0; y + 1 < ny; y++) {
    for (let x = 0; x + 1 < nx; x++) {
      const at = (dx: number, dy: number) => (data[(y + dy) * nx + x + dx] as number) - level;
      const [a, b, c, d] = [at(0, 0), at(1, 0), at(1, 1), at(0, 1)];
      const cuts: number[] = [];
      const cut = (p: number, q: number, px: number, py: number, dx: number, dy: number) => {
        if (p < 0 === q < 0) return;
        const share = p / (p - q);
        cuts.push(px + share * dx, py + share * dy);
      };
      cut(a, b, x, y, 1, 0);
      cut(b, c, x + 1, y, 0, 1);
      cut(d, c, x, y + 1, 1, 0);
      cut(a, d, x, y, 0, 1);
      // Two or four: a saddle is cut twice.
      for (let i = 0; i + 3 < cuts.length; i += 4) pieces.push(...cuts.slice(i, i + 4));
    }
  }
  return Float64Array.from(pieces);
}
