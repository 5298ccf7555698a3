/**
 * Phase unwrapping in two dimensions: the samples are joined along a path that crosses the most reliable places
 * first (after M. A. Herráez et al., Appl. Opt. 41, 7437 (2002), with the second differences as the measure).
 */

const wrapped = (phase: number): number => phase - 2 * Math.PI * Math.round(phase / (2 * Math.PI));

/**
 * Where `weight` is positive, the phase without jumps of 2π, zero at the first and most reliable sample's own value;
 * elsewhere not a number. Parts that do not touch are unwrapped each for itself.
 * @param phase radians, [rows, columns]
 */
export function unwrapPhase(
  phase: ArrayLike<number>,
  weight: ArrayLike<number>,
  rows: number,
  columns: number,
): Float64Array {
  const count = rows * columns;
  const lit = (i: number): boolean => (weight[i] as number) > 0;
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  /** Turns to be added to a sample, relative to its parent. */
  const turns = new Int32Array(count);
  const size = new Int32Array(count).fill(1);
  const root = (start: number): number => {
    let [top, sum] = [start, 0];
    while (parent[top] !== top) {
      sum += turns[top] as number;
      top = parent[top] as number;
    }
    // Everything on the way is hung directly below the root.
    for (let i = start; i !== top; ) {
      const next = parent[i] as number;
      const own = turns[i] as number;
      parent[i] = top;
      turns[i] = sum;
      sum -= own;
      i = next;
    }
    return top;
  };
  for (const edge of sortedEdges(phase, lit, rows, columns)) {
    const a = edge >> 1;
    const b = edge & 1 ? a + columns : a + 1;
    const [ra, rb] = [root(a), root(b)];
    if (ra === rb) continue;
    const difference = (phase[b] as number) - (phase[a] as number);
    const between = Math.round((wrapped(difference) - difference) / (2 * Math.PI));
    const turnsOfA = a === ra ? 0 : (turns[a] as number);
    const turnsOfB = b === rb ? 0 : (turns[b] as number);
    const shift = turnsOfA + between - turnsOfB;
    if ((size[ra] as number) >= (size[rb] as number)) {
      parent[rb] = ra;
      turns[rb] = shift;
      size[ra] = (size[ra] as number) + (size[rb] as number);
    } else {
      parent[ra] = rb;
      turns[ra] = -shift;
      size[rb] = (size[ra] as number) + (size[rb] as number);
    }
  }
  return Float64Array.from({ length: count }, (_, i) => {
    if (!lit(i)) return Number.NaN;
    const r = root(i);
    return (phase[i] as number) + 2 * Math.PI * (i === r ? 0 : (turns[i] as number));
  });
}

/** Edges between lit neighbours (2i to the right of sample i, 2i + 1 below it), the most reliable first. */
function sortedEdges(
  phase: ArrayLike<number>,
  lit: (i: number) => boolean,
  rows: number,
  columns: number,
): Int32Array {
  const count = rows * columns;
  const bend = (a: number, i: number, b: number): number => {
    if (!lit(a) || !lit(b)) return Math.PI;
    const at = phase[i] as number;
    return wrapped((phase[a] as number) - at) + wrapped((phase[b] as number) - at);
  };
  const roughness = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const horizontal = column > 0 && column < columns - 1 ? bend(i - 1, i, i + 1) : Math.PI;
    const vertical = row > 0 && row < rows - 1 ? bend(i - columns, i, i + columns) : Math.PI;
    roughness[i] = horizontal * horizontal + vertical * vertical;
  }
  const edges: number[] = [];
  for (let i = 0; i < count; i++) {
    if (!lit(i)) continue;
    if ((i + 1) % columns !== 0 && lit(i + 1)) edges.push(2 * i);
    if (i + columns < count && lit(i + columns)) edges.push(2 * i + 1);
  }
  const costs = new Float64Array(2 * count);
  for (const edge of edges) {
    const i = edge >> 1;
    costs[edge] = (roughness[i] as number) + (roughness[edge & 1 ? i + columns : i + 1] as number);
  }
  return Int32Array.from(edges).sort((a, b) => (costs[a] as number) - (costs[b] as number));
}
