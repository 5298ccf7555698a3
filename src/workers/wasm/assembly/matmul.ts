/**
 * Complex matrix product, planar inside: both operands are packed into panels so that the inner loop reads
 * memory in order whatever the transposition. conj(A)·B is computed as conj(A·conj(B)).
 */
import { give, given, itemsOf, ownPart, ownVectors, run, threadCount, turnsOf } from './parallel';
import { add, lanesOf, loadSplat, mul, neg, splat, sub } from './vector';

/** Inner dimension per block: one column panel and one row panel stay in the first-level cache. */
// @ts-ignore: decorator
@inline
const DEPTH: usize = 256;
// @ts-ignore: decorator
@inline
const ROWS: usize = 4;

/** Packs `depth` x `rows` of A into panels of four rows: [panel][k][row][re, im]; missing rows are zero. */
function packRows(
  a: usize,
  rowStep: usize,
  depthStep: usize,
  rows: usize,
  depth: usize,
  to: usize,
): void {
  for (let row: usize = 0; row < rows; row += ROWS, to += depth * ROWS * 8) {
    for (let r: usize = 0; r < ROWS; r++) {
      let out = to + r * 8;
      if (row + r < rows) {
        let from = a + (row + r) * rowStep;
        for (let k: usize = 0; k < depth; k++, from += depthStep, out += ROWS * 8) {
          store<u64>(out, load<u64>(from));
        }
      } else {
        for (let k: usize = 0; k < depth; k++, out += ROWS * 8) store<u64>(out, 0);
      }
    }
  }
}

/** Packs one panel of B: `width` columns (at most the lanes of V), [k][re of lanes][im of lanes]. */
function packColumns<V>(
  b: usize,
  depthStep: usize,
  columnStep: usize,
  width: usize,
  depth: usize,
  conjugate: bool,
  to: usize,
): void {
  const unit: usize = 2 * sizeof<V>();
  if (isVector<V>() && width == 4 && columnStep == 8) {
    const flip = f32x4.splat(conjugate ? -1 : 1);
    for (let k: usize = 0; k < depth; k++, b += depthStep, to += unit) {
      const low = v128.load(b);
      const high = v128.load(b, 16);
      v128.store(to, i32x4.shuffle(low, high, 0, 2, 4, 6));
      v128.store(to, f32x4.mul(flip, i32x4.shuffle(low, high, 1, 3, 5, 7)), 16);
    }
    return;
  }
  const sign: f32 = conjugate ? -1 : 1;
  for (let k: usize = 0; k < depth; k++, b += depthStep, to += unit) {
    store<V>(to, splat<V>(0));
    store<V>(to, splat<V>(0), sizeof<V>());
    for (let lane: usize = 0; lane < width; lane++) {
      store<f32>(to + (lane << 2), load<f32>(b + lane * columnStep));
      store<f32>(to + (lane << 2), sign * load<f32>(b + lane * columnStep, 4), sizeof<V>());
    }
  }
}

/** Writes or adds one row of a tile, of which `width` columns exist. */
// @ts-ignore: decorator
@inline
function storeRow<V>(to: usize, re: V, im: V, width: usize, accumulate: bool): void {
  if (isVector<V>() && width == 4) {
    let low = i32x4.shuffle(re, im, 0, 4, 1, 5);
    let high = i32x4.shuffle(re, im, 2, 6, 3, 7);
    if (accumulate) {
      low = f32x4.add(low, v128.load(to));
      high = f32x4.add(high, v128.load(to, 16));
    }
    v128.store(to, low);
    v128.store(to, high, 16);
    return;
  }
  const own = ownVectors();
  store<V>(own, re);
  store<V>(own, im, sizeof<V>());
  for (let lane: usize = 0; lane < width; lane++, to += 8) {
    let r = load<f32>(own + (lane << 2));
    let i = load<f32>(own + (lane << 2), sizeof<V>());
    if (accumulate) {
      r += load<f32>(to);
      i += load<f32>(to, 4);
    }
    store<f32>(to, r);
    store<f32>(to, i, 4);
  }
}

