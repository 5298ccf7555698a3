/**
 * Values that one image cannot tell apart, told by what they are physically: each rule names the twins, why they look
 * alike and the way out.
 */
import { nollToDegree } from '../optics/maths/zernike.ts';
import type { Design } from './document.ts';
import { isTerms } from './format.ts';
import type { Learnable } from './learnables.ts';
import { findNode } from './registry.ts';

type Part =
  | 'across'
  | 'along'
  | 'tilt'
  | 'defocus'
  | 'spherical'
  | 'even'
  | 'brightness'
  | 'transmission'
  | 'gain'
  | 'background'
  | 'radius'
  | 'index'
  | 'blur'
  | 'aperture'
  | 'wavelength'
  | 'pixels'
  | 'layers';

type Named = Pick<Learnable, 'nodeId' | 'param' | 'nollIndex' | 'column' | 'quantity' | 'role'>;

interface Rule {
  /** One of each group has to take part. */
  readonly groups: readonly (readonly Part[])[];
  readonly remedy: string;
}

const BY_NAME: Readonly<Record<string, Part>> = {
  tiltX: 'tilt',
  tiltY: 'tilt',
  zOffset: 'along',
  focusMove: 'along',
  transmittance: 'transmission',
  opticalDensity: 'transmission',
  reflectivity: 'transmission',
  quantumEfficiency: 'transmission',
  exposureTime: 'transmission',
  power: 'brightness',
  gain: 'gain',
  multiplication: 'gain',
  background: 'background',
  offset: 'background',
  darkCurrent: 'background',
  radius: 'radius',
  blur: 'blur',
  diameter: 'blur',
  numericalAperture: 'aperture',
  wavelength: 'wavelength',
  pixelPitch: 'pixels',
  magnification: 'pixels',
  depth: 'layers',
  sampleIndex: 'layers',
  coverIndex: 'layers',
  coverThickness: 'layers',
  immersionIndex: 'layers',
};

/** Elements whose index is that of a body in the light, not that of what surrounds it. */
const BODIES: readonly string[] = ['mieSphere', 'mieSpheres', 'sphereField', 'sphereInside'];

/** Ordered: the first rule whose groups all take part is the one that is said. */
const RULES: readonly Rule[] = [
  {
    groups: [['across'], ['tilt']],
    remedy:
      'A tilt of the wavefront moves the image as a sideways shift does: fix the tilt (Z2, Z3) at 0, or x and y.',
  },
  {
    groups: [['along'], ['defocus', 'spherical']],
    remedy:
      'Moving along the light is defocus, at high apertures with a share of Z11 and Z22: fix Z4 at 0, or fix z and read z from Z4.',
  },
  {
    groups: [['layers'], ['layers', 'spherical', 'along', 'defocus', 'index']],
    remedy:
      'Depth, indices and cover glass all bend the wavefront like spherical aberration: learn one of them, or take beads at two depths.',
  },
  {
    groups: [['brightness'], ['transmission', 'gain']],
    remedy:
      'The image shows only photons × transmission × gain: fix transmission and gain (measure the gain on a flat field) and read the photons as their product.',
  },
  {
    groups: [['transmission'], ['gain']],
    remedy: 'The image shows only transmission × gain: fix one of them.',
  },
  {
    groups: [['brightness'], ['background']],
    remedy:
      'In a small region the tails of the spot look like background: use more pixels around it, or fix the background from an empty part of the image.',
  },
  {
    groups: [['radius'], ['index']],
    remedy:
      'The rings tell mostly radius × (index − index of the medium): fix the index from the material or the radius from the maker, or bring the sphere nearer to focus and use a larger aperture.',
  },
  {
    groups: [['wavelength'], ['aperture', 'pixels']],
    remedy: 'The width of a spot is λ/NA in pixels: of wavelength, aperture and pixel size know two.',
  },
  {
    groups: [['aperture'], ['pixels']],
    remedy: 'The width of a spot is λ/NA in pixels: of wavelength, aperture and pixel size know two.',
  },
  {
    groups: [['blur'], ['blur', 'aperture', 'pixels']],
    remedy:
      'Blur, bead size and a smaller aperture all widen the spot: fix the bead size and NA as the maker gives them, or take more defocused planes.',
  },
  {
    groups: [
      ['even', 'defocus', 'spherical', 'along'],
      ['even', 'defocus', 'spherical', 'along'],
    ],
    remedy:
      'In a plane near focus even aberrations change the image alike: take a plane at least 0.5 µm away from focus, or one on each side.',
  },
];

