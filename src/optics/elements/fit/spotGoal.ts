import type { ElementSpec, QuantityParam, SamplingNote, TableParam } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { divideScalars } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { spotDistance } from '../../spotDistance.ts';
import { weightOfSpot } from './goalParams.ts';

const place = {
  kind: 'quantity',
  quantity: 'length',
  default: 0,
  min: -1,
  max: 1,
  soft: [-10e-6, 10e-6],
  display: 'µm',
  scale: 'linear',
  learnable: false,
  step: 0.1e-6,
} as const;

const columns = {
  x: {
    ...place,
    title: 'x',
    doc: 'Where light is wanted, from the middle of the picture to the right.',
    role: 'lateralX',
  },
  y: { ...place, title: 'y', doc: 'The same down the rows of the picture.', role: 'lateralY' },
  weight: weightOfSpot,
} as const satisfies Readonly<Record<string, QuantityParam>>;

const spots = {
  kind: 'table',
  title: 'Wanted spots',
  doc: 'One row for each place where light is wanted. Drag the rings on the picture of the camera to move them.',
  row: 'spot',
  columns,
  heads: { x: 'x', y: 'y', weight: 'weight' },
  shared: [],
  min: 1,
  max: 64,
  default: [{ x: 0, y: 0 }],
  prominent: true,
} as const satisfies TableParam;

/** Pixels, where the size is left open. */
const SIZE = 2;

export const spotGoal: ElementSpec = defineElement({
  type: 'spotGoal',
  version: 1,
  category: 'fit',
  title: 'Wanted spots',
  summary:
    'Says how far, in pixels, light has to go to be where it is wanted: drag the ring, the optics follow.',
  keywords: ['goal', 'target', 'spot', 'drag', 'ring', 'aim', 'focus', 'splitter', 'energy distance'],
  inputs: {
    in: { accepts: ['image'], title: 'Image' },
    penalty: { accepts: ['scalar'], title: 'Penalty', optional: true },
  },
  outputs: { out: { type: 'scalar', title: 'Distance' } },
  params: {
    spots,
    size: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Size',
      doc: 'Light within about this distance of its place counts as there; a spot that is smaller gains nothing.',
      default: 0,
      min: 0,
      max: 1e-2,
      soft: [0, 5e-6],
      display: 'µm',
      scale: 'linear',
      learnable: false,
      step: 0.1e-6,
      automatic: 'two pixels',
    },
    background: {
      kind: 'quantity',
      quantity: 'counts',
      title: 'Background',
      doc: 'What a pixel shows without the spots; it is taken off before. The camera’s offset is known by itself.',
      default: 0,
      min: 0,
      max: 1e9,
      soft: [0, 100],
      display: '',
      scale: 'linear',
      learnable: false,
      step: 0.1,
    },
  },
  power: 'notApplicable',
  objective: true,
  linearIn: null,
  equation: "E|X - Y| - ½ E|X - X'| - ½ E|Y - Y'|,  X, X' where light is,  Y, Y' where it is wanted",
  references: [
    'Székely and Rizzo, J. Stat. Plan. Inference 143, 1249 (2013): energy distance',
    'Gretton et al., J. Mach. Learn. Res. 13, 723 (2012): distances of distributions by kernels',
  ],
  sampling: (inputs, params) => {
    const image = inputs['in'];
    if (image?.kind !== 'image' || !(image.pitch.value > 0)) return [];
    const [ny = 1, nx = 1] = image.samples.shape.slice(-2);
    const pitch = image.pitch.value;
    const isOutside = (at: number, pixels: number) =>
      at < -Math.floor(pixels / 2) * pitch || at > (Math.ceil(pixels / 2) - 1) * pitch;
    const outside = params.spots.flatMap(({ cells }, index) =>
      isOutside(cells.x.value, nx) || isOutside(cells.y.value, ny) ? [index + 1] : [],
    );
    return outside.length === 0 ? [] : [outsideNote(outside, [nx * pitch, ny * pitch])];
  },
  forward: (inputs, params, { ops }) => {
    const image = inputOf(inputs, 'in', 'image');
    const { pitch } = image;
    if (!(pitch.value > 0)) {
      throw new ElementProblem(
        'The pixels of this image have no size, so no place can be told on it.',
        'Connect the image of a camera.',
      );
    }
    const dark = params.background.value + (image.noise?.offset ?? 0);
    const lifted = ops.add(image.samples, ops.upload(Float64Array.of(-dark), [1], 'real'));
    const counted = dark === 0 ? image.samples : lifted;
    const light = image.mask === null ? counted : ops.multiply(counted, image.mask);
    const wanted = params.spots.map(({ cells }) => ({
      x: divideScalars(cells.x, pitch),
      y: divideScalars(cells.y, pitch),
      weight: cells.weight,
    }));
    const size = params.size.value > 0 ? params.size.value / pitch.value : SIZE;
    const distance = spotDistance(ops, light, wanted, Math.max(0.25, size));
    const penalty = inputs['penalty'];
    const isPenal = penalty?.kind === 'scalar';
    return {
      out: {
        kind: 'scalar',
        samples: isPenal ? ops.add(distance, ops.reshape(penalty.samples, [1])) : distance,
        readings: [
          { title: 'Distance', quantity: 'length', display: 'µm', samples: ops.scaleBy(distance, pitch) },
        ],
      },
    };
  },
});

function outsideNote(outside: readonly number[], [width, height]: readonly [number, number]): SamplingNote {
  const which = outside.length === 1 ? `Spot ${outside[0]} is` : `Spots ${outside.join(', ')} are`;
  const side = (length: number) => `${Number((length * 1e6).toPrecision(3))}`;
  return {
    severity: 'warning',
    message: `${which} wanted outside the picture, which is ${side(width)} µm wide and ${side(height)} µm high.`,
    fix: 'Drag the ring back, or give the camera more pixels.',
  };
}
