/** The runs that a fit's evaluations are made of, divided so that each fits into the backend's memory. */
import { registry } from '../../graph/catalogue.ts';
import { downstream, type Plan, upstream } from '../../graph/compile.ts';
import {
  type GraphRunner,
  isOutOfMemory,
  type ParameterOverrides,
  type RunResult,
} from '../../graph/execute.ts';
import { movingPaths } from '../../graph/expressions/links.ts';
import { MemoryRefusal, type Portions, portion } from '../../graph/memory.ts';
import { nodeName } from '../../graph/registry.ts';
import { litDetectors } from '../../graph/shares.ts';
import type { PlaneRange } from '../../optics/element.ts';
import { sizeOf } from '../../optics/ops/kernels.ts';
import type { DifferentiationMode, Real } from '../../optics/ops/ops.ts';
import { ROOTED_MEASURES } from '../../optics/rootedMeasures.ts';
import type { Image } from '../../optics/values.ts';
import { addTo } from '../lightShares.ts';
import type { Origin } from './fitObjective.ts';
import { FitProblemError, RefusedValues } from './fitProblemError.ts';
import { join, placeOf } from './planePlaces.ts';

type Numbers = Float64Array | Float32Array;

/** A model image read from the backend. */
export interface ReadImage {
  /** The image of the last portion: what all portions share. */
  readonly image: Image;
  /** Shape of the whole image. */
  readonly shape: readonly number[];
  readonly model: Numbers;
  /** Derivative by a slot, undefined where the image does not depend on it. */
  readonly tangent: (slot: number) => Numbers | undefined;
}

/** Where a map that is learned stands. */
export interface MapStart {
  readonly path: string;
  readonly shape: readonly number[];
  /** SI. */
  readonly values: Float64Array;
}

interface LossGradient {
  readonly value: number;
  readonly gradient: Float64Array;
  /** By each cell, in the order of the maps. */
  readonly maps: readonly Float64Array[];
}

/** The loss of a run and its derivatives, by slot and by the cells of each map. */
interface PartGradient {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly cotangents: readonly Numbers[];
}

export class PortionedRuns {
  private readonly runner: GraphRunner;
  private plan: Plan;
  private readonly modelFrom: Origin | null;
  private readonly lossId: string;
  /** Names these runs to the backend. */
  private readonly key = `fit ${++created}:`;
  /** How the runs of each mode and for each choice of slots are divided: it follows from the plan. */
  private readonly divisions: Record<string, Promise<Portions> | undefined> = {};

  /** @param modelFrom the image that `image` reads; null where only the loss is wanted */
  constructor(runner: GraphRunner, plan: Plan, modelFrom: Origin | null, lossId: string) {
    this.runner = runner;
    this.plan = plan;
    this.modelFrom = modelFrom;
    this.lossId = lossId;
  }

  /**
   * Value of the loss node and its derivatives by slot and by the cells of maps. The loss is a mean over pixels, and
   * planes add by their share; or it is a root of such a mean, which takes the images of all planes.
   */
  async lossGradient(overrides: ParameterOverrides, maps: readonly MapStart[] = []): Promise<LossGradient> {
    return this.withRoom(async () => {
      let value = 0;
      const gradient = new Float64Array(overrides.slots.size);
      const ofMaps = maps.map(({ values }) => new Float64Array(values.length));
      const portions = await this.portions('reverse', overrides, maps);
      if ((portions[0]?.planes ?? null) !== null && this.takesAllPlanes()) {
        const { cotangents, ...whole } = await this.joinedGradient(portions, maps);
        return { ...whole, maps: cotangents };
      }
      for (const portioned of portions) {
        if ((portioned.share?.index ?? 0) > 0) continue;
        const part =
          (portioned.share ?? null) === null
            ? await this.partialGradient(portioned, maps)
            : await this.joinedGradient(
                portions.filter(({ planes }) => planes === portioned.planes),
                maps,
              );
        const share = portioned.planes ? portioned.planes.count / portioned.planes.total : 1;
        value += share * part.value;
        part.gradient.forEach((g, i) => {
          gradient[i] = (gradient[i] as number) + share * g;
        });
        ofMaps.forEach((sum, map) => {
          const cells = part.cotangents[map] ?? [];
          for (let k = 0; k < cells.length; k++) sum[k] = (sum[k] as number) + share * (cells[k] as number);
        });
      }
      return { value, gradient, maps: ofMaps };
    });
  }

