/** A point spread function designed over the spectrum: each colour goes to a place of its own. */
import { bench } from './bench.ts';
import { drawn } from './drawn.ts';
import type { Example, Measured } from './example.ts';

const PIXELS = 48;
const PITCH = 0.2e-6;
/** Pixels from the middle to where each colour is wanted, and the size of the spots there (standard deviation). */
const PLACE = 10;
const SPOT = 2;
/** Light within so many pixels counts as arrived. */
const ARRIVED = 6;
/** Two lines a quarter of the band to either side: 460 nm and 600 nm, where the filters for blue and red are best. */
const LIGHT = { wavelength: 530e-9, spectrum: 'flat', bandwidth: 280e-9, spectralLines: 2 };

/** Which light a pixel of the mosaic sees, from its place counted from the upper left. */
function colourOf(row: number, column: number): 'red' | 'blue' | null {
  if (row % 2 !== column % 2) return null;
  return row % 2 === 0 ? 'red' : 'blue';
}

/** Red to the right, blue to the left, as the mosaic of the camera would see it. */
function sorted(x: number, y: number): number {
  const colour = colourOf(y + PIXELS / 2, x + PIXELS / 2);
  if (colour === null) return 0;
  const middle = colour === 'red' ? PLACE : -PLACE;
  return Math.exp(-((x - middle) ** 2 + y * y) / (2 * SPOT ** 2));
}

/** Share of one colour's pixel values that lies where it is wanted. */
function arrived({ data }: Measured, wanted: 'red' | 'blue'): number {
  let [there, all] = [0, 0];
  for (let i = 0; i < PIXELS * PIXELS; i++) {
    const [row, column] = [Math.floor(i / PIXELS), i % PIXELS];
    if (colourOf(row, column) !== wanted) continue;
    const value = data[i] ?? 0;
    all += value;
    const x = column - PIXELS / 2 - (wanted === 'red' ? PLACE : -PLACE);
    if (Math.hypot(x, row - PIXELS / 2) < ARRIVED) there += value;
  }
  return there / all;
}

export const colourSorter: Example = {
  id: 'colour-sorter',
  title: 'A mask that sorts colours',
  summary: 'Press Run fit: one phase mask learns to send red to the right and blue to the left.',
  topic: 'masks',
  level: 'research',
  design: {
    ...bench(
      {
        title: 'A mask that sorts colours',
        description:
          'A plate of uneven height delays blue light by more waves than red light. Where it is several waves high the two phases can be chosen nearly freely, cell by cell, so one mask makes a spot of its own for each colour. A colour camera sees which is which: the target is bright for red pixels on the right and for blue ones on the left.',
      },
      { samples: 64, pitch: 20e-6 },
      [
        ['source', 'planeWave', LIGHT, 0, 0],
        ['pupil', 'pupil', { numericalAperture: 0.5 }, 1, 0],
        [
          'mask',
          'freeformPhase',
          { cells: 62, phase: { low: -10, high: 10, seed: 2 }, designWavelength: LIGHT.wavelength },
          2,
          0,
        ],
        [
          'camera',
          'camera',
          { rows: PIXELS, columns: PIXELS, pixelPitch: PITCH, colourFilter: 'rggb' },
          0,
          1,
        ],
        ['goal', 'target', { image: 'goal' }, 1, 1],
        ['loss', 'loss', { kind: 'overlap' }, 2, 1],
      ],
      [
        'source.out>pupil.in',
        'pupil.out>mask.in',
        'mask.out>camera.in',
        'camera.out>loss.model',
        'goal.out>loss.target',
      ],
    ),
    learn: ['mask.phase'],
    images: { goal: drawn('red right, blue left', PIXELS, [sorted]) },
  },
  proof: null,
  goal: {
    // Filters leak 3 % of the other colour, which is at the other place: 97 % is what a perfect mask would show.
    statement: 'Of the red and of the blue light in the picture at least 85 % is where it is wanted',
    nodes: ['camera'],
    limit: 0.85,
    bound: 'atLeast',
    quantity: 'dimensionless',
    display: '%',
    measure: (_design, camera) =>
      camera === undefined ? 0 : Math.min(arrived(camera, 'red'), arrived(camera, 'blue')),
  },
};
