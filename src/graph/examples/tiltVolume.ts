/** A volume from images under tilted light: tomography of refractive index at a size that a page can hold. */
import { bench } from './bench.ts';
import { drawn, letter, mapOf } from './drawn.ts';
import type { Example } from './example.ts';
import { correlation } from './measures.ts';

const N = 48;
const PITCH = 0.25e-6;
/** Slices along a side of the map, and cells of the whole map. */
const TILES = 2;
const CELLS = TILES * N;
const THICKNESS = 12e-6;
const DIFFERENCE = 0.02;
const LETTERS = ['T', 'A', 'L', 'E'] as const;
const VOLUME = { cells: CELLS, tiles: TILES, thickness: THICKNESS };
const CAMERA = { rows: N, columns: N, pixelPitch: PITCH };

/** Four slices side by side, as the map holds them: x and y count from the middle of the map. */
function letters(x: number, y: number): number {
  const [column, row] = [x + CELLS / 2, y + CELLS / 2];
  const name = LETTERS[TILES * Math.floor(row / N) + Math.floor(column / N)] ?? 'T';
  return DIFFERENCE * letter(name, 5)((column % N) - N / 2, (row % N) - N / 2);
}

/** One slice of a map. */
function slice(map: Float32Array, index: number): Float32Array {
  const [left, top] = [(index % TILES) * N, Math.floor(index / TILES) * N];
  return Float32Array.from(
    { length: N * N },
    (_, i) => map[(top + Math.floor(i / N)) * CELLS + left + (i % N)] ?? 0,
  );
}

export const tiltVolume: Example = {
  id: 'tilt-volume',
  title: 'A volume from tilted light',
  summary: 'Press Run fit: nine images under tilted light tell apart four slices that lie behind each other.',
  topic: 'fit',
  level: 'research',
  design: {
    ...bench(
      {
        title: 'A volume from tilted light',
        description:
          'Above, four transparent letters 3 µm behind each other make the data: an image for each direction of light. Below, an empty volume learns the index of 48 × 48 × 4 cells until its images are the same; it prefers few edges (total variation), as directions up to an aperture of 0.67 do not tell how coarse detail lies in depth. The map shows the slices side by side, the first top left.',
      },
      { samples: N, pitch: PITCH },
      [
        [
          'source',
          'tiltSeries',
          // So much light that a pixel gets about 1, with which the penalty is weighed.
          { wavelength: 500e-9, planes: 9, numericalAperture: 0.665, refractiveIndex: 1.33, power: 2000 },
          0,
          0,
        ],
        ['truth', 'volumeMap', { ...VOLUME, index: 'volume' }, 1, 0, 'True volume'],
        ['data', 'camera', CAMERA, 2, 0, 'Data'],
        [
          'model',
          'volumeMap',
          { ...VOLUME, penalty: 'variation', penaltyWeight: 0.6 },
          1,
          1,
          'Learned volume',
        ],
        ['camera', 'camera', CAMERA, 2, 1, 'Model images'],
        ['loss', 'loss', {}, 3, 0],
      ],
      [
        'source.out>truth.in',
        'truth.out>data.in',
        'source.out>model.in',
        'model.out>camera.in',
        'camera.out>loss.model',
        'data.out>loss.target',
        'model.penalty>loss.penalty',
      ],
    ),
    learn: ['model.index'],
    images: { volume: drawn('T, A, L, E', CELLS, [letters]) },
  },
  proof: null,
  goal: {
    // Without the penalty 0.85 to 0.93: coarse detail in depth is in no image of this cone of light.
    statement: 'Each of four slices is like the true one: correlation of at least 0.95',
    nodes: [],
    limit: 0.95,
    bound: 'atLeast',
    quantity: 'dimensionless',
    display: '',
    measure: (design) => {
      const [found, truth] = [mapOf(design, 'model', 'index', CELLS), mapOf(design, 'truth', 'index', CELLS)];
      return Math.min(...LETTERS.map((_, i) => correlation(slice(found, i), slice(truth, i))));
    },
  },
};
