import type { ElementSpec, HostImage } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { pixelNoise } from '../../maths/pixelNoise.ts';
import {
  errorFactor,
  isAsItIs,
  type Registration,
  registered,
  resamplingOf,
} from '../../maths/registration.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { robustNoise } from '../../robust.ts';
import type { Normalization } from '../../values.ts';
import { registrationOf, registrationParams } from './registrationParams.ts';

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

/** The image where it is registered, remembered for the one that it is made of. */
const places = new WeakMap<HostImage, { readonly name: string; readonly image: HostImage }>();

function placed(given: HostImage, registration: Registration): HostImage {
  if (isAsItIs(registration)) return given;
  const name = JSON.stringify(Object.values(registration));
  const known = places.get(given);
  if (known?.name === name) return known.image;
  const image = { ...registered(given, registration), key: `${given.key}:${name}` };
  if (image.mask?.every((counts) => counts === 0) === true) {
    throw new ElementProblem(
      'No pixel of the target is left where it was moved to.',
      'Take its shift, turn or scale back.',
    );
  }
  places.set(given, { name, image });
  return image;
}

export const target: ElementSpec = defineElement({
  type: 'target',
  version: 1,
  category: 'fit',
  title: 'Target image',
  summary: 'A measured or simulated image that the system is to reproduce.',
  keywords: ['data', 'measurement', 'upload', 'image', 'stack', 'paint', 'registration', 'flip', 'rotate'],
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
    ...registrationParams,
  },
  power: 'notApplicable',
  linearIn: null,
  equation: '',
  references: ['Keys, IEEE Trans. Acoust. Speech Signal Process. 29, 1153 (1981): cubic convolution'],
  sampling: (_inputs, params) => {
    const registration = registrationOf(params);
    const resampling = resamplingOf(registration, params.image?.shape ?? [64, 64]);
    if (resampling === null) return [];
    const factor = errorFactor(resampling).toPrecision(2);
    return [
      {
        severity: 'warning',
        message: `The target is interpolated between its pixels, which share their noise then: error bars of a fit by Levenberg–Marquardt are made ${factor} times as large for that, and χ² is not told.`,
        fix: 'For numbers with errors, leave the target where it is and let the position, scale or angle of the model be learned.',
      },
    ];
  },
  forward: (_inputs, params, { ops }) => {
    const given = checked(params.image);
    const registration = registrationOf(params);
    const image = placed(given, registration);
    const mask = image.mask;
    const normalization = NORMALIZATIONS.find((each) => each === params.normalization) ?? 'none';
    // A part of a stack is divided by the mean of all of it, where it was moved to.
    const whole = given.whole === undefined ? image : placed(given.whole, registration);
    const divisor = normalization === 'none' ? 1 : meanOf(whole);
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
        isRescaled: registration.scale !== 1,
        noiseGuess: () => noiseOf(given.whole ?? given) / divisor,
      },
    };
  },
});
