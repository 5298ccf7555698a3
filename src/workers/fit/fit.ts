/** The default strategy: coarse search, Levenberg-Marquardt in stages, error bars. Or Adam, on request. */

import { onlyAdam } from '../../graph/adamOnly.ts';
import { registry } from '../../graph/catalogue.ts';
import type { FitOptions } from '../../graph/fitOptions.ts';
import { heldValues } from '../../graph/held.ts';
import type { Learnable } from '../../graph/learnables.ts';
import { unitFactor } from '../../optics/units.ts';
import type { FitProgress, FitResult } from '../protocol.ts';
import { adam, deviceAdam, ratesOf } from './adam.ts';
import { coarseSearch } from './coarseSearch.ts';
import { FitProblem } from './fitProblem.ts';
import { FitProblemError } from './fitProblemError.ts';
import { type DescentContext, runGraphDescent } from './graphDescent.ts';
import { levenbergMarquardt } from './levenbergMarquardt.ts';
import { report, residualNoise } from './report.ts';
import { sphereStart } from './sphereSearch.ts';
import { comparisons, spreadSentence, withSpread } from './spread.ts';

export interface FitContext extends DescentContext {
  /** Every how many-th pixel along both axes is enough for a search and early steps; 1 where the image is small. */
  readonly every: number;
}

/** Zernike terms join after position, brightness and background are about right. */
const TERMS_THAT_WAIT = 3;
const TOLERANCE = 1e-7;
const STAGE_TOLERANCE = 1e-4;
/** Candidates of the coarse search that get a short fit of their own. */
const CANDIDATES = 8;
const SHORT_ITERATIONS = 5;
/** Steps on some of the pixels before all of them are asked. */
const EARLY_ITERATIONS = 20;
/** Of these, the best are fitted further before the winner is chosen. */
const FINALISTS = 3;
const FINALIST_ITERATIONS = 20;
/** A candidate that leaves less than this share of the image's variation unexplained needs no rival. */
const EXPLAINED = 1e-3;
/** A start that leaves less than this share is near its minimum. */
const NEAR = 0.1;
/** Spheres found in a target are the right ones where they leave less than this share: models of measured images err. */
const MOSTLY_EXPLAINED = 0.45;
/** Residual variance over noise variance below which a fit counts as complete. */
const NOISE_RATIO = 1.3;

/** A fit that took less than this is followed by comparisons without being asked to. */
const QUICK_SECONDS = 1;

interface FitRun {
  readonly problem: FitProblem;
  readonly context: FitContext;
  readonly options: FitOptions;
  /** Shared by the stages of one fit. */
  readonly progress: { iterations: number; spent: number; stopped: boolean };
}

/** The same unknowns with one of the unit that is shown as their step: µm beside indices. */
function inRawUnits(context: FitContext): FitContext {
  const { wavelength } = context;
  const learnables = context.learnables.map((learnable) => ({
    ...learnable,
    step: unitFactor(learnable.unit, learnable.quantity, { wavelength }) ?? 1,
  }));
  return { ...context, learnables };
}

/** The fit, with what it took as known. */
export async function runFit(given: FitContext, options: FitOptions): Promise<FitResult> {
  const { warnings, ...result } = await runFitOf(given, options);
  return { ...result, held: heldValues(given.plan.design, registry), warnings };
}

async function runFitOf(given: FitContext, options: FitOptions): Promise<FitResult> {
  const context = options.method === 'adam' && options.variables === 'raw' ? inRawUnits(given) : given;
  if (context.learnables.length + context.maps.length === 0) {
    throw new FitProblemError(
      'Nothing is marked as learnable: mark at least one parameter with the diamond ◇.',
    );
  }
  if (onlyAdam(context.plan.design, registry) !== null) return runGraphDescent(context, options);
  const whole = await FitProblem.create(context.runner, context.plan, context.learnables);
  const { every } = context;
  // Adam goes down the loss of the graph itself, which has all pixels.
  const isPart = options.pixels === 'some' && options.method !== 'adam' && every > 1;
  const some = isPart ? whole.decimated(every) : null;
  const progress = { iterations: 0, spent: 0, stopped: false };
  try {
    return await (some === null
      ? fitted({ problem: whole, context, options, progress })
      : fitted({ problem: some, context: { ...context, every: 1 }, options, progress }));
  } finally {
    some?.release();
    whole.release();
  }
}

async function fitted(run: FitRun): Promise<FitResult> {
  const began = performance.now();
  const { problem, context, options } = run;
  const origin = new Float64Array(context.learnables.length);
  const startMerit = await problem.merit(origin);
  if (!Number.isFinite(startMerit)) {
    throw new FitProblemError(
      'The model is not finite at the start values: check the values marked as learnable.',
    );
  }
  const found = options.coarseSearch ? await searched(run, origin) : origin;
  const { point, converged } =
    options.method === 'adam'
      ? await descend(run, found)
      : await staged(run, options.coarseSearch ? found : await approached(run, found, startMerit));
  const result = await report(problem, context, point, {
    startMerit,
    converged: converged && !run.progress.stopped,
    iterations: run.progress.iterations,
    seconds: (performance.now() - began) / 1000,
  });
  return isCompared(run, result) ? compared(run, point, result) : result;
}

