/** Pictures and images of a stack that does not fit into memory as a whole. */
import { registry } from '../graph/catalogue.ts';
import type { Plan } from '../graph/compile.ts';
import type { Issue } from '../graph/document.ts';
import { type GraphRunner, NO_OVERRIDES, type NodeResult, type RunResult } from '../graph/execute.ts';
import {
  indivisible,
  MemoryRefusal,
  nodesWithPlanes,
  type Portions,
  portion,
  portionNote,
} from '../graph/memory.ts';
import { objectiveOf } from '../graph/objective.ts';
import { expose } from '../optics/detection/expose.ts';
import type { LightShare, PlaneRange } from '../optics/element.ts';
import type { Image, PortValue } from '../optics/values.ts';
import { analysersOf } from './analyses.ts';
import { runSummed, sumOfShares } from './lightShares.ts';
import type { Painted } from './present/painter.ts';
import {
  type Pictures,
  type PreviewRequest,
  planeOfRequest,
  type ViewRequest,
  type Wanted,
} from './protocol.ts';
import { type MadePictures, makePictures, type PictureMaker } from './views.ts';

/** Pictures follow the hand: what takes more portions than this is refused. */
export const PICTURE_PATIENCE = 8;

/** A plan that runs some planes at a time. */
export interface PortionedPlan {
  readonly runner: GraphRunner;
  readonly plan: Plan;
  readonly blocked: ReadonlySet<string>;
  /** Nodes whose values are wanted; all when absent. */
  readonly only?: ReadonlySet<string>;
  readonly ranges: readonly (PlaneRange | null)[];
  /** A single null where all light is computed at once. */
  readonly shares: readonly (LightShare | null)[];
  readonly seed: number;
}

