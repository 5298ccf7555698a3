import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { behindStop, bentBy, lensNotes, powerOf, stopDiameter } from './lensParams.ts';

export const thinLens: ElementSpec = defineElement({
  type: 'thinLens',
  version: 1,
  category: 'lenses',
  title: 'Thin lens',
  summary: 'A thin lens with a round stop: light converges for positive focal lengths.',
  keywords: ['focus', 'converging', 'diverging', 'singlet'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    focalLength: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Focal length',
      doc: 'Effective focal length f; positive converges.',
      default: 0.05,
      min: -1e3,
      max: 1e3,
      soft: [0.005, 0.5],
      display: 'mm',
      scale: 'log',
      learnable: true,
      step: 1e-3,
      prominent: true,
    },
    diameter: stopDiameter,
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 't(x, y) = P(x, y) exp[-i k (x² + y²) / 2f]',
  references: ['Goodman, Introduction to Fourier Optics: thin lens as a phase transformation'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field' || params.focalLength.value === 0) return [];
    const power = light.refractiveIndex.value / params.focalLength.value;
    return lensNotes(light, power, params.diameter.value, grid);
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const power = powerOf(light, params.focalLength);
    const bent = { ...light, samples: bentBy(ops, light, power), planeWaves: null };
    return { out: behindStop(ops, bent, params.diameter) };
  },
});
