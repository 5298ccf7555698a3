import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { setValue } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { mapScalar } from '../../ops/scalar.ts';
import { inMetres } from '../../propagation/choice.ts';
import { planeShape, transmissionMap } from '../../sampledGrid.ts';
import {
  divided,
  openShare,
  softBand,
  softDisc,
  type Transmission,
  turned,
  vortex,
} from '../../softShapes.ts';
import {
  angleArgument,
  behindMask,
  centreParams,
  edgeArgument,
  localFrame,
  maskAngle,
  maskLength,
  maskNumber,
  rotation,
} from './maskParams.ts';

type Kind = 'lowPass' | 'highPass' | 'band' | 'slit' | 'halfPlane' | 'phaseDot' | 'spiral';

interface Sizes {
  readonly radius: number;
  readonly outerRadius: number;
  readonly phase: number;
  /** Amplitude that the dot lets through. */
  readonly dot: number;
  readonly charge: number;
}

function filterAt(kind: Kind, sizes: Sizes, width: number): (x: number, y: number) => Transmission {
  const { radius, outerRadius, phase, dot, charge } = sizes;
  const disc = (x: number, y: number) => softDisc(Math.sqrt(x * x + y * y), radius, width);
  switch (kind) {
    case 'lowPass':
      return (x, y) => [disc(x, y), 0];
    case 'highPass':
      return (x, y) => [1 - disc(x, y), 0];
    case 'band':
      return (x, y) => [Math.max(0, softDisc(Math.sqrt(x * x + y * y), outerRadius, width) - disc(x, y)), 0];
    case 'slit':
      return (x) => [softBand(x, radius, width), 0];
    case 'halfPlane':
      return (x) => [openShare(x / width), 0];
    case 'phaseDot': {
      const [re, im] = turned(phase);
      return (x, y) => divided(disc(x, y), [dot * re, dot * im], [1, 0]);
    }
    case 'spiral':
      return (x, y) => vortex(x, y, charge, width);
  }
}

export const fourierFilter: ElementSpec = defineElement({
  type: 'fourierFilter',
  version: 1,
  category: 'masks',
  title: 'Fourier filter',
  summary:
    'A mask for the Fourier plane between two lenses: low and high pass, slit, knife, phase dot, spiral.',
  keywords: [
    'spatial filter',
    '4f',
    'abbe',
    'porter',
    'phase contrast',
    'zernike',
    'schlieren',
    'dark field',
    'low pass',
    'high pass',
    'radial hilbert',
  ],
  inputs: { in: { accepts: ['field'], title: 'Light in the Fourier plane' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    kind: {
      kind: 'choice',
      title: 'Kind',
      doc: 'What is done to which spatial frequencies. Positions are metres in this plane: frequency times λ f.',
      default: 'lowPass',
      options: [
        { value: 'lowPass', title: 'Low pass' },
        { value: 'highPass', title: 'High pass (dark field)' },
        { value: 'band', title: 'Ring' },
        { value: 'slit', title: 'Slit' },
        { value: 'halfPlane', title: 'Knife edge (schlieren)' },
        { value: 'phaseDot', title: 'Phase dot (phase contrast)' },
        { value: 'spiral', title: 'Spiral (edges bright)' },
      ],
      prominent: true,
    },
    radius: maskLength(
      'Radius',
      'Radius of the disc, inner radius of the ring, half the width of the slit.',
      {
        default: 100e-6,
        soft: [5e-6, 2e-3],
        prominent: true,
        when: { param: 'kind', is: ['lowPass', 'highPass', 'band', 'slit', 'phaseDot'] },
      },
    ),
    outerRadius: maskLength('Outer radius', 'Outer radius of the ring.', {
      default: 500e-6,
      soft: [10e-6, 5e-3],
      prominent: true,
      when: { param: 'kind', is: ['band'] },
    }),
    phase: maskAngle(
      'Phase of the dot',
      'Phase the undiffracted light is turned by; π/2 shows longer paths brighter.',
      {
        default: Math.PI / 2,
        soft: [-Math.PI, Math.PI],
        prominent: true,
        when: { param: 'kind', is: ['phaseDot'] },
      },
    ),
    dotTransmission: maskNumber(
      'Dot transmission',
      'Share of the power the dot lets through; less gives more contrast.',
      {
        default: 1,
        soft: [0.05, 1],
        prominent: true,
        when: { param: 'kind', is: ['phaseDot'] },
      },
    ),
    charge: {
      kind: 'integer',
      title: 'Charge',
      doc: 'Turns of the phase in one way round.',
      default: 1,
      min: -16,
      max: 16,
      when: { param: 'kind', is: ['spiral'] },
    },
    ...centreParams,
    rotation: {
      ...rotation,
      doc: 'Turns the filter, from +x towards +y. A slit lies along y, a knife opens the side it points to.',
      when: { param: 'kind', is: ['slit', 'halfPlane'] },
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'U_out(x) = H(x / λf) U_in(x)',
  references: [
    'Goodman, Introduction to Fourier Optics: analog optical information processing',
    'Zernike, Physica 9, 686 (1942)',
  ],
  sampling: (inputs, params) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const pitch = light.pitch.value;
    const kind = params.kind as Kind;
    if (kind === 'halfPlane' || kind === 'spiral') return [];
    const half = (planeShape(light.samples)[0] * pitch) / 2;
    const outer = kind === 'band' ? params.outerRadius.value : params.radius.value;
    if (outer > half) {
      return [
        {
          severity: 'warning',
          message: `The filter reaches beyond the window of ±${(half * 1e3).toPrecision(3)} mm: it acts on all of the light.`,
          fix: 'Use a smaller radius, or a finer pitch in front of the lens (it widens the Fourier plane).',
          apply: setValue(
            kind === 'band' ? 'outerRadius' : 'radius',
            half,
            `Use a radius of ${inMetres(half)}`,
          ),
        },
      ];
    }
    if (params.radius.value >= pitch) return [];
    return [
      {
        severity: 'warning',
        message: `The radius is ${(params.radius.value / pitch).toPrecision(2)} samples of ${(pitch * 1e6).toPrecision(3)} µm: only part of one sample is filtered.`,
        fix: 'Use a larger radius, or a wider window in front of the lens (it refines the Fourier plane).',
        apply: setValue('radius', pitch, `Use a radius of ${inMetres(pitch)}`),
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const { charge } = params;
    const kind = params.kind as Kind;
    const dotAmplitude = mapScalar(
      params.dotTransmission,
      Math.sqrt,
      (t) => 0.5 / Math.sqrt(Math.max(t, 1e-12)),
    );
    const args = [
      edgeArgument(params.x, light),
      edgeArgument(params.y, light),
      angleArgument(params.rotation, n),
      edgeArgument(params.radius, light),
      edgeArgument(params.outerRadius, light),
      { scalar: params.phase, scale: 1 },
      { scalar: dotAmplitude, scale: 1 },
    ];
    const name = `fourierFilter:${kind}:${charge}`;
    const transmission = transmissionMap(ops, name, n, light.pitch, args, (values, pitch) => {
      const [x0 = 0, y0 = 0, turn = 0, radius = 0, outerRadius = 0, phase = 0, dot = 1] = values;
      const isRound = kind !== 'slit' && kind !== 'halfPlane';
      const frame = localFrame(x0, y0, isRound ? 0 : turn);
      const at = filterAt(kind, { radius, outerRadius, phase, dot, charge }, pitch);
      return (x, y) => at(...frame(x, y));
    });
    return { out: behindMask(ops, light, transmission) };
  },
});
