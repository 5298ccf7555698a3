import { checkSamePixels, likelihoodProblem, onScaleOf, sumOverCounted } from '../../comparison.ts';
import { quantumScale } from '../../detection/quanta.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { type Likeness, lightOnTarget, roots, unlikeness } from '../../likeness.ts';
import { sizeOf } from '../../ops/kernels.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { comparedNoise, ROBUST_KINDS, robustTerms } from '../../robust.ts';
import { planeShape } from '../../sampledGrid.ts';
import type { Image, Reading } from '../../values.ts';

/** Sum over the counted pixels, as a share of all pixels. */
function masked(ops: Ops, terms: Real, target: Image): Real {
  return ops.scale(sumOverCounted(ops, terms, target), 1 / sizeOf(terms.shape));
}

function poisson(ops: Ops, model: Image, data: Image): Real {
  const noise = model.noise;
  const problem = likelihoodProblem(noise);
  if (problem !== null) throw problem;
  const { offset, perCount, lift, key } = quantumScale(noise);
  const shape = offset.length === 1 ? [1] : planeShape(model.samples);
  const map = (name: string, values: Float64Array) =>
    ops.constant(`loss:${name}:${key}`, shape, 'real', () => values);
  const isPlain = offset.length === 1 && offset[0] === 0 && perCount[0] === 1;
  const quanta = (image: Real): Real => {
    if (isPlain) return ops.add(image, map('lift', lift));
    const shifted = ops.subtract(image, map('offset', offset));
    return ops.add(ops.multiply(shifted, map('perCount', perCount)), map('lift', lift));
  };
  return ops.poissonDeviance(quanta(model.samples), quanta(data.samples));
}

const LIKENESSES: readonly Likeness[] = ['correlation', 'cosine', 'overlap'];

