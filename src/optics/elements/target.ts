import type { ElementSpec, HostImage } from '../element.ts';
import { defineElement } from '../element.ts';
import { constantScalar } from '../ops/scalar.ts';
import { ElementProblem } from '../problem.ts';

function checked(image: HostImage | null): HostImage {
  if (image === null) {
    throw new ElementProblem(
      'No image has been chosen.',
      'Drop an image on the page or choose one in the inspector.',
    );
  }
  return image;
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
  },
  power: 'notApplicable',
  linearIn: null,
  equation: '',
  references: [],
  forward: (_inputs, params, { ops }) => {
    const image = checked(params.image);
    const mask = image.mask;
    return {
      out: {
        kind: 'image',
        samples: ops.constant(`target:${image.key}`, image.shape, 'real', () =>
          Float64Array.from(image.data),
        ),
        pitch: constantScalar(0),
        unit: 'counts',
        noise: null,
        mask:
          mask === null
            ? null
            : ops.constant(`target:mask:${image.key}`, image.shape, 'real', () => Float64Array.from(mask)),
      },
    };
  },
});
