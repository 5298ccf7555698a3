import { nameOfShare, partsOfShare } from '../../axes.ts';
import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { setValue } from '../../fixes.ts';
import { discRule, squareRule } from '../../maths/quadrature.ts';
import { formatNumber } from '../../units.ts';
import { waveMap } from '../../waveMap.ts';
import {
  emittedField,
  phaseNotes,
  polarizationAngle,
  position,
  power,
  refractiveIndex,
  wavelength,
} from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

function pointsOf(shape: string, rings: number) {
  return shape === 'square' ? squareRule(2 * rings) : discRule(rings);
}

export const extendedSource: ElementSpec = defineElement({
  type: 'extendedSource',
  version: 1,
  category: 'sources',
  title: 'Extended source',
  summary:
    'A lamp or a star’s disc at a distance: its points shine on their own, and coherence grows with distance.',
  keywords: ['incoherent', 'lamp', 'LED', 'star', 'van Cittert', 'Zernike', 'coherence', 'source'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light, point by point' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power: { ...power, doc: 'Power radiated into the full sphere by all points together.' },
    shape: {
      kind: 'choice',
      title: 'Shape',
      doc: 'An evenly bright disc or square.',
      default: 'disc',
      options: [
        { value: 'disc', title: 'Disc' },
        { value: 'square', title: 'Square' },
      ],
    },
    size: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Size',
      doc: 'Diameter of the disc or side of the square. At distance z, points nearer than about 0.6 λ z / size interfere.',
      default: 200e-6,
      min: 0,
      max: 1e6,
      soft: [0, 2e-3],
      display: 'µm',
      scale: 'linear',
      learnable: true,
      step: 10e-6,
      prominent: true,
    },
    distance: position('Distance', 'Distance of the source before the plane; positive.', 'axial', {
      default: 0.5,
      min: 1e-9,
      max: 1e15,
      soft: [0.01, 2],
      display: 'mm',
      step: 1e-3,
      prominent: true,
    }),
    x: position('Position x', 'Lateral position of its middle, +x right.', 'lateralX', {
      soft: [-1e-3, 1e-3],
      step: 10e-6,
    }),
    y: position('Position y', 'Lateral position of its middle, +y down the rows.', 'lateralY', {
      soft: [-1e-3, 1e-3],
      step: 10e-6,
    }),
    rings: {
      kind: 'integer',
      title: 'Rings of points',
      doc: 'R rings hold 3 R (R + 1) points of a disc; a square holds 4 R² points. Each is computed on its own.',
      default: 3,
      min: 1,
      max: 20,
    },
  },
  power: 'creates',
  linearIn: null,
  incoherentParts: ({ shape, rings }) => pointsOf(shape, rings).length,
  equation:
    'u_j = sqrt(w_j P / 4π) exp[i k (R_j - z)] / R_j,  R_j from point j of the source; |u|² adds over j',
  references: ['Born and Wolf, Principles of Optics, section 10.4: the theorem of van Cittert and Zernike'],
  sampling: (_inputs, params, grid) => {
    const { wavelength: lambda, refractiveIndex: index, size, distance, rings } = params;
    const width = grid.samples * grid.pitch;
    const offset = Math.max(Math.abs(params.x.value), Math.abs(params.y.value));
    const reach = width / 2 + offset + size.value / 2;
    const sine = reach / Math.hypot(reach, distance.value);
    const notes: SamplingNote[] = [
      ...phaseNotes((index.value / lambda.value) * sine, 'At the edge of the grid', grid),
    ];
    // Neighbouring points lie about size / 2R apart: what repeats is a fringe from one to the next.
    const repeats =
      (2 * rings * lambda.value * distance.value) / (index.value * Math.max(size.value, 1e-300));
    if (repeats < width / 16) {
      const enough = Math.ceil((rings * width) / (16 * repeats));
      notes.push({
        severity: 'warning',
        message: `The points of the source are too few for a field of ${formatNumber(width * 1e6, 3)} µm: parts of it ${formatNumber(repeats * 1e6, 3)} µm apart interfere as if the light were coherent.`,
        fix: `Use ${enough} rings, a smaller source or a smaller grid.`,
        ...(enough <= 20 ? { apply: setValue('rings', enough, `Use ${enough} rings`) } : {}),
      });
    }
    return notes;
  },
  forward: (_inputs, params, { ops, grid, share }) => {
    const { shape, rings, size, distance } = params;
    const n = grid.samples;
    const points = partsOfShare(pointsOf(shape, rings), share);
    const scale = distance.value;
    const args = [
      { scalar: params.wavelength, scale: params.wavelength.value },
      { scalar: params.refractiveIndex, scale: 1 },
      { scalar: size, scale },
      { scalar: distance, scale },
      { scalar: params.x, scale },
      { scalar: params.y, scale },
    ];
    const unit = waveMap(
      ops,
      `extendedSource:${shape}:${rings}${nameOfShare(share)}`,
      [points.length, n, n],
      grid.pitch,
      args,
      ([l = 1, m = 1, wide = 0, z = 1, x0 = 0, y0 = 0]) => {
        const k = (2 * Math.PI * m) / l;
        return (x, y, out, mode) => {
          const point = points[mode];
          if (point === undefined) return;
          const [dx, dy] = [x - x0 - 0.5 * wide * point.x, y - y0 - 0.5 * wide * point.y];
          const lateral2 = dx * dx + dy * dy;
          const away = Math.sqrt(lateral2 + z * z);
          out.re = Math.sqrt(point.weight / (4 * Math.PI)) / away;
          out.im = 0;
          // R - z without cancellation.
          out.phase = (k * lateral2) / (away + z);
        };
      },
    );
    return { out: emittedField(ops, unit, ['mode'], params, grid) };
  },
});
