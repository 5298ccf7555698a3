/** Focus stacks of one bead with hidden aberrations, for tests and benchmarks of what fits recover. */
import { registry } from '../../graph/catalogue.ts';
import type { Correlation } from '../../graph/correlation.ts';
import type { Design } from '../../graph/document.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { truthOf } from '../../graph/examples/truth.ts';
import { setAt } from '../../graph/paths.ts';
import { choleskyFactor, symmetricEigen } from '../../optics/maths/linearAlgebra.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { zernike } from '../../optics/maths/zernike.ts';
import type { FitResult, ParameterResult } from '../protocol.ts';

interface HiddenStack {
  readonly design: Design;
  readonly wavelength: number;
  /** Metres RMS by Noll index. */
  readonly terms: ReadonlyMap<number, number>;
  readonly truth: Readonly<Record<string, number>>;
}

/** What a description of such stacks leaves open. */
export interface StackConditions {
  readonly wavelength: number;
  /** Of the picture, along each side. */
  readonly pixels: number;
  /** Whether all planes have one brightness and one background, or each its own. */
  readonly brightness: 'shared' | 'each plane';
  readonly z: 'unknown' | 'known';
}

const APERTURE = 1.2;
const INDEX = 1.33;
const PLANES = 7;
const PITCH = 0.1e-6;
const PHOTONS = 10_000;
const BACKGROUND = 20;

/**
 * Green light, and pixels that are just fine enough for it: λ/(4 NA) is 104 nm. One micrometre and the bead's own 0.15 µm
 * out of focus the cone of light is 2.4 µm wide on each side, and the spot's first dark ring adds 0.25 µm, the place
 * 0.1 µm: 56 pixels would just do.
 */
export const USUAL_CONDITIONS: StackConditions = {
  wavelength: 500e-9,
  pixels: 64,
  brightness: 'shared',
  z: 'unknown',
};

function withValues(design: Design, values: Readonly<Record<string, number>>): Design {
  return Object.entries(values).reduce((d, [path, value]) => setAt(d, registry, path, value, 1), design);
}

/**
 * Seven planes over ±1 µm at NA 1.2 in water, 10 000 photons and 20 background photons per pixel in each, with photon
 * noise; Noll terms 4 to 15 of 0.05 to 0.15 waves RMS of either sign, the bead off the middle by up to a pixel and 0.15 µm
 * along the light, blur 0.5 to 0.8 pixels. All of it is unknown.
 *
 * @param draw of the noise, which leaves all else as it is
 */
export function hiddenZernikes(
  seed: number,
  conditions: Partial<StackConditions> = {},
  draw = 0,
): HiddenStack {
  const { wavelength, pixels, brightness, z } = { ...USUAL_CONDITIONS, ...conditions };
  const random = new SeededRandom(seed);
  const between = (from: number, to: number) => from + (to - from) * random.uniform();
  const indices = Array.from({ length: 12 }, (_, i) => i + 4);
  const terms = new Map(
    indices.map((j) => [j, (random.uniform() < 0.5 ? -1 : 1) * between(0.05, 0.15) * wavelength]),
  );
  const truth = {
    'bead.x': between(-1, 1) * 0.1e-6,
    'bead.y': between(-1, 1) * 0.1e-6,
    'bead.z': between(-1, 1) * 0.15e-6,
    'bead.photons': PHOTONS,
    'camera.background': BACKGROUND,
    'camera.blur': between(0.5, 0.8),
    ...Object.fromEntries([...terms].map(([j, value]) => [`pupil.zernike.${j}`, value])),
  };
  const given = withValues(beadStack, {
    'source.wavelength': wavelength,
    'pupil.numericalAperture': APERTURE,
    'stack.planes': PLANES,
    'stack.zStep': 2e-6 / (PLANES - 1),
    'camera.rows': pixels,
    'camera.columns': pixels,
    'camera.pixelPitch': PITCH,
  });
  const held = z === 'known' ? { 'bead.z': truth['bead.z'] } : {};
  const light = ['bead.photons', 'camera.background'];
  return {
    wavelength,
    terms,
    truth,
    design: {
      ...withValues(given, held),
      learn: [
        'bead.x',
        'bead.y',
        ...(z === 'known' ? [] : ['bead.z']),
        ...(brightness === 'shared' ? light : light.map((path) => `${path}.*`)),
        'camera.blur',
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
          seed: 1000 * (1 + draw) + seed,
        },
      },
    },
  };
}

/** The design with the hidden values in place of those that it begins with. */
export function atTruth({ design, truth }: HiddenStack): Design {
  return withValues(design, truth);
}

