/** Where the previews of a frame lie on their common surface. */

export interface Shelves {
  readonly width: number;
  readonly height: number;
  /** Upper left pixel of each tile. */
  readonly tiles: readonly { readonly x: number; readonly y: number }[];
}

/** Surfaces have sides of whole multiples of this, so that they seldom change their size. */
const STEP = 64;

const rounded = (length: number): number => STEP * Math.ceil(length / STEP);

/**
 * Tiles [ny, nx] in rows, in the order given; a row is as high as its highest tile.
 * @param widest a row ends before this many pixels, unless one tile alone is wider
 */
export function shelve(shapes: readonly (readonly [number, number])[], widest: number): Shelves {
  let [x, y, rowHeight, width] = [0, 0, 0, 0];
  const tiles = shapes.map(([ny, nx]) => {
    if (x > 0 && x + nx > widest) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const tile = { x, y };
    x += nx;
    rowHeight = Math.max(rowHeight, ny);
    width = Math.max(width, x);
    return tile;
  });
  return { width: rounded(width), height: rounded(y + rowHeight), tiles };
}
