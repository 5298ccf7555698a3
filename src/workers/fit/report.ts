/** What a fit ended with: values, error bars and what a person should know about them. */
import type { Plan } from '../../graph/compile.ts';
import { type Correlation, coefficientText } from '../../graph/correlation.ts';
import type { Learnable } from '../../graph/learnables.ts';
import { contradiction } from '../../graph/priors.ts';
import { registrationAt } from '../../graph/registration.ts';
import { findNode } from '../../graph/registry.ts';
import { blindRemedy, twinRemedy } from '../../graph/twins.ts';
import { pixelNoise } from '../../optics/maths/pixelNoise.ts';
import {
  errorFactor,
  type Resampling,
  registeredShape,
  resamplingOf,
} from '../../optics/maths/registration.ts';
import { SI_UNIT, unitFactor } from '../../optics/units.ts';
import type { BackendName, ErrorSource, FitResult, ParameterResult } from '../protocol.ts';
import { type BrightnessShift, brightnessShift } from './brightness.ts';
import { comparisonIn } from './fitObjective.ts';
import type { FitStatistics } from './fitParts.ts';
import type { FitProblem } from './fitProblem.ts';
import { type Uncertainty, uncertainty } from './uncertainty.ts';

export interface ReportContext {
  readonly plan: Plan;
  readonly learnables: readonly Learnable[];
  readonly backend: BackendName;
  /** Object-space pixel pitch of the camera, metres. */
  readonly pitch: number;
  /** Column and row of the origin. */
  readonly origin: { readonly x: number; readonly y: number };
  readonly wavelength: number;
}

export interface Ending {
  readonly startMerit: number;
  readonly converged: boolean;
  readonly iterations: number;
  readonly seconds: number;
}

const STRONG_CORRELATION = 0.95;
/** Reduced χ² above which the model misses something that the error bars, made from noise, do not know of. */
const SUSPICIOUS_CHI_SQUARE = 2;
/** Reduced χ² below which the noise that was given cannot be that of the image. */
const TOO_SMALL_CHI_SQUARE = 0.5;

/** Standard deviation of the scatter between neighbouring pixels of a residual. */
export function residualNoise(problem: FitProblem, residual: Float64Array): number {
  const [ny = 1, nx = 1] = problem.shape.slice(-2);
  return pixelNoise(residual, (i) => problem.mask === null || (problem.mask[i] as number) > 0, nx, ny);
}

/** Noise that nobody gave was guessed from the first image: of what the model leaves at the end it is known better. */
const SAME_NOISE = 0.1;

/** Of a pixel: the variance by which priors should weigh at the end of a fit; null where they do. */
export function otherVariance(
  problem: FitProblem,
  { noise, residual }: Pick<FitStatistics, 'noise' | 'residual'>,
): number | null {
  if (!problem.priors.any || problem.kind === 'poisson' || noise !== null) return null;
  const found = residualNoise(problem, residual) ** 2;
  const before = problem.priorWeight / problem.lossPerMerit;
  return found > 0 && Math.abs(found - before) >= SAME_NOISE * before ? found : null;
}

/** What errors are scaled by, and what is to be said of the residual. */
export interface NoiseScale {
  /** Factor on the inverse of the curvature. */
  readonly variance: number;
  /** Per degree of freedom; not a number where it is not known. */
  readonly chiSquare: number;
  readonly freedom: number;
  readonly errorSource: ErrorSource;
  readonly warnings: readonly string[];
}

