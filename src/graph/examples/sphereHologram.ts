import type { Design, DesignNode } from '../document.ts';
import type { Goal } from './example.ts';
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
    params: { x: 0.4e-6, y: -0.3e-6, z: 11e-6, radius: 0.6e-6, refractiveIndex: 1.56 },
  },
  { id: 'interference', type: 'interference', position: { x: 580, y: 60 }, params: {} },
  { id: 'pupil', type: 'pupil', position: { x: 870, y: 60 }, params: { numericalAperture: 1.2 } },
  {
    id: 'camera',
    type: 'camera',
    position: { x: 580, y: 400 },
    params: { pixelPitch: 0.1e-6, rows: 96, columns: 96 },
  },
  { id: 'target', type: 'target', position: { x: 290, y: 440 }, params: { image: 'simulated' } },
  { id: 'loss', type: 'loss', position: { x: 870, y: 440 }, params: {} },
];

/** An in-line hologram of one sphere, fitted for position, size, index and scattered amplitude. */
export const sphereHologram: Design = {
  format: 'luminode',
  formatVersion: 1,
  title: 'Sphere hologram',
  description:
    'A sphere in water scatters laser light; the camera sees it interfere with the beam. Press Run fit and read position, radius and index with their errors, or drop your own hologram on the page.',
  grid: { samples: 160, pitch: 1e-6 },
  seed: 1,
  nodes,
  edges: [
    { id: 'source-sphere', from: { node: 'source', port: 'out' }, to: { node: 'sphere', port: 'in' } },
    {
      id: 'sphere-interference',
      from: { node: 'sphere', port: 'out' },
      to: { node: 'interference', port: 'scattered' },
    },
    {
      id: 'source-interference',
      from: { node: 'source', port: 'out' },
      to: { node: 'interference', port: 'reference' },
    },
    {
      id: 'interference-pupil',
      from: { node: 'interference', port: 'out' },
      to: { node: 'pupil', port: 'in' },
    },
    { id: 'pupil-camera', from: { node: 'pupil', port: 'out' }, to: { node: 'camera', port: 'in' } },
    { id: 'camera-loss', from: { node: 'camera', port: 'out' }, to: { node: 'loss', port: 'model' } },
    { id: 'target-loss', from: { node: 'target', port: 'out' }, to: { node: 'loss', port: 'target' } },
  ],
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
      truth: truthOf(nodes, {
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
