/** A design with a loss node as a least-squares or likelihood problem over its learnable parameters. */
import type { Plan } from '../../graph/compile.ts';
import { type GraphRunner, NO_OVERRIDES, type ParameterOverrides } from '../../graph/execute.ts';
import { portion } from '../../graph/memory.ts';
import { likelihoodProblem } from '../../optics/comparison.ts';
import type { AdamRates, Kernels } from '../../optics/ops/kernels.ts';
import type { Image, Normalization } from '../../optics/values.ts';
import { DataScale } from './dataScale.ts';
import { decimate } from './decimate.ts';
import { DeviceDescent } from './deviceDescent.ts';
import { comparisonIn, type Origin } from './fitObjective.ts';
import type { Evaluation, FitParameter, FitStatistics, TargetData } from './fitParts.ts';
import { FitProblemError } from './fitProblemError.ts';
import { givenTarget, isLive, liveTarget, measureOf, targetOf } from './fitTarget.ts';
import type { LevenbergMarquardtProblem, NormalEquations } from './levenbergMarquardt.ts';
import { type Compared, type FitMeasure, PixelMeasure } from './measures.ts';
import { type Column, normalProducts } from './normalProducts.ts';
import type { StepState } from './optimisers/optimiser.ts';
import { PlaneSlots } from './planeSlots.ts';
import { PortionedRuns, refuse } from './portionedRuns.ts';
import { Priors, scatterVariance } from './priors.ts';

type Numbers = Float64Array | Float32Array;

export class FitProblem implements LevenbergMarquardtProblem {
  readonly parameters: readonly FitParameter[];
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly data: Float64Array | Float32Array;
  readonly mask: Float64Array | Float32Array | null;
  readonly shape: readonly number[];
  readonly normalization: Normalization;
  private readonly runner: GraphRunner;
  private readonly lossId: string;
  private readonly modelFrom: Origin;
  private readonly runs: PortionedRuns;
  private readonly plan: Plan;
  private readonly measure: PixelMeasure;
  private readonly scale: DataScale;
  private readonly slots: PlaneSlots;
  /** What is known of the parameters before. */
  readonly priors: Priors;
  /** Of a pixel, by which priors are weighed against squares; null while it is not known. */
  private variance: number | null;
  /** How many of the camera's pixels apart those that are compared lie. */
  readonly every: number;
  private last: {
    readonly point: Float64Array;
    readonly evaluation: Evaluation;
    readonly by: string;
  } | null = null;

  private constructor(
    runner: GraphRunner,
    plan: Plan,
    parameters: readonly FitParameter[],
    lossId: string,
    modelFrom: Origin,
    target: TargetData,
    runs = new PortionedRuns(runner, plan, modelFrom, lossId),
  ) {
    this.every = target.every;
    this.runner = runner;
    this.plan = plan;
    this.measure = target.measure;
    this.parameters = parameters;
    this.lossId = lossId;
    this.modelFrom = modelFrom;
    this.runs = runs;
    this.mask = target.mask;
    this.shape = target.shape;
    this.normalization = target.normalization;
    this.slots = new PlaneSlots(plan, parameters, target.shape);
    this.scale = new DataScale(target.mask, target.normalization);
    this.data = this.scale.ofData(target.data);
    this.priors = target.priors ?? Priors.of(parameters);
    this.variance = target.measure.kind === 'poisson' ? 1 : (target.variance ?? null);
    this.lower = Float64Array.from(parameters, (p) => (p.min - p.value) / p.step);
    this.upper = Float64Array.from(parameters, (p) => (p.max - p.value) / p.step);
  }

  get kind(): FitMeasure {
    return this.measure.kind;
  }

  /** The same problem with another measure. @param noise of a pixel, on the data's scale */
  measuredBy(kind: FitMeasure, noise: number): FitProblem {
    const { data, mask, shape, normalization } = this;
    const { runner, plan, parameters, lossId, modelFrom, every } = this;
    const { priors } = this;
    const target = {
      data,
      mask,
      shape,
      normalization,
      measure: new PixelMeasure(kind, noise),
      every,
      priors,
    };
    return new FitProblem(runner, plan, parameters, lossId, modelFrom, target);
  }

