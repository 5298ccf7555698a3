/**
 * Sums and linear combinations. Long sums run in float64, over blocks of a fixed size whose partial sums are then
 * added in order, so that the result does not depend on the number of threads.
 */
import { give, given, itemsOf, ownPartials, RANGE, run, turnsOf } from './parallel';

/** Columns whose partial sums are kept at a time: 4 KB of float64. */
// @ts-ignore: decorator
@inline
const BLOCK: usize = 512;

/** Samples per partial sum of a long sum. */
// @ts-ignore: decorator
@inline
const SUM_BLOCK: usize = 8192;

/** Sum of n contiguous reals. */
// @ts-ignore: decorator
@inline
function sumRun(from: usize, n: usize): f64 {
  let total: f64 = 0;
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (; i + 4 <= n; i += 4, from += 16) {
      const x = v128.load(from);
      s0 = f64x2.add(s0, f64x2.promote_low_f32x4(x));
      s1 = f64x2.add(s1, f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0)));
    }
    const s = f64x2.add(s0, s1);
    total = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  }
  for (; i < n; i++, from += 4) total += load<f32>(from) as f64;
  return total;
}

/** Adds n reals to the float64 partial sums. */
// @ts-ignore: decorator
@inline
function addToPartials(from: usize, n: usize, to: usize): void {
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 4 <= n; i += 4, from += 16, to += 32) {
      const x = v128.load(from);
      v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(x)));
      const high = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0));
      v128.store(to, f64x2.add(v128.load(to, 16), high), 16);
    }
  }
  for (; i < n; i++, from += 4, to += 8) store<f64>(to, load<f64>(to) + (load<f32>(from) as f64));
}

/** Bytes of work space that `sumMiddle` needs. */
export function sumWorkBytes(outer: usize, length: usize, inner: usize): usize {
  return inner > 2 || length <= SUM_BLOCK ? 0 : outer * turnsOf(length, SUM_BLOCK) * inner * 8;
}

/** [outer, length, inner] reals summed over the middle axis → [outer, inner]. */
export function sumMiddle(from: usize, to: usize, outer: usize, length: usize, inner: usize, work: usize): void {
  give<usize>(0, from);
  give<usize>(1, to);
  give<usize>(2, outer);
  give<usize>(3, length);
  give<usize>(4, inner);
  give<usize>(5, work);
  const samples = length * inner;
  const perTurn: usize = samples < RANGE ? RANGE / samples : 1;
  give<usize>(6, perTurn);
  if (inner > 2) {
    if (inner < 2 * BLOCK) run(fewColumnsTurn, turnsOf(outer, perTurn));
    else run(columnsTurn, outer * turnsOf(inner, BLOCK));
  } else if (length <= SUM_BLOCK) {
    run(shortSumsTurn, turnsOf(outer, perTurn));
  } else {
    const blocks = turnsOf(length, SUM_BLOCK);
    run(blockTurn, outer * blocks);
    for (let o: usize = 0; o < outer; o++) {
      for (let part: usize = 0; part < inner; part++) {
        let total: f64 = 0;
        for (let i: usize = 0; i < blocks; i++) {
          total += load<f64>(work + ((((o * blocks + i) * inner) + part) << 3));
        }
        store<f32>(to + ((o * inner + part) << 2), total as f32);
      }
    }
  }
}

/** Rows that are summed down each column; more are summed row by row into partial sums, in the order of memory. */
// @ts-ignore: decorator
@inline
const FEW_ROWS: usize = 32;

/** Sums `length` rows of n neighbouring values, `rowBytes` apart. */
function sumColumns(from: usize, rowBytes: usize, length: usize, n: usize, to: usize): void {
  if (length <= FEW_ROWS) {
    sumDown(from, rowBytes, length, n, to);
    return;
  }
  const partials = ownPartials();
  memory.fill(partials, 0, n << 3);
  for (let r: usize = 0; r < length; r++) addToPartials(from + r * rowBytes, n, partials);
  for (let i: usize = 0; i < n; i++) store<f32>(to + (i << 2), load<f64>(partials + (i << 3)) as f32);
}

