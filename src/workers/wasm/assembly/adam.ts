/** One step of Adam (Kingma and Ba 2015), in place. */
import { give, given, itemsOf, RANGE, run, turnsOf } from './parallel';

/**
 * n parameters move within their bounds. `moments` holds three rows of n: first and second moment, and the kept
 * parameters, which become those before the step when `keep`. `rate` holds the correction of the first moment,
 * `correction` is that of the second; `rest` are 1 - beta.
 */
export function adam(
  n: usize,
  parameters: usize,
  moments: usize,
  bounds: usize,
  gradient: usize,
  keep: bool,
  rate: f32,
  correction: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  epsilon: f32,
): void {
  give<usize>(0, n);
  give<usize>(1, parameters);
  give<usize>(2, moments);
  give<usize>(3, bounds);
  give<usize>(4, gradient);
  give<u32>(5, keep ? 1 : 0);
  give<f32>(6, rate);
  give<f32>(7, correction);
  give<f32>(8, beta1);
  give<f32>(9, rest1);
  give<f32>(10, beta2);
  give<f32>(11, rest2);
  give<f32>(12, epsilon);
  run(adamTurn, turnsOf(n, RANGE));
}

function adamTurn(turn: usize): void {
  const n = given<usize>(0);
  const keep = given<u32>(5) != 0;
  const rate = given<f32>(6);
  const correction = given<f32>(7);
  const beta1 = given<f32>(8);
  const rest1 = given<f32>(9);
  const beta2 = given<f32>(10);
  const rest2 = given<f32>(11);
  const epsilon = given<f32>(12);
  const row = n << 2;
  const first = (turn * RANGE) << 2;
  let at = given<usize>(1) + first;
  let moment = given<usize>(2) + first;
  let bound = given<usize>(3) + first;
  let slope = given<usize>(4) + first;
  const count = itemsOf(turn, RANGE, n);
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const vBeta1 = f32x4.splat(beta1);
    const vRest1 = f32x4.splat(rest1);
    const vBeta2 = f32x4.splat(beta2);
    const vRest2 = f32x4.splat(rest2);
    const vRate = f32x4.splat(rate);
    const vCorrection = f32x4.splat(correction);
    const vEpsilon = f32x4.splat(epsilon);
    for (; i + 4 <= count; i += 4, at += 16, moment += 16, bound += 16, slope += 16) {
      const x = v128.load(at);
      const g = v128.load(slope);
      if (keep) v128.store(moment + 2 * row, x);
      const m = f32x4.add(f32x4.mul(vBeta1, v128.load(moment)), f32x4.mul(vRest1, g));
      const square = f32x4.mul(f32x4.mul(vRest2, g), g);
      const v = f32x4.add(f32x4.mul(vBeta2, v128.load(moment + row)), square);
      v128.store(moment, m);
      v128.store(moment + row, v);
      const size = f32x4.add(f32x4.sqrt(f32x4.mul(v, vCorrection)), vEpsilon);
      const next = f32x4.sub(x, f32x4.div(f32x4.mul(vRate, m), size));
      v128.store(at, f32x4.min(v128.load(bound + row), f32x4.max(v128.load(bound), next)));
    }
  }
  for (; i < count; i++, at += 4, moment += 4, bound += 4, slope += 4) {
    const x = load<f32>(at);
    const g = load<f32>(slope);
    if (keep) store<f32>(moment + 2 * row, x);
    const m = beta1 * load<f32>(moment) + rest1 * g;
    const v = beta2 * load<f32>(moment + row) + rest2 * g * g;
    store<f32>(moment, m);
    store<f32>(moment + row, v);
    const next = x - (rate * m) / (sqrt<f32>(v * correction) + epsilon);
    store<f32>(at, min<f32>(load<f32>(bound + row), max<f32>(load<f32>(bound), next)));
  }
}
