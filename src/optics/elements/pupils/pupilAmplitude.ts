import type { ElementSpec, QuantityParam } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { gaussLegendre, integrate } from '../../maths/quadrature.ts';
import { zernike } from '../../maths/zernike.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { referenceThrough } from '../../pupil/reference.ts';
import { amplitudeMap } from '../../sampledGrid.ts';

/** Round terms after piston, by Noll index. */
const TERMS = [
  ['second', 4],
  ['fourth', 11],
  ['sixth', 22],
] as const;

/** Over the square of the radius the exponent is a cubic at most: eight nodes hold the mean of its exponential. */
const RULE = gaussLegendre(8, 0, 1);

function mode(title: string, noll: number, doc: string, prominent = true): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'dimensionless',
    title,
    doc: `${doc} The exponent has this RMS over the pupil (Noll ${noll}).`,
    default: 0,
    min: -2,
    max: 2,
    soft: [-0.5, 0.5],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.05,
    prominent,
  };
}

/** Amplitude at a place of the pupil whose mean square over the disc is 1. */
function amplitudeOf(values: readonly number[]): (x: number, y: number) => number {
  const exponent = (x: number, y: number) =>
    TERMS.reduce((sum, [, noll], i) => sum + (values[i] ?? 0) * zernike(noll, x, y), 0);
  const mean = integrate(RULE, (square) => Math.exp(2 * exponent(Math.sqrt(square), 0)));
  return (x, y) => Math.exp(exponent(x, y)) / Math.sqrt(mean);
}

export const pupilAmplitude: ElementSpec = defineElement({
  type: 'pupilAmplitude',
  version: 1,
  category: 'pupils',
  title: 'Pupil amplitude',
  summary: 'Light that is weaker or stronger towards the edge of a pupil, as numbers that a fit can learn.',
  keywords: ['apodisation', 'transmission', 'roll-off', 'vignetting', 'amplitude modes', 'zernike'],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'pupil', title: 'Pupil' } },
  params: {
    second: mode('Towards the edge', 4, 'Negative: weaker towards the edge, as ρ².'),
    fourth: mode('Fourth order', 11, 'Negative: weaker in the middle and at the edge, as ρ⁴.'),
    sixth: mode('Sixth order', 22, 'The next of these shapes, as ρ⁶.', false),
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'P(ρ) → P(ρ) · exp[a₄ Z₄(ρ) + a₁₁ Z₁₁(ρ) + a₂₂ Z₂₂(ρ)] / N; N keeps the power of an even pupil',
  references: [
    'Hanser, Gustafsson, Agard and Sedat, J. Microsc. 216, 32 (2004): amplitude of measured pupils',
    'Noll, J. Opt. Soc. Am. 66, 207 (1976)',
  ],
  sampling: () => [],
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'pupil');
    const { radius, samples } = light.grid;
    const name = 'pupilAmplitude';
    const args = TERMS.map(([term]) => ({ scalar: params[term], scale: 0.1 }));
    const amplitude = amplitudeMap(ops, name, samples, constantScalar(1 / radius), args, amplitudeOf);
    const reference = referenceThrough(ops, light, {
      name,
      args,
      prepare: (values) => {
        const at = amplitudeOf(values);
        return (x, y, out) => {
          out[0] = at(x, y);
          out[1] = 0;
        };
      },
    });
    return { out: { ...light, samples: ops.multiply(amplitude, light.samples), reference } };
  },
});