  /** The loss for a loop that stays on the device; null where it does not fit into memory as a whole. */
  async wholeLoss(overrides: ParameterOverrides): Promise<(() => Real | null) | null> {
    const portions = await this.portions('reverse', overrides);
    if (portions.length !== 1 || portions[0]?.planes !== undefined) return null;
    const { runner, plan, lossId } = this;
    return () => {
      const loss = runner.run(plan, overrides, 'reverse', new Set([lossId])).get(lossId)?.outputs['out'];
      return loss?.kind === 'scalar' ? loss.samples : null;
    };
  }

  /** The model image and, in forward mode, its derivatives by slot. @param size numbers of the whole image. */
  async image(overrides: ParameterOverrides, mode: 'value' | 'forward', size: number): Promise<ReadImage> {
    return this.withRoom(async () => {
      const joined = new Map<number, Numbers>();
      let found: { image: Image; planes: PlaneRange | null } | null = null;
      for (const portioned of await this.portions(mode, overrides)) {
        const { image, read } = await this.partialImage(portioned, mode);
        const planes = portioned.planes ?? null;
        for (const [key, part] of read) {
          const start = planes === null ? 0 : (planes.first * part.length) / planes.count;
          // Shares of the light add up.
          const sum = (portioned.share?.index ?? 0) > 0 ? joined.get(key) : undefined;
          if (sum === undefined) join(joined, key, part, start, size);
          else addTo(sum.subarray(start, start + part.length), part);
        }
        found = { image, planes };
      }
      if (found === null) throw new FitProblemError(NO_MODEL);
      const { image, planes } = found;
      const seen = image.samples.shape;
      const shape = planes === null || seen.length < 3 ? seen : [planes.total, ...seen.slice(1)];
      const model = joined.get(MODEL) ?? new Float32Array(0);
      return { image, shape, model, tangent: (slot) => joined.get(slot) };
    });
  }

  /** Goes on with a plan that differs in numbers only, and not in how much memory it takes. */
  follow(plan: Plan): void {
    this.plan = plan;
  }

  /** Lets go of what the backend keeps ready for these runs. */
  release(): void {
    this.runner.ops.kernels.forget?.(this.key);
  }

  /** The overrides of the runs that a mode takes; one run where all fits at once. */
  private async portions(
    mode: DifferentiationMode,
    overrides: ParameterOverrides,
    maps: readonly MapStart[] = [],
  ): Promise<ParameterOverrides[]> {
    const { plan, runner } = this;
    const only = new Set([mode === 'reverse' ? this.lossId : this.modelNode]);
    const { images, ops } = runner;
    // Fewer derivatives need less room.
    const kind = `${mode} ${[...overrides.slots.keys()].join()}`;
    this.divisions[kind] ??= portion({ plan, mode, overrides, maps, only, images, kernels: ops.kernels });
    const { planes, shares, slots } = await this.divisions[kind];
    if (planes.length * shares.length * slots.length === 1) return [overrides];
    // What pictures of the whole take was not counted.
    runner.forgetAll();
    return planes.flatMap((range) =>
      slots.flatMap((some) => shares.map((share) => ({ ...overrides, slots: some, planes: range, share }))),
    );
  }

  private async partialGradient(given: ParameterOverrides, maps: readonly MapStart[]): Promise<PartGradient> {
    return this.step('reverse', given, async () => {
      const { overrides, variables } = this.withMaps(given, maps);
      const loss = this.lossOf(overrides);
      return this.runner.ops.gradient(loss, overrides.slots.size, variables);
    });
  }

  /** Whether the loss of some planes tells nothing of their part in the whole. */
  private takesAllPlanes(): boolean {
    const needed = upstream(this.plan, new Set([this.lossId]));
    return this.plan.order.some(
      ({ node }) => needed.has(node.id) && ROOTED_MEASURES.some((kind) => kind === node.params['kind']),
    );
  }

