/** A lesson in two graphs: why fits of holograms fail, and what is done about it (docs/lessons/convergence.md). */
import type { Design, ParamData } from '../document.ts';
import type { Example } from './example.ts';
import { fittedHologram } from './sphereBench.ts';
import { largestError, truthOf } from './truth.ts';

/** A sphere on the axis, near focus. */
const TRUTH = { x: 0, y: 0, z: 3e-6, radius: 0.5e-6, refractiveIndex: 1.59 };

/** A hologram of that sphere with 1 % noise, and a model that starts elsewhere. */
function lesson(
  words: Pick<Design, 'title' | 'description'>,
  start: Readonly<Record<string, ParamData>>,
  learn: readonly string[],
): Design {
  const truth = fittedHologram(words, TRUTH, 64);
  return {
    ...fittedHologram(words, { ...TRUTH, ...start }, 64),
    learn: learn.map((name) => `sphere.${name}`),
    images: {
      simulated: {
        kind: 'simulated',
        name: 'Simulated hologram',
        camera: 'camera',
        truth: truthOf(truth.nodes, { 'camera.readNoise': 0.01 }),
        noise: true,
        seed: 7,
      },
    },
  };
}

/** Wrong minima lie a ring away: steps only lead downhill, and from 1.2 µm aside that is not to the truth. */
export const lostPosition: Example = {
  id: 'lost-position',
  title: 'Why does my fit fail? 1: the start',
  summary:
    'Start a fit 0.5 µm and 1.2 µm from a sphere, with and without a search: a ring away lies a wrong answer.',
  topic: 'fit',
  level: 'course',
  design: lesson(
    {
      title: 'Why does my fit fail? 1: the start',
      description:
        'The sphere is in the middle; the model starts 1.2 µm to the right. 1: Under Fit switch “Coarse search first” off and press Run fit. It ends at x = 1.4 µm, χ² far above 1: rings lie on rings, but on the wrong ones. 2: Undo, set Position x to 0.5 µm and run again: now it ends at 0. Find by trying how far off a start may be (about 0.8 µm, two rings of light; more where the sphere is farther from focus). 3: Back at 1.2 µm switch the search on: it looks for the place first, and the fit succeeds.',
    },
    { x: 1.2e-6 },
    ['x', 'y', 'z'],
  ),
  proof: null,
  goal: {
    statement: 'With the search first the sphere is found to within 10 nm',
    nodes: [],
    limit: 10e-9,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    // 1 % noise over 4096 pixels places it to a nanometre, its distance to a few.
    measure: (design) => largestError(design, { 'sphere.x': 0, 'sphere.y': 0, 'sphere.z': 3e-6 }),
  },
};

/** One rate for micrometres and indices suits neither. */
export const unequalSteps: Example = {
  id: 'unequal-steps',
  title: 'Why does my fit fail? 2: the units',
  summary:
    'Fit five values with Adam, in natural steps and in raw units: one rate does not suit micrometres and indices.',
  topic: 'fit',
  level: 'course',
  design: lesson(
    {
      title: 'Why does my fit fail? 2: the units',
      description:
        'Place, radius and index start a little off. 1: Under Fit switch the search off and press Run fit: Levenberg–Marquardt needs some six steps. 2: Undo, choose the method Adam: it arrives in 150 steps, because each value moves in steps of its own size (0.1 µm, 0.02 of index). 3: Undo, set “Adam steps in” to one of each unit: at the same rate it never leaves the start, since 0.3 of an index is far too much. 4: Undo, lower the rate to 0.003: now the index settles, but the distance has hardly moved when the steps end.',
    },
    { x: 0.25e-6, z: 3.4e-6, radius: 0.54e-6, refractiveIndex: 1.57 },
    ['x', 'y', 'z', 'radius', 'refractiveIndex'],
  ),
  proof: null,
  goal: {
    statement: 'The radius is found to within 10 nm',
    nodes: [],
    limit: 10e-9,
    bound: 'atMost',
    quantity: 'length',
    display: 'nm',
    measure: (design) => largestError(design, { 'sphere.radius': 0.5e-6 }),
  },
};
