/** A step of Adam on the device, in place: what all parameters share first, then moments, then parameters. */
import { ADAM_DIVERGED } from '../../optics/ops/adam.ts';
import type { AdamRates, AdamState } from '../../optics/ops/kernels.ts';
import { ADAM_ENDINGS, ADAM_HEADER, sizeOf } from '../../optics/ops/kernels.ts';
import { runInPlace, type Uniform, type WebgpuArray } from './program.ts';

/** Notes the loss, counts the step, and ends the descent where numbers are not finite or the loss has grown too far. */
function note({ progress }: AdamState<WebgpuArray>, loss: WebgpuArray, gradient: WebgpuArray): void {
  runInPlace(
    {
      kernel: 'LuminodeAdam',
      key: 'note',
      inputs: { loss: 'real', gradient: 'real' },
      output: 'real',
      // By their bits: a compiler may take all numbers for finite.
      code: () => `
        fn isFinite(x : f32) -> bool { return ((bitcast<u32>(x) >> 23u) & 0xffu) != 0xffu; }
        fn compute(g : u32) {
          if (result[3] != 0.0) { return; }
          let steps = u32(result[0]);
          let now = loss[g];
          result[${ADAM_HEADER}u + steps % uniforms.kept] = now;
          result[0] = f32(steps + 1u);
          var isGood = isFinite(now);
          for (var i = 0u; i < uniforms.count; i++) { isGood = isGood && isFinite(gradient[i]); }
          if (!isGood) {
            result[3] = ${ADAM_ENDINGS.indexOf('notFinite')}.0;
            return;
          }
          // As adamReference: the larger of the first two losses.
          if (steps == 0u) { result[2] = now; }
          if (steps == 1u) { result[2] = max(result[2], now); }
          if (now < result[1]) { result[1] = now; }
          if (now - result[1] > uniforms.diverged * max(abs(result[2]), result[2] - result[1])) {
            result[3] = ${ADAM_ENDINGS.indexOf('diverged')}.0;
          }
        }`,
    },
    { loss: loss.tensor, gradient: gradient.tensor },
    progress.tensor,
    1,
    [
      { name: 'kept', type: 'u32', value: [sizeOf(progress.shape) - ADAM_HEADER] },
      { name: 'count', type: 'u32', value: [sizeOf(gradient.shape)] },
      { name: 'diverged', type: 'f32', value: [ADAM_DIVERGED] },
    ],
  );
}

/** First and second moment of the gradient; the parameters are kept where the loss is the least so far. */
function advance(
  { progress, parameters, moments }: AdamState<WebgpuArray>,
  loss: WebgpuArray,
  gradient: WebgpuArray,
  { beta1, beta2 }: AdamRates,
): void {
  const size = sizeOf(parameters.shape);
  runInPlace(
    {
      kernel: 'LuminodeAdam',
      key: 'advance',
      inputs: { gradient: 'real', parameters: 'real', progress: 'real', loss: 'real' },
      output: 'real',
      code: () => `fn compute(g : u32) {
        if (progress[3] != 0.0) { return; }
        let slope = gradient[g];
        let second = uniforms.calls + g;
        result[g] = uniforms.keep.x * result[g] + uniforms.take.x * slope;
        result[second] = uniforms.keep.y * result[second] + uniforms.take.y * slope * slope;
        // Equal only where this loss has just become the least.
        if (loss[0] <= progress[1]) { result[second + uniforms.calls] = parameters[g]; }
      }`,
    },
    {
      gradient: gradient.tensor,
      parameters: parameters.tensor,
      progress: progress.tensor,
      loss: loss.tensor,
    },
    moments.tensor,
    size,
    [
      { name: 'keep', type: 'f32', value: [beta1, beta2] },
      { name: 'take', type: 'f32', value: [1 - beta1, 1 - beta2] },
    ],
  );
}

function move({ progress, parameters, moments, bounds }: AdamState<WebgpuArray>, rates: AdamRates): void {
  const { learningRate, decaySteps, beta1, beta2, epsilon } = rates;
  const uniforms: Uniform[] = [
    {
      name: 'rates',
      type: 'f32',
      value: [learningRate, epsilon, decaySteps === null ? 0 : 1 / decaySteps, 0],
    },
    { name: 'logarithms', type: 'f32', value: [Math.log(beta1), Math.log(beta2)] },
  ];
  runInPlace(
    {
      kernel: 'LuminodeAdam',
      key: 'move',
      inputs: { moments: 'real', bounds: 'real', progress: 'real' },
      output: 'real',
      // 1 - exp(x) for x < 0, without losing the digits of a small x; the cosine by its series, since the built-in
      // one is only promised to 2^-11.
      code: () => `
        fn complement(x : f32) -> f32 {
          if (x < -0.25) { return 1.0 - exp(x); }
          return -x * (1.0 + x * (1.0 / 2.0 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x / 720.0)))));
        }
        // (1 + cos(π share))/2 = cos²(π share/2)
        fn decay(share : f32) -> f32 {
          let x = 1.5707963267948966 * min(share, 1.0);
          let z = x * x;
          let c = 1.0 - z * (1.0 / 2.0 - z * (1.0 / 24.0 - z * (1.0 / 720.0 - z * (1.0 / 40320.0 - z / 3628800.0))));
          return c * c;
        }
        fn compute(g : u32) {
          if (progress[3] != 0.0) { return; }
          let step = progress[0];
          let rate = uniforms.rates.x * decay(step * uniforms.rates.z) / complement(step * uniforms.logarithms.x);
          let second = moments[uniforms.calls + g] / complement(step * uniforms.logarithms.y);
          let next = result[g] - rate * moments[g] / (sqrt(second) + uniforms.rates.y);
          result[g] = clamp(next, bounds[g], bounds[uniforms.calls + g]);
        }`,
    },
    { moments: moments.tensor, bounds: bounds.tensor, progress: progress.tensor },
    parameters.tensor,
    sizeOf(parameters.shape),
    uniforms,
  );
}

export function adam(
  state: AdamState<WebgpuArray>,
  loss: WebgpuArray,
  gradient: WebgpuArray,
  rates: AdamRates,
): void {
  note(state, loss, gradient);
  advance(state, loss, gradient, rates);
  move(state, rates);
}
