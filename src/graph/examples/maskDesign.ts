/** Masks by how well they let an emitter be localised: compared, and designed. */
import { SeededRandom } from '../../optics/maths/random.ts';
import type { ParamData } from '../document.ts';
import { type BenchNode, bench } from './bench.ts';
import type { Example, Measured } from './example.ts';

const WAVELENGTH = 670e-9;
/** Path of one radian. */
export const RADIAN = WAVELENGTH / (2 * Math.PI);
/** Small grids: the pupil repeats the image every 11 µm, while 5 µm are seen. */
const GRID = { samples: 48, pitch: 1e-6 };
/** As the optimum was found elsewhere: two even points per side of a pixel. */
const CONDITIONS = { photons: 3500, background: 50, depthRange: 3e-6, points: 'even' };
/** For the eye, on finer pixels than those of 160 nm whose bounds are computed. */
const CAMERA = { rows: 45, columns: 45, pixelPitch: 0.11e-6, background: 50, pixelResponse: 'average' };
/** Cards with a chart are tall. */
const BELOW = 1.3;
/** The optimum of thirteen depths under these conditions, by another program, nanometres. */
const OPTIMUM = 8.024;
const NOLL_4_TO_22 = Array.from({ length: 19 }, (_, i) => i + 4);

type Wavefront = Readonly<Record<number, number>>;

/** Terms of random size, 0.1 rad RMS together: where nothing is bent, even terms have no slope. */
export function randomWavefront(seed: number): Wavefront {
  const random = new SeededRandom(seed);
  const drawn = NOLL_4_TO_22.map(() => random.normal());
  const size = Math.hypot(...drawn);
  return Object.fromEntries(NOLL_4_TO_22.map((j, i) => [j, (0.1 * RADIAN * (drawn[i] ?? 0)) / size]));
}

function objective(zernike: Wavefront): readonly BenchNode[] {
  return [
    ['source', 'planeWave', { wavelength: WAVELENGTH, refractiveIndex: 1.518 }, 0, 0],
    ['bead', 'bead', { photons: 3500, emission: 'isotropic' }, 1, 0],
    ['pupil', 'pupil', { numericalAperture: 1.4, zernike }, 2, 0],
  ];
}

function pictures(column: number, row: number): readonly BenchNode[] {
  return [
    ['stack', 'stack', { planes: 7, zStep: 0.5e-6 }, column, row],
    ['camera', 'camera', CAMERA, column + 1, row],
  ];
}

const LIGHT = ['source.out>bead.in', 'bead.out>pupil.in'] as const;
const precision = (params: Readonly<Record<string, ParamData>> = {}) => ({ ...CONDITIONS, ...params });
const only = ({ data }: Measured) => data[0] ?? Number.NaN;

const compared = bench(
  {
    title: 'Astigmatic or tetrapod',
    description:
      'Which mask tells best where a molecule is? The chart shows the smallest error that any method can reach (Cramér-Rao bound) with 3500 photons on a background of 50 per pixel. Plain astigmatism is as good near focus, but loses x, y and z a micrometre from it; the tetrapod tells all three over three micrometres. Change photons, background or range and see which wins.',
  },
  GRID,
  [
    ...objective({}),
    [
      'tetrapod',
      'psfMask',
      { kind: 'tetrapod', strength: Math.hypot(1.068, 1.21) * RADIAN },
      3,
      0,
      'Tetrapod',
    ],
    ['astigmatic', 'psfMask', { kind: 'astigmatic', strength: RADIAN }, 3, 1, 'Astigmatic'],
    ['precision', 'localisationPrecision', precision(), 5, 0],
    ['curves', 'precisionCurves', precision(), 4, 0],
    ...pictures(4, BELOW),
  ],
  [
    ...LIGHT,
    'pupil.out>tetrapod.in',
    'pupil.out>astigmatic.in',
    'tetrapod.out>curves.in',
    'astigmatic.out>curves.other',
    'curves.out>precision.in',
    'tetrapod.out>stack.in',
    'stack.out>camera.in',
  ],
);

export const maskComparison: Example = {
  id: 'mask-comparison',
  charts: 'curves',
  title: compared.title,
  summary: 'Two masks side by side: the smallest errors of x, y and z that 3500 photons allow at each depth.',
  topic: 'masks',
  level: 'research',
  design: compared,
  proof: {
    statement: 'Mean precision of the tetrapod over x, y, z and 13 depths, by another program: 8.024 nm',
    nodes: ['precision'],
    expected: OPTIMUM * 1e-9,
    // Two discs of 48 samples, whose edges are treated differently; float32.
    tolerance: 0.04e-9,
    quantity: 'length',
    display: 'nm',
    measure: (found) => only(found) * 1e-9,
  },
};

const tetrapodDesign = bench(
  {
    title: 'A tetrapod by design',
    description:
      'Press Run fit. Nineteen Zernike terms begin as a random tenth of a radian; the optimiser makes the Cramér-Rao bounds of x, y and z small, on average over three micrometres of depth. What it finds is astigmatism of two orders: the tetrapod, turned by some angle. Without a mask the mean is 47 nm, with it 8.',
  },
  GRID,
  [
    ...objective(randomWavefront(3)),
    ['precision', 'localisationPrecision', precision(), 3, 0],
    ...pictures(2, BELOW),
  ],
  [...LIGHT, 'pupil.out>precision.in', 'pupil.out>stack.in', 'stack.out>camera.in'],
);

export const tetrapodByDesign: Example = {
  id: 'tetrapod-by-design',
  title: tetrapodDesign.title,
  summary: 'Press Run fit: random aberrations become the mask that tells an emitter’s depth best.',
  topic: 'masks',
  level: 'research',
  design: { ...tetrapodDesign, learn: NOLL_4_TO_22.map((j) => `pupil.zernike.${j}`) },
  proof: null,
  goal: {
    statement: 'Mean precision within 5 % of the best that is known, 8.024 nm',
    nodes: ['precision'],
    limit: 1.05 * OPTIMUM * 1e-9,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    measure: (_design, found) => (found === undefined ? Number.NaN : only(found) * 1e-9),
  },
};

const freeDesign = bench(
  {
    title: 'A free mask by design',
    description:
      'Press Run fit. The tetrapod’s two Zernike terms are where the design begins; a phase map with a cell for each sample of the pupil learns what else helps. The bounds fall a few per cent below those of the Zernike terms alone.',
  },
  GRID,
  [
    ...objective({ 6: 1.068 * RADIAN, 12: -1.21 * RADIAN }),
    ['mask', 'freeformPhase', { cells: 48, phase: 0 }, 3, 0],
    ['precision', 'localisationPrecision', precision(), 4, 0],
    ...pictures(3, BELOW),
  ],
  [...LIGHT, 'pupil.out>mask.in', 'mask.out>precision.in', 'mask.out>stack.in', 'stack.out>camera.in'],
);

export const freeMaskByDesign: Example = {
  id: 'free-mask-by-design',
  title: freeDesign.title,
  summary: 'Press Run fit: every cell of the mask learns, and gets below the tetrapod.',
  topic: 'masks',
  level: 'research',
  design: { ...freeDesign, learn: ['mask.phase'] },
  proof: null,
  goal: {
    statement: 'Mean precision at least 1 % below that of the best Zernike mask that is known, 8.024 nm',
    nodes: ['precision'],
    limit: 0.99 * OPTIMUM * 1e-9,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    measure: (_design, found) => (found === undefined ? Number.NaN : only(found) * 1e-9),
  },
};