  /** The same problem where the values were known otherwise. @param variance of a pixel, on the data's scale */
  knowing(priors: Priors, variance: number): FitProblem {
    const { data, mask, shape, normalization, measure, every } = this;
    const { runner, plan, parameters, lossId, modelFrom, runs } = this;
    const target = { data, mask, shape, normalization, measure, every, priors, variance };
    return new FitProblem(runner, plan, parameters, lossId, modelFrom, target, runs);
  }

  /** The same problem on every `factor`-th pixel: an unbiased fit at a fraction of the cost. */
  decimated(factor: number): FitProblem {
    const pick = (values: Float64Array | Float32Array) => decimate(values, this.shape, factor).data;
    const { shape } = decimate(this.data, this.shape, factor);
    const mask = this.mask === null ? null : pick(this.mask);
    const { normalization, measure, plan, priors, variance } = this;
    const every = this.every * factor;
    const target = { data: pick(this.data), mask, shape, normalization, measure, every, priors, variance };
    return new FitProblem(this.runner, plan, this.parameters, this.lossId, this.modelFrom, target);
  }

  /** The same problem for another image of this size, such as the next frame of a movie; on the same runs. */
  retargeted(data: Numbers, mask: Numbers | null): FitProblem {
    const { runner, plan, parameters, lossId, modelFrom, runs, shape, normalization, measure, every } = this;
    const { priors, variance } = this;
    const target = { data, mask, shape, normalization, measure, every, priors, variance };
    const next = new FitProblem(runner, plan, parameters, lossId, modelFrom, target, runs);
    // What the model was is what it still is, where the same pixels count.
    if (mask === null && this.mask === null) next.last = this.last;
    return next;
  }

  /** Runs the design once to find the model and target images of its loss node. */
  static async create(
    runner: GraphRunner,
    plan: Plan,
    parameters: readonly FitParameter[],
  ): Promise<FitProblem> {
    const { node: loss, modelFrom, targetFrom } = comparisonIn(plan);
    const run = { plan, images: runner.images, kernels: runner.ops.kernels, overrides: NO_OVERRIDES };
    const only = new Set([modelFrom.node, targetFrom.node]);
    const { planes, shares } = await portion({ ...run, mode: 'value', only });
    const [range = null] = planes;
    const [share = null] = shares;
    const part = { ...NO_OVERRIDES, planes: range, share };
    const first = runner.run(plan, part, 'value', new Set([loss.id]));
    refuse(first, plan);
    const isWhole = range === null && share === null;
    const target = await (isWhole || !isLive(plan, targetFrom.node)
      ? givenTarget(runner, plan, targetFrom, range === null ? first : null)
      : liveTarget(runner, plan, targetFrom, loss.id, part));
    const measure = measureOf(loss.params, targetOf(first, modelFrom), targetOf(first, targetFrom));
    return new FitProblem(runner, plan, parameters, loss.id, modelFrom, {
      ...target,
      measure,
      every: 1,
    });
  }

  /** A problem whose data are given: of a camera that is compared with nothing yet. */
  static of(
    runner: GraphRunner,
    plan: Plan,
    parameters: readonly FitParameter[],
    modelFrom: Origin,
    target: TargetData,
  ): FitProblem {
    return new FitProblem(runner, plan, parameters, modelFrom.node, modelFrom, target);
  }

  /** Turns the merit into the value of the graph's own loss node: a mean over all pixels. */
  get lossPerMerit(): number {
    return (this.kind === 'poisson' ? 1 : 2) / this.data.length;
  }

  /** The backend, for work on the same arrays. */
  get kernels(): Kernels {
    return this.runner.ops.kernels;
  }

  /** Merit that a constant image would have: how much there is to explain. */
  get spread(): number {
    const model = new Float64Array(this.data.length).fill(this.scale.mean(this.data));
    return this.measure.merit({ model, data: this.data, mask: this.mask, noise: null });
  }

  /** Parameter values (SI) at a point in scaled units. */
  valuesAt(point: Float64Array): Map<string, number> {
    return new Map(this.parameters.map((p, i) => [p.path, p.value + (point[i] as number) * p.step]));
  }

  async merit(point: Float64Array): Promise<number> {
    const evaluation = await this.evaluate(point, false);
    return this.measure.merit(this.compared(evaluation)) + this.priorMerit(point, evaluation);
  }

