import type { Design, DesignNode } from '../document.ts';
import type { Goal } from './example.ts';
import { largestError, truthOf } from './truth.ts';

const NOLL_5_TO_22 = Array.from({ length: 18 }, (_, i) => `pupil.zernike.${i + 5}`);

const nodes: readonly DesignNode[] = [
  {
    id: 'source',
    type: 'planeWave',
    position: { x: 0, y: 0 },
    params: { wavelength: 580e-9, refractiveIndex: 1.33 },
  },
  { id: 'bead', type: 'bead', position: { x: 290, y: 0 }, params: { photons: 8000 } },
  {
    id: 'pupil',
    type: 'pupil',
    position: { x: 580, y: 0 },
    params: { numericalAperture: 1.1 },
  },
  { id: 'stack', type: 'stack', position: { x: 870, y: 0 }, params: { planes: 7, zStep: 0.35e-6 } },
  {
    id: 'camera',
    type: 'camera',
    position: { x: 580, y: 400 },
    params: { pixelPitch: 0.1e-6, rows: 48, columns: 48, blur: 0.6, background: 20 },
  },
  { id: 'target', type: 'target', position: { x: 290, y: 440 }, params: { image: 'simulated' } },
  { id: 'loss', type: 'loss', position: { x: 870, y: 440 }, params: { kind: 'poisson' } },
];

const ABERRATIONS: Readonly<Record<string, number>> = {
  'pupil.zernike.5': 22e-9,
  'pupil.zernike.6': -35e-9,
  'pupil.zernike.8': 28e-9,
  'pupil.zernike.11': 31e-9,
  'pupil.zernike.22': -12e-9,
};

/** A focus stack of one bead: the microscope's aberrations, with errors. Tip, tilt and defocus are the gauge. */
export const beadStack: Design = {
  format: 'luminode',
  formatVersion: 1,
  title: 'Bead stack',
  description:
    'Seven planes of one fluorescent bead tell the aberrations of the microscope. Press Run fit and read the Zernike terms with their errors, or drop your own stack on the page.',
  grid: { samples: 64, pitch: 1e-6 },
  seed: 1,
  nodes,
  edges: [
    { id: 'source-bead', from: { node: 'source', port: 'out' }, to: { node: 'bead', port: 'in' } },
    { id: 'bead-pupil', from: { node: 'bead', port: 'out' }, to: { node: 'pupil', port: 'in' } },
    { id: 'pupil-stack', from: { node: 'pupil', port: 'out' }, to: { node: 'stack', port: 'in' } },
    { id: 'stack-camera', from: { node: 'stack', port: 'out' }, to: { node: 'camera', port: 'in' } },
    { id: 'camera-loss', from: { node: 'camera', port: 'out' }, to: { node: 'loss', port: 'model' } },
    { id: 'target-loss', from: { node: 'target', port: 'out' }, to: { node: 'loss', port: 'target' } },
  ],
  learn: [
    'bead.x',
    'bead.y',
    'bead.z',
    'bead.photons.*',
    'camera.background.*',
    'camera.blur',
    ...NOLL_5_TO_22,
  ],
  images: {
    simulated: {
      kind: 'simulated',
      name: 'Simulated bead stack',
      camera: 'camera',
      truth: truthOf(nodes, {
        'bead.x': 0.07e-6,
        'bead.y': -0.05e-6,
        'bead.z': 0.12e-6,
        'bead.photons': 10000,
        'camera.background': 20,
        'camera.blur': 0.75,
        ...ABERRATIONS,
      }),
      noise: true,
      seed: 11,
    },
  },
};

/** Photon noise leaves errors of about a nanometre. */
export const beadGoal: Goal = {
  statement: 'Each of its five aberrations is found to within 5 nm, λ/116',
  nodes: [],
  limit: 5e-9,
  bound: 'atMost',
  quantity: 'length',
  display: 'nm',
  measure: (design) => largestError(design, ABERRATIONS),
};