/** What a value is physically; null for what no rule speaks of. */
function partOf(design: Design, learnable: Named): Part | null {
  const { nollIndex, role, column, quantity } = learnable;
  if (nollIndex !== null) return partOfTerm(nollIndex);
  const name = column ?? learnable.param;
  if (role === 'lateralX' || role === 'lateralY' || name === 'x' || name === 'y') return 'across';
  if (role === 'axial' || name === 'z') return 'along';
  if (quantity === 'photons') return 'brightness';
  if (name === 'refractiveIndex') {
    return BODIES.includes(findNode(design, learnable.nodeId)?.type ?? '') ? 'index' : 'layers';
  }
  return BY_NAME[name] ?? null;
}

function partOfTerm(nollIndex: number): Part | null {
  if (nollIndex === 2 || nollIndex === 3) return 'tilt';
  if (nollIndex === 4) return 'defocus';
  const { n, m } = nollToDegree(nollIndex);
  if (m === 0) return n === 0 ? null : 'spherical';
  return m % 2 === 0 ? 'even' : null;
}

/** Why these values cannot be told apart, and what to do; null where no rule knows them. */
export function twinRemedy(design: Design, mix: readonly Named[]): string | null {
  const parts = mix.map((each) => partOf(design, each));
  const found = RULES.find(({ groups }) => {
    const [first = [], second = []] = groups;
    return parts.some((a, i) =>
      parts.some((b, k) => i !== k && a !== null && b !== null && first.includes(a) && second.includes(b)),
    );
  });
  return found?.remedy ?? null;
}

/** Why the data do not depend on one value; null where no rule knows it. */
export function blindRemedy(design: Design, value: Named): string | null {
  const part = partOf(design, value);
  if (part === 'even' || part === 'spherical' || part === 'defocus' || part === 'along') {
    return 'In focus the image is the same for both signs of an even aberration or a move along the light, so at 0 nothing changes: take a plane at least 0.5 µm away from focus.';
  }
  return null;
}

/** Points of light, which fill a pupil with one phase. */
const POINTS: readonly string[] = ['bead', 'dipole'];
/** Elements that bend the wavefront evenly whatever their numbers are, or compare its phase with that of another wave. */
const PHASE_IS_TOLD: readonly string[] = ['psfMask', 'freeformPhase', 'seidel', 'coverslip', 'interference'];

/**
 * A single plane cannot tell the sign of even aberrations and z, which all change together, where nothing even is known
 * to be there.
 */
export function signSentence(
  design: Design,
  learnables: readonly Learnable[],
  planes: number,
): string | null {
  const has = (types: readonly string[]) => design.nodes.some(({ type }) => types.includes(type));
  if (planes > 1 || !has(POINTS) || has(PHASE_IS_TOLD)) return null;
  const isEven = (part: Part | null) =>
    part === 'even' || part === 'spherical' || part === 'defocus' || part === 'along';
  const learned = learnables.filter((each) => isEven(partOf(design, each)));
  if (!learned.some(({ nollIndex }) => nollIndex !== null)) return null;
  if (isHeldEven(design, learned)) return null;
  const titles = learned.map(({ title }) => `“${title}”`).join(', ');
  return `One plane cannot tell the common sign of ${titles}: the image is the same when all of them change sign, and there are two answers. Take a second plane, put a known astigmatism into the pupil, or know the direction of the stage.`;
}

/** Whether some even aberration or defocus is not learned and not 0. */
function isHeldEven(design: Design, learned: readonly Learnable[]): boolean {
  const paths = new Set(learned.map(({ path }) => path));
  return design.nodes.some(({ id, params }) => {
    const terms = params['zernike'];
    const held = ['z', 'zOffset'].some((name) => {
      const value = params[name];
      return typeof value === 'number' && value !== 0 && !paths.has(`${id}.${name}`);
    });
    if (held || terms === undefined || !isTerms(terms)) return held;
    return Object.entries(terms).some(([j, value]) => {
      const isOdd = Math.abs(nollToDegree(Number(j)).m) % 2 === 1;
      return !isOdd && Number(j) > 1 && value !== 0 && !paths.has(`${id}.zernike.${j}`);
    });
  });
}
