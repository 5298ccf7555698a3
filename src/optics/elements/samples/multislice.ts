import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { rotation } from '../../jones.ts';
import { multiplyScalars } from '../../ops/scalar.ts';
import { jonesForm, throughJones } from '../../polarisation.ts';
import { throughSlab } from '../../samples/multislice.ts';
import { axisAngle } from '../polarisation/polarisationParams.ts';
import { slabNotes, slabOf, slabParams } from './slabParams.ts';

/** Shares of the thickness from the back face to the plane that is shown. */
const BACK: Readonly<Record<string, number>> = { back: 0, middle: 0.5, front: 1 };

export const multislice: ElementSpec = defineElement({
  type: 'multislice',
  version: 1,
  category: 'samples',
  title: 'Thick sample',
  summary: 'A volume that bends light on its way through: a cell, or your own stack of refractive indices.',
  keywords: [
    'multislice',
    'volume',
    'refractive index',
    'tomography',
    'scattering',
    'phase',
    'beam propagation',
    'cell',
  ],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    ...slabParams,
    material: {
      kind: 'choice',
      title: 'Material',
      doc: 'One index for all polarisations, or a crystal-like sample (collagen, starch, a liquid crystal) whose index for light along its optic axis differs.',
      default: 'isotropic',
      options: [
        { value: 'isotropic', title: 'Isotropic' },
        { value: 'uniaxial', title: 'Birefringent' },
      ],
    },
    birefringence: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Birefringence',
      doc: 'Extraordinary less ordinary index where the volume is 1 (collagen 0.003, quartz 0.0091); the index difference above is that of the ordinary wave. Positive: light along the optic axis is the slow one.',
      default: 0.005,
      min: -5,
      max: 5,
      soft: [-0.05, 0.05],
      display: '',
      scale: 'linear',
      learnable: true,
      step: 0.001,
      when: { param: 'material', is: ['uniaxial'] },
    },
    opticAxis: axisAngle(
      'Optic axis',
      'Direction of the optic axis across the light, from +x towards +y; the same in the whole sample.',
      { default: 0.5, when: { param: 'material', is: ['uniaxial'] } },
    ),
    plane: {
      kind: 'choice',
      title: 'Shown at',
      doc: 'Where the light that leaves the sample is shown, focused back through the medium alone; light comes in at the front face.',
      default: 'middle',
      options: [
        { value: 'middle', title: 'Middle' },
        { value: 'back', title: 'Back face' },
        { value: 'front', title: 'Front face' },
      ],
    },
  },
  power: 'keepsOrLoses',
  followsWindow: ({ size }) => (size.value === 0 ? 'shape' : null),
  linearIn: 'in',
  equation:
    'u ← H(dz) exp[2πi (Δn + iκ) dz m(x, y, z)/λ] u, slice by slice; birefringent: Δn + b for light along the optic axis; no reflection, and slices bend both waves alike',
  references: [
    'Cowley and Moodie, Acta Cryst. 10, 609 (1957)',
    'Yeh, J. Opt. Soc. Am. 72, 507 (1982): extended Jones matrices',
    'Kamilov et al., Optica 2, 517 (2015): slices for tomography',
  ],
  sampling: (inputs, params, grid, _wavelengths, windows) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const birefringence = params.material === 'uniaxial' ? params.birefringence.value : 0;
    return slabNotes(params, light, grid, windows, birefringence);
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const slab = slabOf(params, BACK[params.plane] ?? 0);
    if (params.material === 'isotropic') {
      const samples = throughSlab(ops, light.samples, light, slab);
      return { out: { ...light, samples, planeWaves: null } };
    }
    // Turning the axes commutes with free space, so that turning once does for all slices.
    const { birefringence, opticAxis } = params;
    const turned = throughJones(ops, jonesForm(ops, light), rotation(multiplyScalars(opticAxis, -1)));
    const samples = throughSlab(ops, turned.samples, light, { ...slab, birefringence });
    return { out: throughJones(ops, { ...turned, samples }, rotation(opticAxis)) };
  },
});
