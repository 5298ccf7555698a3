/** Which values a fit of an image may change, in steps that a person can choose among, and what is held for good reason. */
import type { Design } from '../document.ts';
import type { GuidedKind } from './kinds.ts';

export interface Rung {
  readonly id: string;
  readonly title: string;
  /** What it adds to the rung before, in words. */
  readonly adds: string;
  readonly learn: readonly string[];
  /** An element behind the pupil that only this rung has. */
  readonly extra?: Extra;
  /** Small rests only: the rung before is to be fitted first. */
  readonly comesAfterFit?: true;
}

export type Extra = 'pupilAmplitude' | 'freeformPhase';
/** Ids of the elements that rungs put behind the pupil. */
export const EXTRA_IDS: Readonly<Record<Extra, string>> = {
  pupilAmplitude: 'amplitude',
  freeformPhase: 'restOfPhase',
};
/** Cells of a free phase across the pupil: aberrations that fall with their order are smooth on this. */
export const PHASE_CELLS = 20;
/** Highest Noll index that is a number of its own beside a free phase. */
export const NAMED_BESIDE_PHASE = 15;

export interface Twin {
  /** What is held. */
  readonly held: string;
  /** Why, as a sentence. */
  readonly because: string;
}

const nolls = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Rungs of a kind for a design, the shortest list first; none for a design of the user's own. */
export function rungsOf(kind: GuidedKind, design: Pick<Design, 'nodes'>): readonly Rung[] {
  const idOf = (type: string) => design.nodes.find((node) => node.type === type)?.id;
  if (kind === 'hologram') return hologramRungs(idOf('mieSphere'), idOf('interference'));
  if (kind === 'beadField') return fieldRungs(idOf);
  const [bead, pupil, camera] = [idOf('bead'), idOf('pupil'), idOf('camera')];
  if (kind === 'known' || bead === undefined || pupil === undefined || camera === undefined) return [];
  const isStack = kind === 'beadStack';
  const terms = (to: number) => nolls(5, to).map((term) => `${pupil}.zernike.${term}`);
  const place = [`${bead}.x`, `${bead}.y`, `${bead}.photons.*`, `${camera}.background.*`];
  const focus = [...place, `${bead}.z`, `${camera}.blur`];
  return [
    {
      ...{ id: 'place', title: 'Position and brightness', learn: place },
      adds: 'x, y; photons and background of each plane',
    },
    { id: 'focus', title: '+ defocus and blur', adds: 'z, the camera’s blur', learn: focus },
    {
      ...{ id: 'low', title: '+ aberrations, Noll 5–11', learn: [...focus, ...terms(11)] },
      adds: 'astigmatism, coma, trefoil, spherical',
    },
    {
      ...{ id: 'middle', title: '+ aberrations to Noll 15', learn: [...focus, ...terms(15)] },
      adds: 'second astigmatism, quadrafoil',
    },
    {
      ...{ id: 'high', title: '+ aberrations to Noll 22', learn: [...focus, ...terms(22)] },
      adds: 'second coma and trefoil, pentafoil, second spherical',
    },
    ...(isStack ? [amplitudeRung([...focus, ...terms(22)])] : []),
    {
      ...{ id: 'highest', title: '+ aberrations to Noll 37', learn: [...focus, ...terms(37)] },
      adds: 'all to the seventh order, and third spherical',
    },
    ...(isStack ? [phaseRung([...focus, ...terms(NAMED_BESIDE_PHASE)])] : []),
  ];
}

/** Terms that change over the field of tilted and decentred lenses, and those that do so with its square. */
const LINEAR_TERMS = [5, 6, 7, 8] as const;
const SQUARE_TERMS = [5, 6] as const;

/** Beads over the field: what is the same everywhere, what grows along it, and what grows with its square. */
function fieldRungs(idOf: (type: string) => string | undefined): readonly Rung[] {
  const [field, bead, pupil, camera] = ['beadField', 'bead', 'pupil', 'camera'].map(idOf);
  if (field === undefined || bead === undefined || pupil === undefined || camera === undefined) return [];
  const places = ['x', 'y', 'z'].map((name) => `${field}.beads.*.${name}`);
  const even = [
    ...places,
    ...[`${bead}.photons.*`, `${camera}.background.*`, `${camera}.blur`],
    ...nolls(5, 11).map((term) => `${pupil}.zernike.${term}`),
  ];
  const growth = (sets: readonly string[], terms: readonly number[]) =>
    sets.flatMap((set) => terms.map((term) => `${field}.${set}.${term}`));
  const linear = [...even, ...growth(['alongX', 'alongY'], LINEAR_TERMS)];
  return [
    {
      ...{ id: 'even', title: 'The same all over the field', learn: even },
      adds: 'each bead’s x, y, z; photons and background; Noll 5–11',
    },
    {
      ...{ id: 'linear', title: '+ growth along the field', learn: linear },
      adds: 'astigmatism and coma that change with field x and y',
    },
    {
      ...{ id: 'square', title: '+ growth with the square' },
      adds: 'astigmatism that changes with x², x y and y²; six beads or more',
      learn: [...linear, ...growth(['squareX', 'product', 'squareY'], SQUARE_TERMS)],
    },
  ];
}

