/**
 * Vector arithmetic written once for both builds: V is v128 (four float32 lanes) with SIMD and f32 without.
 * The branches are resolved at compile time, so each build holds only its own instructions.
 */

// @ts-ignore: decorator
@inline
export function add<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.add(a, b);
  return (a + b) as V;
}

// @ts-ignore: decorator
@inline
export function sub<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.sub(a, b);
  return (a - b) as V;
}

// @ts-ignore: decorator
@inline
export function mul<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.mul(a, b);
  return (a * b) as V;
}

// @ts-ignore: decorator
@inline
export function neg<V>(a: V): V {
  if (isVector<V>()) return f32x4.neg(a);
  return -a as V;
}

// @ts-ignore: decorator
@inline
export function splat<V>(a: f32): V {
  if (isVector<V>()) return f32x4.splat(a);
  return a as V;
}

/** The float32 at the address, in every lane. */
// @ts-ignore: decorator
@inline
export function loadSplat<V>(address: usize): V {
  if (isVector<V>()) return v128.load32_splat(address);
  return load<f32>(address) as V;
}

/** Samples that one vector holds. */
// @ts-ignore: decorator
@inline
export function lanesOf<V>(): usize {
  return sizeof<V>() >> 2;
}