/** Four rows by one panel of columns. */
function tile<V>(
  a: usize,
  b: usize,
  depth: usize,
  to: usize,
  rowBytes: usize,
  rows: usize,
  width: usize,
  conjugate: bool,
  accumulate: bool,
): void {
  const unit: usize = 2 * sizeof<V>();
  let r0 = splat<V>(0);
  let i0 = splat<V>(0);
  let r1 = splat<V>(0);
  let i1 = splat<V>(0);
  let r2 = splat<V>(0);
  let i2 = splat<V>(0);
  let r3 = splat<V>(0);
  let i3 = splat<V>(0);
  for (const end = b + depth * unit; b < end; b += unit, a += ROWS * 8) {
    const br = load<V>(b);
    const bi = load<V>(b, sizeof<V>());
    let ar = loadSplat<V>(a);
    let ai = loadSplat<V>(a + 4);
    r0 = sub<V>(add<V>(r0, mul<V>(ar, br)), mul<V>(ai, bi));
    i0 = add<V>(add<V>(i0, mul<V>(ar, bi)), mul<V>(ai, br));
    ar = loadSplat<V>(a + 8);
    ai = loadSplat<V>(a + 12);
    r1 = sub<V>(add<V>(r1, mul<V>(ar, br)), mul<V>(ai, bi));
    i1 = add<V>(add<V>(i1, mul<V>(ar, bi)), mul<V>(ai, br));
    ar = loadSplat<V>(a + 16);
    ai = loadSplat<V>(a + 20);
    r2 = sub<V>(add<V>(r2, mul<V>(ar, br)), mul<V>(ai, bi));
    i2 = add<V>(add<V>(i2, mul<V>(ar, bi)), mul<V>(ai, br));
    ar = loadSplat<V>(a + 24);
    ai = loadSplat<V>(a + 28);
    r3 = sub<V>(add<V>(r3, mul<V>(ar, br)), mul<V>(ai, bi));
    i3 = add<V>(add<V>(i3, mul<V>(ar, bi)), mul<V>(ai, br));
  }
  if (conjugate) {
    i0 = neg<V>(i0);
    i1 = neg<V>(i1);
    i2 = neg<V>(i2);
    i3 = neg<V>(i3);
  }
  storeRow<V>(to, r0, i0, width, accumulate);
  if (rows > 1) storeRow<V>(to + rowBytes, r1, i1, width, accumulate);
  if (rows > 2) storeRow<V>(to + 2 * rowBytes, r2, i2, width, accumulate);
  if (rows > 3) storeRow<V>(to + 3 * rowBytes, r3, i3, width, accumulate);
}

function product<V>(
  a: usize,
  aRowStep: usize,
  aDepthStep: usize,
  b: usize,
  bDepthStep: usize,
  bColumnStep: usize,
  to: usize,
  rowBytes: usize,
  rows: usize,
  depth: usize,
  columns: usize,
  conjugateA: bool,
  conjugateB: bool,
  work: usize,
): void {
  const lanes = lanesOf<V>();
  const panelA = (depth < DEPTH ? depth : DEPTH) * ROWS * 8;
  const packedA = work + DEPTH * 2 * sizeof<V>();
  for (let k: usize = 0; k < depth; k += DEPTH) {
    const block = depth - k < DEPTH ? depth - k : DEPTH;
    packRows(a + k * aDepthStep, aRowStep, aDepthStep, rows, block, packedA);
    const blockPanel = block < DEPTH ? block * ROWS * 8 : panelA;
    for (let column: usize = 0; column < columns; column += lanes) {
      const width = columns - column < lanes ? columns - column : lanes;
      const from = b + k * bDepthStep + column * bColumnStep;
      packColumns<V>(from, bDepthStep, bColumnStep, width, block, conjugateA != conjugateB, work);
      let panel = packedA;
      for (let row: usize = 0; row < rows; row += ROWS, panel += blockPanel) {
        const out = to + row * rowBytes + column * 8;
        tile<V>(panel, work, block, out, rowBytes, rows - row, width, conjugateA, k > 0);
      }
    }
  }
}

