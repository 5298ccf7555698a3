/** Zernike terms of a wavefront that was measured as a wrapped phase: no unwrapping, a goal that knows of turns. */
import { zernike } from '../../optics/maths/zernike.ts';
import { bench } from './bench.ts';
import { drawn } from './drawn.ts';
import type { Example } from './example.ts';
import { largestError } from './truth.ts';

const WAVELENGTH = 532e-9;
const CELLS = 128;
/** Metres RMS by Noll index: more than a wave and a half from the highest to the lowest point. */
const HIDDEN: Readonly<Record<number, number>> = {
  4: 120e-9,
  5: -70e-9,
  6: 50e-9,
  7: 60e-9,
  8: -80e-9,
  11: 40e-9,
};

/** The path in turns, without whole ones, as an interferometer gives it: a piston of its own, nothing beside the disc. */
function wrapped(column: number, row: number): number {
  const [x, y] = [(2 * column + 1) / CELLS, (2 * row + 1) / CELLS];
  if (Math.hypot(x, y) > 1) return 0;
  const path = Object.entries(HIDDEN).reduce((sum, [j, c]) => sum + c * zernike(Number(j), x, y), 300e-9);
  return path / WAVELENGTH - Math.floor(path / WAVELENGTH);
}

const design = bench(
  {
    title: 'Zernike terms of a wrapped phase',
    description:
      'An interferometer tells a wavefront only up to whole waves. Press Run fit: six Zernike terms of the pupil follow the measured phase, jumps and all, since the goal compares points on a circle and not heights. Watch the spot become that of the measured wavefront; the results tell how exactly each term is needed. Open the readings of the goal for the difference that is left.',
  },
  { samples: 64, pitch: 1e-6 },
  [
    ['wave', 'planeWave', { wavelength: WAVELENGTH }, 0, 0],
    ['pupil', 'pupil', { numericalAperture: 0.5 }, 1, 0],
    ['picture', 'target', { image: 'phase' }, 0, 1, 'Measured phase'],
    ['goal', 'phaseGoal', { turn: 1 }, 2, 1],
    ['camera', 'camera', { rows: 48, columns: 48, pixelPitch: 0.2e-6 }, 2, 0],
  ],
  ['wave.out>pupil.in', 'pupil.out>camera.in', 'pupil.out>goal.in', 'picture.out>goal.wanted'],
);

const TRUTH = Object.fromEntries(Object.entries(HIDDEN).map(([j, c]) => [`pupil.zernike.${j}`, c]));

export const wrappedWavefront: Example = {
  id: 'wrapped-wavefront',
  title: design.title,
  summary: 'Press Run fit: six aberrations are read from a phase that is known only up to whole waves.',
  topic: 'aberrations',
  level: 'course',
  design: {
    ...design,
    learn: Object.keys(TRUTH),
    images: { phase: drawn('Measured phase', CELLS, [wrapped]) },
  },
  proof: null,
  goal: {
    // The picture is interpolated between its cells, and less so where it jumps: a hundredth of a cell's phase step.
    statement: 'Each of the six terms is found to within 2 nm, λ/266',
    nodes: [],
    limit: 2e-9,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    measure: (fitted) => largestError(fitted, TRUTH),
  },
};
