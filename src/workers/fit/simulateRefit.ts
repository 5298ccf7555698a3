/**
 * Whether error bars hold, by trial: images of the design's own noise, each fitted like a measured one, and how the
 * values scatter against the bound.
 */
import type { RefitOptions } from '../../graph/refitOptions.ts';
import type { RefitParameter } from '../../graph/refitTable.ts';
import { expose } from '../../optics/detection/expose.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import type { NoiseModel } from '../../optics/values.ts';
import type { RefitReport } from '../protocol.ts';
import { type BoundsContext, boundsOf, type Forecast, meanVariance } from './bounds.ts';
import { expectedProblem } from './expectedProblem.ts';
import type { FitProblem } from './fitProblem.ts';
import { levenbergMarquardt } from './levenbergMarquardt.ts';
import { parameterResult } from './report.ts';

const [ITERATIONS, TOLERANCE] = [60, 1e-7];
/** Ratios further from 1, in their own standard errors, are worth a sentence. */
const UNLIKELY = 3;

/** One fit that has ended; values by path, SI. */
export type OnRefit = (done: number) => Promise<boolean>;

/**
 * Fits begin a standard error away from the values of the design, in directions of their own, so that they have a way
 * to go. What is known before of a value is drawn anew for each image, with its own error about the value of the design:
 * as if it had been measured anew, too.
 * @param onRefit called after each fit; false ends the run, and what is there is told
 */
export async function simulateRefit(
  context: BoundsContext,
  options: RefitOptions,
  onRefit: OnRefit,
): Promise<RefitReport> {
  const began = performance.now();
  const { learnables } = context;
  const problem = await expectedProblem(context.runner, context.plan, learnables);
  try {
    const forecast = await boundsOf(context, problem, options.noise);
    const sigma = learnables.map((_, i) => forecast.errors.sigma[i] ?? 0);
    const points: Float64Array[] = [];
    const variance = meanVariance(forecast, options.noise);
    let [done, unsettled] = [0, 0];
    for (let image = 0; image < options.images; image++) {
      const data = noisyImage(forecast, options.noise, options.seed + image);
      const random = new SeededRandom(options.seed + image + START_STREAM);
      const known = new SeededRandom(options.seed + image + PRIOR_STREAM);
      const drawn = problem.priors.drawn(() => known.normal());
      const refit = problem.retargeted(data, null).knowing(drawn, variance);
      const start = sigma.map((s, i) => within(refit, i, s * random.normal()));
      const ended = await settled(refit, Float64Array.from(start));
      if (ended === null) unsettled++;
      else points.push(ended);
      done++;
      if (!(await onRefit(done))) break;
    }
    const parameters = learnables.map((_, i) => statisticsOf(context, forecast, points, i));
    return {
      ...{ images: done, settled: points.length, parameters, backend: context.backend },
      seconds: (performance.now() - began) / 1000,
      warnings: [...(unsettled === 0 ? [] : [unsettledSentence(unsettled)]), ...ratioSentences(parameters)],
    };
  } finally {
    problem.release();
  }
}

/** Keeps the draws of starts apart from those of images. */
const START_STREAM = 0x51ed270b;
const PRIOR_STREAM = 0x2545f491;

function within({ lower, upper }: FitProblem, index: number, value: number): number {
  return Math.min(Math.max(value, lower[index] as number), upper[index] as number);
}

/** On the scale of the camera. */
function noisyImage({ image }: Forecast, given: number | null, seed: number): Float32Array {
  const { model, factor, noise, unit } = image;
  const mean = Float64Array.from(model, (m) => m / factor);
  if (given !== null || noise === null) {
    const random = new SeededRandom(seed);
    return Float32Array.from(mean, (m) => m + (given ?? 0) * random.normal());
  }
  return expose(mean, noisy(noise), seed, unit === 'counts');
}

/** With its noise, where only its limits are shown. */
function noisy({ sensor, ...noise }: NoiseModel): NoiseModel {
  return sensor === undefined ? noise : { ...noise, sensor: { ...sensor, isNoisy: true } };
}

/** Where a fit from a point ends, scaled units; null where it does not settle. */
async function settled(problem: FitProblem, start: Float64Array): Promise<Float64Array | null> {
  const steps = levenbergMarquardt(problem, start, { maxIterations: ITERATIONS, tolerance: TOLERANCE });
  for (;;) {
    const { value, done } = await steps.next();
    if (done === true) return value.converged ? value.point : null;
  }
}

/** Of one value over the fits that settled; without numbers where they are fewer than two. */
function statisticsOf(
  context: BoundsContext,
  { errors }: Forecast,
  points: readonly Float64Array[],
  index: number,
): RefitParameter {
  const learnable = context.learnables[index];
  if (learnable === undefined) throw new RangeError('There is no such parameter.');
  const { step } = learnable;
  const scaledBound = errors.sigma[index] ?? null;
  const count = points.length;
  const mean = points.reduce((sum, point) => sum + (point[index] as number), 0) / count;
  const squares = points.reduce((sum, point) => sum + ((point[index] as number) - mean) ** 2, 0);
  const scatter = count > 1 ? Math.sqrt(squares / (count - 1)) * step : null;
  const bound = scaledBound === null ? null : scaledBound * step;
  const { title, value, unit, display } = parameterResult(context, learnable, learnable.value, bound);
  return {
    ...{ path: learnable.path, title, unit, display, value, bound, scatter },
    ratio: scatter === null || bound === null ? null : scatter / bound,
    // Of a standard deviation from so many normal numbers.
    ratioError: count > 1 ? 1 / Math.sqrt(2 * (count - 1)) : null,
    bias: count > 1 ? mean * step : null,
    biasError: scatter === null ? null : scatter / Math.sqrt(count),
  };
}

function unsettledSentence(unsettled: number): string {
  return `${unsettled} ${unsettled === 1 ? 'fit' : 'fits'} did not settle and ${unsettled === 1 ? 'is' : 'are'} left out.`;
}

function ratioSentences(parameters: readonly RefitParameter[]): string[] {
  return parameters.flatMap(({ title, ratio, ratioError, bias, biasError }) => {
    const out: string[] = [];
    if (ratio !== null && ratioError !== null && ratio - 1 > UNLIKELY * ratioError * ratio)
      out.push(
        `“${title}” scatters ${ratio.toPrecision(2)} times more than the bound: the comparison does not use all that the image tells (compare counted light by photon likelihood), or fits end in several minima.`,
      );
    if (bias !== null && biasError !== null && Math.abs(bias) > (UNLIKELY + 1) * biasError)
      out.push(
        `“${title}” is off by ${(Math.abs(bias) / biasError).toPrecision(2)} standard errors of its mean: fits are biased there, by a limit, a comparison that fits the noise, or a sign that the image does not tell.`,
      );
    return out;
  });
}
