/** What a sphere is made of: parameters that all elements with one share, and what they mean to the scattering. */
import type { ChoiceParam, ParamValues, QuantityParam, SamplingNote } from '../../element.ts';
import { setValue } from '../../fixes.ts';
import {
  ALL_MATERIAL_OPTIONS,
  type ComplexIndex,
  complexIndexNotes,
  complexIndexOf,
  measuredRange,
} from '../../metals.ts';
import { addScalars, type Scalar } from '../../ops/scalar.ts';
import { isOneAxial } from '../../planeWaves.ts';
import { ElementProblem } from '../../problem.ts';
import { outerRadius, type ScatteringSphere, type SphereLayer } from '../../scattering/sphere.ts';
import { formatNumber } from '../../units.ts';
import type { Field, Light, PlaneWave } from '../../values.ts';
import { position } from '../sources/lightParams.ts';

export const spherePosition = {
  x: position('Position x', 'Lateral position from the centre of the image, +x right.', 'lateralX', {
    prominent: true,
  }),
  y: position('Position y', 'Lateral position from the centre of the image, +y down the rows.', 'lateralY', {
    prominent: true,
  }),
  z: position(
    'Distance before focus',
    'Distance before the focal plane, towards the source; positive.',
    'axial',
    { default: 10e-6, min: -1e-3, max: 1e-3, soft: [0, 50e-6], step: 0.5e-6, prominent: true },
  ),
} as const;

const GIVEN = { value: 'given', title: 'Index as given' } as const;

function material(title: string, of: string): ChoiceParam {
  return {
    kind: 'choice',
    title,
    doc: `What ${of} is made of: an index you give, or a material whose index follows the wavelength.`,
    default: GIVEN.value,
    options: [GIVEN, ...ALL_MATERIAL_OPTIONS],
  };
}

function index(title: string, doc: string, value: number): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'dimensionless',
    title,
    doc,
    default: value,
    min: 0.02,
    max: 20,
    soft: [1, 2],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.02,
  };
}

function extinction(title: string): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'dimensionless',
    title,
    doc: 'Imaginary part of the index; positive absorbs.',
    default: 0,
    min: 0,
    max: 20,
    soft: [0, 0.5],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.01,
  };
}

/** A shell's thickness, material and index, shown while there are so many shells. */
function shell<const N extends '1' | '2' | '3'>(n: N) {
  const when = { param: 'shells', is: ['1', '2', '3'].filter((count) => count >= n) };
  const given = { param: `materialShell${n}`, is: [GIVEN.value] };
  const thickness: QuantityParam = {
    kind: 'quantity',
    quantity: 'length',
    title: `Shell ${n} thickness`,
    doc: `Thickness of shell ${n}, counted outwards; it adds to the radius.`,
    default: 0.1e-6,
    min: 0,
    max: 20e-6,
    soft: [0, 1e-6],
    display: 'nm',
    scale: 'linear',
    learnable: true,
    step: 0.02e-6,
    when,
  };
  return {
    [`shell${n}Thickness`]: thickness,
    [`materialShell${n}`]: { ...material(`Shell ${n} material`, `shell ${n}`), when },
    [`shell${n}Index`]: {
      ...index(`Shell ${n} index`, `Real part of the refractive index of shell ${n}.`, 1.45),
      when: given,
    },
    [`shell${n}Extinction`]: { ...extinction(`Shell ${n} extinction`), when: given },
  } as Record<`shell${N}${'Thickness' | 'Index' | 'Extinction'}`, QuantityParam> &
    Record<`materialShell${N}`, ChoiceParam>;
}

const SHELLS = ['1', '2', '3'] as const;

export const sphereMatter = {
  radius: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Radius',
    doc: 'Radius of the sphere, without its shells.',
    default: 0.5e-6,
    min: 5e-9,
    max: 50e-6,
    soft: [0.05e-6, 3e-6],
    display: 'µm',
    scale: 'linear',
    learnable: true,
    step: 0.05e-6,
    role: 'size',
    prominent: true,
  },
  material: material('Material', 'the sphere (its core, if it has shells)'),
  refractiveIndex: {
    ...index('Index', 'Real part of the sphere’s refractive index (polystyrene 1.59, silica 1.45).', 1.59),
    prominent: true,
    when: { param: 'material', is: [GIVEN.value] },
  },
  extinctionCoefficient: {
    ...extinction('Extinction coefficient'),
    when: { param: 'material', is: [GIVEN.value] },
  },
  shells: {
    kind: 'choice',
    title: 'Shells',
    doc: 'Concentric layers around the sphere: a coating, a hollow sphere (a core of the medium’s index), a metal shell.',
    default: '0',
    options: [{ value: '0', title: 'None' }, ...SHELLS.map((value) => ({ value, title: value }))],
  },
  ...shell('1'),
  ...shell('2'),
  ...shell('3'),
} as const;

export type SphereParams = ParamValues<typeof sphereMatter>;

/** The materials of a sphere with these parameters, 'given' among them, from the core outwards. */
function materialsOf(params: SphereParams): string[] {
  return [params.material, ...usedShells(params).map((n) => params[`materialShell${n}`])];
}

