/** Holograms of single spheres without noise, and starts about them from which fits are to find back. */
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { sphereHologram } from '../../graph/examples/sphereHologram.ts';
import { truthOf } from '../../graph/examples/truth.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { setAt } from '../../graph/paths.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import type { Session } from '../session.ts';

/** The instrument of a published hologram (CATCH's crop.png): micrometres, but for indices. */
const PIXEL = 0.048;
const OPTICS = {
  'source.wavelength': 447e-9,
  'source.refractiveIndex': 1.34,
  'camera.pixelPitch': PIXEL * 1e-6,
  'camera.rows': 201,
  'camera.columns': 201,
};
export const FITTED = [
  'sphere.x',
  'sphere.y',
  'sphere.z',
  'sphere.radius',
  'sphere.refractiveIndex',
] as const;

export interface Basin {
  readonly design: Design;
  readonly truth: Readonly<Record<(typeof FITTED)[number], number>>;
}

function withValues(design: Design, values: Readonly<Record<string, number>>): Design {
  return Object.entries(values).reduce((d, [path, value]) => setAt(d, registry, path, value, 1), design);
}

/**
 * A sphere and a start: x and y within 20 pixels, z within 100, the radius within 0.5 µm, the index from 0.06 too low to
 * 0.08 too high, all at once. Spheres of 0.7 to 1.4 µm, 5 to 15 µm before focus, of silica to polystyrene.
 */
export function basin(seed: number, numericalAperture = 0.9): Basin {
  const random = new SeededRandom(seed);
  const between = (from: number, to: number) => from + (to - from) * random.uniform();
  const truth = {
    'sphere.x': between(-1, 1) * 1e-6,
    'sphere.y': between(-1, 1) * 1e-6,
    'sphere.z': between(5, 15) * 1e-6,
    'sphere.radius': between(0.7, 1.4) * 1e-6,
    'sphere.refractiveIndex': between(1.45, 1.6),
  };
  const start = {
    'sphere.x': truth['sphere.x'] + between(-20, 20) * PIXEL * 1e-6,
    'sphere.y': truth['sphere.y'] + between(-20, 20) * PIXEL * 1e-6,
    'sphere.z': truth['sphere.z'] + between(-100, 100) * PIXEL * 1e-6,
    'sphere.radius': truth['sphere.radius'] + between(-0.5, 0.5) * 1e-6,
    'sphere.refractiveIndex': truth['sphere.refractiveIndex'] + between(-0.06, 0.08),
  };
  const instrument = { ...OPTICS, 'pupil.numericalAperture': numericalAperture };
  const given = withValues(sphereHologram, instrument);
  const simulated = {
    kind: 'simulated',
    name: 'Without noise',
    camera: 'camera',
    truth: truthOf(given.nodes, truth),
    noise: false,
    seed: 1,
  } as const;
  return { design: { ...withValues(given, start), learn: FITTED, images: { simulated } }, truth };
}

/** Whether a fit with the default strategy finds the sphere: radius and index to 1 nm and 0.001, positions to 5 nm. */
export async function findsSphere(session: Session, { design, truth }: Basin) {
  const result = await session.fit(design, DEFAULT_FIT_OPTIONS);
  const errors = FITTED.map((path) => {
    const found = result.parameters.find((parameter) => parameter.path === path)?.value ?? Number.NaN;
    return Math.abs(found - truth[path]);
  });
  const limits = [5e-9, 5e-9, 5e-9, 1e-9, 1e-3];
  const isFound = errors.every((error, i) => error < (limits[i] ?? 0));
  return { isFound, errors, iterations: result.iterations, seconds: result.seconds };
}