function isCompared({ problem, options }: FitRun, { converged, seconds }: FitResult): boolean {
  const { compareLosses, method } = options;
  if (compareLosses === undefined || method === 'adam' || problem.kind === 'poisson' || !converged)
    return false;
  return compareLosses === 'always' || seconds < QUICK_SECONDS;
}

/** The result with how far its values move when the image is compared otherwise. */
async function compared(run: FitRun, point: Float64Array, result: FitResult): Promise<FitResult> {
  const { problem, context } = run;
  const merit = result.loss.end / problem.lossPerMerit;
  const found = await comparisons(problem, context.every, point, () => proceed(run, point, merit, 'fit'));
  if (found.length === 0) return result;
  const steps = new Map(problem.parameters.map(({ path, step }) => [path, step]));
  const parameters = withSpread(result.parameters, steps, found, context.every);
  const sentence = spreadSentence(parameters, found);
  const warnings = sentence === null ? result.warnings : [...result.warnings, sentence];
  return { ...result, parameters, comparisons: found, warnings };
}

/**
 * Coarse search, then short fits from the best candidates and longer ones from the best of those, all on the
 * decimated image where there is one; the winner goes on.
 */
async function searched(run: FitRun, origin: Float64Array): Promise<Float64Array> {
  const { every } = run.context;
  if (every === 1) return searchedOn(run, run.problem, origin);
  const problem = run.problem.decimated(every);
  try {
    return await searchedOn(run, problem, origin);
  } finally {
    problem.release();
  }
}

async function searchedOn(run: FitRun, problem: FitProblem, origin: Float64Array): Promise<Float64Array> {
  const { context } = run;
  const { learnables } = context;
  const pitch = context.pitch * problem.every;
  const startMerit = await problem.merit(origin);
  const mobile = stageMask(learnables, (l) => l.nollIndex === null);
  const improve = async (from: Float64Array, iterations: number) =>
    minimise({ ...run, problem }, from, mobile, iterations, STAGE_TOLERANCE, 'search');
  // All pixels are asked only where some already look explained.
  const isExplained = async (point: Float64Array) =>
    (await onlyNoiseIsLeft(problem, point)) && (await onlyNoiseIsLeft(run.problem, point));
  // Spheres are found in the target itself, unless the start is theirs already.
  const seen = startMerit < NEAR * problem.spread ? null : sphereStart(run.problem, context);
  const placed = seen === null ? null : await improve(seen, FINALIST_ITERATIONS);
  if (placed !== null && (run.progress.stopped || (await isExplained(placed.point)))) return placed.point;
  const isPlaced = placed !== null && placed.merit < MOSTLY_EXPLAINED * problem.spread;
  // A start that is worse than an even image leads nowhere better than what was found in the target.
  if (isPlaced && startMerit > problem.spread) return placed.point;
  const direct = await improve(origin, FINALIST_ITERATIONS);
  if (run.progress.stopped || (await isExplained(direct.point))) return direct.point;
  if (isPlaced) return placed.merit < direct.merit ? placed.point : direct.point;
  const onStep = (share: number) => proceed({ ...run, problem }, origin, startMerit, 'search', share);
  const candidates = await coarseSearch(problem, { learnables, pitch, onStep });
  let field: { point: Float64Array; merit: number }[] = placed === null ? [direct] : [placed, direct];
  for (const candidate of candidates.slice(0, CANDIDATES)) {
    if (run.progress.stopped) break;
    const improved = await improve(candidate.point, SHORT_ITERATIONS);
    field.push(improved);
    if (improved.merit < EXPLAINED * problem.spread) return improved.point;
  }
  field = distinct(field.sort((a, b) => a.merit - b.merit)).slice(0, FINALISTS);
  const finals = [];
  for (const finalist of field) {
    if (run.progress.stopped) break;
    finals.push(await improve(finalist.point, FINALIST_ITERATIONS));
  }
  return [...finals, ...field].sort((a, b) => a.merit - b.merit)[0]?.point ?? origin;
}

/**
 * Whether a fit explains the image down to its noise, so that no other minimum can be better: the residual is no
 * larger than the scatter between neighbouring pixels (or than photon statistics), or next to nothing at all.
 */
