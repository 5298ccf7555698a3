import type { Example } from './example.ts';
import { fittedHologram } from './sphereBench.ts';
import { largestError, truthOf } from './truth.ts';

const bench = fittedHologram(
  {
    title: 'The coat of a particle',
    description:
      'A bead of silica carries a coat of polystyrene; both indices are known and follow the wavelength. Press Run fit: position, radius of the core and thickness of the coat are found from one hologram. Select the sphere and open Readings for its cross-sections and where it sends the light.',
  },
  {
    ...{ x: 0.2e-6, y: -0.1e-6, z: 9e-6, radius: 0.5e-6, material: 'fusedSilica' },
    ...{ shells: '1', materialShell1: 'polystyrene', shell1Thickness: 0.12e-6 },
  },
  80,
);

/** Errors of 1 % noise over 6400 pixels: some nanometres of each thickness. */
export const coatedSphere: Example = {
  id: 'coated-sphere',
  title: 'The coat of a particle',
  summary: 'Measure how thick a coat of polystyrene is on a bead of silica, from one hologram.',
  topic: 'fit',
  level: 'research',
  design: {
    ...bench,
    learn: ['sphere.x', 'sphere.y', 'sphere.z', 'sphere.radius', 'sphere.shell1Thickness'],
    images: {
      simulated: {
        kind: 'simulated',
        name: 'Simulated hologram',
        camera: 'camera',
        truth: truthOf(bench.nodes, {
          'sphere.x': 0.31e-6,
          'sphere.y': -0.22e-6,
          'sphere.z': 9.8e-6,
          'sphere.radius': 0.55e-6,
          'sphere.shell1Thickness': 0.2e-6,
          'camera.readNoise': 0.01,
        }),
        noise: true,
        seed: 7,
      },
    },
  },
  proof: null,
  goal: {
    statement: 'The coat is found to within 10 nm',
    nodes: [],
    limit: 10e-9,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    measure: (design) => largestError(design, { 'sphere.shell1Thickness': 0.2e-6 }),
  },
};
