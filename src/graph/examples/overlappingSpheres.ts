import type { TableRow } from '../../optics/element.ts';
import { registry } from '../catalogue.ts';
import type { Design } from '../document.ts';
import { getAt } from '../paths.ts';
import type { Example } from './example.ts';
import { sphereTableBench } from './sphereTableBench.ts';

/** Two micrometres apart, less than twice the width of the first ring: no ring of either is seen whole. */
const TRUTH: readonly TableRow[] = [
  { x: -0.9e-6, y: -0.35e-6, z: 10e-6, radius: 0.5e-6, refractiveIndex: 1.59 },
  { x: 0.95e-6, y: 0.4e-6, z: 11.4e-6, radius: 0.65e-6, refractiveIndex: 1.5 },
];
/** Nothing of this was read off the picture. */
const START: readonly TableRow[] = [
  { x: -2.5e-6, y: 2.5e-6, z: 7e-6, radius: 0.5e-6, refractiveIndex: 1.55 },
  { x: 2.5e-6, y: -2.5e-6, z: 15e-6, radius: 0.5e-6, refractiveIndex: 1.55 },
];

const TITLE = 'Two spheres whose rings overlap';
const design = sphereTableBench({
  words: {
    title: TITLE,
    description:
      'Two spheres so close that their rings form one tangled pattern. The model’s spheres stand in the wrong places: press Run fit, or “Find spheres in the target” in the panel of the spheres, and watch both being found. The fit refocuses what one sphere leaves of the hologram until the other stands out.',
  },
  samples: 128,
  pixels: 96,
  start: START,
  truth: TRUTH,
  measured: { name: 'Two spheres, 2 µm apart', seed: 3 },
});

/** Largest distance of a true place from the nearest sphere, across the light. */
function largestMiss(fitted: Design): number {
  const at = (row: number, axis: string) =>
    Number(getAt(fitted, registry, `spheres.particles.${row}.${axis}`));
  const misses = TRUTH.map(({ x, y }) =>
    Math.min(...TRUTH.map((_, row) => Math.hypot(at(row, 'x') - Number(x), at(row, 'y') - Number(y)))),
  );
  return Math.max(...misses);
}

export const overlappingSpheres: Example = {
  id: 'overlapping-spheres',
  title: TITLE,
  summary:
    'Two spheres 2 µm apart are found in their common hologram and fitted together from a wrong start.',
  topic: 'fit',
  level: 'research',
  design,
  proof: null,
  goal: {
    statement: 'Both spheres are found across the light to within 5 nm',
    nodes: [],
    // 1 % of noise on 9216 pixels: standard errors below a nanometre, somewhat more where both are alike.
    limit: 5e-9,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    measure: largestMiss,
  },
};
