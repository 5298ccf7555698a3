import { axesWith, withAxes } from '../../axes.ts';
import type { ElementSpec, ParamValues } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { divideScalars, multiplyScalars, type Scalar, subtractScalars } from '../../ops/scalar.ts';
import { isOneAxial } from '../../planeWaves.ts';
import { alignedFields } from '../../polarisation.ts';
import { ElementProblem } from '../../problem.ts';
import { consistingOf, scaledSpheres, spheresOf } from '../../scattering/sphereLight.ts';
import type { FarField, Field, PlaneWave } from '../../values.ts';

/** Waves of a reference that can meet scattered light, mode by mode. */
function referenceWaves(scattered: FarField, reference: Field): readonly PlaneWave[] {
  const waves = reference.planeWaves;
  if (waves === null) {
    throw new ElementProblem(
      'The reference of scattered light must be plane waves as their source sends them: nothing that changed their phase or strength on the way would be seen.',
      'Connect a plane wave or Köhler illumination, directly; a hologram with a delayed reference needs a sampled object.',
    );
  }
  if (scattered.unit !== 'relative') {
    throw new ElementProblem(
      'Fluorescent light is not coherent with a reference wave.',
      'Use the light of a sphere, or remove the interference.',
    );
  }
  const parts = scattered.modes ?? 1;
  if (
    parts !== waves.length ||
    (parts > 1 && JSON.stringify(scattered.parts) !== JSON.stringify(reference.parts))
  ) {
    throw new ElementProblem(
      'Light of many directions interferes with light of the same source only, direction by direction.',
      'Connect the source that lights the sample as the reference, too.',
    );
  }
  return waves;
}

/** Light plus waves that share its way through the objective. Their amplitude is the unit of the result. */
function withReference(scattered: FarField, reference: Field, params: Params): FarField {
  const waves = referenceWaves(scattered, reference);
  const { polarizationAngle } = reference;
  const amplitude =
    params.route === 'objective' && scattered.side === 'backward'
      ? multiplyScalars(params.scatteredAmplitude, perReflection(scattered, params.coverIndex))
      : params.scatteredAmplitude;
  const scaled: FarField = {
    ...scattered,
    evaluate: (ops, grid, numericalAperture) =>
      ops.scaleBy(scattered.evaluate(ops, grid, numericalAperture), amplitude),
  };
  if (params.route === 'camera') {
    if (scattered.beside !== undefined) {
      throw new ElementProblem(
        'This light has a reference that goes straight to the camera already.',
        'Use one such reference.',
      );
    }
    return { ...scaled, beside: { polarizationAngle, waves, amplitude: params.referenceAmplitude } };
  }
  if (scattered.reference !== null) {
    throw new ElementProblem(
      'This light has a reference that passes the objective already.',
      'Send the second one straight to the camera.',
    );
  }
  const sum = { ...scaled, reference: { polarizationAngle, waves } };
  const spheres = isOneAxial(waves) && scattered.beside === undefined ? spheresOf(scattered) : null;
  return spheres === null ? sum : consistingOf(sum, scaledSpheres(spheres, amplitude));
}

/**
 * What back-scatter of unit illumination is in units of the light reflected at the cover glass: it passed the glass
 * twice, t t' / r = 4 n n' / (n² - n'²) at normal incidence, from glass of index n into a medium of index n'.
 */
function perReflection(scattered: FarField, coverIndex: Scalar): Scalar {
  const medium = scattered.refractiveIndex;
  if (Math.abs(coverIndex.value / medium.value - 1) < 1e-6) {
    throw new ElementProblem(
      'The cover glass has the index of the medium: it reflects nothing.',
      'Change the index of the cover glass or of the medium (of the light source).',
    );
  }
  const squares = subtractScalars(multiplyScalars(coverIndex, coverIndex), multiplyScalars(medium, medium));
  return divideScalars(multiplyScalars(multiplyScalars(coverIndex, medium), 4), squares);
}

const params = {
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
  route: {
    kind: 'choice',
    title: 'Reference of a sphere',
    doc: 'How the reference reaches the camera: through the objective with the sphere’s light (in-line: the pupil acts on it where it passes, and a steep one misses the pupil; before an objective on the light’s side it is what the cover glass in the focal plane reflects), or past the objective (off-axis, at its tilt as seen in the sample). Sampled fields just add.',
    default: 'objective',
    options: [
      { value: 'objective', title: 'Through the objective' },
      { value: 'camera', title: 'Straight to the camera' },
    ],
  },
  referenceAmplitude: {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Reference amplitude',
    doc: 'Amplitude of the reference at the camera, relative to light that passes the sample beside the sphere.',
    default: 1,
    min: 0,
    max: 100,
    soft: [0, 2],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.1,
    when: { param: 'route', is: ['camera'] },
  },
  coverIndex: {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Cover glass index',
    doc: 'Index of the glass that light comes through to an objective on its own side (iSCAT): with that of the medium it tells how much is reflected. Light that is collected behind the sphere does not meet it.',
    default: 1.518,
    min: 1,
    max: 5,
    soft: [1.4, 1.8],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 1e-2,
    when: { param: 'route', is: ['objective'] },
  },
} as const;

type Params = ParamValues<typeof params>;

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
  params,
  power: 'notApplicable',
  linearIn: 'scattered',
  equation: 'u = u_ref + α u_scattered (t t′/r of it where the reference is reflected at the cover glass)',
  references: ['Lee et al., Opt. Express 15, 18275 (2007): in-line holograms of spheres'],
  forward: (inputs, params, { ops }) => {
    const scattered = inputOf(inputs, 'scattered', 'farField', 'field');
    const reference = inputOf(inputs, 'reference', 'field');
    if (scattered.kind === 'farField') {
      return { out: withReference(scattered, reference, params) };
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
