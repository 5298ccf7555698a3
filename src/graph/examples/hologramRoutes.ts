import type { Example, Measured } from './example.ts';
import { sphereBench } from './sphereBench.ts';

/** As many as the pupil needs for what is so far out of focus; the middle ones are compared. */
const PIXELS = 144;
const COMPARED = 128;
const PIXEL = 0.1e-6;
const SPHERE = { x: 1e-6, y: -0.6e-6, z: 8e-6, radius: 0.743e-6, refractiveIndex: 1.59 };

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
  design: sphereBench(
    {
      title: 'What the objective adds to a hologram',
      description:
        'Above, the waves that a sphere scatters pass an objective of NA 1.2; below is the exact field on the same plane, evanescent parts included. 8 µm away they differ by less than 1 % of the background. Bring both spheres nearer, or lower the aperture, and the objective’s hologram loses its fine rings.',
    },
    {
      grid: { samples: PIXELS, pitch: PIXEL },
      light: { wavelength: 447e-9, refractiveIndex: 1.34 },
      sphere: SPHERE,
      numericalAperture: 1.2,
      behind: [
        ['camera', 'camera', { pixelPitch: PIXEL, rows: PIXELS, columns: PIXELS }, 3, 1],
        ['exact', 'sphereField', SPHERE, 1, 1],
      ],
      wires: ['pupil.out>camera.in', 'source.out>exact.in'],
    },
  ),
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
