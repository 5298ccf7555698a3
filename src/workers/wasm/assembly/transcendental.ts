/** Sine, cosine and logarithm. Polynomial coefficients are own minimax fits on the reduced intervals. */
import { give, given, itemsOf, RANGE, run, turnsOf } from './parallel';

// sin r = r + r³(S1 + S2 r² + S3 r⁴), |error| < 2e-9 and cos r = 1 - r²/2 + r⁴(C1 + C2 r² + C3 r⁴),
// |error| < 1e-10, both for |r| <= π/4.
// @ts-ignore: decorator
@inline
const S1: f32 = -0.16666650657136925;
// @ts-ignore: decorator
@inline
const S2: f32 = 0.008331977977700187;
// @ts-ignore: decorator
@inline
const S3: f32 = -0.0001949554902503213;
// @ts-ignore: decorator
@inline
const C1: f32 = 0.041666646851349666;
// @ts-ignore: decorator
@inline
const C2: f32 = -0.001388736674380854;
// @ts-ignore: decorator
@inline
const C3: f32 = 0.000024438359708684597;

// @ts-ignore: decorator
@inline
const QUARTERS_PER_RADIAN: f64 = 0.63661977236758134308;
// @ts-ignore: decorator
@inline
const QUARTER_TURN: f64 = 1.5707963267948966192;

// π/2 in three float32, the first two of 11 bits: their products with up to 8191 quarters (13 bits) are exact, and so
// are the differences.
// @ts-ignore: decorator
@inline
const QUARTER_HIGH: f32 = 1.5703125;
// @ts-ignore: decorator
@inline
const QUARTER_MIDDLE: f32 = 0.0004837512969970703;
// @ts-ignore: decorator
@inline
const QUARTER_LOW: f32 = 7.549790126404332e-08;
/** 1.5·2²³: float32 of this size are whole numbers. */
// @ts-ignore: decorator
@inline
const WHOLE: f32 = 12582912;
/** Phases (radians) up to which the three parts serve. */
// @ts-ignore: decorator
@inline
const FEW_TURNS: f32 = 12000;

function phasorOne(phase: f32, to: usize): void {
  const x = phase as f64;
  const quarters = nearest<f64>(x * QUARTERS_PER_RADIAN);
  const r = (x - quarters * QUARTER_TURN) as f32;
  const turn = quarters as i32;
  const r2 = r * r;
  const sine = r + r * r2 * (S1 + r2 * (S2 + r2 * S3));
  const cosine: f32 = 1 - 0.5 * r2 + r2 * r2 * (C1 + r2 * (C2 + r2 * C3));
  const odd = (turn & 1) != 0;
  const c = odd ? sine : cosine;
  const s = odd ? cosine : sine;
  store<f32>(to, ((turn + 1) & 2) != 0 ? -c : c);
  store<f32>(to, (turn & 2) != 0 ? -s : s, 4);
}

const TABLE: usize = memory.data<f32>(
  [
    FEW_TURNS,
    WHOLE,
    QUARTERS_PER_RADIAN as f32,
    QUARTER_HIGH,
    QUARTER_MIDDLE,
    QUARTER_LOW,
    S1,
    S2,
    S3,
    C1,
    C2,
    C3,
    1,
    0.5,
  ],
  16,
);

/**
 * exp(i·phase) of n reals. The reduction to a quarter turn is exact up to thousands of turns (in three parts) and
 * runs in float64 beyond, so the result keeps full float32 accuracy as far as the quarter count fits 32 bits
 * (|phase| < 3e9).
 */
export function phasor(n: usize, phase: usize, to: usize): void {
  give<usize>(0, n);
  give<usize>(1, phase);
  give<usize>(2, to);
  run(phasorTurn, turnsOf(n, RANGE));
}

function phasorTurn(turn: usize): void {
  const first = turn * RANGE;
  phasorRange(itemsOf(turn, RANGE, given<usize>(0)), given<usize>(1) + (first << 2), given<usize>(2) + (first << 3));
}

