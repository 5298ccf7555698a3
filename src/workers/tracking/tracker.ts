/**
 * Follows what a design learns through the frames of a movie: each fit starts where the one before it ended. One plan
 * serves all frames; only the image that it is compared with changes. A bad frame is named with its reason and the
 * next one goes on.
 */
import { registry } from '../../graph/catalogue.ts';
import type { Plan } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import type { Learnable } from '../../graph/learnables.ts';
import { frameImage, type PreparedFrame, type PreparedFrames, withFrame } from '../../graph/movieFrames.ts';
import { estimateStart, unlearned } from '../../graph/startEstimates.ts';
import type { FrameFit, TrackOptions } from '../../graph/trajectories.ts';
import { decimate } from '../fit/decimate.ts';
import type { FitStatistics } from '../fit/fitParts.ts';
import type { FitProblem } from '../fit/fitProblem.ts';
import { FitProblemError } from '../fit/fitProblemError.ts';
import type { FitResult } from '../protocol.ts';
import {
  contrastOf,
  type Descent,
  descended,
  errorsOf,
  finished,
  isSeen,
  NEGLIGIBLE_GAIN,
  SPARSE_GAIN,
} from './frameFit.ts';

export interface TrackContext {
  readonly plan: Plan;
  readonly learnables: readonly Learnable[];
  /** Camera window in the object plane: half its height and width, metres. */
  readonly reach: { readonly x: number; readonly y: number };
  readonly frames: PreparedFrames;
  /** Every how many-th pixel is enough for early steps; 1 where the image is small. */
  readonly every: number;
  /** A fit from scratch, with its search for a start. */
  readonly fit: (design: Design) => Promise<FitResult>;
  /** The problem of the first frame; its runs serve all frames. */
  readonly open: (design: Design) => Promise<FitProblem>;
}

/** A frame whose residual variance is this many times the usual one is not explained by the model. */
const BAD_RATIO = 3;
/** A share of the image's variation that may stay unexplained whatever the other frames say. */
const EXPLAINED = 1e-3;
/** Of the usual contrast of the model image: below it the particle has been faded away to explain its absence. */
const LEAST_CONTRAST = 0.05;
/** Good frames whose median says what is usual. */
const REMEMBERED = 25;

interface Ended {
  /** On the pixels that the result stands on. */
  readonly problem: FitProblem;
  readonly point: Float64Array;
  /** Where the few pixels were computed last; null without them. */
  readonly known: Float64Array | null;
  readonly statistics: FitStatistics;
  /** Standard errors, scaled units. */
  readonly sigma: readonly (number | null)[];
  readonly chiSquare: number | null;
  /** Residual variance per degree of freedom. */
  readonly variance: number;
  /** Variance of the model image over its pixels. */
  readonly contrast: number;
}

export class Tracker {
  private readonly context: TrackContext;
  private readonly options: TrackOptions;
  private readonly target: string;
  private problem: FitProblem | null = null;
  /** The same on fewer pixels, which lead most of the way at a fraction of the cost. */
  private sparse: FitProblem | null = null;
  /** Where the last good frames ended, newest first, in scaled units. */
  private last: { readonly frame: number; readonly point: Float64Array }[] = [];
  /** Where the few pixels of the last good frame were computed last: looking there again costs nothing. */
  private known: Float64Array | null = null;
  /** Where the present frame could start; null where there is one choice only. */
  private ahead: { readonly stay: Float64Array; readonly move: Float64Array } | null = null;
  /** Whether the particle was found nearer to where its velocity led. */
  private drifts = false;
  private variances: number[] = [];
  private contrasts: number[] = [];
  /** Noise of a pixel as the design gives it, null where it does not; undefined until a frame has been fitted. */
  private noise: number | null | undefined;
  /** Frames since the last good one, and how many of them until all of the frame is searched again. */
  private lostFor = 0;
  private searchAt = 0;

  constructor(context: TrackContext, options: TrackOptions) {
    const target = context.plan.order.find(({ spec }) => spec.type === 'target');
    if (target === undefined) {
      throw new FitProblemError('There is no target image to follow: connect one to the “Compare” element.');
    }
    this.context = context;
    this.options = options;
    this.target = target.node.id;
  }

