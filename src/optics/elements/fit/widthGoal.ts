import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { lightOfImage, meanOfPlanes } from '../../goals/lightOfImage.ts';
import { spotVariance } from '../../goals/spotMoments.ts';
import { goalContract, goalOutput, lengthWish, penaltyInput, wished } from '../../goals/wish.ts';
import { inputOf } from '../../inputs.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import type { Image } from '../../values.ts';

/** FWHM of a Gaussian over the root of the area (Σ I)²/Σ I² = 4π σ². */
const FWHM_OF_AREA = Math.sqrt((8 * Math.LN2) / (4 * Math.PI));

export const widthGoal: ElementSpec = defineElement({
  ...goalContract,
  type: 'widthGoal',
  title: 'Width of a spot',
  summary: 'How wide the light of an image is, for a fit to make narrow, or as wide as wanted.',
  keywords: ['goal', 'objective', 'FWHM', 'second moment', 'spot size', 'RMS', 'focus', 'collimate'],
  inputs: { in: { accepts: ['image'], title: 'Image' }, penalty: penaltyInput },
  outputs: goalOutput,
  params: {
    ...lengthWish('the width'),
    measure: {
      kind: 'choice',
      title: 'Measure',
      doc: 'Standard deviation about the centroid along one axis or both (√(σx² + σy²)), which counts faint light far away, or the full width at half maximum of a round Gaussian with the same Σ I²/(Σ I)², which hardly does. A background counts as light: none should be there.',
      default: 'core',
      options: [
        { value: 'core', title: 'Half maximum (core)' },
        { value: 'radial', title: 'Standard deviation' },
        { value: 'x', title: 'Standard deviation along x' },
        { value: 'y', title: 'Standard deviation along y' },
      ],
      prominent: true,
    },
  },
  equation:
    'σ² = Σ (x − x̄)² I / Σ I;  FWHM = √(2 ln 2 / π) Σ I p / √Σ I² for a Gaussian on pixels of pitch p',
  references: ['ISO 11146: widths of beams by second moments', 'Born and Wolf, Principles of Optics'],
  forward: (inputs, params, { ops }) => {
    const value = meanOfPlanes(ops, widths(ops, inputOf(inputs, 'in', 'image'), params.measure));
    return wished(ops, inputs, params, value, { title: 'Width', quantity: 'length', display: 'µm' });
  },
});

/** [planes, 1, 1], metres. */
function widths(ops: Ops, image: Image, measure: string): Real {
  const { share } = lightOfImage(ops, image);
  if (measure === 'core') {
    const squares = ops.sum(ops.multiply(share, share), [1, 2]);
    const one = ops.constant('widthGoal:one', [1], 'real', () => Float64Array.of(FWHM_OF_AREA));
    return ops.scaleBy(ops.divide(one, ops.squareRoot(squares)), image.pitch);
  }
  const along = (axis: 'x' | 'y') => spotVariance(ops, share, axis);
  const variance = measure === 'x' || measure === 'y' ? along(measure) : ops.add(along('x'), along('y'));
  return ops.scaleBy(ops.squareRoot(variance), image.pitch);
}
