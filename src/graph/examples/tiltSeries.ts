/** An object seen sharper than its microscope: Fourier ptychography at a size that a page can hold. */
import { type BenchNode, bench } from './bench.ts';
import { drawn, letter, mapOf } from './drawn.ts';
import type { Example } from './example.ts';
import { correlation } from './measures.ts';

const N = 64;
const PITCH = 1e-6;
const FOCAL_LENGTH = 1e-3;
/** Of the objective; the illumination adds its own to what is resolved. */
const APERTURE = 0.08;
const ILLUMINATION = 0.1;

/** One microscope behind the source: the true one in the first row, the model in the second. */
const arm = (name: string, row: number, phase: number | string): readonly BenchNode[] => {
  const words = name === 'true' ? 'True' : 'Model';
  return [
    [`${name}Object`, 'freeformPhase', { cells: N, phase }, 1, row, `${words} object`],
    [`${name}Lens`, 'fourierLens', { focalLength: FOCAL_LENGTH }, 2, row, `${words} lens`],
    [`${name}Stop`, 'aperture', { diameter: 2 * APERTURE * FOCAL_LENGTH }, 3, row, `${words} stop`],
    [`${name}Tube`, 'fourierLens', { focalLength: FOCAL_LENGTH }, 4, row, `${words} tube lens`],
    [
      `${name}Camera`,
      'camera',
      { rows: N, columns: N, pixelPitch: PITCH },
      5,
      row,
      name === 'true' ? 'Data' : 'Model images',
    ],
  ];
};

const wires = (name: string): readonly string[] => [
  `source.out>${name}Object.in`,
  `${name}Object.out>${name}Lens.in`,
  `${name}Lens.out>${name}Stop.in`,
  `${name}Stop.out>${name}Tube.in`,
  `${name}Tube.out>${name}Camera.in`,
];

export const tiltSeries: Example = {
  id: 'tilt-series',
  title: 'A phase object from tilted light',
  summary:
    'Press Run fit: nine blurred images under tilted light tell the phase of an object, sharper than any of them.',
  topic: 'fit',
  level: 'research',
  design: {
    ...bench(
      {
        title: 'A phase object from tilted light',
        description:
          'The upper microscope holds a transparent letter and makes the data: an image for each direction of light. The lower one starts without an object and learns the phase of 64 × 64 cells, until its images are the same. Objective 0.08 and illumination 0.10 together resolve what an aperture of 0.18 would (Fourier ptychography).',
      },
      { samples: N, pitch: PITCH },
      [
        ['source', 'tiltSeries', { planes: 9, numericalAperture: ILLUMINATION, power: 1 }, 0, 0],
        ...arm('true', 0, 'object'),
        ...arm('model', 1, 0),
        ['loss', 'loss', {}, 6, 0],
      ],
      [...wires('true'), ...wires('model'), 'modelCamera.out>loss.model', 'trueCamera.out>loss.target'],
    ),
    learn: ['modelObject.phase'],
    images: { object: drawn('object', N, [letter('A', 6)]) },
  },
  proof: null,
  goal: {
    // The letter low-passed at 0.08, the objective alone, correlates with itself by 0.937, at 0.18 by 0.980.
    statement:
      'The phase is that of the object: correlation of at least 0.97; the objective alone shows 0.94',
    nodes: [],
    limit: 0.97,
    bound: 'atLeast',
    quantity: 'dimensionless',
    display: '',
    measure: (design) =>
      correlation(mapOf(design, 'modelObject', 'phase', N), mapOf(design, 'trueObject', 'phase', N)),
  },
};
