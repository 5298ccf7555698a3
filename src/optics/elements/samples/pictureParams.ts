/** Parameters of elements that show a picture, declared once. */

import type { ParamSpecs, ParamValues, SamplingNote, SimulationGrid } from '../../element.ts';
import { finerSamples, followsGrid, moreSamples } from '../../fixes.ts';
import { PHANTOM_OPTIONS } from '../../maths/phantoms.ts';
import { VOLUME_OPTIONS } from '../../maths/volumes.ts';
import { planeShape } from '../../sampledGrid.ts';
import { type Picture, sizeOf } from '../../samples/picture.ts';
import { formatNumber } from '../../units.ts';
import type { Field } from '../../values.ts';
import { unlikeWindowsNote } from '../masks/cellParams.ts';
import { position } from '../sources/lightParams.ts';

export const pictureParams = {
  shape: {
    kind: 'choice',
    title: 'Shape',
    doc: 'A ready test object, or an image of yours.',
    default: 'siemensStar',
    options: [...PHANTOM_OPTIONS, { value: 'image', title: 'Image' }],
    prominent: true,
  },
  image: {
    kind: 'image',
    title: 'Image',
    doc: 'PNG, TIFF or NPY, brightness as the object; of a stack the first page.',
    when: { param: 'shape', is: ['image'] },
  },
  normalise: {
    kind: 'switch',
    title: 'Brightest is 1',
    doc: 'Divides the image by its largest value; off, its values multiply what is set below as they are.',
    default: true,
    when: { param: 'shape', is: ['image'] },
  },
  seed: {
    kind: 'integer',
    title: 'Seed',
    doc: 'Places what is random; each number is another object.',
    default: 1,
    min: 0,
    max: 2147483647,
    when: { param: 'shape', is: ['beads', 'filaments', 'cells'] },
  },
  size: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Size',
    doc: 'Side of the picture (an image’s width); 0 fills the grid.',
    automatic: ({ samples, pitch }) => samples * pitch,
    default: 0,
    min: 0,
    max: 1,
    soft: [0, 500e-6],
    display: 'µm',
    scale: 'linear',
    learnable: true,
    step: 1e-6,
  },
  x: position('Position x', 'Centre of the picture, +x right.', 'lateralX', { soft: [-100e-6, 100e-6] }),
  y: position('Position y', 'Centre of the picture, +y down the rows.', 'lateralY', {
    soft: [-100e-6, 100e-6],
  }),
  rotation: {
    kind: 'quantity',
    quantity: 'angle',
    title: 'Rotation',
    doc: 'Turn of the picture from +x towards +y (clockwise on the screen).',
    default: 0,
    min: -2 * Math.PI,
    max: 2 * Math.PI,
    soft: [-Math.PI, Math.PI],
    display: 'deg',
    scale: 'linear',
    learnable: true,
    step: 0.02,
  },
} as const satisfies ParamSpecs;

/** The same for a volume, which is shown slice by slice. */
export const volumeParams = {
  ...pictureParams,
  shape: {
    kind: 'choice',
    title: 'Shape',
    doc: 'A ready volume, or a stack of images of yours; it fills the thickness.',
    default: 'cell',
    options: [...VOLUME_OPTIONS, { value: 'image', title: 'Image stack' }],
    prominent: true,
  },
  image: {
    ...pictureParams.image,
    title: 'Image stack',
    doc: 'TIFF or NPY with one page per depth, the first where the light comes in.',
  },
  seed: { ...pictureParams.seed, when: { param: 'shape', is: ['cell', 'balls'] } },
} as const satisfies ParamSpecs;

/** The picture that the parameters describe. */
export function pictureOf(params: ParamValues<typeof pictureParams | typeof volumeParams>): Picture {
  const { shape, seed, image, normalise, size, x, y, rotation } = params;
  return { shape, seed, image, normalise, size, x, y, rotation };
}

/** Notes on a picture that is too small for its samples or reaches beyond the window. */
export function pictureNotes(
  params: ParamValues<typeof pictureParams | typeof volumeParams>,
  light: Pick<Field, 'samples' | 'pitch'>,
  grid: SimulationGrid,
  windows: readonly number[] = [],
): SamplingNote[] {
  const [n] = planeShape(light.samples);
  const pitch = light.pitch.value;
  const size = sizeOf(params, n, light.pitch).value;
  const reach = size / 2 + Math.max(Math.abs(params.x.value), Math.abs(params.y.value));
  const centred = { apply: { title: 'Move it to the middle', params: { x: 0, y: 0 } } };
  const notes: SamplingNote[] =
    params.size.value === 0 ? unlikeWindowsNote(windows, 'The object', 'Give the object a size.') : [];
  if (size < 16 * pitch) {
    notes.push({
      severity: 'warning',
      message: `The object is ${formatNumber(size / pitch, 3)} samples wide: its details are lost.`,
      fix: 'Use a larger object or a smaller grid pitch.',
      ...(params.size.value > 0 ? finerSamples(pitch, grid, size / 16) : {}),
    });
  }
  if (reach > 0.5001 * n * pitch) {
    notes.push({
      severity: 'warning',
      message: `The object reaches ${formatNumber(reach * 1e6, 3)} µm from the axis, beyond the edge of the grid at ${formatNumber(n * pitch * 0.5e6, 3)} µm.`,
      fix: 'Use a smaller object, move it to the middle, or take a larger grid.',
      ...(params.size.value > 0 && followsGrid(pitch, grid) ? moreSamples(n, (2 * reach) / pitch) : centred),
    });
  }
  return notes;
}
