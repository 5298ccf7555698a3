/** Sums and linear combinations. Long sums run in float64. */

/** Values per block of partial sums: 4 KB of float64. */
// @ts-ignore: decorator
@inline
const BLOCK: usize = 512;

const PARTIAL: usize = memory.data(4096, 16);

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
function addToPartials(from: usize, n: usize): void {
  let to = PARTIAL;
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

/** [outer, length, inner] reals summed over the middle axis → [outer, inner]. */
export function sumMiddle(from: usize, to: usize, outer: usize, length: usize, inner: usize): void {
  for (let o: usize = 0; o < outer; o++) {
    const plane = from + o * length * inner * 4;
    const out = to + o * inner * 4;
    if (inner == 1) {
      store<f32>(out, sumRun(plane, length) as f32);
    } else if (inner == 2) {
      sumPairs(plane, length, out);
    } else {
      for (let start: usize = 0; start < inner; start += BLOCK) {
        const n = inner - start < BLOCK ? inner - start : BLOCK;
        memory.fill(PARTIAL, 0, n * 8);
        for (let r: usize = 0; r < length; r++) addToPartials(plane + (r * inner + start) * 4, n);
        for (let i: usize = 0; i < n; i++) {
          store<f32>(out + (start + i) * 4, load<f64>(PARTIAL + i * 8) as f32);
        }
      }
    }
  }
}

/** Sums n pairs part by part: the full sum of a complex array. */
function sumPairs(from: usize, n: usize, to: usize): void {
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
  store<f32>(to, re as f32);
  store<f32>(to, im as f32, 4);
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
  const stride = n * 4;
  for (let start: usize = 0; start < n; start += COMBINE_BLOCK) {
    const block = n - start < COMBINE_BLOCK ? n - start : COMBINE_BLOCK;
    const out = to + start * 4;
    memory.fill(out, 0, block * 4);
    let b = basis + start * 4;
    let j: usize = 0;
    for (; j + 4 <= count; j += 4, b += 4 * stride) addFour(out, b, stride, coefficients + j * 4, block);
    for (; j < count; j++, b += stride) addOne(out, b, load<f32>(coefficients + j * 4), block);
  }
}

/** For each of `count` rows of basis: the sum of its products with the map, exact products in float64. */
export function project(basis: usize, map: usize, count: usize, n: usize, to: usize): void {
  for (let j: usize = 0; j < count; j++, to += 4) {
    let a = basis + j * n * 4;
    let b = map;
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
    store<f32>(to, total as f32);
  }
}
