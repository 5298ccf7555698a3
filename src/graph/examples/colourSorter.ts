/** A point spread function designed over the spectrum: each colour goes to a place of its own. */
import { bench } from './bench.ts';
import { drawn } from './drawn.ts';
import type { Example, Measured } from './example.ts';

const PIXELS = 48;
const PITCH = 0.2e-6;
/** Pixels from the middle to where each colour is wanted, and the size of the spots there (standard deviation). */
const PLACE = 10;
const SPOT = 2;
/**
 * Watts asked for in the brightest pixel: for blue ten times what all its light would give. Then the nearest picture is
 * that with the most light at the places, however it is spread there. Red asks for more, as its spot is the fainter.
 */
const ASKED = { red: 0.34, blue: 0.2 };
/** Light within so many pixels counts as arrived. */
const ARRIVED = 6;
/** So much light of a colour may be at the other's place; filters leak 3 % of the other colour already. */
const STRAY = 0.1;
/** Two lines a quarter of the band to either side: 460 nm and 600 nm, where the filters for blue and red are best. */
const LIGHT = { wavelength: 530e-9, spectrum: 'flat', bandwidth: 280e-9, spectralLines: 2 };
const CAMERA = { rows: PIXELS, columns: PIXELS, pixelPitch: PITCH, colourFilter: 'rggb' };

type Colour = 'red' | 'blue';

/** Which light a pixel of the mosaic sees, from its place counted from the upper left. */
function colourOf(row: number, column: number): Colour | null {
  if (row % 2 !== column % 2) return null;
  return row % 2 === 0 ? 'red' : 'blue';
}

/** Red to the right, blue to the left, as the mosaic of the camera would see it. */
function sorted(x: number, y: number): number {
  const colour = colourOf(y + PIXELS / 2, x + PIXELS / 2);
  if (colour === null) return 0;
  const middle = colour === 'red' ? PLACE : -PLACE;
  return ASKED[colour] * Math.exp(-((x - middle) ** 2 + y * y) / (2 * SPOT ** 2));
}

/** Sum of one colour's pixels near a place, in pixels from the middle, or of all of them. */
function sumOf({ data }: Measured, wanted: Colour, place: number | null): number {
  let sum = 0;
  for (let i = 0; i < PIXELS * PIXELS; i++) {
    const [row, column] = [Math.floor(i / PIXELS), i % PIXELS];
    const distance = place === null ? 0 : Math.hypot(column - PIXELS / 2 - place, row - PIXELS / 2);
    if (colourOf(row, column) === wanted && distance < ARRIVED) sum += data[i] ?? 0;
  }
  return sum;
}

/** Share of one colour's light that is where it is wanted; none where too much of it is at the other colour's place. */
function arrived(camera: Measured, open: Measured, wanted: Colour): number {
  const own = wanted === 'red' ? PLACE : -PLACE;
  const there = sumOf(camera, wanted, own);
  return sumOf(camera, wanted, -own) < STRAY * there ? there / sumOf(open, wanted, null) : 0;
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
          'A plate of uneven height delays blue light by more waves than red light. Where it is several waves high the two phases can be chosen nearly freely, cell by cell, so one mask makes a spot of its own for each colour. A colour camera sees which is which: the target is bright for red pixels on the right and for blue ones on the left, and asks for more light than there is, so that as little as possible is lost. Each cell settles near where it started, so a third of the light arrives, not all of it.',
      },
      { samples: 64, pitch: 20e-6 },
      [
        ['source', 'planeWave', LIGHT, 0, 0],
        ['pupil', 'pupil', { numericalAperture: 0.5 }, 1, 0],
        [
          'mask',
          'freeformPhase',
          { cells: 62, phase: { low: -30, high: 30, seed: 2 }, designWavelength: LIGHT.wavelength },
          2,
          0,
        ],
        ['camera', 'camera', CAMERA, 3, 0],
        ['open', 'camera', CAMERA, 1, 1, 'Without the mask'],
        ['goal', 'target', { image: 'goal' }, 2, 1],
        ['loss', 'loss', { kind: 'amplitude' }, 3, 1],
      ],
      [
        'source.out>pupil.in',
        'pupil.out>mask.in',
        'pupil.out>open.in',
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
    // A cell has one height for two phases. At the nearest best height they are off by up to ±90°, evenly: (2/π)² = 41 %
    // of the light of each colour goes to its place, 37 % into the circle that counts, whose Airy disc holds 90 %.
    statement:
      'Of the red and of the blue light that enters at least 30 % is at its place, at most a tenth as much at the other',
    nodes: ['camera', 'open'],
    limit: 0.3,
    bound: 'atLeast',
    quantity: 'dimensionless',
    display: '%',
    measure: (_design, camera, open) =>
      camera === undefined || open === undefined
        ? 0
        : Math.min(arrived(camera, open, 'red'), arrived(camera, open, 'blue')),
  },
};
