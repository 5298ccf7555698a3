import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { cosine, sine } from '../../jones.ts';
import { indexOf, materialNotes, materialParam } from '../../materials.ts';
import { divideScalars, mapScalar, multiplyScalars, type Scalar, subtractScalars } from '../../ops/scalar.ts';
import { steepPhaseNotes } from '../../phaseNotes.ts';
import { ElementProblem } from '../../problem.ts';
import { phaseMap, planeShape } from '../../sampledGrid.ts';
import type { Light } from '../../values.ts';
import { behindMask, maskAngle, rotation } from './maskParams.ts';

interface PrismParams {
  readonly given: string;
  readonly tiltX: Scalar;
  readonly tiltY: Scalar;
  readonly apex: Scalar;
  readonly material: string;
  readonly rotation: Scalar;
}

/** Angle by which light that enters a wedge at right angles leaves it turned towards the thick end. */
export function wedgeDeflection(apex: Scalar, index: Scalar, medium: Scalar): Scalar {
  const bent = multiplyScalars(divideScalars(index, medium), sine(apex));
  if (Math.abs(bent.value) >= 1) {
    throw new ElementProblem(
      'The light is totally reflected at the back of the prism.',
      'Use a smaller apex angle or a material with a lower index.',
    );
  }
  const leaving = mapScalar(bent, Math.asin, (s) => 1 / Math.sqrt(1 - s * s));
  return subtractScalars(leaving, apex);
}

/** Sines of the angles towards +x and +y at which axial light goes on. */
function sines(params: PrismParams, light: Light): readonly [Scalar, Scalar] {
  if (params.given === 'angles') return [sine(params.tiltX), sine(params.tiltY)];
  const glass = indexOf(params.material, light.wavelength);
  const turned = sine(wedgeDeflection(params.apex, glass, light.refractiveIndex));
  return [multiplyScalars(turned, cosine(params.rotation)), multiplyScalars(turned, sine(params.rotation))];
}

export const prism: ElementSpec = defineElement({
  type: 'prism',
  version: 1,
  category: 'masks',
  title: 'Prism, tilt',
  summary: 'Turns light to the side: by given angles, or by a wedge of glass that splits colours.',
  keywords: ['wedge', 'tilt', 'deflect', 'steer', 'dispersion', 'spectrum', 'glass'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    given: {
      kind: 'choice',
      title: 'Given by',
      doc: 'Angles turn all colours alike; a wedge of glass bends each by its index.',
      default: 'angles',
      options: [
        { value: 'angles', title: 'Angles' },
        { value: 'glass', title: 'Wedge of glass' },
      ],
      prominent: true,
    },
    tiltX: maskAngle('Tilt x', 'Angle by which light is turned towards +x.', {
      default: 5e-3,
      min: -1.5,
      max: 1.5,
      soft: [-0.02, 0.02],
      display: 'mrad',
      step: 1e-3,
      prominent: true,
      when: { param: 'given', is: ['angles'] },
    }),
    tiltY: maskAngle('Tilt y', 'Angle by which light is turned towards +y.', {
      default: 0,
      min: -1.5,
      max: 1.5,
      soft: [-0.02, 0.02],
      display: 'mrad',
      step: 1e-3,
      prominent: true,
      when: { param: 'given', is: ['angles'] },
    }),
    apex: maskAngle(
      'Apex angle',
      'Angle between the faces. The light meets the first face at right angles.',
      {
        default: 0.01,
        min: -1.2,
        max: 1.2,
        soft: [-0.03, 0.03],
        display: 'deg',
        step: 1e-3,
        prominent: true,
        when: { param: 'given', is: ['glass'] },
      },
    ),
    material: materialParam('Glass of the wedge; its index follows the wavelength.', {
      when: { param: 'given', is: ['glass'] },
    }),
    rotation: {
      ...rotation,
      doc: 'Where the thick end lies, from +x towards +y; light is turned that way.',
      when: { param: 'given', is: ['glass'] },
    },
  },
  power: 'keeps',
  linearIn: 'in',
  equation: 'u_out = u_in exp[i k (x sin α + y sin β)],  wedge: n_glass sin A = n sin(A + α)',
  references: ['Born and Wolf, Principles of Optics: the prism'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const range = params.given === 'glass' ? materialNotes(params.material, light.wavelength.value) : [];
    const largest = Math.max(...sines(params, light).map(({ value }) => Math.abs(value)));
    const cycles = (light.refractiveIndex.value * largest) / light.wavelength.value;
    const steep = steepPhaseNotes(
      {
        cyclesPerMetre: cycles,
        pitch: light.pitch.value,
        where: 'Behind the prism',
        effect: 'the light goes on at another angle',
        instead: 'a smaller angle',
      },
      grid,
    );
    return [...range, ...steep];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    // Frequencies in cycles per sample: no length is left to differ by.
    const perSine = multiplyScalars(divideScalars(light.refractiveIndex, light.wavelength), light.pitch);
    const args = sines(params, light).map((each) => ({
      scalar: multiplyScalars(each, perSine),
      scale: 1e-2,
    }));
    const phase = phaseMap(ops, 'prism', n, light.pitch, args, ([cx = 0, cy = 0], pitch) => {
      return (x, y) => (2 * Math.PI * (cx * x + cy * y)) / pitch;
    });
    return { out: behindMask(ops, light, ops.phasor(phase)) };
  },
});
