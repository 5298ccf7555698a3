/** A design with a loss node as a least-squares or likelihood problem over its learnable parameters. */
import type { Plan } from '../../graph/compile.ts';
import { type GraphRunner, NO_OVERRIDES, type ParameterOverrides } from '../../graph/execute.ts';
import { portion } from '../../graph/memory.ts';
import { likelihoodProblem } from '../../optics/comparison.ts';
import type { AdamRates, Kernels } from '../../optics/ops/kernels.ts';
import type { Image, NoiseModel, Normalization } from '../../optics/values.ts';
import { decimate } from './decimate.ts';
import { DeviceDescent } from './deviceDescent.ts';
import { comparisonIn, type Origin } from './fitObjective.ts';
import { FitProblemError } from './fitProblemError.ts';
import { givenTarget, isLive, liveTarget, measureOf, type TargetImage, targetOf } from './fitTarget.ts';
import type { LevenbergMarquardtProblem, NormalEquations } from './levenbergMarquardt.ts';
import { type Compared, type FitMeasure, PixelMeasure } from './measures.ts';
import { type Column, normalProducts } from './normalProducts.ts';
import type { StepState } from './optimisers/optimiser.ts';
import { PortionedRuns, refuse } from './portionedRuns.ts';

type Numbers = Float64Array | Float32Array;

