import type { DesignNode } from '../document.ts';
import type { Example } from './example.ts';
import { largestError, truthOf } from './truth.ts';

const nodes: readonly DesignNode[] = [
  {
    id: 'source',
    type: 'planeWave',
    position: { x: 0, y: 60 },
    params: { wavelength: 532e-9, refractiveIndex: 1.33 },
  },
  {
    id: 'sphere',
    type: 'mieSphere',
    position: { x: 290, y: 0 },
    params: {
      ...{ x: 0.2e-6, y: -0.1e-6, z: 9e-6, radius: 0.5e-6, material: 'fusedSilica' },
      ...{ shells: '1', materialShell1: 'polystyrene', shell1Thickness: 0.12e-6 },
    },
  },
  { id: 'interference', type: 'interference', position: { x: 580, y: 60 }, params: {} },
  { id: 'pupil', type: 'pupil', position: { x: 870, y: 60 }, params: { numericalAperture: 1.2 } },
  {
    id: 'camera',
    type: 'camera',
    position: { x: 580, y: 560 },
    params: { pixelPitch: 0.1e-6, rows: 80, columns: 80 },
  },
  { id: 'target', type: 'target', position: { x: 290, y: 600 }, params: { image: 'simulated' } },
  { id: 'loss', type: 'loss', position: { x: 870, y: 600 }, params: {} },
];

const wire = (from: string, to: string, port: string) => ({
  id: `${from}-${to}`,
  from: { node: from, port: 'out' },
  to: { node: to, port },
});

/** Errors of 1 % noise over 6400 pixels: some nanometres of each thickness. */
export const coatedSphere: Example = {
  id: 'coated-sphere',
  title: 'The coat of a particle',
  summary: 'Measure how thick a coat of polystyrene is on a bead of silica, from one hologram.',
  topic: 'fit',
  level: 'research',
  design: {
    format: 'luminode',
    formatVersion: 1,
    title: 'The coat of a particle',
    description:
      'A bead of silica carries a coat of polystyrene; both indices are known and follow the wavelength. Press Run fit: position, radius of the core and thickness of the coat are found from one hologram. Select the sphere and open Readings for its cross-sections and where it sends the light.',
    grid: { samples: 160, pitch: 1e-6 },
    seed: 1,
    nodes,
    edges: [
      wire('source', 'sphere', 'in'),
      wire('sphere', 'interference', 'scattered'),
      wire('source', 'interference', 'reference'),
      wire('interference', 'pupil', 'in'),
      wire('pupil', 'camera', 'in'),
      wire('camera', 'loss', 'model'),
      wire('target', 'loss', 'target'),
    ],
    learn: ['sphere.x', 'sphere.y', 'sphere.z', 'sphere.radius', 'sphere.shell1Thickness'],
    images: {
      simulated: {
        kind: 'simulated',
        name: 'Simulated hologram',
        camera: 'camera',
        truth: truthOf(nodes, {
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
