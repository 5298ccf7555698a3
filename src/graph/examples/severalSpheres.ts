import type { TableRow } from '../../optics/element.ts';
import { registry } from '../catalogue.ts';
import type { Design } from '../document.ts';
import { getAt } from '../paths.ts';
import type { Example } from './example.ts';
import { sphereTableBench } from './sphereTableBench.ts';

/** Two beads of polystyrene, which are of one kind, and one of silica between them, whose rings overlap theirs. */
const TRUTH: readonly TableRow[] = [
  { x: -2.6e-6, y: -1.9e-6, z: 9.5e-6, radius: 0.5e-6, refractiveIndex: 1.59, group: 'A' },
  { x: 2.9e-6, y: -0.8e-6, z: 12.4e-6, radius: 0.5e-6, refractiveIndex: 1.59, group: 'A' },
  { x: -0.4e-6, y: 2.7e-6, z: 11.2e-6, radius: 0.72e-6, refractiveIndex: 1.45 },
];
/** What was read off the picture: places to a few tenths of a micrometre, one kind for all. */
const START: readonly TableRow[] = [
  { x: -2.4e-6, y: -2.1e-6, z: 10e-6, radius: 0.55e-6, refractiveIndex: 1.56, group: 'A' },
  { x: 3.1e-6, y: -0.6e-6, z: 12e-6, radius: 0.55e-6, refractiveIndex: 1.56, group: 'A' },
  { x: -0.6e-6, y: 2.5e-6, z: 10.5e-6, radius: 0.65e-6, refractiveIndex: 1.47 },
];

const TITLE = 'Several particles in one hologram';
const design = sphereTableBench({
  words: {
    title: TITLE,
    description:
      'Three spheres whose rings overlap: two beads of one kind (group A) and a third. Drag a circle on the camera’s picture and the rings follow; double-click adds a sphere. Run fit finds all places, and one radius and one index for each kind.',
  },
  samples: 144,
  pixels: 112,
  start: START,
  truth: TRUTH,
  measured: { name: 'Three beads', seed: 5 },
});

/** Largest distance across the light from a true place. */
function largestMiss(fitted: Design): number {
  const misses = TRUTH.map((row, index) => {
    const off = (axis: 'x' | 'y') =>
      Number(getAt(fitted, registry, `spheres.particles.${index}.${axis}`)) - Number(row[axis]);
    return Math.hypot(off('x'), off('y'));
  });
  return Math.max(...misses);
}

export const severalSpheres: Example = {
  id: 'several-spheres',
  title: TITLE,
  summary: 'Drag three spheres on their hologram, then find their places and two kinds of bead in one fit.',
  topic: 'fit',
  level: 'research',
  design,
  proof: null,
  goal: {
    statement: 'Every sphere is found across the light to within 2 nm',
    nodes: [],
    // 1 % of noise on 12 544 pixels: the standard errors are a quarter of a nanometre.
    limit: 2e-9,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    measure: largestMiss,
  },
};
