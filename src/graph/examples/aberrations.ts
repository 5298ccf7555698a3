/** Pupils and what goes wrong in them: gallery systems of scalar imaging. */
import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';
import { firstMinimum, middleRow } from './measures.ts';

const WAVELENGTH = 532e-9;
const GRID = { samples: 128, pitch: 20e-6 };
const PIXELS = { rows: 64, columns: 64 };

const onAxis = ({ data, shape }: Measured, plane = 0): number => {
  const [ny = 1, nx = 1] = shape.slice(-2);
  return data[(plane * ny + Math.floor(ny / 2)) * nx + Math.floor(nx / 2)] ?? 0;
};

/** Distance of two rows of cards. */
const ROW = 0.87;
/** Name, Noll index, column and row of the pupil; its image stands to the right. */
const ZOO = [
  ['defocus', 4, 3, 0],
  ['astigmatism', 6, 1, ROW],
  ['coma', 8, 3, ROW],
  ['spherical', 11, 1, 2 * ROW],
] as const;
const RMS = 0.07;
const titled = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

export const aberrationZoo: Example = {
  id: 'aberration-zoo',
  title: 'Aberration zoo',
  summary: 'Four aberrations of the same RMS, four shapes, one Strehl ratio: turn one up to see its face.',
  topic: 'aberrations',
  level: 'start',
  design: bench(
    {
      title: 'Aberration zoo',
      description:
        'Defocus, astigmatism, coma and spherical aberration, each of 0.07 waves RMS: the limit of what counts as perfect. The peak falls to 82 % for all of them, by Maréchal’s rule. Set a term to 0.3 waves and see what it is known for.',
    },
    GRID,
    [
      ['source', 'planeWave', {}, 0, 0],
      ['perfect', 'pupil', {}, 1, 0, 'Perfect'],
      ['camera', 'camera', { ...PIXELS, pixelPitch: 80e-9 }, 2, 0, 'Perfect image'],
      ...ZOO.flatMap(([name, noll, column, row]) => [
        [name, 'pupil', { zernike: { [noll]: RMS * WAVELENGTH } }, column, row, titled(name)] as const,
        [
          `${name}Image`,
          'camera',
          { ...PIXELS, pixelPitch: 80e-9 },
          column + 1,
          row,
          `${titled(name)} image`,
        ] as const,
      ]),
    ],
    [
      'source.out>perfect.in',
      'perfect.out>camera.in',
      ...ZOO.flatMap(([name]) => [`source.out>${name}.in`, `${name}.out>${name}Image.in`]),
    ],
  ),
  proof: {
    statement: 'Mean Strehl ratio of the four: exp[-(2π 0.07)²]',
    nodes: ['camera', 'defocusImage', 'astigmatismImage', 'comaImage', 'sphericalImage'],
    expected: Math.exp(-((2 * Math.PI * RMS) ** 2)),
    // The rule itself: exact ratios at 1/14 wave lie 0.001 to 0.0035 lower (psf.md Z5).
    tolerance: 4e-3,
    quantity: 'dimensionless',
    display: '',
    measure: (perfect, ...others) =>
      others.reduce((sum, image) => sum + onAxis(image) / onAxis(perfect), 0) / others.length,
  },
};

const SLOW = 0.1;
/** What a quarter wave of defocus at the pupil's edge is in metres along the light. */
const QUARTER_WAVE = WAVELENGTH / (2 * SLOW ** 2);

export const depthOfFocus: Example = {
  id: 'depth-of-focus',
  title: 'Focus and depth',
  summary: 'Step through focus: a quarter wave of defocus costs a fifth of the peak, a whole wave all of it.',
  topic: 'imaging',
  level: 'start',
  design: bench(
    {
      title: 'Focus and depth',
      description:
        'Nine planes through the focus of a lens of NA 0.1, a quarter wave of defocus apart (λ/2NA²: 26.6 µm). Along the axis the light goes as sinc²: 81 %, 41 %, 9 %, and after one wave it is dark.',
    },
    GRID,
    [
      ['source', 'planeWave', {}, 0, 0],
      ['pupil', 'pupil', { numericalAperture: SLOW }, 1, 0],
      ['stack', 'stack', { planes: 9, zStep: QUARTER_WAVE }, 2, 0],
      ['camera', 'camera', { ...PIXELS, pixelPitch: 0.8e-6 }, 3, 0],
    ],
    ['source.out>pupil.in', 'pupil.out>stack.in', 'stack.out>camera.in'],
  ),
  proof: {
    statement: 'Strehl ratio at a quarter wave of defocus: 0.811',
    nodes: ['camera'],
    expected: (Math.sin(Math.PI / 4) / (Math.PI / 4)) ** 2,
    // sinc² is of the paraxial lens: at NA 0.1 the edge is NA²/4 of the defocus further on.
    tolerance: 1.5e-3,
    quantity: 'dimensionless',
    display: '',
    measure: (camera) => onAxis(camera, 5) / onAxis(camera, 4),
  },
};

