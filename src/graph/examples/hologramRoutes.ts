import type { DesignNode } from '../document.ts';
import type { Example, Measured } from './example.ts';

/** As many as the pupil needs for what is so far out of focus; the middle ones are compared. */
const PIXELS = 144;
const COMPARED = 128;
const PIXEL = 0.1e-6;
const SPHERE = { x: 1e-6, y: -0.6e-6, z: 8e-6, radius: 0.743e-6, refractiveIndex: 1.59 };

const nodes: readonly DesignNode[] = [
  {
    id: 'source',
    type: 'planeWave',
    position: { x: 0, y: 60 },
    params: { wavelength: 447e-9, refractiveIndex: 1.34 },
  },
  { id: 'sphere', type: 'mieSphere', position: { x: 290, y: 0 }, params: SPHERE },
  { id: 'interference', type: 'interference', position: { x: 580, y: 60 }, params: {} },
  { id: 'pupil', type: 'pupil', position: { x: 870, y: 60 }, params: { numericalAperture: 1.2 } },
  {
    id: 'camera',
    type: 'camera',
    position: { x: 1160, y: 60 },
    params: { pixelPitch: PIXEL, rows: PIXELS, columns: PIXELS },
  },
  { id: 'exact', type: 'sphereField', position: { x: 290, y: 560 }, params: SPHERE },
];

const wire = (from: string, to: string, port = 'in') => ({
  id: `${from}-${to}`,
  from: { node: from, port: 'out' },
  to: { node: to, port },
});

/** Root mean square of the difference of two holograms in the middle, each in units of its background. */
function difference(camera: Measured, exact: Measured, source: Measured): number {
  const rim = (PIXELS - COMPARED) / 2;
  let sum = 0;
  for (let row = rim; row < PIXELS - rim; row++) {
    for (let i = row * PIXELS + rim; i < (row + 1) * PIXELS - rim; i++) {
      sum += ((camera.data[i] ?? 0) - (exact.data[i] ?? 0) / (source.data[i] ?? 1)) ** 2;
    }
  }
  return Math.sqrt(sum) / COMPARED;
}

export const hologramRoutes: Example = {
  id: 'hologram-routes',
  title: 'What the objective adds to a hologram',
  summary:
    'Compare a sphere’s hologram behind an objective with the exact field, and move it near the focus.',
  topic: 'samples',
  level: 'research',
  design: {
    format: 'luminode',
    formatVersion: 1,
    title: 'What the objective adds to a hologram',
    description:
      'Above, the waves that a sphere scatters pass an objective of NA 1.2; below is the exact field on the same plane, evanescent parts included. 8 µm away they differ by less than 1 % of the background. Bring both spheres nearer, or lower the aperture, and the objective’s hologram loses its fine rings.',
    grid: { samples: PIXELS, pitch: PIXEL },
    seed: 1,
    nodes,
    edges: [
      wire('source', 'sphere'),
      wire('sphere', 'interference', 'scattered'),
      wire('source', 'interference', 'reference'),
      wire('interference', 'pupil'),
      wire('pupil', 'camera'),
      wire('source', 'exact'),
    ],
    learn: [],
    images: {},
  },
  proof: {
    statement: 'The holograms differ by 0.69 % of the background, RMS',
    nodes: ['camera', 'exact', 'source'],
    // The difference of the two closed forms on the same pixels, by Gauss-Legendre sums over the objective's angles. The
    // objective's hologram has 142 samples across its aperture, whose edge they round: 1e-3 of the background.
    expected: 0.006867,
    tolerance: 1e-3,
    quantity: 'dimensionless',
    display: '%',
    measure: difference,
  },
};
