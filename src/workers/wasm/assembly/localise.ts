/**
 * Sums over the window of one emitter: deviance, gradient and Fisher information of place, depth, photons and
 * background, with the image of a point from a cubic spline; and products with the ladder of starts. The same as
 * src/optics/localisation/localiseKernel.ts in float32, several pixels at once.
 */
import { collapseDepth, collapseRow, placeOf, taps } from './pointSpline';
import { add, loadSplat, mul, splat, sub } from './vector';

/** Smallest expected number of electrons in a pixel. */
// @ts-ignore: decorator
@inline
const LEAST: f32 = 1e-3;

// Bits of 1/√2 in float32.
// @ts-ignore: decorator
@inline
const INVERSE_ROOT_2: u32 = 0x3f3504f3;
// @ts-ignore: decorator
@inline
const LN2: f32 = 0.6931471805599453;

// @ts-ignore: decorator
@inline
function divide<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.div(a, b);
  return (a / b) as V;
}

// @ts-ignore: decorator
@inline
function larger<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.pmax(a, b);
  return max<f32>(a as f32, b as f32) as V;
}

/** What is kept where the mask has ones. */
// @ts-ignore: decorator
@inline
function kept<V>(a: V, mask: V): V {
  if (isVector<V>()) return v128.and(a, mask);
  return (reinterpret<u32>(mask as f32) != 0 ? (a as f32) : (0 as f32)) as V;
}

// @ts-ignore: decorator
@inline
function total<V>(a: V): f32 {
  if (isVector<V>())
    return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3);
  return a as f32;
}

/** Natural logarithm: x = 2^e·f with f in [1/√2, √2), ln f = 2 artanh s, s = (f - 1)/(f + 1); the series stops at s^9. */
// @ts-ignore: decorator
@inline
function logarithm<V>(x: V): V {
  let f: V;
  let e: V;
  if (isVector<V>()) {
    const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(INVERSE_ROOT_2)), 23);
    f = i32x4.sub(x, i32x4.shl(exponent, 23)) as V;
    e = f32x4.convert_i32x4_s(exponent) as V;
  } else {
    const bits = reinterpret<u32>(x as f32);
    const exponent = ((bits - INVERSE_ROOT_2) as i32) >> 23;
    f = reinterpret<f32>(bits - ((exponent << 23) as u32)) as V;
    e = (exponent as f32) as V;
  }
  const s = divide<V>(sub<V>(f, splat<V>(1)), add<V>(f, splat<V>(1)));
  const q = mul<V>(s, s);
  let p = add<V>(splat<V>(1.0 / 7), mul<V>(q, splat<V>(1.0 / 9)));
  p = add<V>(splat<V>(1.0 / 5), mul<V>(q, p));
  p = add<V>(splat<V>(1.0 / 3), mul<V>(q, p));
  const series = mul<V>(add<V>(s, s), add<V>(splat<V>(1), mul<V>(q, p)));
  return add<V>(mul<V>(e, splat<V>(LN2)), series);
}

/**
 * @param coefficients [planes, fine·pixels, fine, pixels] with room for a vector behind
 * @param columns that are read of each phase, a multiple of 4
 * @param plane first of four; `row`, `column` and `phase` say where the window begins
 * @param weights 24: weights and slopes along z, y and x
 * @param window four of [side, width], width the next multiple of 4: electrons, 1/electrons, variances, masks
 * @param work rows · fine · columns · 2 + fine · columns · 3 numbers
 * @param to 20: gradient and the lower triangle of the information
 * @returns half of the deviance
 */