/** What a fit varies: a path with its range and natural step (SI). */
export interface FitParameter {
  readonly path: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** Model image on the data's scale and, where asked for, its Jacobian columns by scaled parameters. */
export interface Evaluation {
  readonly model: Float64Array | Float32Array;
  readonly columns: readonly Column[];
  readonly noise: NoiseModel | null;
  /** Standard deviation of the read noise on the data's scale, where it is given and is all the noise there is. */
  readonly readNoise: number | null;
  readonly unit: Image['unit'];
  /** From the camera's scale to the data's. */
  readonly factor: number;
}

export interface FitStatistics {
  readonly merit: number;
  /** JᵀWJ by scaled parameters; of a robust measure JᵀJ. */
  readonly curvature: Float64Array;
  /** Σ W r² over counted pixels, or what stands for it: over the degrees of freedom, the factor on the inverse. */
  readonly weightedSquares: number;
  readonly pixels: number;
  readonly residual: Float64Array;
  /** Standard deviation per pixel as the design gives it; null where it does not. */
  readonly noise: number | null;
}

export interface TargetData extends TargetImage {
  /** How the model is compared with it. */
  readonly measure: PixelMeasure;
  readonly every: number;
}

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
    // Every few pixels of an image have a mean of their own.
    this.data =
      target.normalization === 'mean' ? scaled(target.data, 1 / this.mean(target.data)) : target.data;
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
    const target = { data, mask, shape, normalization, measure: new PixelMeasure(kind, noise), every };
    return new FitProblem(runner, plan, parameters, lossId, modelFrom, target);
  }

  /** The same problem on every `factor`-th pixel: an unbiased fit at a fraction of the cost. */
  decimated(factor: number): FitProblem {
    const pick = (values: Float64Array | Float32Array) => decimate(values, this.shape, factor).data;
    const { shape } = decimate(this.data, this.shape, factor);
    const mask = this.mask === null ? null : pick(this.mask);
    const { normalization, measure, plan } = this;
    const every = this.every * factor;
    const target = { data: pick(this.data), mask, shape, normalization, measure, every };
    return new FitProblem(this.runner, plan, this.parameters, this.lossId, this.modelFrom, target);
  }

  /** The same problem for another image of this size, such as the next frame of a movie; on the same runs. */
  retargeted(data: Numbers, mask: Numbers | null): FitProblem {
    const { runner, plan, parameters, lossId, modelFrom, runs, shape, normalization, measure, every } = this;
    const target = { data, mask, shape, normalization, measure, every };
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
    const model = new Float64Array(this.data.length).fill(this.mean(this.data));
    return this.measure.merit({ model, data: this.data, mask: this.mask, noise: null });
  }

  /** Parameter values (SI) at a point in scaled units. */
  valuesAt(point: Float64Array): Map<string, number> {
    return new Map(this.parameters.map((p, i) => [p.path, p.value + (point[i] as number) * p.step]));
  }

  async merit(point: Float64Array): Promise<number> {
    return this.measure.merit(this.compared(await this.evaluate(point, false)));
  }

  /** @param mobile the coordinates that are to move; descent and curvature of the others are 0 and cost nothing */
  async normalEquations(point: Float64Array, mobile?: readonly boolean[]): Promise<NormalEquations> {
    const evaluation = await this.evaluate(point, true, mobile);
    return this.products(evaluation, evaluation.columns);
  }

  /** The same with one more coordinate at the end: a factor on the whole model, here at 1. */
  async withBrightness(point: Float64Array): Promise<NormalEquations> {
    const evaluation = await this.evaluate(point, true);
    const data = Float64Array.from(evaluation.model);
    return this.products(evaluation, [...evaluation.columns, { data, first: 0, last: data.length - 1 }]);
  }

  private products(evaluation: Evaluation, columns: readonly Column[]): NormalEquations {
    const compared = this.compared(evaluation);
    return {
      merit: this.measure.merit(compared),
      ...normalProducts(columns, this.measure.weighting(compared)),
    };
  }

  /** Everything the report needs at the end of a fit. */
  async statistics(point: Float64Array): Promise<FitStatistics> {
    const evaluation = await this.evaluate(point, true);
    const compared = this.compared(evaluation);
    const { weights, squares } = this.measure.scatter(compared);
    const gradientFactor = new Float64Array(weights.length);
    const { curvature } = normalProducts(evaluation.columns, { gradientFactor, weights });
    const residual = Float64Array.from(this.data, (d, k) => d - (evaluation.model[k] as number));
    const pixels = residual.reduce((count, _, k) => count + (this.counts(k) ? 1 : 0), 0);
    const merit = this.measure.merit(compared);
    return { merit, curvature, weightedSquares: squares, pixels, residual, noise: evaluation.readNoise };
  }

  /** Loss value and gradient by scaled parameters, by one backward pass over the graph's own loss node. */
  async lossGradient(point: Float64Array): Promise<{ value: number; gradient: Float64Array }> {
    const { value, gradient } = await this.runs.lossGradient(this.overrides(point));
    return { value, gradient: gradient.map((g, i) => g * (this.parameters[i] as FitParameter).step) };
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
    if (this.normalization !== 'mean') return weighed;
    // The transpose of d(m/μ) = (dm - (m/μ) dμ)/μ.
    const pixels = weighed.reduce((count, _, k) => count + (this.counts(k) ? 1 : 0), 0);
    const shared = weighed.reduce((sum, u, k) => sum + u * (evaluation.model[k] as number), 0) / pixels;
    const factor = 1 / this.mean(model);
    return weighed.map((u, k) => (u - (this.counts(k) ? shared : 0)) * factor);
  }

  /** Adam on the device from a point; null where the host is needed in each step. */
  async descent(
    start: Float64Array,
    rates: AdamRates,
    resume: StepState | null = null,
  ): Promise<DeviceDescent | null> {
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

  private overrides(point: Float64Array, mobile?: readonly boolean[]): ParameterOverrides {
    const slots = this.parameters.map((p, i) => [p.path, i] as const);
    return {
      values: this.valuesAt(point),
      slots: new Map(mobile === undefined ? slots : slots.filter(([, i]) => mobile[i])),
      every: this.every,
    };
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
      this.overrides(point, mobile),
      withJacobian ? 'forward' : 'value',
      this.data.length,
    );
    this.checkShape(shape);
    const problem = this.kind === 'poisson' ? likelihoodProblem(image.noise) : null;
    if (problem !== null) throw new FitProblemError(`${problem.message} ${problem.fix}`);
    return this.onScale(model, withJacobian ? this.columns(tangent) : [], image);
  }

  private columns(read: (slot: number) => Float64Array | Float32Array | undefined): Column[] {
    return this.parameters.map((parameter, index) => {
      const source = read(index);
      if (source === undefined) return { data: new Float64Array(0), first: 0, last: -1 };
      let first = 0;
      let last = source.length - 1;
      while (first <= last && source[first] === 0) first++;
      while (last >= first && source[last] === 0) last--;
      const data = new Float64Array(source.length);
      for (let k = first; k <= last; k++) data[k] = (source[k] as number) * parameter.step;
      return { data, first, last };
    });
  }

  /** Where both are relative to their means, the model is divided by its own over the pixels that count. */
  private onScale(
    model: Float64Array | Float32Array,
    columns: readonly Column[],
    { noise, unit }: Image,
  ): Evaluation {
    const given = unit === 'counts' || noise === null || noise.readNoise === 0 ? null : noise.readNoise;
    if (this.normalization !== 'mean') return { model, columns, noise, readNoise: given, unit, factor: 1 };
    const factor = 1 / this.mean(model);
    const relative = scaled(model, factor);
    // d(m/μ) = (dm - (m/μ) dμ)/μ with dμ the mean of dm.
    const along = columns.map(({ data }): Column => {
      if (data.length === 0) return { data, first: 0, last: -1 };
      const slope = this.mean(data);
      const column = data.map((d, k) => (d - (relative[k] as number) * slope) * factor);
      return { data: column, first: 0, last: column.length - 1 };
    });
    const readNoise = given === null ? null : given * factor;
    return { model: relative, columns: along, noise, readNoise, unit, factor };
  }

  /** Mean over the pixels that count. */
  private mean(values: Float64Array | Float32Array): number {
    let [sum, count] = [0, 0];
    for (let k = 0; k < values.length; k++) {
      if (!this.counts(k)) continue;
      sum += values[k] as number;
      count++;
    }
    return sum / Math.max(1, count);
  }

  private checkShape(shape: readonly number[]): void {
    const [a, b] = [shape.join(' × '), this.shape.join(' × ')];
    if (a !== b) throw new FitProblemError(`The camera gives ${a} pixels, the target has ${b}.`);
  }

  private counts(k: number): boolean {
    return this.mask === null || (this.mask[k] as number) > 0;
  }

  private compared({ model, noise }: Evaluation): Compared {
    return { model, noise, data: this.data, mask: this.mask };
  }
}

/** In float64, where sums over many pixels are exact enough. */
function scaled(values: Float64Array | Float32Array, factor: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let k = 0; k < out.length; k++) out[k] = (values[k] as number) * factor;
  return out;
}
