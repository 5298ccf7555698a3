/**
 * Butterflies of one Stockham stage: `s` butterflies that share their twiddles at `tw`. Inputs lie `part`
 * bytes apart from x on, outputs `s` points apart from y on; points are [re of all lines][im of all lines].
 * `plain` stands for twiddles of 1. Radix 4 is in butterflies4.ts.
 */
import { add, loadSplat, mul, splat, sub } from './vector';

// @ts-ignore: decorator
@inline
const COS_60: f32 = 0.5;
// @ts-ignore: decorator
@inline
const SIN_60: f32 = 0.86602540378443864676;
// @ts-ignore: decorator
@inline
const COS_72: f32 = 0.30901699437494742410;
// @ts-ignore: decorator
@inline
const COS_36: f32 = 0.80901699437494742410;
// @ts-ignore: decorator
@inline
const SIN_72: f32 = 0.95105651629515357212;
// @ts-ignore: decorator
@inline
const SIN_36: f32 = 0.58778525229247312917;
// Cosines and sines of 1/7, 2/7 and 3/7 of a turn.
// @ts-ignore: decorator
@inline
const COS_1_7: f32 = 0.62348980185873353053;
// @ts-ignore: decorator
@inline
const COS_2_7: f32 = -0.22252093395631440429;
// @ts-ignore: decorator
@inline
const COS_3_7: f32 = -0.90096886790241912624;
// @ts-ignore: decorator
@inline
const SIN_1_7: f32 = 0.78183148246802980871;
// @ts-ignore: decorator
@inline
const SIN_2_7: f32 = 0.97492791218182360702;
// @ts-ignore: decorator
@inline
const SIN_3_7: f32 = 0.43388373911755812048;

/** Stores (re, im) times the twiddle at `twiddle`, or as it is for the first butterfly column. */
// @ts-ignore: decorator
@inline
function storeTwiddled<V>(to: usize, re: V, im: V, wr: V, wi: V, plain: bool): void {
  if (plain) {
    store<V>(to, re);
    store<V>(to, im, sizeof<V>());
  } else {
    store<V>(to, sub<V>(mul<V>(re, wr), mul<V>(im, wi)));
    store<V>(to, add<V>(mul<V>(re, wi), mul<V>(im, wr)), sizeof<V>());
  }
}

// @ts-ignore: decorator
@inline
export function butterflies2<V>(x: usize, y: usize, half: usize, s: usize, tw: usize, plain: bool): void {
  const unit: usize = 2 * sizeof<V>();
  const step = s * unit;
  let wr = splat<V>(1);
  let wi = splat<V>(0);
  if (!plain) {
    wr = loadSplat<V>(tw);
    wi = loadSplat<V>(tw + 4);
  }
  for (const end = x + step; x < end; x += unit, y += unit) {
    const ar = load<V>(x);
    const ai = load<V>(x, sizeof<V>());
    const br = load<V>(x + half);
    const bi = load<V>(x + half, sizeof<V>());
    storeTwiddled<V>(y, add<V>(ar, br), add<V>(ai, bi), wr, wi, true);
    storeTwiddled<V>(y + step, sub<V>(ar, br), sub<V>(ai, bi), wr, wi, plain);
  }
}

