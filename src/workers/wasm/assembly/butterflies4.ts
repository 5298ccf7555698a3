/**
 * Butterflies of radix 4, the work horse. Besides the planar work buffer they can read and write four
 * neighbouring columns of an interleaved array whose origin is at floor(N/2), so that the first and last stage
 * of a column transform need no separate gather and scatter. Since the radix is even, moving the origin only
 * exchanges the halves of a butterfly's inputs (or outputs).
 */
import { add, loadSplat, mul, sub } from './vector';

// Where points lie. Planar: [re × 4][im × 4], origin first. Columns: interleaved pairs of four columns, origin
// at floor(N/2); swapped exchanges re and im, which makes an inverse of the forward transform.
// @ts-ignore: decorator
@inline
export const PLANAR: i32 = 0;
// @ts-ignore: decorator
@inline
export const COLUMNS: i32 = 1;
// @ts-ignore: decorator
@inline
export const COLUMNS_SWAPPED: i32 = 2;

/** Real parts of the point whose two vectors are p and q. */
// @ts-ignore: decorator
@inline
function realOf<V>(p: V, q: V, layout: i32): V {
  if (isVector<V>()) {
    if (layout == COLUMNS) return i32x4.shuffle(p, q, 0, 2, 4, 6);
    if (layout == COLUMNS_SWAPPED) return i32x4.shuffle(p, q, 1, 3, 5, 7);
  }
  return p;
}

// @ts-ignore: decorator
@inline
function imaginaryOf<V>(p: V, q: V, layout: i32): V {
  if (isVector<V>()) {
    if (layout == COLUMNS) return i32x4.shuffle(p, q, 1, 3, 5, 7);
    if (layout == COLUMNS_SWAPPED) return i32x4.shuffle(p, q, 0, 2, 4, 6);
  }
  return q;
}

// @ts-ignore: decorator
@inline
function storePoint<V>(to: usize, re: V, im: V, layout: i32, factor: V): void {
  if (isVector<V>()) {
    if (layout != PLANAR) {
      const r = mul<V>(factor, layout == COLUMNS ? re : im);
      const i = mul<V>(factor, layout == COLUMNS ? im : re);
      v128.store(to, i32x4.shuffle(r, i, 0, 4, 1, 5));
      v128.store(to, i32x4.shuffle(r, i, 2, 6, 3, 7), 16);
      return;
    }
  }
  store<V>(to, re);
  store<V>(to, im, sizeof<V>());
}

/** Stores (re, im) times a twiddle: 1 where `plain`, (wr, wi) where `early`, else the one at `tw`. */
// @ts-ignore: decorator
@inline
function storeTwiddled<V>(
  to: usize,
  re: V,
  im: V,
  wr: V,
  wi: V,
  tw: usize,
  early: bool,
  plain: bool,
  layout: i32,
  factor: V,
): void {
  if (plain) {
    storePoint<V>(to, re, im, layout, factor);
  } else {
    if (!early) {
      wr = loadSplat<V>(tw);
      wi = loadSplat<V>(tw + 4);
    }
    const r = sub<V>(mul<V>(re, wr), mul<V>(im, wi));
    storePoint<V>(to, r, add<V>(mul<V>(re, wi), mul<V>(im, wr)), layout, factor);
  }
}

/**
 * `count` butterflies on neighbouring points: inputs `part` bytes apart, outputs `step`, three twiddles at `tw`
 * or none where `plain`. Columns are written one butterfly at a time and multiplied by `factor`.
 */
