import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { ElementProblem } from '../../problem.ts';
import { objectPlace, positionPhasor } from '../../pupil/pupilGrid.ts';
import { miePupilAmplitude } from '../../scattering/miePupil.ts';
import { position, sameLight } from '../sources/lightParams.ts';

export const mieSphere: ElementSpec = defineElement({
  type: 'mieSphere',
  version: 1,
  category: 'samples',
  title: 'Sphere',
  summary: 'A homogeneous sphere that scatters a plane wave (exact Mie theory).',
  keywords: ['mie', 'particle', 'colloid', 'scatter', 'hologram', 'bead'],
  inputs: { in: { accepts: ['field'], title: 'Illumination' } },
  outputs: { out: { type: 'farField', title: 'Scattered light' } },
  params: {
    x: position('Position x', 'Lateral position from the centre of the image, +x right.', 'lateralX', {
      prominent: true,
    }),
    y: position(
      'Position y',
      'Lateral position from the centre of the image, +y down the rows.',
      'lateralY',
      {
        prominent: true,
      },
    ),
    z: position(
      'Distance before focus',
      'Distance before the focal plane, towards the source; positive.',
      'axial',
      {
        default: 10e-6,
        min: -1e-3,
        max: 1e-3,
        soft: [0, 50e-6],
        step: 0.5e-6,
        prominent: true,
      },
    ),
    radius: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Radius',
      doc: 'Radius of the sphere.',
      default: 0.5e-6,
      min: 5e-9,
      max: 50e-6,
      soft: [0.05e-6, 3e-6],
      display: 'µm',
      scale: 'linear',
      learnable: true,
      step: 0.05e-6,
      role: 'size',
      prominent: true,
    },
    refractiveIndex: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Index',
      doc: 'Real part of the sphere’s refractive index (polystyrene 1.59, silica 1.45).',
      default: 1.59,
      min: 0.05,
      max: 6,
      soft: [1, 2],
      display: '',
      scale: 'linear',
      learnable: true,
      step: 0.02,
      prominent: true,
    },
    extinctionCoefficient: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Extinction coefficient',
      doc: 'Imaginary part of the index; positive absorbs.',
      default: 0,
      min: 0,
      max: 20,
      soft: [0, 0.5],
      display: '',
      scale: 'linear',
      learnable: true,
      step: 0.01,
    },
  },
  power: 'notApplicable',
  linearIn: null,
  equation: 'F = S2 cos α ρ̂ - S1 sin α φ̂ with the Mie series of S1, S2; position as the phase k·r',
  references: ['Bohren and Huffman, Absorption and Scattering of Light by Small Particles (1983), chapter 4'],
  forward: (inputs, params) => {
    const light = inputOf(inputs, 'in', 'field');
    if (!light.isAxialPlaneWave) {
      throw new ElementProblem(
        'A sphere needs a plane wave along the axis as illumination.',
        'Connect a plane wave without tilt, directly.',
      );
    }
    const sphere = {
      mediumIndex: light.refractiveIndex,
      wavelength: light.wavelength,
      polarizationAngle: light.polarizationAngle,
      layers: [
        {
          radius: params.radius,
          refractiveIndex: params.refractiveIndex,
          extinctionCoefficient: params.extinctionCoefficient,
        },
      ],
    };
    return {
      out: {
        kind: 'farField',
        place: objectPlace(params),
        components: 2,
        reference: null,
        unit: 'relative',
        perPlane: null,
        ...sameLight(light),
        evaluate: (ops, grid, numericalAperture) =>
          ops.multiply(
            positionPhasor(ops, grid, light, numericalAperture, params),
            miePupilAmplitude(ops, grid, sphere, numericalAperture),
          ),
      },
    };
  },
});
