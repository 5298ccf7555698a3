import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { sine } from '../../jones.ts';
import { indexOf, materialNotes, materialParam } from '../../materials.ts';
import { divideScalars, mapScalar, multiplyScalars, type Scalar, subtractScalars } from '../../ops/scalar.ts';
import { steepPhaseNotes } from '../../phaseNotes.ts';
import { phaseMap, planeShape } from '../../sampledGrid.ts';
import type { Light } from '../../values.ts';
import { behindMask, centreParams, edgeArgument, maskAngle } from './maskParams.ts';

/** Turns of phase per metre of radius that the cone takes away. */
function turnsPerMetre(
  params: {
    readonly given: string;
    readonly angle: Scalar;
    readonly base: Scalar;
    readonly material: string;
  },
  light: Light,
): Scalar {
  const { wavelength, refractiveIndex } = light;
  if (params.given === 'angle') {
    return divideScalars(multiplyScalars(refractiveIndex, sine(params.angle)), wavelength);
  }
  const slope = mapScalar(params.base, Math.tan, (a) => 1 / Math.cos(a) ** 2);
  const excess = subtractScalars(indexOf(params.material, wavelength), refractiveIndex);
  return divideScalars(multiplyScalars(excess, slope), wavelength);
}

export const axicon: ElementSpec = defineElement({
  type: 'axicon',
  version: 1,
  category: 'masks',
  title: 'Axicon',
  summary: 'A cone that makes a Bessel beam: a thin bright line along the axis, rings around it.',
  keywords: ['cone', 'bessel', 'non-diffracting', 'conical', 'ring'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    given: {
      kind: 'choice',
      title: 'Given by',
      doc: 'The angle of the light behind it, or a cone of glass with its dispersion.',
      default: 'angle',
      options: [
        { value: 'angle', title: 'Angle of the light' },
        { value: 'glass', title: 'Cone of glass' },
      ],
    },
    angle: maskAngle(
      'Angle',
      'Angle to the axis at which light leaves; positive crosses the axis. The core’s first dark ring has the radius 0.383 λ/sin.',
      {
        default: 5e-3,
        min: -1.5,
        max: 1.5,
        soft: [-0.02, 0.02],
        display: 'mrad',
        step: 1e-3,
        prominent: true,
        when: { param: 'given', is: ['angle'] },
      },
    ),
    base: maskAngle(
      'Base angle',
      'Angle between the cone and its flat base (thin: light is bent by (n - n₀) tan of it).',
      {
        default: 0.01,
        min: -1.2,
        max: 1.2,
        soft: [-0.04, 0.04],
        display: 'deg',
        step: 1e-3,
        prominent: true,
        when: { param: 'given', is: ['glass'] },
      },
    ),
    material: materialParam('Glass of the cone; its index follows the wavelength.', {
      when: { param: 'given', is: ['glass'] },
    }),
    ...centreParams,
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'u_out = u_in exp(-i k r sin β); on the axis behind it J₀(k r sin β)',
  references: ['McLeod, J. Opt. Soc. Am. 44, 592 (1954)', 'Durnin et al., Phys. Rev. Lett. 58, 1499 (1987)'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const range = params.given === 'glass' ? materialNotes(params.material, light.wavelength.value) : [];
    const steep = steepPhaseNotes(
      {
        cyclesPerMetre: turnsPerMetre(params, light).value,
        pitch: light.pitch.value,
        where: 'Along its radius',
        effect: 'the rings are aliased',
        instead: 'a smaller angle',
      },
      grid,
    );
    return [...range, ...steep];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const slope = turnsPerMetre(params, light);
    const args = [
      { scalar: slope, scale: 1 / light.pitch.value },
      edgeArgument(params.x, light),
      edgeArgument(params.y, light),
    ];
    const phase = phaseMap(ops, 'axicon', n, light.pitch, args, ([turns = 0, x0 = 0, y0 = 0]) => {
      return (x, y) => -2 * Math.PI * turns * Math.sqrt((x - x0) ** 2 + (y - y0) ** 2);
    });
    return { out: behindMask(ops, light, ops.phasor(phase)) };
  },
});
