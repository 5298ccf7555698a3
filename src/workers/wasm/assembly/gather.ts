/**
 * Moves between arrays of interleaved complex float32 and the planar work buffer of the transforms
 * (fft.ts). `inverse` exchanges re and im on the way, which turns a forward transform into its inverse.
 */
import { splat } from './vector';

/** Gathers samples [first, first + count) of four neighbouring rows, `rowBytes` apart, transposing. */
// @ts-ignore: decorator
@inline
export function gatherRows(from: usize, rowBytes: usize, count: usize, to: usize, inverse: bool): void {
  const re: usize = inverse ? 16 : 0;
  const im: usize = 16 - re;
  let i: usize = 0;
  for (; i + 2 <= count; i += 2, from += 16, to += 64) {
    const a = v128.load(from);
    const b = v128.load(from + rowBytes);
    const c = v128.load(from + 2 * rowBytes);
    const d = v128.load(from + 3 * rowBytes);
    const ab0 = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const cd0 = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const ab1 = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    const cd1 = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    v128.store(to + re, i64x2.shuffle(ab0, cd0, 0, 2));
    v128.store(to + im, i64x2.shuffle(ab0, cd0, 1, 3));
    v128.store(to + 32 + re, i64x2.shuffle(ab1, cd1, 0, 2));
    v128.store(to + 32 + im, i64x2.shuffle(ab1, cd1, 1, 3));
  }
  if (i < count) {
    for (let lane: usize = 0; lane < 4; lane++, from += rowBytes) {
      store<f32>(to + re + (lane << 2), load<f32>(from));
      store<f32>(to + im + (lane << 2), load<f32>(from, 4));
    }
  }
}

/** The opposite of gatherRows, with a factor. */
// @ts-ignore: decorator
@inline
export function scatterRows(
  work: usize,
  to: usize,
  rowBytes: usize,
  count: usize,
  scale: f32,
  inverse: bool,
): void {
  const re: usize = inverse ? 16 : 0;
  const im: usize = 16 - re;
  const factor = f32x4.splat(scale);
  let i: usize = 0;
  for (; i + 2 <= count; i += 2, to += 16, work += 64) {
    const r0 = f32x4.mul(factor, v128.load(work + re));
    const i0 = f32x4.mul(factor, v128.load(work + im));
    const r1 = f32x4.mul(factor, v128.load(work + 32 + re));
    const i1 = f32x4.mul(factor, v128.load(work + 32 + im));
    const low0 = i32x4.shuffle(r0, i0, 0, 4, 1, 5);
    const high0 = i32x4.shuffle(r0, i0, 2, 6, 3, 7);
    const low1 = i32x4.shuffle(r1, i1, 0, 4, 1, 5);
    const high1 = i32x4.shuffle(r1, i1, 2, 6, 3, 7);
    v128.store(to, i64x2.shuffle(low0, low1, 0, 2));
    v128.store(to + rowBytes, i64x2.shuffle(low0, low1, 1, 3));
    v128.store(to + 2 * rowBytes, i64x2.shuffle(high0, high1, 0, 2));
    v128.store(to + 3 * rowBytes, i64x2.shuffle(high0, high1, 1, 3));
  }
  if (i < count) {
    for (let lane: usize = 0; lane < 4; lane++, to += rowBytes) {
      store<f32>(to, scale * load<f32>(work + re + (lane << 2)));
      store<f32>(to, scale * load<f32>(work + im + (lane << 2)), 4);
    }
  }
}

// @ts-ignore: decorator
@inline
function gatherFour(from: usize, to: usize, re: usize, im: usize): void {
  const a = v128.load(from);
  const b = v128.load(from, 16);
  v128.store(to + re, i32x4.shuffle(a, b, 0, 2, 4, 6));
  v128.store(to + im, i32x4.shuffle(a, b, 1, 3, 5, 7));
}

// @ts-ignore: decorator
@inline
function scatterFour(work: usize, to: usize, re: usize, im: usize, factor: v128): void {
  const r = f32x4.mul(factor, v128.load(work + re));
  const i = f32x4.mul(factor, v128.load(work + im));
  v128.store(to, i32x4.shuffle(r, i, 0, 4, 1, 5));
  v128.store(to, i32x4.shuffle(r, i, 2, 6, 3, 7), 16);
}

/**
 * Gathers `count` samples of four (or, with `wide`, eight) neighbouring columns, `stepBytes` from sample to
 * sample; the second four go `second` bytes further. Eight columns of complex float32 are one cache line.
 */
// @ts-ignore: decorator
@inline
export function gatherColumns(
  from: usize,
  stepBytes: usize,
  count: usize,
  to: usize,
  inverse: bool,
  wide: bool,
  second: usize,
): void {
  const re: usize = inverse ? 16 : 0;
  const im: usize = 16 - re;
  for (const end = to + 32 * count; to < end; to += 32, from += stepBytes) {
    gatherFour(from, to, re, im);
    if (wide) gatherFour(from + 32, to + second, re, im);
  }
}

// @ts-ignore: decorator
@inline
export function scatterColumns(
  work: usize,
  to: usize,
  stepBytes: usize,
  count: usize,
  scale: f32,
  inverse: bool,
  wide: bool,
  second: usize,
): void {
  const re: usize = inverse ? 16 : 0;
  const im: usize = 16 - re;
  const factor = f32x4.splat(scale);
  for (const end = work + 32 * count; work < end; work += 32, to += stepBytes) {
    scatterFour(work, to, re, im, factor);
    if (wide) scatterFour(work + second, to + 32, re, im, factor);
  }
}

/** Gathers `lanes` lines of any spacing, one number at a time: remainders and the scalar build. */
export function gatherAny<V>(
  from: usize,
  lineBytes: usize,
  stepBytes: usize,
  lanes: usize,
  count: usize,
  to: usize,
  inverse: bool,
): void {
  const unit: usize = 2 * sizeof<V>();
  const re: usize = inverse ? sizeof<V>() : 0;
  const im: usize = sizeof<V>() - re;
  for (let i: usize = 0; i < count; i++, from += stepBytes, to += unit) {
    if (isVector<V>() && lanes < 4) {
      store<V>(to, splat<V>(0));
      store<V>(to, splat<V>(0), sizeof<V>());
    }
    for (let lane: usize = 0; lane < lanes; lane++) {
      store<f32>(to + re + (lane << 2), load<f32>(from + lane * lineBytes));
      store<f32>(to + im + (lane << 2), load<f32>(from + lane * lineBytes, 4));
    }
  }
}

export function scatterAny<V>(
  work: usize,
  to: usize,
  lineBytes: usize,
  stepBytes: usize,
  lanes: usize,
  count: usize,
  scale: f32,
  inverse: bool,
): void {
  const unit: usize = 2 * sizeof<V>();
  const re: usize = inverse ? sizeof<V>() : 0;
  const im: usize = sizeof<V>() - re;
  for (let i: usize = 0; i < count; i++, to += stepBytes, work += unit) {
    for (let lane: usize = 0; lane < lanes; lane++) {
      store<f32>(to + lane * lineBytes, scale * load<f32>(work + re + (lane << 2)));
      store<f32>(to + lane * lineBytes, scale * load<f32>(work + im + (lane << 2)), 4);
    }
  }
}
