import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { alongAndAcross, complexScalar } from '../../jones.ts';
import { throughJones } from '../../polarisation.ts';
import { axisAngle } from './polarisationParams.ts';

export const polarisingBeamSplitter: ElementSpec = defineElement({
  type: 'polarisingBeamSplitter',
  version: 1,
  category: 'polarisation',
  title: 'Polarising beam splitter',
  summary: 'Sends light along its axis straight on and light across it to the side; nothing is lost.',
  keywords: ['PBS', 'wollaston', 'polarizing', 'cube', 'split', 'ports', 'jones'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: {
    transmitted: { type: { like: 'in' }, title: 'Transmitted' },
    reflected: { type: { like: 'in' }, title: 'Reflected' },
  },
  params: {
    angle: axisAngle('Transmitted axis', 'Direction of the field that goes straight on, from +x towards +y.'),
    leak: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Leak',
      doc: 'Share of the power of either polarisation that goes the wrong way; 0 is ideal.',
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
  equation: 'J_t = √(1-l) e eᵀ + √l e⊥ e⊥ᵀ,  J_r = i (√l e eᵀ + √(1-l) e⊥ e⊥ᵀ)',
  references: ['Pedrotti, Introduction to Optics: polarising beam splitters'],
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    const [right, wrong] = [Math.sqrt(1 - params.leak.value), Math.sqrt(params.leak.value)];
    return {
      transmitted: throughJones(
        ops,
        light,
        alongAndAcross(params.angle, complexScalar(right), complexScalar(wrong)),
      ),
      // Light that is reflected leads by a quarter period, as at every splitter of this bench.
      reflected: throughJones(
        ops,
        light,
        alongAndAcross(params.angle, complexScalar(0, wrong), complexScalar(0, right)),
      ),
    };
  },
});
