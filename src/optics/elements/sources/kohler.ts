import { nameOfShare, partsOfShare } from '../../axes.ts';
import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { setValue } from '../../fixes.ts';
import { discRule, type WeightedPoint } from '../../maths/quadrature.ts';
import { mapScalar, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { pupilGrid } from '../../pupil/pupilGrid.ts';
import { formatNumber } from '../../units.ts';
import type { PlaneWave } from '../../values.ts';
import { waveMap } from '../../waveMap.ts';
import {
  emittedField,
  phaseNotes,
  polarizationAngle,
  power,
  refractiveIndex,
  wavelength,
} from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

/** The waves of points of the unit disc, of which equal areas stay equal: the square of the radius goes from dark² to 1. */
function condenserWaves(
  points: readonly WeightedPoint[],
  aperture: Scalar,
  inner: Scalar,
): readonly PlaneWave[] {
  return points.map((point) => {
    const square = point.x ** 2 + point.y ** 2;
    const stretch = mapScalar(
      inner,
      (dark) => stretchOf(square, dark),
      (dark) => (dark * (1 - square)) / (square * stretchOf(square, dark)),
    );
    const sine = multiplyScalars(aperture, stretch);
    return {
      x: multiplyScalars(sine, point.x),
      y: multiplyScalars(sine, point.y),
      amplitude: Math.sqrt(point.weight),
    };
  });
}

function stretchOf(square: number, dark: number): number {
  return Math.sqrt((dark * dark + (1 - dark * dark) * square) / square);
}

export const kohler: ElementSpec = defineElement({
  type: 'kohler',
  version: 1,
  category: 'sources',
  title: 'Köhler illumination',
  summary:
    'Even light from all directions within a condenser’s cone: partially coherent, as in a microscope.',
  keywords: [
    'condenser',
    'partial coherence',
    'Abbe',
    'microscope',
    'brightfield',
    'dark field',
    'ring',
    'source',
  ],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light, direction by direction' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power: { ...power, doc: 'Power through the circle inscribed in the grid, from all directions together.' },
    numericalAperture: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Condenser aperture',
      doc: 'NA = n sin θ of the outermost rays. Near 0 the light is coherent; points nearer than 0.61 λ/NA stay partly so.',
      default: 0.005,
      min: 1e-6,
      max: 4,
      soft: [0.001, 1],
      display: '',
      scale: 'log',
      learnable: true,
      step: 0.005,
      prominent: true,
    },
    innerShare: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Dark centre',
      doc: 'Aperture below which the condenser is dark, as a share of its aperture: a ring for phase contrast or a dark field.',
      default: 0,
      min: 0,
      max: 0.99,
      soft: [0, 0.95],
      display: '%',
      scale: 'linear',
      learnable: true,
      step: 0.02,
    },
    rings: {
      kind: 'integer',
      title: 'Rings of points',
      doc: 'R rings hold 3 R (R + 1) directions, each computed on its own. Light repeats its coherence at about R λ/NA.',
      default: 3,
      min: 1,
      max: 20,
      prominent: true,
    },
  },
  power: 'creates',
  followsWindow: () => 'power',
  linearIn: null,
  incoherentParts: ({ rings }) => 3 * rings * (rings + 1),
  equation:
    'u_j = sqrt(w_j P / π R²) exp[2πi NA (ξ_j x + η_j y) / λ],  Σ w_j = 1 over the condenser’s disc; |u|² adds over j',
  references: [
    'Born and Wolf, Principles of Optics, section 10.6: Köhler illumination',
    'Abbe, Archiv f. mikrosk. Anat. 9, 413 (1873)',
  ],
  sampling: (_inputs, params, grid) => {
    const frequency = params.numericalAperture.value / params.wavelength.value;
    const notes: SamplingNote[] = [...phaseNotes(frequency, 'In the steepest wave', grid)];
    const repeats = params.rings / frequency;
    const width = grid.samples * grid.pitch;
    // A few dozen fringes of false coherence average out over an image; more do not.
    if (repeats < width / 16) {
      const enough = Math.ceil((width * frequency) / 16);
      notes.push({
        severity: 'warning',
        message: `${3 * params.rings * (params.rings + 1)} directions are few for a field of ${formatNumber(width * 1e6, 3)} µm: parts of it ${formatNumber(repeats * 1e6, 3)} µm apart interfere as if the light were coherent.`,
        fix: `Use ${enough} rings, a smaller aperture or a smaller grid.`,
        ...(enough <= 20 ? { apply: setValue('rings', enough, `Use ${enough} rings`) } : {}),
      });
    }
    return notes;
  },
  forward: (_inputs, params, { ops, grid, share }) => {
    const { wavelength: lambda, numericalAperture: aperture, innerShare: inner, rings } = params;
    if (aperture.value >= params.refractiveIndex.value) {
      throw new ElementProblem(
        `The condenser’s aperture ${aperture.value} is not below the medium’s index ${params.refractiveIndex.value}.`,
        'Lower the aperture or raise the index of the medium.',
      );
    }
    const n = grid.samples;
    const points = partsOfShare(discRule(rings), share);
    const radius = pupilGrid(n).radius * grid.pitch;
    const args = [
      { scalar: lambda, scale: lambda.value },
      { scalar: aperture, scale: aperture.value },
      { scalar: inner, scale: 0.1 },
    ];
    const along = (axis: 'x' | 'y') =>
      waveMap(
        ops,
        `kohler:${axis}:${rings}${nameOfShare(share)}`,
        axis === 'x' ? [points.length, 1, n] : [points.length, n, 1],
        grid.pitch,
        args,
        ([l = 1, na = 0, dark = 0]) => {
          const cosines = points.map((point) => {
            const stretch = stretchOf(point.x ** 2 + point.y ** 2, dark);
            return ((2 * Math.PI * na) / l) * stretch * point[axis];
          });
          return (x, y, out, mode) => {
            out.re = axis === 'x' ? Math.sqrt((points[mode]?.weight ?? 0) / Math.PI) / radius : 1;
            out.im = 0;
            out.phase = (cosines[mode] ?? 0) * (axis === 'x' ? x : y);
          };
        },
      );
    const light = emittedField(ops, ops.multiply(along('x'), along('y')), ['mode'], params, grid);
    return { out: { ...light, planeWaves: condenserWaves(points, aperture, inner) } };
  },
});
