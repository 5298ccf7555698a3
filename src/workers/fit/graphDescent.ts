/**
 * Methods that follow the gradient of what the graph's own loss or goal says: for maps, whose cells are far too many for
 * a Jacobian in each step, and for losses that are no sum of squares. Scalars and cells move together; errors of maps that
 * are not too large are told at the end.
 */
import { hasResiduals, onlyAdam } from '../../graph/adamOnly.ts';
import { registry } from '../../graph/catalogue.ts';
import type { FitOptions } from '../../graph/fitOptions.ts';
import type { Learnable } from '../../graph/learnables.ts';
import type { FitResult } from '../protocol.ts';
import { untilStopped } from './budget.ts';
import { CurvatureProducts } from './curvatureProducts.ts';
import type { DescentContext } from './descentContext.ts';
import { explained, notFiniteStart } from './endings.ts';
import { comparisonIn, objectiveIn } from './fitObjective.ts';
import { FitProblem } from './fitProblem.ts';
import { FitProblemError, orRefused } from './fitProblemError.ts';
import { goalNumbers } from './goalReport.ts';
import { LearnedPoint } from './learnedPoint.ts';
import { mapReport } from './mapErrors.ts';
import { learnedImage } from './mapJacobian.ts';
import { judgedGap, newtonGap } from './newtonGap.ts';
import { type DescentProgress, descend } from './optimisers/descend.ts';
import { optimiserFor, rulesFor, type SteppingMethod } from './optimisers/methods.ts';
import { noGradient, type Objective } from './optimisers/optimiser.ts';
import { PhaseProjection } from './phaseProjection.ts';
import { PortionedRuns } from './portionedRuns.ts';
import { otherVariance, parameterResult } from './report.ts';
import { type FitResume, type FitSnapshot, SNAPSHOT_VERSION } from './snapshot.ts';
import { drawnStart, type EndedStart, startsReport, startsSentence } from './starts.ts';
import { tolerances } from './tolerances.ts';

/** The graph's own loss over what is learned. */
class GraphDescent implements Objective {
  readonly point: LearnedPoint;
  curvatureProduct?: NonNullable<Objective['curvatureProduct']>;
  readonly project?: NonNullable<Objective['project']>;
  private readonly runs: PortionedRuns;
  residuals: FitProblem | null;
  private readonly context: DescentContext;

  /** @param residuals where Gauss and Newton's curvature is wanted, or priors are weighed by the noise of the image */
  constructor(
    context: DescentContext,
    residuals: FitProblem | null,
    hasCurvature: boolean,
    projection: PhaseProjection | null,
  ) {
    const { runner, plan } = context;
    this.context = context;
    this.point = new LearnedPoint(context, runner.images);
    this.residuals = residuals;
    this.runs = new PortionedRuns(runner, plan, null, objectiveIn(plan).id);
    if (projection !== null)
      this.project = async (at, before) => {
        const [map] = this.point.mapStarts(at);
        if (map === undefined) throw new Error('Projections have a map.');
        const found = await orRefused(projection.project(map, before), null);
        if (found === null) return { value: Number.NaN, next: at, weights: before };
        return { value: found.value, next: this.point.atMaps([found.values]), weights: found.weights };
      };
    if (residuals !== null && hasCurvature) this.curveBy(residuals);
  }

  private curveBy(residuals: FitProblem): void {
    const { runner, plan } = this.context;
    const products = new CurvatureProducts(runner, plan, residuals, this.point);
    this.curvatureProduct = (at, direction) => products.product(at, direction);
  }

  /** Weighs priors by the noise that is left over at a point; false where they weigh so already. */
  async reweigh(at: Float64Array): Promise<boolean> {
    const { residuals, context, point } = this;
    if (residuals === null || !residuals.priors.any) return false;
    const { runner, plan } = context;
    const asked = { runner, plan, point, modelFrom: comparisonIn(plan).modelFrom, shape: residuals.shape };
    const { image, model } = await learnedImage(asked, at);
    const variance = otherVariance(residuals, residuals.statisticsAlong(model, [], image));
    if (variance === null) return false;
    this.residuals = residuals.knowing(residuals.priors, variance);
    if (this.curvatureProduct !== undefined) this.curveBy(this.residuals);
    return true;
  }

  get weighsPriors(): boolean {
    return this.residuals !== null;
  }

  get lower(): Float64Array {
    return this.point.lower;
  }

  get upper(): Float64Array {
    return this.point.upper;
  }