/** @param unknowns that the data have told */
export function scaleOf(
  problem: FitProblem,
  plan: Plan,
  statistics: FitStatistics,
  unknowns: number,
): NoiseScale {
  const freedom = Math.max(1, statistics.pixels - unknowns);
  const warnings: string[] = [];
  let chiSquare = statistics.weightedSquares / freedom;
  let variance = Math.max(1, chiSquare);
  const isNoiseKnown = problem.kind === 'poisson' || statistics.noise !== null;
  let factor = Math.sqrt(variance);
  if (problem.kind !== 'poisson') {
    const given = statistics.noise;
    const noise = given ?? residualNoise(problem, statistics.residual);
    variance = given === null ? chiSquare : Math.max(given * given, chiSquare);
    factor = given === null || given === 0 ? 1 : Math.sqrt(variance) / given;
    chiSquare = noise > 0 ? chiSquare / (noise * noise) : Number.NaN;
    if (given === null) {
      warnings.push(
        'The noise is not given, so errors are scaled by the residual and χ² compares it with the scatter between neighbouring pixels.',
      );
    }
  }
  const resampling = resampled(problem, plan);
  if (resampling !== null) {
    // What the noise was before pixels shared it, and what it is for values that many pixels tell.
    const floor = problem.kind === 'poisson' ? 1 : (statistics.noise ?? 0) ** 2;
    const own = statistics.weightedSquares / freedom / resampling.kept;
    variance = Math.max(floor, own) * resampling.shared;
    factor = floor > 0 ? Math.sqrt(Math.max(1, own / floor)) : 1;
    chiSquare = Number.NaN;
    warnings.push(
      `The target is interpolated, so its pixels share their noise: ± is ${errorFactor(resampling).toPrecision(2)} times what independent pixels of the same scatter would give, and χ² is not told.`,
    );
  }
  if (chiSquare > SUSPICIOUS_CHI_SQUARE) {
    warnings.push(
      `χ² is ${chiSquare.toPrecision(3)} per degree of freedom: the model misses ${Math.sqrt(chiSquare).toPrecision(2)} times more than the noise, so true errors are larger than ± says. Look at the residual.`,
    );
  }
  if (isNoiseKnown && chiSquare < TOO_SMALL_CHI_SQUARE) {
    warnings.push(
      `χ² is ${chiSquare.toPrecision(2)} per degree of freedom: the image has less noise than the camera's settings say, so true errors are smaller than ± says. Check gain, offset and read noise; for an image relative to its background the read noise is a share of that.`,
    );
  }
  const isMixed = problem.priors.any || problem.normalization === 'background';
  const errorSource: ErrorSource = {
    ...{ noise: isNoiseKnown ? 'given' : 'residual', factor },
    ...(isMixed ? { isMixed } : {}),
  };
  return { variance, chiSquare, freedom, errorSource, warnings };
}

/** What a fit of numbers tells of their errors. */
export type ToldErrors = Pick<FitResult, 'parameters' | 'reducedChiSquare' | 'correlation' | 'warnings'> & {
  readonly freedom: number;
  readonly errorSource: ErrorSource;
};

/** @param shifts what else than noise moves all values at once, scaled units; null where nothing does */
export function toldErrors(
  context: ReportContext,
  values: ReadonlyMap<string, number>,
  { chiSquare, freedom, errorSource, warnings }: NoiseScale,
  errors: Uncertainty,
  shifts: Float64Array | null,
): ToldErrors {
  const { learnables } = context;
  const parameters = learnables.map((learnable, i) => {
    const sigma = standardError(errors, shifts, i);
    const value = values.get(learnable.path) ?? learnable.value;
    return parameterResult(context, learnable, value, sigma === null ? null : sigma * learnable.step);
  });
  const correlation = correlations(learnables, errors, shifts);
  return {
    ...{ parameters, freedom, errorSource, correlation },
    reducedChiSquare: Number.isFinite(chiSquare) ? chiSquare : null,
    warnings: [
      ...warnings,
      ...twinSentences(context, errors, correlation),
      ...limitSentences(parameters),
      ...priorSentences(parameters),
    ],
  };
}

/** @param point where the fit ended, scaled units. */
export async function report(
  problem: FitProblem,
  context: ReportContext,
  point: Float64Array,
  ending: Ending,
): Promise<FitResult> {
  const count = context.learnables.length;
  const statistics = await problem.statistics(point);
  const scale = scaleOf(problem, context.plan, statistics, count);
  const { variance } = scale;
  const errors = uncertainty(problem.priors.toldBy(statistics.curvature, count, variance), count, variance);
  const brightness = await assumedBrightness(problem, point);
  const assumed = brightness === null ? [] : brightnessSentence(context.learnables, errors, brightness);
  const said = { ...scale, warnings: [...scale.warnings, ...assumed] };
  const { startMerit, ...how } = ending;
  return {
    ...toldErrors(context, problem.valuesAt(point), said, errors, brightness?.shifts ?? null),
    ...how,
    loss: { start: startMerit * problem.lossPerMerit, end: statistics.merit * problem.lossPerMerit },
    backend: context.backend,
  };
}

