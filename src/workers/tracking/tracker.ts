/**
 * Follows what a design learns through the frames of a movie: each fit starts where the one before it ended. One plan
 * serves all frames; only the image that it is compared with changes. A bad frame is named with its reason and the
 * next one goes on.
 */
import { registry } from '../../graph/catalogue.ts';
import type { Plan } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import type { Learnable } from '../../graph/learnables.ts';
import { setAt } from '../../graph/paths.ts';
import { estimateStart, unlearned } from '../../graph/prepare.ts';
import type { FrameFit, TrackOptions } from '../../graph/trajectories.ts';
import type { FitProblem, FitStatistics } from '../fit/fitProblem.ts';
import { FitProblemError } from '../fit/fitProblemError.ts';
import { levenbergMarquardt } from '../fit/levenbergMarquardt.ts';
import { residualNoise } from '../fit/report.ts';
import { uncertainty } from '../fit/uncertainty.ts';
import type { FitResult } from '../protocol.ts';
import { frameImage, type PreparedFrame, type PreparedFrames } from './frames.ts';

export interface TrackContext {
  readonly plan: Plan;
  readonly learnables: readonly Learnable[];
  /** Camera window in the object plane: half its height and width, metres. */
  readonly reach: { readonly x: number; readonly y: number };
  readonly frames: PreparedFrames;
  /** A fit from scratch, with its search for a start. */
  readonly fit: (design: Design) => Promise<FitResult>;
  /** The problem of the first frame; its runs serve all frames. */
  readonly open: (design: Design) => Promise<FitProblem>;
}

/** A step that lowers χ² by less than this moves no value by more than a small part of its error. */
const NEGLIGIBLE_GAIN = 0.01;
/** A frame whose residual variance is this many times the usual one is not explained by the model. */
const BAD_RATIO = 3;
/** Good frames whose median says what is usual. */
const REMEMBERED = 25;

interface Ended {
  readonly point: Float64Array;
  readonly statistics: FitStatistics;
  /** Residual variance per degree of freedom. */
  readonly variance: number;
}

export class Tracker {
  private readonly context: TrackContext;
  private readonly options: TrackOptions;
  private readonly target: string;
  private problem: FitProblem | null = null;
  /** Where the last good frames ended, newest first, in scaled units. */
  private last: { readonly frame: number; readonly point: Float64Array }[] = [];
  private variances: number[] = [];
  /** Frames since the last good one, and how many of them until all of the frame is searched again. */
  private lostFor = 0;
  private searchAt = 1;

  constructor(context: TrackContext, options: TrackOptions) {
    const target = context.plan.order.find(({ spec }) => spec.type === 'target');
    if (target === undefined) {
      throw new FitProblemError('There is no target image to follow: connect one to the “Compare” element.');
    }
    this.context = context;
    this.options = options;
    this.target = target.node.id;
  }

