/** Small elements and designs for the tests of this folder; random ones are in testArbitraries.ts. */
import type { ElementSpec, OutputSpec, ParamSpec, PortSpec, QuantityParam } from '../optics/element.ts';
import type { Quantity } from '../optics/units.ts';
import type { PortType } from '../optics/values.ts';
import type { Design, DesignEdge, DesignNode } from './document.ts';
import { edgeId } from './rebuild.ts';
import { createRegistry } from './registry.ts';

function quantity(
  title: string,
  kind: Quantity,
  range: Pick<QuantityParam, 'default' | 'min' | 'max' | 'soft' | 'display'>,
  more: Partial<QuantityParam> = {},
): QuantityParam {
  const shared = { title, doc: '', scale: 'linear', learnable: true, step: 1 } as const;
  return { kind: 'quantity', quantity: kind, ...shared, ...range, ...more };
}

function port(title: string, ...accepts: PortType[]): PortSpec {
  return { accepts, title };
}

function output(type: OutputSpec['type']): OutputSpec {
  return { type, title: 'Out' };
}

function element(
  type: string,
  title: string,
  category: ElementSpec['category'],
  inputs: Record<string, PortSpec>,
  outputs: Record<string, OutputSpec>,
  params: Record<string, ParamSpec>,
): ElementSpec {
  return {
    type,
    title,
    category,
    inputs,
    outputs,
    params,
    version: 1,
    summary: '',
    keywords: [],
    power: 'notApplicable',
    linearIn: null,
    equation: '',
    references: [],
    forward: () => ({}),
  };
}

const wavelength = quantity(
  'Wavelength',
  'length',
  { default: 532e-9, min: 1e-10, max: 1e-3, soft: [380e-9, 1000e-9], display: 'nm' },
  { step: 1e-9 },
);
const refractiveIndex = quantity('Medium index', 'dimensionless', {
  default: 1,
  min: 0.1,
  max: 10,
  soft: [1, 1.6],
  display: '',
});
const photons = quantity(
  'Photons',
  'photons',
  { default: 1000, min: 0, max: 1e12, soft: [100, 1e6], display: 'photons' },
  { perPlane: true, scale: 'log' },
);
const lateral = { default: 0, min: -1, max: 1, soft: [-10e-6, 10e-6] as const, display: 'µm' };

