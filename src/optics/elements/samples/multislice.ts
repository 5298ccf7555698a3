import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { throughSlab } from '../../samples/multislice.ts';
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
  linearIn: 'in',
  equation:
    'u ← H(dz) exp[2πi (Δn + iκ) dz m(x, y, z)/λ] u, slice by slice; neither polarisation nor reflection',
  references: [
    'Cowley and Moodie, Acta Cryst. 10, 609 (1957)',
    'Kamilov et al., Optica 2, 517 (2015): slices for tomography',
  ],
  sampling: (inputs, params, grid, _wavelengths, windows) => {
    const light = inputs['in'];
    return light?.kind === 'field' ? slabNotes(params, light, grid, windows) : [];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const slab = slabOf(params, BACK[params.plane] ?? 0);
    const samples = throughSlab(ops, light.samples, light, slab);
    return { out: { ...light, samples, isAxialPlaneWave: false } };
  },
});
