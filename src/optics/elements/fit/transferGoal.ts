import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { lightOfImage, meanOfPlanes, wavesOverImage } from '../../goals/lightOfImage.ts';
import { goalContract, goalOutput, number, penaltyInput, shareWish, wished } from '../../goals/wish.ts';
import { inputOf } from '../../inputs.ts';
import { direction } from '../../quantityFamily.ts';
import { formatNumber } from '../../units.ts';

/** Contrast² below which the modulus is rounded, so that it has a derivative where it vanishes. */
const ROUNDED = 1e-10;

export const transferGoal: ElementSpec = defineElement({
  ...goalContract,
  type: 'transferGoal',
  title: 'Contrast at a frequency',
  summary: 'The contrast (MTF) that a point’s image leaves of fine lines, for a fit to raise.',
  keywords: ['goal', 'objective', 'MTF', 'modulation transfer', 'OTF', 'resolution', 'sharpness'],
  inputs: { in: { accepts: ['image'], title: 'Image of a point' }, penalty: penaltyInput },
  outputs: goalOutput,
  params: {
    ...shareWish('the contrast'),
    frequency: {
      kind: 'quantity',
      quantity: 'spatialFrequency',
      title: 'Frequency',
      doc: 'Lines per length, in the plane of the object as far as the camera’s magnification tells.',
      default: 1e6,
      min: 0,
      max: 1e9,
      soft: [1e4, 1e7],
      display: 'cycles/µm',
      scale: 'log',
      learnable: false,
      step: 1e4,
      prominent: true,
    },
    angle: direction('Direction', 'Across the lines: 0 for lines along y, which x resolves.', {
      learnable: false,
    }),
  },
  equation: 'MTF(f) = |Σ I exp(−2πi f·x)| / Σ I',
  references: ['Goodman, Introduction to Fourier Optics: frequency analysis of incoherent imaging'],
  sampling: (inputs, params): readonly SamplingNote[] => {
    const image = inputs['in'];
    if (image?.kind !== 'image' || !(image.pitch.value > 0)) return [];
    const limit = 0.5 / image.pitch.value;
    const fastest =
      params.frequency.value *
      Math.max(Math.abs(Math.cos(params.angle.value)), Math.abs(Math.sin(params.angle.value)));
    if (fastest <= limit) return [];
    return [
      {
        severity: 'warning',
        message: `Lines of ${formatNumber(params.frequency.value / 1e6, 3)} per µm are finer than two pixels, at most ${formatNumber(limit / 1e6, 3)} can be seen.`,
        fix: 'Lower the frequency, or give the camera smaller pixels.',
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const image = inputOf(inputs, 'in', 'image');
    const { share } = lightOfImage(ops, image);
    const reach = Math.max(...image.samples.shape.slice(-2)) * image.pitch.value;
    const args = [
      { scalar: params.frequency, scale: 1 / reach },
      { scalar: params.angle, scale: 1 / (1 + reach * params.frequency.value) },
    ];
    const lines = wavesOverImage(ops, 'transferGoal', image, args, ([frequency = 0, angle = 0]) => {
      const [fx, fy] = [frequency * Math.cos(angle), frequency * Math.sin(angle)];
      return (x, y) => {
        const phase = -2 * Math.PI * (fx * x + fy * y);
        return [Math.cos(phase), Math.sin(phase)];
      };
    });
    const squared = ops.absSquared(ops.sum(ops.multiply(share, lines), [1, 2]));
    const value = meanOfPlanes(ops, ops.squareRoot(ops.add(squared, number(ops, ROUNDED))));
    return wished(ops, inputs, params, value, {
      title: 'Contrast',
      quantity: 'dimensionless',
      display: '%',
      isShare: true,
    });
  },
});