  private designOf(frame: PreparedFrame, name: string, values: FrameFit['values']): Design {
    const { plan, frames } = this.context;
    const image = frameImage(frame, frames.shape, name);
    return withFrame(plan.design, registry, this.target, image, values, plan.planes);
  }

  async follow(index: number): Promise<FrameFit> {
    const began = performance.now();
    const timed = (fit: Omit<FrameFit, 'frame' | 'milliseconds'>): FrameFit => ({
      frame: index,
      ...fit,
      milliseconds: performance.now() - began,
    });
    const nothing = { values: {}, errors: {}, chiSquare: null };
    let frame: PreparedFrame;
    try {
      frame = await this.context.frames.frame(index);
    } catch (error) {
      return timed({ ...nothing, status: 'unreadable', reason: sentenceOf(error) });
    }
    try {
      return timed(
        this.last.length === 0 ? await this.begun(frame, index) : await this.followed(frame, index),
      );
    } catch (error) {
      // What is wrong with the design stays wrong; what is wrong with a frame does not.
      if (error instanceof FitProblemError && this.problem === null) throw error;
      this.lostFor++;
      return timed({ ...nothing, status: 'lost', reason: sentenceOf(error) });
    }
  }

  release(): void {
    this.sparse?.release();
    this.problem?.release();
  }

  /** The first frame is fitted like any image, and so is one after it where that shows nothing. */
  private async begun(
    frame: PreparedFrame,
    index: number,
  ): Promise<Omit<FrameFit, 'frame' | 'milliseconds'>> {
    const { learnables } = this.context;
    const design = this.designOf(frame, `frame ${index}`, {});
    const isSearched = this.lostFor >= this.searchAt;
    const result = isSearched ? await this.context.fit(design) : null;
    const problem = this.on(frame, await this.opened(design));
    const start = result === null ? new Float64Array(learnables.length) : pointOf(learnables, result);
    const ended = await this.refined(problem, start, index);
    const why = this.doubt(ended) ?? this.doubtAlone(ended, result);
    if (why === null) return this.accepted(ended, index, 'good', null);
    this.lostFor++;
    if (isSearched) this.searchAt = this.lostFor === 1 ? 1 : 2 * this.lostFor;
    return { status: 'lost', reason: why, values: {}, errors: {}, chiSquare: null };
  }

  private async opened(design: Design): Promise<FitProblem> {
    if (this.problem !== null) return this.problem;
    const problem = await this.context.open(design);
    this.problem = problem;
    const { every } = this.context;
    if (every > 1 && problem.kind === 'leastSquares') this.sparse = problem.decimated(every);
    return problem;
  }

  /** Why a fit is not to be believed that no other frame can be compared with; null where it is. */
  private doubtAlone(
    { problem, statistics, sigma, variance, contrast }: Ended,
    result: FitResult | null,
  ): string | null {
    if (!isSeen(problem, statistics, variance, contrast))
      return 'There is next to nothing to see in this frame: what the fit found is no more than its noise.';
    const { learnables } = this.context;
    const unknown = learnables.find(
      ({ role }, i) => (role === 'lateralX' || role === 'lateralY') && (sigma[i] ?? null) === null,
    );
    if (unknown !== undefined) return `The frame does not tell “${unknown.title}”.`;
    if (result?.converged === false) return 'The fit did not come to an end in this frame.';
    return null;
  }

  private async followed(
    frame: PreparedFrame,
    index: number,
  ): Promise<Omit<FrameFit, 'frame' | 'milliseconds'>> {
    const first = this.problem;
    if (first === null) throw new RangeError('No frame has been fitted yet.');
    const problem = this.on(frame, first);
    const ended = await this.refined(problem, this.start(problem, index), index);
    const why = this.doubt(ended);
    if (why === null) return this.accepted(ended, index, 'good', null);
    this.lostFor++;
    if (this.lostFor >= this.searchAt) {
      this.searchAt = 2 * this.lostFor;
      const again = await this.searched(problem, frame, index);
      const doubt = this.doubt(again);
      if (doubt === null) {
        return this.accepted(again, index, 'found', `Lost and found again: ${why}`);
      }
    }
    return { status: 'lost', reason: why, values: {}, errors: {}, chiSquare: null };
  }

