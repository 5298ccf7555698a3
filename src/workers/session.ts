/**
 * One running engine: a backend, the documents' images and the remembered results. The worker and the command
 * line both drive this; it knows nothing of messages, files or pages.
 */
import { registry } from '../graph/catalogue.ts';
import { compile, type Plan } from '../graph/compile.ts';
import type { Design, Issue } from '../graph/document.ts';
import { GraphRunner, NO_OVERRIDES, type RunResult } from '../graph/execute.ts';
import type { FoundSpheres } from '../graph/findSpheres.ts';
import { DEFAULT_FIT_OPTIONS, type FitOptions } from '../graph/fitOptions.ts';
import { askingForSpheres } from '../graph/foundSpheres.ts';
import { expandLearnables, type Learnable } from '../graph/learnables.ts';
import type { LocalisedFrame, LocaliseOptions, LocaliseSetup } from '../graph/localisations.ts';
import { learnableMaps, withFittedMaps } from '../graph/maps.ts';
import { MemoryRefusal } from '../graph/memory.ts';
import type { FrameSource } from '../graph/movieFrames.ts';
import { objectiveOf } from '../graph/objective.ts';
import { getAt, setAt } from '../graph/paths.ts';
import { measuredNotes } from '../graph/prepare.ts';
import type { RefitOptions } from '../graph/refitOptions.ts';
import type { FrameFit, TrackOptions } from '../graph/trajectories.ts';
import { validate } from '../graph/validate.ts';
import { expose } from '../optics/detection/expose.ts';
import type { Readout } from '../optics/element.ts';
import type { Kernels } from '../optics/ops/kernels.ts';
import { Ops } from '../optics/ops/ops.ts';
import type { Image } from '../optics/values.ts';
import { analyse, analysersOf, readingsAt } from './analyses.ts';
import { type Backend, openBackend } from './backends.ts';
import { checkConvergence } from './convergence.ts';
import { expectedErrors } from './fit/bounds.ts';
import { runFit } from './fit/fit.ts';
import { FitProblem } from './fit/fitProblem.ts';
import { FitProblemError } from './fit/fitProblemError.ts';
import { type FollowGuide, type FollowOrder, type FollowStep, follow } from './fit/follow.ts';
import { otherAnswer } from './fit/mirror.ts';
import { type OnRefit, simulateRefit } from './fit/simulateRefit.ts';
import type { FitSnapshot } from './fit/snapshot.ts';
import { spheresIn } from './fit/sphereSearch.ts';
import { HostImages } from './hostImages.ts';
import { LightIssues } from './lightIssues.ts';
import { localiseMovie } from './localising/localiseMovie.ts';
import { lightAt } from './nodeLight.ts';
import { inputsOf, type PortionedPlan, portionsToShow, runPortions, showPortions } from './portionedShow.ts';
import { PreviewMemory } from './present/painter.ts';
import type {
  BackendChoice,
  BackendName,
  ConvergenceReport,
  ExpectedErrors,
  FitProgress,
  FitResult,
  FittedMap,
  Followed,
  Pictures,
  RefitReport,
  Wanted,
} from './protocol.ts';
import { trackMovie } from './tracking/track.ts';
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

/** What can be shown of a design. */
interface Evaluation extends PortionedPlan {
  readonly issues: readonly Issue[];
  /** Of the whole; empty where it is portioned. */
  readonly results: RunResult;
  readonly isPortioned: boolean;
}

/** Called between fit steps with a way to look at the current values; returns false to stop. */
export type FitStep = (
  progress: FitProgress,
  look: (wanted: Partial<Wanted>) => Promise<Pictures>,
  /** The maps that are learned, as they are now. */
  maps: () => readonly FittedMap[],
  /** What going on from here takes; null where that is to begin again. */
  snapshot: () => Promise<FitSnapshot | null>,
) => Promise<boolean>;

