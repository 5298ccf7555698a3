import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { retarder, timesMatrix } from '../../jones.ts';
import { addScalars, divideScalars, multiplyScalars } from '../../ops/scalar.ts';
import { throughJones } from '../../polarisation.ts';
import { axisAngle } from './polarisationParams.ts';

const retardance = (title: string, doc: string, start: number) =>
  ({
    kind: 'quantity',
    quantity: 'length',
    title,
    doc,
    default: start,
    min: -1e-3,
    max: 1e-3,
    soft: [0, 1e-6],
    display: 'nm',
    scale: 'linear',
    learnable: true,
    step: 20e-9,
    prominent: true,
  }) as const;

export const liquidCrystal: ElementSpec = defineElement({
  type: 'liquidCrystal',
  version: 1,
  category: 'polarisation',
  title: 'Liquid-crystal compensator',
  summary:
    'Two liquid-crystal retarders one behind the other, their axes 45° apart: from linear light any polarisation.',
  keywords: ['universal compensator', 'LC', 'LCVR', 'variable retarder', 'polscope', 'jones'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Light' } },
  params: {
    first: retardance(
      'First retardance',
      'Optical path by which the first cell delays its slow axis; its fast axis is 45° from the second’s.',
      133e-9,
    ),
    second: retardance(
      'Second retardance',
      'Optical path by which the second cell delays its slow axis; 0 makes it clear glass.',
      266e-9,
    ),
    angle: axisAngle('Second axis', 'Fast axis of the second cell, from +x towards +y.', {
      prominent: false,
    }),
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'J = R(θ, 2π Γ₂/λ) R(θ + 45°, 2π Γ₁/λ)',
  references: ['Oldenbourg and Mei, J. Microsc. 180, 140 (1995): universal compensator'],
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    const phase = (path: typeof params.first) =>
      divideScalars(multiplyScalars(path, 2 * Math.PI), light.wavelength);
    const first = retarder(addScalars(params.angle, Math.PI / 4), phase(params.first));
    const second = retarder(params.angle, phase(params.second));
    return { out: throughJones(ops, light, timesMatrix(second, first)) };
  },
});