const POINTS = 5;
const SPACING = 24e-6;
const COMA = 0.4e-6;
const FIELD_NA = 0.25;

/**
 * Mean position along x of the light near x0, metres from x0: in a window of `half` to each side of the mean itself, so
 * that far rings, whose light counts with its distance, are cut alike on both sides.
 */
function centroidWithin({ data, shape, pitch }: Measured, x0: number, half: number): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  let mean = 0;
  for (let round = 0; round < 8; round++) {
    let [sum, first] = [0, 0];
    for (let i = 0; i < ny * nx; i++) {
      const x = ((i % nx) - Math.floor(nx / 2)) * pitch - x0;
      if (Math.abs(x - mean) > half) continue;
      sum += data[i] ?? 0;
      first += x * (data[i] ?? 0);
    }
    mean = first / sum;
  }
  return mean;
}

/** The same in a window without end: what a window leaves out falls as its width, as the light of an edge does. */
function centroidNear(camera: Measured, x0: number): number {
  return 2 * centroidWithin(camera, x0, SPACING / 2) - centroidWithin(camera, x0, SPACING / 4);
}

export const fieldAberrations: Example = {
  id: 'seidel-field',
  title: 'From the centre to the edge of the field',
  summary: 'One lens, five points of its field: sharp in the middle, comets and lines towards the edges.',
  topic: 'aberrations',
  level: 'course',
  design: bench(
    {
      title: 'From the centre to the edge of the field',
      description:
        'Seidel’s aberrations grow with the distance from the axis: coma with h, astigmatism and curvature with h², distortion with h³. Coma moves the centre of the light by W131 h/NA. Change a coefficient, or set the field points to 1 and drag Field x.',
    },
    GRID,
    [
      ['source', 'planeWave', {}, 0, 0],
      ['pupil', 'pupil', { numericalAperture: FIELD_NA }, 1, 0],
      ['seidel', 'seidel', { hx: 1, w131: COMA, w222: 0.2e-6, points: POINTS, spacing: SPACING }, 2, 0],
      ['camera', 'camera', { rows: 48, columns: 256, pixelPitch: 0.5e-6 }, 3, 0],
    ],
    ['source.out>pupil.in', 'pupil.out>seidel.in', 'seidel.out>camera.in'],
  ),
  proof: {
    statement: 'Coma moves the centre of light at the edge of the field by W131/NA',
    nodes: ['camera'],
    expected: COMA / FIELD_NA,
    // 1.2 %: light of neighbours in windows of 24 µm, and what of the far light does not fall as the width.
    tolerance: 0.03e-6,
    quantity: 'length',
    display: 'µm',
    measure: (camera) => (centroidNear(camera, 2 * SPACING) - centroidNear(camera, -2 * SPACING)) / 2,
  },
};

export const starTest: Example = {
  id: 'star-test',
  title: 'Star test of a telescope',
  summary: 'A central obstruction makes the disc smaller and the rings brighter; defocus shows its shadow.',
  topic: 'aberrations',
  level: 'course',
  design: bench(
    {
      title: 'Star test of a telescope',
      description:
        'A secondary mirror of 33 % of the aperture on a spider with four arms. In focus (the middle plane) the first dark ring is at 1.10 λ/D instead of 1.22 λ/D; out of focus the shadow of the mirror and the spikes of its arms appear, the same on both sides when there is no spherical aberration.',
    },
    GRID,
    [
      ['source', 'planeWave', {}, 0, 0],
      ['pupil', 'pupil', { numericalAperture: SLOW }, 1, 0],
      ['mirror', 'pupilStop', { obstruction: 0.33, arms: 4, armWidth: 0.02 }, 2, 0],
      ['stack', 'stack', { planes: 3, zStep: 300e-6 }, 3, 0],
      ['camera', 'camera', { ...PIXELS, pixelPitch: 1.2e-6 }, 4, 0],
      ['focus', 'camera', { ...PIXELS, pixelPitch: 0.2e-6 }, 3, 1, 'Camera in focus'],
    ],
    [
      'source.out>pupil.in',
      'pupil.out>mirror.in',
      'mirror.out>stack.in',
      'stack.out>camera.in',
      'mirror.out>focus.in',
    ],
  ),
  proof: {
    statement: 'First dark ring of an annular pupil at 1.098 λ/D',
    nodes: ['focus'],
    expected: (1.097683 * WAVELENGTH) / (2 * SLOW),
    // Pixels of 0.2 µm, arms of 2 % of the pupil, edges one cell wide.
    tolerance: 0.02e-6,
    quantity: 'length',
    display: 'µm',
    // Between the arms' spikes, which lie along x and y, rings are cleanest on the axis itself.
    measure: (focus) => firstMinimum(middleRow(focus), focus.pitch),
  },
};