  /**
   * The same where the light is computed in shares, or planes by planes: all of them make the images that the loss
   * compares; the loss tells what each of their pixels weighs, and so weighed the images are differentiated one by one.
   * @param shares of the same planes, or all portions
   */
  private async joinedGradient(
    shares: readonly ParameterOverrides[],
    maps: readonly MapStart[],
  ): Promise<PartGradient & { readonly cotangents: readonly Float64Array[] }> {
    const { runner, plan } = this;
    const { ops } = runner;
    const [first] = shares;
    if (first === undefined) throw new FitProblemError(NO_MODEL);
    const isWhole = shares.some(({ planes }) => planes?.first !== first.planes?.first);
    const sums = await this.summedImages(shares, maps, isWhole);
    const learned = [...movingPaths(plan.links, first), ...maps.map(({ path }) => path)].map(
      (path) => path.split('.')[0] ?? '',
    );
    const active = downstream(plan, new Set(learned));
    // A target that no learned value changes stays a constant.
    const weighed = [...sums.keys()].filter((id) => active.has(id));
    const all = isWhole ? { ...first, planes: null, share: null } : first;
    const [weights, directly] = await this.step('reverse', all, async () => {
      const { overrides, variables } = this.withMaps(all, maps);
      const images = [...sums].map(([id, { port, image, shape, sum }]) => {
        const whole = ops.upload(sum, shape, 'real');
        const samples = active.has(id) ? ops.variable(whole.array) : whole;
        return { id, port, image: { ...image, samples } };
      });
      const outputs = new Map(images.map(({ id, port, image }) => [id, { [port]: image }]));
      const whole = images.flatMap(({ id, image }) => (active.has(id) ? [image.samples] : []));
      const loss = this.lossOf({ ...overrides, outputs });
      const found = await ops.gradient(loss, first.slots.size, [...whole, ...variables]);
      const cotangents = found.cotangents.slice(whole.length);
      return [found.cotangents.slice(0, whole.length), { ...found, cotangents }] as const;
    });
    const parts: PartGradient[] = [directly];
    for (const share of weighed.length === 0 ? [] : shares) {
      const part = await this.step('reverse', share, async () => {
        const { overrides, variables } = this.withMaps(share, maps);
        const seen = imagesOf(runner.run(plan, overrides, 'reverse', new Set(weighed)), weighed, plan);
        ops.mode = 'reverse';
        const terms = seen.map(({ image: { samples } }, i) => {
          const seenOf = isWhole ? placeOf(share.planes, samples.shape).start : 0;
          const weighs = (weights[i] ?? new Float64Array(0)).slice(seenOf, seenOf + sizeOf(samples.shape));
          const pixels = ops.upload(weighs, samples.shape, 'real');
          return ops.sum(ops.multiply(pixels, samples), [...samples.shape.keys()]);
        });
        const sum = terms.reduce((total, term) => ops.add(total, term));
        ops.mode = 'value';
        return ops.gradient(sum, share.slots.size, variables);
      });
      parts.push(part);
    }
    const added = (lists: readonly ArrayLike<number>[], length: number) =>
      Float64Array.from({ length }, (_, i) => lists.reduce((total, list) => total + (list[i] ?? 0), 0));
    return {
      value: directly.value,
      gradient: added(
        parts.map(({ gradient }) => gradient),
        first.slots.size,
      ),
      cotangents: maps.map(({ values }, i) =>
        added(
          parts.map(({ cotangents }) => cotangents[i] ?? []),
          values.length,
        ),
      ),
    };
  }

  /** What the detectors on which the loss depends see over all shares of the light; `isWhole`: of all planes. */
  private async summedImages(
    shares: readonly ParameterOverrides[],
    maps: readonly MapStart[],
    isWhole: boolean,
  ) {
    const { runner, plan, lossId } = this;
    const needed = upstream(plan, new Set([lossId]));
    const detectors = litDetectors(plan).filter((id) => needed.has(id));
    const sums = new Map<string, { port: string; image: Image; shape: readonly number[]; sum: Numbers }>();
    for (const share of shares) {
      await this.step('value', share, async () => {
        const { overrides } = this.withMaps(share, maps);
        const seen = imagesOf(runner.run(plan, overrides, 'value', new Set(detectors)), detectors, plan);
        const read = await runner.ops.read(seen.map(({ image }) => image.samples));
        seen.forEach(({ id, port, image }, i) => {
          const part = read[i] ?? new Float64Array(0);
          const { start, shape } = placeOf(isWhole ? share.planes : null, image.samples.shape);
          const sum = sums.get(id)?.sum ?? new Float64Array(sizeOf(shape));
          addTo(sum.subarray(start, start + part.length), part);
          sums.set(id, { port, image, shape, sum });
        });
      });
    }
    return sums;
  }