/** Where values are that follow a goal, with a way to look at it. */
export interface FollowLook extends FollowStep {
  readonly look: (wanted: Partial<Wanted>) => Promise<Pictures & Pick<Shown, 'loss'>>;
}

export interface FollowPage extends Pick<FollowGuide, 'isOutdated'> {
  readonly onStep: (look: FollowLook) => Promise<FollowOrder>;
  readonly onGuess: (look: FollowLook, isGood: (loss: number) => boolean) => Promise<number | null>;
}

export class Session {
  readonly backend: BackendName;
  readonly reason: string;
  readonly threads: number | null;
  readonly adapter: string | null;
  readonly lost: Promise<string>;
  private readonly opened: Backend;
  private readonly runner: GraphRunner;
  private readonly images: HostImages;
  private readonly memory = new PreviewMemory();
  private readonly light = new LightIssues();

  constructor(opened: Backend) {
    this.opened = opened;
    this.backend = opened.name;
    this.reason = opened.reason;
    this.threads = opened.threads;
    this.adapter = opened.adapter;
    this.lost = opened.lost;
    const ops = new Ops(opened.kernels);
    this.images = new HostImages(ops, registry);
    this.runner = new GraphRunner(ops, this.images.get);
  }

  /** For measurements; arrays made with it are the caller's to release. */
  get kernels(): Kernels {
    return this.opened.kernels;
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
    const seen = hold ? [] : await this.lightIssues(evaluation, this.backend === 'webgpu');
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
  async evaluate(
    design: Design,
    nodes: readonly string[] = [],
  ): Promise<{
    issues: readonly Issue[];
    images: Map<string, EvaluatedImage>;
    readings: Map<string, readonly Readout[]>;
  }> {
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

  /** Everything a fit of a design starts from. @throws FitProblemError, MemoryRefusal with a sentence */
  private async fitContext(design: Design) {
    const errors = validate(design, registry).filter((issue) => issue.severity === 'error');
    const first = errors[0];
    if (first !== undefined) throw new FitProblemError(`${first.message} ${first.fix}`);
    const plan = compile(design, registry);
    const refusal = await this.refusal(plan);
    if (refusal !== null) throw new MemoryRefusal(refusal);
    await this.images.resolve(design);
    const { pitch, origin } = await this.modelOf(plan);
    return {
      ...{ runner: this.runner, plan, backend: this.backend, pitch, origin },
      learnables: expandLearnables(design, registry, plan.planes),
      wavelength: wavelengthOf(design),
    };
  }

  /**
   * What errors a fit of one image would have, at the values of the design; nothing has to be measured yet.
   * @param noise standard deviation of a pixel in the image's unit, instead of the camera's own noise
   */
  async expectedErrors(design: Design, noise: number | null = null): Promise<ExpectedErrors> {
    return expectedErrors(await this.fitContext(design), noise);
  }

  /** Fits images that are simulated with the design's noise. @param onRefit after each; false ends it */
  async simulateRefit(
    design: Design,
    options: RefitOptions,
    onRefit: OnRefit = async () => true,
  ): Promise<RefitReport> {
    return simulateRefit(await this.fitContext(design), options, async (done) => {
      const goOn = await onRefit(done);
      // Another document may have been shown meanwhile.
      await this.images.resolve(design);
      return goOn;
    });
  }

  /** @param resume a snapshot of a fit of this design with these options, to go on from */
  async fit(
    design: Design,
    options: FitOptions,
    onStep: FitStep = async () => true,
    resume: FitSnapshot | null = null,
  ): Promise<FitResult> {
    const context = await this.fitContext(design);
    const { plan } = context;
    const at = (values: FitProgress['values'], maps: readonly FittedMap[] = []) =>
      withFittedMaps(
        Object.entries(values).reduce(
          (d, [path, value]) => setAt(d, registry, path, value, plan.planes),
          design,
        ),
        registry,
        maps,
      );
    const result = await runFit(
      {
        ...context,
        maps: learnableMaps(design, registry),
        every: pixelsApart(design, plan),
        proceed: async (progress, maps, snapshot) => {
          const look = async (wanted: Partial<Wanted>) =>
            this.show(at(progress.values, maps()), wanted, true);
          const goOn = await onStep(progress, look, maps, snapshot);
          // Another document may have been shown meanwhile: the target is this one's again.
          await this.images.resolve(design);
          return goOn;
        },
      },
      options,
      resume,
    );
    const values = Object.fromEntries(result.parameters.map(({ path, value }) => [path, value]));
    const ended = at(values, result.maps);
    // A warm start belongs to an image like the one before, of which it has been said.
    const noted = options.coarseSearch ? measuredNotes(ended, registry) : [];
    const other = options.coarseSearch ? await otherAnswer(this.runner, ended, result.parameters) : null;
    const turned = other === null ? [] : [other.note];
    return {
      ...result,
      method: options.method,
      ...(other === null ? {} : { turning: other.paths }),
      warnings: [...(await this.modelWarnings(ended)), ...noted, ...result.warnings, ...turned],
    };
  }

  /** Learned values go down the goal of a design, and of the designs that `page` orders meanwhile. */
  async follow(design: Design, page: FollowPage): Promise<Followed> {
    let aimed = design;
    const aimOf = async (each: Design) => {
      const [first] = validate(each, registry).filter((issue) => issue.severity === 'error');
      if (first !== undefined) throw new FitProblemError(`${first.message} ${first.fix}`);
      aimed = each;
      const plan = compile(each, registry);
      await this.images.resolve(each);
      const learnables = expandLearnables(each, registry, plan.planes);
      return { plan, learnables, maps: learnableMaps(each, registry) };
    };
    const refusal = await this.refusal(compile(design, registry));
    if (refusal !== null) throw new MemoryRefusal(refusal);
    const looking = (step: FollowStep): FollowLook => {
      const look = async (wanted: Partial<Wanted>) => {
        const { planes } = compile(aimed, registry);
        const now = Object.entries(step.progress.values).reduce(
          (d, [path, value]) => setAt(d, registry, path, value, planes),
          aimed,
        );
        return this.show(withFittedMaps(now, registry, step.maps()), wanted, true);
      };
      return { ...step, look };
    };
    return follow({ runner: this.runner, aimOf }, design, {
      isOutdated: page.isOutdated,
      onGuess: (step, isGood) => page.onGuess(looking(step), isGood),
      onStep: async (step) => {
        const order = await page.onStep(looking(step));
        // Another document may have been shown meanwhile: the target is this one's again.
        await this.images.resolve(aimed);
        return order;
      },
    });
  }

  /** Emitters of every frame of a movie, with the design's own image of a point. */
  async localise(
    design: Design,
    options: LocaliseOptions,
    source: FrameSource,
    onFrame: (frame: LocalisedFrame) => void,
    proceed: () => Promise<boolean> = async () => true,
  ): Promise<LocaliseSetup> {
    await this.images.resolve(design);
    const run = { design, options, source, onFrame, proceed };
    return localiseMovie(this.runner.ops, this.images.get, run);
  }

  /**
   * Follows what the design learns through a movie, frame by frame.
   * @param proceed called between steps of fits; false ends the run
   */
  async track(
    design: Design,
    options: TrackOptions,
    source: FrameSource,
    onFrame: (fit: FrameFit) => void,
    proceed: () => Promise<boolean> = async () => true,
  ): Promise<void> {
    const engine = {
      fit: (each: Design) => this.fit(each, DEFAULT_FIT_OPTIONS, proceed),
      open: async (plan: Plan, each: Design, learnables: readonly Learnable[]) => {
        await this.images.resolve(each);
        return FitProblem.create(this.runner, plan, learnables);
      },
      every: (plan: Plan) => pixelsApart(design, plan),
      windowOf: async (plan: Plan) => {
        const { pitch, origin } = await this.modelOf(plan);
        return { x: pitch * origin.x, y: pitch * origin.y };
      },
    };
    await trackMovie(engine, { design, options, source, onFrame, proceed });
  }

  /** What is doubtful about the model itself at these values: sampling above all. */
  private async modelWarnings(design: Design): Promise<string[]> {
    const known = new Set(validate(design, registry).map(({ message }) => message));
    const { issues } = await this.evaluated(design);
    return issues.flatMap(({ severity, message, fix }) =>
      severity === 'warning' && !known.has(message) ? [`${message} ${fix}`] : [],
    );
  }

  /**
   * Every sphere in the target of a design whose element stands for spheres.
   * @throws MemoryRefusal, FitProblemError with a sentence where there is no such target or element
   */
  async findSpheres(design: Design, nodeId: string): Promise<FoundSpheres> {
    const node = design.nodes.find(({ id }) => id === nodeId);
    if (node === undefined) throw new FitProblemError('The element whose spheres are wanted is gone.');
    const asking = askingForSpheres(design, node);
    const plan = compile(asking, registry);
    const refusal = await this.refusal(plan);
    if (refusal !== null) throw new MemoryRefusal(refusal);
    await this.images.resolve(asking);
    const parameters = expandLearnables(asking, registry, plan.planes);
    const problem = await FitProblem.create(this.runner, plan, parameters);
    try {
      const { pitch } = await this.modelOf(plan);
      const found = spheresIn(problem, { runner: this.runner, plan, pitch });
      if (found !== null) return found;
      throw new FitProblemError(
        'Spheres can be found only where their light meets a reference wave on its way to the camera: add an “Interference” element, or check that the wavelengths and planes are one.',
      );
    } finally {
      problem.release();
    }
  }

  /** @throws MemoryRefusal, FitProblemError with a sentence where larger grids cannot be computed */
  async converge(design: Design, nodeId: string): Promise<ConvergenceReport> {
    await this.images.resolve(design);
    return checkConvergence({ runner: this.runner, refusal: (plan) => this.refusal(plan) }, design, nodeId);
  }

  dispose(): void {
    this.opened.dispose();
  }

  /** Runs what can run; a stack that does not fit into memory is left to `showPortions` and `runPortions`. */
  private async evaluated(design: Design): Promise<Evaluation> {
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
  private async refusal(plan: Plan, blocked: ReadonlySet<string> = new Set()): Promise<Issue | null> {
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

  private async modelOf(plan: Plan): Promise<{ pitch: number; origin: { x: number; y: number } }> {
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

/** Pixels per side that a search needs: enough to see the rings. */
const COARSE_PIXELS = 48;

/** Every how many-th pixel is enough for a search; 1 where all are wanted. */
function pixelsApart(design: Design, plan: Plan): number {
  const camera = plan.order.find(({ spec }) => spec.type === 'camera');
  // A focus stack has few pixels per plane and sharp spots: it is searched as it is.
  if (camera === undefined || plan.planes > 1) return 1;
  const { params, id } = camera.node;
  // A mosaic and a sensor's pattern are made for all pixels; what blur mixes is between those that would be left.
  const isThinned = ![params['colourFilter'], params['sensor'], params['blur']].some((c) => c !== undefined);
  if (!isThinned || design.learn.includes(`${id}.blur`)) return 1;
  const at = (name: string) => Number(getAt(design, registry, `${id}.${name}`));
  return Math.max(1, Math.floor(Math.min(at('rows'), at('columns')) / COARSE_PIXELS));
}

/** @param surfaces see `openBackend` */
export async function createSession(choice: BackendChoice, surfaces = true): Promise<Session> {
  return new Session(await openBackend(choice, surfaces));
}

/** Wavelength of the design's first source: for showing optical paths in waves. */
function wavelengthOf(design: Design): number {
  for (const node of design.nodes) {
    const param = registry.get(node.type)?.params['wavelength'];
    if (param?.kind !== 'quantity') continue;
    const value = node.params['wavelength'];
    return typeof value === 'number' ? value : param.default;
  }
  return 1;
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
