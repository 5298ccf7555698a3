import { axesWith, withAxes } from '../../axes.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { AXIAL, isOneAxial } from '../../planeWaves.ts';
import { alignedFields } from '../../polarisation.ts';
import { ElementProblem } from '../../problem.ts';
import { consistingOf, scaledSpheres, spheresOf } from '../../scattering/sphereLight.ts';
import type { FarField, Field } from '../../values.ts';

/** Adds an axial plane wave to scattered light; its amplitude is the unit of the result. */
function withReference(scattered: FarField, reference: Field, amplitude: Scalar): FarField {
  if (!isOneAxial(reference.planeWaves)) {
    throw new ElementProblem(
      'The reference of scattered light must be a plane wave along the axis as its source sends it: nothing that changed its phase or strength on the way would be seen.',
      'Connect a plane wave without tilt, directly; a hologram with a delayed reference needs a sampled object.',
    );
  }
  if (scattered.unit !== 'relative') {
    throw new ElementProblem(
      'Fluorescent light is not coherent with a reference wave.',
      'Use the light of a sphere, or remove the interference.',
    );
  }
  const sum: FarField = {
    ...scattered,
    reference: { polarizationAngle: reference.polarizationAngle, waves: AXIAL },
    evaluate: (ops, grid, numericalAperture) =>
      ops.scaleBy(scattered.evaluate(ops, grid, numericalAperture), amplitude),
  };
  const spheres = spheresOf(scattered);
  return spheres === null ? sum : consistingOf(sum, scaledSpheres(spheres, amplitude));
}

export const interference: ElementSpec = defineElement({
  type: 'interference',
  version: 1,
  category: 'interferometers',
  title: 'Interference',
  summary:
    'Adds a reference wave to scattered light, or two coherent fields (of any sources, as if one laser fed them). Light in incoherent parts interferes part by part with light of the same source only.',
  keywords: ['hologram', 'reference', 'combine', 'sum', 'coherent', 'interferometer'],
  inputs: {
    scattered: { accepts: ['farField', 'field'], title: 'Scattered light' },
    reference: { accepts: ['field'], title: 'Reference' },
  },
  outputs: { out: { type: { like: 'scattered' }, title: 'Sum' } },
  params: {
    scatteredAmplitude: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Scattered amplitude',
      doc: 'Factor on the scattered wave. Real instruments need it: partial coherence and reflections lower it below 1.',
      default: 1,
      min: 0,
      max: 100,
      soft: [0, 2],
      display: '',
      scale: 'linear',
      learnable: true,
      step: 0.1,
      prominent: true,
    },
  },
  power: 'notApplicable',
  linearIn: 'scattered',
  equation: 'u = u_ref + α u_scattered',
  references: ['Lee et al., Opt. Express 15, 18275 (2007): in-line holograms of spheres'],
  forward: (inputs, params, { ops }) => {
    const scattered = inputOf(inputs, 'scattered', 'farField', 'field');
    const reference = inputOf(inputs, 'reference', 'field');
    if (scattered.kind === 'farField') {
      return { out: withReference(scattered, reference, params.scatteredAmplitude) };
    }
    const [added, steady] = alignedFields(ops, scattered, reference);
    const axes = [...steady.axes].reduce(axesWith, added.axes);
    const scaled = ops.scaleBy(added.samples, params.scatteredAmplitude);
    return {
      out: {
        ...added,
        planeWaves: null,
        axes,
        samples: ops.add(
          withAxes(ops, steady, axes),
          withAxes(ops, { samples: scaled, axes: added.axes }, axes),
        ),
      },
    };
  },
});