/** Products of a turn: less is not worth sharing. */
// @ts-ignore: decorator
@inline
const LEAST_PRODUCTS: usize = 32768;

/** Bytes of work space that `matmul` needs. */
export function matmulWorkBytes(rows: usize, depth: usize): usize {
  return threadCount() * partBytes(rows, depth);
}

// @ts-ignore: decorator
@inline
function partBytes(rows: usize, depth: usize): usize {
  const block = depth < DEPTH ? depth : DEPTH;
  return DEPTH * 32 + ((rows + ROWS - 1) / ROWS) * ROWS * block * 8;
}

/** Rows or columns per turn: four turns for each thread unless they were too small, in whole panels. */
// @ts-ignore: decorator
@inline
function perTurn(count: usize, others: usize): usize {
  const threads = threadCount();
  if (threads == 1) return count;
  const even = count / (4 * threads);
  const least = LEAST_PRODUCTS / others;
  return ((even > least ? even : least) & ~3) + 4;
}

/**
 * One product C = A·B of complex float32, C row-major [rows, columns]. Steps are in bytes between
 * neighbours along the named axis, so that transposed operands only exchange two steps.
 */
export function matmul(
  a: usize,
  aRowStep: usize,
  aDepthStep: usize,
  b: usize,
  bDepthStep: usize,
  bColumnStep: usize,
  to: usize,
  rows: usize,
  depth: usize,
  columns: usize,
  conjugateA: bool,
  conjugateB: bool,
  work: usize,
): void {
  // Every thread packs what it reads of A: the longer side is shared out, so that it packs little.
  const byRows = rows > columns;
  const count = byRows ? perTurn(rows, columns * depth) : perTurn(columns, rows * depth);
  give<usize>(0, a);
  give<usize>(1, aRowStep);
  give<usize>(2, aDepthStep);
  give<usize>(3, b);
  give<usize>(4, bDepthStep);
  give<usize>(5, bColumnStep);
  give<usize>(6, to);
  give<usize>(7, rows);
  give<usize>(8, depth);
  give<usize>(9, columns);
  give<u32>(10, (conjugateA ? 1 : 0) | (conjugateB ? 2 : 0) | (byRows ? 4 : 0));
  give<usize>(11, work);
  give<usize>(12, count);
  run(productTurn, turnsOf(byRows ? rows : columns, count));
}

/** Some rows or some columns of the product. */
function productTurn(turn: usize): void {
  let a = given<usize>(0);
  let b = given<usize>(3);
  let to = given<usize>(6);
  let rows = given<usize>(7);
  const depth = given<usize>(8);
  let columns = given<usize>(9);
  const flags = given<u32>(10);
  const work = ownPart(given<usize>(11), partBytes(rows, depth));
  const count = given<usize>(12);
  const first = turn * count;
  const rowBytes = columns << 3;
  if ((flags & 4) != 0) {
    a += first * given<usize>(1);
    to += first * rowBytes;
    rows = itemsOf(turn, count, rows);
  } else {
    b += first * given<usize>(5);
    to += first << 3;
    columns = itemsOf(turn, count, columns);
  }
  const conjugateA = (flags & 1) != 0;
  const conjugateB = (flags & 2) != 0;
  if (ASC_FEATURE_SIMD) {
    product<v128>(a, given<usize>(1), given<usize>(2), b, given<usize>(4), given<usize>(5), to, rowBytes, rows, depth, columns, conjugateA, conjugateB, work);
  } else {
    product<f32>(a, given<usize>(1), given<usize>(2), b, given<usize>(4), given<usize>(5), to, rowBytes, rows, depth, columns, conjugateA, conjugateB, work);
  }
}
