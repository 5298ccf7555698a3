import type { ElementSpec, ParamValues } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import { divideScalars, isConstant, mapScalar, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { planeShape } from '../../sampledGrid.ts';
import { absorption, pictureMap, sizeOf } from '../../samples/picture.ts';
import { formatNumber } from '../../units.ts';
import type { Field } from '../../values.ts';
import { pictureNotes, pictureOf, pictureParams } from './pictureParams.ts';

const byIndex = { when: { param: 'givenBy', is: ['index'] } } as const;
const byPath = { when: { param: 'givenBy', is: ['path'] } } as const;

const params = {
  ...pictureParams,
  givenBy: {
    kind: 'choice',
    title: 'Given by',
    doc: 'Index, absorption and thickness of the material, or the optical path and the share of light that it passes.',
    default: 'path',
    options: [
      { value: 'path', title: 'Optical path' },
      { value: 'index', title: 'Index' },
    ],
  },
  opticalPath: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Optical path',
    doc: 'Additional optical path where the picture is 1, the same at all wavelengths; positive delays the light.',
    default: 133e-9,
    min: -1e-3,
    max: 1e-3,
    soft: [-1e-6, 1e-6],
    display: 'nm',
    scale: 'linear',
    learnable: true,
    step: 10e-9,
    prominent: true,
    ...byPath,
  },
  transmittance: {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Transmittance',
    doc: 'Share of the power that passes where the picture is 1; 0 is opaque. Edges mix amplitudes.',
    default: 1,
    min: 0,
    max: 1,
    soft: [0, 1],
    display: '%',
    scale: 'linear',
    learnable: true,
    step: 0.05,
    prominent: true,
    ...byPath,
  },
  indexDifference: {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Index difference',
    doc: 'Δn: index of the object less that of its surroundings where the picture is 1, the same at all wavelengths.',
    default: 0.02,
    min: -5,
    max: 5,
    soft: [-0.2, 0.2],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.01,
    prominent: true,
    ...byIndex,
  },
  extinctionCoefficient: {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Extinction',
    doc: 'κ, the imaginary part of the index where the picture is 1; positive absorbs.',
    default: 0,
    min: 0,
    max: 20,
    soft: [0, 0.1],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.005,
    ...byIndex,
  },
  thickness: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Thickness',
    doc: 'Thickness t of the object along the light.',
    default: 5e-6,
    min: 0,
    max: 1,
    soft: [0, 20e-6],
    display: 'µm',
    scale: 'linear',
    learnable: true,
    step: 0.2e-6,
    ...byIndex,
  },
} as const;

type ThinParams = ParamValues<typeof params>;

/** 2π/λ · length. */
function radians(length: Scalar, light: Field): Scalar {
  return divideScalars(multiplyScalars(length, 2 * Math.PI), light.wavelength);
}

function isAbsent(a: Scalar): boolean {
  return a.value === 0 && isConstant(a);
}

/** The samples behind the object: times exp(i m φ) and the amplitude it leaves. */
function behind(ops: Ops, light: Field, params: ThinParams): Complex {
  const picture = pictureOf(params);
  const [n] = planeShape(light.samples);
  const isPath = params.givenBy === 'path';
  const path = isPath ? params.opticalPath : multiplyScalars(params.indexDifference, params.thickness);
  const depth = radians(multiplyScalars(params.extinctionCoefficient, params.thickness), light);
  const phase = radians(path, light);
  let samples = light.samples;
  if (!isAbsent(phase)) {
    const map = pictureMap(ops, picture, n, light.pitch);
    samples = ops.multiply(samples, ops.phasor(ops.scaleBy(map, phase)));
  }
  if (isPath && !(params.transmittance.value === 1 && isConstant(params.transmittance))) {
    // An amplitude of 0 has no slope by its power: one beside it stands for it.
    const stopped = mapScalar(
      params.transmittance,
      (t) => 1 - Math.sqrt(t),
      (t) => -0.5 / Math.sqrt(Math.max(t, 1e-12)),
    );
    const left = pictureMap(ops, picture, n, light.pitch, {
      name: 'mixed',
      args: [{ scalar: stopped, scale: 1 }],
      value: (m, [share = 0]) => 1 - share * clamped(m),
    });
    samples = ops.multiply(left, samples);
  }
  if (!isPath && !isAbsent(depth)) {
    const left = pictureMap(ops, picture, n, light.pitch, absorption(depth));
    samples = ops.multiply(left, samples);
  }
  return samples;
}

/** Nothing passes more than all light, or less than none, whatever an image says. */
function clamped(m: number): number {
  return Math.min(1, Math.max(0, m));
}

export const thinObject: ElementSpec = defineElement({
  type: 'thinObject',
  version: 1,
  category: 'samples',
  title: 'Thin object',
  summary: 'A picture that delays and absorbs light: a phase target, a bar chart, a thin slice of tissue.',
  keywords: [
    'phase',
    'absorption',
    'specimen',
    'Siemens star',
    'USAF',
    'target',
    'transparency',
    'slide',
    'cell',
  ],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params,
  power: 'keepsOrLoses',
  followsWindow: ({ size }) => (size.value === 0 ? 'shape' : null),
  linearIn: 'in',
  equation: 'u → u exp[2πi (Δn + iκ) t m(x, y)/λ], or u [1 - (1 - √T) m] exp[2πi OPD m/λ]',
  references: ['Goodman, Introduction to Fourier Optics: thin transparencies'],
  sampling: (inputs, params, grid, _wavelengths, windows) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const notes = pictureNotes(params, light, grid, windows);
    const [n] = planeShape(light.samples);
    const size = sizeOf(params, n, light.pitch).value;
    const pitch = light.pitch.value;
    // The finest detail of the grid spreads by λ/(2 n p) while it crosses the object.
    const spread =
      (params.thickness.value * light.wavelength.value) / (2 * light.refractiveIndex.value * pitch);
    if (params.givenBy === 'index' && spread > 0.05 * size) {
      notes.push({
        severity: 'warning',
        message: `Inside ${formatNumber(params.thickness.value * 1e6, 3)} µm the finest details spread by ${formatNumber(spread * 1e6, 3)} µm: the object is not thin.`,
        fix: 'Use a multislice sample, a thinner object or a larger grid pitch.',
      });
    }
    return notes;
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    return { out: { ...light, samples: behind(ops, light, params), planeWaves: null } };
  },
});
