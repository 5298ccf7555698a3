import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerSamples, followsGrid, moreSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { constantScalar } from '../../ops/scalar.ts';
import type { MapArgument } from '../../sampledGrid.ts';
import { amplitudeMap, planeShape } from '../../sampledGrid.ts';
import { betweenArms, openShare, softBand, softDisc, softPolygon, softSlits } from '../../softShapes.ts';
import {
  angleArgument,
  behindMask,
  centreParams,
  edgeArgument,
  localFrame,
  maskLength,
  rotation,
} from './maskParams.ts';

type Shape = 'disc' | 'annulus' | 'rectangle' | 'polygon' | 'slits' | 'spider' | 'knifeEdge';

/** Turning these changes nothing. */
const ROUND: readonly Shape[] = ['disc', 'annulus'];

interface Counts {
  readonly sides: number;
  readonly slits: number;
  readonly arms: number;
}

/** Lengths that shape an opening, in the order in which the maps take them. */
const LENGTHS = ['diameter', 'innerDiameter', 'width', 'height', 'slitWidth', 'spacing', 'armWidth'] as const;
/** Samples across the narrowest part below which its edges are not resolved. */
const LEAST_SAMPLES = 2;
type Lengths = Readonly<Record<(typeof LENGTHS)[number], number>>;

/** Share of a sample that is open at (x, y) from the centre, for edges `soft` wide. */
function shareOf(shape: Shape, counts: Counts, lengths: Lengths, soft: number) {
  const { diameter, innerDiameter, width, height, slitWidth, spacing, armWidth } = lengths;
  return (x: number, y: number): number => {
    const ring = () => {
      const r = Math.sqrt(x * x + y * y);
      return softDisc(r, diameter / 2, soft) - softDisc(r, Math.min(innerDiameter, diameter) / 2, soft);
    };
    switch (shape) {
      case 'disc':
        return softDisc(Math.sqrt(x * x + y * y), diameter / 2, soft);
      case 'annulus':
        return ring();
      case 'rectangle':
        return softBand(x, width / 2, soft) * softBand(y, height / 2, soft);
      case 'polygon':
        return softPolygon(x, y, diameter / 2, counts.sides, soft);
      case 'slits':
        return softSlits(x, counts.slits, spacing, slitWidth / 2, soft) * softBand(y, height / 2, soft);
      case 'spider':
        return ring() * betweenArms(x, y, counts.arms, armWidth / 2, soft);
      case 'knifeEdge':
        return openShare(x / soft);
    }
  };
}

/** Smallest part of an opening and its whole extent, metres: what the grid must resolve and hold. */
function extents(shape: Shape, slits: number, lengths: Lengths): { smallest: number; largest: number } {
  const { diameter, innerDiameter, width, height, slitWidth, spacing, armWidth } = lengths;
  switch (shape) {
    case 'annulus':
      return { smallest: (diameter - innerDiameter) / 2, largest: diameter };
    case 'rectangle':
      return { smallest: Math.min(width, height), largest: Math.max(width, height) };
    case 'slits':
      return { smallest: slitWidth, largest: (slits - 1) * spacing + slitWidth };
    case 'spider':
      return { smallest: armWidth, largest: diameter };
    case 'knifeEdge':
      return { smallest: Number.POSITIVE_INFINITY, largest: 0 };
    default:
      return { smallest: diameter, largest: diameter };
  }
}