  /** The design with a frame as its target and the values that were found, for looking at or for fitting. */
  designOf(frame: PreparedFrame, name: string, values: FrameFit['values']): Design {
    const { plan, frames } = this.context;
    const { design } = plan;
    const given = design.nodes.find(({ id }) => id === this.target)?.params['image'];
    const id = typeof given === 'string' ? given : this.target;
    // A focus stack of one plane has images of one plane.
    const hasStack = design.nodes.some(({ type }) => type === 'stack');
    const shape = hasStack ? [1, ...frames.shape] : frames.shape;
    const images = { ...design.images, [id]: frameImage(frame, shape, name) };
    const at = (d: Design, path: string, value: number) => setAt(d, registry, path, value, plan.planes);
    return Object.entries(values).reduce(
      (d, [path, value]) => at(d, path, value),
      setAt({ ...design, images }, registry, `${this.target}.image`, id),
    );
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
        this.problem === null ? await this.begun(frame, index) : await this.followed(frame, index),
      );
    } catch (error) {
      // What is wrong with the design stays wrong; what is wrong with a frame does not.
      if (error instanceof FitProblemError && this.problem === null) throw error;
      this.lostFor++;
      return timed({ ...nothing, status: 'lost', reason: sentenceOf(error) });
    }
  }

  release(): void {
    this.problem?.release();
  }

  /** The first frame is fitted like any image. */
  private async begun(
    frame: PreparedFrame,
    index: number,
  ): Promise<Omit<FrameFit, 'frame' | 'milliseconds'>> {
    const design = this.designOf(frame, `frame ${index}`, {});
    const result = await this.context.fit(design);
    const problem = await this.context.open(design);
    this.problem = problem;
    const ended = await this.refined(
      this.on(frame, problem),
      pointOf(this.context.learnables, result),
      index,
    );
    return this.accepted(ended, problem, index, 'good', null);
  }

  private async followed(
    frame: PreparedFrame,
    index: number,
  ): Promise<Omit<FrameFit, 'frame' | 'milliseconds'>> {
    const first = this.problem;
    if (first === null) throw new RangeError('No frame has been fitted yet.');
    const problem = this.on(frame, first);
    const ended = await this.refined(problem, await this.start(problem, index), index);
    const why = this.doubt(ended);
    if (why === null) return this.accepted(ended, problem, index, 'good', null);
    this.lostFor++;
    if (this.lostFor >= this.searchAt) {
      this.searchAt = 2 * this.lostFor;
      const again = await this.searched(problem, frame, index);
      const doubt = this.doubt(again);
      if (doubt === null) {
        return this.accepted(again, problem, index, 'found', `Lost and found again: ${why}`);
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
    return problem.retargeted(this.context.plan, data, frame.mask);
  }

  /** Where the last frame ended, or where its velocity leads, whichever explains the new frame better. */
  private async start(problem: FitProblem, index: number): Promise<Float64Array> {
    const [newest, before] = this.last;
    if (newest === undefined) return new Float64Array(this.context.learnables.length);
    const { step } = this.options.frames;
    if (before === undefined || index - newest.frame !== step || newest.frame - before.frame !== step) {
      return newest.point;
    }
    const ahead = newest.point.map((value, i) => {
      const role = this.context.learnables[i]?.role;
      const moves = role === 'lateralX' || role === 'lateralY' || role === 'axial';
      const next = moves ? 2 * value - (before.point[i] as number) : value;
      return Math.min(problem.upper[i] as number, Math.max(problem.lower[i] as number, next));
    });
    return (await problem.merit(ahead)) < (await problem.merit(newest.point)) ? ahead : newest.point;
  }

  private async refined(problem: FitProblem, start: Float64Array, index: number): Promise<Ended> {
    const { maxIterations } = this.options;
    const steps = levenbergMarquardt(problem, start, { maxIterations, tolerance: 1e-7 });
    const freedom = Math.max(1, problem.data.length - problem.parameters.length);
    let point = start;
    let merit = Number.POSITIVE_INFINITY;
    for await (const state of steps) {
      const gain = merit - state.merit;
      [point, merit] = [state.point, state.merit];
      const scale = problem.kind === 'leastSquares' ? (2 * merit) / freedom : 1;
      if (2 * gain < NEGLIGIBLE_GAIN * scale) break;
    }
    if (!Number.isFinite(merit)) {
      throw new FitProblemError(`The model is not finite in frame ${index}.`);
    }
    const statistics = await problem.statistics(point);
    const left = Math.max(1, statistics.pixels - problem.parameters.length);
    return { point, statistics, variance: statistics.weightedSquares / left };
  }

  /** Why a fit is not to be believed, as a sentence; null where it is. */
  private doubt({ point, variance }: Ended): string | null {
    const usual = [...this.variances].sort((a, b) => a - b)[this.variances.length >> 1];
    const { learnables, reach } = this.context;
    for (const [i, { role, value, step, title }] of learnables.entries()) {
      const now = value + (point[i] as number) * step;
      const edge = role === 'lateralX' ? reach.x : role === 'lateralY' ? reach.y : Number.POSITIVE_INFINITY;
      if (Math.abs(now) > edge) return `“${title}” has left the picture.`;
    }
    if (usual !== undefined && variance > BAD_RATIO * usual) {
      return `The residual is ${Math.sqrt(variance / usual).toPrecision(2)} times the usual one.`;
    }
    return null;
  }

  /** As a person would: look for it in the whole frame, scan depths and sizes, fit. */
  private async searched(problem: FitProblem, frame: PreparedFrame, index: number): Promise<Ended> {
    const { learnables } = this.context;
    const values = Object.fromEntries(
      problem.valuesAt(this.last[0]?.point ?? new Float64Array(learnables.length)),
    );
    const lost = this.designOf(frame, `frame ${index}`, values);
    const seen = estimateStart(lost, registry, unlearned(lost));
    // Sampling stays: the plan of the other frames is meant to hold.
    const result = await this.context.fit({ ...seen, grid: this.context.plan.design.grid });
    return this.refined(problem, pointOf(learnables, result), index);
  }

  private accepted(
    { point, statistics, variance }: Ended,
    problem: FitProblem,
    index: number,
    status: FrameFit['status'],
    reason: string | null,
  ): Omit<FrameFit, 'frame' | 'milliseconds'> {
    this.last = [{ frame: index, point }, ...this.last.slice(0, 1)];
    this.variances = [variance, ...this.variances.slice(0, REMEMBERED - 1)];
    this.lostFor = 0;
    this.searchAt = 1;
    const { learnables } = this.context;
    const { scatter, chiSquare } = noiseOf(problem, statistics, variance);
    const { sigma } = uncertainty(statistics.curvature, learnables.length, scatter);
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

/** Variance that errors are made from, and χ² per degree of freedom, as the report of a single fit has them. */
function noiseOf(
  problem: FitProblem,
  { noise, residual }: FitStatistics,
  variance: number,
): { scatter: number; chiSquare: number | null } {
  if (problem.kind === 'poisson') return { scatter: Math.max(1, variance), chiSquare: variance };
  const known = noise ?? residualNoise(problem, residual);
  return {
    scatter: noise === null ? variance : Math.max(noise * noise, variance),
    chiSquare: known > 0 ? variance / (known * known) : null,
  };
}

function pointOf(learnables: readonly Learnable[], { parameters }: FitResult): Float64Array {
  const found = new Map(parameters.map(({ path, value }) => [path, value]));
  return Float64Array.from(
    learnables,
    ({ path, value, step }) => ((found.get(path) ?? value) - value) / step,
  );
}

function meanOf({ data, mask }: PreparedFrame): number {
  let [sum, count] = [0, 0];
  data.forEach((value, i) => {
    if (mask !== null && mask[i] === 0) return;
    sum += value;
    count++;
  });
  return sum / Math.max(1, count);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