function phasorRange(n: usize, phase: usize, to: usize): void {
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const perRadian = f64x2.splat(QUARTERS_PER_RADIAN);
    const quarter = f64x2.splat(QUARTER_TURN);
    // From memory: the engine would make constants anew in each turn of the loop.
    const few = v128.load32_splat(TABLE);
    const whole = v128.load32_splat(TABLE, 4);
    const quarters = v128.load32_splat(TABLE, 8);
    const high = v128.load32_splat(TABLE, 12);
    const middle = v128.load32_splat(TABLE, 16);
    const low = v128.load32_splat(TABLE, 20);
    const s1 = v128.load32_splat(TABLE, 24);
    const s2 = v128.load32_splat(TABLE, 28);
    const s3 = v128.load32_splat(TABLE, 32);
    const c1 = v128.load32_splat(TABLE, 36);
    const c2 = v128.load32_splat(TABLE, 40);
    const c3 = v128.load32_splat(TABLE, 44);
    const unity = v128.load32_splat(TABLE, 48);
    const half = v128.load32_splat(TABLE, 52);
    for (; i + 4 <= n; i += 4, phase += 16, to += 32) {
      const x = v128.load(phase);
      let r: v128;
      let turn: v128;
      if (v128.any_true(f32x4.gt(f32x4.abs(x), few))) {
        const x0 = f64x2.promote_low_f32x4(x);
        const x1 = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0));
        const q0 = f64x2.nearest(f64x2.mul(x0, perRadian));
        const q1 = f64x2.nearest(f64x2.mul(x1, perRadian));
        r = i64x2.shuffle(
          f32x4.demote_f64x2_zero(f64x2.sub(x0, f64x2.mul(q0, quarter))),
          f32x4.demote_f64x2_zero(f64x2.sub(x1, f64x2.mul(q1, quarter))),
          0,
          2,
        );
        turn = i64x2.shuffle(i32x4.trunc_sat_f64x2_s_zero(q0), i32x4.trunc_sat_f64x2_s_zero(q1), 0, 2);
      } else {
        // The sum has no digits after the point: it is rounded, and its last bits count the quarters.
        turn = f32x4.add(f32x4.mul(x, quarters), whole);
        const q = f32x4.sub(turn, whole);
        r = f32x4.sub(f32x4.sub(x, f32x4.mul(q, high)), f32x4.mul(q, middle));
        r = f32x4.sub(r, f32x4.mul(q, low));
      }
      const r2 = f32x4.mul(r, r);
      const sine = f32x4.add(
        r,
        f32x4.mul(f32x4.mul(r, r2), f32x4.add(s1, f32x4.mul(r2, f32x4.add(s2, f32x4.mul(r2, s3))))),
      );
      const cosine = f32x4.add(
        f32x4.sub(unity, f32x4.mul(half, r2)),
        f32x4.mul(f32x4.mul(r2, r2), f32x4.add(c1, f32x4.mul(r2, f32x4.add(c2, f32x4.mul(r2, c3))))),
      );
      // The last two bits of the quarter count, moved to the sign bit.
      const one = i32x4.shl(turn, 31);
      const flipSine = i32x4.shl(i32x4.shr_u(turn, 1), 31);
      const flipCosine = v128.xor(one, flipSine);
      const odd = i32x4.shr_s(one, 31);
      const c = v128.xor(v128.bitselect(sine, cosine, odd), flipCosine);
      const s = v128.xor(v128.bitselect(cosine, sine, odd), flipSine);
      v128.store(to, i32x4.shuffle(c, s, 0, 4, 1, 5));
      v128.store(to, i32x4.shuffle(c, s, 2, 6, 3, 7), 16);
    }
  }
  for (; i < n; i++, phase += 4, to += 8) phasorOne(load<f32>(phase), to);
}

// @ts-ignore: decorator
@inline
const LN2: f64 = 0.69314718055994530942;

/** Smallest model value of the Poisson kernels. */
// @ts-ignore: decorator
@inline
const FLOOR: f64 = 1e-6;

// Bits of 1/√2.
// @ts-ignore: decorator
@inline
const INVERSE_ROOT_2: u64 = 0x3fe6a09e667f3bcd;

/**
 * Natural logarithm of a positive normal float64: x = 2^e·f with f in [1/√2, √2), ln f = 2 artanh s with
 * s = (f - 1)/(f + 1), |s| < 0.1716; the series stops at s^15, relative error < 1e-14.
 */
// @ts-ignore: decorator
@inline
function logarithm(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  // Subtracting 1/√2 makes the exponent change at √2·2^k.
  const shifted = bits - INVERSE_ROOT_2;
  const e = (shifted as i64) >> 52;
  const f = reinterpret<f64>(bits - ((e << 52) as u64));
  const s = (f - 1) / (f + 1);
  const q = s * s;
  let p = 1.0 / 13 + q * (1.0 / 15);
  p = 1.0 / 11 + q * p;
  p = 1.0 / 9 + q * p;
  p = 1.0 / 7 + q * p;
  p = 1.0 / 5 + q * p;
  p = 1.0 / 3 + q * p;
  return (e as f64) * LN2 + 2 * s * (1 + q * p);
}