const LOW_APERTURE = 0.3;
const WAVELENGTH = 580e-9;
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
    'source.wavelength': WAVELENGTH,
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
  return { terms, truth, wavelength: WAVELENGTH, design: { ...given, learn, images: { simulated } } };
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
export function recovery({ terms, truth, wavelength }: HiddenStack, { parameters }: FitResult): Recovery {
  const found = new Map(parameters.map((parameter) => [parameter.path, parameter]));
  const errors = [...terms].map(([j, value]) => {
    const { value: own = 0, sigma = null } = found.get(`pupil.zernike.${j}`) ?? {};
    return { path: `pupil.zernike.${j}`, error: own - value, sigma: sigma ?? Number.NaN };
  });
  const z = (found.get('bead.z')?.value ?? truth['bead.z'] ?? 0) - (truth['bead.z'] ?? 0);
  const rms = (values: readonly number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
  const all = [{ path: 'bead.z', error: z }, ...errors];
  const square = all.reduce(
    (sum, a) => sum + all.reduce((part, b) => part + a.error * shared(a.path, b.path) * b.error, 0),
    0,
  );
  return {
    pulls: errors.map(({ error, sigma }) => error / sigma),
    sigmas: errors.map(({ sigma }) => sigma / wavelength),
    termError: rms(errors.map(({ error }) => error)) / wavelength,
    wavefrontError: Math.sqrt(square) / wavelength,
    termBound: rms(errors.map(({ sigma }) => sigma)) / wavelength,
  };
}

/** Rings of equal area. */
const RINGS = Array.from({ length: 500 }, (_, i) => Math.sqrt((i + 0.5) / 500));

/** Path over the rings, without its mean, that a unit of z or of a term that is round adds; null for any other. */
const ROUND: ReadonlyMap<string, readonly number[]> = new Map(
  [
    ['bead.z', (rho: number) => Math.sqrt(INDEX ** 2 - (APERTURE * rho) ** 2)] as const,
    ['pupil.zernike.4', (rho: number) => zernike(4, rho, 0)] as const,
    ['pupil.zernike.11', (rho: number) => zernike(11, rho, 0)] as const,
  ].map(([path, height]) => {
    const heights = RINGS.map(height);
    const mean = heights.reduce((sum, each) => sum + each, 0) / RINGS.length;
    return [path, heights.map((each) => each - mean)];
  }),
);

/** Mean over the pupil of the product of what two unknowns do to the path; terms that are not round stand for themselves. */
function shared(a: string, b: string): number {
  const [one, other] = [ROUND.get(a), ROUND.get(b)];
  if (one === undefined || other === undefined) return a === b ? 1 : 0;
  return one.reduce((sum, height, i) => sum + height * (other[i] ?? 0), 0) / RINGS.length;
}

/** Of a fit or of a bound. */
interface ToldErrors {
  readonly parameters: readonly Pick<ParameterResult, 'path' | 'sigma'>[];
  readonly correlation?: Pick<Correlation, 'matrix'>;
}

const DRAWS = 4000;

/**
 * How likely the wavefront's error is below a limit (waves RMS) where errors of z and the terms are normal with the
 * covariance that is told. The square of the error is then Σ λₖ gₖ² with normal gₖ and the eigenvalues λ of LᵀGL, where
 * LLᵀ is the covariance and G what each pair does to the wavefront.
 */
export function chanceBelow(
  limit: number,
  { wavelength }: HiddenStack,
  { parameters, correlation }: ToldErrors,
): number {
  const acting = parameters.flatMap(({ path, sigma }, i) =>
    path === 'bead.z' || path.startsWith('pupil.zernike.') ? [{ path, i, sigma: sigma ?? Number.NaN }] : [],
  );
  const count = acting.length;
  const covariance = Float64Array.from(
    acting.flatMap((a) =>
      acting.map((b) => (correlation?.matrix[a.i]?.[b.i] ?? Number.NaN) * a.sigma * b.sigma),
    ),
  );
  const factor = choleskyFactor(covariance, count);
  if (!factor.ok) return Number.NaN;
  const column = (k: number) => acting.map((_, i) => (factor.lower[i * count + k] ?? 0) / wavelength);
  const pairs = acting.map((a) => acting.map((b) => shared(a.path, b.path)));
  const product = acting.flatMap((_, k) => {
    const seen = pairs.map((row) => row.reduce((sum, g, i) => sum + g * (column(k)[i] ?? 0), 0));
    return acting.map((__, l) => column(l).reduce((sum, x, i) => sum + x * (seen[i] ?? 0), 0));
  });
  const { values } = symmetricEigen(Float64Array.from(product), count);
  const random = new SeededRandom(1);
  let below = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const square = values.reduce((sum, value) => sum + value * random.normal() ** 2, 0);
    if (square < limit * limit) below++;
  }
  return below / DRAWS;
}

/** Chance of at least so many of several independent events. */
export function chanceOfAtLeast(most: number, chances: readonly number[]): number {
  let counts = [1];
  for (const chance of chances) {
    const before = counts;
    counts = Array.from(
      { length: before.length + 1 },
      (_, k) => (before[k] ?? 0) * (1 - chance) + (before[k - 1] ?? 0) * chance,
    );
  }
  return counts.slice(most).reduce((sum, chance) => sum + chance, 0);
}
