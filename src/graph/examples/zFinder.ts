/** Depth from one picture: noisy shots, fitted one by one, against the bound of their errors. */
import { Localiser } from '../../optics/localisation/localise.ts';
import { splineKernel } from '../../optics/localisation/localiseKernel.ts';
import { psfSpline } from '../../optics/localisation/psfSpline.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';

const WAVELENGTH = 670e-9;
const [PLANES, Z_STEP, PIXELS] = [15, 0.1e-6, 27];
/** Pixels of the window that is fitted; the rest is room for the spline. */
const WINDOW = 17;
const [PHOTONS, BACKGROUND, SHOTS] = [3500, 10, 200];
/** Planes of shots lie so many steps from the ends of the stack at least. */
const FROM_ENDS = 3;

/** Root mean square of depth errors over their bounds, of shots at planes of the stack in turn. */
function scatterOverBound({ data }: Measured): number {
  const size = PIXELS * PIXELS;
  const spline = psfSpline({
    data: Float64Array.from(data, (electrons) => electrons / PHOTONS),
    planes: PLANES,
    pixels: PIXELS,
    fine: 1,
    zStart: -Math.floor(PLANES / 2) * Z_STEP,
    zStep: Z_STEP,
  });
  const localiser = new Localiser(splineKernel(spline, WINDOW));
  const random = new SeededRandom(1);
  const margin = (PIXELS - WINDOW) / 2;
  let squares = 0;
  for (let shot = 0; shot < SHOTS; shot++) {
    const plane = FROM_ENDS + (shot % (PLANES - 2 * FROM_ENDS));
    const seen = Float64Array.from({ length: WINDOW * WINDOW }, (_, i) => {
      const at = (Math.floor(i / WINDOW) + margin) * PIXELS + (i % WINDOW) + margin;
      return random.poisson((data[plane * size + at] ?? 0) + BACKGROUND);
    });
    const { values, errors } = localiser.fit(seen);
    squares += (((values[2] ?? 0) - plane) / (errors[2] ?? 1)) ** 2;
  }
  return Math.sqrt(squares / SHOTS);
}

export const zFinder: Example = {
  id: 'z-finder',
  title: 'Astigmatic z finder',
  summary: 'A spot that is long one way below focus and the other way above tells its depth in one picture.',
  topic: 'aberrations',
  level: 'research',
  design: bench(
    {
      title: 'Astigmatic z finder',
      description:
        'Without astigmatism (Z6) a point looks the same above and below focus; with one radian its shape is a ruler. Open a movie of such spots in the view Movie and press Emitters: each is fitted with this image of a point, and the scatter of depths is as small as photons allow.',
    },
    { samples: 64, pitch: 1e-6 },
    [
      ['source', 'planeWave', { wavelength: WAVELENGTH, refractiveIndex: 1.518 }, 0, 0],
      ['bead', 'bead', { photons: PHOTONS }, 1, 0],
      ['pupil', 'pupil', { numericalAperture: 1.4, zernike: { 6: WAVELENGTH / (2 * Math.PI) } }, 2, 0],
      ['stack', 'stack', { planes: PLANES, zStep: Z_STEP }, 0, 1],
      ['camera', 'camera', { rows: PIXELS, columns: PIXELS, pixelPitch: 0.07e-6 }, 1, 1],
    ],
    ['source.out>bead.in', 'bead.out>pupil.in', 'pupil.out>stack.in', 'stack.out>camera.in'],
  ),
  proof: {
    statement: 'Scatter of the depths of 200 noisy shots over their Cramér-Rao bound: 1',
    nodes: ['camera'],
    expected: 1,
    // Of 200 errors: 1/sqrt(2·200) = 0.05, three times that.
    tolerance: 0.15,
    quantity: 'dimensionless',
    display: '',
    measure: scatterOverBound,
  },
};
