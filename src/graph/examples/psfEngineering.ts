/** High apertures, layers and phase masks: gallery systems of point spread functions. */
import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';
import { halfMaximum, middleRow } from './measures.ts';

const OIL = 1.518;
const GRID = { samples: 128, pitch: 1e-6 };

function middleColumn({ data, shape }: Measured): Float64Array {
  const [ny = 1, nx = 1] = shape.slice(-2);
  return Float64Array.from(
    { length: ny - Math.floor(ny / 2) },
    (_, i) => data[(Math.floor(ny / 2) + i) * nx + Math.floor(nx / 2)] ?? 0,
  );
}

export const vectorialSpot: Example = {
  id: 'vectorial-focus',
  title: 'Focus of an oil objective',
  summary: 'At NA 1.4 the focus of linearly polarised light is no circle: turn the polarisation.',
  topic: 'polarisation',
  level: 'research',
  design: bench(
    {
      title: 'Focus of an oil objective',
      description:
        'Steep rays tip the field: part of it points along the light (Ez) and makes the spot 1.39 times as long along the polarisation as across it. The scalar picture beside it is round and too narrow.',
    },
    GRID,
    [
      ['source', 'planeWave', { wavelength: 500e-9, refractiveIndex: OIL }, 0, 0],
      ['pupil', 'pupil', { numericalAperture: 1.4 }, 1, 0],
      ['focus', 'vectorialFocus', {}, 2, 0],
      ['scalar', 'camera', { rows: 128, columns: 128, pixelPitch: 12.5e-9 }, 2, 1, 'Scalar picture'],
      // The page opens on the last camera.
      ['camera', 'camera', { rows: 128, columns: 128, pixelPitch: 12.5e-9 }, 3, 0, 'Vectorial picture'],
    ],
    ['source.out>pupil.in', 'pupil.out>focus.in', 'focus.out>camera.in', 'pupil.out>scalar.in'],
  ),
  proof: {
    statement: 'Width along the polarisation over the width across it (Richards and Wolf): 1.395',
    nodes: ['camera'],
    expected: 1.394803,
    // Straight lines between pixels of λ/40, the pupil's edge on 63 cells per radius.
    tolerance: 4e-3,
    quantity: 'dimensionless',
    display: '',
    measure: (camera) => halfMaximum(middleRow(camera)) / halfMaximum(middleColumn(camera)),
  },
};

const DEPTH = 5e-6;
/** By the objective, so that the pupil's phase stays small; the stack goes through what is left. */
const FOCUS_MOVE = -6.3e-6;
const FOCUS = { planes: 13, zStep: 0.2e-6 };

/** Position of the brightest plane on the axis, by the parabola through three planes. */
function bestFocus({ data, shape }: Measured): number {
  const [planes = 1, ny = 1, nx = 1] = shape;
  const middle = Math.floor(ny / 2) * nx + Math.floor(nx / 2);
  const axis = Array.from({ length: planes }, (_, i) => data[i * ny * nx + middle] ?? 0);
  const best = axis.indexOf(Math.max(...axis));
  const [a = 0, b = 0, c = 0] = axis.slice(best - 1, best + 2);
  const offset = (0.5 * (a - c)) / (a - 2 * b + c);
  return FOCUS_MOVE + (best - Math.floor(planes / 2) + offset) * FOCUS.zStep;
}

export const depthAberration: Example = {
  id: 'depth-aberration',
  title: 'Looking deep with an oil objective',
  summary: 'Move the bead into the water: the focus runs ahead of it and the spot grows a tail.',
  topic: 'aberrations',
  level: 'research',
  design: bench(
    {
      title: 'Looking deep with an oil objective',
      description:
        'A bead 5 µm above the cover glass in water, seen through oil: rays of different angles meet at different heights (Gibson and Lanni). The best focus is 6.33 µm nearer, not 5, and its peak is half of what it is on the glass. Set the sample index to 1.515 and both errors vanish.',
    },
    GRID,
    [
      ['source', 'planeWave', { wavelength: 600e-9, refractiveIndex: 1.515 }, 0, 0],
      ['bead', 'bead', { photons: 10000 }, 1, 0],
      ['pupil', 'pupil', { numericalAperture: 1.4 }, 2, 0],
      [
        'layers',
        'coverslip',
        {
          depth: DEPTH,
          focusMove: FOCUS_MOVE,
          coverIndex: 1.515,
          designCoverIndex: 1.515,
          designImmersionIndex: 1.515,
        },
        0,
        1,
      ],
      ['stack', 'stack', FOCUS, 1, 1],
      ['camera', 'camera', { rows: 48, columns: 48, pixelPitch: 60e-9 }, 2, 1],
    ],
    [
      'source.out>bead.in',
      'bead.out>pupil.in',
      'pupil.out>layers.in',
      'layers.out>stack.in',
      'stack.out>camera.in',
    ],
  ),
  proof: {
    statement: 'Best focus of a bead 5 µm deep: 6.33 µm nearer',
    nodes: ['camera'],
    expected: -1.266112 * DEPTH,
    // The steepest rays that exist in water, on 60 cells per radius.
    tolerance: 0.03e-6,
    quantity: 'length',
    display: 'µm',
    measure: bestFocus,
  },
};

