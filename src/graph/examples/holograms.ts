/** Masks that a fit designs: press Run fit and watch the light form. */
import { bench } from './bench.ts';
import { drawn, letter } from './drawn.ts';
import type { Example, Measured } from './example.ts';
import { leastCorrelation } from './measures.ts';

const N = 128;
const light = (mask: string, between: string): string[] => [
  `source.out>${mask}.in`,
  `${mask}.out>${between}.in`,
  `${between}.out>camera.in`,
];
const wires = (mask: string, between: string): string[] => [
  ...light(mask, between),
  'camera.out>loss.model',
  'goal.out>loss.target',
];

/** Samples in one period of the splitter, and the distance of its orders in samples of the focal plane. */
const PERIOD = 32;
const ORDER = N / PERIOD;
const SPLITTER = { wavelength: 633e-9, pitch: 10e-6, focalLength: 0.1 };
/** The best phase for three equal beams is atan(a cos(2πx/p)) with this a. */
const TRIPLICATOR = 2.65718;

/** Pixels of the focal plane about a beam that count as its own: the beam's and nothing of the next order's. */
const OWN = 0.6;

const splitter: Example = {
  id: 'three-way-splitter',
  title: 'Three-way splitter',
  summary: 'One beam becomes three equal ones: set the phase to random and let a fit find the mask again.',
  topic: 'masks',
  level: 'course',
  design: {
    ...bench(
      {
        title: 'Three-way splitter',
        description:
          'A phase mask can send 92.56 % of a beam into three equal ones, and none can do better. The mask is the known best; choose “random” for its phase and press Run fit to see a fit find one as good. There is no target image (the readings of the goal count the light in small discs, also some that lies between the beams): the goal is bright, even spots at the places of its table. Move one and fit again.',
      },
      { samples: N, pitch: SPLITTER.pitch },
      [
        ['source', 'planeWave', { wavelength: SPLITTER.wavelength, power: 1 }, 0, 0],
        ['mask', 'freeformPhase', { cells: N, phase: 'best' }, 1, 0],
        ['lens', 'fourierLens', { focalLength: SPLITTER.focalLength }, 2, 0],
        ['camera', 'camera', { rows: N, columns: N, pixelPitch: focalPitch() }, 3, 0],
        [
          'spots',
          'spotsGoal',
          {
            spots: [-ORDER, 0, ORDER].map((order) => ({ x: order * focalPitch(), y: 0 })),
            radius: OWN * focalPitch(),
            evenness: 0.8,
          },
          4,
          0,
        ],
      ],
      [...light('mask', 'lens'), 'camera.out>spots.in'],
    ),
    learn: ['mask.phase'],
    images: {
      best: drawn('best splitter', N, [(x) => Math.atan(TRIPLICATOR * Math.cos((2 * Math.PI * x) / PERIOD))]),
    },
  },
  proof: {
    statement: 'Share of the light in three equal beams',
    nodes: ['camera'],
    expected: 0.9256,
    // Gori et al., Opt. Commun. 157, 13 (1998), to four digits; 32 samples per period change 1e-5.
    tolerance: 1e-4,
    quantity: 'dimensionless',
    display: '%',
    measure: ({ data }) => {
      let total = 0;
      for (let i = 0; i < data.length; i++) total += data[i] ?? 0;
      const beams = [-ORDER, 0, ORDER].map((x) => data[(N / 2) * N + N / 2 + x] ?? 0);
      // Three times the weakest: it falls when the beams are not equal.
      return (3 * Math.min(...beams)) / total;
    },
  },
};

function cosine(a: Measured['data'], b: Measured['data']): number {
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i] ?? 0) * (b[i] ?? 0);
    ofA += (a[i] ?? 0) ** 2;
    ofB += (b[i] ?? 0) ** 2;
  }
  return both / Math.sqrt(ofA * ofB);
}

function focalPitch(): number {
  return (SPLITTER.wavelength * SPLITTER.focalLength) / (N * SPLITTER.pitch);
}

const letters: Example = {
  id: 'letter-hologram',
  title: 'Hologram of three letters',
  summary:
    'Press Run fit: a modulator learns a phase that writes A, L and T into three planes, one behind the other.',
  topic: 'masks',
  level: 'research',
  design: {
    ...bench(
      {
        title: 'Hologram of three letters',
        description:
          'The phase of each of 128 × 128 pixels is learned, so that three planes 4 cm apart each show a letter of their own. The comparison is 1 - correlation, which leaves the brightness free. Look at the planes of the camera one by one.',
      },
      { samples: N, pitch: 20e-6 },
      [
        ['source', 'gaussianBeam', { wavelength: 633e-9, waist: 0.62e-3 }, 0, 0],
        ['slm', 'slm', { pixels: N, phase: { low: -0.5, high: 0.5, seed: 1 } }, 1, 0],
        ['planes', 'zScan', { planes: 3, zStep: 0.04, zOffset: 0.2 }, 2, 0],
        ['camera', 'camera', { rows: N, columns: N, pixelPitch: 20e-6 }, 3, 0],
        ['goal', 'target', { image: 'goal' }, 3, 1],
        ['loss', 'loss', { kind: 'correlation' }, 4, 0],
      ],
      wires('slm', 'planes'),
    ),
    learn: ['slm.phase'],
    images: { goal: drawn('A, L, T', N, [letter('A', 10), letter('L', 10), letter('T', 10)]) },
  },
  proof: null,
  goal: {
    // Facts on Chromatix, 2.2: 0.70 after 200 iterations on 51 planes; three planes ask less of the mask.
    statement: 'Each plane is like its letter: correlation of at least 0.70',
    nodes: ['camera', 'goal'],
    limit: 0.7,
    bound: 'atLeast',
    quantity: 'dimensionless',
    display: '',
    measure: (_design, camera, goal) =>
      camera === undefined || goal === undefined ? 0 : leastCorrelation(camera, goal),
  },
};

