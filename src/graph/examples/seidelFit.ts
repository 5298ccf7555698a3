import { bench } from './bench.ts';
import type { Example } from './example.ts';
import { largestError, truthOf } from './truth.ts';

const fitted = bench(
  {
    title: 'Seidel’s five numbers from one star',
    description:
      'Three pictures of a star at the corner of the field, before, in and behind focus, tell all five Seidel coefficients of a lens. Press Run fit: the fit starts from a perfect lens. One picture in focus would not tell the signs of those that are alike on both sides.',
  },
  { samples: 64, pitch: 20e-6 },
  [
    ['source', 'planeWave', { wavelength: 550e-9 }, 0, 0],
    ['star', 'bead', { photons: 20000 }, 1, 0],
    ['pupil', 'pupil', { numericalAperture: 0.2 }, 2, 0],
    ['seidel', 'seidel', { hx: 0.8, hy: 0.6, w040: 0, w131: 0, w222: 0, w220: 0, w311: 0 }, 3, 0],
    ['stack', 'stack', { planes: 3, zStep: 20e-6 }, 0, 1],
    ['camera', 'camera', { rows: 48, columns: 48, pixelPitch: 0.6e-6, background: 5 }, 1, 1],
    ['target', 'target', { image: 'simulated' }, 2, 1],
    ['loss', 'loss', { kind: 'poisson' }, 3, 1],
  ],
  [
    'source.out>star.in',
    'star.out>pupil.in',
    'pupil.out>seidel.in',
    'seidel.out>stack.in',
    'stack.out>camera.in',
    'camera.out>loss.model',
    'target.out>loss.target',
  ],
);

const TRUTH: Readonly<Record<string, number>> = {
  'seidel.w040': 0.15e-6,
  'seidel.w131': -0.22e-6,
  'seidel.w222': 0.18e-6,
  'seidel.w220': -0.12e-6,
  'seidel.w311': 0.25e-6,
};

export const seidelFit: Example = {
  id: 'seidel-fit',
  title: fitted.title,
  summary:
    'Press Run fit: coma, astigmatism and their kin are read from three pictures of one star, with errors.',
  topic: 'fit',
  level: 'course',
  design: {
    ...fitted,
    learn: Object.keys(TRUTH),
    images: {
      simulated: {
        kind: 'simulated',
        name: 'Simulated star',
        camera: 'camera',
        truth: truthOf(fitted.nodes, TRUTH),
        noise: true,
        seed: 5,
      },
    },
  },
  proof: null,
  goal: {
    // Five errors of about 5 nm each, from 20 000 photons a plane: one beyond four of them in 3000 noises.
    statement: 'Each of the five is found to within 20 nm, λ/27',
    nodes: [],
    limit: 20e-9,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    measure: (design) => largestError(design, TRUTH),
  },
};
