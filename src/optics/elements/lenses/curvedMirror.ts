import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { mapScalar, multiplyScalars } from '../../ops/scalar.ts';
import { maskNumber } from '../masks/maskParams.ts';
import { behindStop, bentBy, lensLength, lensNotes, powerOf, stopDiameter } from './lensParams.ts';

export const curvedMirror: ElementSpec = defineElement({
  type: 'curvedMirror',
  version: 1,
  category: 'lenses',
  title: 'Curved mirror',
  summary: 'A concave or convex mirror, drawn unfolded: f = R/2 at every wavelength.',
  keywords: ['concave', 'convex', 'spherical', 'telescope', 'reflect', 'achromatic', 'cavity'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    radius: lensLength('Radius', 'Radius of curvature; positive is concave and converges, with f = R/2.', {
      default: 0.4,
      soft: [0.05, 5],
      prominent: true,
    }),
    reflectivity: maskNumber('Reflectivity', 'Share of the power that is reflected.', {
      default: 1,
      soft: [0.5, 1],
    }),
    diameter: stopDiameter,
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'u_out = √R_p P(x, y) exp[-i k (x² + y²) / R] u_in, without the constant phase of the reflection',
  references: ['Born and Wolf, Principles of Optics: reflection at a spherical surface'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field' || params.radius.value === 0) return [];
    const power = (2 * light.refractiveIndex.value) / params.radius.value;
    return lensNotes(light, power, params.diameter.value, grid);
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const bent = bentBy(ops, light, powerOf(light, multiplyScalars(params.radius, 0.5)));
    const amplitude = mapScalar(params.reflectivity, Math.sqrt, (r) => 0.5 / Math.sqrt(Math.max(r, 1e-12)));
    const samples = ops.scaleBy(bent, amplitude);
    return { out: behindStop(ops, { ...light, samples, planeWaves: null }, params.diameter) };
  },
});