  async lossGradient(at: Float64Array): Promise<{ value: number; gradient: Float64Array }> {
    const asked = this.runs.lossGradient(this.point.overridesAt(at), this.point.mapStarts(at));
    const found = await orRefused(asked, null);
    if (found === null) return noGradient(at);
    const gradient = this.point.joined(found.gradient, found.maps);
    const known = (await this.residuals?.known(at)) ?? null;
    if (known === null) return { value: found.value, gradient };
    return {
      value: found.value + known.value,
      gradient: gradient.map((g, i) => g + (known.gradient[i] ?? 0)),
    };
  }

  release(): void {
    this.runs.release();
  }
}

export async function runGraphDescent(
  context: DescentContext,
  options: FitOptions,
  resume: FitResume | null,
): Promise<FitResult> {
  const why = onlyAdam(context.plan.design, registry);
  const { method } = options;
  if (method === 'levenbergMarquardt') {
    throw new FitProblemError(
      `${why ?? 'This design'}: choose L-BFGS or Adam, Levenberg-Marquardt cannot fit that.`,
    );
  }
  const isCurved = method === 'gaussNewton';
  const isKnown = context.learnables.some(({ prior }) => prior !== null);
  const isWeighed = isKnown && hasResiduals(context.plan.design, registry);
  const residuals = isCurved || isWeighed ? await residualsOf(context) : null;
  const projection = method === 'projection' ? new PhaseProjection(context) : null;
  const problem = new GraphDescent(context, residuals, isCurved, projection);
  try {
    return await descended(problem, context, { options, method, resume });
  } finally {
    problem.release();
    residuals?.release();
  }
}

/** What Gauss and Newton's curvature is made of; a penalty only has its gradient. */
async function residualsOf({ runner, plan, learnables }: DescentContext): Promise<FitProblem> {
  if (!hasResiduals(plan.design, registry)) {
    throw new FitProblemError(
      'Gauss-Newton needs a comparison with a target by squares or a likelihood: choose L-BFGS for other goals.',
    );
  }
  return FitProblem.create(runner, plan, learnables);
}

interface Asked {
  readonly options: FitOptions;
  readonly method: SteppingMethod;
  readonly resume: FitResume | null;
}

