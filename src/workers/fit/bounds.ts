/**
 * Errors before the fit: the Cramér-Rao bound of everything that is learned, at the values that the design has. No
 * unbiased fit of one image has smaller ones, and a fit by photon statistics reaches them with enough light.
 */
import type { GraphRunner } from '../../graph/execute.ts';
import { signSentence } from '../../graph/twins.ts';
import { pixelVariance } from '../../optics/detection/pixelVariance.ts';
import type { ExpectedErrors, ExpectedNoise } from '../protocol.ts';
import { expectedProblem } from './expectedProblem.ts';
import type { Evaluation } from './fitParts.ts';
import type { FitProblem } from './fitProblem.ts';
import { FitProblemError } from './fitProblemError.ts';
import { type Column, normalProducts } from './normalProducts.ts';
import { correlations, parameterResult, type ReportContext, twinSentences } from './report.ts';
import { type Uncertainty, uncertainty, weakDirections } from './uncertainty.ts';

export interface BoundsContext extends ReportContext {
  readonly runner: GraphRunner;
}

const WEAKEST = 3;
/**
 * A value whose natural step changes the image by less than this share, weighed by its noise, changes nothing: float32
 * derivatives of what cancels leave so much, float64 ones far less.
 */
const NO_CHANGE = { f64: 1e-9, wasm: 3e-6, webgpu: 3e-6 } as const;

/**
 * @param noise standard deviation of a pixel in the image's unit, instead of the camera's own noise; null for that
 * @throws FitProblemError with a sentence where nothing is learned, or no noise is known
 */
export async function expectedErrors(context: BoundsContext, noise: number | null): Promise<ExpectedErrors> {
  const began = performance.now();
  const { learnables, runner, plan } = context;
  if (learnables.length === 0) {
    throw new FitProblemError(
      'No number is marked as learnable: mark at least one with the diamond ◇. Maps have too many cells for errors of each.',
    );
  }
  const problem = await expectedProblem(runner, plan, learnables);
  try {
    const { image, told, errors } = await boundsOf(context, problem, noise);
    const correlation = correlations(learnables, errors, null);
    const parameters = learnables.map((learnable, i) => {
      const sigma = errors.sigma[i] ?? null;
      return parameterResult(
        context,
        learnable,
        learnable.value,
        sigma === null ? null : sigma * learnable.step,
      );
    });
    const sign = signSentence(plan.design, learnables, plan.planes);
    return {
      parameters,
      correlation,
      weakest: weakDirections(told, learnables.length, WEAKEST).map(({ information, mix }) => ({
        information,
        mix: mix.map(({ index, share }) => ({ path: learnables[index]?.path ?? '', share })),
      })),
      noise: noiseKind(image, noise),
      pixels: image.model.length,
      backend: context.backend,
      seconds: (performance.now() - began) / 1000,
      warnings: [...twinSentences(context, errors, correlation), ...(sign === null ? [] : [sign])],
    };
  } finally {
    problem.release();
  }
}

export interface Forecast {
  readonly image: Evaluation;
  /** Fisher's information by scaled parameters, with that of priors. */
  readonly told: Float64Array;
  /** Bounds in scaled units. */
  readonly errors: Uncertainty;
}

/** @param problem of the context, at whose values it is looked */
export async function boundsOf(
  { learnables, backend }: BoundsContext,
  problem: FitProblem,
  noise: number | null,
): Promise<Forecast> {
  const image = await linearised(problem, learnables.length);
  const count = learnables.length;
  const seen = informationOf(image, varianceOf(image, noise), NO_CHANGE[backend]);
  const told = problem.priors.toldBy(seen, count, 1);
  return { image, told, errors: uncertainty(told, count, 1) };
}

/** By squares: a likelihood refuses to learn what its own data depend on, of which the bound can well be told. */
async function linearised(problem: FitProblem, count: number): Promise<Evaluation> {
  const plain = problem.measuredBy('leastSquares', 0);
  try {
    return await plain.linearised(new Float64Array(count));
  } finally {
    plain.release();
  }
}

/** In the unit of the camera's image. */
function noiseKind({ unit, noise }: Evaluation, given: number | null): ExpectedNoise {
  if (given !== null) return { kind: 'gaussian', deviation: given };
  if (unit === 'counts') return { kind: 'photons' };
  return { kind: 'gaussian', deviation: noise?.readNoise ?? 0 };
}

/** Per pixel, on the scale of the comparison. @param given standard deviation in the unit of the camera's image */
function varianceOf(
  { model, noise, unit, factor }: Pick<Evaluation, 'model' | 'noise' | 'unit' | 'factor'>,
  given: number | null,
): Float64Array {
  if (given !== null) return new Float64Array(model.length).fill((given * factor) ** 2);
  if (noise === null || (unit !== 'counts' && noise.readNoise === 0)) throw new FitProblemError(NO_NOISE);
  const counts = factor === 1 ? model : Float64Array.from(model, (m) => m / factor);
  return pixelVariance(counts, noise, unit === 'counts').map((v) => v * factor ** 2);
}

/** Of all pixels, on the scale of the comparison. */
export function meanVariance({ image }: Forecast, given: number | null): number {
  const variance = varianceOf(image, given);
  return variance.reduce((sum, v) => sum + v, 0) / Math.max(1, variance.length);
}

const NO_NOISE =
  'The noise of the image is not known, so neither are its errors: give the camera a read noise, or light that is counted in photons.';

/** Fisher's information by scaled parameters, row-major: Σ ∂ᵢμ ∂ⱼμ / σ². */
export function informationOf(
  { model, columns }: Pick<Evaluation, 'model' | 'columns'>,
  variance: Float64Array,
  noChange: number,
): Float64Array {
  const weights = variance.map((v) => 1 / v);
  let whole = 0;
  for (let k = 0; k < model.length; k++) whole += (model[k] as number) ** 2 * (weights[k] as number);
  const matters = ({ data, first, last }: Column): boolean => {
    let sum = 0;
    for (let k = first; k <= last; k++) sum += (data[k] as number) ** 2 * (weights[k] as number);
    return sum > noChange ** 2 * whole;
  };
  const nothing: Column = { data: new Float64Array(0), first: 0, last: -1 };
  const told = columns.map((column) => (matters(column) ? column : nothing));
  return normalProducts(told, { gradientFactor: new Float64Array(model.length), weights }).curvature;
}
