/**
 * One running engine: a backend, the documents' images and the remembered results. The worker and the command
 * line both drive this; it knows nothing of messages, files or pages.
 */
import { registry } from '../graph/catalogue.ts';
import { compile, type Plan } from '../graph/compile.ts';
import type { Design } from '../graph/document.ts';
import type { GraphRunner } from '../graph/execute.ts';
import type { FoundSpheres } from '../graph/findSpheres.ts';
import { DEFAULT_FIT_OPTIONS, type FitOptions } from '../graph/fitOptions.ts';
import { askingForSpheres } from '../graph/foundSpheres.ts';
import { expandLearnables, type Learnable } from '../graph/learnables.ts';
import type { LocalisedFrame, LocaliseOptions, LocaliseSetup } from '../graph/localisations.ts';
import { learnableMaps, withFittedMaps } from '../graph/maps.ts';
import { MemoryRefusal } from '../graph/memory.ts';
import type { FrameSource } from '../graph/movieFrames.ts';
import { getAt, setAt } from '../graph/paths.ts';
import { measuredNotes } from '../graph/prepare.ts';
import type { RefitOptions } from '../graph/refitOptions.ts';
import type { FrameFit, TrackOptions } from '../graph/trajectories.ts';
import { validate } from '../graph/validate.ts';
import type { Kernels } from '../optics/ops/kernels.ts';
import { type Backend, openBackend } from './backends.ts';
import { checkConvergence } from './convergence.ts';
import { type Evaluated, Evaluator, type Shown } from './evaluator.ts';
import { expectedErrors } from './fit/bounds.ts';
import { draftOf } from './fit/draftGrid.ts';
import { runFit } from './fit/fit.ts';
import { FitProblem } from './fit/fitProblem.ts';
import { FitProblemError } from './fit/fitProblemError.ts';
import { type FollowGuide, type FollowOrder, type FollowStep, follow } from './fit/follow.ts';
import { otherAnswer } from './fit/mirror.ts';
import { type OnRefit, simulateRefit } from './fit/simulateRefit.ts';
import type { FitSnapshot } from './fit/snapshot.ts';
import { spheresIn } from './fit/sphereSearch.ts';
import type { HostImages } from './hostImages.ts';
import { localiseMovie } from './localising/localiseMovie.ts';
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

export interface FollowPage extends Pick<FollowGuide, 'isAwaited'> {
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
  private readonly evaluator: Evaluator;
  private readonly runner: GraphRunner;
  private readonly images: HostImages;

  constructor(opened: Backend) {
    this.opened = opened;
    this.backend = opened.name;
    this.reason = opened.reason;
    this.threads = opened.threads;
    this.adapter = opened.adapter;
    this.lost = opened.lost;
    this.evaluator = new Evaluator(opened);
    this.runner = this.evaluator.runner;
    this.images = this.evaluator.images;
  }

  /** For measurements; arrays made with it are the caller's to release. */
  get kernels(): Kernels {
    return this.opened.kernels;
  }

  /** See `Evaluator`. */
  show(design: Design, wanted: Partial<Wanted> = {}, hold = false): Promise<Shown> {
    return this.evaluator.show(design, wanted, hold);
  }

  /** See `Evaluator`. */
  evaluate(design: Design, nodes: readonly string[] = []): Promise<Evaluated> {
    return this.evaluator.evaluate(design, nodes);
  }

  /** Everything a fit of a design starts from. @throws FitProblemError, MemoryRefusal with a sentence */
  private async fitContext(design: Design) {
    const errors = validate(design, registry).filter((issue) => issue.severity === 'error');
    const first = errors[0];
    if (first !== undefined) throw new FitProblemError(`${first.message} ${first.fix}`);
    const plan = compile(design, registry);
    const refusal = await this.evaluator.refusal(plan);
    if (refusal !== null) throw new MemoryRefusal(refusal);
    await this.images.resolve(design);
    const { pitch, origin } = await this.evaluator.modelOf(plan);
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

  /** The design on half its grid for light that follows a hand; null where that is too coarse. */
  draftOf(design: Design): Promise<Design | null> {
    return draftOf(design, async (each) => (await this.evaluator.evaluated(each)).issues);
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
    const refusal = await this.evaluator.refusal(compile(design, registry));
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
      isAwaited: page.isAwaited,
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
        const { pitch, origin } = await this.evaluator.modelOf(plan);
        return { x: pitch * origin.x, y: pitch * origin.y };
      },
    };
    await trackMovie(engine, { design, options, source, onFrame, proceed });
  }

  /** What is doubtful about the model itself at these values: sampling above all. */
  private async modelWarnings(design: Design): Promise<string[]> {
    const known = new Set(validate(design, registry).map(({ message }) => message));
    const { issues } = await this.evaluator.evaluated(design);
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
    const refusal = await this.evaluator.refusal(plan);
    if (refusal !== null) throw new MemoryRefusal(refusal);
    await this.images.resolve(asking);
    const parameters = expandLearnables(asking, registry, plan.planes);
    const problem = await FitProblem.create(this.runner, plan, parameters);
    try {
      const { pitch } = await this.evaluator.modelOf(plan);
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
    return checkConvergence(
      { runner: this.runner, refusal: (plan) => this.evaluator.refusal(plan) },
      design,
      nodeId,
    );
  }

  dispose(): void {
    this.opened.dispose();
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