  /** @param mobile the coordinates that are to move; descent and curvature of the others are 0 and cost nothing */
  async normalEquations(point: Float64Array, mobile?: readonly boolean[]): Promise<NormalEquations> {
    const evaluation = await this.evaluate(point, true, mobile);
    return this.products(point, evaluation, evaluation.columns);
  }

  /** The same with one more coordinate at the end: a factor on the whole model, here at 1. */
  async withBrightness(point: Float64Array): Promise<NormalEquations> {
    const evaluation = await this.evaluate(point, true);
    const data = Float64Array.from(evaluation.model);
    const columns = [...evaluation.columns, { data, first: 0, last: data.length - 1 }];
    return this.products(point, evaluation, columns);
  }

  private products(point: Float64Array, evaluation: Evaluation, columns: readonly Column[]): NormalEquations {
    const compared = this.compared(evaluation);
    const told = {
      merit: this.measure.merit(compared),
      ...normalProducts(columns, this.measure.weighting(compared)),
    };
    return this.priors.any ? this.priors.joined(told, point, this.varianceBy(evaluation)) : told;
  }

  private priorMerit(point: Float64Array, evaluation: Evaluation): number {
    return this.priors.any ? this.varianceBy(evaluation) * this.priors.merit(point) : 0;
  }

  /** Of a pixel, by which priors are weighed; where nothing says it, what was found of the first image holds. */
  private varianceBy(evaluation: Evaluation): number {
    const { shape, measure } = this;
    const seen = (values: Numbers) => Float64Array.from(values, (value) => measure.seen(value));
    const [data, model, readNoise] = [seen(this.data), seen(evaluation.model), this.noiseOf(evaluation)];
    const counts = (k: number) => this.scale.counts(k);
    this.variance ??= readNoise === null ? scatterVariance({ data, model, shape, counts }) : readNoise ** 2;
    return this.variance;
  }

  /** Of a residual, where the design gives it: of roots it would be another in each pixel. */
  private noiseOf({ readNoise }: Evaluation): number | null {
    return this.kind === 'amplitude' ? null : readNoise;
  }

  /** What priors add to the loss of the graph, with its gradient; null without any. */
  async known(point: Float64Array): Promise<{ value: number; gradient: Float64Array } | null> {
    if (!this.priors.any) return null;
    // Only once, for the noise of its image.
    if (this.variance === null) await this.merit(point);
    const gradient = this.priors.gradient(point).map((slope) => this.priorWeight * slope);
    return { value: this.priorWeight * this.priors.merit(point), gradient };
  }

  /** What ½ Σ z² of the priors counts in the loss of the graph. */
  get priorWeight(): number {
    return (this.variance ?? 1) * this.lossPerMerit;
  }

  /** Everything the report needs at the end of a fit. */
  async statistics(point: Float64Array): Promise<FitStatistics> {
    const evaluation = await this.evaluate(point, true);
    return this.statisticsOf(evaluation, this.priorMerit(point, evaluation));
  }

  /**
   * The same of a camera's image with derivatives by more than the parameters, such as cells of maps.
   * @param model and columns on the camera's scale
   */
  statisticsAlong(model: Numbers, columns: readonly Column[], image: Image): FitStatistics {
    return this.statisticsOf(this.onScale(model, columns, image), 0);
  }

  private statisticsOf(evaluation: Evaluation, ofPriors: number): FitStatistics {
    const compared = this.compared(evaluation);
    const { weights, squares } = this.measure.scatter(compared);
    const gradientFactor = new Float64Array(weights.length);
    const { curvature } = normalProducts(evaluation.columns, { gradientFactor, weights });
    const seen = (value: number | undefined) => this.measure.seen(value as number);
    const residual = Float64Array.from(this.data, (d, k) => seen(d) - seen(evaluation.model[k]));
    const pixels = residual.reduce((count, _, k) => count + (this.scale.counts(k) ? 1 : 0), 0);
    const merit = this.measure.merit(compared) + ofPriors;
    return { merit, curvature, weightedSquares: squares, pixels, residual, noise: this.noiseOf(evaluation) };
  }

  /** Loss value and gradient by scaled parameters, by one backward pass over the graph's own loss node. */
  async lossGradient(point: Float64Array): Promise<{ value: number; gradient: Float64Array }> {
    const { value, gradient } = await this.runs.lossGradient(this.overrides(point));
    const known = await this.known(point);
    const slope = (g: number, i: number) => g * (this.parameters[i] as FitParameter).step;
    return {
      value: value + (known?.value ?? 0),
      gradient: gradient.map((g, i) => slope(g, i) + (known?.gradient[i] ?? 0)),
    };
  }

