import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { moreSamples, roundedDown, setValue } from '../../fixes.ts';
import { lightsOf } from '../../inputs.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { inMetres } from '../../propagation/choice.ts';
import { knownPixels, pointTransfer, sharesOf } from '../../samples/incoherentImaging.ts';
import { pictureMap } from '../../samples/picture.ts';
import { spectralSum } from '../../spectral.ts';
import { formatNumber } from '../../units.ts';
import type { Image, PortValue, Pupil } from '../../values.ts';
import { position } from '../sources/lightParams.ts';
import { pictureOf, pictureParams } from './pictureParams.ts';

/** What an image by convolution says of a pupil: pixels that are too coarse, a point's light that is cut off. */
export function imagingNotes(
  light: PortValue | undefined,
  params: {
    readonly rows: number;
    readonly columns: number;
    readonly pixelPitch: { readonly value: number };
  },
): readonly SamplingNote[] {
  if (light?.kind !== 'pupil') return [];
  const pitch = params.pixelPitch.value;
  const cutoff = light.numericalAperture.value / light.wavelength.value;
  const notes: SamplingNote[] = [];
  if (pitch > 1 / (4 * cutoff)) {
    const fine = roundedDown(1 / (4 * cutoff));
    notes.push({
      severity: 'warning',
      message: `Pixels of ${inMetres(pitch)} are coarser than λ/(4 NA) = ${inMetres(0.25 / cutoff)}: the image of a point is undersampled.`,
      fix: 'Use a smaller pixel pitch.',
      apply: setValue('pixelPitch', fine, `Use pixels of ${inMetres(fine)}`),
    });
  }
  const n = Math.max(params.rows, params.columns);
  const known = knownPixels(light, pitch, 2 * n);
  if (known < n) {
    notes.push({
      severity: 'warning',
      message: `The pupil is sampled for images of ${formatNumber(known * pitch * 1e6, 3)} µm: of each point’s light, what falls further than half of that away is left out.`,
      fix: `Use at least ${Math.ceil(2 * n * pitch * cutoff) + 2} grid samples, or a smaller image.`,
      ...moreSamples(light.grid.samples, 2 * n * pitch * cutoff + 2),
    });
  }
  return notes;
}

/** The middle of an image, of which the whole object sends so many photons. */
export function photonImage(
  ops: Ops,
  image: Real,
  window: {
    readonly rows: number;
    readonly columns: number;
    readonly pixelPitch: Scalar;
    readonly photons: Scalar;
  },
): Image {
  return {
    kind: 'image',
    samples: ops.scaleBy(ops.resize(image, window.rows, window.columns), window.photons),
    pitch: window.pixelPitch,
    unit: 'photons',
    noise: null,
    mask: null,
    normalization: 'none',
  };
}

/** The pupils of all wavelengths, without a reference wave. */
export function incoherentPupils(inputs: Parameters<typeof lightsOf>[0]): readonly [Pupil, ...Pupil[]] {
  const channels = lightsOf(inputs, 'in', 'pupil');
  if (channels[0].reference !== null) {
    throw new ElementProblem(
      'Light that interferes with a reference wave makes no image of an incoherent object.',
      'Connect a pupil that a plane wave or a bead lights.',
    );
  }
  return channels;
}

export const imageWindowParams = {
  pixelPitch: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Pixel pitch',
    doc: 'Distance between the samples of object and image, measured in the object; at most λ/(4 NA).',
    default: 0.1e-6,
    min: 1e-9,
    max: 1,
    soft: [10e-9, 1e-6],
    display: 'nm',
    scale: 'log',
    learnable: false,
    step: 10e-9,
    prominent: true,
  },
  columns: { kind: 'integer', title: 'Columns', doc: 'Samples along x.', default: 128, min: 2, max: 2048 },
  rows: { kind: 'integer', title: 'Rows', doc: 'Samples along y.', default: 128, min: 2, max: 2048 },
  photons: {
    kind: 'quantity',
    quantity: 'photons',
    title: 'Photons',
    doc: 'Photons of the whole object that pass the pupil, in each plane of a stack.',
    default: 1e6,
    min: 0,
    max: 1e15,
    soft: [1e3, 1e8],
    display: 'photons',
    scale: 'log',
    learnable: true,
    step: 1e4,
    prominent: true,
  },
} as const;

const reach = { soft: [-5e-6, 5e-6], step: 0.05e-6 } as const;

export const incoherentObject: ElementSpec = defineElement({
  type: 'incoherentObject',
  version: 1,
  category: 'samples',
  title: 'Incoherent object',
  summary:
    'A picture that glows, or is lit by incoherent light, imaged through a pupil: every point makes the same spot.',
  keywords: ['fluorescence', 'convolution', 'microscope', 'PSF', 'widefield', 'incoherent', 'resolution'],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'image', title: 'Image' } },
  params: {
    ...pictureParams,
    size: {
      ...pictureParams.size,
      doc: 'Side of the picture (an image’s width); 0 fills the image.',
      soft: [0, 20e-6],
      step: 0.1e-6,
    },
    x: position('Position x', 'Centre of the picture, +x right.', 'lateralX', reach),
    y: position('Position y', 'Centre of the picture, +y down the rows.', 'lateralY', reach),
    ...imageWindowParams,
  },
  power: 'notApplicable',
  spectrum: 'whole',
  linearIn: null,
  equation: 'I(x) = photons · ∫ o(x′) PSF(x - x′) d²x′ / ∫ o d²x′',
  references: ['Goodman, Introduction to Fourier Optics: incoherent imaging'],
  sampling: (inputs, params) => imagingNotes(inputs['in'], params),
  forward: (inputs, params, { ops }) => {
    const channels = incoherentPupils(inputs);
    const n = Math.max(params.rows, params.columns);
    const object = ops.toComplex(sharesOf(ops, pictureMap(ops, pictureOf(params), n, params.pixelPitch)));
    const image = spectralSum(ops, channels, (channel) =>
      ops.realPart(ops.filter2(object, pointTransfer(ops, channel, n, params.pixelPitch))),
    );
    return { out: photonImage(ops, image, params) };
  },
});
