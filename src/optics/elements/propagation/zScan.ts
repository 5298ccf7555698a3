import { axesWith, lengthOf, withAxes } from '../../axes.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { enoughSamples, followsGrid } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { addScalars, multiplyScalars } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import {
  inMetres,
  keptShare,
  LEAST_SHARE,
  paddedSamples,
  percent,
  type Situation,
} from '../../propagation/choice.ts';
import { propagateToPlanes } from '../../propagation/planes.ts';
import { planeShape } from '../../sampledGrid.ts';
import type { Field } from '../../values.ts';
import { planeNumber, position } from '../sources/lightParams.ts';

/** The farthest plane: it needs most room. */
function farthest(
  light: Field,
  { planes, step, offset }: { readonly planes: number; readonly step: number; readonly offset: number },
): Situation {
  const [samples] = planeShape(light.samples);
  const middle = Math.floor(planes / 2);
  const ends = [offset - middle * step, offset + (planes - 1 - middle) * step];
  return {
    samples,
    pitch: light.pitch.value,
    wavelength: light.wavelength.value / light.refractiveIndex.value,
    distance: Math.max(...ends.map(Math.abs)),
    largestAngle: 0,
    reach: (samples * light.pitch.value) / 2,
    shift: 0,
  };
}

export const zScan: ElementSpec = defineElement({
  type: 'zScan',
  version: 1,
  category: 'propagation',
  title: 'Through-focus planes',
  summary: 'Light in several planes one behind the other: a camera then gives a stack.',
  keywords: ['z-stack', 'through focus', 'planes', 'scan', 'caustic', 'defocus', 'propagate'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light, plane by plane' } },
  params: {
    planes: planeNumber,
    zStep: position('Step', 'Distance from plane to plane along the light.', null, {
      default: 5e-3,
      min: -1e3,
      max: 1e3,
      soft: [1e-4, 2e-2],
      display: 'mm',
      step: 1e-4,
      prominent: true,
    }),
    zOffset: position('Offset', 'Distance to the middle plane along the light; negative goes back.', null, {
      min: -1e3,
      max: 1e3,
      soft: [-0.1, 0.1],
      display: 'mm',
      step: 1e-3,
      prominent: true,
    }),
    padding: {
      kind: 'choice',
      title: 'Padding',
      doc: 'Room around the light so that what leaves does not come back; without any, the window is one period of light that repeats.',
      default: 'auto',
      options: [
        { value: 'auto', title: 'Automatic' },
        { value: '1', title: 'None: the light repeats' },
      ],
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'U_i(f) = U(f) exp[i z_i (kz - k)],  z_i = offset + (i - floor(planes/2)) step',
  references: ['Matsushima and Shimobaba, Opt. Express 17, 19662 (2009)'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field' || params.padding === '1') return [];
    const { planes, zStep, zOffset } = params;
    const situation = farthest(light, { planes, step: zStep.value, offset: zOffset.value });
    const share = keptShare(situation);
    if (share > LEAST_SHARE) return [];
    const { pitch } = situation;
    const holds = (samples: number) =>
      keptShare({ ...situation, samples, reach: (samples * pitch) / 2 }) > LEAST_SHARE;
    const wider = followsGrid(pitch, grid) ? enoughSamples(situation.samples, holds) : {};
    return [
      {
        severity: 'warning',
        message: `In the farthest plane, ${inMetres(situation.distance)} away, only ${percent(share)} of the grid’s frequencies can be shown without ghosts.`,
        fix: 'Use more samples, a larger pitch or nearer planes.',
        ...wider,
      },
    ];
  },
  forward: (inputs, params, { ops, planes }) => {
    const light = inputOf(inputs, 'in', 'field');
    const earlier = lengthOf(light, 'plane');
    if (earlier > 1) {
      throw new ElementProblem(
        `The light is already a stack of ${earlier} planes.`,
        'Use one scan, with all its planes.',
      );
    }
    const { zStep, zOffset } = params;
    const situation = farthest(light, { planes: params.planes, step: zStep.value, offset: zOffset.value });
    const periodic = params.padding === '1';
    const padded = periodic ? situation.samples : paddedSamples(situation);
    const middle = Math.floor(params.planes / 2);
    const { first, count } = planes ?? { first: 0, count: params.planes };
    const distances = Array.from({ length: count }, (_, i) =>
      addScalars(zOffset, multiplyScalars(zStep, first + i - middle)),
    );
    const axes = axesWith(light.axes, 'plane');
    const source = withAxes(ops, light, axes);
    const { pitch } = light;
    const samples = propagateToPlanes(ops, source, axes, pitch, light, distances, padded, periodic);
    return { out: { ...light, axes, samples, planeWaves: null } };
  },
});
