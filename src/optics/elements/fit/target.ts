import type { ElementSpec, HostImage } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { pixelNoise } from '../../maths/pixelNoise.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { robustNoise } from '../../robust.ts';
import type { Normalization } from '../../values.ts';

function checked(image: HostImage | null): HostImage {
  if (image === null) {
    throw new ElementProblem(
      'No image has been chosen.',
      'Drop an image on the page or choose one in the inspector.',
    );
  }
  // Of no pixel at all any model would be right.
  if ((image.whole ?? image).mask?.every((counts) => counts === 0) === true) {
    throw new ElementProblem(
      'No pixel of this image counts: all are clipped.',
      'Choose an image with less exposure, or another part of it.',
    );
  }
  return image;
}

const NORMALIZATIONS: readonly Normalization[] = ['none', 'background', 'mean'];

/** Its scatter between neighbours, or a small share of its variation where it has next to none. */
function noiseOf({ data, mask, shape }: HostImage): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const counts = (i: number) => mask === null || mask[i] !== 0;
  let [sum, squares, count] = [0, 0, 0];
  data.forEach((value, i) => {
    if (!counts(i)) return;
    sum += value;
    squares += value * value;
    count++;
  });
  const mean = sum / Math.max(1, count);
  const deviation = Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean));
  return robustNoise(pixelNoise(data, counts, nx, ny), deviation);
}

/** Mean of the pixels that count, of the whole image. */
function meanOf({ data, mask }: HostImage): number {
  let [sum, count] = [0, 0];
  data.forEach((value, i) => {
    if (mask !== null && mask[i] === 0) return;
    sum += value;
    count++;
  });
  const mean = sum / Math.max(1, count);
  if (!(mean > 0)) {
    throw new ElementProblem(
      `The image cannot be divided by its mean, which is ${mean}.`,
      'Choose another image, or compare its values as they are.',
    );
  }
  return mean;
}

export const target: ElementSpec = defineElement({
  type: 'target',
  version: 1,
  category: 'fit',
  title: 'Target image',
  summary: 'A measured or simulated image that the system is to reproduce.',
  keywords: ['data', 'measurement', 'upload', 'image', 'stack'],
  inputs: {},
  outputs: { out: { type: 'image', title: 'Image' } },
  params: {
    image: {
      kind: 'image',
      title: 'Image',
      doc: 'PNG, TIFF or NPY; stacks have one page per plane.',
      prominent: true,
    },
    normalization: {
      kind: 'choice',
      title: 'Brightness',
      doc: 'For a hologram without its background: either its mean stands for the background, or model and image are both divided by their means, so that the fit is free of the brightness. Clipped pixels do not count.',
      default: 'none',
      options: [
        { value: 'none', title: 'As it is' },
        { value: 'background', title: 'Mean is background' },
        { value: 'mean', title: 'Relative to the means' },
      ],
    },
  },
  power: 'notApplicable',
  linearIn: null,
  equation: '',
  references: [],
  forward: (_inputs, params, { ops }) => {
    const image = checked(params.image);
    const mask = image.mask;
    const normalization = NORMALIZATIONS.find((each) => each === params.normalization) ?? 'none';
    const divisor = normalization === 'none' ? 1 : meanOf(image.whole ?? image);
    return {
      out: {
        kind: 'image',
        samples: ops.constant(`target:${normalization}:${image.key}`, image.shape, 'real', () =>
          Float64Array.from(image.data, (value) => value / divisor),
        ),
        pitch: constantScalar(0),
        unit: 'counts',
        noise: null,
        mask:
          mask === null
            ? null
            : ops.constant(`target:mask:${image.key}`, image.shape, 'real', () => Float64Array.from(mask)),
        normalization,
        noiseGuess: () => noiseOf(image.whole ?? image) / divisor,
      },
    };
  },
});
