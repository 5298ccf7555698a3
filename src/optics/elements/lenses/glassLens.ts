import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { indexOf, materialNotes, materialParam } from '../../materials.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { constantScalar, divideScalars, multiplyScalars } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import {
  distanceIn,
  inOrder,
  type RayMatrix,
  refractionBy,
  systemNotes,
  throughSystem,
} from '../../propagation/rayMatrix.ts';
import type { Field, Light } from '../../values.ts';
import { behindStop, bentBy, lensLength, lensNotes, stopDiameter, surfacePower } from './lensParams.ts';

interface GlassParams {
  readonly kind: string;
  readonly radius1: Scalar;
  readonly radius2: Scalar;
  readonly radius3: Scalar;
  readonly thickness1: Scalar;
  readonly thickness2: Scalar;
  readonly material1: string;
  readonly material2: string;
  readonly planes: string;
  readonly defocus: Scalar;
  readonly designWavelength: Scalar;
}

/** The ray matrix from the front to the back vertex at a wavelength. */
export function glassMatrix(
  params: GlassParams,
  { wavelength, refractiveIndex }: Pick<Light, 'wavelength' | 'refractiveIndex'>,
) {
  const first = indexOf(params.material1, wavelength);
  const front = refractionBy(surfacePower(params.radius1, refractiveIndex, first));
  const inFirst = distanceIn(params.thickness1, first);
  if (params.kind !== 'doublet') {
    return inOrder(front, inFirst, refractionBy(surfacePower(params.radius2, first, refractiveIndex)));
  }
  const second = indexOf(params.material2, wavelength);
  return inOrder(
    front,
    inFirst,
    refractionBy(surfacePower(params.radius2, first, second)),
    distanceIn(params.thickness2, second),
    refractionBy(surfacePower(params.radius3, second, refractiveIndex)),
  );
}

/** The lens with the ways to the planes that are asked for, which are where the design wavelength has them. */
function systemOf(params: GlassParams, light: Field): RayMatrix {
  const own = glassMatrix(params, light);
  if (params.planes === 'vertices') return own;
  const designed = glassMatrix(params, { ...light, wavelength: params.designWavelength });
  if (Math.abs(designed.c.value) < 1e-9) {
    throw new ElementProblem(
      'This lens has no focal plane: it has no power.',
      'Change a radius, or look at the light behind its last surface.',
    );
  }
  const behind = divideScalars(designed.a, multiplyScalars(designed.c, -1));
  const before = divideScalars(designed.d, multiplyScalars(designed.c, -1));
  const toFocus = inOrder(own, distanceIn(behind, 1), distanceIn(params.defocus, light.refractiveIndex));
  return params.planes === 'focus' ? toFocus : inOrder(distanceIn(before, 1), toFocus);
}

const radius = (title: string, value: number, options: object = {}) =>
  lensLength(title, 'Radius of curvature; positive when its centre lies behind the surface. 0: flat.', {
    default: value,
    soft: [-0.2, 0.2],
    step: 1e-4,
    ...options,
  });

const doublet = { when: { param: 'kind', is: ['doublet'] } } as const;

export const glassLens: ElementSpec = defineElement({
  type: 'glassLens',
  version: 1,
  category: 'lenses',
  title: 'Glass lens, doublet',
  summary: 'A lens of real glass by its radii and thickness, thin, thick or cemented: colours focus apart.',
  keywords: [
    'singlet',
    'doublet',
    'achromat',
    'thick lens',
    'lensmaker',
    'plano-convex',
    'dispersion',
    'chromatic',
  ],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    kind: {
      kind: 'choice',
      title: 'Kind',
      doc: 'Thin: the thickness is neglected. Doublet: two glasses cemented at the second surface.',
      default: 'thick',
      options: [
        { value: 'thin', title: 'Thin lens' },
        { value: 'thick', title: 'Thick lens' },
        { value: 'doublet', title: 'Cemented doublet' },
      ],
      prominent: true,
    },
    radius1: radius('Radius 1', 51.68e-3, { prominent: true }),
    radius2: radius('Radius 2', 0, { prominent: true }),
    radius3: radius('Radius 3', -0.15, doublet),
    thickness1: lensLength('Thickness', 'Thickness of the (first) glass on the axis.', {
      default: 4e-3,
      min: 0,
      max: 1,
      soft: [0, 0.02],
      step: 1e-4,
      when: { param: 'kind', is: ['thick', 'doublet'] },
    }),
    thickness2: lensLength('Thickness 2', 'Thickness of the second glass on the axis.', {
      default: 2e-3,
      min: 0,
      max: 1,
      soft: [0, 0.02],
      step: 1e-4,
      ...doublet,
    }),
    material1: materialParam('The (first) glass; its index follows the wavelength.'),
    material2: materialParam('The second glass of a doublet.', {
      title: 'Material 2',
      default: 'f2',
      ...doublet,
    }),
    planes: {
      kind: 'choice',
      title: 'Planes',
      doc: 'From where to where the light is taken. In the focal plane the pitch is λ f / (n N pitch).',
      default: 'vertices',
      options: [
        { value: 'vertices', title: 'First to last surface' },
        { value: 'focus', title: 'First surface to focal plane' },
        { value: 'focal', title: 'Front to back focal plane' },
      ],
      when: { param: 'kind', is: ['thick', 'doublet'] },
    },
    designWavelength: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Focused wavelength',
      doc: 'Vacuum wavelength whose focal planes are meant; other colours are out of focus there.',
      default: 587.6e-9,
      min: 1e-10,
      max: 1e-3,
      soft: [400e-9, 1000e-9],
      display: 'nm',
      scale: 'linear',
      learnable: false,
      step: 1e-9,
      when: { param: 'planes', is: ['focus', 'focal'] },
    },
    defocus: lensLength('Defocus', 'Distance behind the focal plane at which the light is taken.', {
      default: 0,
      soft: [-5e-3, 5e-3],
      step: 1e-4,
      when: { param: 'planes', is: ['focus', 'focal'] },
    }),
    diameter: {
      ...stopDiameter,
      doc: 'Clear aperture at the first surface; light outside is stopped. 0 means no stop.',
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: '1/f = (n - 1) [1/R₁ - 1/R₂ + (n - 1) t / (n R₁ R₂)]; light by Collins’ integral, paraxial',
  references: [
    'Siegman, Lasers, chapter 20: wave optics using ray matrices',
    'Collins, J. Opt. Soc. Am. 60, 1168 (1970)',
  ],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const glasses = params.kind === 'doublet' ? [params.material1, params.material2] : [params.material1];
    const range = glasses.flatMap((glass) => materialNotes(glass, light.wavelength.value));
    if (params.kind === 'thin') {
      return [...range, ...lensNotes(light, thinPower(params, light).value, params.diameter.value, grid)];
    }
    return [...range, ...systemNotes(light, systemOf(params, light))];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const stopped = behindStop(ops, light, params.diameter);
    if (params.kind === 'thin') {
      const samples = bentBy(ops, stopped, thinPower(params, light));
      return { out: { ...stopped, samples, planeWaves: null } };
    }
    return { out: throughSystem(ops, stopped, systemOf(params, light)) };
  },
});

/** Power of the lens whose thickness is neglected. */
function thinPower(params: GlassParams, light: Light): Scalar {
  const none = { ...params, kind: 'thick', thickness1: constantScalar(0) };
  return multiplyScalars(glassMatrix(none, light).c, -1);
}
