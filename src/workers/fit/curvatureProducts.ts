/** Gauss and Newton's curvature times a direction, over numbers and maps: one run forward and one back, no Jacobian. */
import type { Plan } from '../../graph/compile.ts';
import type { GraphRunner } from '../../graph/execute.ts';
import { portion } from '../../graph/memory.ts';
import type { Real } from '../../optics/ops/ops.ts';
import type { Image } from '../../optics/values.ts';
import { comparisonIn } from './fitObjective.ts';
import type { FitProblem } from './fitProblem.ts';
import { FitProblemError } from './fitProblemError.ts';
import type { LearnedPoint } from './learnedPoint.ts';
import { refuse } from './portionedRuns.ts';

export class CurvatureProducts {
  private readonly runner: GraphRunner;
  private readonly plan: Plan;
  private readonly problem: FitProblem;
  private readonly point: LearnedPoint;
  private isWhole: Promise<boolean> | null = null;

  /** @param problem the residuals: how the model is compared with the target */
  constructor(runner: GraphRunner, plan: Plan, problem: FitProblem, point: LearnedPoint) {
    this.runner = runner;
    this.plan = plan;
    this.problem = problem;
    this.point = point;
  }

  /** (JᵀWJ) direction, on the scale of the graph's own loss; all in natural steps. */
  async product(at: Float64Array, direction: Float64Array): Promise<Float64Array> {
    this.isWhole ??= this.fitsAsWhole(at);
    if (!(await this.isWhole)) throw new FitProblemError(TOO_LARGE);
    const { model, change, image } = await this.forward(at, direction);
    const { problem } = this;
    const weighed = problem.pixelCurvature(model, change, image).map((x) => x * problem.lossPerMerit);
    const ofPixels = await this.backward(at, weighed);
    if (!problem.priors.any) return ofPixels;
    const ofPriors = problem.priors.product(direction);
    return ofPixels.map((x, i) => x + problem.priorWeight * (ofPriors[i] ?? 0));
  }

  /** The model and its derivative along the direction. */
  private async forward(at: Float64Array, direction: Float64Array) {
    const { ops } = this.runner;
    const scope = ops.open();
    try {
      const { values, slots } = this.point.overridesAt(at);
      const steps = this.point.mapStarts(direction);
      const maps = this.point.mapStarts(at).map(({ path, values: cells, shape }, i) => {
        const value = ops.upload(cells, shape, 'real');
        const tangent = ops.upload(steps[i]?.values ?? cells, shape, 'real').array;
        return [path, { ...value, tangents: new Map([[0, tangent]]) }] as const;
      });
      const overrides = {
        values,
        slots: new Map([...slots.keys()].map((path) => [path, 0])),
        along: this.point.changesAlong(direction),
        maps: new Map(maps),
        every: this.problem.every,
      };
      const image = this.imageOf(
        this.runner.run(this.plan, overrides, 'forward', new Set([this.model.node])),
      );
      const { samples } = image;
      const tangent = samples.tangents.get(0);
      const along: Real[] =
        tangent === undefined ? [] : [{ ...samples, array: tangent, tangents: new Map() }];
      const [model = new Float64Array(0), change = new Float64Array(model.length)] = await ops.read([
        samples,
        ...along,
      ]);
      return { model, change, image };
    } finally {
      ops.close(scope);
    }
  }

  /** Jᵀ times pixels. */
  private async backward(at: Float64Array, pixels: Float64Array): Promise<Float64Array> {
    const { ops } = this.runner;
    const scope = ops.open();
    try {
      const maps = this.point
        .mapStarts(at)
        .map(
          ({ path, values, shape }) => [path, ops.variable(ops.upload(values, shape, 'real').array)] as const,
        );
      const overrides = { ...this.point.overridesAt(at), maps: new Map(maps), every: this.problem.every };
      const { samples } = this.imageOf(
        this.runner.run(this.plan, overrides, 'reverse', new Set([this.model.node])),
      );
      ops.mode = 'reverse';
      const weights = ops.upload(pixels, samples.shape, 'real');
      const sum = ops.sum(ops.multiply(weights, samples), [...samples.shape.keys()]);
      ops.mode = 'value';
      const variables = maps.map(([, variable]) => variable);
      const { gradient, cotangents } = await ops.gradient(sum, overrides.slots.size, variables);
      return this.point.joined(gradient, cotangents);
    } finally {
      ops.close(scope);
    }
  }

  private get model() {
    return comparisonIn(this.plan).modelFrom;
  }

  private imageOf(results: ReturnType<GraphRunner['run']>): Image {
    const { node, port } = this.model;
    const image = results.get(node)?.outputs[port];
    if (image?.kind === 'image') return image;
    refuse(results, this.plan);
    throw new FitProblemError('The model image could not be computed at these values.');
  }

  private async fitsAsWhole(at: Float64Array): Promise<boolean> {
    const { plan, runner, point } = this;
    const { images, ops } = runner;
    const overrides = point.overridesAt(at);
    const run = { plan, overrides, images, kernels: ops.kernels, maps: point.mapStarts(at) };
    const { planes, shares } = await portion({ ...run, mode: 'reverse', only: new Set([this.model.node]) });
    return planes.length * shares.length === 1;
  }
}

const TOO_LARGE =
  'Gauss-Newton needs the whole image in memory, which does not fit here: choose L-BFGS or Adam, which go through it in parts.';