const HELIX = { planes: 7, zStep: 1e-6 };
const HELIX_NA = 0.5;
const HELIX_ZONES = 5;

/** Direction of the longest extent of one plane, weighted by its brightest parts, radians. */
function longAxis({ data, shape }: Measured, plane: number): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < ny * nx; i++) {
    const weight = (data[plane * ny * nx + i] ?? 0) ** 2;
    const [y, x] = [Math.floor(i / nx) - Math.floor(ny / 2), (i % nx) - Math.floor(nx / 2)];
    xx += weight * x * x;
    yy += weight * y * y;
    xy += weight * x * y;
  }
  return 0.5 * Math.atan2(2 * xy, xx - yy);
}

export const doubleHelix: Example = {
  id: 'double-helix',
  title: 'Double helix',
  summary: 'Two lobes turn as the point moves through focus: their angle tells its depth.',
  topic: 'masks',
  level: 'research',
  design: bench(
    {
      title: 'Double helix',
      description:
        'Rings of the pupil turn the phase 1, 3, 5, 7 and 9 times. Defocus adds to each ring what a turn of the mask would, so the picture of a point turns with its depth, by half a radian of defocus at the edge per ring.',
    },
    GRID,
    [
      ['source', 'planeWave', { wavelength: 600e-9 }, 0, 0],
      ['bead', 'bead', { photons: 10000 }, 1, 0],
      ['pupil', 'pupil', { numericalAperture: HELIX_NA }, 2, 0],
      ['mask', 'psfMask', { kind: 'doubleHelix', zones: HELIX_ZONES }, 0, 1],
      ['stack', 'stack', HELIX, 1, 1],
      ['camera', 'camera', { rows: 48, columns: 48, pixelPitch: 0.15e-6 }, 2, 1],
    ],
    [
      'source.out>bead.in',
      'bead.out>pupil.in',
      'pupil.out>mask.in',
      'mask.out>stack.in',
      'stack.out>camera.in',
    ],
  ),
  proof: {
    statement: 'Turn per µm of depth, by the integral over each ring: 8.66°',
    nodes: ['camera'],
    // The sum of Bessel functions in doubleHelix.test.ts. The rule k (1 - cos θ) / (2 rings) gives 8 % less, as it takes
    // each ring by its middle.
    expected: 0.1512,
    // Edges of the rings are stairs on 63 cells per radius: 1.1 %, which falls to 0.2 % on 200.
    tolerance: 2.5e-3,
    quantity: 'angle',
    display: 'deg',
    measure: (camera) => {
      const turn = longAxis(camera, 4) - longAxis(camera, 2);
      return (turn - Math.PI * Math.round(turn / Math.PI)) / 2;
    },
  },
};

