/** The first thing to try: a ring that a person drags, and optics that follow. */
import type { Design } from '../document.ts';
import { bench } from './bench.ts';
import type { Example } from './example.ts';
import { largestError } from './truth.ts';

const WAVELENGTH = 532e-9;
const APERTURE = 0.5;
/** Where the ring is, metres. */
const RING = { x: 6e-6, y: -4e-6 };

const designed = bench(
  {
    title: 'Drag the ring',
    description:
      'Drag the ring on the picture of the camera. The optics will follow: tip, tilt and defocus of the pupil change until the light is where you want it. A tilt of x NA/2λ waves RMS moves it by x.',
  },
  { samples: 64, pitch: 20e-6 },
  [
    ['source', 'planeWave', { wavelength: WAVELENGTH }, 0, 0],
    ['pupil', 'pupil', { numericalAperture: APERTURE, zernike: { 4: 0.25 * WAVELENGTH } }, 1, 0],
    ['camera', 'camera', { rows: 128, columns: 128, pixelPitch: 0.2e-6 }, 2, 0],
    ['goal', 'spotGoal', { spots: [RING] }, 3, 0],
  ],
  ['source.out>pupil.in', 'pupil.out>camera.in', 'camera.out>goal.in'],
);

/** The pupil that puts a perfect spot into a ring: by x goes a tilt of x NA/(2λ) waves RMS. */
const solution = ({ x, y }: typeof RING): Readonly<Record<string, number>> => ({
  'pupil.zernike.2': (x * APERTURE) / 2,
  'pupil.zernike.3': (y * APERTURE) / 2,
  'pupil.zernike.4': 0,
});

/** Where the one ring of a design is now. */
function ringOf({ nodes }: Design): typeof RING {
  const spots = nodes.find(({ id }) => id === 'goal')?.params['spots'];
  const [ring, other] = Array.isArray(spots) ? spots : [];
  const place = { x: Number(ring?.['x'] ?? Number.NaN), y: Number(ring?.['y'] ?? Number.NaN) };
  return other === undefined ? place : { x: Number.NaN, y: Number.NaN };
}

export const dragTheRing: Example = {
  id: 'drag-the-ring',
  title: designed.title,
  summary: 'Drag the ring on the picture: tip, tilt and focus follow until the light is in it.',
  topic: 'fit',
  level: 'start',
  design: { ...designed, learn: Object.keys(solution(RING)) },
  proof: null,
  goal: {
    // Far rings that the camera's rim cuts off pull by less than 0.03 pixels, which is 1.5 nm of path.
    statement: 'Tilt becomes x NA/2λ waves RMS, to λ/200 in all three terms',
    nodes: [],
    limit: WAVELENGTH / 200,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    measure: (design) => largestError(design, solution(ringOf(design))),
  },
};