// @ts-ignore: decorator
@inline
export function butterflies3<V>(x: usize, y: usize, third: usize, s: usize, tw: usize, plain: bool): void {
  const unit: usize = 2 * sizeof<V>();
  const step = s * unit;
  let w1r = splat<V>(1);
  let w1i = splat<V>(0);
  let w2r = w1r;
  let w2i = w1i;
  if (!plain) {
    w1r = loadSplat<V>(tw);
    w1i = loadSplat<V>(tw + 4);
    w2r = loadSplat<V>(tw + 8);
    w2i = loadSplat<V>(tw + 12);
  }
  const c = splat<V>(COS_60);
  const k = splat<V>(SIN_60);
  for (const end = x + step; x < end; x += unit, y += unit) {
    const a0r = load<V>(x);
    const a0i = load<V>(x, sizeof<V>());
    const a1r = load<V>(x + third);
    const a1i = load<V>(x + third, sizeof<V>());
    const a2r = load<V>(x + 2 * third);
    const a2i = load<V>(x + 2 * third, sizeof<V>());
    const sr = add<V>(a1r, a2r);
    const si = add<V>(a1i, a2i);
    const dr = mul<V>(k, sub<V>(a1r, a2r));
    const di = mul<V>(k, sub<V>(a1i, a2i));
    const mr = sub<V>(a0r, mul<V>(c, sr));
    const mi = sub<V>(a0i, mul<V>(c, si));
    storeTwiddled<V>(y, add<V>(a0r, sr), add<V>(a0i, si), w1r, w1i, true);
    storeTwiddled<V>(y + step, add<V>(mr, di), sub<V>(mi, dr), w1r, w1i, plain);
    storeTwiddled<V>(y + 2 * step, sub<V>(mr, di), add<V>(mi, dr), w2r, w2i, plain);
  }
}

// @ts-ignore: decorator
@inline
export function butterflies5<V>(x: usize, y: usize, fifth: usize, s: usize, tw: usize, plain: bool): void {
  const unit: usize = 2 * sizeof<V>();
  const step = s * unit;
  const c1 = splat<V>(COS_72);
  const c2 = splat<V>(COS_36);
  const k1 = splat<V>(SIN_72);
  const k2 = splat<V>(SIN_36);
  for (const end = x + step; x < end; x += unit, y += unit) {
    const a0r = load<V>(x);
    const a0i = load<V>(x, sizeof<V>());
    const a1r = load<V>(x + fifth);
    const a1i = load<V>(x + fifth, sizeof<V>());
    const a2r = load<V>(x + 2 * fifth);
    const a2i = load<V>(x + 2 * fifth, sizeof<V>());
    const a3r = load<V>(x + 3 * fifth);
    const a3i = load<V>(x + 3 * fifth, sizeof<V>());
    const a4r = load<V>(x + 4 * fifth);
    const a4i = load<V>(x + 4 * fifth, sizeof<V>());
    const s1r = add<V>(a1r, a4r);
    const s1i = add<V>(a1i, a4i);
    const d1r = sub<V>(a1r, a4r);
    const d1i = sub<V>(a1i, a4i);
    const s2r = add<V>(a2r, a3r);
    const s2i = add<V>(a2i, a3i);
    const d2r = sub<V>(a2r, a3r);
    const d2i = sub<V>(a2i, a3i);
    // cos 72 = c1, cos 144 = -c2
    const m1r = add<V>(a0r, sub<V>(mul<V>(c1, s1r), mul<V>(c2, s2r)));
    const m1i = add<V>(a0i, sub<V>(mul<V>(c1, s1i), mul<V>(c2, s2i)));
    const m2r = add<V>(a0r, sub<V>(mul<V>(c1, s2r), mul<V>(c2, s1r)));
    const m2i = add<V>(a0i, sub<V>(mul<V>(c1, s2i), mul<V>(c2, s1i)));
    const n1r = add<V>(mul<V>(k1, d1r), mul<V>(k2, d2r));
    const n1i = add<V>(mul<V>(k1, d1i), mul<V>(k2, d2i));
    const n2r = sub<V>(mul<V>(k2, d1r), mul<V>(k1, d2r));
    const n2i = sub<V>(mul<V>(k2, d1i), mul<V>(k1, d2i));
    let wr = splat<V>(1);
    let wi = splat<V>(0);
    storeTwiddled<V>(y, add<V>(a0r, add<V>(s1r, s2r)), add<V>(a0i, add<V>(s1i, s2i)), wr, wi, true);
    if (!plain) {
      wr = loadSplat<V>(tw);
      wi = loadSplat<V>(tw + 4);
    }
    storeTwiddled<V>(y + step, add<V>(m1r, n1i), sub<V>(m1i, n1r), wr, wi, plain);
    if (!plain) {
      wr = loadSplat<V>(tw + 8);
      wi = loadSplat<V>(tw + 12);
    }
    storeTwiddled<V>(y + 2 * step, add<V>(m2r, n2i), sub<V>(m2i, n2r), wr, wi, plain);
    if (!plain) {
      wr = loadSplat<V>(tw + 16);
      wi = loadSplat<V>(tw + 20);
    }
    storeTwiddled<V>(y + 3 * step, sub<V>(m2r, n2i), add<V>(m2i, n2r), wr, wi, plain);
    if (!plain) {
      wr = loadSplat<V>(tw + 24);
      wi = loadSplat<V>(tw + 28);
    }
    storeTwiddled<V>(y + 4 * step, sub<V>(m1r, n1i), add<V>(m1i, n1r), wr, wi, plain);
  }
}

