import type { Design } from '../document.ts';
import type { Goal } from './example.ts';
import { fittedHologram } from './sphereBench.ts';
import { largestError, truthOf } from './truth.ts';

const bench = fittedHologram(
  {
    title: 'Sphere hologram',
    description:
      'A sphere in water scatters laser light; the camera sees it interfere with the beam. Press Run fit and read position, radius and index with their errors, or drop your own hologram on the page.',
  },
  { x: 0.4e-6, y: -0.3e-6, z: 11e-6, radius: 0.6e-6, refractiveIndex: 1.56 },
  96,
);

/** An in-line hologram of one sphere, fitted for position, size, index and scattered amplitude. */
export const sphereHologram: Design = {
  ...bench,
  learn: [
    'sphere.x',
    'sphere.y',
    'sphere.z',
    'sphere.radius',
    'sphere.refractiveIndex',
    'interference.scatteredAmplitude',
  ],
  images: {
    simulated: {
      kind: 'simulated',
      name: 'Simulated hologram',
      camera: 'camera',
      truth: truthOf(bench.nodes, {
        'sphere.x': 0.55e-6,
        'sphere.y': -0.42e-6,
        'sphere.z': 12.5e-6,
        'sphere.radius': 0.75e-6,
        'sphere.refractiveIndex': 1.59,
        'interference.scatteredAmplitude': 0.9,
        'camera.readNoise': 0.02,
      }),
      noise: true,
      seed: 7,
    },
  },
};

/** Errors of 2 % noise over 9216 pixels: a nanometre or two of radius. */
export const sphereGoal: Goal = {
  statement: 'The radius is found to within 10 nm',
  nodes: [],
  limit: 10e-9,
  bound: 'atMost',
  quantity: 'length',
  display: 'nm',
  measure: (design) => largestError(design, { 'sphere.radius': 0.75e-6 }),
};
