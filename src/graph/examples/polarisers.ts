import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';

const GRID = { samples: 128, pitch: 20e-6 };
const CAMERA = { rows: 128, columns: 128, pixelPitch: GRID.pitch };
const BEAM = { waist: 500e-6 };

const sum = ({ data }: Measured): number => Array.from(data).reduce((total, value) => total + value, 0);
/** Sums of float32 numbers of one sign. */
const ROUNDING = 1e-5;

export const threePolarisers: Example = {
  id: 'three-polarisers',
  title: 'Three polarisers',
  summary:
    'Turn the middle one: crossed polarisers are dark, yet a third one between them lets light through.',
  topic: 'polarisation',
  level: 'start',
  design: bench(
    {
      title: 'Three polarisers',
      description:
        'The first and the last polariser are crossed. Set the middle one to 0° or 90° and the camera is dark; at 45° a quarter of the light arrives, by the law of Malus applied twice.',
    },
    GRID,
    [
      ['source', 'gaussianBeam', BEAM, 0, 0],
      ['first', 'linearPolariser', { angle: 0 }, 1, 0, 'First polariser'],
      ['middle', 'linearPolariser', { angle: Math.PI / 4 }, 2, 0, 'Middle polariser'],
      ['last', 'linearPolariser', { angle: Math.PI / 2 }, 3, 0, 'Last polariser'],
      ['camera', 'camera', CAMERA, 4, 0],
    ],
    ['source.out>first.in', 'first.out>middle.in', 'middle.out>last.in', 'last.out>camera.in'],
  ),
  proof: {
    statement: 'A quarter of the light passes: cos² 45° · cos² 45°',
    nodes: ['last', 'first'],
    expected: 0.25,
    tolerance: ROUNDING,
    quantity: 'dimensionless',
    display: '%',
    measure: (last, first) => sum(last) / sum(first),
  },
};

export const quarterWave: Example = {
  id: 'quarter-wave',
  title: 'Circular light from a quarter-wave plate',
  summary: 'Turn the analyser: behind a quarter-wave plate at 45° nothing changes, the light is circular.',
  topic: 'polarisation',
  level: 'course',
  design: bench(
    {
      title: 'Circular light from a quarter-wave plate',
      description:
        'Linear light along x meets a quarter-wave plate with its fast axis at 45° and comes out right circular. A linear analyser passes half of it at every angle, a right circular one all (a left circular one nothing); S3/S0 is 1. Turn the plate: the light becomes elliptic and the analyser sees it.',
    },
    GRID,
    [
      ['source', 'gaussianBeam', BEAM, 0, 0],
      ['plate', 'wavePlate', { kind: 'quarter', angle: Math.PI / 4 }, 1, 0],
      ['analyser', 'linearPolariser', { angle: 0.35 }, 2, 0],
      ['camera', 'camera', CAMERA, 3, 0],
      ['state', 'stokes', {}, 2, 1],
      ['right', 'circularPolariser', { handedness: 'right' }, 3, 1],
    ],
    [
      'source.out>plate.in',
      'plate.out>analyser.in',
      'analyser.out>camera.in',
      'plate.out>state.in',
      'plate.out>right.in',
    ],
  ),
  proof: {
    statement: 'A linear analyser at any angle passes half, a right circular one all',
    nodes: ['analyser', 'plate', 'right'],
    expected: 0.5,
    tolerance: ROUNDING,
    quantity: 'dimensionless',
    display: '%',
    measure: (analyser, plate, right) =>
      sum(right) / sum(plate) > 1 - ROUNDING ? sum(analyser) / sum(plate) : Number.NaN,
  },
};