/** c1·a + c2·b + c3·c. */
// @ts-ignore: decorator
@inline
function weighted<V>(c1: f32, a: V, c2: f32, b: V, c3: f32, c: V): V {
  return add<V>(mul<V>(splat<V>(c1), a), add<V>(mul<V>(splat<V>(c2), b), mul<V>(splat<V>(c3), c)));
}

/** Stores outputs k and 7 - k: m ∓ i·n with m, n sums over the even and odd parts of the inputs. */
// @ts-ignore: decorator
@inline
function storeMirrored<V>(
  y: usize,
  step: usize,
  tw: usize,
  k: usize,
  mr: V,
  mi: V,
  nr: V,
  ni: V,
  plain: bool,
): void {
  let wr = mr;
  let wi = mi;
  if (!plain) {
    wr = loadSplat<V>(tw + ((k - 1) << 3));
    wi = loadSplat<V>(tw + ((k - 1) << 3) + 4);
  }
  storeTwiddled<V>(y + k * step, add<V>(mr, ni), sub<V>(mi, nr), wr, wi, plain);
  if (!plain) {
    wr = loadSplat<V>(tw + ((6 - k) << 3));
    wi = loadSplat<V>(tw + ((6 - k) << 3) + 4);
  }
  storeTwiddled<V>(y + (7 - k) * step, sub<V>(mr, ni), add<V>(mi, nr), wr, wi, plain);
}

