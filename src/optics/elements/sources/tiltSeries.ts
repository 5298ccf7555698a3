import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { ElementProblem } from '../../problem.ts';
import { pupilGrid } from '../../pupil/pupilGrid.ts';
import { waveMap } from '../../waveMap.ts';
import {
  emittedField,
  phaseNotes,
  polarizationAngle,
  power,
  refractiveIndex,
  wavelength,
} from './lightParams.ts';

/** Points at equal steps of area along this angle fill a disc evenly (Vogel, Math. Biosci. 44, 179 (1979)). */
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

/** Directions of `count` waves as shares of the largest sine: the first along the axis, the last at the rim. */
function tiltDirections(count: number): { readonly x: number; readonly y: number }[] {
  return Array.from({ length: count }, (_, i) => {
    const radius = count === 1 ? 0 : Math.sqrt(i / (count - 1));
    return { x: radius * Math.cos(i * GOLDEN), y: radius * Math.sin(i * GOLDEN) };
  });
}

export const tiltSeries: ElementSpec = defineElement({
  type: 'tiltSeries',
  version: 1,
  category: 'sources',
  title: 'Tilt series',
  summary:
    'Plane waves from many directions, one after the other: a camera then gives a stack, an image for each.',
  keywords: ['Fourier ptychography', 'LED array', 'angles', 'illumination', 'stack', 'synthetic aperture'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light, wave by wave' } },
  params: {
    wavelength,
    planes: {
      kind: 'integer',
      title: 'Waves',
      doc: 'Number of directions, each a plane of the stack: the first along the axis, the others evenly over the cone.',
      default: 9,
      min: 1,
      max: 512,
      prominent: true,
    },
    numericalAperture: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Illumination NA',
      doc: 'Index times the sine of the steepest tilt.',
      default: 0.01,
      min: 0,
      max: 2,
      soft: [1e-3, 0.1],
      display: '',
      scale: 'log',
      learnable: true,
      step: 1e-3,
      prominent: true,
    },
    refractiveIndex,
    polarizationAngle,
    power: { ...power, doc: 'Power of each wave through the circle inscribed in the grid.' },
  },
  power: 'creates',
  followsWindow: () => 'power',
  linearIn: null,
  equation: 'u_i(x, y) = sqrt(P / π R²) exp[2πi NA (a_i x + b_i y) / λ]',
  references: ['Zheng, Horstmeyer and Yang, Nat. Photonics 7, 739 (2013): Fourier ptychography'],
  sampling: (_inputs, params, grid) =>
    phaseNotes(params.numericalAperture.value / params.wavelength.value, 'In the steepest wave', grid),
  forward: (_inputs, params, { ops, grid, planes }) => {
    const { wavelength: lambda, numericalAperture: aperture } = params;
    if (aperture.value >= params.refractiveIndex.value) {
      throw new ElementProblem(
        `The illumination’s aperture ${aperture.value} is not below the medium’s index ${params.refractiveIndex.value}.`,
        'Lower the aperture or raise the index of the medium.',
      );
    }
    const n = grid.samples;
    const radius = pupilGrid(n).radius * grid.pitch;
    const { first, count } = planes ?? { first: 0, count: params.planes };
    const directions = tiltDirections(params.planes).slice(first, first + count);
    const args = [
      { scalar: lambda, scale: lambda.value },
      { scalar: aperture, scale: aperture.value },
    ];
    const along = (axis: 'x' | 'y') =>
      waveMap(
        ops,
        `tiltSeries:${axis}:${params.planes}:${first}`,
        axis === 'x' ? [count, 1, n] : [count, n, 1],
        grid.pitch,
        args,
        ([l = 1, na = 0]) =>
          (x, y, out, plane) => {
            out.re = axis === 'x' ? 1 / (Math.sqrt(Math.PI) * radius) : 1;
            out.im = 0;
            out.phase = ((2 * Math.PI * na) / l) * (directions[plane]?.[axis] ?? 0) * (axis === 'x' ? x : y);
          },
      );
    return { out: emittedField(ops, ops.multiply(along('x'), along('y')), ['plane'], params, grid) };
  },
});
