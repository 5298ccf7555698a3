import type { ElementSpec, QuantityParam } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { beamAt, hermiteGauss, rayleighRange } from '../../maths/paraxialBeam.ts';
import { isConstant, type Scalar } from '../../ops/scalar.ts';
import { waveMap } from '../../waveMap.ts';
import { beamNotes, beamPlace, beamQuality, waist } from './beamParams.ts';
import { emittedField, polarizationAngle, power, refractiveIndex, wavelength } from './lightParams.ts';
import { HIGHEST_ORDER, modeCount, schellModes, shareNotes } from './schellModes.ts';
import { spectrumParams } from './spectrumParams.ts';

const whenElliptic = { when: { param: 'shape', is: ['elliptic', 'ellipticModes'] } } as const;
const MODES = ['roundModes', 'ellipticModes'];

const quality: QuantityParam = {
  ...beamQuality,
  doc: 'Times that the beam diverges faster than a coherent one of the same waist (along the first axis of an ellipse): it is a sum of modes that do not interfere.',
  default: 1.3,
  when: { param: 'shape', is: MODES },
};

const waistY: QuantityParam = {
  ...waist,
  title: 'Waist radius y',
  doc: '1/e² intensity radius at the waist along the second axis of the ellipse.',
  prominent: false,
  ...whenElliptic,
};

function isElliptic(shape: string): boolean {
  return shape === 'elliptic' || shape === 'ellipticModes';
}

/** M² along both axes of the cross-section; 1 for a coherent beam. */
function qualitiesOf(params: {
  readonly shape: string;
  readonly beamQuality: Scalar;
  readonly beamQualityY: Scalar;
}): readonly [number, number] {
  if (!MODES.includes(params.shape)) return [1, 1];
  const first = params.beamQuality.value;
  return [first, isElliptic(params.shape) ? params.beamQualityY.value : first];
}

