import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';

const GRID = { samples: 128, pitch: 2e-6 };
const WAVELENGTH = 633e-9;
/** Fringes of four samples along x and along y. */
const TILT = Math.asin(WAVELENGTH / (4 * GRID.pitch));

/** Mean of a square of 9 × 9 samples around a place given in samples from the middle. */
function meanAround({ data, shape }: Measured, row: number, column: number): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  let sum = 0;
  for (let y = -4; y <= 4; y++) {
    for (let x = -4; x <= 4; x++) {
      sum += data[(Math.floor(ny / 2) + row + y) * nx + Math.floor(nx / 2) + column + x] ?? Number.NaN;
    }
  }
  return sum / 81;
}

export const offAxisHologram: Example = {
  id: 'off-axis-hologram',
  title: 'Off-axis hologram of a phase object',
  summary: 'An invisible object bends fringes; one side band of the hologram gives its phase.',
  topic: 'waves',
  level: 'research',
  design: bench(
    {
      title: 'Off-axis hologram of a phase object',
      description:
        'A letter that delays light by λ/12 and absorbs nothing stands in one arm, the other arm is tilted: the camera sees fringes that are displaced inside the letter. The demodulation moves one side band to the centre and gives the complex wave: look at its phase. Adding a plane wave a quarter period apart turns phase into brightness: 1 + sin 30° inside the letter.',
    },
    GRID,
    [
      ['source', 'planeWave', { wavelength: WAVELENGTH }, 0, 0],
      ['splitter', 'beamSplitter', {}, 1, 0],
      ['object', 'thinObject', { shape: 'letterF', opticalPath: WAVELENGTH / 12 }, 2, 0],
      ['reference', 'mirror', { tiltX: TILT, tiltY: TILT }, 2, 1],
      ['combiner', 'beamCombiner', {}, 3, 0],
      ['camera', 'camera', { rows: 128, columns: 128, pixelPitch: GRID.pitch }, 4, 0],
      ['demodulation', 'demodulation', { bandRadius: 60e3 }, 3, 1],
      ['brightness', 'interference', { scatteredAmplitude: 2 * Math.SQRT2 }, 4, 1],
    ],
    [
      'source.out>splitter.in',
      'splitter.transmitted>object.in',
      'splitter.reflected>reference.in',
      'object.out>combiner.a',
      'reference.out>combiner.b',
      'combiner.out>camera.in',
      'camera.out>demodulation.in',
      'reference.out>demodulation.reference',
      'demodulation.out>brightness.scattered',
      'source.out>brightness.reference',
    ],
  ),
  proof: {
    statement: 'A phase of 30° found in the hologram is brighter by sin 30° = ½',
    nodes: ['brightness'],
    expected: 0.5,
    // The pass band leaves out what fringes of the object's edges lie beyond a third of the carrier.
    tolerance: 0.02,
    quantity: 'dimensionless',
    display: '%',
    measure: (seen) => meanAround(seen, 0, -20) / meanAround(seen, 50, 50) - 1,
  },
};
