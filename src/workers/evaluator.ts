/**
 * What a design gives at its values: its graph is run, as a whole or in portions where it is large, and pictures,
 * numbers and doubts about the light are made of the results. Knows nothing of fits.
 */
import { registry } from '../graph/catalogue.ts';
import { compile, type Plan } from '../graph/compile.ts';
import type { Design, Issue } from '../graph/document.ts';
import { GraphRunner, NO_OVERRIDES, type RunResult } from '../graph/execute.ts';
import { objectiveOf } from '../graph/objective.ts';
import { validate } from '../graph/validate.ts';
import { expose } from '../optics/detection/expose.ts';
import type { Readout } from '../optics/element.ts';
import { Ops } from '../optics/ops/ops.ts';
import type { Image } from '../optics/values.ts';
import { analyse, analysersOf, readingsAt } from './analyses.ts';
import type { Backend } from './backends.ts';
import { HostImages } from './hostImages.ts';
import { LightIssues } from './lightIssues.ts';
import { lightAt } from './nodeLight.ts';
import { inputsOf, type PortionedPlan, portionsToShow, runPortions, showPortions } from './portionedShow.ts';
import { PreviewMemory } from './present/painter.ts';
import type { Pictures, Wanted } from './protocol.ts';
import { makePictures } from './views.ts';

export interface Shown extends Pictures {
  readonly issues: readonly Issue[];
  readonly milliseconds: number;
  readonly nodeMilliseconds: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly loss: number | null;
}

export interface EvaluatedImage {
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array;
  readonly pitch: number;
  readonly unit: string;
}

/** Everything a design gives. */
export interface Evaluated {
  readonly issues: readonly Issue[];
  /** By node. */
  readonly images: Map<string, EvaluatedImage>;
  readonly readings: Map<string, readonly Readout[]>;
}

/** What can be shown of a design. */
interface Evaluation extends PortionedPlan {
  readonly issues: readonly Issue[];
  /** Of the whole; empty where it is portioned. */
  readonly results: RunResult;
  readonly isPortioned: boolean;
}

export class Evaluator {
  readonly runner: GraphRunner;
  readonly images: HostImages;
  private readonly opened: Backend;
  private readonly memory = new PreviewMemory();
  private readonly light = new LightIssues();

  constructor(opened: Backend) {
    this.opened = opened;
    const ops = new Ops(opened.kernels);
    this.images = new HostImages(ops, registry);
    this.runner = new GraphRunner(ops, this.images.get);
  }

  /**
   * Evaluates what changed and pictures what was asked for.
   * @param hold keeps the ranges of the previews' colours, as while a fit runs
   */
  async show(design: Design, wanted: Partial<Wanted> = {}, hold = false): Promise<Shown> {
    const began = performance.now();
    const evaluation = await this.evaluated(design);
    const { plan, results } = evaluation;
    const maker = { ops: this.runner.ops, painter: this.opened.painter, memory: this.memory };
    const all = { views: [], previews: [], ...wanted };
    if (evaluation.isPortioned) {
      const shown = await showPortions(evaluation, maker, all, hold);
      const { views, previews, analyses, notFinite, loss } = shown;
      return {
        ...{ views, previews, loss, ...(analyses === undefined ? {} : { analyses }) },
        issues: [...evaluation.issues, ...shown.issues, ...[...notFinite].map(notFiniteIssue)],
        milliseconds: performance.now() - began,
        nodeMilliseconds: Object.fromEntries(shown.milliseconds),
        bytes: this.runner.ops.memory().bytes,
      };
    }
    const { issues } = evaluation;
    const evaluated = {
      results,
      inputOf: inputsOf(plan, results),
      seed: design.seed,
      analyserOf: analysersOf(this.runner, plan),
    };
    const { views, previews, analyses, notFinite } = await makePictures(maker, evaluated, all, hold);
    const loss = await this.lossOf(plan, results);
    const seen = hold ? [] : await this.lightIssues(evaluation, this.opened.name === 'webgpu');
    return {
      views,
      previews,
      ...(analyses === undefined ? {} : { analyses }),
      issues: [...issues, ...seen, ...[...notFinite].map(notFiniteIssue)],
      milliseconds: performance.now() - began,
      nodeMilliseconds: Object.fromEntries(
        [...results].map(([id, r]) => [id, r.computed ? r.milliseconds : 0]),
      ),
      bytes: this.runner.ops.memory().bytes,
      loss,
    };
  }

  /**
   * Every image output in full, with noise where the camera simulates it.
   * @param nodes whose light is wanted too: its irradiance, plane by plane
   */
  async evaluate(design: Design, nodes: readonly string[] = []): Promise<Evaluated> {
    const evaluation = await this.evaluated(design);
    const run = await runPortions(evaluation, (_id, { noise }) => noise !== null);
    const images = new Map<string, EvaluatedImage>();
    const problems: Issue[] = evaluation.isPortioned ? [...run.issues] : [];
    for (const [id, { image, shape, data: mean }] of run.images) {
      const data = exposed(image, mean, design.seed);
      if (data.some((value) => !Number.isFinite(value))) problems.push(notFiniteIssue(id));
      images.set(id, { shape, data, pitch: image.pitch.value, unit: image.unit });
    }
    const { issues } = evaluation;
    const readings = await this.readingsOf(evaluation);
    const others = nodes.filter((id) => !images.has(id));
    for (const [id, light] of await lightAt((views) => this.show(design, { views }), others))
      images.set(id, light);
    return {
      issues: [...issues, ...problems, ...(await this.lightIssues(evaluation, false))],
      images,
      readings,
    };
  }