export const aperture: ElementSpec = defineElement({
  type: 'aperture',
  version: 1,
  category: 'masks',
  title: 'Aperture',
  summary: 'Openings and stops: disc, ring, rectangle, polygon, slits, telescope spider, knife edge.',
  keywords: [
    'stop',
    'iris',
    'pinhole',
    'disc',
    'annulus',
    'slit',
    'double slit',
    'Young',
    'polygon',
    'spider',
    'knife edge',
    'obstruction',
    'Arago',
  ],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    shape: {
      kind: 'choice',
      title: 'Shape',
      doc: 'Form of the opening.',
      default: 'disc',
      options: [
        { value: 'disc', title: 'Disc' },
        { value: 'annulus', title: 'Ring' },
        { value: 'rectangle', title: 'Rectangle' },
        { value: 'polygon', title: 'Regular polygon' },
        { value: 'slits', title: 'Slits' },
        { value: 'spider', title: 'Telescope with spider' },
        { value: 'knifeEdge', title: 'Knife edge' },
      ],
      prominent: true,
    },
    diameter: maskLength(
      'Diameter',
      'Outer diameter; of a polygon, that of the circle through its corners.',
      {
        default: 1e-3,
        soft: [50e-6, 5e-3],
        display: 'mm',
        prominent: true,
        when: { param: 'shape', is: ['disc', 'annulus', 'polygon', 'spider'] },
      },
    ),
    innerDiameter: maskLength('Inner diameter', 'Diameter of the disc in the middle that is closed.', {
      default: 0.5e-3,
      soft: [10e-6, 5e-3],
      display: 'mm',
      when: { param: 'shape', is: ['annulus', 'spider'] },
    }),
    width: maskLength('Width', 'Extent along x, before rotation.', {
      default: 1e-3,
      soft: [10e-6, 5e-3],
      display: 'mm',
      when: { param: 'shape', is: ['rectangle'] },
    }),
    height: maskLength('Height', 'Extent along y, before rotation; the length of slits.', {
      default: 1e-3,
      soft: [10e-6, 5e-3],
      display: 'mm',
      when: { param: 'shape', is: ['rectangle', 'slits'] },
    }),
    slitWidth: maskLength('Slit width', 'Width of each slit, along x before rotation.', {
      default: 50e-6,
      soft: [5e-6, 1e-3],
      prominent: true,
      when: { param: 'shape', is: ['slits'] },
    }),
    spacing: maskLength('Slit spacing', 'Distance between the centres of neighbouring slits.', {
      default: 250e-6,
      soft: [10e-6, 2e-3],
      prominent: true,
      when: { param: 'shape', is: ['slits'] },
    }),
    slits: {
      kind: 'integer',
      title: 'Slits',
      doc: 'Number of slits in the row, centred.',
      default: 2,
      min: 1,
      max: 64,
      when: { param: 'shape', is: ['slits'] },
    },
    sides: {
      kind: 'integer',
      title: 'Sides',
      doc: 'Number of sides; one corner points to +x before rotation.',
      default: 6,
      min: 3,
      max: 24,
      when: { param: 'shape', is: ['polygon'] },
    },
    arms: {
      kind: 'integer',
      title: 'Arms',
      doc: 'Number of arms that hold the inner disc; the first points to +x before rotation.',
      default: 4,
      min: 1,
      max: 12,
      when: { param: 'shape', is: ['spider'] },
    },
    armWidth: maskLength('Arm width', 'Width of each arm of the spider.', {
      default: 60e-6,
      soft: [5e-6, 0.5e-3],
      when: { param: 'shape', is: ['spider'] },
    }),
    ...centreParams,
    rotation: {
      ...rotation,
      doc: 'Turns the opening about its centre, from +x towards +y. A knife edge opens the side it points to.',
      when: { param: 'shape', is: ['rectangle', 'polygon', 'slits', 'spider', 'knifeEdge'] },
    },
    inverse: {
      kind: 'switch',
      title: 'Inverse',
      doc: 'Closes the opening and opens the rest: a disc becomes a stop.',
      default: false,
    },
    softness: maskLength(
      'Softness',
      'Width over which the edge opens; 0 is as sharp as the grid allows. Soft edges ring less.',
      {
        default: 0,
        soft: [0, 0.2e-3],
      },
    ),
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'u_out(x, y) = t(x, y) u_in(x, y), t the open share of each sample',
  references: ['Goodman, Introduction to Fourier Optics: amplitude transmittance of apertures'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const pitch = light.pitch.value;
    const window = planeShape(light.samples)[0] * pitch;
    const lengths = Object.fromEntries(LENGTHS.map((name) => [name, params[name].value])) as Lengths;
    const { smallest, largest } = extents(params.shape as Shape, params.slits, lengths);
    const notes: SamplingNote[] = [];
    if (smallest < LEAST_SAMPLES * pitch) {
      notes.push({
        severity: 'warning',
        message: `The narrowest part of the opening is ${(smallest / pitch).toPrecision(2)} samples wide: its edges are not resolved.`,
        fix: `Use a grid pitch of at most ${((1e6 * Math.max(smallest, 0)) / LEAST_SAMPLES).toPrecision(2)} µm, or a wider opening.`,
        ...finerSamples(pitch, grid, smallest / LEAST_SAMPLES),
      });
    }
    if (largest > window) {
      notes.push({
        severity: 'warning',
        message: `The opening (${(largest * 1e3).toPrecision(3)} mm) reaches beyond the window of ${(window * 1e3).toPrecision(3)} mm: the window is what stops the light.`,
        fix: 'Use more samples or a larger pitch, or a smaller opening.',
        ...(followsGrid(pitch, grid) ? moreSamples(window / pitch, largest / pitch) : {}),
      });
    }
    return notes;
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const shape = params.shape as Shape;
    const counts = { sides: params.sides, slits: params.slits, arms: params.arms };
    const args: MapArgument[] = [
      ...[params.x, params.y, params.softness, ...LENGTHS.map((name) => params[name])].map((scalar) =>
        edgeArgument(scalar, light),
      ),
      angleArgument(ROUND.includes(shape) ? constantScalar(0) : params.rotation, n),
    ];
    const name = `aperture:${shape}:${Object.values(counts).join(':')}:${params.inverse}`;
    const transmission = amplitudeMap(ops, name, n, light.pitch, args, (values, pitch) => {
      const [x0 = 0, y0 = 0, softness = 0, ...rest] = values;
      const lengths = Object.fromEntries(LENGTHS.map((each, i) => [each, rest[i] ?? 0])) as Lengths;
      const frame = localFrame(x0, y0, rest[LENGTHS.length] ?? 0);
      const open = shareOf(shape, counts, lengths, Math.hypot(pitch, softness));
      return (x, y) => {
        const share = open(...frame(x, y));
        return params.inverse ? 1 - share : share;
      };
    });
    return { out: behindMask(ops, light, transmission) };
  },
});
