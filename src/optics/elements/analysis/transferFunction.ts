import { hostPlane } from '../../analysis/hostPlane.ts';
import { frequencyReadout, frequencyUnit, numberReadout } from '../../analysis/readouts.ts';
import { diffractionLimit, frequencyAt, transferAlong } from '../../analysis/transferFunction.ts';
import { withoutBackground } from '../../analysis/widths.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { wavelength } from '../sources/lightParams.ts';
import { backgroundParam, passes, planeParam } from './analysisParts.ts';

/** Frequencies of the curves, from 0. */
const POINTS = 121;
/** Below this share of contrast there is noise of the sampling only. */
const NO_CONTRAST = 1e-3;

export const transferFunction: ElementSpec = defineElement({
  type: 'transferFunction',
  version: 1,
  category: 'analysis',
  title: 'MTF',
  summary:
    'Contrast with which a system images fine detail: the transform of the image of a point, along x and y.',
  keywords: ['modulation transfer function', 'OTF', 'PTF', 'contrast', 'resolution', 'cutoff'],
  inputs: { in: { accepts: ['image', 'field'], title: 'Image of a point' } },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: {
    numericalAperture: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Numerical aperture',
      doc: 'Draws the limit of a round pupil with this aperture and ends the axis there; 0 draws none.',
      default: 0,
      min: 0,
      max: 2,
      soft: [0, 1.5],
      display: '',
      scale: 'linear',
      learnable: false,
      step: 0.01,
      prominent: true,
    },
    wavelength: {
      ...wavelength,
      learnable: false,
      prominent: false,
      doc: 'Vacuum wavelength of the limit, for images; light brings its own.',
    },
    frequency: {
      kind: 'quantity',
      quantity: 'spatialFrequency',
      title: 'Frequency',
      doc: 'Where the contrast is told, in cycles per length of the object; 0 means half the cut-off, or half of what the pixels carry where no aperture is given.',
      automatic: 'half the cut-off',
      default: 0,
      min: 0,
      max: 1e9,
      soft: [0, 5e6],
      display: 'cycles/µm',
      scale: 'linear',
      learnable: false,
      step: 1e4,
      // The contrast on the card means nothing without it.
      prominent: true,
    },
    plane: planeParam,
    background: backgroundParam,
  },
  ...passes,
  equation: 'OTF(f) = Σ PSF exp(−2πi f·x) / Σ PSF,  MTF = |OTF|,  PTF = arg OTF',
  references: ['Goodman, Introduction to Fourier Optics: frequency analysis of incoherent imaging'],
  analyse: (input, params) => {
    const seen = hostPlane(input, params.plane);
    const plane = params.background ? withoutBackground(seen) : seen;
    const nyquist = 1 / (2 * plane.pitch);
    const cutoff = (2 * params.numericalAperture.value) / (plane.wavelength ?? params.wavelength.value);
    const last = cutoff > 0 ? Math.min(cutoff, nyquist) : nyquist;
    const frequencies = Float64Array.from({ length: POINTS }, (_, i) => (i * last) / (POINTS - 1));
    const [x, y] = [transferAlong(plane, 'x', frequencies), transferAlong(plane, 'y', frequencies)];
    const natural = cutoff > 0 ? cutoff / 2 : nyquist / 2;
    const asked = params.frequency.value > 0 ? params.frequency.value : natural;
    const contrast = (axis: 'x' | 'y') =>
      asked <= nyquist ? (transferAlong(plane, axis, Float64Array.of(asked)).modulus[0] ?? null) : null;
    const limit = { title: 'limit', x: frequencies, y: frequencies.map((f) => diffractionLimit(f / cutoff)) };
    const axis = { title: 'Frequency', quantity: 'spatialFrequency', display: frequencyUnit(last) } as const;
    const lines = (part: 'modulus' | 'phase') =>
      [
        { title: 'x', line: x },
        { title: 'y', line: y },
      ].map(({ title, line }) => ({
        title,
        x: frequencies,
        // What has no contrast has no phase to speak of.
        y: line[part].map((each, k) => ((line.modulus[k] as number) > NO_CONTRAST ? each : Number.NaN)),
      }));
    return {
      readouts: [
        numberReadout('MTF x', contrast('x')),
        numberReadout('MTF y', contrast('y')),
        frequencyReadout('MTF50 x', frequencyAt(frequencies, x.modulus, 0.5)),
        frequencyReadout('MTF50 y', frequencyAt(frequencies, y.modulus, 0.5)),
        frequencyReadout('at frequency', asked),
        { ...frequencyReadout('Cut-off 2NA/λ', cutoff > 0 ? cutoff : null), missing: 'enter the NA' },
        frequencyReadout('Nyquist of the pixels', nyquist),
      ],
      charts: [
        {
          title: 'MTF',
          x: axis,
          y: { title: 'Contrast', quantity: 'dimensionless', display: '' },
          lines: cutoff > 0 ? [...lines('modulus'), limit] : lines('modulus'),
        },
        {
          title: 'PTF',
          x: axis,
          y: { title: 'Phase', quantity: 'angle', display: 'rad' },
          lines: lines('phase'),
        },
      ],
    };
  },
});