/** How the target's noise was changed where it does not lie as it came; null where its pixels kept their values. */
function resampled(problem: FitProblem, plan: Plan): Resampling | null {
  const { targetFrom } = comparisonIn(plan);
  if (findNode(plan.design, targetFrom.node)?.type !== 'target') return null;
  const registration = registrationAt(plan.design, targetFrom.node);
  return resamplingOf(registration, registeredShape(registration, problem.shape));
}

/**
 * Of the errors that are told: those from noise, and the one brightness of the background, which moves all values at
 * once: Cᵢⱼ = rᵢⱼ σᵢ σⱼ + sᵢ sⱼ.
 */
export function correlations(
  learnables: readonly Pick<Learnable, 'path'>[],
  { sigma, correlation }: Uncertainty,
  shifts: readonly number[] | Float64Array | null,
): Correlation {
  const count = learnables.length;
  const covariance = (i: number, j: number): number | null => {
    const [si, sj] = [sigma[i] ?? null, sigma[j] ?? null];
    if (si === null || sj === null) return null;
    return (correlation[i * count + j] as number) * si * sj + (shifts?.[i] ?? 0) * (shifts?.[j] ?? 0);
  };
  const own = learnables.map((_, i) => covariance(i, i));
  const matrix = learnables.map((_, i) =>
    learnables.map((__, j) => {
      const norm = Math.sqrt((own[i] ?? 0) * (own[j] ?? 0));
      const shared = covariance(i, j);
      // Six figures: float32 derivatives carry no more.
      return shared === null || !(norm > 0) ? null : i === j ? 1 : Number((shared / norm).toPrecision(6));
    }),
  );
  return { paths: learnables.map(({ path }) => path), matrix };
}

/**
 * What the mean of an image that stands for its background leaves open; null where nothing is assumed.
 * @param near where the fit ended, or where its image was last computed before the last small step
 */
export async function assumedBrightness(
  problem: FitProblem,
  near: Float64Array,
): Promise<BrightnessShift | null> {
  if (problem.normalization !== 'background') return null;
  return brightnessShift(await problem.withBrightness(near), problem.parameters.length);
}

/** Of one coordinate, scaled units: noise, and what moves all values at once. */
export function standardError(
  { sigma }: Uncertainty,
  shifts: Float64Array | null,
  index: number,
): number | null {
  const random = sigma[index] ?? null;
  return random === null ? null : Math.hypot(random, shifts?.[index] ?? 0);
}

/** Says what the assumed background does, where it does more than the noise. */
function brightnessSentence(
  learnables: readonly Learnable[],
  errors: Uncertainty,
  { change, shifts }: BrightnessShift,
): string[] {
  const moved = learnables.flatMap((learnable, i) => {
    const [sigma, shift] = [errors.sigma[i] ?? null, shifts[i] ?? 0];
    return sigma !== null && Math.abs(shift) > sigma ? [`“${learnable.title}”`] : [];
  });
  if (moved.length === 0) return [];
  return [
    `The mean of the image stands for its background, but the fit would rather have it ${Math.abs(100 * change).toPrecision(2)} % ${change > 0 ? 'brighter' : 'darker'}: this uncertainty is part of ± and moves ${moved.join(', ')} by more than the noise does. Give a background image, or set the target’s brightness to “Relative to the means”.`,
  ];
}

