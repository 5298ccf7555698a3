import { airyShareInBox } from '../../analysis/airyBox.ts';
import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { lightOfImage, meanOfPlanes } from '../../goals/lightOfImage.ts';
import { peakShare } from '../../goals/sharpPeak.ts';
import { goalContract, goalOutput, number, penaltyInput, shareWish, wished } from '../../goals/wish.ts';
import { inputOf } from '../../inputs.ts';
import { DIFFERENCE_STEP, slopesOf } from '../../maths/difference.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { planeShape } from '../../sampledGrid.ts';
import { formatNumber } from '../../units.ts';
import type { Image } from '../../values.ts';
import { sensorParams } from '../detection/cameraParams.ts';
import { wavelength } from '../sources/lightParams.ts';

export const pictureStrehlGoal: ElementSpec = defineElement({
  ...goalContract,
  type: 'pictureStrehlGoal',
  title: 'Strehl ratio of a picture',
  summary:
    'The peak of a point’s picture over that of a perfect picture with the same light and aperture, for a fit to raise.',
  keywords: [
    'goal',
    'objective',
    'Strehl',
    'peak',
    'PSF',
    'point',
    'aberrations',
    'camera',
    'focus',
    'sharpness',
  ],
  inputs: {
    in: { accepts: ['image'], title: 'Picture of a point' },
    ideal: { accepts: ['image'], title: 'Perfect picture', optional: true },
    penalty: penaltyInput,
  },
  outputs: goalOutput,
  params: {
    ...shareWish('the Strehl ratio'),
    numericalAperture: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Numerical aperture',
      doc: 'Of the round, evenly lit pupil whose perfect picture is the measure, on pixels like these and by light without polarisation. Where a perfect picture is connected, that is the measure instead: for beads with a size, apodised or vectorial pupils, blurring cameras.',
      default: 1,
      min: 1e-3,
      max: 2,
      soft: [0.05, 1.5],
      display: '',
      scale: 'linear',
      learnable: false,
      step: 0.01,
      prominent: true,
    },
    wavelength: {
      ...wavelength,
      learnable: false,
      doc: 'Vacuum wavelength of the perfect picture; not used where one is connected.',
    },
    pixelResponse: {
      ...sensorParams.pixelResponse,
      doc: 'Of the perfect picture, as the camera’s: the light at the pixels’ centres, or over their areas, whose peak is a little lower.',
    },
    background: {
      kind: 'switch',
      title: 'Subtract background',
      doc: 'Takes the mean of the outermost pixels away first. Without, all light counts as the point’s and an even background lowers the ratio; with it, faint light of the point out there is lost, which raises it a little.',
      default: false,
    },
  },
  equation:
    'S = max I / Σ I ÷ max I₀ / Σ I₀,  of a round aperture I₀ = (2 J₁(v)/v)², v = 2π NA r/λ, summed over pixels',
  references: [
    'Born and Wolf, Principles of Optics: Strehl intensity; Rayleigh’s share of the light in a circle',
    'Roberts et al., Proc. SPIE 5490, 504 (2004): Strehl ratios from pictures, and what pixels and background do to them',
  ],
  sampling: (inputs, params): readonly SamplingNote[] => {
    const image = inputs['in'];
    if (image?.kind !== 'image' || !(image.pitch.value > 0)) return [];
    const coarsest = params.wavelength.value / (4 * params.numericalAperture.value);
    if (inputs['ideal'] !== undefined || image.pitch.value <= 1.001 * coarsest) return [];
    return [
      {
        severity: 'warning',
        message: `Pixels of ${micrometres(image.pitch.value)} are coarser than λ/4NA = ${micrometres(coarsest)}: the peak between them is not told exactly, and the ratio depends on where the spot lies.`,
        fix: 'Give the camera smaller pixels, or check the numerical aperture and the wavelength of the goal.',
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const image = inputOf(inputs, 'in', 'image');
    const peak = peakOf(ops, image, params.background);
    const ideal = inputs['ideal'];
    const best =
      ideal?.kind === 'image'
        ? peakOf(ops, alike(ideal, image), params.background)
        : perfectPeak(ops, image, params);
    const value = meanOfPlanes(ops, ops.divide(peak, best));
    return wished(ops, inputs, params, value, {
      title: 'Strehl ratio',
      quantity: 'dimensionless',
      display: '',
      isShare: true,
    });
  },
});

const micrometres = (metres: number) => `${formatNumber(metres * 1e6, 3)} µm`;

/** Share of the light that a pixel at the peak sees, [planes, 1, 1]. */
function peakOf(ops: Ops, image: Image, isBackgroundTaken: boolean): Real {
  const { share } = lightOfImage(ops, image);
  return peakShare(ops, isBackgroundTaken ? aboveEdge(ops, share) : share);
}

/** The shares of light above the mean of the outermost pixels. */
function aboveEdge(ops: Ops, share: Real): Real {
  const [ny, nx] = planeShape(share);
  const edge = ops.constant(`pictureStrehlGoal:edge:${ny}x${nx}`, [ny, nx], 'real', () => {
    const isOuter = (i: number) => {
      const [row, column] = [Math.floor(i / nx), i % nx];
      return row === 0 || column === 0 || row === ny - 1 || column === nx - 1;
    };
    const outer = Float64Array.from({ length: ny * nx }, (_, i) => (isOuter(i) ? 1 : 0));
    const count = outer.reduce((sum, one) => sum + one, 0);
    return outer.map((one) => one / count);
  });
  const level = ops.sum(ops.multiply(share, edge), [1, 2]);
  const lifted = ops.subtract(share, level);
  return ops.divide(lifted, ops.subtract(number(ops, 1), ops.scale(level, ny * nx)));
}

/** @throws ElementProblem where the planes or pixels of the two pictures are not alike */
function alike(ideal: Image, image: Image): Image {
  const planes = ({ samples }: Image) => (samples.shape.length > 2 ? (samples.shape[0] ?? 1) : 1);
  if (planes(ideal) !== 1 && planes(ideal) !== planes(image)) {
    throw new ElementProblem(
      `The perfect picture has ${planes(ideal)} planes and the picture ${planes(image)}.`,
      'Connect a perfect picture with one plane, or with as many.',
    );
  }
  const [own, other] = [image.pitch.value, ideal.pitch.value];
  if (Math.abs(own - other) > 1e-6 * own) {
    throw new ElementProblem(
      `The picture has pixels of ${micrometres(own)}, the perfect one of ${micrometres(other)}.`,
      'Take both with the same camera settings.',
    );
  }
  return ideal;
}

interface Perfect {
  readonly numericalAperture: Scalar;
  readonly wavelength: Scalar;
  readonly pixelResponse: string;
}

/** Of what the picture would hold of a perfect spot, the share that a pixel at its middle sees; [1]. */
function perfectPeak(ops: Ops, { samples, pitch }: Image, perfect: Perfect): Real {
  const [ny, nx] = planeShape(samples);
  const [aperture, lambda] = [perfect.numericalAperture.value, perfect.wavelength.value];
  const isWhole = perfect.pixelResponse === 'average';
  const share = ([step = 1]: readonly number[]) => {
    const size = (2 * Math.PI * aperture * step) / lambda;
    // (2 J₁(v)/v)² is 1 in the middle and 4π in all.
    const peak = isWhole ? airyShareInBox(size, size) : size ** 2 / (4 * Math.PI);
    return [peak / airyShareInBox(nx * size, ny * size)];
  };
  return ops.hostMap(
    [pitch],
    [1],
    'real',
    (values, [isWanted]) => ({
      value: Float64Array.from(share(values)),
      partials: [isWanted === true ? slopesOf(share, values, 0, DIFFERENCE_STEP * pitch.value) : undefined],
    }),
    `pictureStrehlGoal:perfect:${ny}x${nx}:${aperture}:${lambda}:${perfect.pixelResponse}`,
  );
}
