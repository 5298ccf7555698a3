import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { rotation } from '../../jones.ts';
import { throughJones } from '../../polarisation.ts';
import { axisAngle } from './polarisationParams.ts';

export const rotator: ElementSpec = defineElement({
  type: 'rotator',
  version: 1,
  category: 'polarisation',
  title: 'Polarisation rotator',
  summary: 'Turns the polarisation by an angle: a Faraday rotator or an optically active medium.',
  keywords: ['faraday', 'optical activity', 'sugar', 'quartz', 'rotation', 'isolator', 'jones'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Light' } },
  params: {
    angle: axisAngle(
      'Rotation',
      'Angle by which the field is turned, from +x towards +y, the same for every wavelength.',
      { default: Math.PI / 4 },
    ),
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'J = [[cos θ, -sin θ], [sin θ, cos θ]]',
  references: ['Goldstein, Polarized Light: rotators'],
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    return { out: throughJones(ops, light, rotation(params.angle)) };
  },
});