// @ts-ignore: decorator
@inline
export function butterflies4<V>(
  x: usize,
  part: usize,
  from: i32,
  y: usize,
  step: usize,
  to: i32,
  count: usize,
  tw: usize,
  plain: bool,
  factor: V,
): void {
  const unit: usize = 2 * sizeof<V>();
  const turnIn: usize = from == PLANAR ? 0 : 2;
  const turnOut: usize = to == PLANAR ? 0 : 2;
  // Many butterflies with the same twiddles keep them in registers; one alone needs the registers for its points.
  const early = from == PLANAR && to == PLANAR;
  let w1r = factor;
  let w1i = factor;
  let w2r = factor;
  let w2i = factor;
  let w3r = factor;
  let w3i = factor;
  if (early && !plain) {
    w1r = loadSplat<V>(tw);
    w1i = loadSplat<V>(tw + 4);
    w2r = loadSplat<V>(tw + 8);
    w2i = loadSplat<V>(tw + 12);
    w3r = loadSplat<V>(tw + 16);
    w3i = loadSplat<V>(tw + 20);
  }
  for (const end = x + count * unit; x < end; x += unit, y += unit) {
    const x0 = x + (0 ^ turnIn) * part;
    const x1 = x + (1 ^ turnIn) * part;
    const x2 = x + (2 ^ turnIn) * part;
    const x3 = x + (3 ^ turnIn) * part;
    let p = load<V>(x0);
    let q = load<V>(x0, sizeof<V>());
    const a0r = realOf<V>(p, q, from);
    const a0i = imaginaryOf<V>(p, q, from);
    p = load<V>(x2);
    q = load<V>(x2, sizeof<V>());
    const a2r = realOf<V>(p, q, from);
    const a2i = imaginaryOf<V>(p, q, from);
    const t0r = add<V>(a0r, a2r);
    const t0i = add<V>(a0i, a2i);
    const t1r = sub<V>(a0r, a2r);
    const t1i = sub<V>(a0i, a2i);
    p = load<V>(x1);
    q = load<V>(x1, sizeof<V>());
    const a1r = realOf<V>(p, q, from);
    const a1i = imaginaryOf<V>(p, q, from);
    p = load<V>(x3);
    q = load<V>(x3, sizeof<V>());
    const a3r = realOf<V>(p, q, from);
    const a3i = imaginaryOf<V>(p, q, from);
    const t2r = add<V>(a1r, a3r);
    const t2i = add<V>(a1i, a3i);
    const t3r = sub<V>(a1r, a3r);
    const t3i = sub<V>(a1i, a3i);
    const y0 = y + (0 ^ turnOut) * step;
    const y1 = y + (1 ^ turnOut) * step;
    const y2 = y + (2 ^ turnOut) * step;
    const y3 = y + (3 ^ turnOut) * step;
    storeTwiddled<V>(y0, add<V>(t0r, t2r), add<V>(t0i, t2i), w1r, w1i, tw, early, true, to, factor);
    storeTwiddled<V>(y1, add<V>(t1r, t3i), sub<V>(t1i, t3r), w1r, w1i, tw, early, plain, to, factor);
    storeTwiddled<V>(y2, sub<V>(t0r, t2r), sub<V>(t0i, t2i), w2r, w2i, tw + 8, early, plain, to, factor);
    storeTwiddled<V>(y3, sub<V>(t1r, t3i), add<V>(t1i, t3r), w3r, w3i, tw + 16, early, plain, to, factor);
  }
}

/** Twiddles a point of the first stage; `index` is 0, 1 or 2. */
// @ts-ignore: decorator
@inline
function storeFirst(to: usize, re: v128, im: v128, tw: usize, index: usize): void {
  const at = tw + (index << 3);
  storeTwiddled<v128>(to + ((index + 1) << 5), re, im, re, im, at, false, false, PLANAR, re);
}

/** A butterfly of the first stage whose middle two inputs are zero: from x0 and x3 to neighbours at y. */
// @ts-ignore: decorator
@inline
export function firstOfHalf(x0: usize, x3: usize, from: i32, y: usize, tw: usize): void {
  let p = v128.load(x0);
  let q = v128.load(x0, 16);
  const ar = realOf<v128>(p, q, from);
  const ai = imaginaryOf<v128>(p, q, from);
  p = v128.load(x3);
  q = v128.load(x3, 16);
  const br = realOf<v128>(p, q, from);
  const bi = imaginaryOf<v128>(p, q, from);
  v128.store(y, add<v128>(ar, br));
  v128.store(y, add<v128>(ai, bi), 16);
  storeFirst(y, sub<v128>(ar, bi), add<v128>(ai, br), tw, 0);
  storeFirst(y, sub<v128>(ar, br), sub<v128>(ai, bi), tw, 1);
  storeFirst(y, add<v128>(ar, bi), sub<v128>(ai, br), tw, 2);
}

/** A butterfly of the last stage whose middle two outputs are not wanted: from inputs `part` apart to y0 and y3. */
// @ts-ignore: decorator
@inline
export function lastOfHalf(x: usize, part: usize, y0: usize, y3: usize, to: i32, factor: v128): void {
  const a0r = v128.load(x);
  const a0i = v128.load(x, 16);
  const a1r = v128.load(x + part);
  const a1i = v128.load(x + part, 16);
  x += part << 1;
  const a2r = v128.load(x);
  const a2i = v128.load(x, 16);
  const a3r = v128.load(x + part);
  const a3i = v128.load(x + part, 16);
  const re = add<v128>(add<v128>(a0r, a2r), add<v128>(a1r, a3r));
  const im = add<v128>(add<v128>(a0i, a2i), add<v128>(a1i, a3i));
  storePoint<v128>(y0, re, im, to, factor);
  const t1r = sub<v128>(a0r, a2r);
  const t1i = sub<v128>(a0i, a2i);
  const t3r = sub<v128>(a1r, a3r);
  const t3i = sub<v128>(a1i, a3i);
  storePoint<v128>(y3, sub<v128>(t1r, t3i), add<v128>(t1i, t3r), to, factor);
}