  private on(frame: PreparedFrame, problem: FitProblem): FitProblem {
    // Target.forward does the same to the image of a document.
    const isRelative = problem.normalization === 'background' && this.options.background === 'none';
    const divisor = isRelative ? meanOf(frame) : 1;
    if (!(divisor > 0)) throw new FitProblemError('The frame is dark: its mean is not above 0.');
    const data = divisor === 1 ? frame.data : frame.data.map((value) => value / divisor);
    return problem.retargeted(data, frame.mask);
  }

  /** Where the last frame ended, or where its velocity leads: what would have been nearer in the frame before. */
  private start(problem: FitProblem, index: number): Float64Array {
    const [newest, before] = this.last;
    if (newest === undefined) return new Float64Array(this.context.learnables.length);
    const { step } = this.options.frames;
    const isSteady =
      before !== undefined && index - newest.frame === step && newest.frame - before.frame === step;
    if (!isSteady) {
      this.ahead = null;
      return this.known ?? newest.point;
    }
    const ahead = newest.point.map((value, i) => {
      const role = this.context.learnables[i]?.role;
      const moves = role === 'lateralX' || role === 'lateralY' || role === 'axial';
      const next = moves ? 2 * value - (before.point[i] as number) : value;
      return Math.min(problem.upper[i] as number, Math.max(problem.lower[i] as number, next));
    });
    this.ahead = { stay: newest.point, move: ahead };
    return this.drifts ? ahead : (this.known ?? newest.point);
  }

  /** Learns from a frame whether what moves keeps its velocity, as in a flow, or forgets it, as in diffusion. */
  private learnFrom({ point, equations }: Descent): void {
    if (this.ahead === null) return;
    const { stay, move } = this.ahead;
    this.drifts = distance(equations.curvature, move, point) < distance(equations.curvature, stay, point);
  }

  private async refined(problem: FitProblem, start: Float64Array, index: number): Promise<Ended> {
    const { maxIterations } = this.options;
    const few = this.few(problem);
    const isSparse = few !== null && this.options.pixels === 'some';
    const led = few === null ? null : await descended(few, start, maxIterations, SPARSE_GAIN);
    const whole = isSparse ? few : problem;
    const ended =
      (await finished(whole, led?.point ?? start)) ??
      (await descended(whole, led?.point ?? start, maxIterations, NEGLIGIBLE_GAIN));
    const { point, merit } = ended;
    if (!Number.isFinite(merit)) throw new FitProblemError(`The model is not finite in frame ${index}.`);
    this.learnFrom(ended);
    const statistics = await this.statistics(whole, ended);
    const left = Math.max(1, statistics.pixels - problem.parameters.length);
    const contrast = contrastOf(whole, statistics.residual);
    const variance = statistics.weightedSquares / left;
    // The mean of a frame stands for its background only where no background is given.
    const near = this.options.background === 'none' ? ended.seen : null;
    const { sigma, chiSquare } = await errorsOf(whole, statistics, variance, near);
    const known = led?.seen ?? null;
    return { problem: whole, point, known, statistics, sigma, chiSquare, variance, contrast };
  }

  private few(problem: FitProblem): FitProblem | null {
    const { every } = this.context;
    if (this.sparse === null) return null;
    const pick = (values: Float64Array | Float32Array) =>
      Float32Array.from(decimate(values, problem.shape, every).data);
    const mask = problem.mask === null ? null : pick(problem.mask);
    this.sparse = this.sparse.retargeted(pick(problem.data), mask);
    return this.sparse;
  }

  /** Of least squares everything is known from the last step; noise and contrast hardly change along it. */
  private async statistics(
    problem: FitProblem,
    { point, equations, merit, seen }: Descent,
  ): Promise<FitStatistics> {
    if (problem.kind !== 'leastSquares' || this.noise === undefined) {
      const statistics = await problem.statistics(point);
      this.noise ??= statistics.noise;
      return statistics;
    }
    const model = await problem.model(seen);
    const { data, mask } = problem;
    const residual = new Float64Array(data.length);
    let pixels = 0;
    for (let k = 0; k < residual.length; k++) {
      residual[k] = (data[k] as number) - (model[k] as number);
      if (mask === null || (mask[k] as number) > 0) pixels++;
    }
    const { curvature } = equations;
    return { merit, curvature, weightedSquares: 2 * merit, pixels, residual, noise: this.noise };
  }