function sumDown(from: usize, rowBytes: usize, length: usize, n: usize, to: usize): void {
  const all = rowBytes * length;
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 4 <= n; i += 4, from += 16, to += 16) {
      let low = f64x2.splat(0);
      let high = f64x2.splat(0);
      for (let at = from; at < from + all; at += rowBytes) {
        const x = v128.load(at);
        low = f64x2.add(low, f64x2.promote_low_f32x4(x));
        high = f64x2.add(high, f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0)));
      }
      v128.store(to, i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
    }
  }
  for (; i < n; i++, from += 4, to += 4) {
    let total: f64 = 0;
    for (let at = from; at < from + all; at += rowBytes) total += load<f32>(at) as f64;
    store<f32>(to, total as f32);
  }
}

function columnsOf(o: usize, first: usize): void {
  const length = given<usize>(3);
  const inner = given<usize>(4);
  const from = given<usize>(0) + ((o * length * inner + first) << 2);
  const n = inner - first < BLOCK ? inner - first : BLOCK;
  sumColumns(from, inner << 2, length, n, given<usize>(1) + ((o * inner + first) << 2));
}

function columnsTurn(turn: usize): void {
  const blocks = turnsOf(given<usize>(4), BLOCK);
  columnsOf(turn / blocks, (turn % blocks) * BLOCK);
}

function fewColumnsTurn(turn: usize): void {
  const perTurn = given<usize>(6);
  const inner = given<usize>(4);
  const first = turn * perTurn;
  const end = first + itemsOf(turn, perTurn, given<usize>(2));
  for (let o = first; o < end; o++) {
    for (let start: usize = 0; start < inner; start += BLOCK) columnsOf(o, start);
  }
}

function shortSumsTurn(turn: usize): void {
  const perTurn = given<usize>(6);
  const length = given<usize>(3);
  const pairs = given<usize>(4) == 2;
  const shift: usize = pairs ? 3 : 2;
  const first = turn * perTurn;
  let from = given<usize>(0) + ((first * length) << shift);
  let to = given<usize>(1) + (first << shift);
  for (let left = itemsOf(turn, perTurn, given<usize>(2)); left > 0; left--) {
    if (pairs) {
      sumPairs(from, length);
      store<f32>(to, pairRe as f32);
      store<f32>(to, pairIm as f32, 4);
    } else {
      store<f32>(to, sumRun(from, length) as f32);
    }
    from += length << shift;
    to += (1 as usize) << shift;
  }
}

function blockTurn(turn: usize): void {
  const length = given<usize>(3);
  const blocks = turnsOf(length, SUM_BLOCK);
  const pairs = given<usize>(4) == 2;
  const shift: usize = pairs ? 3 : 2;
  const o = turn / blocks;
  const block = turn % blocks;
  const from = given<usize>(0) + ((o * length + block * SUM_BLOCK) << shift);
  const n = itemsOf(block, SUM_BLOCK, length);
  const to = given<usize>(5) + (turn << (shift + 1));
  if (pairs) {
    sumPairs(from, n);
    store<f64>(to, pairRe);
    store<f64>(to, pairIm, 8);
  } else {
    store<f64>(to, sumRun(from, n));
  }
}

/** Result of sumPairs. */
let pairRe: f64 = 0;
let pairIm: f64 = 0;

/** Sums n pairs part by part: the full sum of a complex array. */
function sumPairs(from: usize, n: usize): void {
  let re: f64 = 0;
  let im: f64 = 0;
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (; i + 2 <= n; i += 2, from += 16) {
      const x = v128.load(from);
      s0 = f64x2.add(s0, f64x2.promote_low_f32x4(x));
      s1 = f64x2.add(s1, f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0)));
    }
    const s = f64x2.add(s0, s1);
    re = f64x2.extract_lane(s, 0);
    im = f64x2.extract_lane(s, 1);
  }
  for (; i < n; i++, from += 8) {
    re += load<f32>(from) as f64;
    im += load<f32>(from, 4) as f64;
  }
  pairRe = re;
  pairIm = im;
}

/** Samples per block of `combine`: the block of results stays in the first-level cache. */
// @ts-ignore: decorator
@inline
const COMBINE_BLOCK: usize = 2048;

