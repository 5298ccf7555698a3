/** One molecule that does not turn: its orientation is read from one picture beside its place. */
import type { Design } from '../document.ts';
import { bench } from './bench.ts';
import type { Example } from './example.ts';
import { truthOf } from './truth.ts';

const base = bench(
  {
    title: 'How does this molecule lie?',
    description:
      'A molecule that hardly turns shines like a dipole: not at all along itself. Out of focus its picture is lopsided, and whoever takes it for one that turns freely puts it 50 nm beside where it is. Press Run fit: its direction, how much it wobbles, place, brightness and background come from this one picture, with errors. Then set its cone to 90°, learn x, y, photons and background only, and fit again: see where it goes and what is left over.',
  },
  { samples: 28, pitch: 1e-6 },
  [
    [
      'molecule',
      'dipole',
      {
        wavelength: 600e-9,
        refractiveIndex: 1.518,
        polar: Math.PI / 4,
        azimuth: 0,
        coneAngle: 0.3,
        photons: 15000,
        z: 0.25e-6,
      },
      0,
      0,
    ],
    ['pupil', 'pupil', { numericalAperture: 1.4 }, 1, 0],
    ['camera', 'camera', { pixelPitch: 0.1e-6, rows: 17, columns: 17, background: 20 }, 2, 0],
    ['target', 'target', { image: 'simulated' }, 1, 1],
    ['loss', 'loss', { kind: 'poisson' }, 2, 1],
  ],
  ['molecule.out>pupil.in', 'pupil.out>camera.in', 'camera.out>loss.model', 'target.out>loss.target'],
);

const PLACE = { 'molecule.x': 20e-9, 'molecule.y': -35e-9, 'molecule.photons': 20000 };

/**
 * The system with a molecule of an orientation and a seed of its photons.
 * @param cone half-angle of its wobble; null for a molecule that is known to be fixed
 */
export function dipoleDesign(polar: number, azimuth: number, cone: number | null, seed: number): Design {
  const wobble = cone === null ? {} : { 'molecule.coneAngle': cone };
  const truth = { ...PLACE, 'molecule.polar': polar, 'molecule.azimuth': azimuth, ...wobble };
  const motion = cone === null ? 'fixed' : 'wobbling';
  return {
    ...base,
    nodes: base.nodes.map((node) =>
      node.id === 'molecule' ? { ...node, params: { ...node.params, motion } } : node,
    ),
    learn: [...Object.keys(truth), 'camera.background'],
    images: {
      simulated: {
        kind: 'simulated',
        name: 'One molecule',
        camera: 'camera',
        truth: truthOf(base.nodes, truth),
        noise: true,
        seed,
      },
    },
  };
}

/** Angle between the dipoles of a design and of a truth, radians: one and its opposite are the same. */
export function dipoleError({ nodes }: Design, polar: number, azimuth: number): number {
  const params = nodes.find(({ id }) => id === 'molecule')?.params ?? {};
  const held = (name: string) => Number(params[name] ?? 0);
  const cosine =
    Math.cos(held('polar')) * Math.cos(polar) +
    Math.sin(held('polar')) * Math.sin(polar) * Math.cos(held('azimuth') - azimuth);
  return Math.acos(Math.min(1, Math.abs(cosine)));
}

const [POLAR, AZIMUTH, CONE] = [0.75, 0.8, 0.5];

export const dipoleOrientation: Example = {
  id: 'dipole-orientation',
  title: base.title,
  summary:
    'Press Run fit: one picture of a molecule tells how it lies, how much it wobbles and where it really is.',
  topic: 'fit',
  level: 'research',
  design: dipoleDesign(POLAR, AZIMUTH, CONE, 3),
  proof: null,
  goal: {
    // Errors of about 3° along both angles.
    statement: 'Its direction is found to within 10°',
    nodes: [],
    limit: (10 * Math.PI) / 180,
    bound: 'atMost',
    quantity: 'angle',
    display: 'deg',
    measure: (design) => dipoleError(design, POLAR, AZIMUTH),
  },
};
