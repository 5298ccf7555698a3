/**
 * Elementwise kernels. A row kernel walks n elements of both operands; a repeated operand is spread over a
 * small buffer that it reads again and again, so one loop serves all cases of broadcasting.
 */

import { give, given, itemsOf, ownVectors, RANGE, run, turnsOf } from './parallel';

// Kinds of binary operation; the host holds the same numbers.
// @ts-ignore: decorator
@inline
const ADD: i32 = 0;
// @ts-ignore: decorator
@inline
const SUBTRACT: i32 = 1;
// @ts-ignore: decorator
@inline
const MULTIPLY_REAL: i32 = 2;
// @ts-ignore: decorator
@inline
const DIVIDE: i32 = 3;
// Of the first operand; the second is the same array.
// @ts-ignore: decorator
@inline
const SQUARE_ROOT: i32 = 4;
// @ts-ignore: decorator
@inline
const ADD_COMPLEX: i32 = 5;
// @ts-ignore: decorator
@inline
const SUBTRACT_COMPLEX: i32 = 6;
// @ts-ignore: decorator
@inline
const MULTIPLY_COMPLEX: i32 = 7;
// @ts-ignore: decorator
@inline
const MULTIPLY_CONJUGATE: i32 = 8;
// @ts-ignore: decorator
@inline
const REAL_BY_COMPLEX: i32 = 9;
// @ts-ignore: decorator
@inline
const REAL_BY_CONJUGATE: i32 = 10;
// @ts-ignore: decorator
@inline
const REAL_INNER: i32 = 11;
// @ts-ignore: decorator
@inline
const IMAGINARY_INNER: i32 = 12;

/** Reals (or parts) that one step of the vector loop writes to `to` from both operands. */
// @ts-ignore: decorator
@inline
function vectorStep(kind: i32, a: usize, b: usize, to: usize, sign: v128): void {
  if (kind == ADD || kind == ADD_COMPLEX) {
    v128.store(to, f32x4.add(v128.load(a), v128.load(b)));
  } else if (kind == SUBTRACT || kind == SUBTRACT_COMPLEX) {
    v128.store(to, f32x4.sub(v128.load(a), v128.load(b)));
  } else if (kind == MULTIPLY_REAL) {
    v128.store(to, f32x4.mul(v128.load(a), v128.load(b)));
  } else if (kind == DIVIDE) {
    v128.store(to, f32x4.div(v128.load(a), v128.load(b)));
  } else if (kind == SQUARE_ROOT) {
    v128.store(to, f32x4.sqrt(v128.load(a)));
  } else if (kind == MULTIPLY_COMPLEX || kind == MULTIPLY_CONJUGATE) {
    const u = v128.load(a);
    const v = v128.load(b);
    const vr = i32x4.shuffle(v, v, 0, 0, 2, 2);
    const vi = i32x4.shuffle(v, v, 1, 1, 3, 3);
    const cross = f32x4.mul(i32x4.shuffle(u, u, 1, 0, 3, 2), vi);
    v128.store(to, f32x4.add(f32x4.mul(u, vr), v128.xor(cross, sign)));
  } else if (kind == REAL_BY_COMPLEX || kind == REAL_BY_CONJUGATE) {
    const u = v128.load64_zero(a);
    const spread = i32x4.shuffle(u, u, 0, 0, 1, 1);
    v128.store(to, f32x4.mul(spread, v128.xor(v128.load(b), sign)));
  } else {
    // Two vectors of each operand make four real results.
    const u0 = v128.load(a);
    const u1 = v128.load(a, 16);
    let v0 = v128.load(b);
    let v1 = v128.load(b, 16);
    if (kind == IMAGINARY_INNER) {
      v0 = i32x4.shuffle(v0, v0, 1, 0, 3, 2);
      v1 = i32x4.shuffle(v1, v1, 1, 0, 3, 2);
    }
    const p0 = f32x4.mul(u0, v0);
    const p1 = f32x4.mul(u1, v1);
    const even = i32x4.shuffle(p0, p1, 0, 2, 4, 6);
    const odd = i32x4.shuffle(p0, p1, 1, 3, 5, 7);
    v128.store(to, kind == IMAGINARY_INNER ? f32x4.sub(even, odd) : f32x4.add(even, odd));
  }
}

