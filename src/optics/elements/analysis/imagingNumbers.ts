import { componentsOf } from '../../analysis/components.ts';
import { strongest } from '../../analysis/hostPlane.ts';
import { angleReadout, frequencyReadout, lengthReadout, numberReadout } from '../../analysis/readouts.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { passes } from './analysisParts.ts';

/** First zero of J1 over 2π: radius of the first dark ring in λ/NA. */
const FIRST_RING = 0.6098349456;

export const imagingNumbers: ElementSpec = defineElement({
  type: 'imagingNumbers',
  version: 1,
  category: 'analysis',
  title: 'Resolution and depth of field',
  summary:
    'What aperture, wavelength and index of a pupil allow: resolution, depth of field, cut-off and best pixel.',
  keywords: ['depth of field', 'Rayleigh', 'Abbe', 'Nyquist', 'resolution', 'sampling'],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: {},
  ...passes,
  equation: 'r = 0.610 λ/NA,  d = λ/2NA,  DOF = n λ/NA²,  exact ± λ/4: λ / 4(n − √(n² − NA²))',
  references: ['Born and Wolf, Principles of Optics: image-forming instruments'],
  analyse: (input) => {
    const light = strongest(input);
    const { value } = light;
    if (value.kind !== 'pupil' || componentsOf(light, 0).length === 0) return { readouts: [], charts: [] };
    const [lambda, na, index] = [
      value.wavelength.value,
      value.numericalAperture.value,
      value.refractiveIndex.value,
    ];
    const sag = index - Math.sqrt(Math.max(0, index * index - na * na));
    return {
      readouts: [
        lengthReadout('Rayleigh resolution', (FIRST_RING * lambda) / na),
        lengthReadout('Abbe limit', lambda / (2 * na)),
        lengthReadout('Depth of field nλ/NA²', (index * lambda) / (na * na)),
        lengthReadout('Depth for λ/4 at the edge, ±', lambda / (4 * sag)),
        frequencyReadout('Cut-off 2NA/λ', (2 * na) / lambda),
        lengthReadout('Coarsest pixel λ/4NA', lambda / (4 * na)),
        lengthReadout('First axial zero, ±', (2 * index * lambda) / (na * na)),
        angleReadout('Half angle', Math.asin(Math.min(1, na / index))),
        numberReadout('Aperture NA', na),
      ],
      charts: [],
    };
  },
});
