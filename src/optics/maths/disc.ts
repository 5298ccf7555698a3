/**
 * Exact overlap of a disc with the square cells of a sampled grid: weights that make a hard pupil edge
 * second-order accurate and differentiable in its radius and position.
 */

/** Overlap per cell and its derivatives, each of shape [ny, nx]. */
export interface DiscOverlap {
  /** Share of the cell's area inside the disc, in [0, 1]. */
  readonly coverage: Float64Array;
  /** d coverage / d radius: the length of arc inside the cell. */
  readonly byRadius: Float64Array;
  /** d coverage / d centre, along rows (y) and columns (x). */
  readonly byCentreY: Float64Array;
  readonly byCentreX: Float64Array;
}

/** Area, arc length and the arc's extents, accumulated over the parts of one cell. */
interface Overlap {
  area: number;
  arc: number;
  acrossX: number;
  acrossY: number;
}

/** phi - sin(phi) for phi >= 0, by its series where the difference would cancel. */
function angleMinusSine(phi: number): number {
  if (phi > 0.5) return phi - Math.sin(phi);
  const p = phi * phi;
  return ((phi * p) / 6) * (1 - (p / 20) * (1 - (p / 42) * (1 - (p / 72) * (1 - (p / 110) * (1 - p / 156)))));
}

/**
 * Adds the overlap of the disc of radius r about the origin with [x0, x1] x [y0, y1], 0 <= x0, 0 <= y0:
 * a rectangle where the arc passes above, then a trapezium under the chord of the arc plus the segment
 * between chord and arc. No large areas are subtracted, so the error is about 1e-16 r per cell.
 */
function addQuadrantOverlap(
  x0: number,
  x1: number,
  y0: number,
  y1: number,
  r: number,
  signX: number,
  signY: number,
  sum: Overlap,
): void {
  if (x1 <= x0 || y1 <= y0 || x0 * x0 + y0 * y0 >= r * r) return;
  if (x1 * x1 + y1 * y1 <= r * r) {
    sum.area += (x1 - x0) * (y1 - y0);
    return;
  }
  const fullUntil = y1 < r ? Math.sqrt((r - y1) * (r + y1)) : 0;
  const emptyFrom = y0 < r ? Math.sqrt((r - y0) * (r + y0)) : 0;
  const from = Math.min(x1, Math.max(x0, fullUntil));
  const to = Math.max(from, Math.min(x1, emptyFrom));
  // Where an end was set by an edge in y, its height is that edge's, free of rounding.
  const top = from === fullUntil && y1 < r ? y1 : Math.sqrt((r - from) * (r + from));
  const bottom = to === emptyFrom ? y0 : Math.sqrt((r - to) * (r + to));
  sum.area += (from - x0) * (y1 - y0);
  sum.area += (to - from) * ((top + bottom) / 2 - y0);
  const chord = Math.hypot(to - from, top - bottom);
  const angle = 2 * Math.asin(Math.min(1, chord / (2 * r)));
  sum.area += 0.5 * r * r * angleMinusSine(angle);
  sum.arc += r * angle;
  sum.acrossX += signX * (top - bottom);
  sum.acrossY += signY * (to - from);
}

/** Overlap of the disc of radius r about the origin with a rectangle, split at the axes and mirrored. */
function addOverlap(x0: number, x1: number, y0: number, y1: number, r: number, sum: Overlap): void {
  const [right0, right1, left0, left1] = [
    Math.max(x0, 0),
    Math.max(x1, 0),
    Math.max(-x1, 0),
    Math.max(-x0, 0),
  ];
  const [down0, down1, up0, up1] = [Math.max(y0, 0), Math.max(y1, 0), Math.max(-y1, 0), Math.max(-y0, 0)];
  addQuadrantOverlap(right0, right1, down0, down1, r, 1, 1, sum);
  addQuadrantOverlap(left0, left1, down0, down1, r, -1, 1, sum);
  addQuadrantOverlap(right0, right1, up0, up1, r, 1, -1, sum);
  addQuadrantOverlap(left0, left1, up0, up1, r, -1, -1, sum);
}

function visitCells(
  shape: readonly [ny: number, nx: number],
  centre: readonly [y: number, x: number],
  radius: number,
  store: (index: number, overlap: Readonly<Overlap>) => void,
): void {
  if (!(radius >= 0 && Number.isFinite(radius))) {
    throw new RangeError(`The radius of a disc must be finite and not negative, not ${radius}.`);
  }
  const [ny, nx] = shape;
  const reach = radius + Math.SQRT1_2;
  const inner = radius - Math.SQRT1_2;
  for (let i = 0; i < ny; i++) {
    const y = i - centre[0];
    for (let j = 0; j < nx; j++) {
      const x = j - centre[1];
      const distance = Math.hypot(x, y);
      if (distance >= reach) continue;
      const overlap: Overlap = { area: 0, arc: 0, acrossX: 0, acrossY: 0 };
      if (distance <= inner) overlap.area = 1;
      else addOverlap(x - 0.5, x + 0.5, y - 0.5, y + 0.5, radius, overlap);
      store(i * nx + j, overlap);
    }
  }
}

/**
 * Share of every cell's area inside a disc, shape [ny, nx]. Cell (i, j) is the unit square about row i and
 * column j; the centre [y, x] and the radius are in samples. Exact up to rounding: if the disc lies inside the
 * grid the sum is pi radius^2.
 */
export function discCoverage(
  shape: readonly [ny: number, nx: number],
  centre: readonly [y: number, x: number],
  radius: number,
): Float64Array {
  const coverage = new Float64Array(shape[0] * shape[1]);
  visitCells(shape, centre, radius, (index, overlap) => {
    coverage[index] = Math.min(1, overlap.area);
  });
  return coverage;
}

/** `discCoverage` with its exact derivatives with respect to the radius and the centre (per sample). */
export function discOverlap(
  shape: readonly [ny: number, nx: number],
  centre: readonly [y: number, x: number],
  radius: number,
): DiscOverlap {
  const cells = shape[0] * shape[1];
  const result = {
    coverage: new Float64Array(cells),
    byRadius: new Float64Array(cells),
    byCentreY: new Float64Array(cells),
    byCentreX: new Float64Array(cells),
  };
  visitCells(shape, centre, radius, (index, overlap) => {
    result.coverage[index] = Math.min(1, overlap.area);
    result.byRadius[index] = overlap.arc;
    result.byCentreY[index] = overlap.acrossY;
    result.byCentreX[index] = overlap.acrossX;
  });
  return result;
}
