import { axesWith, withAxis } from '../../axes.ts';
import type { ElementSpec, SamplingNote, SimulationGrid } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { planeShape } from '../../sampledGrid.ts';
import { outerRadius } from '../../scattering/sphere.ts';
import { assembledField, geometricDistance, polarisationVector } from '../../scattering/sphereAssemblies.ts';
import { sphereField as sampledSphere } from '../../scattering/sphereField.ts';
import { formatNumber } from '../../units.ts';
import type { Field } from '../../values.ts';
import { illumination, sphereIn, sphereMatter, sphereNotes, spherePosition } from './sphereParams.ts';

/** A warning where the scattered wave turns by more than half a turn from sample to sample at the window's edge. */
function fringeNotes(light: Field, z: number, grid: SimulationGrid): readonly SamplingNote[] {
  const [, n] = planeShape(light.samples);
  const pitch = light.pitch.value;
  const reach = (n / 2) * pitch;
  const sine = reach / Math.hypot(reach, z);
  const limit = light.wavelength.value / (2 * light.refractiveIndex.value * sine);
  if (pitch <= limit) return [];
  return [
    {
      severity: 'warning',
      message: `The outer rings are finer than two samples: at the edge of the window the scattered wave turns by ${formatNumber(pitch / limit, 3)} π per sample.`,
      fix: `Use a pitch below ${formatNumber(limit * 1e6, 3)} µm, a narrower window, or a sphere farther away.`,
      ...finerSamples(pitch, grid, limit),
    },
  ];
}

function withPlaneWave(ops: Ops, scattered: Complex, angle: Scalar, withIncident: boolean): Complex {
  return withIncident ? ops.add(scattered, polarisationVector(ops, angle)) : scattered;
}

function requireCone(aperture: Scalar, z: Scalar, { refractiveIndex }: Field): void {
  if (z.value < 0) {
    throw new ElementProblem(
      'This assembly knows only light that goes on, and the plane is before the sphere.',
      'Use the exact near field, or a positive distance before the plane.',
    );
  }
  if (aperture.value < 0.99 * refractiveIndex.value) return;
  throw new ElementProblem(
    'The cone reaches the horizon: no plane behind the sphere is wide enough for it.',
    `Use an NA below ${formatNumber(0.99 * refractiveIndex.value, 3)}.`,
  );
}

const ASSEMBLED = { param: 'assembly', is: ['hybrid', 'geometric'] } as const;

/** What the approximate assemblies neglect, in numbers. */
function assemblyNotes(
  light: Field,
  params: { readonly assembly: string; readonly aperture: Scalar; readonly z: Scalar },
  size: number,
  grid: SimulationGrid,
): SamplingNote[] {
  if (params.assembly === 'exact') return [];
  const notes: SamplingNote[] = [
    {
      severity: 'info',
      message: 'This assembly knows one direction of polarisation only, along that of the light.',
      fix: 'Use the exact near field, or the element “Sphere” with a pupil, where that matters.',
    },
  ];
  const window = grid.samples * light.pitch.value;
  const sine = Math.min(0.999, params.aperture.value / light.refractiveIndex.value);
  const tangent = sine / Math.sqrt(1 - sine * sine);
  if (params.assembly === 'geometric') {
    const k = (2 * Math.PI * light.refractiveIndex.value) / light.wavelength.value;
    const h = geometricDistance(window, sine);
    const neglected = size ** 2 / (2 * k * h);
    if (neglected > 0.03) {
      notes.push({
        severity: 'warning',
        message: `The far wave is taken ${formatNumber(1e6 * h, 3)} µm behind the sphere, where it is not far yet: phases are off by up to ${formatNumber(neglected, 2)} rad.`,
        fix: `Use a window of at least ${formatNumber((1e6 * window * neglected) / 0.03, 3)} µm, or another assembly.`,
      });
    }
  }
  const reach = Math.abs(params.z.value) * tangent;
  if (params.assembly === 'hybrid' && reach > window / 2) {
    notes.push({
      severity: 'warning',
      message: `Light at the edge of the cone is ${formatNumber(1e6 * reach, 3)} µm from the axis and comes back into the window from its other side.`,
      fix: `Use a window of at least ${formatNumber(2e6 * reach, 3)} µm, or a smaller cone.`,
    });
  }
  return notes;
}

