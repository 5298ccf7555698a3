import { bench } from './bench.ts';
import type { Example } from './example.ts';
import { halfMaximum, middleRow } from './measures.ts';

const GRID = { samples: 128, pitch: 1e-6 };
const CAMERA = { rows: 96, columns: 96, pixelPitch: 12.5e-9 };

export const radialFocus: Example = {
  id: 'radial-focus',
  title: 'Radial polarisation into a focus',
  summary: 'A q-plate makes the field point outwards everywhere; in the focus it points along the light.',
  topic: 'polarisation',
  level: 'research',
  design: bench(
    {
      title: 'Radial polarisation into a focus',
      description:
        'A q-plate turns light along x into radially polarised light, which a lens of NA 0.9 focuses to a spot of the axial field Ez. Set the plate’s axis to 45°: the light is azimuthal, has no axial field, and the focus is a ring. The scalar picture shows a ring for both: only the vectorial focus knows Ez.',
    },
    GRID,
    [
      ['source', 'planeWave', { wavelength: 500e-9 }, 0, 0],
      ['plate', 'qPlate', { charge: 1, angle: 0 }, 1, 0],
      ['pupil', 'pupil', { numericalAperture: 0.9 }, 2, 0],
      ['focus', 'vectorialFocus', {}, 3, 0],
      ['scalar', 'camera', CAMERA, 3, 1, 'Scalar picture'],
      // The page opens on the last camera.
      ['camera', 'camera', CAMERA, 4, 0, 'Vectorial picture'],
    ],
    [
      'source.out>plate.in',
      'plate.out>pupil.in',
      'pupil.out>focus.in',
      'focus.out>camera.in',
      'pupil.out>scalar.in',
    ],
  ),
  proof: {
    statement: 'Half width of the focus by the integrals of Youngworth and Brown: 193.0 nm',
    nodes: ['camera'],
    // |Ez|² + |Er|² falls to a half, with Ez = ∫ √cos θ sin² θ J0(kr sin θ) dθ and
    // Er = ∫ √cos θ sin θ cos θ J1(kr sin θ) dθ, by adaptive quadrature.
    expected: 192.9783e-9,
    // Straight lines between pixels of 12.5 nm, the pupil's edge on 63 cells per radius.
    tolerance: 0.8e-9,
    quantity: 'length',
    display: 'nm',
    measure: (camera) => halfMaximum(middleRow(camera)) * camera.pitch,
  },
};
