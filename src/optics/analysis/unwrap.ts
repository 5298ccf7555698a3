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
  const lit = Uint8Array.from(weight, (each) => (each > 0 ? 1 : 0));
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  /** Turns to be added to a sample, relative to its parent. */
  const turns = new Int32Array(count);
  const size = new Int32Array(count).fill(1);
  const root = (start: number): number => {
    let top = start;
    let sum = 0;
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
    const ra = root(a);
    const rb = root(b);
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
  const found = new Float64Array(count).fill(Number.NaN);
  for (let i = 0; i < count; i++) {
    if (lit[i]) found[i] = (phase[i] as number) + 2 * Math.PI * (i === root(i) ? 0 : (turns[i] as number));
  }
  return found;
}

/**
 * Edges between lit neighbours (2i to the right of sample i, 2i + 1 below it), the most reliable first: in the order
 * of the roughness of their two ends.
 */
function sortedEdges(phase: ArrayLike<number>, lit: Uint8Array, rows: number, columns: number): Int32Array {
  const count = rows * columns;
  const roughness = roughnessOf(phase, lit, rows, columns);
  const edges = new Int32Array(2 * count);
  const costs = new Float32Array(2 * count);
  let found = 0;
  const add = (edge: number, a: number, b: number): void => {
    edges[found] = edge;
    costs[found] = (roughness[a] as number) + (roughness[b] as number);
    found++;
  };
  for (let i = 0; i < count; i++) {
    if (!lit[i]) continue;
    if ((i + 1) % columns !== 0 && lit[i + 1]) add(2 * i, i, i + 1);
    if (i + columns < count && lit[i + columns]) add(2 * i + 1, i, i + columns);
  }
  return byKey(edges.subarray(0, found), costs.subarray(0, found));
}

/** Squares of the second differences of the phase through each sample; a neighbour that is missing counts as π. */
function roughnessOf(phase: ArrayLike<number>, lit: Uint8Array, rows: number, columns: number): Float64Array {
  const bend = (a: number, i: number, b: number): number => {
    if (!lit[a] || !lit[b]) return Math.PI;
    const at = phase[i] as number;
    return wrapped((phase[a] as number) - at) + wrapped((phase[b] as number) - at);
  };
  const roughness = new Float64Array(rows * columns);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      if (!lit[i]) continue;
      const horizontal = column > 0 && column < columns - 1 ? bend(i - 1, i, i + 1) : Math.PI;
      const vertical = row > 0 && row < rows - 1 ? bend(i - columns, i, i + columns) : Math.PI;
      roughness[i] = horizontal * horizontal + vertical * vertical;
    }
  }
  return roughness;
}

const BUCKETS = 1 << 16;

/**
 * The entries in the order of their keys, which are not negative, to 1 %: entries that differ less keep their order.
 * The upper half of a float32's bits (exponent and seven digits) grows with it and is the number of its bucket.
 */
function byKey(entries: Int32Array, keys: Float32Array): Int32Array {
  const bits = new Uint32Array(keys.buffer, keys.byteOffset, keys.length);
  const starts = new Uint32Array(BUCKETS + 1);
  for (const each of bits) starts[(each >>> 16) + 1] = (starts[(each >>> 16) + 1] as number) + 1;
  for (let k = 1; k < BUCKETS; k++) starts[k] = (starts[k] as number) + (starts[k - 1] as number);
  const sorted = new Int32Array(entries.length);
  for (let i = 0; i < entries.length; i++) {
    const bucket = (bits[i] as number) >>> 16;
    const at = starts[bucket] as number;
    sorted[at] = entries[i] as number;
    starts[bucket] = at + 1;
  }
  return sorted;
}