  /** Why a fit is not to be believed, as a sentence; null where it is. */
  private doubt(ended: Ended): string | null {
    const { problem, point, variance } = ended;
    const usual = this.variances.length === 0 ? undefined : medianOf(this.variances);
    const { learnables, reach } = this.context;
    for (const [i, { role, value, step, title }] of learnables.entries()) {
      const now = value + (point[i] as number) * step;
      const edge = role === 'lateralX' ? reach.x : role === 'lateralY' ? reach.y : Number.POSITIVE_INFINITY;
      if (Math.abs(now) > edge) return `“${title}” has left the picture.`;
    }
    if (usual === undefined) return null;
    const contrast = medianOf(this.contrasts);
    if (ended.contrast < LEAST_CONTRAST * contrast) {
      return 'There is next to nothing to see in this frame: the fit ended on an empty image.';
    }
    if (variance < BAD_RATIO * usual) return null;
    // Next to nothing is no measure of anything: photons scatter, and so much of an image may stay unexplained.
    const floor = problem.kind === 'poisson' ? 1 : (EXPLAINED * 2 * problem.spread) / problem.data.length;
    const bound = Math.max(usual, floor);
    if (variance < BAD_RATIO * bound) return null;
    return `The residual is ${Math.sqrt(variance / bound).toPrecision(2)} times the usual one.`;
  }

  /** As a person would: look for it in the whole frame, scan depths and sizes, fit. */
  private async searched(problem: FitProblem, frame: PreparedFrame, index: number): Promise<Ended> {
    const { learnables } = this.context;
    const values = Object.fromEntries(
      problem.valuesAt(this.last[0]?.point ?? new Float64Array(learnables.length)),
    );
    const lost = this.designOf(frame, `frame ${index}`, values);
    // The brightness is known from the frames before; only places are looked for.
    const known = lost.nodes.flatMap(({ id }) => [`${id}.photons`, `${id}.background`]);
    const seen = estimateStart(lost, registry, new Set([...unlearned(lost), ...known]));
    // Sampling stays: the plan of the other frames is meant to hold.
    const result = await this.context.fit({ ...seen, grid: this.context.plan.design.grid });
    return this.refined(problem, pointOf(learnables, result), index);
  }

  private accepted(
    { problem, point, known, sigma, chiSquare, variance, contrast }: Ended,
    index: number,
    status: FrameFit['status'],
    reason: string | null,
  ): Omit<FrameFit, 'frame' | 'milliseconds'> {
    this.known = known;
    this.last = [{ frame: index, point }, ...this.last.slice(0, 1)];
    this.variances = [variance, ...this.variances.slice(0, REMEMBERED - 1)];
    this.contrasts = [contrast, ...this.contrasts.slice(0, REMEMBERED - 1)];
    this.lostFor = 0;
    this.searchAt = 1;
    const { learnables } = this.context;
    return {
      status,
      reason,
      values: Object.fromEntries(problem.valuesAt(point)),
      errors: Object.fromEntries(
        learnables.map(({ path, step }, i) => {
          const scaled = sigma[i] ?? null;
          return [path, scaled === null ? null : scaled * step];
        }),
      ),
      chiSquare,
    };
  }
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function pointOf(learnables: readonly Learnable[], { parameters }: FitResult): Float64Array {
  const found = new Map(parameters.map(({ path, value }) => [path, value]));
  return Float64Array.from(
    learnables,
    ({ path, value, step }) => ((found.get(path) ?? value) - value) / step,
  );
}

/** Squared distance in standard errors, but for their scale: δᵀAδ. */
function distance(curvature: Float64Array, a: Float64Array, b: Float64Array): number {
  const step = a.map((value, i) => value - (b[i] as number));
  return step.reduce(
    (sum, s, i) =>
      sum + s * step.reduce((row, t, j) => row + (curvature[i * step.length + j] as number) * t, 0),
    0,
  );
}

function meanOf({ data, mask }: PreparedFrame): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    if (mask !== null && mask[i] === 0) continue;
    sum += data[i] as number;
    count++;
  }
  return sum / Math.max(1, count);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