/** @param slack how far it may be off, SI; see `ParameterResult.tolerance` */
export function parameterResult(
  context: ReportContext,
  learnable: Learnable,
  value: number,
  sigma: number | null,
  slack?: number | null,
): ParameterResult {
  const factor = unitFactor(learnable.unit, learnable.quantity, { wavelength: context.wavelength }) ?? 1;
  const origin =
    learnable.role === 'lateralX'
      ? context.origin.x
      : learnable.role === 'lateralY'
        ? context.origin.y
        : null;
  // Ranges reach over many decades, so what is near a limit is measured by the natural step.
  const tolerance = 1e-6 * learnable.step;
  return {
    path: learnable.path,
    title: learnable.title,
    start: learnable.value,
    value,
    sigma,
    unit: SI_UNIT[learnable.quantity],
    atBound: value - learnable.min <= tolerance || learnable.max - value <= tolerance,
    ...(slack === undefined ? {} : { tolerance: slack }),
    display: {
      ...{ value: value / factor, sigma: sigma === null ? null : sigma / factor, unit: learnable.unit },
      ...(slack === undefined ? {} : { tolerance: slack === null ? null : slack / factor }),
    },
    ...priorResult(learnable, sigma, factor),
    pixel: origin === null ? null : value / context.pitch + origin,
  };
}

function priorResult(
  { prior }: Learnable,
  sigma: number | null,
  factor: number,
): Pick<ParameterResult, 'prior'> {
  if (prior === null) return {};
  const share = sigma === null ? null : Math.min(1, (sigma / prior.sigma) ** 2);
  return { prior: { ...prior, share, display: { mean: prior.mean / factor, sigma: prior.sigma / factor } } };
}

/** What the data tell apart poorly or not at all, with the way out. @param correlation of the errors that are told */
export function twinSentences(
  { learnables, plan: { design } }: Pick<ReportContext, 'learnables' | 'plan'>,
  errors: Uncertainty,
  { matrix }: Correlation,
): string[] {
  const pick = (indices: readonly number[]) => indices.flatMap((i) => learnables[i] ?? []);
  const named = (mix: readonly Learnable[]) => mix.map(({ title }) => `“${title}”`);
  const out: string[] = [];
  for (const indices of errors.unidentified) {
    const mix = pick(indices);
    const [first] = mix;
    if (first === undefined) continue;
    const remedy = mix.length > 1 ? twinRemedy(design, mix) : blindRemedy(design, first);
    const [what, fix] =
      mix.length > 1
        ? [`The data cannot tell ${named(mix).join(', ')} apart`, 'fix one of them']
        : [`The data do not depend on ${named(mix).join('')}`, 'fix it'];
    out.push(remedy === null ? `${what}: ${fix}.` : `${what}: ${fix}. ${remedy}`);
  }
  matrix.forEach((row, i) => {
    row.slice(0, i).forEach((r, j) => {
      if (r === null || Math.abs(r) <= STRONG_CORRELATION) return;
      const pair = pick([j, i]);
      const remedy = twinRemedy(design, pair);
      const said = `${named(pair).join(' and ')} are strongly correlated (${coefficientText(r)}): they are told apart poorly, so trust their combination more than each.`;
      out.push(remedy === null ? said : `${said} ${remedy}`);
    });
  });
  return out;
}

function limitSentences(parameters: readonly ParameterResult[]): string[] {
  return parameters.flatMap(({ atBound, title }) =>
    atBound ? [`“${title}” ended on its limit: widen it or fix the value.`] : [],
  );
}

/** Share of what is known from which a value is hardly the data's. */
const MOSTLY_KNOWN = 0.9;

/** Which values the data do not tell, and which they tell otherwise than what was known. */
function priorSentences(parameters: readonly ParameterResult[]): string[] {
  return parameters.flatMap(({ title, value, prior }) => {
    const share = prior?.share ?? null;
    if (prior === undefined || share === null) return [];
    const far = contradiction(value, prior, share);
    if (far !== null)
      return [
        `“${title}” ended ${far.toPrecision(2)} standard deviations away from what was known before: either that or the model is wrong.`,
      ];
    if (share <= MOSTLY_KNOWN) return [];
    return [
      `“${title}” is known from before, hardly from the image: ${Math.round(100 * share)} % of what is known of it was put in.`,
    ];
  });
}
