import { beamMoments, beamNumbers, fresnelNumber } from '../../analysis/beam.ts';
import { componentsOf } from '../../analysis/components.ts';
import { strongest } from '../../analysis/hostPlane.ts';
import { angleReadout, lengthReadout, numberReadout } from '../../analysis/readouts.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { passes } from './analysisParts.ts';

export const beamQuality: ElementSpec = defineElement({
  type: 'beamQuality',
  version: 1,
  category: 'analysis',
  title: 'Beam numbers',
  summary:
    'Radius, M², waist, Rayleigh range and divergence of a beam from its second moments, and its Fresnel number.',
  keywords: ['M2', 'Gaussian beam', 'waist', 'Rayleigh range', 'divergence', 'Fresnel number'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: {
    distance: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Distance',
      doc: 'How far from here the Fresnel number is meant: 1 and more is near field, far below 1 is far field.',
      default: 0.1,
      min: 1e-9,
      max: 1e9,
      soft: [1e-3, 10],
      display: 'mm',
      scale: 'log',
      learnable: false,
      step: 1e-2,
    },
  },
  ...passes,
  equation: 'M² = 4π [σ_x² σ_f² − σ_xf²]^½,  z_R = π w₀² / (M² λ),  N_F = w² / (λ z)',
  references: ['ISO 11146-1', 'Siegman, Proc. SPIE 1224, 2 (1990)'],
  analyse: (input, params) => {
    const light = strongest(input);
    const { value } = light;
    const parts = componentsOf(light, 0);
    const [main] = parts;
    if (value.kind !== 'field' || main === undefined) return { readouts: [], charts: [] };
    const wavelength = value.wavelength.value / value.refractiveIndex.value;
    const [x, y] = (['x', 'y'] as const).map((axis) =>
      beamNumbers(
        beamMoments(
          parts.map(({ samples }) => samples),
          main.rows,
          value.pitch.value,
          axis,
        ),
        wavelength,
      ),
    );
    if (x === undefined || y === undefined) return { readouts: [], charts: [] };
    const both = [
      ['x', x],
      ['y', y],
    ] as const;
    return {
      readouts: [
        ...both.map(([axis, beam]) => numberReadout(`M² ${axis}`, beam.quality)),
        ...both.map(([axis, beam]) => lengthReadout(`Radius ${axis}`, beam.radius)),
        ...both.flatMap(([axis, beam]) => [
          lengthReadout(`Waist radius ${axis}`, beam.waist),
          lengthReadout(`To the waist ${axis}`, beam.toWaist),
          lengthReadout(`Rayleigh range ${axis}`, beam.rayleighRange),
          angleReadout(`Divergence ${axis}`, beam.divergence),
          lengthReadout(`Wavefront radius ${axis}`, beam.curvatureRadius),
        ]),
        numberReadout(
          'Fresnel number',
          fresnelNumber(Math.sqrt(x.radius * y.radius), wavelength, params.distance.value),
        ),
      ],
      charts: [],
    };
  },
});