/** Vacuum wavelengths, metres, between which the indices of all its materials have been measured. */
export function knownWavelengths(params: SphereParams): readonly [number, number] {
  const ranges = materialsOf(params).flatMap((name) => (name === GIVEN.value ? [] : [measuredRange(name)]));
  return [Math.max(0, ...ranges.map(([from]) => from)), Math.min(Infinity, ...ranges.map(([, to]) => to))];
}

function usedShells({ shells }: SphereParams) {
  return SHELLS.slice(0, Number(shells));
}

function indexIn(name: string, wavelength: Scalar, n: Scalar, k: Scalar): ComplexIndex {
  if (name === GIVEN.value) return { refractiveIndex: n, extinctionCoefficient: k };
  return complexIndexOf(name, wavelength);
}

/** The sphere in the light's medium. */
export function sphereIn(light: Light, params: SphereParams): ScatteringSphere {
  const { wavelength } = light;
  const core: SphereLayer = {
    radius: params.radius,
    ...indexIn(params.material, wavelength, params.refractiveIndex, params.extinctionCoefficient),
  };
  const layers = [core];
  let radius = params.radius;
  for (const n of usedShells(params)) {
    radius = addScalars(radius, params[`shell${n}Thickness`]);
    const given = [params[`shell${n}Index`], params[`shell${n}Extinction`]] as const;
    layers.push({ radius, ...indexIn(params[`materialShell${n}`], wavelength, ...given) });
  }
  return {
    wavelength,
    mediumIndex: light.refractiveIndex,
    polarizationAngle: light.polarizationAngle,
    layers,
  };
}

/** The plane waves that the light consists of. */
export function illuminatingWaves(light: Field): readonly PlaneWave[] {
  if (light.planeWaves !== null) return light.planeWaves;
  throw new ElementProblem(
    'A sphere needs plane waves as its illumination.',
    'Connect a plane wave or Köhler illumination, directly.',
  );
}

/** On which side of the sample the objective is. */
export const collection = {
  collects: {
    kind: 'choice',
    title: 'Objective',
    doc: 'Behind the sphere (transmission), or before it, where the light comes from (epi-illumination, iSCAT): it then collects back-scatter.',
    default: 'forward',
    options: [
      { value: 'forward', title: 'Behind the sphere' },
      { value: 'backward', title: 'On the light’s side' },
    ],
  },
} as const;

/** The light, which must be a plane wave along the axis. */
export function illumination(light: Field): Field {
  if (isOneAxial(light.planeWaves)) return light;
  throw new ElementProblem(
    'A sphere needs a plane wave along the axis as illumination.',
    'Connect a plane wave without tilt, directly.',
  );
}

/** A series of so many terms takes longer than a picture may. */
const LARGEST_SIZE = 1000;

const POLYSTYRENE = 1.59;

/** A sphere that scatters nothing can be made one that does, where its index is what it is given as. */
function withRemedy(note: SamplingNote, { material, shells }: SphereParams): SamplingNote {
  if (note.message !== matched('The sphere') || material !== GIVEN.value || shells !== '0') return note;
  const title = `Use the index of polystyrene, ${POLYSTYRENE}`;
  return { ...note, apply: setValue('refractiveIndex', POLYSTYRENE, title) };
}

function matched(name: string): string {
  return `${name} has the index of the medium around it: it scatters nothing.`;
}

/** What can be wrong with a sphere in this light, apart from where it is. */
export function sphereNotes(light: Field, params: SphereParams): readonly SamplingNote[] {
  const sphere = sphereIn(light, params);
  const materials = [...new Set(materialsOf(params))].flatMap((name) =>
    name === GIVEN.value ? [] : complexIndexNotes(name, sphere.wavelength.value),
  );
  return [...materials, ...unusualSphereNotes(sphere, 'The sphere').map((note) => withRemedy(note, params))];
}

/** What can be wrong with a sphere of any material. @param name beginning of the sentences */
export function unusualSphereNotes(sphere: ScatteringSphere, name: string): readonly SamplingNote[] {
  const { wavelength, mediumIndex, layers } = sphere;
  const notes: SamplingNote[] = [];
  const size = (2 * Math.PI * mediumIndex.value * outerRadius(sphere)) / wavelength.value;
  if (size > LARGEST_SIZE) {
    notes.push({
      severity: 'warning',
      message: `${name} is ${formatNumber(size / Math.PI, 3)} wavelengths across: its series has ${Math.ceil(size)} terms and is computed slowly.`,
      fix: 'Use a smaller sphere, or a longer wavelength.',
    });
  }
  const isMatched = layers.every(
    ({ refractiveIndex, extinctionCoefficient }) =>
      Math.abs(refractiveIndex.value - mediumIndex.value) < 1e-6 && extinctionCoefficient.value < 1e-6,
  );
  if (isMatched) {
    notes.push({
      severity: 'warning',
      message: matched(name),
      fix: 'Change the index of the sphere or of the medium (of the light source).',
    });
  }
  return notes;
}
