import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { indexOf, materialNotes, materialParam } from '../../materials.ts';
import { slopesOf } from '../../maths/difference.ts';
import { type Film, type FilmResponse, filmResponse } from '../../maths/thinFilms.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { behindMask, maskLength, maskNumber } from './maskParams.ts';

type Coating = 'none' | 'single' | 'pairs';

interface Face {
  readonly coating: Coating;
  readonly pairs: number;
}

/** Films on a face in the order in which light meets them; `entering` from the medium into the glass. */
function filmsOf(
  { coating, pairs }: Face,
  [index, extinction, thickness, high, highThickness]: readonly number[],
  entering: boolean,
): Film[] {
  const low = { index: index ?? 1, extinction: extinction ?? 0, thickness: thickness ?? 0 };
  if (coating === 'none') return [];
  if (coating === 'single') return [low];
  const pair = [{ index: high ?? 1, extinction: 0, thickness: highThickness ?? 0 }, low];
  const stack = Array.from({ length: pairs }, () => pair).flat();
  return entering ? stack : stack.reverse();
}

/** Steps of the differences, by argument: they are relative, errors stay near 1e-11. */
const RELATIVE_STEP = 1e-4;

/** 1 - R, which rounding would leave without digits at a good mirror: there films that absorb little pass the rest. */
function open({ reflectance, transmittance }: FilmResponse): number {
  const rest = 1 - reflectance;
  return rest > 1e-6 ? rest : Math.max(rest, transmittance, 1e-300);
}

/**
 * Amplitude that passes the plate, [1], complex. Light reflected between the faces adds its power, not its amplitude
 * (a plate is thicker than most light is coherent): T₁ T₂ / (1 - R₁ R₂), R inside the glass; the phase is that of the
 * light that goes straight through.
 */
function throughFaces(ops: Ops, face: Face, faces: number, scalars: readonly Scalar[]): Complex {
  const transmission = (values: readonly number[]): [number, number] => {
    const [wavelength = 1, medium = 1, glass = 1, ...coat] = values;
    const front = filmResponse(medium, filmsOf(face, coat, true), glass, wavelength);
    const back = filmResponse(glass, filmsOf(face, coat, false), medium, wavelength);
    const [a, b] = front.transmitted;
    // One face: the amplitude in the glass in units of the light in front, such that its square is the power.
    if (faces === 1) return [a * Math.sqrt(glass / medium), b * Math.sqrt(glass / medium)];
    const [c, d] = back.transmitted;
    // The first face seen from the glass has the same films in the opposite order.
    const size = 1 / Math.sqrt(open(back) * (1 + back.reflectance));
    return [size * (a * c - b * d), size * (a * d + b * c)];
  };
  const evaluate = (values: readonly number[], wanted: readonly boolean[]) => {
    const partials = wanted.map((want, s) => {
      if (!want) return undefined;
      const h = RELATIVE_STEP * Math.max(Math.abs(values[s] ?? 0), 1e-9);
      return slopesOf(transmission, values, s, h);
    });
    return { value: Float64Array.from(transmission(values)), partials };
  };
  return ops.hostMap(scalars, [1], 'complex', evaluate);
}

export const coatedWindow: ElementSpec = defineElement({
  type: 'coatedWindow',
  version: 1,
  category: 'masks',
  title: 'Coated window',
  summary: 'A plate of glass: Fresnel losses at its faces, and coatings that lower or raise them by colour.',
  keywords: [
    'fresnel',
    'coating',
    'antireflection',
    'AR',
    'dielectric',
    'mirror',
    'thin film',
    'plate',
    'bragg',
  ],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    coating: {
      kind: 'choice',
      title: 'Coating',
      doc: 'Films on both faces: none, one layer, or pairs of a high and a low index, the high one outside.',
      default: 'single',
      options: [
        { value: 'none', title: 'None' },
        { value: 'single', title: 'One layer' },
        { value: 'pairs', title: 'Pairs (mirror)' },
      ],
      prominent: true,
    },
    material: materialParam('Glass of the plate; its index follows the wavelength.'),
    bothFaces: {
      kind: 'switch',
      title: 'Both faces',
      doc: 'Light passes both faces, and what is reflected between them adds its power (no fringes: the plate is thick). Off: only the first, and what is in the glass is handed on by its power.',
      default: true,
    },
    index: maskNumber('Film index', 'Refractive index of the (low) film; magnesium fluoride has 1.38.', {
      default: 1.38,
      min: 0.01,
      max: 10,
      soft: [1.2, 2.5],
      when: { param: 'coating', is: ['single', 'pairs'] },
    }),
    thickness: maskLength(
      'Film thickness',
      'Thickness of the (low) film; a quarter wave in it cancels reflections.',
      {
        default: 96.4e-9,
        soft: [20e-9, 500e-9],
        display: 'nm',
        step: 1e-9,
        prominent: true,
        when: { param: 'coating', is: ['single', 'pairs'] },
      },
    ),
    extinction: maskNumber(
      'Film extinction',
      'Imaginary part κ of the (low) film’s index; positive absorbs.',
      {
        default: 0,
        max: 20,
        soft: [0, 0.1],
        when: { param: 'coating', is: ['single', 'pairs'] },
      },
    ),
    highIndex: maskNumber('High index', 'Refractive index of the other film of each pair.', {
      default: 2.3,
      min: 0.01,
      max: 10,
      soft: [1.5, 3],
      when: { param: 'coating', is: ['pairs'] },
    }),
    highThickness: maskLength('High thickness', 'Thickness of the film of high index.', {
      default: 57.8e-9,
      soft: [20e-9, 500e-9],
      display: 'nm',
      step: 1e-9,
      when: { param: 'coating', is: ['pairs'] },
    }),
    pairs: {
      kind: 'integer',
      title: 'Pairs',
      doc: 'How many pairs lie on each face.',
      default: 2,
      min: 1,
      max: 60,
      when: { param: 'coating', is: ['pairs'] },
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation:
    't = 2 Y₀ / (Y₀ B + C), [B, C] from the films’ characteristic matrices; normal incidence; plate: T = T₁ T₂ / (1 - R₁ R₂)',
  references: ['Born and Wolf, Principles of Optics: stratified media', 'Macleod, Thin-Film Optical Filters'],
  sampling: (inputs, params) => {
    const light = inputs['in'];
    return light?.kind === 'field' ? materialNotes(params.material, light.wavelength.value) : [];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const glass = indexOf(params.material, light.wavelength);
    const face: Face = { coating: params.coating as Coating, pairs: params.pairs };
    const scalars = [
      light.wavelength,
      light.refractiveIndex,
      glass,
      params.index,
      params.extinction,
      params.thickness,
      params.highIndex,
      params.highThickness,
    ];
    return { out: behindMask(ops, light, throughFaces(ops, face, params.bothFaces ? 2 : 1, scalars)) };
  },
});