/** One element. */
// @ts-ignore: decorator
@inline
function scalarStep(kind: i32, a: usize, b: usize, to: usize): void {
  if (kind == ADD) {
    store<f32>(to, load<f32>(a) + load<f32>(b));
  } else if (kind == SUBTRACT) {
    store<f32>(to, load<f32>(a) - load<f32>(b));
  } else if (kind == MULTIPLY_REAL) {
    store<f32>(to, load<f32>(a) * load<f32>(b));
  } else if (kind == DIVIDE) {
    store<f32>(to, load<f32>(a) / load<f32>(b));
  } else if (kind == SQUARE_ROOT) {
    store<f32>(to, sqrt<f32>(load<f32>(a)));
  } else if (kind == ADD_COMPLEX) {
    store<f32>(to, load<f32>(a) + load<f32>(b));
    store<f32>(to, load<f32>(a, 4) + load<f32>(b, 4), 4);
  } else if (kind == SUBTRACT_COMPLEX) {
    store<f32>(to, load<f32>(a) - load<f32>(b));
    store<f32>(to, load<f32>(a, 4) - load<f32>(b, 4), 4);
  } else {
    const ur = load<f32>(a);
    const vr = load<f32>(b);
    const vi = load<f32>(b, 4);
    if (kind == REAL_BY_COMPLEX) {
      store<f32>(to, ur * vr);
      store<f32>(to, ur * vi, 4);
    } else if (kind == REAL_BY_CONJUGATE) {
      store<f32>(to, ur * vr);
      store<f32>(to, -(ur * vi), 4);
    } else {
      const ui = load<f32>(a, 4);
      if (kind == MULTIPLY_COMPLEX) {
        store<f32>(to, ur * vr - ui * vi);
        store<f32>(to, ur * vi + ui * vr, 4);
      } else if (kind == MULTIPLY_CONJUGATE) {
        store<f32>(to, ur * vr + ui * vi);
        store<f32>(to, ui * vr - ur * vi, 4);
      } else if (kind == REAL_INNER) {
        store<f32>(to, ur * vr + ui * vi);
      } else {
        store<f32>(to, ur * vi - ui * vr);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function spread(from: usize, bytes: usize, to: usize): usize {
  if (bytes == 4) {
    const x = load<u32>(from);
    for (let i: usize = 0; i < 32; i += 4) store<u32>(to + i, x);
  } else {
    const x = load<u64>(from);
    for (let i: usize = 0; i < 32; i += 8) store<u64>(to + i, x);
  }
  return to;
}

/**
 * One row: `bytesA`, `bytesB`, `bytesTo` are the bytes of an element; aStep/bStep are 0 for a repeated
 * operand. With SIMD, `perStep` elements at a time.
 */
// @ts-ignore: decorator
@inline
function row(kind: i32, n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  const bytesA = bytesOfA(kind);
  const bytesB = bytesOfB(kind);
  const bytesTo = bytesOfResult(kind);
  if (n >= 4) {
    if (aStep == 0) a = spread(a, bytesA, ownVectors());
    if (bStep == 0) b = spread(b, bytesB, ownVectors() + 32);
  }
  const aNext = aStep * bytesA;
  const bNext = bStep * bytesB;
  const perStep: usize = bytesTo == 4 ? 4 : 2;
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const alternate = kind == MULTIPLY_COMPLEX ? i32x4(i32.MIN_VALUE, 0, i32.MIN_VALUE, 0) : i32x4(0, i32.MIN_VALUE, 0, i32.MIN_VALUE);
    const sign = kind == REAL_BY_COMPLEX ? i32x4.splat(0) : alternate;
    const aBlock = aNext * perStep;
    const bBlock = bNext * perStep;
    const toBlock = bytesTo * perStep;
    if (n >= 4) {
      for (; i + perStep <= n; i += perStep) {
        vectorStep(kind, a, b, to, sign);
        a += aBlock;
        b += bBlock;
        to += toBlock;
      }
    }
  }
  for (; i < n; i++) {
    scalarStep(kind, a, b, to);
    a += aNext;
    b += bNext;
    to += bytesTo;
  }
}

function rowAdd(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(ADD, n, a, aStep, b, bStep, to);
}
function rowSubtract(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(SUBTRACT, n, a, aStep, b, bStep, to);
}
function rowMultiplyReal(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(MULTIPLY_REAL, n, a, aStep, b, bStep, to);
}
function rowDivide(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(DIVIDE, n, a, aStep, b, bStep, to);
}
function rowSquareRoot(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(SQUARE_ROOT, n, a, aStep, b, bStep, to);
}
function rowAddComplex(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(ADD_COMPLEX, n, a, aStep, b, bStep, to);
}
function rowSubtractComplex(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(SUBTRACT_COMPLEX, n, a, aStep, b, bStep, to);
}
function rowMultiplyComplex(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(MULTIPLY_COMPLEX, n, a, aStep, b, bStep, to);
}
function rowMultiplyConjugate(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(MULTIPLY_CONJUGATE, n, a, aStep, b, bStep, to);
}
function rowRealByComplex(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(REAL_BY_COMPLEX, n, a, aStep, b, bStep, to);
}
function rowRealByConjugate(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(REAL_BY_CONJUGATE, n, a, aStep, b, bStep, to);
}
function rowRealInner(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(REAL_INNER, n, a, aStep, b, bStep, to);
}
function rowImaginaryInner(n: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize): void {
  row(IMAGINARY_INNER, n, a, aStep, b, bStep, to);
}

/**
 * A binary operation on rows of n elements. aStep and bStep (0 or 1) say whether the operand runs along the
 * row. `outer` holds `rank` triples (length, stride of a, stride of b; strides in bytes, 32-bit words) of
 * the axes outside the row, outermost first; the result is contiguous.
 */
export function binary(
  kind: i32,
  n: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  to: usize,
  outer: usize,
  rank: usize,
): void {
  give<i32>(0, kind);
  give<usize>(1, n);
  give<usize>(2, a);
  give<usize>(3, aStep);
  give<usize>(4, b);
  give<usize>(5, bStep);
  give<usize>(6, to);
  give<usize>(7, outer);
  give<usize>(8, rank);
  if (rank == 0) {
    run(rowTurn, turnsOf(n, RANGE));
    return;
  }
  let count = n;
  for (let axis: usize = 1; axis < rank; axis++) count *= load<u32>(outer + axis * 12) as usize;
  const perTurn: usize = count < RANGE ? RANGE / count : 1;
  give<usize>(9, count);
  give<usize>(10, perTurn);
  run(outerTurn, turnsOf(load<u32>(outer) as usize, perTurn));
}

// @ts-ignore: decorator
@inline
function bytesOfA(kind: i32): usize {
  return kind <= SQUARE_ROOT || kind == REAL_BY_COMPLEX || kind == REAL_BY_CONJUGATE ? 4 : 8;
}

// @ts-ignore: decorator
@inline
function bytesOfB(kind: i32): usize {
  return kind <= SQUARE_ROOT ? 4 : 8;
}

// @ts-ignore: decorator
@inline
function bytesOfResult(kind: i32): usize {
  return kind <= SQUARE_ROOT || kind >= REAL_INNER ? 4 : 8;
}

/** A piece of the one row of an operation without outer axes. */
function rowTurn(turn: usize): void {
  const kind = given<i32>(0);
  const first = turn * RANGE;
  const aStep = given<usize>(3);
  const bStep = given<usize>(5);
  const a = given<usize>(2) + first * aStep * bytesOfA(kind);
  const b = given<usize>(4) + first * bStep * bytesOfB(kind);
  const to = given<usize>(6) + first * bytesOfResult(kind);
  rows(kind, itemsOf(turn, RANGE, given<usize>(1)), a, aStep, b, bStep, to, 0, 0);
}

/** Some turns of the outermost axis, of which each has given(9) samples. */
function outerTurn(turn: usize): void {
  const kind = given<i32>(0);
  const outer = given<usize>(7);
  const perTurn = given<usize>(10);
  const first = turn * perTurn;
  const aStride = load<u32>(outer, 4) as usize;
  const bStride = load<u32>(outer, 8) as usize;
  const toStride = given<usize>(9) * bytesOfResult(kind);
  let a = given<usize>(2) + first * aStride;
  let b = given<usize>(4) + first * bStride;
  let to = given<usize>(6) + first * toStride;
  for (let left = itemsOf(turn, perTurn, load<u32>(outer) as usize); left > 0; left--) {
    rows(kind, given<usize>(1), a, given<usize>(3), b, given<usize>(5), to, outer + 12, given<usize>(8) - 1);
    a += aStride;
    b += bStride;
    to += toStride;
  }
}

function rows(
  kind: i32,
  n: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  to: usize,
  outer: usize,
  rank: usize,
): void {
  if (rank > 0) {
    const length = load<u32>(outer) as usize;
    const aStride = load<u32>(outer, 4) as usize;
    const bStride = load<u32>(outer, 8) as usize;
    let toStride = n * bytesOfResult(kind);
    for (let axis: usize = 1; axis < rank; axis++) toStride *= load<u32>(outer + axis * 12) as usize;
    for (let i: usize = 0; i < length; i++) {
      rows(kind, n, a, aStep, b, bStep, to, outer + 12, rank - 1);
      a += aStride;
      b += bStride;
      to += toStride;
    }
    return;
  }
  switch (kind) {
    case ADD:
      return rowAdd(n, a, aStep, b, bStep, to);
    case SUBTRACT:
      return rowSubtract(n, a, aStep, b, bStep, to);
    case MULTIPLY_REAL:
      return rowMultiplyReal(n, a, aStep, b, bStep, to);
    case DIVIDE:
      return rowDivide(n, a, aStep, b, bStep, to);
    case SQUARE_ROOT:
      return rowSquareRoot(n, a, aStep, b, bStep, to);
    case ADD_COMPLEX:
      return rowAddComplex(n, a, aStep, b, bStep, to);
    case SUBTRACT_COMPLEX:
      return rowSubtractComplex(n, a, aStep, b, bStep, to);
    case MULTIPLY_COMPLEX:
      return rowMultiplyComplex(n, a, aStep, b, bStep, to);
    case MULTIPLY_CONJUGATE:
      return rowMultiplyConjugate(n, a, aStep, b, bStep, to);
    case REAL_BY_COMPLEX:
      return rowRealByComplex(n, a, aStep, b, bStep, to);
    case REAL_BY_CONJUGATE:
      return rowRealByConjugate(n, a, aStep, b, bStep, to);
    case REAL_INNER:
      return rowRealInner(n, a, aStep, b, bStep, to);
    case IMAGINARY_INNER:
      return rowImaginaryInner(n, a, aStep, b, bStep, to);
    default:
      unreachable();
  }
}

/** to = factor · a, n reals. */
export function scale(n: usize, a: usize, factor: f32, to: usize): void {
  give<usize>(0, n);
  give<usize>(1, a);
  give<f32>(2, factor);
  give<usize>(3, to);
  run(scaleTurn, turnsOf(n, RANGE));
}

function scaleTurn(turn: usize): void {
  const at = (turn * RANGE) << 2;
  scaleRange(itemsOf(turn, RANGE, given<usize>(0)), given<usize>(1) + at, given<f32>(2), given<usize>(3) + at);
}

function scaleRange(n: usize, a: usize, factor: f32, to: usize): void {
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const f = f32x4.splat(factor);
    for (; i + 4 <= n; i += 4, a += 16, to += 16) v128.store(to, f32x4.mul(f, v128.load(a)));
  }
  for (; i < n; i++, a += 4, to += 4) store<f32>(to, factor * load<f32>(a));
}

/**
 * Copies the centred part of each of `count` planes of `pixelBytes` per sample into planes of zeros, or out
 * of larger ones; sample floor(N/2) stays at floor(N/2) on both axes.
 */
export function resize(
  from: usize,
  to: usize,
  count: usize,
  ny: usize,
  nx: usize,
  outNy: usize,
  outNx: usize,
  pixelBytes: usize,
): void {
  const rows = ny < outNy ? ny : outNy;
  const columns = nx < outNx ? nx : outNx;
  const fromY = ny > outNy ? (ny >> 1) - (outNy >> 1) : 0;
  const fromX = nx > outNx ? (nx >> 1) - (outNx >> 1) : 0;
  const toY = outNy > ny ? (outNy >> 1) - (ny >> 1) : 0;
  const toX = outNx > nx ? (outNx >> 1) - (nx >> 1) : 0;
  if (outNy > ny || outNx > nx) memory.fill(to, 0, count * outNy * outNx * pixelBytes);
  for (let plane: usize = 0; plane < count; plane++) {
    let source = from + ((plane * ny + fromY) * nx + fromX) * pixelBytes;
    let target = to + ((plane * outNy + toY) * outNx + toX) * pixelBytes;
    for (let y: usize = 0; y < rows; y++) {
      memory.copy(target, source, columns * pixelBytes);
      source += nx * pixelBytes;
      target += outNx * pixelBytes;
    }
  }
}
