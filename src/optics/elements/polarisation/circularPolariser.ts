import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { complexScalar, type JonesMatrix } from '../../jones.ts';
import { throughJones } from '../../polarisation.ts';

/** The projector on (1, ∓i)/√2: upper sign right-handed. */
function projector(isRight: boolean): JonesMatrix {
  const sign = isRight ? 1 : -1;
  return [
    complexScalar(0.5),
    complexScalar(0, 0.5 * sign),
    complexScalar(0, -0.5 * sign),
    complexScalar(0.5),
  ];
}

export const circularPolariser: ElementSpec = defineElement({
  type: 'circularPolariser',
  version: 1,
  category: 'polarisation',
  title: 'Circular polariser',
  summary: 'Lets one hand of circular light pass and stops the other.',
  keywords: ['polarizer', 'handedness', 'helicity', 'right', 'left', 'analyser', 'jones'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Light' } },
  params: {
    handedness: {
      kind: 'choice',
      title: 'Handedness',
      doc: 'Right: the field turns clockwise to who looks towards the source (S3 > 0).',
      default: 'right',
      options: [
        { value: 'right', title: 'Right' },
        { value: 'left', title: 'Left' },
      ],
      prominent: true,
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'J = c c†,  c = (1, -i)/√2 (right) or (1, i)/√2 (left)',
  references: ['Born and Wolf, Principles of Optics: handedness as seen by the receiver'],
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    return { out: throughJones(ops, light, projector(params.handedness === 'right')) };
  },
});