/** The same for two numbers at once. */
// @ts-ignore: decorator
@inline
function logarithms(x: v128): v128 {
  const e = i64x2.shr_s(i64x2.sub(x, i64x2.splat(INVERSE_ROOT_2)), 52);
  const f = i64x2.sub(x, i64x2.shl(e, 52));
  // The exponent becomes a float64 by way of the mantissa of 1.5·2^52.
  const whole = f64x2.sub(i64x2.add(e, i64x2.splat(0x4338000000000000)), f64x2.splat(6755399441055744));
  const s = f64x2.div(f64x2.sub(f, f64x2.splat(1)), f64x2.add(f, f64x2.splat(1)));
  const q = f64x2.mul(s, s);
  let p = f64x2.add(f64x2.splat(1.0 / 13), f64x2.mul(q, f64x2.splat(1.0 / 15)));
  p = f64x2.add(f64x2.splat(1.0 / 11), f64x2.mul(q, p));
  p = f64x2.add(f64x2.splat(1.0 / 9), f64x2.mul(q, p));
  p = f64x2.add(f64x2.splat(1.0 / 7), f64x2.mul(q, p));
  p = f64x2.add(f64x2.splat(1.0 / 5), f64x2.mul(q, p));
  p = f64x2.add(f64x2.splat(1.0 / 3), f64x2.mul(q, p));
  const series = f64x2.mul(f64x2.add(s, s), f64x2.add(f64x2.splat(1), f64x2.mul(q, p)));
  return f64x2.add(f64x2.mul(whole, f64x2.splat(LN2)), series);
}

/** Samples per turn of the Poisson kernels. */
// @ts-ignore: decorator
@inline
const POISSON_RANGE: usize = RANGE >> 1;

// @ts-ignore: decorator
@inline
function givePoisson(n: usize, model: usize, data: usize, to: usize): void {
  give<usize>(0, n);
  give<usize>(1, model);
  give<usize>(2, data);
  give<usize>(3, to);
}

/**
 * model - data + data·ln(data/model). In float64 because the three terms cancel when data and model agree.
 * Data that are not positive contribute no logarithm.
 */
export function poissonDeviance(n: usize, model: usize, data: usize, to: usize): void {
  givePoisson(n, model, data, to);
  run(poissonDevianceTurn, turnsOf(n, POISSON_RANGE));
}

function poissonDevianceTurn(turn: usize): void {
  const at = (turn * POISSON_RANGE) << 2;
  const n = itemsOf(turn, POISSON_RANGE, given<usize>(0));
  poissonDevianceRange(n, given<usize>(1) + at, given<usize>(2) + at, given<usize>(3) + at);
}

function poissonDevianceRange(n: usize, model: usize, data: usize, to: usize): void {
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const zero = f64x2.splat(0);
    for (; i + 2 <= n; i += 2, model += 8, data += 8, to += 8) {
      // pmax keeps a model that is not a number, so that it stays visible.
      const m = f64x2.pmax(f64x2.promote_low_f32x4(v128.load64_zero(model)), f64x2.splat(FLOOR));
      const d = f64x2.promote_low_f32x4(v128.load64_zero(data));
      const term = v128.and(f64x2.mul(d, logarithms(f64x2.div(d, m))), f64x2.gt(d, zero));
      const sum = f64x2.add(f64x2.sub(m, d), term);
      v128.store64_lane(to, f32x4.demote_f64x2_zero(sum), 0);
    }
  }
  for (; i < n; i++, model += 4, data += 4, to += 4) {
    const m = max<f64>(load<f32>(model) as f64, FLOOR);
    const d = load<f32>(data) as f64;
    const term = d > 0 ? d * logarithm(d / m) : 0;
    store<f32>(to, (m - d + term) as f32);
  }
}

/** 1 - data/model with the model clamped as above. */
export function poissonSlope(n: usize, model: usize, data: usize, to: usize): void {
  givePoisson(n, model, data, to);
  run(poissonSlopeTurn, turnsOf(n, POISSON_RANGE));
}

function poissonSlopeTurn(turn: usize): void {
  const at = (turn * POISSON_RANGE) << 2;
  const n = itemsOf(turn, POISSON_RANGE, given<usize>(0));
  poissonSlopeRange(n, given<usize>(1) + at, given<usize>(2) + at, given<usize>(3) + at);
}

function poissonSlopeRange(n: usize, model: usize, data: usize, to: usize): void {
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 2 <= n; i += 2, model += 8, data += 8, to += 8) {
      const m = f64x2.pmax(f64x2.promote_low_f32x4(v128.load64_zero(model)), f64x2.splat(FLOOR));
      const ratio = f64x2.div(f64x2.promote_low_f32x4(v128.load64_zero(data)), m);
      v128.store64_lane(to, f32x4.demote_f64x2_zero(f64x2.sub(f64x2.splat(1), ratio)), 0);
    }
  }
  for (; i < n; i++, model += 4, data += 4, to += 4) {
    const m = max<f64>(load<f32>(model) as f64, FLOOR);
    store<f32>(to, (1 - (load<f32>(data) as f64) / m) as f32);
  }
}