/** An image of all planes on the host. */
export interface WholeImage {
  /** Of one portion: what all portions share. */
  readonly image: Image;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

export interface PortionedRun {
  readonly issues: readonly Issue[];
  readonly milliseconds: ReadonlyMap<string, number>;
  readonly images: ReadonlyMap<string, WholeImage>;
  /** Value of the loss node over all planes; null without one. */
  readonly loss: number | null;
}

/**
 * How a plan is divided for pictures of it. A node that does not fit, however divided, is added to `blocked` and
 * reported; null where nothing fits.
 */
export async function portionsToShow(
  { images, ops }: Pick<GraphRunner, 'images' | 'ops'>,
  plan: Plan,
  blocked: Set<string>,
): Promise<{ readonly portions: Portions | null; readonly problems: readonly Issue[] }> {
  const { kernels } = ops;
  const problems: Issue[] = [];
  for (;;) {
    try {
      const run = { plan, images, overrides: NO_OVERRIDES, blocked, kernels };
      const portions = await portion({ ...run, mode: 'value', patience: PICTURE_PATIENCE });
      const note = portionNote(portions, kernels.limits());
      return { portions, problems: note === null ? problems : [...problems, note] };
    } catch (error) {
      if (!(error instanceof MemoryRefusal)) throw error;
      // Without the comparison of all planes, they can be computed one after the other.
      const [first] = indivisible(plan).filter((id) => !blocked.has(id));
      const nodeId = plan.planes > 1 && first !== undefined ? first : error.issue.nodeId;
      problems.push({ ...error.issue, nodeId });
      if (nodeId === null || blocked.has(nodeId)) return { portions: null, problems };
      blocked.add(nodeId);
    }
  }
}

/** Runs everything portion by portion and joins the images of the nodes for which `wanted` says so. */
export async function runPortions(
  portioned: Omit<PortionedPlan, 'seed'>,
  wanted: (id: string, image: Image) => boolean,
): Promise<PortionedRun> {
  const { runner, plan, blocked, ranges } = portioned;
  const issues = new Map<string, Issue>();
  const milliseconds = new Map<string, number>();
  const images = new Map<string, WholeImage>();
  const lossId = objectiveOf(plan.design, registry)?.node.id;
  let loss: number | null = null;
  for (const range of ranges) {
    const sums = await sumOfShares(portioned, range);
    const scope = runner.ops.open();
    try {
      const results = runSummed(portioned, range, sums);
      const found: { id: string; image: Image }[] = [];
      for (const [id, result] of results) {
        for (const issue of blocked.has(id) ? [] : result.issues) issues.set(JSON.stringify(issue), issue);
        milliseconds.set(id, (milliseconds.get(id) ?? 0) + (result.computed ? result.milliseconds : 0));
        const image = Object.values(result.outputs)[0];
        if (image?.kind === 'image' && wanted(id, image)) found.push({ id, image });
      }
      const value = results.get(lossId ?? '')?.outputs['out'];
      const scalars = value?.kind === 'scalar' ? [value.samples] : [];
      const read = await runner.ops.read([...scalars, ...found.map(({ image }) => image.samples)]);
      if (scalars.length > 0) loss = (loss ?? 0) + shareOf(range) * (read[0]?.[0] ?? Number.NaN);
      found.forEach(({ id, image }, i) => {
        const part = read[i + scalars.length] ?? new Float32Array(0);
        images.set(id, joined(images.get(id), image, part, range));
      });
    } finally {
      runner.ops.close(scope);
    }
  }
  return { issues: [...issues.values()], milliseconds, images, loss };
}

function shareOf(range: PlaneRange | null): number {
  return range === null ? 1 : range.count / range.total;
}

function joined(
  known: WholeImage | undefined,
  image: Image,
  part: Float32Array | Float64Array,
  range: PlaneRange | null,
): WholeImage {
  const { shape } = image.samples;
  if (range === null || shape.length < 3 || shape[0] !== range.count) return { image, shape, data: part };
  const size = part.length / range.count;
  const length = size * range.total;
  const empty = () => (part instanceof Float64Array ? new Float64Array(length) : new Float32Array(length));
  const data = known?.data ?? empty();
  data.set(part, range.first * size);
  return { image, shape: [range.total, ...shape.slice(1)], data };
}

/** All that `show` tells of a design: each plane that somebody looks at is run once more, by itself. */
export async function showPortions(
  portioned: PortionedPlan,
  maker: PictureMaker,
  wanted: Wanted,
  hold: boolean,
): Promise<PortionedRun & MadePictures> {
  const { runner, plan } = portioned;
  const looked = new Set([...wanted.views, ...wanted.previews].map(({ nodeId }) => nodeId));
  // Noise is drawn pixel by pixel through all planes.
  const run = await runPortions(portioned, (id, { noise }) => looked.has(id) && noise?.enabled === true);
  const noisy = new Map(
    [...run.images].map(([id, { image, shape, data }]) => {
      const seen =
        image.noise === null ? data : expose(data, image.noise, portioned.seed, image.unit === 'counts');
      return [id, { image, shape, data: seen }] as const;
    }),
  );
  const ranged = nodesWithPlanes({ plan, images: runner.images });
  const total = plan.planes;
  const planeOf = ({ nodeId, plane }: ViewRequest) => (ranged.has(nodeId) ? planeOfRequest(plane, total) : 0);
  const painted: (readonly [PreviewRequest, Painted])[] = [];
  const memory: PictureMaker['memory'] = {
    recall: (request) => maker.memory.recall(request),
    replace: (entries) => {
      painted.push(...entries);
    },
  };
  const all: Pictures[] = [];
  const notFinite = new Set<string>();
  for (const plane of new Set([...wanted.views, ...wanted.previews].map(planeOf))) {
    const range = portioned.ranges[0] === null ? null : { first: plane, count: 1, total };
    const here = <R extends ViewRequest>(requests: readonly R[]): R[] =>
      requests.filter((request) => planeOf(request) === plane).map((request) => ({ ...request, plane: 0 }));
    const sums = await sumOfShares(portioned, range);
    const scope = runner.ops.open();
    try {
      const means = runSummed(portioned, range, sums);
      const results = withNoise(means, portioned, noisy, plane);
      const evaluated = {
        results,
        inputOf: inputsOf(plan, means),
        seed: portioned.seed,
        analyserOf: analysersOf(runner, plan),
      };
      // What is analysed of a stack that is run part by part is the first plane that somebody looks at.
      const asked = all.length === 0 ? (wanted.analyses ?? []) : [];
      // A share of the light says nothing of all of it.
      const isSeen = (id: string) => Object.values(means.get(id)?.outputs ?? {})[0]?.kind === 'image';
      const analyses = portioned.shares.length > 1 ? asked.filter(({ nodeId }) => isSeen(nodeId)) : asked;
      const requests = { views: here(wanted.views), previews: here(wanted.previews), analyses };
      const pictures = await makePictures({ ...maker, memory }, evaluated, requests, hold);
      const placed = <P extends { readonly nodeId: string }>(picture: P): P =>
        ranged.has(picture.nodeId) ? { ...picture, planes: total, plane } : picture;
      all.push({
        views: pictures.views.map(placed),
        previews: pictures.previews.map(placed),
        analyses: pictures.analyses ?? [],
      });
      for (const id of pictures.notFinite) notFinite.add(id);
    } finally {
      runner.ops.close(scope);
    }
  }
  maker.memory.replace(painted);
  // The last portion is of no use to the next run.
  runner.forgetAll();
  const views = all.flatMap((pictures) => pictures.views);
  const analyses = all.flatMap((pictures) => pictures.analyses ?? []);
  return {
    ...run,
    views,
    previews: all.flatMap(({ previews }) => previews),
    ...(analyses.length === 0 ? {} : { analyses }),
    notFinite,
  };
}

/** The results with the noisy images in place of their means. */
function withNoise(
  results: RunResult,
  { runner }: PortionedPlan,
  noisy: ReadonlyMap<string, WholeImage>,
  plane: number,
): RunResult {
  return new Map(
    [...results].map(([id, result]): [string, NodeResult] => {
      const seen = noisy.get(id);
      const output = Object.entries(result.outputs)[0];
      if (seen === undefined || output?.[1].kind !== 'image') return [id, result];
      const size = seen.data.length / (seen.shape.length < 3 ? 1 : (seen.shape[0] ?? 1));
      const start = seen.shape.length < 3 ? 0 : plane * size;
      const { shape } = output[1].samples;
      const samples = runner.ops.upload(seen.data.slice(start, start + size), shape, 'real');
      return [id, { ...result, outputs: { [output[0]]: { ...output[1], samples, noise: null } } }];
    }),
  );
}

/** The value at an input of a node. */
export function inputsOf(plan: Plan, results: RunResult) {
  return (nodeId: string, port: string): PortValue | undefined => {
    const from = plan.order.find(({ node }) => node.id === nodeId)?.inputs.get(port);
    return from === undefined ? undefined : results.get(from.node)?.outputs[from.port];
  };
}
