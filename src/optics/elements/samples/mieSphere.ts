import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { setValue } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { isOneAxial } from '../../planeWaves.ts';
import { inMetres } from '../../propagation/choice.ts';
import { objectPlace } from '../../pupil/pupilGrid.ts';
import { scatteredPupil } from '../../scattering/scatteredPupil.ts';
import { outerRadius } from '../../scattering/sphere.ts';
import { consistingOf } from '../../scattering/sphereLight.ts';
import { sphereNumbers } from '../../scattering/sphereNumbers.ts';
import type { FarField } from '../../values.ts';
import { sameLight } from '../sources/lightParams.ts';
import {
  collection,
  illuminatingWaves,
  knownWavelengths,
  sphereIn,
  sphereMatter,
  sphereNotes,
  spherePosition,
} from './sphereParams.ts';

/** What the chart of resonances runs over; nothing else depends on it. */
const scanParams = {
  scan: {
    kind: 'choice',
    title: 'Resonances by',
    doc: 'What the chart of efficiencies among the readings runs over; the light stays as it is.',
    default: 'wavelength',
    options: [
      { value: 'wavelength', title: 'Wavelength' },
      { value: 'radius', title: 'Radius' },
    ],
  },
  scanShare: {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Resonance range',
    doc: 'How far to both sides the chart of efficiencies goes, as a share of the wavelength or radius.',
    default: 0.3,
    min: 1e-4,
    max: 0.9,
    soft: [0.01, 0.9],
    display: '%',
    scale: 'linear',
    learnable: false,
    step: 0.05,
  },
} as const;

/** What the picture of a sphere in focus is, which is easily taken for the field in it. */
function focusNotes(radius: number, z: number): readonly SamplingNote[] {
  if (Math.abs(z) >= radius) return [];
  return [
    {
      severity: 'info',
      message:
        'The focal plane cuts through the sphere: the picture is what the objective makes of the waves outside, not the field inside the sphere.',
      fix: 'Nothing needs to be done; at a distance beyond the radius both are the same.',
    },
  ];
}

/** A sign that is easily mistaken: distances are counted before focus, towards the source. */
function behindNotes(radius: number, z: number): readonly SamplingNote[] {
  if (z > -radius) return [];
  const distance = -z;
  return [
    {
      severity: 'info',
      message: `The sphere is ${inMetres(distance)} behind the focal plane, on the camera’s side: its rings are those of light that runs together there. In most measured holograms it is before focus, where the distance is positive.`,
      fix: 'Where that is meant, nothing needs to be done; else change the sign.',
      apply: setValue('z', distance, `Put it ${inMetres(distance)} before focus`),
    },
  ];
}

export const mieSphere: ElementSpec = defineElement({
  type: 'mieSphere',
  version: 1,
  category: 'samples',
  title: 'Sphere',
  summary:
    'A sphere, homogeneous or with shells, that scatters plane waves of one or many directions (exact Mie theory).',
  keywords: ['mie', 'particle', 'colloid', 'scatter', 'hologram', 'bead', 'core-shell', 'gold', 'bubble'],
  inputs: { in: { accepts: ['field'], title: 'Illumination' } },
  outputs: { out: { type: 'farField', title: 'Scattered light' } },
  params: { ...spherePosition, ...sphereMatter, ...collection, ...scanParams },
  power: 'notApplicable',
  linearIn: null,
  equation: 'F = S2 cos α ρ̂ - S1 sin α φ̂ with the Mie series of S1, S2; position as the phase k·r',
  references: [
    'Bohren and Huffman, Absorption and Scattering of Light by Small Particles (1983), chapter 4',
    'Yang, Appl. Opt. 42, 1710 (2003): layers',
  ],
  sampling: (inputs, params) => {
    const light = inputOf(inputs, 'in', 'field');
    const radius = outerRadius(sphereIn(light, params));
    return [
      ...sphereNotes(light, params),
      ...focusNotes(radius, params.z.value),
      // An objective on the light's side has its focus on the cover glass: what it sees is behind that.
      ...(params.collects === 'backward' ? [] : behindNotes(radius, params.z.value)),
    ];
  },
  analyse: ([{ value: light }], params) => {
    if (light.kind !== 'field') return { readouts: [], charts: [] };
    const by = params.scan === 'radius' ? 'radius' : 'wavelength';
    const centre = by === 'radius' ? params.radius.value : light.wavelength.value;
    const at = (value: number) =>
      by === 'radius'
        ? sphereIn(light, { ...params, radius: constantScalar(value) })
        : sphereIn({ ...light, wavelength: constantScalar(value) }, params);
    const { value: share } = params.scanShare;
    const wanted = [centre * (1 - share), centre * (1 + share)] as const;
    const known = by === 'radius' ? wanted : knownWavelengths(params);
    return sphereNumbers(sphereIn(light, params), {
      by,
      at,
      from: Math.max(wanted[0], known[0]),
      to: Math.min(wanted[1], known[1]),
      isCut: known[0] > wanted[0] || known[1] < wanted[1],
    });
  },
  forward: (inputs, params) => {
    const light = inputOf(inputs, 'in', 'field');
    const waves = illuminatingWaves(light);
    const sphere = sphereIn(light, params);
    const side = params.collects === 'backward' ? 'backward' : 'forward';
    const { x, y, z } = params;
    const out: FarField = {
      kind: 'farField',
      place: { ...objectPlace(params), radius: outerRadius(sphere) },
      components: 2,
      ...(waves.length > 1 ? { modes: waves.length } : {}),
      ...(side === 'backward' ? { side } : {}),
      reference: null,
      unit: 'relative',
      perPlane: null,
      ...sameLight(light),
      evaluate: (ops, grid, numericalAperture) =>
        scatteredPupil(ops, grid, numericalAperture, { sphere, places: [{ x, y, z }], waves, side }),
    };
    const isPlain = side === 'forward' && isOneAxial(waves);
    return { out: isPlain ? consistingOf(out, [{ sphere, x, y, z, amplitude: constantScalar(1) }]) : out };
  },
});
