import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { retarder } from '../../jones.ts';
import { constantScalar, divideScalars, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { throughJones } from '../../polarisation.ts';
import { axisAngle, retardanceInWaves } from './polarisationParams.ts';

interface Plate {
  readonly kind: string;
  readonly retardance: Scalar;
  readonly birefringence: Scalar;
  readonly thickness: Scalar;
}

/** Retardance in waves at a vacuum wavelength. */
function wavesOf(plate: Plate, wavelength: Scalar): Scalar {
  switch (plate.kind) {
    case 'half':
      return constantScalar(0.5);
    case 'quarter':
      return constantScalar(0.25);
    case 'crystal':
      return divideScalars(multiplyScalars(plate.birefringence, plate.thickness), wavelength);
    default:
      return plate.retardance;
  }
}

export const wavePlate: ElementSpec = defineElement({
  type: 'wavePlate',
  version: 1,
  category: 'polarisation',
  title: 'Wave plate',
  summary: 'A retarder: light along the slow axis falls behind light along the fast axis; no power is lost.',
  keywords: ['retarder', 'half-wave', 'quarter-wave', 'HWP', 'QWP', 'birefringence', 'quartz', 'jones'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Light' } },
  params: {
    kind: {
      kind: 'choice',
      title: 'Plate',
      doc: 'Half- and quarter-wave plates hold for every wavelength (achromatic); a crystal plate has the retardance Δn d / λ.',
      default: 'quarter',
      options: [
        { value: 'half', title: 'Half wave' },
        { value: 'quarter', title: 'Quarter wave' },
        { value: 'waves', title: 'Any retardance' },
        { value: 'crystal', title: 'Crystal plate' },
      ],
      prominent: true,
    },
    angle: axisAngle(
      'Fast axis',
      'Direction of the fast axis, from +x towards +y. At 45° a quarter-wave plate turns light along x into right circular light.',
      { default: Math.PI / 4 },
    ),
    retardance: retardanceInWaves(
      'Waves by which light along the slow axis falls behind, the same for every wavelength.',
      { when: { param: 'kind', is: ['waves'] } },
    ),
    birefringence: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Birefringence',
      doc: 'Index along the slow axis minus index along the fast axis (quartz 0.0091, calcite 0.17).',
      default: 0.0091,
      min: -1,
      max: 1,
      soft: [0, 0.2],
      display: '',
      scale: 'linear',
      learnable: true,
      step: 1e-3,
      when: { param: 'kind', is: ['crystal'] },
    },
    thickness: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Thickness',
      doc: 'Thickness of the crystal: retardance = birefringence · thickness / wavelength.',
      default: 14.6e-6,
      min: 0,
      max: 1,
      soft: [0, 100e-6],
      display: 'µm',
      scale: 'linear',
      learnable: true,
      step: 1e-6,
      when: { param: 'kind', is: ['crystal'] },
    },
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'J = e^{-iδ/2} f fᵀ + e^{iδ/2} s sᵀ,  δ = 2π Δn d / λ',
  references: ['Goldstein, Polarized Light: retarders', 'Jones, J. Opt. Soc. Am. 31, 488 (1941)'],
  sampling: (inputs, params): readonly SamplingNote[] => {
    const light = inputs['in'];
    if (light === undefined || !('wavelength' in light)) return [];
    const waves = Math.abs(wavesOf(params, light.wavelength).value);
    if (params.kind !== 'crystal' || waves < 50) return [];
    return [
      {
        severity: 'warning',
        message: `The plate is of order ${Math.round(waves)}: its retardance changes by a wave within ${((1e9 * light.wavelength.value) / waves).toPrecision(2)} nm, and dispersion of the birefringence is neglected.`,
        fix: 'Use a thinner plate, or trust the result for this wavelength only.',
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    const retardance = multiplyScalars(wavesOf(params, light.wavelength), 2 * Math.PI);
    return { out: throughJones(ops, light, retarder(params.angle, retardance)) };
  },
});