  /** Maps that are learned as variables, in the open scope. */
  private withMaps(given: ParameterOverrides, maps: readonly MapStart[]) {
    const { ops } = this.runner;
    const made = maps.map(
      ({ path, values, shape }) => [path, ops.variable(ops.upload(values, shape, 'real').array)] as const,
    );
    return { overrides: { ...given, maps: new Map(made) }, variables: made.map(([, variable]) => variable) };
  }

  private lossOf(overrides: ParameterOverrides): Real {
    const results = this.runner.run(this.plan, overrides, 'reverse', new Set([this.lossId]));
    const loss = results.get(this.lossId)?.outputs['out'];
    if (loss?.kind === 'scalar') return loss.samples;
    refuse(results, this.plan);
    throw new FitProblemError('The loss could not be computed.');
  }

  private get modelNode(): string {
    if (this.modelFrom === null) throw new FitProblemError(NO_MODEL);
    return this.modelFrom.node;
  }

  private imageOf(results: RunResult): Image {
    const image = results.get(this.modelNode)?.outputs[this.modelFrom?.port ?? ''];
    if (image?.kind === 'image') return image;
    refuse(results, this.plan);
    throw new FitProblemError(NO_MODEL);
  }

  private async partialImage(overrides: ParameterOverrides, mode: DifferentiationMode) {
    return this.step(mode, overrides, async () => {
      const only = new Set([this.modelNode]);
      const image = this.imageOf(this.runner.run(this.plan, overrides, mode, only));
      const slots = mode === 'forward' ? [...image.samples.tangents.keys()] : [];
      const tangents = slots.map((slot): Real => {
        const array = image.samples.tangents.get(slot) ?? image.samples.array;
        return { ...image.samples, array, tangents: new Map() };
      });
      const read = await this.runner.ops.read([image.samples, ...tangents]);
      const keys = [MODEL, ...slots];
      return { image, read: read.map((values, i) => [keys[i] ?? MODEL, values] as const) };
    });
  }

  /**
   * Runs a step in a scope of its own. The backend may prepare the step of a whole run, since it comes again and
   * again; portions would each keep memory of their own.
   */
  private step<T>(
    mode: DifferentiationMode,
    { planes }: ParameterOverrides,
    body: () => Promise<T>,
  ): Promise<T> {
    const { ops } = this.runner;
    const scoped = async () => {
      const scope = ops.open();
      try {
        return await body();
      } finally {
        ops.close(scope);
      }
    };
    const { kernels } = ops;
    return (planes === undefined ? kernels.step?.(`${this.key}${mode}`, scoped) : undefined) ?? scoped();
  }

  /** Where memory runs out all the same, what is kept of other designs is given up. */
  private async withRoom<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof MemoryRefusal) && !isOutOfMemory(error)) throw error;
      this.runner.forgetAll();
      this.runner.ops.clearConstants();
      return work();
    }
  }
}

/** Instances so far. */
let created = 0;
const NO_MODEL = 'The model image could not be computed at these values.';
/** Key of the image itself among its derivatives by slot. */
const MODEL = -1;

/** The images of some nodes. */
function imagesOf(results: RunResult, ids: readonly string[], plan: Plan) {
  return ids.map((id) => {
    const [output] = Object.entries(results.get(id)?.outputs ?? {});
    if (output?.[1].kind === 'image') return { id, port: output[0], image: output[1] };
    refuse(results, plan);
    throw new FitProblemError(NO_MODEL);
  });
}

/** Throws what kept a run from its result, if anything is known of it. */
export function refuse(results: RunResult, { design }: Pick<Plan, 'design'>): void {
  const issue = [...results.values()]
    .flatMap(({ issues }) => issues)
    .find(({ severity }) => severity === 'error');
  if (issue === undefined) return;
  if (issue.code === 'memory') throw new MemoryRefusal(issue);
  const name = issue.nodeId === null ? 'The design' : nodeName(design, registry, issue.nodeId);
  throw new RefusedValues(`${name}: ${issue.message} ${issue.fix}`);
}
