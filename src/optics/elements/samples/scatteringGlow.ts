import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { mapScalar } from '../../ops/scalar.ts';
import { planeShape } from '../../sampledGrid.ts';
import { glowingSlab } from '../../samples/glowingSlab.ts';
import { power, sameLight } from '../sources/lightParams.ts';
import { slabNotes, slabOf, slabParams } from './slabParams.ts';

export const scatteringGlow: ElementSpec = defineElement({
  type: 'scatteringGlow',
  version: 1,
  category: 'samples',
  title: 'Glowing thick sample',
  summary:
    'A fluorescent volume that bends its own light: incoherent emission through a sample that scatters.',
  keywords: ['fluorescence', 'multislice', 'scattering', 'incoherent', 'volume', 'speckle', 'Monte Carlo'],
  inputs: { in: { accepts: ['field'], title: 'Emission light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    ...slabParams,
    power: {
      ...power,
      doc: 'Power that all of the sample emits towards the camera, before the objective’s stop.',
    },
    draws: {
      kind: 'integer',
      title: 'Draws',
      doc: 'Random draws of the emitters’ phases: the picture’s speckle falls with their square root.',
      default: 8,
      min: 1,
      max: 256,
    },
    phaseSeed: {
      kind: 'integer',
      title: 'Seed of the phases',
      doc: 'Start of the random phases.',
      default: 1,
      min: 0,
      max: 2147483647,
    },
    numericalAperture: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Objective NA',
      doc: 'Aperture of the objective that collects the light; 0 for all of it.',
      automatic: 'all of the light',
      default: 0.5,
      min: 0,
      max: 4,
      soft: [0, 1.4],
      display: '',
      scale: 'linear',
      learnable: true,
      step: 0.02,
    },
    focus: {
      kind: 'choice',
      title: 'Focused on',
      doc: 'The plane that the objective focuses on, through the medium alone.',
      default: 'middle',
      options: [
        { value: 'middle', title: 'Middle' },
        { value: 'back', title: 'Back face' },
      ],
    },
  },
  power: 'creates',
  followsWindow: ({ size }) => (size.value === 0 ? 'shape' : null),
  linearIn: null,
  equation: 'u_s = slice(H(dz) u_{s-1}) + √o_s exp(iφ_random); irradiance averaged over the draws',
  references: ['Goodman, Statistical Optics: incoherent light as an average over random phases'],
  sampling: (inputs, params, grid, _wavelengths, windows) => {
    const light = inputs['in'];
    return light?.kind === 'field' ? slabNotes(params, light, grid, windows) : [];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const samples = glowingSlab(ops, light, n, {
      slab: slabOf(params, params.focus === 'middle' ? 0.5 : 0),
      draws: params.draws,
      seed: params.phaseSeed,
      amplitude: mapScalar(params.power, Math.sqrt, (p) => 0.5 / Math.sqrt(Math.max(p, 1e-300))),
      numericalAperture: params.numericalAperture,
    });
    return {
      out: {
        kind: 'field',
        samples,
        axes: ['mode'],
        pitch: light.pitch,
        ...sameLight(light),
        parts: null,
        planeWaves: null,
      },
    };
  },
});
