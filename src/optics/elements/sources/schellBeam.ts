import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { offerValue } from '../../fixes.ts';
import { beamAt, hermiteGauss, rayleighRange, schellRatio } from '../../maths/paraxialBeam.ts';
import { divideScalars, mapScalar, type Scalar } from '../../ops/scalar.ts';
import { formatNumber } from '../../units.ts';
import { waveMap } from '../../waveMap.ts';
import { beamNotes, beamPlace, waist } from './beamParams.ts';
import { emittedField, polarizationAngle, power, refractiveIndex, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

/** Orders (m, n) of the coherent modes, m + n <= highest. */
function ordersUpTo(highest: number): readonly (readonly [number, number])[] {
  return Array.from({ length: highest + 1 }, (_, m) =>
    Array.from({ length: highest + 1 - m }, (_, n) => [m, n] as const),
  ).flat();
}

/** Share of the power in modes up to an order, for the ratio q between neighbouring ones: 1 - q^(K+1) [K + 2 - (K+1) q]. */
function shareUpTo(highest: number, q: number): number {
  return 1 - q ** (highest + 1) * (highest + 2 - (highest + 1) * q);
}

/** Modes up to this order are 231. */
const HIGHEST_ORDER = 20;

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
    beamQuality: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'M²',
      doc: 'Times that the beam diverges faster than a coherent one of the same waist.',
      default: 1.5,
      min: 1.0001,
      max: 100,
      soft: [1.05, 4],
      display: '',
      scale: 'log',
      learnable: true,
      step: 0.05,
      prominent: true,
      when: { param: 'given', is: ['quality'] },
    },
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
  equation:
    'modes m, n of Hermite and Gauss with waist w0/M and shares (1-q)² q^(m+n),  q = (M² - 1)/(M² + 1)',
  references: [
    'Gori, Opt. Commun. 34, 301 (1980): coherent modes of a Gaussian Schell-model source',
    'Starikov and Wolf, J. Opt. Soc. Am. 72, 923 (1982)',
  ],
  sampling: (_inputs, params, grid) => {
    const quality = qualityOf(params).value;
    const offset = Math.max(Math.abs(params.x.value), Math.abs(params.y.value));
    const share = shareUpTo(params.highestOrder, schellRatio(quality));
    const mode = params.waist.value / Math.sqrt(quality);
    const notes: SamplingNote[] = [
      ...beamNotes(params, mode, params.distance.value, offset, Math.sqrt(quality), grid),
    ];
    if (share < 0.99) {
      let enough = params.highestOrder + 1;
      while (enough <= HIGHEST_ORDER && shareUpTo(enough, schellRatio(quality)) < 0.99) enough++;
      notes.push({
        severity: 'warning',
        message: `Modes up to order ${params.highestOrder} hold only ${formatNumber(100 * share, 3)} % of such a beam: it is too narrow and too coherent.`,
        fix: 'Use a higher order or a lower M².',
        ...offerValue(enough <= HIGHEST_ORDER, 'highestOrder', enough, `Use modes up to order ${enough}`),
      });
    }
    return notes;
  },
  forward: (_inputs, params, { ops, grid }) => {
    const { wavelength: l, refractiveIndex: m, waist: w, highestOrder } = params;
    const quality = qualityOf(params);
    const orders = ordersUpTo(highestOrder);
    const n = grid.samples;
    const finest = w.value / Math.sqrt(quality.value) / (1 + highestOrder);
    const range = rayleighRange(w.value, l.value, m.value) / quality.value;
    const along = (axis: 0 | 1) => {
      const args = [
        { scalar: l, scale: l.value / (1 + highestOrder) },
        { scalar: m, scale: m.value / (1 + highestOrder) },
        { scalar: w, scale: finest },
        // q must stay above 0, where its powers have no derivative.
        { scalar: quality, scale: (quality.value - 1) / (1 + highestOrder) },
        { scalar: params.distance, scale: range / (1 + highestOrder) },
        { scalar: axis === 0 ? params.x : params.y, scale: finest },
      ];
      const shape = axis === 0 ? [orders.length, 1, n] : [orders.length, n, 1];
      return waveMap(ops, `schellBeam:${highestOrder}:${axis}`, shape, grid.pitch, args, (values) => {
        const [lambda = 1, index = 1, w0 = 1, m2 = 1, z = 0, centre = 0] = values;
        const { radius, curvature, gouy } = beamAt(w0 / Math.sqrt(m2), z, lambda, index);
        const k = (2 * Math.PI * index) / lambda;
        const q = schellRatio(m2);
        const held = Math.sqrt(shareUpTo(highestOrder, q));
        return (x, y, out, mode) => {
          const order = orders[mode]?.[axis] ?? 0;
          const at = (axis === 0 ? x : y) - centre;
          // Half of the root of the share of all modes to each axis.
          const share = Math.sqrt(((1 - q) * q ** order) / held);
          out.re = share * hermiteGauss(order, at, radius);
          out.im = 0;
          out.phase = 0.5 * k * curvature * at * at - (order + 0.5) * gouy;
        };
      });
    };
    return { out: emittedField(ops, ops.multiply(along(0), along(1)), ['mode'], params, grid) };
  },
});