async function onlyNoiseIsLeft(problem: FitProblem, point: Float64Array): Promise<boolean> {
  const { merit, weightedSquares, pixels, residual, noise: given } = await problem.statistics(point);
  if (merit < EXPLAINED * problem.spread) return true;
  const variance = weightedSquares / Math.max(1, pixels - problem.parameters.length);
  if (problem.kind === 'poisson') return variance < NOISE_RATIO;
  const noise = given ?? residualNoise(problem, residual);
  return noise > 0 && variance < NOISE_RATIO * noise * noise;
}

/** Without those that reached the same minimum. */
function distinct<T extends { merit: number }>(sorted: readonly T[]): T[] {
  return sorted.filter((c, i) => i === 0 || c.merit - (sorted[i - 1]?.merit ?? 0) > 1e-3 * Math.abs(c.merit));
}

/** Early steps on some of the pixels, where they lead somewhere better for all of them. */
async function approached(run: FitRun, start: Float64Array, startMerit: number): Promise<Float64Array> {
  const { every, learnables } = run.context;
  if (every === 1) return start;
  const problem = run.problem.decimated(every);
  try {
    const mobile = stageMask(learnables, (l) => l.nollIndex === null);
    const found = await minimise(
      { ...run, problem },
      start,
      mobile,
      EARLY_ITERATIONS,
      STAGE_TOLERANCE,
      'fit',
    );
    const { merit } = await run.problem.normalEquations(found.point);
    return merit < startMerit ? found.point : start;
  } finally {
    problem.release();
  }
}

async function staged(
  run: FitRun,
  start: Float64Array,
): Promise<{ point: Float64Array; converged: boolean }> {
  const { learnables } = run.context;
  const waiting = learnables.filter((l) => l.nollIndex !== null).length;
  const all = stageMask(learnables, () => true);
  let point = start;
  if (waiting >= TERMS_THAT_WAIT && waiting < learnables.length) {
    const first = stageMask(learnables, (l) => l.nollIndex === null);
    point = (await minimise(run, point, first, run.options.maxIterations, STAGE_TOLERANCE, 'fit')).point;
  }
  const left = Math.max(1, run.options.maxIterations - run.progress.spent);
  return minimise(run, point, all, left, TOLERANCE, 'fit');
}

async function descend(
  run: FitRun,
  start: Float64Array,
): Promise<{ point: Float64Array; converged: boolean }> {
  // Stopped during the search: what it found is kept.
  if (run.progress.stopped) return { point: start, converged: false };
  const options = { iterations: run.options.maxIterations, learningRate: run.options.learningRate };
  const descent = await run.problem.descent(start, ratesOf(options));
  const steps = descent === null ? adam(run.problem, start, options) : deviceAdam(descent, options);
  try {
    for (;;) {
      const { value, done } = await steps.next();
      run.progress.iterations = value.iteration;
      if (done === true) return { point: value.point, converged: true };
      if (!(await proceed(run, value.point, value.value / run.problem.lossPerMerit, 'fit')))
        return { point: value.best, converged: false };
    }
  } finally {
    descent?.release();
  }
}

/** Levenberg-Marquardt over the coordinates that `mobile` lets move. */
async function minimise(
  run: FitRun,
  start: Float64Array,
  mobile: readonly boolean[],
  maxIterations: number,
  tolerance: number,
  phase: FitProgress['phase'],
): Promise<{ point: Float64Array; merit: number; converged: boolean }> {
  const { problem } = run;
  const held = (bound: Float64Array) => bound.map((b, i) => (mobile[i] ? b : (start[i] as number)));
  const restricted = {
    lower: held(problem.lower),
    upper: held(problem.upper),
    merit: (point: Float64Array) => problem.merit(point),
    normalEquations: (point: Float64Array) => problem.normalEquations(point, mobile),
  };
  let last = { point: start, merit: Number.POSITIVE_INFINITY, converged: false };
  const steps = levenbergMarquardt(restricted, start, { maxIterations, tolerance });
  for (;;) {
    const { value, done } = await steps.next();
    last = { point: value.point, merit: value.merit, converged: value.converged };
    if (done === true) return last;
    if (value.iteration > 0) run.progress.iterations++;
    if (value.iteration > 0 && phase === 'fit') run.progress.spent++;
    if (!(await proceed(run, value.point, value.merit, phase))) return last;
  }
}

function stageMask(learnables: readonly Learnable[], joins: (l: Learnable) => boolean): boolean[] {
  return learnables.map(joins);
}

async function proceed(
  run: FitRun,
  point: Float64Array,
  merit: number,
  phase: FitProgress['phase'],
  searched: number | null = null,
): Promise<boolean> {
  if (run.progress.stopped) return false;
  const values = Object.fromEntries(run.problem.valuesAt(point));
  const { iterations: iteration } = run.progress;
  const loss = merit * run.problem.lossPerMerit;
  const none = () => [];
  run.progress.stopped = !(await run.context.proceed({ iteration, loss, phase, searched, values }, none));
  return !run.progress.stopped;
}
