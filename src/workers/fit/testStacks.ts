/** Focus stacks of one bead with hidden aberrations, for tests and benchmarks of what fits recover. */
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { truthOf } from '../../graph/examples/truth.ts';
import { setAt } from '../../graph/paths.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { zernike } from '../../optics/maths/zernike.ts';
import type { FitResult } from '../protocol.ts';

interface HiddenStack {
  readonly design: Design;
  /** Metres RMS by Noll index. */
  readonly terms: ReadonlyMap<number, number>;
  readonly truth: Readonly<Record<string, number>>;
}

const INSTRUMENT = {
  'pupil.numericalAperture': 1.2,
  'stack.planes': 7,
  'stack.zStep': 1e-6 / 3,
  'camera.rows': 48,
  'camera.columns': 48,
  'camera.pixelPitch': 0.1e-6,
};
const WAVELENGTH = 580e-9;
const INDEX = 1.33;

function withValues(design: Design, values: Readonly<Record<string, number>>): Design {
  return Object.entries(values).reduce((d, [path, value]) => setAt(d, registry, path, value, 1), design);
}

/**
 * Seven planes over ±1 µm at NA 1.2 in water, 10 000 photons and 20 background photons per pixel in each, with photon
 * noise; Noll terms 4 to 15 of 0.05 to 0.15 waves RMS of either sign, the bead off the middle by up to a pixel and 0.15 µm
 * along the light, blur 0.5 to 0.8 pixels. All of it is unknown, brightness and background plane by plane.
 */
export function hiddenZernikes(
  seed: number,
  free: 'terms and z' | 'terms' = 'terms and z',
  factor = 1,
): HiddenStack {
  const random = new SeededRandom(seed);
  const between = (from: number, to: number) => from + (to - from) * random.uniform();
  const indices = Array.from({ length: 12 }, (_, i) => i + 4);
  const terms = new Map(
    indices.map((j) => [j, (random.uniform() < 0.5 ? -1 : 1) * between(0.05, 0.15) * factor * WAVELENGTH]),
  );
  const place = {
    'bead.x': between(-1, 1) * 0.1e-6,
    'bead.y': between(-1, 1) * 0.1e-6,
    'bead.z': between(-1, 1) * 0.15e-6,
  };
  const truth = {
    ...place,
    'bead.photons': 10_000,
    'camera.background': 20,
    'camera.blur': between(0.5, 0.8),
    ...Object.fromEntries([...terms].map(([j, value]) => [`pupil.zernike.${j}`, value])),
  };
  const given = withValues(beadStack, INSTRUMENT);
  const held = free === 'terms' ? { 'bead.z': truth['bead.z'] } : {};
  return {
    terms,
    truth,
    design: {
      ...withValues(given, held),
      learn: [
        'bead.x',
        'bead.y',
        ...(free === 'terms' ? [] : ['bead.z']),
        ...['bead.photons.*', 'camera.background.*', 'camera.blur'],
        ...indices.map((j) => `pupil.zernike.${j}`),
      ],
      images: {
        simulated: {
          kind: 'simulated',
          name: 'Hidden aberrations',
          camera: 'camera',
          truth: truthOf(given.nodes, truth),
          noise: true,
          // Not the numbers that the truth was drawn from.
          seed: 1000 + seed,
        },
      },
    },
  };
}

const LOW_APERTURE = 0.3;
/** Distance by which the focus moves for one radian RMS of defocus, where rays are nearly parallel. */
const PER_RADIAN = (2 * Math.sqrt(3) * WAVELENGTH) / (Math.PI * LOW_APERTURE ** 2);

/**
 * Three planes without noise at -1.5, 0 and 1.5 rad RMS of defocus, NA 0.3 in air; Noll terms 2 to 11 of at most 0.7 rad
 * RMS each, so tip, tilt and defocus among them.
 */
export function threePlanes(seed: number): HiddenStack {
  const random = new SeededRandom(seed);
  const indices = Array.from({ length: 10 }, (_, i) => i + 2);
  const largest = (0.7 / (2 * Math.PI)) * WAVELENGTH;
  const terms = new Map(indices.map((j) => [j, (2 * random.uniform() - 1) * largest]));
  const truth = {
    'bead.photons': 10_000,
    'camera.background': 0,
    'camera.blur': 0,
    ...Object.fromEntries([...terms].map(([j, value]) => [`pupil.zernike.${j}`, value])),
  };
  const given = withValues(beadStack, {
    'source.refractiveIndex': 1,
    'pupil.numericalAperture': LOW_APERTURE,
    'bead.photons': 10_000,
    'stack.planes': 3,
    'stack.zStep': 1.5 * PER_RADIAN,
    'camera.pixelPitch': 0.4e-6,
    'camera.background': 0,
    'camera.blur': 0,
  });
  const simulated = {
    kind: 'simulated',
    name: 'Three planes',
    camera: 'camera',
    truth: truthOf(given.nodes, truth),
    noise: false,
    seed: 1,
  } as const;
  const learn = indices.map((j) => `pupil.zernike.${j}`);
  return { terms, truth, design: { ...given, learn, images: { simulated } } };
}

interface Recovery {
  /** Errors of the terms over their own standard errors. */
  readonly pulls: readonly number[];
  /** Standard errors of the terms, in waves. */
  readonly sigmas: readonly number[];
  /** RMS over the pupil of the sum of all errors of terms, in waves. */
  readonly termError: number;
  /** The same with what the error in z does to the wavefront, less piston, tip and tilt: what the image depends on. */
  readonly wavefrontError: number;
  /** Expected RMS of the terms' errors, from the standard errors, in waves. */
  readonly termBound: number;
}

/** How far a fit is from the hidden terms. */
export function recovery({ terms, truth }: HiddenStack, { parameters }: FitResult): Recovery {
  const found = new Map(parameters.map((parameter) => [parameter.path, parameter]));
  const errors = [...terms].map(([j, value]) => {
    const { value: own = 0, sigma = null } = found.get(`pupil.zernike.${j}`) ?? {};
    return { j, error: own - value, sigma: sigma ?? Number.NaN };
  });
  const z = (found.get('bead.z')?.value ?? truth['bead.z'] ?? 0) - (truth['bead.z'] ?? 0);
  const rms = (values: readonly number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
  const round = errors.filter(({ j }) => j === 4 || j === 11);
  const others = errors.filter(({ j }) => j !== 4 && j !== 11);
  // Sums over rings of equal area; terms that are not round are orthogonal to all of this.
  const rings = Array.from({ length: 500 }, (_, i) => Math.sqrt((i + 0.5) / 500));
  const { 'pupil.numericalAperture': aperture } = INSTRUMENT;
  const paths = rings.map((rho) =>
    round.reduce(
      (sum, { j, error }) => sum + error * zernike(j, rho, 0),
      z * (Math.sqrt(INDEX ** 2 - (aperture * rho) ** 2) - INDEX),
    ),
  );
  const mean = paths.reduce((sum, path) => sum + path, 0) / paths.length;
  const squares = paths.reduce((sum, path) => sum + (path - mean) ** 2, 0) / paths.length;
  return {
    pulls: errors.map(({ error, sigma }) => error / sigma),
    sigmas: errors.map(({ sigma }) => sigma / WAVELENGTH),
    termError: rms(errors.map(({ error }) => error)) / WAVELENGTH,
    wavefrontError: Math.hypot(Math.sqrt(squares), rms(others.map(({ error }) => error))) / WAVELENGTH,
    termBound: rms(errors.map(({ sigma }) => sigma)) / WAVELENGTH,
  };
}