export function emitterSums(
  coefficients: usize,
  pixels: usize,
  fine: usize,
  side: usize,
  columns: usize,
  plane: usize,
  row: usize,
  column: usize,
  phase: usize,
  weights: usize,
  photons: f32,
  background: f32,
  window: usize,
  work: usize,
  to: usize,
): f32 {
  if (ASC_FEATURE_SIMD) {
    collapseDepth<v128>(coefficients, pixels, fine, side, columns, plane, row, column, weights, work);
    return sums<v128>(fine, side, columns, phase, weights, photons, background, window, work, to);
  }
  collapseDepth<f32>(coefficients, pixels, fine, side, columns, plane, row, column, weights, work);
  return sums<f32>(fine, side, columns, phase, weights, photons, background, window, work, to);
}

function sums<V>(
  fine: usize,
  side: usize,
  columns: usize,
  phase: usize,
  weights: usize,
  photons: f32,
  background: f32,
  window: usize,
  work: usize,
  to: usize,
): f32 {
  const line = (fine * columns) << 2;
  const slopes = ((side - 1) * fine + 4) * line;
  const across = work + 2 * slopes;
  const width = ((side + 3) & ~3) << 2;
  const layer = side * width;
  // Where each tap finds its coefficient of the first pixel.
  const at0 = placeOf(phase, fine, columns);
  const at1 = placeOf(phase + 1, fine, columns);
  const at2 = placeOf(phase + 2, fine, columns);
  const at3 = placeOf(phase + 3, fine, columns);
  const w0 = loadSplat<V>(weights + 64);
  const w1 = loadSplat<V>(weights + 68);
  const w2 = loadSplat<V>(weights + 72);
  const w3 = loadSplat<V>(weights + 76);
  const s0 = loadSplat<V>(weights + 80);
  const s1 = loadSplat<V>(weights + 84);
  const s2 = loadSplat<V>(weights + 88);
  const s3 = loadSplat<V>(weights + 92);
  const bright = splat<V>(photons);
  const dark = splat<V>(background);
  const toPixels = splat<V>(-(fine as f32) * photons);
  const least = splat<V>(LEAST);
  const one = splat<V>(1);
  let deviance = splat<V>(0);
  let gx = splat<V>(0);
  let gy = splat<V>(0);
  let gz = splat<V>(0);
  let gn = splat<V>(0);
  let gb = splat<V>(0);
  let xx = splat<V>(0);
  let yx = splat<V>(0);
  let yy = splat<V>(0);
  let zx = splat<V>(0);
  let zy = splat<V>(0);
  let zz = splat<V>(0);
  let nx = splat<V>(0);
  let ny = splat<V>(0);
  let nz = splat<V>(0);
  let nn = splat<V>(0);
  let bx = splat<V>(0);
  let by = splat<V>(0);
  let bz = splat<V>(0);
  let bn = splat<V>(0);
  let bb = splat<V>(0);
  for (let row: usize = 0; row < side; row++, window += width) {
    collapseRow<V>(work + row * fine * line, slopes, line, weights, across);
    for (let i: usize = 0; i < width; i += sizeof<V>()) {
      const at = across + i;
      const v0 = load<V>(at + at0);
      const v1 = load<V>(at + at1);
      const v2 = load<V>(at + at2);
      const v3 = load<V>(at + at3);
      const h = taps<V>(w0, v0, w1, v1, w2, v2, w3, v3);
      const hx = taps<V>(s0, v0, s1, v1, s2, v2, s3, v3);
      const below = at + line;
      const hy = taps<V>(w0, load<V>(below + at0), w1, load<V>(below + at1), w2, load<V>(below + at2), w3, load<V>(below + at3));
      const deep = below + line;
      const hz = taps<V>(w0, load<V>(deep + at0), w1, load<V>(deep + at1), w2, load<V>(deep + at2), w3, load<V>(deep + at3));
      const pixel = window + i;
      const seen = load<V>(pixel);
      const mask = load<V>(pixel + 3 * layer);
      const expected = larger<V>(
        least,
        add<V>(add<V>(mul<V>(bright, h), dark), load<V>(pixel + 2 * layer)),
      );
      const share = kept<V>(divide<V>(one, expected), mask);
      // μ - d - d ln(μ/d): small where model and data agree, so that float32 holds its changes.
      const term = sub<V>(
        sub<V>(expected, seen),
        mul<V>(seen, logarithm<V>(mul<V>(expected, load<V>(pixel + layer)))),
      );
      deviance = add<V>(deviance, kept<V>(term, mask));
      const excess = kept<V>(sub<V>(mul<V>(seen, share), one), mask);
      const dx = mul<V>(toPixels, hx);
      const dy = mul<V>(toPixels, hy);
      const dz = mul<V>(bright, hz);
      gx = add<V>(gx, kept<V>(mul<V>(dx, excess), mask));
      gy = add<V>(gy, kept<V>(mul<V>(dy, excess), mask));
      gz = add<V>(gz, kept<V>(mul<V>(dz, excess), mask));
      gn = add<V>(gn, kept<V>(mul<V>(h, excess), mask));
      gb = add<V>(gb, excess);
      const sx = kept<V>(mul<V>(dx, share), mask);
      const sy = kept<V>(mul<V>(dy, share), mask);
      const sz = kept<V>(mul<V>(dz, share), mask);
      const sn = kept<V>(mul<V>(h, share), mask);
      xx = add<V>(xx, mul<V>(sx, dx));
      yx = add<V>(yx, mul<V>(sy, dx));
      yy = add<V>(yy, mul<V>(sy, dy));
      zx = add<V>(zx, mul<V>(sz, dx));
      zy = add<V>(zy, mul<V>(sz, dy));
      zz = add<V>(zz, mul<V>(sz, dz));
      nx = add<V>(nx, mul<V>(sn, dx));
      ny = add<V>(ny, mul<V>(sn, dy));
      nz = add<V>(nz, mul<V>(sn, dz));
      nn = add<V>(nn, mul<V>(sn, h));
      bx = add<V>(bx, sx);
      by = add<V>(by, sy);
      bz = add<V>(bz, sz);
      bn = add<V>(bn, sn);
      bb = add<V>(bb, share);
    }
  }
  store<f32>(to, total<V>(gx));
  store<f32>(to, total<V>(gy), 4);
  store<f32>(to, total<V>(gz), 8);
  store<f32>(to, total<V>(gn), 12);
  store<f32>(to, total<V>(gb), 16);
  store<f32>(to, total<V>(xx), 20);
  store<f32>(to, total<V>(yx), 24);
  store<f32>(to, total<V>(yy), 28);
  store<f32>(to, total<V>(zx), 32);
  store<f32>(to, total<V>(zy), 36);
  store<f32>(to, total<V>(zz), 40);
  store<f32>(to, total<V>(nx), 44);
  store<f32>(to, total<V>(ny), 48);
  store<f32>(to, total<V>(nz), 52);
  store<f32>(to, total<V>(nn), 56);
  store<f32>(to, total<V>(bx), 60);
  store<f32>(to, total<V>(by), 64);
  store<f32>(to, total<V>(bz), 68);
  store<f32>(to, total<V>(bn), 72);
  store<f32>(to, total<V>(bb), 76);
  return total<V>(deviance);
}

/** Scalar products of `count` vectors of `length` numbers (a multiple of 4) with one. */
export function products(vectors: usize, count: usize, length: usize, one: usize, to: usize): void {
  if (ASC_FEATURE_SIMD) productsOf<v128>(vectors, count, length << 2, one, to);
  else productsOf<f32>(vectors, count, length << 2, one, to);
}

function productsOf<V>(vectors: usize, count: usize, bytes: usize, one: usize, to: usize): void {
  for (let k: usize = 0; k < count; k++, vectors += bytes) {
    let sum = splat<V>(0);
    for (let i: usize = 0; i < bytes; i += sizeof<V>()) {
      sum = add<V>(sum, mul<V>(load<V>(vectors + i), load<V>(one + i)));
    }
    store<f32>(to + (k << 2), total<V>(sum));
  }
}