export const tetrapod: Example = {
  id: 'tetrapod',
  title: 'Tetrapod',
  summary: 'Astigmatism of two orders: the spot stretches one way below focus and the other way above.',
  topic: 'masks',
  level: 'research',
  design: bench(
    {
      title: 'Tetrapod',
      description:
        'The mask that tells depth best over three micrometres: Z6 and Z12 in the proportion 1.07 to -1.21. Planes as far below focus as others are above it show the same picture, turned by 90°.',
    },
    GRID,
    [
      ['source', 'planeWave', { wavelength: 670e-9, refractiveIndex: OIL }, 0, 0],
      ['bead', 'bead', { photons: 3500 }, 1, 0],
      ['pupil', 'pupil', { numericalAperture: 1.4 }, 2, 0],
      ['mask', 'psfMask', { kind: 'tetrapod', strength: 172e-9 }, 0, 1],
      ['stack', 'stack', { planes: 7, zStep: 0.5e-6 }, 1, 1],
      ['camera', 'camera', { rows: 49, columns: 49, pixelPitch: 0.1e-6 }, 2, 1],
    ],
    [
      'source.out>bead.in',
      'bead.out>pupil.in',
      'pupil.out>mask.in',
      'mask.out>stack.in',
      'stack.out>camera.in',
    ],
  ),
  proof: {
    statement: 'Likeness of the planes at ±1.5 µm when one is turned by 90°: 1',
    nodes: ['camera'],
    expected: 1,
    // An exact symmetry: rounding of float32.
    tolerance: 1e-4,
    quantity: 'dimensionless',
    display: '',
    measure: ({ data }) => {
      let [both, below, above] = [0, 0, 0];
      const size = 49 * 49;
      for (let i = 0; i < size; i++) {
        const [row, column] = [Math.floor(i / 49), i % 49];
        const a = data[i] ?? 0;
        const b = data[6 * size + column * 49 + (48 - row)] ?? 0;
        both += a * b;
        below += a * a;
        above += b * b;
      }
      return both / Math.sqrt(below * above);
    },
  },
};

const CUBIC_WAVES = 8;
const CUBIC_WAVELENGTH = 532e-9;
const CUBIC_NA = 0.5;

/** Mean of row and column of the brightest pixel from the centre, in pixels, by parabolas. */
function brightestOnDiagonal({ data, shape }: Measured, plane: number): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  let best = 0;
  const at = (row: number, column: number) => data[(plane * ny + row) * nx + column] ?? 0;
  for (let i = 0; i < ny * nx; i++) {
    if (at(0, i) > at(0, best)) best = i;
  }
  const [row, column] = [Math.floor(best / nx), best % nx];
  const top = (a: number, b: number, c: number) => (0.5 * (a - c)) / (a - 2 * b + c);
  const x = column + top(at(row, column - 1), at(row, column), at(row, column + 1));
  const y = row + top(at(row - 1, column), at(row, column), at(row + 1, column));
  return (x - Math.floor(nx / 2) + (y - Math.floor(ny / 2))) / 2;
}

export const extendedDepth: Example = {
  id: 'extended-depth',
  title: 'Extended depth of field',
  summary: 'A cubic mask blurs every depth alike; without it all but the middle plane is lost.',
  topic: 'masks',
  level: 'course',
  design: bench(
    {
      title: 'Extended depth of field',
      description:
        'The phase α(x³ + y³) turns a point into an Airy function squared along x and y (the function, not the disc), whose shape hardly changes with defocus: one deconvolution sharpens all planes. Below is the same lens without the mask.',
    },
    GRID,
    [
      ['source', 'planeWave', { wavelength: CUBIC_WAVELENGTH }, 0, 0],
      ['pupil', 'pupil', { numericalAperture: CUBIC_NA }, 1, 0],
      ['mask', 'psfMask', { kind: 'cubic', strength: CUBIC_WAVES * CUBIC_WAVELENGTH }, 2, 0],
      ['stack', 'stack', { planes: 3, zStep: 4e-6 }, 3, 0, 'Planes with the mask'],
      ['camera', 'camera', { rows: 96, columns: 96, pixelPitch: 0.1e-6 }, 4, 0, 'With the mask'],
      ['plainStack', 'stack', { planes: 3, zStep: 4e-6 }, 3, 1, 'Planes without it'],
      ['plain', 'camera', { rows: 96, columns: 96, pixelPitch: 0.1e-6 }, 4, 1, 'Without the mask'],
    ],
    [
      'source.out>pupil.in',
      'pupil.out>mask.in',
      'mask.out>stack.in',
      'stack.out>camera.in',
      'pupil.out>plainStack.in',
      'plainStack.out>plain.in',
    ],
  ),
  proof: {
    statement: 'Brightest point at the maximum of the Airy function: 1.0188 (6πα)^⅓/2π · λ/NA',
    nodes: ['camera'],
    expected:
      (((1.018793 * (6 * Math.PI * CUBIC_WAVES) ** (1 / 3)) / (2 * Math.PI)) * CUBIC_WAVELENGTH) / CUBIC_NA,
    // The Airy function belongs to a pupil without edge: a few percent.
    tolerance: 0.05e-6,
    quantity: 'length',
    display: 'µm',
    measure: (camera) => brightestOnDiagonal(camera, 1) * camera.pitch,
  },
};
