import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import { multiplyScalars, type Scalar, subtractScalars } from '../../ops/scalar.ts';
import { axialWavenumber } from '../../pupil/pupilGrid.ts';
import { NO_LIGHT, pointTransfer } from '../../samples/incoherentImaging.ts';
import { sliceMap } from '../../samples/picture.ts';
import { spectralSum } from '../../spectral.ts';
import type { Pupil } from '../../values.ts';
import { position } from '../sources/lightParams.ts';
import { imageWindowParams, imagingNotes, incoherentPupils, photonImage } from './incoherentObject.ts';
import { pictureOf, volumeParams } from './pictureParams.ts';
import { slabParams } from './slabParams.ts';

const lateral = { soft: [-5e-6, 5e-6], step: 0.05e-6 } as const;

/** The pupil for light from a distance before focus: exp[i z (kz - k)]. */
function defocused(ops: Ops, light: Pupil, distance: Scalar): Pupil {
  const { grid, wavelength, refractiveIndex, numericalAperture } = light;
  const wavenumber = axialWavenumber(ops, grid, wavelength, refractiveIndex, numericalAperture);
  const samples = ops.multiply(ops.phasor(ops.scaleBy(wavenumber, distance)), light.samples);
  return { ...light, samples };
}

/** The brightness of all slices as shares of all their light, [n, n] each. */
function glowing(ops: Ops, slices: readonly Real[]): readonly Real[] {
  const nothing: Real = ops.upload(Float64Array.of(NO_LIGHT), [1, 1], 'real');
  const all = slices.reduce((sum, slice) => ops.add(sum, ops.sum(slice, [0, 1])), nothing);
  return slices.map((slice) => ops.divide(slice, all));
}

export const incoherentVolume: ElementSpec = defineElement({
  type: 'incoherentVolume',
  version: 1,
  category: 'samples',
  title: 'Glowing volume',
  summary:
    'A fluorescent volume seen through a pupil: every slice adds its own blurred image, nothing scatters.',
  keywords: ['fluorescence', 'widefield', '3D', 'volume', 'out of focus', 'haze', 'stack', 'convolution'],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'image', title: 'Image' } },
  params: {
    ...volumeParams,
    size: {
      ...volumeParams.size,
      doc: 'Width of the volume; 0 fills the image.',
      soft: [0, 20e-6],
      step: 0.1e-6,
    },
    x: position('Position x', 'Centre of the volume, +x right.', 'lateralX', lateral),
    y: position('Position y', 'Centre of the volume, +y down the rows.', 'lateralY', lateral),
    z: position('Distance before focus', 'Of the volume’s middle, towards the source positive.', 'axial', {
      ...lateral,
      prominent: true,
    }),
    slices: { ...slabParams.slices, doc: 'Slices along the light; more until the image stops changing.' },
    thickness: { ...slabParams.thickness, prominent: false },
    ...imageWindowParams,
  },
  power: 'notApplicable',
  spectrum: 'whole',
  linearIn: null,
  equation: 'I(x) = photons · Σ_s ∫ o_s(x′) PSF(x - x′; z - z_s) d²x′ / Σ_s ∫ o_s d²x′',
  references: ['Agard, Annu. Rev. Biophys. Bioeng. 13, 191 (1984): images of thick specimens'],
  sampling: (inputs, params) => imagingNotes(inputs['in'], params),
  forward: (inputs, params, { ops }) => {
    const channels = incoherentPupils(inputs);
    const n = Math.max(params.rows, params.columns);
    const count = params.slices;
    const volume = pictureOf(params);
    const slices = Array.from({ length: count }, (_, index) =>
      sliceMap(ops, volume, { index, count }, n, params.pixelPitch),
    );
    const objects = glowing(ops, slices).map((slice) => ops.toComplex(slice));
    const image = spectralSum(ops, channels, (channel) => {
      const [first, ...rest] = objects.map((object, index) => {
        const depth = multiplyScalars(params.thickness, (index + 0.5) / count - 0.5);
        const pupil = defocused(ops, channel, subtractScalars(params.z, depth));
        return ops.filter2(object, pointTransfer(ops, pupil, n, params.pixelPitch));
      });
      if (first === undefined) throw new Error('A volume has at least one slice.');
      return ops.realPart(rest.reduce((sum, each) => ops.add(sum, each), first));
    });
    return { out: photonImage(ops, image, params) };
  },
});
