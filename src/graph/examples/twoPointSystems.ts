import type { BenchNode } from './bench.ts';
import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';
import { middleRow } from './measures.ts';

const WAVELENGTH = 500e-9;
const APERTURE = 0.5;
/** Rayleigh's distance: the first dark ring of one point, 3.8317/2π λ/NA. */
const RAYLEIGH = ((3.8317059702 / (2 * Math.PI)) * WAVELENGTH) / APERTURE;

/** Dip of two Airy patterns at Rayleigh's distance: 2 [2 J1(x/2)/(x/2)]² / max, by the known closed form. */
const RAYLEIGH_DIP = 0.735032;

const microscope = (points: BenchNode[2]): readonly BenchNode[] => [
  ['source', 'twoPoints', { wavelength: WAVELENGTH, separation: RAYLEIGH, ...points }, 0, 0],
  ['pupil', 'pupil', { numericalAperture: APERTURE }, 1, 0],
  ['camera', 'camera', { pixelPitch: 25e-9, rows: 96, columns: 96 }, 2, 0],
];
const wires = ['source.out>pupil.in', 'pupil.out>camera.in'];

/** Brightness at the middle over the largest of its row. */
function dip(camera: Measured): number {
  const right = middleRow(camera);
  return (right[0] ?? Number.NaN) / Math.max(...right);
}

export const twoStars: Example = {
  id: 'two-stars',
  title: 'Two stars',
  summary: 'Move two stars apart and watch the dip between them open.',
  topic: 'imaging',
  level: 'start',
  design: bench(
    {
      title: 'Two stars',
      description:
        'Two independent points at Rayleigh’s distance 0.61 λ/NA: the brightness between them is 73.5 % of the peaks. Bring them closer: at 0.474 λ/NA the dip is gone.',
    },
    { samples: 128, pitch: 20e-6 },
    microscope({}),
    wires,
  ),
  proof: {
    statement: 'At 0.610 λ/NA the middle is 73.5 % as bright as the peaks',
    nodes: ['camera'],
    expected: RAYLEIGH_DIP,
    // Half a pixel of 25 nm off the peak of a spot 514 nm wide: 1e-3; edge of the sampled pupil: 5e-4.
    tolerance: 2e-3,
    quantity: 'dimensionless',
    display: '%',
    measure: dip,
  },
};

export const coherentTwins: Example = {
  id: 'coherent-twins',
  title: 'Coherent twins',
  summary: 'Turn the phase between two coherent points: they merge, part and cancel.',
  topic: 'coherence',
  level: 'course',
  design: bench(
    {
      title: 'Coherent twins',
      description:
        'Two coherent points at Rayleigh’s distance. In phase (0°) they are one blob; at 90° they look like two independent stars, with the same dip of 73.5 %; at 180° the middle is black. Resolution is a matter of coherence.',
    },
    { samples: 128, pitch: 20e-6 },
    microscope({ coherence: 'coherent', phase: Math.PI / 2 }),
    wires,
  ),
  proof: {
    statement: 'At 90° the dip is that of two stars, 73.5 %',
    nodes: ['camera'],
    expected: RAYLEIGH_DIP,
    // As for two stars.
    tolerance: 2e-3,
    quantity: 'dimensionless',
    display: '%',
    measure: dip,
  },
};
