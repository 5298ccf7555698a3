import { alongAxis, axesWith, lengthOf, withAxes } from '../../axes.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import type { Ops } from '../../ops/ops.ts';
import { addScalars, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { axialGain, isAxial } from '../../planeWaves.ts';
import { ElementProblem } from '../../problem.ts';
import { axialWavenumber } from '../../pupil/pupilGrid.ts';
import type { Pupil, PupilReference } from '../../values.ts';
import { planeNumber, position } from '../sources/lightParams.ts';

/** Tilted waves fall behind axial ones from plane to plane. */
function refocusedReference(ops: Ops, light: Pupil, positions: readonly Scalar[]): PupilReference | null {
  const { reference } = light;
  if (reference === null || reference.directions.every(isAxial)) return reference;
  const axes = axesWith(reference.axes, 'plane');
  const phases = reference.directions.flatMap((direction) => {
    const perMetre = axialGain(light, direction);
    return positions.map((z) => multiplyScalars(z, perMetre));
  });
  const shape = [
    ...(axes.includes('mode') ? [reference.directions.length] : []),
    positions.length,
    ...[1, 1, 1],
  ];
  const phasors = ops.phasor(ops.fromScalars(phases, shape));
  return { ...reference, axes, samples: ops.multiply(phasors, withAxes(ops, reference, axes)) };
}

export const stack: ElementSpec = defineElement({
  type: 'stack',
  version: 1,
  category: 'pupils',
  title: 'Focus stack',
  summary: 'Refocuses a pupil to several planes, exactly for high apertures.',
  keywords: ['z-stack', 'defocus', 'through focus', 'planes', 'refocus'],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'pupil', title: 'Pupil, plane by plane' } },
  params: {
    planes: planeNumber,
    zStep: position('Step', 'Distance from plane to plane along the light.', null, {
      default: 0.3e-6,
      min: -1e-3,
      max: 1e-3,
      soft: [0, 1e-6],
      step: 0.02e-6,
      prominent: true,
    }),
    zOffset: position('Offset', 'Position of the middle plane along the light.', null, {
      min: -1e-3,
      max: 1e-3,
      soft: [-2e-6, 2e-6],
      step: 0.1e-6,
    }),
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'P_i(ρ) = P(ρ) exp[i z_i (kz - k)],  z_i = offset + (i - floor(planes/2)) step',
  references: ['Hanser et al., Opt. Lett. 28, 801 (2003): exact defocus of high-aperture pupils'],
  forward: (inputs, params, { ops, planes }) => {
    const light = inputOf(inputs, 'in', 'pupil');
    const earlier = lengthOf(light, 'plane');
    if (earlier > 1) {
      throw new ElementProblem(
        `The light is already a stack of ${earlier} planes.`,
        'Use one focus stack, with all its planes.',
      );
    }
    const middle = Math.floor(params.planes / 2);
    const positions = Array.from({ length: params.planes }, (_, i) =>
      addScalars(params.zOffset, multiplyScalars(params.zStep, i - middle)),
    );
    const slope = axialWavenumber(
      ops,
      light.grid,
      light.wavelength,
      light.refractiveIndex,
      light.numericalAperture,
    );
    const { first, count } = planes ?? { first: 0, count: params.planes };
    const wanted = positions.slice(first, first + count);
    const axes = axesWith(light.axes, 'plane');
    const phase = ops.multiply(ops.fromScalars(wanted, alongAxis(axes, 'plane', wanted.length)), slope);
    // Of all planes: what is said of the whole stack does not depend on its parts.
    const distances = light.place.distances.flatMap((z) => positions.map(({ value }) => z + value));
    return {
      out: {
        ...light,
        place: { ...light.place, distances },
        axes,
        samples: ops.multiply(ops.phasor(phase), withAxes(ops, light, axes)),
        reference: refocusedReference(ops, light, wanted),
      },
    };
  },
});
