import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { divideScalars, mapScalar, type Scalar } from '../../ops/scalar.ts';
import { beamNotes, beamPlace, beamQuality, waist } from './beamParams.ts';
import { emittedField, polarizationAngle, power, refractiveIndex, wavelength } from './lightParams.ts';
import { HIGHEST_ORDER, modeCount, schellModes, shareNotes } from './schellModes.ts';
import { spectrumParams } from './spectrumParams.ts';

/** M² as it is given. */
function qualityOf(params: {
  readonly given: string;
  readonly beamQuality: Scalar;
  readonly coherenceLength: Scalar;
  readonly waist: Scalar;
}): Scalar {
  if (params.given === 'quality') return params.beamQuality;
  const ratio = divideScalars(params.waist, params.coherenceLength);
  return mapScalar(
    ratio,
    (t) => Math.hypot(1, t),
    (t) => t / Math.hypot(1, t),
  );
}

export const schellBeam: ElementSpec = defineElement({
  type: 'schellBeam',
  version: 1,
  category: 'sources',
  title: 'Partially coherent beam',
  summary:
    'A beam with M² above 1: Gaussian in brightness and coherence, as a sum of modes that do not interfere.',
  keywords: [
    'Gaussian Schell-model',
    'M²',
    'beam quality',
    'multimode',
    'coherence',
    'laser',
    'LED',
    'source',
  ],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light, mode by mode' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power,
    waist: { ...waist, default: 200e-6, doc: '1/e² intensity radius w0 of the whole beam at the waist.' },
    given: {
      kind: 'choice',
      title: 'Given',
      doc: 'Coherence by the beam quality M², or by the distance over which the beam is coherent at its waist.',
      default: 'quality',
      options: [
        { value: 'quality', title: 'M²' },
        { value: 'coherence', title: 'Coherence length' },
      ],
    },
    beamQuality: { ...beamQuality, when: { param: 'given', is: ['quality'] } },
    coherenceLength: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Coherence length',
      doc: 'Distance σ of two points at the waist at which their degree of coherence is exp(-1/2); M² = sqrt(1 + w0²/σ²).',
      default: 180e-6,
      min: 1e-9,
      max: 10,
      soft: [20e-6, 5e-3],
      display: 'µm',
      scale: 'log',
      learnable: true,
      step: 10e-6,
      prominent: true,
      when: { param: 'given', is: ['coherence'] },
    },
    highestOrder: {
      kind: 'integer',
      title: 'Highest order',
      doc: 'Modes up to order K along both axes together: (K + 1)(K + 2)/2 of them. Their power is scaled to the beam’s.',
      default: 4,
      min: 0,
      max: HIGHEST_ORDER,
    },
    ...beamPlace,
  },
  power: 'creates',
  linearIn: null,
  incoherentParts: ({ highestOrder }) => modeCount(highestOrder),
  equation:
    'modes m, n of Hermite and Gauss with waist w0/M and shares (1-q)² q^(m+n),  q = (M² - 1)/(M² + 1)',
  references: [
    'Gori, Opt. Commun. 34, 301 (1980): coherent modes of a Gaussian Schell-model source',
    'Starikov and Wolf, J. Opt. Soc. Am. 72, 923 (1982)',
  ],
  sampling: (_inputs, params, grid) => {
    const quality = qualityOf(params).value;
    const offset = Math.max(Math.abs(params.x.value), Math.abs(params.y.value));
    const mode = params.waist.value / Math.sqrt(quality);
    return [
      ...beamNotes(params, mode, params.distance.value, offset, Math.sqrt(quality), grid),
      ...shareNotes(params.highestOrder, quality, quality),
    ];
  },
  forward: (_inputs, params, { ops, grid, share }) => {
    const { waist, distance, x, y, highestOrder } = params;
    const quality = qualityOf(params);
    const along = (centre: Scalar) => ({ waist, quality, distance, centre });
    const unit = schellModes(ops, grid, params, [along(x), along(y)], highestOrder, null, share);
    return { out: emittedField(ops, unit, ['mode'], params, grid) };
  },
});
