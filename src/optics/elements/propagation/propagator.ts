import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { METHOD_TITLES } from '../../propagation/choice.ts';
import { moveLight, propagationNotes } from '../../propagation/freeSpace.ts';
import { absorbEdges, type EdgeTaper } from '../../propagation/window.ts';
import { planeShape } from '../../sampledGrid.ts';
import { position } from '../sources/lightParams.ts';

const chosenOnly = { when: { param: 'window', is: ['chosen'] } } as const;
const shift = (axis: string, where: string) => ({
  ...position(`Window ${axis}`, `Where the middle of the window lies, ${where}.`, null, {
    soft: [-1e-3, 1e-3],
    step: 10e-6,
  }),
  learnable: false,
  ...chosenOnly,
});

export const propagator: ElementSpec = defineElement({
  type: 'propagator',
  version: 1,
  category: 'propagation',
  title: 'Free space',
  summary: 'Propagates light over a distance, by the method that suits it or the one you choose.',
  keywords: [
    'propagate',
    'distance',
    'angular spectrum',
    'fresnel',
    'fraunhofer',
    'far field',
    'space',
    'diffraction',
    'zoom',
  ],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    distance: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Distance',
      doc: 'Distance along the light; negative goes back.',
      default: 0.05,
      min: -1e6,
      max: 1e6,
      soft: [0, 0.2],
      display: 'mm',
      scale: 'linear',
      learnable: true,
      step: 1e-3,
      role: 'axial',
      prominent: true,
    },
    method: {
      kind: 'choice',
      title: 'Method',
      doc: 'How the light is propagated. Automatic chooses from distance, sampling and window, and says why.',
      default: 'auto',
      options: [
        { value: 'auto', title: 'Automatic' },
        ...Object.entries(METHOD_TITLES).map(([value, title]) => ({ value, title })),
      ],
      prominent: true,
    },
    window: {
      kind: 'choice',
      title: 'Window',
      doc: 'Which part of the plane behind is computed: that of the light, what the method makes by itself, or your own.',
      default: 'same',
      options: [
        { value: 'same', title: 'As the light’s' },
        { value: 'natural', title: 'Natural to the method' },
        { value: 'chosen', title: 'Chosen' },
      ],
    },
    outputPitch: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Window pitch',
      doc: 'Distance between samples of the window.',
      default: 5e-6,
      min: 1e-12,
      max: 1e3,
      soft: [1e-7, 1e-3],
      display: 'µm',
      scale: 'log',
      learnable: false,
      step: 1e-6,
      ...chosenOnly,
    },
    outputSamples: {
      kind: 'integer',
      title: 'Window samples',
      doc: 'Samples of the window along x and along y; 0 means as many as the light has.',
      automatic: 'as many as the light has',
      default: 0,
      min: 0,
      max: 4096,
      ...chosenOnly,
    },
    windowX: shift('x', '+x right'),
    windowY: shift('y', '+y down the rows'),
    padding: {
      kind: 'choice',
      title: 'Padding',
      doc: 'Width of the computed plane against the light’s: room for light that leaves. Automatic gives at least twice, or what light of the largest angle needs; without any, the window is one period of light that repeats, and no frequency is removed.',
      default: 'auto',
      options: [
        { value: 'auto', title: 'Automatic' },
        { value: '1', title: 'None: the light repeats' },
        { value: '2', title: '2 ×' },
        { value: '4', title: '4 ×' },
      ],
    },
    largestAngle: {
      kind: 'quantity',
      quantity: 'angle',
      title: 'Largest angle',
      doc: 'The steepest angle of your light against the axis, if you know it: less padding is then enough. 0 means any that the grid carries.',
      automatic: 'any that the grid carries',
      default: 0,
      min: 0,
      max: 1.57,
      soft: [0, 0.2],
      display: 'mrad',
      scale: 'linear',
      learnable: false,
      step: 1e-3,
    },
    edges: {
      kind: 'choice',
      title: 'Absorbing edges',
      doc: 'A frame that takes light away towards the borders of the window, so that it does not come back in later steps.',
      default: 'none',
      options: [
        { value: 'none', title: 'None' },
        { value: 'tukey', title: 'Raised cosine (Tukey)' },
        { value: 'superGaussian', title: 'Super-Gaussian' },
      ],
    },
    edgeWidth: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Edge width',
      doc: 'Share of the half width over which the frame absorbs.',
      default: 0.2,
      min: 0.01,
      max: 1,
      soft: [0.05, 0.5],
      display: '%',
      scale: 'linear',
      learnable: false,
      step: 0.01,
      when: { param: 'edges', is: ['tukey', 'superGaussian'] },
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'U(f; z) = U(f; 0) exp[i z (kz - k)],  kz = 2π sqrt(n²/λ² - f²)',
  references: [
    'Matsushima and Shimobaba, Opt. Express 17, 19662 (2009)',
    'Matsushima, Opt. Express 18, 18453 (2010): shifted windows',
    'Heintzmann, Loetgering and Wechsler, Optica 10, 1407 (2023): scalable angular spectrum',
    'Goodman, Introduction to Fourier Optics: Fresnel and Fraunhofer diffraction',
  ],
  sampling: (inputs, params) => {
    const light = inputs['in'];
    return light?.kind === 'field' ? propagationNotes(light, params) : [];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const { samples: moved, pitch, sphere } = moveLight(ops, light, params);
    const [n] = planeShape(moved);
    const taper = params.edges as EdgeTaper;
    const samples = absorbEdges(ops, moved, n, taper, params.edgeWidth.value);
    return {
      out: {
        ...light,
        samples,
        pitch,
        planeWaves: null,
        ...(sphere === undefined ? {} : { sphere: { ...sphere, samples } }),
      },
    };
  },
});
