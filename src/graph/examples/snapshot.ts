import { bench } from './bench.ts';
import type { Example } from './example.ts';

const VIEWS = 6;
const SHIFT = 8e-6;
const DEPTH_STEP = 2.5e-6;
/** The last view looks two steps before the focal plane. */
const SHARP_VIEW = VIEWS - 1;
const DEPTH = (SHARP_VIEW - VIEWS / 2) * DEPTH_STEP;

/** Offset of the peak of a parabola through three samples. */
const vertex = (a: number, b: number, c: number) => (0.5 * (a - c)) / (a - 2 * b + c);

export const snapshotDepth: Example = {
  id: 'snapshot-depth',
  title: 'Six depths in one picture',
  summary: 'Move the bead through focus: one of six views after the other is sharp, all in one picture.',
  topic: 'masks',
  level: 'research',
  design: bench(
    {
      title: 'Six depths in one picture',
      description:
        'The mask divides the pupil into six sectors. A ramp sends the picture of each to its own side, and a defocus of its own makes each sharp at another depth: one exposure holds a stack. Each view has a sixth of the light and of the aperture’s area.',
    },
    { samples: 128, pitch: 1e-6 },
    [
      ['source', 'planeWave', { wavelength: 600e-9, refractiveIndex: 1.33 }, 0, 0],
      ['bead', 'bead', { photons: 10000, z: DEPTH }, 1, 0],
      ['pupil', 'pupil', { numericalAperture: 0.8 }, 2, 0],
      ['mask', 'psfMask', { kind: 'multiView', views: VIEWS, shift: SHIFT, depthStep: DEPTH_STEP }, 0, 1],
      ['camera', 'camera', { rows: 128, columns: 128, pixelPitch: 0.18e-6 }, 1, 1],
    ],
    ['source.out>bead.in', 'bead.out>pupil.in', 'pupil.out>mask.in', 'mask.out>camera.in'],
  ),
  proof: {
    statement: 'A bead 5 µm before focus is brightest in the view of that depth: 8 µm to its side',
    nodes: ['camera'],
    expected: SHIFT,
    // Tails of the five other views reach under the sharp one; the parabola through pixels of 0.18 µm.
    tolerance: 0.03e-6,
    quantity: 'length',
    display: 'µm',
    measure: ({ data, shape, pitch }) => {
      const [rows = 1, columns = 1] = shape.slice(-2);
      let peak = 0;
      for (let i = 0; i < data.length; i++) if ((data[i] ?? 0) > (data[peak] ?? 0)) peak = i;
      const at = (offset: number) => data[peak + offset] ?? 0;
      const x = (peak % columns) - Math.floor(columns / 2) + vertex(at(-1), at(0), at(1));
      const y = Math.floor(peak / columns) - Math.floor(rows / 2) + vertex(at(-columns), at(0), at(columns));
      const middle = (2 * Math.PI * (SHARP_VIEW + 0.5)) / VIEWS;
      return (x * Math.cos(middle) + y * Math.sin(middle)) * pitch;
    },
  },
};