export const loss: ElementSpec = defineElement({
  type: 'loss',
  version: 1,
  category: 'fit',
  title: 'Compare',
  summary: 'Measures how far the camera image is from the target: what a fit makes small.',
  keywords: ['loss', 'fit', 'residual', 'objective', 'least squares', 'likelihood', 'poisson'],
  inputs: {
    model: { accepts: ['image'], title: 'Model' },
    target: { accepts: ['image'], title: 'Target' },
    penalty: { accepts: ['scalar'], title: 'Penalty', optional: true },
  },
  outputs: { out: { type: 'scalar', title: 'Loss' } },
  objective: true,
  params: {
    kind: {
      kind: 'choice',
      title: 'Measure',
      doc: 'Least squares for relative intensities; photon likelihood when the camera counts photons, with the gain, offset and read noise of each pixel where they differ (sCMOS); smooth absolute values and Cauchy where dust, clipping or a doubtful model spoil some pixels: large residuals count less, or hardly at all; amplitudes for phase retrieval. To design light, whose brightness is free: correlation and cosine want the same picture, overlap wants the light where the target is bright, evenly. Root mean square and mean absolute value are in the unit of the image, over the pixels that count. Squares, photon likelihood, smooth absolute values, Cauchy and amplitudes are sums of residuals, which Levenberg–Marquardt needs; the others are for methods that follow the gradient.',
      default: 'leastSquares',
      options: [
        { value: 'leastSquares', title: 'Least squares' },
        { value: 'poisson', title: 'Photon likelihood' },
        { value: 'absolute', title: 'Absolute values, smooth' },
        { value: 'cauchy', title: 'Cauchy' },
        { value: 'rootMeanSquare', title: 'Root mean square' },
        { value: 'meanAbsolute', title: 'Mean absolute value' },
        { value: 'amplitude', title: 'Amplitudes' },
        { value: 'correlation', title: '1 - correlation' },
        { value: 'cosine', title: '1 - cosine' },
        { value: 'overlap', title: '1 - overlap' },
      ],
      prominent: true,
    },
    noise: {
      kind: 'quantity',
      quantity: 'counts',
      title: 'Noise of a pixel',
      doc: 'Standard deviation in the unit of the target, by which a robust measure tells large residuals: twice as much and more counts less.',
      default: 0,
      min: 0,
      max: 1e9,
      soft: [0, 1],
      display: '',
      scale: 'linear',
      learnable: false,
      step: 0.01,
      automatic: 'the scatter between neighbouring pixels of the target',
      when: { param: 'kind', is: ROBUST_KINDS },
    },
  },
  power: 'notApplicable',
  linearIn: null,
  equation:
    'mean (m - d)²,  mean [m - d + d ln(d/m)],  mean 2c² (√(1 + u²) - 1),  mean c² ln(1 + u²) with u = (m - d)/c,  √(mean (m - d)²),  mean |m - d|,  mean (√m - √d)²,  1 - r,  1 - Σ m d / √(Σ m² Σ d²),  1 - (Σ √(m d))² / Σ m Σ d',
  references: [
    'Huber, Robust Statistics (1981); c = 1.345 and 2.385 standard deviations: 95 % efficient for normal noise',
    'Romero and Dickey, J. Opt. Soc. Am. A 24, 2280 (2007): best splitting by the sum of the amplitudes',
    'Laurence and Chromy, Nat. Methods 7, 338 (2010): likelihood for Poisson data',
    'Huang et al., Nat. Methods 10, 653 (2013): likelihood for sCMOS cameras, whose pixels differ',
  ],
  sampling: (inputs) => {
    const [model, data] = [inputs['model'], inputs['target']];
    if (model?.kind !== 'image' || data?.kind !== 'image' || model.noise === null) return [];
    const { gain, offset } = model.noise;
    if (data.normalization !== 'background' || (gain === 1 && offset === 0)) return [];
    return [
      {
        severity: 'warning',
        message: `The target is relative to its background of 1, but the camera multiplies by a gain of ${gain} and adds ${offset}.`,
        fix: 'Set gain 1 and offset 0, or the target’s brightness to “Relative to the means” or “As it is”.',
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const model = inputOf(inputs, 'model', 'image');
    const data = inputOf(inputs, 'target', 'image');
    checkSamePixels(model, data);
    const samples = measured(ops, params, model, data);
    const penalty = inputs['penalty'];
    const likeness = LIKENESSES.find((each) => each === params.kind);
    const readings = likeness === undefined ? [] : likenessReadings(ops, likeness, samples, model, data);
    return {
      out: {
        kind: 'scalar',
        ...(likeness === undefined ? {} : { likeness, readings }),
        samples: penalty?.kind === 'scalar' ? ops.add(samples, ops.reshape(penalty.samples, [1])) : samples,
      },
    };
  },
});

/** The likeness itself, of which the loss is what is missing to 1; an overlap as light on the target and its evenness. */
function likenessReadings(
  ops: Ops,
  likeness: Likeness,
  missing: Real,
  model: Image,
  data: Image,
): readonly Reading[] {
  const title = { correlation: 'Correlation', cosine: 'Cosine', overlap: 'Overlap' }[likeness];
  const one = ops.constant('loss:one', [1], 'real', () => Float64Array.of(1));
  const plain = { quantity: 'dimensionless', display: '' } as const;
  const found = { title, ...plain, samples: ops.subtract(one, missing) };
  if (likeness !== 'overlap') return [found];
  const efficiency = lightOnTarget(ops, model, data);
  const percent = { quantity: 'dimensionless', display: '%' } as const;
  return [
    found,
    { title: 'Light on the target', ...percent, samples: efficiency },
    { title: 'Evenness there', ...percent, samples: ops.divide(found.samples, efficiency) },
  ];
}

/** Shape [1]. */
function measured(
  ops: Ops,
  { kind, noise }: { readonly kind: string; readonly noise: Scalar },
  model: Image,
  data: Image,
): Real {
  switch (kind) {
    case 'poisson':
      return masked(ops, poisson(ops, model, fixedCounts(data)), data);
    case 'correlation':
    case 'cosine':
    case 'overlap':
      return unlikeness(ops, kind, model, data);
    case 'amplitude': {
      const residual = ops.subtract(roots(ops, onScaleOf(ops, model, data)), roots(ops, data.samples));
      return masked(ops, ops.multiply(residual, residual), data);
    }
    case 'rootMeanSquare':
    case 'meanAbsolute':
      return meanSize(
        ops,
        kind === 'rootMeanSquare',
        ops.subtract(onScaleOf(ops, model, data), data.samples),
        data,
      );
    case 'absolute':
    case 'cauchy': {
      const residual = ops.subtract(onScaleOf(ops, model, data), data.samples);
      return masked(ops, robustTerms(ops, kind, residual, comparedNoise(noise.value, model, data)), data);
    }
    default: {
      const residual = ops.subtract(onScaleOf(ops, model, data), data.samples);
      return masked(ops, ops.multiply(residual, residual), data);
    }
  }
}

/** Of the square of the mean size, where the target is dark everywhere. */
const LEAST = 1e-30;
/** The size of a residual is rounded below this share of the target's mean size. */
const ROUNDED = 1e-4;

/** √(mean r²) or mean |r| of the residuals over the pixels that count, rounded where they vanish; shape [1]. */
function meanSize(ops: Ops, isRoot: boolean, residual: Real, data: Image): Real {
  const squared = (a: Real) => ops.multiply(a, a);
  const ones = ops.constant(`loss:ones:${residual.shape.join('x')}`, residual.shape, 'real', () =>
    new Float64Array(sizeOf(residual.shape)).fill(1),
  );
  const count = sumOverCounted(ops, ones, data);
  const mean = (terms: Real) => ops.divide(sumOverCounted(ops, terms, data), count);
  const scale = ops.add(mean(squared(data.samples)), ops.upload(Float64Array.of(LEAST), [1], 'real'));
  const least = ops.scale(scale, ROUNDED ** 2);
  if (isRoot) return ops.squareRoot(ops.add(mean(squared(residual)), least));
  return mean(ops.squareRoot(ops.add(squared(residual), least)));
}

/** What a photon likelihood compares with. */
function fixedCounts(data: Image): Image {
  if (data.samples.tracked || data.samples.tangents.size > 0) {
    throw new ElementProblem(
      'The target changes with a parameter that is learned, but a photon likelihood needs fixed counts.',
      'Use least squares, or connect a measured image as the target.',
    );
  }
  if (data.normalization !== 'none') {
    throw new ElementProblem(
      'The target is divided by its mean, but a photon likelihood needs counts.',
      'Use least squares, or set the target’s brightness to “As it is”.',
    );
  }
  if (data.isRescaled === true) {
    throw new ElementProblem(
      'The target is made larger or smaller, but a photon likelihood needs the counts of its own pixels.',
      'Use least squares, or set the target’s scale to 1 and fit the camera’s pixel pitch or magnification.',
    );
  }
  return data;
}
