import { axesWith, withAxis } from '../../axes.ts';
import type { ElementSpec, SamplingNote, SimulationGrid } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { ElementProblem } from '../../problem.ts';
import { planeShape } from '../../sampledGrid.ts';
import { outerRadius } from '../../scattering/sphere.ts';
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
    return [...sphereNotes(light, params), ...fringeNotes(light, params.z.value, grid)];
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
    const { x, y, z } = params;
    const wave = sampledSphere(
      ops,
      n,
      sphere,
      { x, y, z, pitch: light.pitch },
      { components: params.components === 'all' ? 3 : 2, withIncident: params.shown === 'whole' },
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
