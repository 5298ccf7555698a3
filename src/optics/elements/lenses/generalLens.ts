import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import {
  constantScalar,
  divideScalars,
  multiplyScalars,
  type Scalar,
  subtractScalars,
} from '../../ops/scalar.ts';
import { type RayMatrix, systemNotes, throughSystem } from '../../propagation/rayMatrix.ts';
import type { Field } from '../../values.ts';
import { lensLength, powerOf } from './lensParams.ts';

/** From a plane d before a lens to its back focal plane: A = 0 exactly. */
function matrixOf(
  light: Field,
  params: { readonly focalLength: Scalar; readonly distance: Scalar },
): RayMatrix {
  const power = powerOf(light, params.focalLength);
  return {
    a: constantScalar(0),
    b: divideScalars(1, power),
    c: multiplyScalars(power, -1),
    d: subtractScalars(1, divideScalars(params.distance, params.focalLength)),
  };
}

export const generalLens: ElementSpec = defineElement({
  type: 'generalLens',
  version: 1,
  category: 'lenses',
  title: 'Lens to focal plane (d, f)',
  summary: 'From any plane before a lens to its back focal plane: a Fourier transform with a curved phase.',
  keywords: ['fourier', 'transform', 'df', 'focus', 'lens', 'far field'],
  inputs: { in: { accepts: ['field'], title: 'Light before the lens' } },
  outputs: { out: { type: 'field', title: 'Back focus' } },
  params: {
    focalLength: lensLength(
      'Focal length',
      'Focal length f. The pitch in the focal plane is λ f / (n N pitch).',
      {
        default: 0.1,
        min: 1e-6,
        soft: [0.01, 1],
        prominent: true,
      },
    ),
    distance: lensLength(
      'Distance',
      'Distance d from the light’s plane to the lens; at d = f the phase is flat.',
      {
        default: 0.1,
        soft: [0, 0.5],
        prominent: true,
      },
    ),
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'u_out(x) = -i n/(λf) exp[iπ n (1 - d/f) x²/(λf)] ∬ u_in(ξ) exp[-2πi n x·ξ/(λf)] dξ',
  references: ['Goodman, Introduction to Fourier Optics: input placed in front of the lens'],
  sampling: (inputs, params) => {
    const light = inputs['in'];
    return light?.kind === 'field' ? systemNotes(light, matrixOf(light, params)) : [];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    return { out: throughSystem(ops, light, matrixOf(light, params)) };
  },
});
