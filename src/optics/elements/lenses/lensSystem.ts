import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { addScalars, divideScalars, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import {
  distanceIn,
  inOrder,
  type RayMatrix,
  refractionBy,
  systemNotes,
  throughSystem,
} from '../../propagation/rayMatrix.ts';
import type { Field } from '../../values.ts';
import { maskNumber } from '../masks/maskParams.ts';
import { lensLength, powerOf } from './lensParams.ts';

interface SystemParams {
  readonly kind: string;
  readonly before: Scalar;
  readonly focalLength: Scalar;
  readonly separation: Scalar;
  readonly focalLength2: Scalar;
  readonly behind: Scalar;
  readonly a: Scalar;
  readonly b: Scalar;
  readonly d: Scalar;
}

function systemMatrix(params: SystemParams, light: Field): RayMatrix {
  const index = light.refractiveIndex;
  if (params.kind === 'matrix') return givenMatrix(params, index);
  const first = [distanceIn(params.before, index), refractionBy(powerOf(light, params.focalLength))];
  const last = distanceIn(params.behind, index);
  if (params.kind === 'one') return inOrder(...first, last);
  const second = refractionBy(powerOf(light, params.focalLength2));
  return inOrder(...first, distanceIn(params.separation, index), second, last);
}

/** B is a length in the medium; C follows from AD - BC = 1. */
function givenMatrix({ a, b, d }: SystemParams, index: Scalar): RayMatrix {
  if (b.value === 0) {
    throw new ElementProblem(
      'With B = 0 the system is an image: A, D and B do not tell C.',
      'Give B a value other than 0, or use one or two lenses, for which B may be 0.',
    );
  }
  const reduced = divideScalars(b, index);
  return { a, b: reduced, d, c: divideScalars(addScalars(multiplyScalars(a, d), -1), reduced) };
}

export const lensSystem: ElementSpec = defineElement({
  type: 'lensSystem',
  version: 1,
  category: 'lenses',
  title: 'Lens system (ABCD)',
  summary: 'Distances and one or two lenses in one step, from object to image or to any plane.',
  keywords: [
    'ABCD',
    'collins',
    'imaging',
    'relay',
    'telescope',
    'magnification',
    'ray matrix',
    '4f',
    'beam expander',
  ],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    kind: {
      kind: 'choice',
      title: 'Kind',
      doc: 'What lies between the two planes.',
      default: 'one',
      options: [
        { value: 'one', title: 'One lens' },
        { value: 'two', title: 'Two lenses' },
        { value: 'matrix', title: 'Ray matrix' },
      ],
    },
    before: lensLength('Distance before', 'Distance from the light’s plane to the (first) lens.', {
      default: 0.15,
      soft: [0, 0.2],
      prominent: true,
      when: { param: 'kind', is: ['one', 'two'] },
    }),
    focalLength: lensLength('Focal length', 'Focal length of the (first) lens; positive converges.', {
      default: 0.1,
      soft: [0.01, 1],
      prominent: true,
      when: { param: 'kind', is: ['one', 'two'] },
    }),
    separation: lensLength('Separation', 'Distance between the two lenses.', {
      default: 0.2,
      soft: [0, 0.3],
      when: { param: 'kind', is: ['two'] },
    }),
    focalLength2: lensLength('Focal length 2', 'Focal length of the second lens; positive converges.', {
      default: 0.1,
      soft: [0.01, 1],
      when: { param: 'kind', is: ['two'] },
    }),
    behind: lensLength(
      'Distance behind',
      'Distance from the last lens to the plane where the light is wanted.',
      {
        default: 0.3,
        soft: [0, 1],
        prominent: true,
        when: { param: 'kind', is: ['one', 'two'] },
      },
    ),
    a: maskNumber('A', 'Position behind the system for each unit of position before it.', {
      default: 0.5,
      min: -1e3,
      max: 1e3,
      soft: [-3, 3],
      when: { param: 'kind', is: ['matrix'] },
    }),
    b: lensLength('B', 'Position behind the system for each radian of angle before it; not 0.', {
      default: 0.1,
      soft: [0.01, 1],
      when: { param: 'kind', is: ['matrix'] },
    }),
    d: maskNumber(
      'D',
      'Angle behind the system for each radian of angle before it. C follows from AD - BC = 1.',
      {
        default: 0.5,
        min: -1e3,
        max: 1e3,
        soft: [-3, 3],
        when: { param: 'kind', is: ['matrix'] },
      },
    ),
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'u(x) = -i n/(λB) ∬ u(ξ) exp[iπ n (A ξ² - 2 x·ξ + D x²)/(λB)] dξ',
  references: ['Collins, J. Opt. Soc. Am. 60, 1168 (1970)', 'Siegman, Lasers, chapter 20'],
  sampling: (inputs, params) => {
    const light = inputs['in'];
    return light?.kind === 'field' ? systemNotes(light, systemMatrix(params, light)) : [];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    return { out: throughSystem(ops, light, systemMatrix(params, light)) };
  },
});
