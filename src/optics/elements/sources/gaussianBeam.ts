import type { ElementSpec, QuantityParam } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { beamAt, hermiteGauss, rayleighRange } from '../../maths/paraxialBeam.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { waveMap } from '../../waveMap.ts';
import { beamNotes, beamPlace, waist } from './beamParams.ts';
import { emittedField, polarizationAngle, power, refractiveIndex, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

const whenElliptic = { when: { param: 'shape', is: ['elliptic'] } } as const;

const waistY: QuantityParam = {
  ...waist,
  title: 'Waist radius y',
  doc: '1/e² intensity radius at the waist along the second axis of the ellipse.',
  prominent: false,
  ...whenElliptic,
};

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
      doc: 'Round, or elliptic: waist and distance then hold for x, and those of y are given too (different distances make the beam astigmatic). For M² above 1 use the partially coherent beam.',
      default: 'round',
      options: [
        { value: 'round', title: 'Round' },
        { value: 'elliptic', title: 'Elliptic, astigmatic' },
      ],
    },
    waist,
    waistY: { ...waistY, default: 250e-6 },
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
  equation:
    'u = sqrt(2P/π) / (w0 t) exp[-r² / (w0² t)],  t = 1 + i z / zR,  zR = π n w0² / λ; elliptic: the product of the roots along x and y',
  references: ['Siegman, Lasers, chapter 17: complex beam parameter'],
  sampling: (_inputs, params, grid) => {
    const offset = Math.max(Math.abs(params.x.value), Math.abs(params.y.value));
    const axes: [Scalar, Scalar][] = [[params.waist, params.distance]];
    if (params.shape === 'elliptic') axes.push([params.waistY, params.distanceY]);
    const notes = axes.flatMap(([w, z]) => beamNotes(params, w.value, z.value, offset, 1, grid));
    return notes.filter(({ message }, i) => notes.findIndex((other) => other.message === message) === i);
  },
  forward: (_inputs, params, { ops, grid }) => {
    const isElliptic = params.shape === 'elliptic';
    const { wavelength: lambda, refractiveIndex: index } = params;
    const second = isElliptic
      ? [params.waistY, params.distanceY, params.orientation]
      : [params.waist, params.distance];
    const range = (w: Scalar) => rayleighRange(w.value, lambda.value, index.value);
    const own = [params.waist, params.distance, params.x, params.y, ...(isElliptic ? second : [])];
    const smallest = Math.min(params.waist.value, second[0]?.value ?? 1);
    const scales = [
      params.waist.value,
      range(params.waist),
      smallest,
      smallest,
      ...(isElliptic ? [params.waistY.value, range(params.waistY), 0.1] : []),
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