export const gaussianBeam: ElementSpec = defineElement({
  type: 'gaussianBeam',
  version: 1,
  category: 'sources',
  title: 'Gaussian beam',
  summary: 'A laser beam with a waist; round, or with other waists at other places along x and y.',
  keywords: ['laser', 'TEM00', 'waist', 'elliptic', 'astigmatic', 'diode', 'source'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power,
    shape: {
      kind: 'choice',
      title: 'Cross-section',
      doc: 'Round, or elliptic: waist and distance then hold for x, and those of y are given too (different distances make the beam astigmatic). Light with M² above 1 is partially coherent: a sum of modes that do not interfere.',
      default: 'round',
      options: [
        { value: 'round', title: 'Round' },
        { value: 'elliptic', title: 'Elliptic, astigmatic' },
        { value: 'roundModes', title: 'Round, M² above 1' },
        { value: 'ellipticModes', title: 'Elliptic, M² above 1' },
      ],
    },
    waist,
    waistY: { ...waistY, default: 250e-6 },
    beamQuality: quality,
    beamQualityY: {
      ...quality,
      title: 'M² y',
      doc: 'The same along the second axis of the ellipse.',
      prominent: false,
      when: { param: 'shape', is: ['ellipticModes'] },
    },
    highestOrder: {
      kind: 'integer',
      title: 'Highest order',
      doc: 'Modes up to order K along both axes together: (K + 1)(K + 2)/2 of them. Their power is scaled to the beam’s.',
      default: 4,
      min: 0,
      max: HIGHEST_ORDER,
      when: { param: 'shape', is: MODES },
    },
    ...beamPlace,
    distanceY: {
      ...beamPlace.distance,
      title: 'Distance from waist y',
      doc: 'How far behind the waist along the second axis; negative before it.',
      ...whenElliptic,
    },
    orientation: {
      kind: 'quantity',
      quantity: 'angle',
      title: 'Orientation',
      doc: 'Turns the ellipse from +x towards +y.',
      default: 0,
      min: -2 * Math.PI,
      max: 2 * Math.PI,
      soft: [0, Math.PI],
      display: 'deg',
      scale: 'linear',
      learnable: true,
      step: 0.02,
      ...whenElliptic,
    },
  },
  power: 'creates',
  linearIn: null,
  incoherentParts: ({ shape, highestOrder }) => (MODES.includes(shape) ? modeCount(highestOrder) : 1),
  equation:
    'u = sqrt(2P/π) / (w0 t) exp[-r² / (w0² t)],  t = 1 + i z / zR,  zR = π n w0² / λ; elliptic: the product of the roots along x and y; M² above 1: w² = w0² + (M² λ z / π n w0)²',
  references: [
    'Siegman, Lasers, chapter 17: complex beam parameter',
    'Gori, Opt. Commun. 34, 301 (1980): coherent modes of a Gaussian Schell-model source',
    'ISO 11146: widths by second moments and M²',
  ],
  sampling: (_inputs, params, grid) => {
    const offset = Math.max(Math.abs(params.x.value), Math.abs(params.y.value));
    const qualities = qualitiesOf(params);
    const axes = [
      { w: params.waist.value, z: params.distance.value, m2: qualities[0] },
      ...(isElliptic(params.shape)
        ? [{ w: params.waistY.value, z: params.distanceY.value, m2: qualities[1] }]
        : []),
    ];
    const notes = [
      ...axes.flatMap(({ w, z, m2 }) => beamNotes(params, w / Math.sqrt(m2), z, offset, Math.sqrt(m2), grid)),
      ...(MODES.includes(params.shape) ? shareNotes(params.highestOrder, ...qualities) : []),
    ];
    return notes.filter(({ message }, i) => notes.findIndex((other) => other.message === message) === i);
  },
  forward: (_inputs, params, { ops, grid, share }) => {
    if (MODES.includes(params.shape)) {
      const { waist, distance, x, y, beamQuality, orientation, highestOrder } = params;
      const first = { waist, distance, quality: beamQuality, centre: x };
      const isRound = !isElliptic(params.shape);
      const second = isRound
        ? { ...first, centre: y }
        : { waist: params.waistY, distance: params.distanceY, quality: params.beamQualityY, centre: y };
      const isTurned = !isRound && !(orientation.value === 0 && isConstant(orientation));
      const turn = isTurned ? orientation : null;
      const modes = schellModes(ops, grid, params, [first, second], highestOrder, turn, share);
      return { out: emittedField(ops, modes, ['mode'], params, grid) };
    }
    const hasAxes = isElliptic(params.shape);
    const { wavelength: lambda, refractiveIndex: index } = params;
    const second = hasAxes
      ? [params.waistY, params.distanceY, params.orientation]
      : [params.waist, params.distance];
    const range = (w: Scalar) => rayleighRange(w.value, lambda.value, index.value);
    const own = [params.waist, params.distance, params.x, params.y, ...(hasAxes ? second : [])];
    const smallest = Math.min(params.waist.value, second[0]?.value ?? 1);
    const scales = [
      params.waist.value,
      range(params.waist),
      smallest,
      smallest,
      ...(hasAxes ? [params.waistY.value, range(params.waistY), 0.1] : []),
    ];
    const args = [
      { scalar: lambda, scale: lambda.value },
      { scalar: index, scale: index.value },
      ...own.map((scalar, i) => ({ scalar, scale: scales[i] ?? 1 })),
    ];
    const n = grid.samples;
    const unit = waveMap(ops, `gaussianBeam:${params.shape}`, [n, n], grid.pitch, args, (values) => {
      const [l = 1, m = 1, w = 1, z = 0, x0 = 0, y0 = 0, wy = w, zy = z, angle = 0] = values;
      const k = (2 * Math.PI * m) / l;
      const [first, other] = [beamAt(w, z, l, m), beamAt(wy, zy, l, m)];
      const gouy = 0.5 * (first.gouy + other.gouy);
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      return (x, y, out) => {
        const [dx, dy] = [c * (x - x0) + s * (y - y0), c * (y - y0) - s * (x - x0)];
        out.re = hermiteGauss(0, dx, first.radius) * hermiteGauss(0, dy, other.radius);
        out.im = 0;
        out.phase = 0.5 * k * (dx * dx * first.curvature + dy * dy * other.curvature) - gouy;
      };
    });
    return { out: emittedField(ops, unit, [], params, grid) };
  },
});
