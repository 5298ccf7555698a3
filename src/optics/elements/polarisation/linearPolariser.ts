import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { alongAndAcross, complexScalar } from '../../jones.ts';
import { throughJones } from '../../polarisation.ts';
import { axisAngle } from './polarisationParams.ts';

export const linearPolariser: ElementSpec = defineElement({
  type: 'linearPolariser',
  version: 1,
  category: 'polarisation',
  title: 'Linear polariser',
  summary: 'Lets light pass that is polarised along its axis; also the analyser before a camera.',
  keywords: ['polarizer', 'analyser', 'analyzer', 'polaroid', 'malus', 'extinction', 'jones'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Light' } },
  params: {
    angle: axisAngle('Axis', 'Direction of the field that passes, from +x towards +y (down the rows).'),
    leak: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Leak',
      doc: 'Share of the power that passes across the axis: one over the extinction ratio; 0 is ideal.',
      default: 0,
      min: 0,
      max: 1,
      soft: [0, 0.1],
      display: '',
      scale: 'linear',
      learnable: false,
      step: 0.01,
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'J = e eᵀ + √leak e⊥ e⊥ᵀ,  e = (cos θ, sin θ)',
  references: ['Goldstein, Polarized Light: Jones matrices', 'Malus (1809): P = P₀ cos² θ'],
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    const across = complexScalar(Math.sqrt(params.leak.value));
    return { out: throughJones(ops, light, alongAndAcross(params.angle, complexScalar(1), across)) };
  },
});
