/**
 * The default strategy: coarse search, Levenberg-Marquardt in stages, error bars. Or, on request, a method that follows
 * the gradient.
 */

import { onlyAdam } from '../../graph/adamOnly.ts';
import { registry } from '../../graph/catalogue.ts';
import type { FitOptions } from '../../graph/fitOptions.ts';
import { heldValues } from '../../graph/held.ts';
import { unitFactor } from '../../optics/units.ts';
import type { FitResult } from '../protocol.ts';
import { CurvatureProducts } from './curvatureProducts.ts';
import { deviceAdam, ratesOf } from './deviceAdam.ts';
import { explained, notFiniteStart } from './endings.ts';
import { FitProblem } from './fitProblem.ts';
import { FitProblemError, orRefused } from './fitProblemError.ts';
import {
  type FitContext,
  type FitRun,
  type Keeping,
  type Minimised,
  minimise,
  proceed,
  stageMask,
} from './fitRun.ts';
import { runGraphDescent } from './graphDescent.ts';
import { LearnedPoint } from './learnedPoint.ts';
import { judgedShift, newtonGap } from './newtonGap.ts';
import { type DescentEnding, type DescentProgress, descend } from './optimisers/descend.ts';
import { optimiserFor, rulesFor, type SteppingMethod } from './optimisers/methods.ts';
import { noGradient, type Objective } from './optimisers/optimiser.ts';
import { otherVariance, report } from './report.ts';
import { anewSentence, type FitResume, type FitSnapshot, resumeOn, SNAPSHOT_VERSION } from './snapshot.ts';
import { comparisons, spreadSentence, withSpread } from './spread.ts';
import { approached, STAGE_TOLERANCE, searched } from './startSearch.ts';
import { drawnStart, startsReport, startsSentence } from './starts.ts';

/** Zernike terms join after position, brightness and background are about right. */
const TERMS_THAT_WAIT = 3;
const TOLERANCE = 1e-7;
/** A fit that took less than this is followed by comparisons without being asked to. */
const QUICK_SECONDS = 1;

