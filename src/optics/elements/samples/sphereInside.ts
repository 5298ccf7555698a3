import { lengthAxis, lengthReadout, numberReadout } from '../../analysis/readouts.ts';
import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { divideScalars } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { outerRadius, type ScatteringSphere } from '../../scattering/sphere.ts';
import { sphereJet, sphereSection } from '../../scattering/sphereSection.ts';
import { formatNumber } from '../../units.ts';
import type { Field } from '../../values.ts';
import { position } from '../sources/lightParams.ts';
import { illumination, sphereIn, sphereMatter, sphereNotes } from './sphereParams.ts';

const COMPONENT = { param: 'shown', is: ['x', 'y', 'z'] } as const;

/** The wave in the densest layer must not turn by more than half a turn from point to point. */
function pitchNotes(
  light: Field,
  indices: readonly number[],
  pitch: number,
  columns: number,
): SamplingNote[] {
  const densest = Math.max(light.refractiveIndex.value, ...indices);
  const limit = light.wavelength.value / (4 * densest);
  if (pitch <= limit) return [];
  return [
    {
      severity: 'warning',
      message: `Standing waves in the sphere are finer than two points: ${formatNumber(1e9 * pitch, 3)} nm from point to point, ${formatNumber(2e9 * limit, 3)} nm from fringe to fringe.`,
      fix: `Use a narrower picture, or ${Math.ceil((columns * pitch) / limit)} columns and rows to match.`,
    },
  ];
}

/** Waves times radii that are held for a picture: 100 MB of them. */
const LARGEST_PHASE = 400;

function requireModestSize(sphere: ScatteringSphere): void {
  const { wavelength, layers } = sphere;
  const phases = layers.map(
    ({ radius, refractiveIndex, extinctionCoefficient }) =>
      Math.hypot(refractiveIndex.value, extinctionCoefficient.value) * radius.value,
  );
  const phase = (2 * Math.PI * Math.max(...phases)) / wavelength.value;
  if (phase <= LARGEST_PHASE) return;
  throw new ElementProblem(
    `The sphere is ${formatNumber(phase / Math.PI, 3)} wavelengths across, more than a picture of its inside can hold.`,
    `Use a radius below ${formatNumber((1e6 * outerRadius(sphere) * LARGEST_PHASE) / phase, 3)} µm.`,
  );
}

export const sphereInside: ElementSpec = defineElement({
  type: 'sphereInside',
  version: 1,
  category: 'samples',
  title: 'Sphere, field inside',
  summary:
    'The exact field in a sphere and around it, on a plane that cuts it: what an objective never sees.',
  keywords: [
    'mie',
    'near field',
    'internal field',
    'photonic nanojet',
    'enhancement',
    'hot spot',
    'plasmon',
    'section',
  ],
  inputs: { in: { accepts: ['field'], title: 'Illumination' } },
  outputs: { out: { type: 'image', title: 'Field on the plane' } },
  params: {
    ...sphereMatter,
    plane: {
      kind: 'choice',
      title: 'Plane',
      doc: 'The plane that is shown: along the light, which then goes down the rows, or across it.',
      default: 'xz',
      options: [
        { value: 'xz', title: 'x–z, light downwards' },
        { value: 'yz', title: 'y–z, light downwards' },
        { value: 'xy', title: 'x–y, across the light' },
      ],
    },
    offset: position(
      'Beside the centre',
      'Distance of the plane from the sphere’s centre, towards +y, +x or behind it.',
      null,
      {
        soft: [-2e-6, 2e-6],
      },
    ),
    width: position('Width', 'Width of the picture, the sphere’s centre in its middle.', null, {
      default: 3e-6,
      min: 1e-9,
      max: 1e-3,
      soft: [0.2e-6, 10e-6],
      prominent: true,
    }),
    columns: {
      kind: 'integer',
      title: 'Columns',
      doc: 'Points along each row.',
      default: 128,
      min: 2,
      max: 1024,
    },
    rows: {
      kind: 'integer',
      title: 'Rows',
      doc: 'Rows of the picture, as far apart as its columns.',
      default: 128,
      min: 2,
      max: 1024,
    },
    shown: {
      kind: 'choice',
      title: 'Shown',
      doc: 'The strength |E|² over that of the light, or one component of the field at a moment, with its sign.',
      default: 'energy',
      options: [
        { value: 'energy', title: '|E|²' },
        { value: 'x', title: 'Ex' },
        { value: 'y', title: 'Ey' },
        { value: 'z', title: 'Ez, along the light' },
      ],
    },
    moment: {
      kind: 'quantity',
      quantity: 'angle',
      title: 'Moment',
      doc: 'ωt of the moment that is shown; 360° later everything is as before.',
      default: 0,
      min: -100,
      max: 100,
      soft: [0, 2 * Math.PI],
      display: '°',
      scale: 'linear',
      learnable: true,
      step: 0.1,
      when: COMPONENT,
    },
  },
  power: 'notApplicable',
  linearIn: null,
  equation: 'E = Σ Eₙ (cₙ M⁽¹⁾ − i dₙ N⁽¹⁾) inside, E₀ + Σ Eₙ (i aₙ N⁽³⁾ − bₙ M⁽³⁾) outside',
  references: [
    'Bohren and Huffman, Absorption and Scattering of Light by Small Particles (1983), chapter 4',
    'Chen, Taflove and Backman, Opt. Express 12, 1214 (2004): photonic nanojets',
  ],
  sampling: (inputs, params) => {
    const light = inputOf(inputs, 'in', 'field');
    const sphere = sphereIn(light, params);
    const indices = sphere.layers.map(({ refractiveIndex }) => refractiveIndex.value);
    const notes: SamplingNote[] = [
      ...sphereNotes(light, params),
      ...pitchNotes(light, indices, params.width.value / params.columns, params.columns),
    ];
    if (params.width.value < 2 * outerRadius(sphere)) {
      notes.push({
        severity: 'info',
        message: 'The picture is narrower than the sphere, whose surface lies partly or wholly outside it.',
        fix: `Use a width of at least ${formatNumber(2e6 * outerRadius(sphere), 3)} µm to see all of it.`,
      });
    }
    return notes;
  },
  analyse: ([{ value: light }], params) => {
    if (light.kind !== 'field') return { readouts: [], charts: [] };
    const { peak, distance, along, across, line } = sphereJet(sphereIn(light, params));
    return {
      readouts: [
        numberReadout('Largest |E|² behind it', peak),
        lengthReadout('Behind its surface by', distance),
        lengthReadout('Width along the polarisation', along),
        lengthReadout('Width across the polarisation', across),
      ],
      charts: [
        {
          title: '|E|² along the axis',
          x: lengthAxis('Behind the centre', line.x.at(-1) ?? 0),
          y: { title: '|E|² over that of the light', quantity: 'dimensionless', display: '' },
          lines: [{ title: '|E|²', ...line }],
        },
      ],
    };
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
    requireModestSize(sphere);
    const { plane, shown, width, rows, columns, offset, moment } = params;
    const pitch = divideScalars(width, columns);
    return {
      out: {
        kind: 'image',
        samples: sphereSection(
          ops,
          [rows, columns],
          sphere,
          { pitch, offset, moment },
          {
            plane: plane === 'xy' || plane === 'yz' ? plane : 'xz',
            shown: shown === 'x' || shown === 'y' || shown === 'z' ? shown : 'energy',
          },
        ),
        pitch,
        unit: 'relative',
        noise: null,
        mask: null,
        normalization: 'none',
      },
    };
  },
});