  /**
   * The curvature of the merit by the model's pixels (of the camera) times a change of them, where pixels stand each for
   * themselves: Gauss and Newton's.
   */
  pixelCurvature(model: Numbers, change: Numbers, image: Image): Float64Array {
    const column = { data: Float64Array.from(change), first: 0, last: change.length - 1 };
    const evaluation = this.onScale(model, [column], image);
    const { weights } = this.measure.weighting(this.compared(evaluation));
    const scaledChange = evaluation.columns[0]?.data ?? [];
    const weighed = weights.map((w, k) => w * (scaledChange[k] ?? 0));
    return this.scale.transposed(weighed, evaluation.model, model);
  }

  /** Adam on the device from a point; null where the host is needed in each step. */
  async descent(
    start: Float64Array,
    rates: AdamRates,
    resume: StepState | null = null,
  ): Promise<DeviceDescent | null> {
    // Priors are weighed on the host.
    if (this.priors.any) return null;
    const loss = await this.runs.wholeLoss(this.overrides(start));
    if (loss === null) return null;
    const { lower, upper } = this;
    const steps = this.parameters.map((p) => p.step);
    return DeviceDescent.open({ ops: this.runner.ops, start, lower, upper, steps, rates, resume, loss });
  }

  /** Lets go of what the backend keeps ready for this problem. */
  release(): void {
    this.last = null;
    this.runs.release();
  }

  /** The model image and its derivatives by scaled parameters, with the camera's noise. */
  async linearised(point: Float64Array): Promise<Evaluation> {
    return this.evaluate(point, true);
  }

  /** The model image at a point. */
  async model(point: Float64Array): Promise<Float64Array | Float32Array> {
    return (await this.evaluate(point, false)).model;
  }

  private overrides(point: Float64Array): ParameterOverrides {
    const slots = new Map(this.parameters.map((p, i) => [p.path, i] as const));
    return { values: this.valuesAt(point), slots, every: this.every };
  }

  /** Remembers the last Jacobian: what ends a fit asks for it again and again. */
  private async evaluate(
    point: Float64Array,
    withJacobian: boolean,
    mobile?: readonly boolean[],
  ): Promise<Evaluation> {
    const known = this.last;
    const by = mobile?.every((moves) => moves) === false ? mobile.join() : 'all';
    const isKnown = known?.point.every((x, i) => x === point[i]) === true;
    if (isKnown && (!withJacobian || known.by === by)) return known.evaluation;
    const evaluation = await this.evaluateAt(point, withJacobian, by === 'all' ? undefined : mobile);
    if (withJacobian) this.last = { point: point.slice(), evaluation, by };
    return evaluation;
  }

  private async evaluateAt(
    point: Float64Array,
    withJacobian: boolean,
    mobile?: readonly boolean[],
  ): Promise<Evaluation> {
    const { image, shape, model, tangent } = await this.runs.image(
      { ...this.overrides(point), slots: this.slots.slots(mobile) },
      withJacobian ? 'forward' : 'value',
      this.data.length,
    );
    this.checkShape(shape);
    const problem = this.kind === 'poisson' ? likelihoodProblem(image.noise) : null;
    if (problem !== null) throw new FitProblemError(`${problem.message} ${problem.fix}`);
    return this.onScale(model, withJacobian ? this.slots.columns(tangent, mobile) : [], image);
  }

  private onScale(given: Numbers, along: readonly Column[], { noise, unit }: Image): Evaluation {
    const { model, columns, factor } = this.scale.ofModel(given, along);
    const isGiven = unit !== 'counts' && noise !== null && noise.readNoise > 0;
    return { model, columns, noise, readNoise: isGiven ? noise.readNoise * factor : null, unit, factor };
  }

  private checkShape(shape: readonly number[]): void {
    const [a, b] = [shape.join(' × '), this.shape.join(' × ')];
    if (a !== b) throw new FitProblemError(`The camera gives ${a} pixels, the target has ${b}.`);
  }

  private compared({ model, noise }: Evaluation): Compared {
    return { model, noise, data: this.data, mask: this.mask };
  }
}
