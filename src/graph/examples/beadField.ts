/** Nine beads over the field of one objective: how its aberrations change from place to place. */
import { SeededRandom } from '../../optics/maths/random.ts';
import { bench } from './bench.ts';
import type { Example } from './example.ts';
import { largestError, truthOf } from './truth.ts';

const PLANES_EACH = 3;
const places = [-1, 0, 1].flatMap((fieldY) => [-1, 0, 1].map((fieldX) => ({ fieldX, fieldY })));

const base = bench(
  {
    title: 'Aberrations over the field',
    description:
      'Nine beads, three planes of each: coma and astigmatism of this objective grow towards the edges of its field. Press Run fit. All pictures are fitted together, each bead with its own place and brightness, and one set of numbers says how every Zernike term changes with x, y and their squares and product, with errors. Nobody needs to cut the field into tiles.',
  },
  { samples: 32, pitch: 1e-6 },
  [
    ['source', 'planeWave', { wavelength: 580e-9, refractiveIndex: 1.33 }, 0, 0],
    ['bead', 'bead', { photons: 9000 }, 1, 0],
    ['pupil', 'pupil', { numericalAperture: 1.1 }, 2, 0],
    ['field', 'beadField', { beads: places, planes: PLANES_EACH * places.length, zStep: 0.5e-6 }, 3, 0],
    ['camera', 'camera', { pixelPitch: 0.12e-6, rows: 24, columns: 24, blur: 0.6, background: 15 }, 1, 1],
    ['target', 'target', { image: 'simulated' }, 2, 1],
    ['loss', 'loss', { kind: 'poisson' }, 3, 1],
  ],
  [
    'source.out>bead.in',
    'bead.out>pupil.in',
    'pupil.out>field.in',
    'field.out>camera.in',
    'camera.out>loss.model',
    'target.out>loss.target',
  ],
);

/** A tilted, slightly decentred objective: linear coma and astigmatism, and what grows with the square. */
export const FIELD_TRUTH: Readonly<Record<string, number>> = {
  'pupil.zernike.5': 8e-9,
  'pupil.zernike.6': -15e-9,
  'pupil.zernike.7': 10e-9,
  'pupil.zernike.8': 12e-9,
  'pupil.zernike.11': 20e-9,
  'field.alongX.5': 6e-9,
  'field.alongX.6': -9e-9,
  'field.alongX.7': 4e-9,
  'field.alongX.8': 30e-9,
  'field.alongY.5': -12e-9,
  'field.alongY.6': 5e-9,
  'field.alongY.7': 26e-9,
  'field.alongY.8': -3e-9,
  'field.squareX.6': 24e-9,
  'field.product.5': 40e-9,
  'field.squareY.6': -22e-9,
};

const random = new SeededRandom(4);
const near = (size: number) => (2 * random.uniform() - 1) * size;
const rows = places.map((place) => ({ ...place, x: near(0.06e-6), y: near(0.06e-6), z: near(0.15e-6) }));
/** Beads differ in brightness; each has its own in all its planes. */
const photons = rows.flatMap(() => Array<number>(PLANES_EACH).fill(10000 + near(3000)));

export const beadField: Example = {
  id: 'bead-field',
  title: base.title,
  summary: 'Press Run fit: nine beads together tell how coma and astigmatism change over the field.',
  topic: 'fit',
  level: 'research',
  design: {
    ...base,
    learn: [
      ...['field.beads.*.x', 'field.beads.*.y', 'field.beads.*.z'],
      ...['bead.photons.*', 'camera.background', 'camera.blur'],
      ...Object.keys(FIELD_TRUTH),
    ],
    images: {
      simulated: {
        kind: 'simulated',
        name: 'Simulated beads',
        camera: 'camera',
        truth: {
          ...truthOf(base.nodes, { 'camera.blur': 0.7, ...FIELD_TRUTH }),
          'bead.photons': photons,
          'field.beads': rows,
        },
        noise: true,
        seed: 7,
      },
    },
  },
  proof: null,
  goal: {
    // Sixteen errors of up to 0.6 nm by photon noise: one beyond four of them in 1000 noises.
    statement: 'All 16 numbers of the wavefront over the field are found to within 2.4 nm, λ/242',
    nodes: [],
    limit: 2.4e-9,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    measure: (design) => largestError(design, FIELD_TRUTH),
  },
};