export const sphereField: ElementSpec = defineElement({
  type: 'sphereField',
  version: 1,
  category: 'samples',
  title: 'Sphere, exact field',
  summary:
    'The exact vector field of a sphere in a plane wave, on a plane before or behind it: near field, no objective.',
  keywords: ['mie', 'near field', 'in-line hologram', 'lens-free', 'particle', 'evanescent', 'vector'],
  inputs: { in: { accepts: ['field'], title: 'Illumination' } },
  outputs: { out: { type: 'field', title: 'Field on the plane' } },
  params: {
    ...spherePosition,
    z: {
      ...spherePosition.z,
      default: 20e-6,
      // Beyond the largest spheres of the sliders.
      soft: [10e-6, 100e-6],
      title: 'Distance before the plane',
      doc: 'Distance of the sphere before the plane, towards the source; negative: behind it (back-scatter).',
    },
    ...sphereMatter,
    assembly: {
      kind: 'choice',
      title: 'Assembly',
      doc: 'How the field is put together: the exact series, or one of two approximations that other programs use.',
      default: 'exact',
      options: [
        { value: 'exact', title: 'Exact near field' },
        { value: 'hybrid', title: 'Hybrid: amplitudes as spectrum' },
        { value: 'geometric', title: 'Geometric: far wave, taken back' },
      ],
    },
    aperture: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Cone NA',
      doc: 'Numerical aperture of the cone of light that an approximate assembly collects.',
      default: 1,
      min: 0.05,
      max: 1.6,
      soft: [0.1, 1.4],
      display: '',
      scale: 'linear',
      learnable: true,
      step: 0.05,
      when: ASSEMBLED,
    },
    shown: {
      kind: 'choice',
      title: 'Field',
      doc: 'The whole field, with the light that passes the sphere, or what is scattered alone.',
      default: 'whole',
      options: [
        { value: 'whole', title: 'Whole' },
        { value: 'scattered', title: 'Scattered' },
      ],
    },
    components: {
      kind: 'choice',
      when: { param: 'assembly', is: ['exact'] },
      title: 'Components',
      doc: 'Across the axis, as a camera behind a low aperture sees them, or all three, as they are in space.',
      default: 'across',
      options: [
        { value: 'across', title: 'Ex, Ey' },
        { value: 'all', title: 'Ex, Ey, Ez' },
      ],
    },
  },
  power: 'notApplicable',
  linearIn: null,
  equation: 'E = E₀ [1 + e^{-ikz} Σ iⁿ (2n+1)/(n(n+1)) (i aₙ N_e1n − bₙ M_o1n)]',
  references: [
    'Bohren and Huffman, Absorption and Scattering of Light by Small Particles (1983), chapter 4',
    'Lee et al., Opt. Express 15, 18275 (2007): holograms of colloids by the exact field',
  ],
  sampling: (inputs, params, grid) => {
    const light = inputOf(inputs, 'in', 'field');
    const size =
      (2 * Math.PI * light.refractiveIndex.value * outerRadius(sphereIn(light, params))) /
      light.wavelength.value;
    return [
      ...sphereNotes(light, params),
      ...fringeNotes(light, params.z.value, grid),
      ...assemblyNotes(light, params, size, grid),
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = illumination(inputOf(inputs, 'in', 'field'));
    if (light.axes.includes('component')) {
      throw new ElementProblem(
        'A sphere needs light that is polarised along one direction.',
        'Connect the plane wave directly, and set its polarisation there.',
      );
    }
    const sphere = sphereIn(light, params);
    const outer = outerRadius(sphere);
    if (Math.abs(params.z.value) < outer) {
      throw new ElementProblem(
        'The plane cuts through the sphere, where this series does not hold.',
        'Move the sphere at least its radius away from the plane, or use the element “Sphere” with an objective.',
      );
    }
    const [, n] = planeShape(light.samples);
    const { x, y, z, aperture, assembly } = params;
    const place = { x, y, z, pitch: light.pitch };
    const withIncident = params.shown === 'whole';
    if (assembly !== 'exact') requireCone(aperture, z, light);
    const wave =
      assembly === 'exact'
        ? sampledSphere(ops, n, sphere, place, {
            components: params.components === 'all' ? 3 : 2,
            withIncident,
          })
        : withPlaneWave(
            ops,
            assembledField(ops, n, sphere, place, aperture, assembly === 'hybrid' ? 'hybrid' : 'geometric'),
            sphere.polarizationAngle,
            withIncident,
          );
    return {
      out: {
        ...light,
        samples: ops.multiply(withAxis(ops, light, 'component'), wave),
        axes: axesWith(light.axes, 'component'),
        planeWaves: null,
      },
    };
  },
});