const mirrors: Example = {
  id: 'mirror-hologram',
  title: 'Hologram of tiny mirrors',
  summary: 'Press Run fit: 128 × 128 mirrors, each on or off, learn to write a letter with diffracted light.',
  topic: 'masks',
  level: 'research',
  design: {
    ...bench(
      {
        title: 'Hologram of tiny mirrors',
        description:
          'Mirrors are on or off, which has no derivative; the fit follows a smooth ramp in its place and shows what the mirrors really do. The comparison is 1 - cosine between the picture and the letter.',
      },
      { samples: N, pitch: 15.12e-6 },
      [
        ['source', 'planeWave', { wavelength: 660e-9 }, 0, 0],
        ['dmd', 'dmd', { pixels: N, pixelPitch: 15.12e-6, mirrors: { low: 0, high: 1, seed: 1 } }, 1, 0],
        ['space', 'propagator', { distance: 0.13 }, 2, 0],
        ['camera', 'camera', { rows: N, columns: N, pixelPitch: 15.12e-6 }, 3, 0],
        ['goal', 'target', { image: 'goal' }, 3, 1],
        ['loss', 'loss', { kind: 'cosine' }, 4, 0],
      ],
      wires('dmd', 'space'),
    ),
    learn: ['dmd.mirrors'],
    images: { goal: drawn('A', N, [letter('A', 14)]) },
  },
  proof: null,
  goal: {
    // Facts on Chromatix, 2.2: a cosine distance of 0.098 after 20 iterations and 0.0849 at last.
    statement: 'The picture is a letter: 1 - cosine of at most 0.085',
    nodes: ['camera', 'goal'],
    limit: 0.085,
    bound: 'atMost',
    quantity: 'dimensionless',
    display: '',
    measure: (_design, camera, goal) => 1 - cosine(camera?.data ?? [], goal?.data ?? []),
  },
};

/** Samples per side where the light follows a hand, and of the letter's dots; a brush makes lines as wide. */
const SIDE = 96;
const DOT = 7;

export const paintTheLight: Example = {
  id: 'paint-the-light',
  title: 'Paint the light',
  summary: 'Take the brush, paint on the camera’s picture, and the modulator’s phase follows your hand.',
  topic: 'masks',
  level: 'course',
  design: {
    ...bench(
      {
        title: 'Paint the light',
        description:
          'Open the camera’s picture, take the brush and paint where light is to be: the phase of 96 × 96 pixels follows while you paint. Or press Run fit with the letter that is there. The comparison is 1 - overlap, which wants all light on the painted places, evenly; its readings tell both shares. A thin line is as bright as a broad one only where the light finds a way to both.',
      },
      { samples: SIDE, pitch: 20e-6 },
      [
        ['source', 'gaussianBeam', { wavelength: 633e-9, waist: 0.47e-3 }, 0, 0],
        ['slm', 'slm', { pixels: SIDE, phase: { low: -0.5, high: 0.5, seed: 1 } }, 1, 0],
        ['space', 'propagator', { distance: 0.15 }, 2, 0],
        ['camera', 'camera', { rows: SIDE, columns: SIDE, pixelPitch: 20e-6 }, 3, 0],
        ['goal', 'target', { image: 'painting' }, 3, 1, 'Painted light'],
        ['loss', 'loss', { kind: 'overlap' }, 4, 0],
      ],
      wires('slm', 'space'),
    ),
    learn: ['slm.phase'],
    images: { painting: { ...drawn('Painted target', SIDE, [letter('E', DOT)]), painted: true } },
  },
  proof: null,
  goal: {
    // Facts on Chromatix, 2.2: mirrors that are on or off reach 0.0849; a phase wastes less.
    statement: 'The light is where it was painted: 1 - cosine of at most 0.0849',
    nodes: ['camera', 'goal'],
    limit: 0.0849,
    bound: 'atMost',
    quantity: 'dimensionless',
    display: '',
    measure: (_design, camera, goal) => 1 - cosine(camera?.data ?? [], goal?.data ?? []),
  },
};

export const holograms: readonly Example[] = [splitter, letters, mirrors];