  private async lightIssues(
    { plan, results, isPortioned }: Evaluation,
    seldom: boolean,
  ): Promise<readonly Issue[]> {
    return isPortioned ? [] : this.light.of(this.runner.ops, plan, results, seldom);
  }

  /** Numbers of every analysis node; none of a stack that does not fit into memory as a whole. */
  private async readingsOf({
    plan,
    results,
    seed,
    isPortioned,
  }: Evaluation): Promise<Map<string, readonly Readout[]>> {
    if (isPortioned) return new Map();
    const nodes = plan.order.filter(
      ({ node, spec }) => spec.analyse !== undefined || readingsAt(results, node.id).length > 0,
    );
    const requests = nodes.map(({ node }) => ({ nodeId: node.id, port: null }));
    const analyserOf = analysersOf(this.runner, plan);
    const found = await analyse(
      this.runner.ops,
      { results, inputOf: inputsOf(plan, results), seed, analyserOf },
      requests,
    );
    return new Map(found.map(({ nodeId, readouts }) => [nodeId, readouts]));
  }

  /** Runs what can run; a stack that does not fit into memory is left to `showPortions` and `runPortions`. */
  async evaluated(design: Design): Promise<Evaluation> {
    const issues = validate(design, registry);
    const plan = compile(design, registry);
    // What validation refuses must not run: a size beyond the budget or a sphere of a metre would hang the device.
    const errors = issues.filter((issue) => issue.severity === 'error');
    const blocked = new Set(errors.flatMap((issue) => (issue.nodeId === null ? [] : [issue.nodeId])));
    const common = { runner: this.runner, plan, seed: design.seed };
    if (errors.some((issue) => issue.nodeId === null)) {
      return { ...common, blocked, issues, results: new Map(), ranges: [], shares: [], isPortioned: false };
    }
    const known = new Set(blocked);
    // Simulated targets are computed here, so not for a design that is refused as a whole.
    const first = await this.refusal(plan, blocked);
    if (first !== null) {
      return {
        ...common,
        blocked,
        issues: [...issues, first],
        results: new Map(),
        ranges: [],
        shares: [],
        isPortioned: false,
      };
    }
    await this.images.resolve(design);
    const { portions, problems } = await portionsToShow(this.runner, plan, blocked);
    const ranges = portions?.planes ?? [];
    const shares = portions?.shares ?? [];
    const isPortioned = ranges.length * shares.length > 1;
    const results: RunResult = isPortioned || portions === null ? new Map() : this.runWithRoom(plan, blocked);
    const found = [...results].flatMap(([id, result]) => (known.has(id) ? [] : result.issues));
    return {
      ...common,
      blocked,
      issues: [...issues, ...problems, ...found],
      results,
      ranges,
      shares,
      isPortioned,
    };
  }

  /** Why a design does not fit into memory, before its images are made; null where it does. */
  async refusal(plan: Plan, blocked: ReadonlySet<string> = new Set()): Promise<Issue | null> {
    const { ops } = this.runner;
    const { portions, problems } = await portionsToShow({ ops, images: () => null }, plan, new Set(blocked));
    return portions === null ? (problems[problems.length - 1] ?? null) : null;
  }

  /** Where memory runs out all the same, what is kept of other designs is given up. */
  private runWithRoom(plan: Plan, blocked: ReadonlySet<string>): RunResult {
    const run = () => this.runner.run(plan, NO_OVERRIDES, 'value', undefined, blocked);
    const results = run();
    if (![...results.values()].some(({ issues }) => issues.some(({ code }) => code === 'memory')))
      return results;
    this.runner.forgetAll();
    this.runner.ops.clearConstants();
    return run();
  }

  private async lossOf(plan: Plan, results: RunResult): Promise<number | null> {
    const value = results.get(objectiveOf(plan.design, registry)?.node.id ?? '')?.outputs['out'];
    if (value?.kind !== 'scalar') return null;
    const [read] = await this.runner.ops.read([value.samples]);
    return read?.[0] ?? null;
  }

  /** Metres between the pixels of the image that is compared, and its middle one. */
  async modelOf(plan: Plan): Promise<{ pitch: number; origin: { x: number; y: number } }> {
    const { portions } = await portionsToShow(this.runner, plan, new Set());
    const [planes, share] = [portions?.planes[0] ?? null, portions?.shares[0] ?? null];
    const results = this.runner.run(plan, { ...NO_OVERRIDES, planes, share }, 'value');
    const objective = objectiveOf(plan.design, registry);
    const loss = plan.order.find(({ node }) => node.id === objective?.node.id);
    const camera = plan.order.findLast(({ spec }) => spec.type === 'camera')?.node.id;
    const from =
      loss?.inputs.get('model') ?? (camera === undefined ? undefined : { node: camera, port: 'out' });
    const image = from === undefined ? undefined : results.get(from.node)?.outputs[from.port];
    if (image?.kind !== 'image') return { pitch: 1, origin: { x: 0, y: 0 } };
    const shape = image.samples.shape;
    const middle = (n: number | undefined) => Math.floor((n ?? 1) / 2);
    return {
      pitch: image.pitch.value,
      origin: { x: middle(shape[shape.length - 1]), y: middle(shape[shape.length - 2]) },
    };
  }
}

function exposed(image: Image, mean: Float64Array | Float32Array, seed: number): Float64Array | Float32Array {
  return image.noise?.enabled === true ? expose(mean, image.noise, seed, image.unit === 'counts') : mean;
}

function notFiniteIssue(nodeId: string): Issue {
  return {
    severity: 'error',
    code: 'notFinite',
    nodeId,
    paramId: null,
    message: 'The result contains values that are not numbers.',
    fix: 'Check the values of this element and of those before it.',
  };
}