/** to += c0·b0 + c1·b1 + c2·b2 + c3·b3 over n samples; b's are `stride` bytes apart. */
function addFour(to: usize, b: usize, stride: usize, c: usize, n: usize): void {
  const c0 = load<f32>(c);
  const c1 = load<f32>(c, 4);
  const c2 = load<f32>(c, 8);
  const c3 = load<f32>(c, 12);
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const v0 = f32x4.splat(c0);
    const v1 = f32x4.splat(c1);
    const v2 = f32x4.splat(c2);
    const v3 = f32x4.splat(c3);
    for (; i + 4 <= n; i += 4, b += 16, to += 16) {
      const far = b + 2 * stride;
      const low = f32x4.add(f32x4.mul(v0, v128.load(b)), f32x4.mul(v1, v128.load(b + stride)));
      const high = f32x4.add(f32x4.mul(v2, v128.load(far)), f32x4.mul(v3, v128.load(far + stride)));
      v128.store(to, f32x4.add(v128.load(to), f32x4.add(low, high)));
    }
  }
  for (; i < n; i++, b += 4, to += 4) {
    const far = b + 2 * stride;
    const low = c0 * load<f32>(b) + c1 * load<f32>(b + stride);
    const high = c2 * load<f32>(far) + c3 * load<f32>(far + stride);
    store<f32>(to, load<f32>(to) + (low + high));
  }
}

function addOne(to: usize, b: usize, c: f32, n: usize): void {
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const v = f32x4.splat(c);
    for (; i + 4 <= n; i += 4, b += 16, to += 16) {
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v, v128.load(b))));
    }
  }
  for (; i < n; i++, b += 4, to += 4) store<f32>(to, load<f32>(to) + c * load<f32>(b));
}

/** Σ_j coefficients[j]·basis[j] over n samples; coefficients are float32 in memory. */
export function combine(basis: usize, coefficients: usize, count: usize, n: usize, to: usize): void {
  give<usize>(0, basis);
  give<usize>(1, coefficients);
  give<usize>(2, count);
  give<usize>(3, n);
  give<usize>(4, to);
  run(combineTurn, turnsOf(n, COMBINE_BLOCK));
}

function combineTurn(turn: usize): void {
  const count = given<usize>(2);
  const n = given<usize>(3);
  const coefficients = given<usize>(1);
  const start = turn * COMBINE_BLOCK;
  const block = itemsOf(turn, COMBINE_BLOCK, n);
  const stride = n * 4;
  const out = given<usize>(4) + start * 4;
  memory.fill(out, 0, block * 4);
  let b = given<usize>(0) + start * 4;
  let j: usize = 0;
  for (; j + 4 <= count; j += 4, b += 4 * stride) addFour(out, b, stride, coefficients + j * 4, block);
  for (; j < count; j++, b += stride) addOne(out, b, load<f32>(coefficients + j * 4), block);
}

/** Bytes of work space that `project` needs. */
export function projectWorkBytes(count: usize, n: usize): usize {
  return count * turnsOf(n, SUM_BLOCK) * 8;
}

/** For each of `count` rows of basis: the sum of its products with the map, exact products in float64. */
export function project(basis: usize, map: usize, count: usize, n: usize, to: usize, work: usize): void {
  give<usize>(0, basis);
  give<usize>(1, map);
  give<usize>(2, count);
  give<usize>(3, n);
  give<usize>(4, work);
  const blocks = turnsOf(n, SUM_BLOCK);
  run(projectTurn, count * blocks);
  for (let j: usize = 0; j < count; j++) {
    let total: f64 = 0;
    for (let block: usize = 0; block < blocks; block++) total += load<f64>(work + ((block * count + j) << 3));
    store<f32>(to + (j << 2), total as f32);
  }
}

/** One block of one row; the rows of a block come one after the other, while its piece of the map is in the cache. */
function projectTurn(turn: usize): void {
  const count = given<usize>(2);
  const n = given<usize>(3);
  const block = turn / count;
  const start = block * SUM_BLOCK;
  const a = given<usize>(0) + (((turn % count) * n + start) << 2);
  const b = given<usize>(1) + (start << 2);
  store<f64>(given<usize>(4) + (turn << 3), dot(a, b, itemsOf(block, SUM_BLOCK, n)));
}

function dot(a: usize, b: usize, n: usize): f64 {
  let total: f64 = 0;
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (; i + 4 <= n; i += 4, a += 16, b += 16) {
      const x = v128.load(a);
      const y = v128.load(b);
      s0 = f64x2.add(s0, f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y)));
      const x1 = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0));
      const y1 = f64x2.promote_low_f32x4(i64x2.shuffle(y, y, 1, 0));
      s1 = f64x2.add(s1, f64x2.mul(x1, y1));
    }
    const s = f64x2.add(s0, s1);
    total = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  }
  for (; i < n; i++, a += 4, b += 4) total += (load<f32>(a) as f64) * (load<f32>(b) as f64);
  return total;
}
