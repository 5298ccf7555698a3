import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { mapScalar } from '../../ops/scalar.ts';
import { maskNumber } from './maskParams.ts';

/** d 10^(-D/2) / dD over its value. */
const SLOPE = -Math.LN10 / 2;

export const attenuator: ElementSpec = defineElement({
  type: 'attenuator',
  version: 1,
  category: 'masks',
  title: 'Neutral density',
  summary: 'Weakens the light evenly, by its optical density.',
  keywords: ['ND', 'filter', 'attenuate', 'absorb', 'optical density', 'grey'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    opticalDensity: maskNumber(
      'Optical density',
      'OD: the power becomes 10^(-OD); 0.3 passes half, 1 a tenth.',
      {
        default: 0.3,
        max: 30,
        soft: [0, 4],
        step: 0.05,
        prominent: true,
      },
    ),
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'u_out = 10^(-OD/2) u_in',
  references: ['Born and Wolf, Principles of Optics: absorption'],
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const amplitude = mapScalar(
      params.opticalDensity,
      (density) => 10 ** (-density / 2),
      (density) => SLOPE * 10 ** (-density / 2),
    );
    return { out: { ...light, samples: ops.scaleBy(light.samples, amplitude), planeWaves: null } };
  },
});