/** Where a start led. */
interface Ended {
  readonly point: Float64Array;
  readonly merit: number;
  readonly ending: DescentEnding;
  /** The latest point that was tried without a finite loss. */
  readonly failed: Float64Array | null;
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

/**
 * The fit, with what it took as known.
 * @param resume of the same design and options, to go on from
 */
export async function runFit(
  given: FitContext,
  options: FitOptions,
  resume: FitSnapshot | null = null,
): Promise<FitResult> {
  const known = resume?.method === options.method ? resume : null;
  const from = known === null ? null : resumeOn(known, given.backend);
  const { warnings, ...result } = await runFitOf(given, options, from);
  const said = known !== null && from?.walk === null ? [anewSentence(known, given.backend)] : [];
  return { ...result, held: heldValues(given.plan.design, registry), warnings: [...said, ...warnings] };
}

async function runFitOf(
  given: FitContext,
  options: FitOptions,
  resume: FitResume | null,
): Promise<FitResult> {
  const isDamped = options.method === 'levenbergMarquardt';
  const context = !isDamped && options.variables === 'raw' ? inRawUnits(given) : given;
  if (context.learnables.length + context.maps.length === 0) {
    throw new FitProblemError(
      'Nothing is marked as learnable: mark at least one parameter with the diamond ◇.',
    );
  }
  if (onlyAdam(context.plan.design, registry) !== null) return runGraphDescent(context, options, resume);
  const whole = await FitProblem.create(context.runner, context.plan, context.learnables);
  const { every } = context;
  // Methods that follow the gradient go down the loss of the graph itself, which has all pixels.
  const isPart = options.pixels === 'some' && isDamped && every > 1;
  const some = isPart ? whole.decimated(every) : null;
  const progress = {
    ...{
      iterations: resume?.iteration ?? 0,
      spent: resume?.spent ?? 0,
      before: resume?.before ?? 0,
      stopped: false,
    },
    ...{ began: performance.now() - 1000 * (resume?.seconds ?? 0), startLoss: Number.NaN },
    ...{ starts: [...(resume?.starts ?? [])], failed: null },
  };
  try {
    return await (some === null
      ? fitted({ problem: whole, context, options, progress }, resume)
      : fitted({ problem: some, context: { ...context, every: 1 }, options, progress }, resume));
  } finally {
    some?.release();
    whole.release();
  }
}

async function fitted(given: FitRun, resume: FitResume | null): Promise<FitResult> {
  const origin = new Float64Array(given.context.learnables.length);
  const startMerit = await given.problem.merit(origin);
  if (!Number.isFinite(startMerit)) throw await notFiniteStart(given.context, origin);
  given.progress.startLoss = startMerit * given.problem.lossPerMerit;
  const best = await bestOfStarts(given, origin, startMerit, resume);
  const { run, ...found } = await reweighed(given, best);
  const { problem, context, progress } = run;
  const { point, failed } = found;
  const reported = await report(problem, context, point, {
    startMerit,
    converged: found.ending === 'converged' || found.ending === 'settled',
    iterations: progress.iterations,
    seconds: (performance.now() - progress.began) / 1000,
  });
  const { result, ending } = await withGap(run, reported, found);
  const told = await explained(context, result, {
    ...{ ending, good: point, failed },
    hasLoss: async (at) => Number.isFinite(await orRefused(problem.merit(at), Number.NaN)),
  });
  const starts = progress.starts.length > 1 ? startsReport(progress.starts, progress.startLoss) : null;
  const whole =
    starts === null ? told : { ...told, starts, warnings: [startsSentence(starts), ...told.warnings] };
  return isCompared(run, whole) ? compared(run, point, whole) : whole;
}

/** What a Newton step would still move, where a descent has used up its steps; near the end it has settled. */
async function withGap(
  run: FitRun,
  result: FitResult,
  end: Ended,
): Promise<{ readonly result: FitResult; readonly ending: DescentEnding }> {
  const { point, ending } = end;
  const { options, progress, context } = run;
  if (ending !== 'steps' || options.method === 'levenbergMarquardt') return { result, ending };
  const perStep = result.seconds / Math.max(1, progress.iterations);
  const gap = await newtonGap(objectiveOf(run), point, {
    perGradient: perStep,
    goOn: () => proceed(run, point, end.merit, 'errors'),
  });
  const steps = context.learnables.map(({ step }) => step);
  const left = gap === null ? null : judgedShift(gap, result.parameters, steps);
  if (left === null) return { result, ending };
  const warnings = [left.sentence, ...result.warnings];
  return left.isNear
    ? { result: { ...result, warnings, converged: true }, ending: 'settled' }
    : { result: { ...result, warnings }, ending };
}

/**
 * The end of a fit whose priors weigh as the noise says that is left over there. From so near, Levenberg and Marquardt's
 * steps lead there whatever method came this far.
 */
async function reweighed(run: FitRun, end: Ended): Promise<Ended & { readonly run: FitRun }> {
  const { problem, options, context, progress } = run;
  // A descent that was cut short is not led to another end than its own.
  const isAtEnd =
    options.method === 'levenbergMarquardt' || end.ending === 'converged' || end.ending === 'settled';
  if (!isAtEnd || !problem.priors.any || problem.kind === 'poisson' || progress.stopped)
    return { ...end, run };
  const found = otherVariance(problem, await problem.statistics(end.point));
  if (found === null) return { ...end, run };
  const next = { ...run, problem: problem.knowing(problem.priors, found) };
  const mobile = stageMask(context.learnables, () => true);
  const settled = await minimise(next, end.point, mobile, options.maxIterations, TOLERANCE, 'fit');
  return { ...end, point: settled.point, merit: settled.merit, run: next };
}

async function bestOfStarts(
  run: FitRun,
  origin: Float64Array,
  startMerit: number,
  resume: FitResume | null,
): Promise<Ended> {
  const { problem, options, progress } = run;
  const { starts } = options;
  const ends: Ended[] = progress.starts.map(({ point, value, ending }) => ({
    ...{ point, merit: value / problem.lossPerMerit, ending, failed: null },
  }));
  for (let index = ends.length; index < (starts?.count ?? 1); index++) {
    const from = starts === undefined ? origin : drawnStart(problem, origin, index, starts);
    const isBegun = resume !== null && index === resume.starts.length;
    if (!isBegun) [progress.spent, progress.before] = [0, 0];
    // Search is for the values that are given: the others are a search themselves.
    const end = (await canBegin(run, from, index))
      ? await fromStart(run, from, index === 0 ? startMerit : null, isBegun ? resume : null)
      : refusedAt(from);
    ends.push(end);
    if (!progress.stopped) {
      const { point, merit, ending } = end;
      progress.starts.push({ point, value: merit * problem.lossPerMerit, ending });
    }
    if (progress.stopped) break;
  }
  const [best] = ends.toSorted((a, b) => a.merit - b.merit);
  if (best === undefined) throw new Error('No start was fitted.');
  return progress.stopped ? { ...best, ending: 'stopped' } : best;
}

/** Whether a start has a loss: values that are drawn may be refused by an element. */
async function canBegin({ problem }: FitRun, from: Float64Array, index: number): Promise<boolean> {
  return index === 0 || Number.isFinite(await orRefused(problem.merit(from), Number.NaN));
}

function refusedAt(point: Float64Array): Ended {
  return { point, merit: Number.POSITIVE_INFINITY, ending: 'notFinite', failed: null };
}

/** @param startMerit of values that a search may better; null where none is made */
async function fromStart(
  run: FitRun,
  origin: Float64Array,
  startMerit: number | null,
  resume: FitResume | null,
): Promise<Ended> {
  const { method, coarseSearch } = run.options;
  const isSearched = resume === null && startMerit !== null && coarseSearch;
  const found = isSearched ? await searched(run, origin) : origin;
  if (method !== 'levenbergMarquardt') return descendFrom(run, method, resume?.from ?? found, resume);
  const isApproached = resume === null && startMerit !== null && !coarseSearch;
  const start = isApproached ? await approached(run, found, startMerit) : found;
  const { point, merit, converged, isLost } = await staged(run, start, resume);
  const itself = isLost ? 'notFinite' : converged ? 'converged' : 'steps';
  const ending = run.progress.stopped ? 'stopped' : itself;
  return { point, merit, ending, failed: run.progress.failed };
}

function isCompared({ problem, options }: FitRun, { converged, seconds }: FitResult): boolean {
  const { compareLosses, method } = options;
  const isDamped = method === 'levenbergMarquardt';
  const isPlain = problem.kind !== 'poisson' && problem.kind !== 'amplitude';
  if (compareLosses === undefined || !isDamped || !isPlain || !converged) return false;
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

async function staged(run: FitRun, start: Float64Array, resume: FitResume | null): Promise<Minimised> {
  const { options, progress } = run;
  const { learnables } = run.context;
  const waiting = learnables.filter((l) => l.nollIndex !== null).length;
  let point = resume?.from ?? start;
  if (waiting >= TERMS_THAT_WAIT && waiting < learnables.length && resume?.isWhole !== true) {
    const first = stageMask(learnables, (l) => l.nollIndex === null);
    const keeping = keepingOf(run, point, false, resume);
    point = (await minimise(run, point, first, options.maxIterations, STAGE_TOLERANCE, 'fit', keeping)).point;
  }
  const all = stageMask(learnables, () => true);
  const keeping = keepingOf(run, point, true, resume);
  // Steps of this stage that were done before an interruption do not count twice.
  const left = Math.max(1, options.maxIterations - progress.spent + (keeping.from?.iteration ?? 0));
  return minimise(run, point, all, left, TOLERANCE, 'fit', keeping);
}

function keepingOf(run: FitRun, from: Float64Array, isWhole: boolean, resume: FitResume | null): Keeping {
  const walk = resume?.isWhole === isWhole ? resume.walk : null;
  return {
    from: walk?.kind === 'damped' ? walk.state : null,
    snapshot: (state) =>
      snapshotOf(run, state.merit * run.problem.lossPerMerit, {
        isWhole,
        from,
        walk: { kind: 'damped', state },
      }),
  };
}

function snapshotOf(
  { context, options, progress }: FitRun,
  loss: number,
  part: Pick<FitSnapshot, 'isWhole' | 'from' | 'walk'>,
): FitSnapshot {
  const { iterations: iteration, spent, before, startLoss, began, starts } = progress;
  const seconds = (performance.now() - began) / 1000;
  const { method } = options;
  const told = { iteration, spent, before, loss, startLoss, seconds, starts: [...starts] };
  return { version: SNAPSHOT_VERSION, method, backend: context.backend, ...told, ...part };
}

async function descendFrom(
  run: FitRun,
  method: SteppingMethod,
  start: Float64Array,
  resume: FitResume | null,
): Promise<Ended> {
  const { problem, options, progress } = run;
  const per = problem.lossPerMerit;
  // Stopped during the search: what it found is kept.
  if (progress.stopped)
    return { point: start, merit: await problem.merit(start), ending: 'stopped', failed: null };
  // Steps that count before those of this walk, of this start and of all.
  const known = progress.before;
  const before = progress.iterations - (resume === null ? 0 : progress.spent) + known;
  const walked = resume?.walk?.kind === 'descent' ? resume.walk : null;
  const left = { ...options, maxIterations: Math.max(1, options.maxIterations - known) };
  const onStep = async (walk: DescentProgress) => {
    const { point, value } = walk.state;
    // On a device one step more, without a rate, tells the loss of the last.
    const iteration = Math.min(walk.state.iteration, left.maxIterations);
    progress.iterations = before + iteration;
    progress.spent = known + iteration;
    const snapshot = async () =>
      snapshotOf(run, value, { isWhole: true, from: start, walk: { kind: 'descent', ...walk } });
    return proceed(run, point, value / per, 'fit', null, snapshot);
  };
  const isOnDevice = method === 'adam' && options.schedule !== 'steps' && options.stopWhen === undefined;
  const device = isOnDevice ? await problem.descent(start, ratesOf(left), walked?.state ?? null) : null;
  try {
    const { state, ending } =
      device === null
        ? await descend(objectiveOf(run), optimiserFor(method, left), walked ?? start, rulesFor(left), onStep)
        : await deviceAdam(device, rulesFor(left), onStep);
    progress.iterations = before + state.iteration;
    return { point: state.best, merit: state.least / per, ending, failed: state.failed };
  } finally {
    device?.release();
  }
}

/** The loss of the graph with its curvature. */
function objectiveOf({ problem, context }: FitRun): Objective {
  const { runner, plan } = context;
  const products = new CurvatureProducts(runner, plan, problem, new LearnedPoint(context, runner.images));
  const { lower, upper } = problem;
  return {
    ...{ lower, upper },
    lossGradient: (point) => orRefused(problem.lossGradient(point), noGradient(point)),
    curvatureProduct: (point, direction) => products.product(point, direction),
  };
}