async function descended(
  problem: GraphDescent,
  context: DescentContext,
  { options, method, resume }: Asked,
): Promise<FitResult> {
  const { point } = problem;
  const began = performance.now() - 1000 * (resume?.seconds ?? 0);
  const ends: (EndedStart & { readonly failed?: Float64Array | null })[] = [...(resume?.starts ?? [])];
  let isStopped = false;
  let latest: () => Promise<FitSnapshot | null> = async () => null;
  let [startLoss, before] = [
    resume?.startLoss ?? Number.NaN,
    (resume?.iteration ?? 0) - (resume?.spent ?? 0),
  ];
  for (let index = ends.length; index < (options.starts?.count ?? 1); index++) {
    const drawn =
      options.starts === undefined ? point.start : drawnStart(problem, point.start, index, options.starts);
    const begun = resume !== null && index === resume.starts.length ? resume : null;
    const walked = begun?.walk?.kind === 'descent' ? begun.walk : null;
    const from = begun?.from ?? drawn;
    // Steps of this start before its present walk.
    const known = begun?.before ?? 0;
    const left = { ...options, maxIterations: Math.max(1, options.maxIterations - known) };
    const first = before;
    const onStep = async (walk: DescentProgress) => {
      const { iteration: walkedSteps, point: at, value } = walk.state;
      const spent = known + walkedSteps;
      if (Number.isNaN(startLoss)) startLoss = value;
      const iteration = first + spent;
      const values = Object.fromEntries(point.valuesAt(at));
      const snapshot = async (): Promise<FitSnapshot> => ({
        ...{ version: SNAPSHOT_VERSION, method, backend: context.backend, iteration, spent, before: known },
        ...{
          loss: value,
          startLoss,
          seconds: (performance.now() - began) / 1000,
          starts: [...ends],
          isWhole: true,
          from,
        },
        walk: { kind: 'descent', ...walk },
      });
      latest = snapshot;
      const several = options.starts === undefined ? {} : { start: index };
      const progress = { iteration, loss: value, phase: 'fit', ...several, searched: null, values } as const;
      return context.proceed(progress, () => point.mapsAt(at), snapshot);
    };
    const optimiser = optimiserFor(method, left);
    const end = await descend(problem, optimiser, walked ?? from, rulesFor(left), onStep);
    const { state } = end;
    if (index === 0 && state.iteration === 0 && end.ending === 'notFinite')
      throw await notFiniteStart(context, from);
    before += known + state.iteration;
    ends.push({ point: state.best, value: state.least, ending: end.ending, failed: state.failed });
    isStopped = end.ending === 'stopped';
    if (isStopped) break;
  }
  const [least] = ends.toSorted((a, b) => a.value - b.value);
  if (least === undefined) throw new Error('No start was fitted.');
  const anew = isStopped
    ? null
    : await weighedAnew(problem, context, { options, method }, { least, before, latest });
  const best = anew?.best ?? least;
  before += anew?.steps ?? 0;
  isStopped ||= best.ending === 'stopped';
  const seconds = (performance.now() - began) / 1000;
  const values = point.valuesAt(best.point);
  const at = {
    iteration: before,
    loss: best.value,
    phase: 'errors',
    values: Object.fromEntries(values),
  } as const;
  const isCut = !isStopped && best.ending === 'steps' && context.maps.length === 0;
  const goOn = untilStopped((searched) =>
    context.proceed({ ...at, searched }, () => point.mapsAt(best.point), latest),
  );
  const perGradient = seconds / Math.max(1, before);
  const gap = isCut ? await newtonGap(problem, best.point, { perGradient, goOn }) : null;
  const left = gap === null ? null : judgedGap(gap, { start: startLoss, end: best.value });
  const near = left?.isNear === true ? 'settled' : best.ending;
  const ending = isStopped ? 'stopped' : near;
  const goals = await goalNumbers(context, point, best.point);
  const allowed =
    goals === null || isStopped ? null : await tolerances(context, point, best.point, goOn).catch(() => null);
  const starts = ends.length > 1 ? startsReport(ends, startLoss) : null;
  const isWhole =
    ending !== 'notFinite' && ending !== 'diverged' && ending !== 'stopped' && method !== 'projection';
  const told = isWhole ? await mapReport(context, problem.residuals, point, best.point, goOn) : null;
  const result: FitResult = {
    parameters: context.learnables.map((each: Learnable, i) =>
      parameterResult(context, each, values.get(each.path) ?? each.value, null, allowed?.values[i]),
    ),
    maps: point.mapsAt(best.point),
    loss: { start: startLoss, end: best.value },
    reducedChiSquare: null,
    ...(told?.report ?? {}),
    ...(goals === null ? {} : { goals }),
    ...(allowed === null ? {} : { toleranceOf: allowed.of }),
    iterations: before,
    seconds: (performance.now() - began) / 1000,
    backend: context.backend,
    converged: ending === 'converged' || ending === 'settled',
    ...(starts === null ? {} : { starts }),
    warnings: [
      ...(starts === null ? [] : [startsSentence(starts)]),
      ...(left === null ? [] : [left.sentence]),
      ...(told?.report?.warnings ?? []),
      ...(told?.report == null && context.learnables.length > 0 && goals === null
        ? [told?.reason ?? NO_ERRORS]
        : []),
      ...(context.learnables.some(({ prior }) => prior !== null) && !problem.weighsPriors ? [NO_PRIORS] : []),
    ],
  };
  const hasLoss = async (at: Float64Array) => Number.isFinite((await problem.lossGradient(at)).value);
  return explained(context, result, { ending, good: best.point, failed: best.failed ?? null, hasLoss });
}

/** Where a fit has ended, and how to go on from there after a reload. */
interface End {
  readonly least: EndedStart & { readonly failed?: Float64Array | null };
  /** Steps so far. */
  readonly before: number;
  readonly latest: () => Promise<FitSnapshot | null>;
}

/** The way on from an end at which priors weigh otherwise than they did; null where they do not. */
async function weighedAnew(
  problem: GraphDescent,
  context: DescentContext,
  { options, method }: Omit<Asked, 'resume'>,
  { least, before, latest }: End,
): Promise<{ readonly best: End['least']; readonly steps: number } | null> {
  const isAtEnd = least.ending === 'converged' || least.ending === 'settled';
  if (!isAtEnd || !(await problem.reweigh(least.point))) return null;
  const { point } = problem;
  const onStep = async (walk: DescentProgress) => {
    const { iteration, point: at, value } = walk.state;
    const values = Object.fromEntries(point.valuesAt(at));
    const told = {
      iteration: before + iteration,
      loss: value,
      phase: 'fit',
      searched: null,
      values,
    } as const;
    return context.proceed(told, () => point.mapsAt(at), latest);
  };
  const end = await descend(problem, optimiserFor(method, options), least.point, rulesFor(options), onStep);
  const { best, least: value, failed, iteration } = end.state;
  return { best: { point: best, value, ending: end.ending, failed }, steps: iteration };
}

const NO_PRIORS =
  'What was known before the fit has no say: only least squares and likelihoods tell how much the image weighs against it.';

const NO_ERRORS =
  'The values have no error bars: these need least squares or a likelihood, and beside a penalty a map that is learned.';