// @ts-ignore: decorator
@inline
export function butterflies7<V>(x: usize, y: usize, seventh: usize, s: usize, tw: usize, plain: bool): void {
  const unit: usize = 2 * sizeof<V>();
  const step = s * unit;
  for (const end = x + step; x < end; x += unit, y += unit) {
    const a0r = load<V>(x);
    const a0i = load<V>(x, sizeof<V>());
    const a1r = load<V>(x + seventh);
    const a1i = load<V>(x + seventh, sizeof<V>());
    const a2r = load<V>(x + 2 * seventh);
    const a2i = load<V>(x + 2 * seventh, sizeof<V>());
    const a3r = load<V>(x + 3 * seventh);
    const a3i = load<V>(x + 3 * seventh, sizeof<V>());
    const a4r = load<V>(x + 4 * seventh);
    const a4i = load<V>(x + 4 * seventh, sizeof<V>());
    const a5r = load<V>(x + 5 * seventh);
    const a5i = load<V>(x + 5 * seventh, sizeof<V>());
    const a6r = load<V>(x + 6 * seventh);
    const a6i = load<V>(x + 6 * seventh, sizeof<V>());
    const s1r = add<V>(a1r, a6r);
    const s1i = add<V>(a1i, a6i);
    const d1r = sub<V>(a1r, a6r);
    const d1i = sub<V>(a1i, a6i);
    const s2r = add<V>(a2r, a5r);
    const s2i = add<V>(a2i, a5i);
    const d2r = sub<V>(a2r, a5r);
    const d2i = sub<V>(a2i, a5i);
    const s3r = add<V>(a3r, a4r);
    const s3i = add<V>(a3i, a4i);
    const d3r = sub<V>(a3r, a4r);
    const d3i = sub<V>(a3i, a4i);
    store<V>(y, add<V>(add<V>(a0r, s1r), add<V>(s2r, s3r)));
    store<V>(y, add<V>(add<V>(a0i, s1i), add<V>(s2i, s3i)), sizeof<V>());
    let mr = add<V>(a0r, weighted<V>(COS_1_7, s1r, COS_2_7, s2r, COS_3_7, s3r));
    let mi = add<V>(a0i, weighted<V>(COS_1_7, s1i, COS_2_7, s2i, COS_3_7, s3i));
    let nr = weighted<V>(SIN_1_7, d1r, SIN_2_7, d2r, SIN_3_7, d3r);
    let ni = weighted<V>(SIN_1_7, d1i, SIN_2_7, d2i, SIN_3_7, d3i);
    storeMirrored<V>(y, step, tw, 1, mr, mi, nr, ni, plain);
    mr = add<V>(a0r, weighted<V>(COS_2_7, s1r, COS_3_7, s2r, COS_1_7, s3r));
    mi = add<V>(a0i, weighted<V>(COS_2_7, s1i, COS_3_7, s2i, COS_1_7, s3i));
    nr = weighted<V>(SIN_2_7, d1r, -SIN_3_7, d2r, -SIN_1_7, d3r);
    ni = weighted<V>(SIN_2_7, d1i, -SIN_3_7, d2i, -SIN_1_7, d3i);
    storeMirrored<V>(y, step, tw, 2, mr, mi, nr, ni, plain);
    mr = add<V>(a0r, weighted<V>(COS_3_7, s1r, COS_1_7, s2r, COS_2_7, s3r));
    mi = add<V>(a0i, weighted<V>(COS_3_7, s1i, COS_1_7, s2i, COS_2_7, s3i));
    nr = weighted<V>(SIN_3_7, d1r, -SIN_1_7, d2r, SIN_2_7, d3r);
    ni = weighted<V>(SIN_3_7, d1i, -SIN_1_7, d2i, SIN_2_7, d3i);
    storeMirrored<V>(y, step, tw, 3, mr, mi, nr, ni, plain);
  }
}

/** Any radix by its definition: r² products per butterfly, used for 11 and 13. */
export function butterfliesAny<V>(
  x: usize,
  y: usize,
  part: usize,
  s: usize,
  tw: usize,
  radix: usize,
  roots: usize,
): void {
  const unit: usize = 2 * sizeof<V>();
  const step = s * unit;
  for (const end = x + step; x < end; x += unit, y += unit) {
    for (let k: usize = 0; k < radix; k++) {
      let sumR = load<V>(x);
      let sumI = load<V>(x, sizeof<V>());
      let from = x;
      let turn: usize = 0;
      for (let j: usize = 1; j < radix; j++) {
        from += part;
        turn += k;
        if (turn >= radix) turn -= radix;
        const cr = loadSplat<V>(roots + (turn << 3));
        const ci = loadSplat<V>(roots + (turn << 3) + 4);
        const ar = load<V>(from);
        const ai = load<V>(from, sizeof<V>());
        sumR = add<V>(sumR, sub<V>(mul<V>(ar, cr), mul<V>(ai, ci)));
        sumI = add<V>(sumI, add<V>(mul<V>(ar, ci), mul<V>(ai, cr)));
      }
      if (k == 0) {
        storeTwiddled<V>(y, sumR, sumI, sumR, sumI, true);
      } else {
        const w = tw + ((k - 1) << 3);
        storeTwiddled<V>(y + k * step, sumR, sumI, loadSplat<V>(w), loadSplat<V>(w + 4), false);
      }
    }
  }
}