export const fakeElements: readonly ElementSpec[] = [
  element('source', 'Plane wave', 'sources', {}, { out: output('field') }, { wavelength, refractiveIndex }),
  element(
    'lens',
    'Thin lens',
    'pupils',
    { in: port('Light', 'field') },
    { out: output('field') },
    {
      focalLength: quantity('Focal length', 'length', {
        default: 0.1,
        min: -1e3,
        max: 1e3,
        soft: [0.01, 1],
        display: 'mm',
      }),
    },
  ),
  element(
    'filter',
    'Filter',
    'pupils',
    { in: port('Light', 'field', 'pupil') },
    { out: output({ like: 'in' }) },
    {},
  ),
  element(
    'sphere',
    'Sphere',
    'samples',
    { in: port('Light', 'field') },
    { out: output('farField') },
    {
      x: quantity('Position x', 'length', lateral, { role: 'lateralX' }),
      refractiveIndex: { ...refractiveIndex, title: 'Sphere index', default: 1.5 },
      photons,
      background: { ...photons, title: 'Background', default: 0 },
    },
  ),
  element(
    'spheres',
    'Spheres',
    'samples',
    { in: port('Light', 'field') },
    { out: output('farField') },
    {
      particles: {
        kind: 'table',
        title: 'Particles',
        doc: '',
        row: 'sphere',
        columns: {
          x: quantity('Position x', 'length', lateral, { role: 'lateralX' }),
          radius: quantity('Radius', 'length', {
            default: 1e-6,
            min: 1e-9,
            max: 1e-3,
            soft: [1e-7, 1e-5],
            display: 'µm',
          }),
        },
        heads: { x: 'x', radius: 'radius' },
        shared: ['radius'],
        min: 1,
        max: 20,
        default: [{}],
      },
    },
  ),
  element(
    'pupil',
    'Pupil',
    'pupils',
    { in: port('Light', 'field', 'farField') },
    { out: output('pupil') },
    {
      numericalAperture: quantity('Numerical aperture', 'dimensionless', {
        default: 0.5,
        min: 1e-4,
        max: 4,
        soft: [0.05, 1.4],
        display: '',
      }),
      zernike: {
        kind: 'zernike',
        title: 'Aberrations',
        doc: '',
        maxIndex: 120,
        min: -1e-4,
        max: 1e-4,
        soft: [-0.25e-6, 0.25e-6],
        display: 'waves',
        learnable: true,
        step: 2e-8,
      },
    },
  ),
  element(
    'stack',
    'Focus stack',
    'propagation',
    { in: port('Pupil', 'pupil') },
    { out: output('pupil') },
    { planes: { kind: 'integer', title: 'Planes', doc: '', default: 3, min: 1, max: 512 } },
  ),
  element(
    'camera',
    'Camera',
    'detection',
    { in: port('Light', 'field', 'pupil') },
    { out: output('image') },
    {
      gain: quantity(
        'Gain',
        'countsPerElectron',
        { default: 1, min: 1e-6, max: 1e6, soft: [0.1, 10], display: 'counts/e-' },
        { learnable: false },
      ),
      bits: { kind: 'integer', title: 'Bits', doc: '', default: 16, min: 8, max: 32 },
      noise: { kind: 'switch', title: 'Noise', doc: '', default: false },
      shutter: {
        kind: 'choice',
        title: 'Shutter',
        doc: '',
        default: 'global',
        options: [
          { value: 'global', title: 'Global shutter' },
          { value: 'rolling', title: 'Rolling shutter' },
        ],
      },
    },
  ),
  element(
    'target',
    'Target image',
    'fit',
    {},
    { out: output('image') },
    {
      image: { kind: 'image', title: 'Image', doc: '' },
    },
  ),
  {
    ...element(
      'loss',
      'Loss',
      'fit',
      {
        model: port('Model', 'image'),
        target: port('Target', 'image'),
        weight: { ...port('Weight', 'scalar'), optional: true },
      },
      { out: output('scalar') },
      {},
    ),
    objective: true,
  },
];

export const fakeRegistry = createRegistry(fakeElements);

export function node(id: string, type: string, params: DesignNode['params'] = {}): DesignNode {
  return { id, type, position: { x: 0, y: 0 }, params };
}

/** `a.out>b.in` */
export function wire(text: string): DesignEdge {
  const [[fromNode = '', fromPort = ''] = [], [toNode = '', toPort = ''] = []] = text
    .split('>')
    .map((end) => end.split('.'));
  const from = { node: fromNode, port: fromPort };
  const to = { node: toNode, port: toPort };
  return { id: edgeId(from, to), from, to };
}

export function createDesign(
  nodes: readonly DesignNode[],
  wires: readonly string[],
  more: Partial<Design> = {},
): Design {
  return {
    format: 'luminode',
    formatVersion: 1,
    title: 'Test',
    grid: { samples: 64, pitch: 1e-7 },
    seed: 1,
    nodes,
    edges: wires.map(wire),
    learn: [],
    images: {},
    ...more,
  };
}

/** source -> sphere -> pupil -> stack -> camera -> loss <- target: valid, with something to learn. */
export function bench(): Design {
  return createDesign(
    [
      node('source', 'source', { refractiveIndex: 1.33 }),
      node('sphere', 'sphere', { photons: [10, 20, 30] }),
      node('pupil', 'pupil', { numericalAperture: 1.2, zernike: { 4: 2e-8, 11: -1e-8 } }),
      node('stack', 'stack'),
      node('camera', 'camera', { noise: true }),
      node('target', 'target', { image: 'bead' }),
      node('loss', 'loss'),
    ],
    [
      'source.out>sphere.in',
      'sphere.out>pupil.in',
      'pupil.out>stack.in',
      'stack.out>camera.in',
      'camera.out>loss.model',
      'target.out>loss.target',
    ],
    {
      learn: ['pupil.zernike.4', 'sphere.x', 'sphere.photons.*'],
      images: {
        bead: {
          kind: 'simulated',
          name: 'bead',
          camera: 'camera',
          truth: { 'sphere.x': 1e-7 },
          noise: true,
          seed: 3,
        },
      },
    },
  );
}
