/** Kernels of the matrix Fourier transform: sampling an image plane at any pitch from a pupil or a spectrum. */
import type { Complex, Ops } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';

/**
 * K[j, m] = exp(sign·2πi·step·(j - floor(J/2))·q[m]), complex [J, M], with `step` differentiable.
 * Phases are formed and reduced in float64.
 * @param q evenly spaced coordinates of the other domain (pupil ρ, or spectral index / N).
 */
export function fourierKernel(
  ops: Ops,
  step: Scalar,
  outputs: number,
  q: Float64Array,
  sign: 1 | -1,
): Complex {
  const m = q.length;
  return ops.hostMap(
    [step],
    [outputs, m],
    'complex',
    (values, wanted) => {
      const s = values[0] as number;
      const value = new Float64Array(2 * outputs * m);
      const partial = wanted[0] ? new Float64Array(2 * outputs * m) : undefined;
      const centre = Math.floor(outputs / 2);
      for (let j = 0; j < outputs; j++) {
        for (let c = 0; c < m; c++) {
          const perStep = sign * (j - centre) * (q[c] as number);
          const turns = perStep * s;
          const phase = 2 * Math.PI * (turns - Math.round(turns));
          const i = 2 * (j * m + c);
          const [re, im] = [Math.cos(phase), Math.sin(phase)];
          value[i] = re;
          value[i + 1] = im;
          if (partial !== undefined) {
            partial[i] = -2 * Math.PI * perStep * im;
            partial[i + 1] = 2 * Math.PI * perStep * re;
          }
        }
      }
      return { value, partials: [partial] };
    },
    `fourierKernel:${sign}:${q[0]}:${q[m - 1]}`,
  );
}