/** What only several planes can tell: in one, blur and brightness look the same. */
function amplitudeRung(before: readonly string[]): Rung {
  const id = EXTRA_IDS.pupilAmplitude;
  return {
    ...{ id: 'amplitude', title: '+ amplitude of the pupil' },
    adds: 'how light falls off towards the pupil’s edge, ρ² and ρ⁴',
    learn: [...before, `${id}.second`, `${id}.fourth`],
    extra: 'pupilAmplitude',
  };
}

function phaseRung(before: readonly string[]): Rung {
  return {
    ...{ id: 'phase', title: 'Noll 15 and a smooth free phase' },
    adds: 'what the terms leave, cell by cell, with small steps between cells',
    learn: [...before, `${EXTRA_IDS.freeformPhase}.phase`],
    ...{ extra: 'freeformPhase', comesAfterFit: true },
  };
}

function hologramRungs(sphere: string | undefined, interference: string | undefined): readonly Rung[] {
  if (sphere === undefined || interference === undefined) return [];
  const at = (...names: readonly string[]) => names.map((name) => `${sphere}.${name}`);
  const place = [...at('x', 'y', 'z'), `${interference}.scatteredAmplitude`];
  return [
    {
      ...{ id: 'place', title: 'Position and strength', learn: place },
      // Real instruments lose scattered light against the reference: held at 1, it would bend radius and index.
      adds: 'x, y, z; how strong the scattered light is beside the direct light',
    },
    { id: 'radius', title: '+ radius', adds: 'radius of the sphere', learn: [...place, ...at('radius')] },
    {
      ...{ id: 'index', title: '+ refractive index', learn: [...place, ...at('radius', 'refractiveIndex')] },
      adds: 'refractive index of the sphere',
    },
  ];
}

/** What a first try asks for: all that such data can tell. */
export function defaultRung(kind: GuidedKind): string {
  if (kind === 'beadStack') return 'high';
  if (kind === 'beadField') return 'linear';
  return kind === 'hologram' ? 'index' : 'focus';
}

/** The rung whose list the design has now; null where somebody chose otherwise. */
export function currentRung(rungs: readonly Rung[], design: Pick<Design, 'learn'>): string | null {
  const now = [...design.learn].sort().join();
  return rungs.find(({ learn }) => [...learn].sort().join() === now)?.id ?? null;
}

/** How many numbers a list stands for: one per plane or bead where it says so, one per cell of a free phase. */
export function countUnknowns(learn: readonly string[], planes: number, beads = 1): number {
  const of = (path: string) => {
    if (path === `${EXTRA_IDS.freeformPhase}.phase`) return PHASE_CELLS ** 2;
    return path.endsWith('.*') ? planes : path.includes('.*.') ? beads : 1;
  };
  return learn.reduce((sum, path) => sum + of(path), 0);
}

const BEAD_TWINS: readonly Twin[] = [
  { held: 'Tilt (Noll 2, 3)', because: 'It moves the image just as x and y do.' },
  { held: 'Defocus (Noll 4)', because: 'The bead’s distance before focus does the same.' },
  { held: 'Gain', because: 'Photons and gain have one product; only that is seen.' },
];
const HOLOGRAM_TWINS: readonly Twin[] = [
  {
    held: 'Wavelength and pixel pitch',
    because: 'Scaling both with all lengths gives the same rings: they must be known.',
  },
];

/** What is kept out of every rung. */
export function lockedTwins(kind: GuidedKind): readonly Twin[] {
  if (kind === 'known') return [];
  return kind === 'hologram' ? HOLOGRAM_TWINS : BEAD_TWINS;
}

/** What the data of a rung cannot tell, as a sentence to be read before the fit; null where nothing is to be said. */
export function rungWarning(kind: GuidedKind, rung: string, planes: number): string | null {
  const hasEven = ['low', 'middle', 'high', 'highest', 'amplitude', 'phase'].includes(rung);
  if (kind === 'hologram' || kind === 'known' || kind === 'beadField') return null;
  if (hasEven && planes === 1)
    return 'One plane cannot tell the sign of even aberrations (astigmatism, spherical), and in focus not even their size: take a second plane half a micrometre or more away.';
  if (hasEven)
    return 'Reversing the direction of the stage turns the sign of all even aberrations and of z, with the same image: the signs are right only if the step has its true sign.';
  return null;
}
