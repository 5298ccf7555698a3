/**
 * What a run needs of a backend's memory, known before anything is computed, and how to do with less: a stack plane
 * by plane, light of many incoherent parts in shares, derivatives some at a time.
 */
import type { HostImage, LightShare, PlaneRange } from '../optics/element.ts';
import type { MemoryLimits } from '../optics/ops/kernels.ts';
import { sizeOf } from '../optics/ops/kernels.ts';
import type { DifferentiationMode } from '../optics/ops/ops.ts';
import { ROOTED_MEASURES } from '../optics/rootedMeasures.ts';
import { downstream, type Plan, upstream } from './compile.ts';
import type { Issue } from './document.ts';
import { GraphRunner, NO_OVERRIDES, type ParameterOverrides, tensorsOf } from './execute.ts';
import { movingPaths } from './expressions/links.ts';
import { formatBytes } from './format.ts';
import { isComparison } from './objective.ts';
import { createIssue } from './registry.ts';
import { commonParts, modesAtMost, sharesOf } from './shares.ts';
import { type Peak, type Sized, SizingOps } from './sizing.ts';

/** Larger than 0 and smaller than anything that matters. */
const ALMOST_ZERO = 1e-30;
/** Per sample and node: 40 arrays of two complex components, or 120 Zernike maps. */
const REALS_PER_NODE = 160;
/** And for each part of the light that does not interfere: complex, padded to twice the side, three times. */
const REALS_PER_PART = 32;
const PATIENCE = 64;
const NOTHING = new Float64Array(0);

/** A run that does not fit into memory, however it is divided. */
export class MemoryRefusal extends Error {
  override readonly name = 'MemoryRefusal';
  readonly issue: Issue;

  constructor(issue: Issue) {
    super(`${issue.message} ${issue.fix}`);
    this.issue = issue;
  }
}

/** One run, and what it runs on. */
export interface MemoryRequest {
  readonly plan: Plan;
  readonly images: (id: string) => HostImage | null;
  readonly mode: DifferentiationMode;
  readonly overrides: ParameterOverrides;
  /** Maps that are learned. */
  readonly maps?: readonly { readonly path: string; readonly shape: readonly number[] }[];
  /** Nodes whose values are wanted; all when absent. */
  readonly only?: ReadonlySet<string>;
  readonly blocked?: ReadonlySet<string>;
  /** The backend. */
  readonly kernels: Sized;
  /** Portions that somebody is ready to wait for; 64 when absent. */
  readonly patience?: number;
}

/** A run divided so that each portion fits: every range of planes, in each every share of the light and group of slots. */
export interface Portions {
  /** A single null where all planes are computed at once. */
  readonly planes: readonly (PlaneRange | null)[];
  /** A single null where all light is computed at once. */
  readonly shares: readonly (LightShare | null)[];
  readonly slots: readonly ReadonlyMap<string, number>[];
  /** What the whole run would need at once, and the largest portion. */
  readonly wholeBytes: number;
  readonly bytes: number;
}

/**
 * The most that is held at once, by the run itself on a backend that only counts. An earlier run at other values has
 * left its results, which stay until the new ones take their place: one of the whole graph (as pictures need it), or
 * with `isPortion` one for other planes.
 */
export async function memoryNeed(request: MemoryRequest, isPortion = false): Promise<Peak> {
  const { plan, mode, overrides, only, blocked, images } = request;
  let runner: GraphRunner | null = null;
  const ops = new SizingOps(request.kernels, () => runner?.current ?? null);
  runner = new GraphRunner(ops, images);
  if (isPortion) keepImages(request, runner, ops);
  const earlier = { ...overrides, slots: new Map(), values: marked(request, isPortion) };
  runner.run(plan, earlier, 'value', isPortion ? only : undefined, blocked);
  ops.open();
  const maps = (request.maps ?? []).map(
    ({ path, shape }) => [path, ops.variable(ops.upload(NOTHING, shape, 'real').array)] as const,
  );
  const results = runner.run(plan, { ...overrides, maps: new Map(maps) }, mode, only, blocked);
  if (mode === 'value') return ops.peak;
  for (const id of only ?? []) {
    const output = Object.values(results.get(id)?.outputs ?? {})[0];
    if (output?.kind === 'scalar') {
      const variables = maps.map(([, variable]) => variable);
      await ops.gradient(output.samples, overrides.slots.size, variables);
    }
    if (output?.kind !== 'image') continue;
    const { samples } = output;
    const tangents = [...samples.tangents.values()];
    await ops.read([samples, ...tangents.map((array) => ({ ...samples, array, tangents: new Map() }))]);
  }
  return ops.peak;
}

/** Images of the document stay on the backend as a whole, and once more in the parts that belong to the portions. */
function keepImages({ plan }: MemoryRequest, runner: GraphRunner, ops: SizingOps): void {
  ops.open();
  const shown = plan.order.filter(({ node, spec }) =>
    Object.entries(spec.params).some(([name, { kind }]) => kind === 'image' && Boolean(node.params[name])),
  );
  const only = new Set(shown.map(({ node }) => node.id));
  for (const { outputs } of runner.run(plan, NO_OVERRIDES, 'value', only).values()) {
    for (const { shape } of Object.values(outputs).flatMap(tensorsOf)) ops.upload(NOTHING, shape, 'real');
  }
}

/** A learned value that starts at 0 will not stay there, and elements leave out what is 0. */
function movedFromZero(overrides: ParameterOverrides): ParameterOverrides {
  const values = new Map(
    [...overrides.values].map(([path, value]) => [path, value === 0 ? ALMOST_ZERO : value]),
  );
  return { ...overrides, values };
}

/** The values, and one more that nothing reads for each node that another run computes anew. */
function marked({ plan, overrides }: MemoryRequest, isPortion: boolean): ReadonlyMap<string, number> {
  const learned = new Set(movingPaths(plan.links, overrides).map((path) => path.slice(0, path.indexOf('.'))));
  const changes = plan.order.filter(({ node, spec }) =>
    isPortion
      ? Object.hasOwn(spec.params, 'planes') || spec.incoherentParts !== undefined
      : learned.size === 0 || learned.has(node.id),
  );
  return new Map([...overrides.values, ...changes.map(({ node }) => [`${node.id}.-`, 0] as const)]);
}

/**
 * Divides a run as little as needed. A portion of planes or of slots gives the same numbers as the whole run.
 * @throws MemoryRefusal with the numbers when not even one plane, or one derivative, fits.
 */
export async function portion(given: MemoryRequest): Promise<Portions> {
  const request = { ...given, overrides: movedFromZero(given.overrides) };
  const { overrides, plan, mode, kernels } = request;
  const reader = new GraphRunner(new SizingOps(kernels, () => null), request.images);
  const bound = atMost(request, reader);
  const { arrayBytes, totalBytes } = kernels.limits();
  if (mode === 'value' && bound <= Math.min(arrayBytes, totalBytes)) {
    return { ...WHOLE, slots: [overrides.slots], wholeBytes: bound, bytes: bound };
  }
  const whole = await memoryNeed(request);
  const slots = [overrides.slots];
  if (fits(whole, request)) return { ...WHOLE, slots, wholeBytes: whole.bytes, bytes: whole.bytes };
  const divisible = plan.planes > 1 && dividesByPlanes(request);
  let smallest = whole;
  if (divisible) {
    const found = await most(plan.planes, whole, request, (count) =>
      memoryNeed({ ...request, overrides: busiest(request, count) }, true),
    );
    smallest = found.need;
    if (found.count > 0) {
      const planes = ranges(plan.planes, found.count);
      checkPatience(planes.length, whole, request);
      return { ...WHOLE, planes, slots, wholeBytes: whole.bytes, bytes: found.need.bytes };
    }
  }
  let one = divisible ? busiest(request, 1) : overrides;
  const planes = divisible ? ranges(plan.planes, 1) : [null];
  let shares: Portions['shares'] = WHOLE.shares;
  const parts = commonParts(request, reader);
  if (parts > 1) {
    const needOf = (count: number) =>
      memoryNeed({ ...request, overrides: { ...one, share: sharesOf(parts, count)[0] ?? null } }, true);
    const found = await most(parts, smallest, request, needOf);
    smallest = found.need;
    shares = sharesOf(parts, Math.max(1, found.count));
    one = { ...one, share: shares[0] ?? null };
    if (found.count > 0) {
      checkPatience(planes.length * shares.length, whole, request);
      return { planes, shares, slots, wholeBytes: whole.bytes, bytes: found.need.bytes };
    }
  }
  if (mode === 'forward' && overrides.slots.size > 1) {
    const found = await most(overrides.slots.size, smallest, request, (count) =>
      memoryNeed(
        { ...request, overrides: { ...one, slots: inGroups(request, count)[0] ?? new Map() } },
        true,
      ),
    );
    smallest = found.need;
    if (found.count > 0) {
      const groups = inGroups(request, found.count);
      checkPatience(planes.length * shares.length * groups.length, whole, request);
      return { planes, shares, slots: groups, wholeBytes: whole.bytes, bytes: found.need.bytes };
    }
  }
  throw new MemoryRefusal(refusal(request, smallest, divisible));
}

const WHOLE = { planes: [null], shares: [null] } as const;

/** More than a run of values can need: saves counting where there is room for many times what is needed. */
function atMost({ plan, kernels }: MemoryRequest, reader: Pick<GraphRunner, 'paramsOfNode'>): number {
  const pixels = plan.order.map(({ node, spec }) => {
    const whole = (name: string) => {
      const param = spec.params[name];
      return param?.kind === 'integer' ? Number(node.params[name] ?? param.default) : 0;
    };
    return whole('rows') * whole('columns');
  });
  const samples = Math.max(plan.design.grid.samples ** 2, ...pixels);
  const reals = REALS_PER_NODE + REALS_PER_PART * modesAtMost(plan, reader);
  return samples * plan.planes * reals * kernels.bytesPerReal * plan.order.length;
}

/** A note where a stack, or light of many parts, is shown part by part. */
export function portionNote(
  { planes, shares, wholeBytes }: Portions,
  { totalBytes }: MemoryLimits,
): Issue | null {
  if (shares.length > 1) {
    const message =
      `The parts of the light that do not interfere are computed in ${shares.length} shares: at once they would need ` +
      `${formatBytes(wholeBytes)} of memory, and ${formatBytes(totalBytes)} may be used. Cameras see all of them; ` +
      'pictures of the light before them show the first share, and analyses of it are left out.';
    return createIssue('info', 'memory', message, 'Fewer samples or parts of the light show all at once.');
  }
  const range = planes[0] ?? null;
  if (range === null) return null;
  const message =
    `The stack is computed ${range.count} of ${range.total} planes at a time: at once it would need ` +
    `${formatBytes(wholeBytes)} of memory, and ${formatBytes(totalBytes)} may be used.`;
  return createIssue('info', 'memory', message, 'Fewer samples or planes are faster.');
}

function checkPatience(portions: number, whole: Peak, { kernels, patience, plan }: MemoryRequest): void {
  if (portions <= (patience ?? PATIENCE)) return;
  const { samples } = plan.design.grid;
  const message =
    `This design needs ${formatBytes(whole.bytes)} of memory at ${samples} × ${samples} samples; ` +
    `in ${portions} portions, each within ${formatBytes(kernels.limits().totalBytes)}, it would take too long.`;
  throw new MemoryRefusal(
    createIssue('error', 'memory', message, 'Use fewer samples, planes or learned values.'),
  );
}

function fits(need: Peak, { kernels }: MemoryRequest): boolean {
  const { arrayBytes, totalBytes } = kernels.limits();
  return need.bytes <= totalBytes && need.arrayBytes <= arrayBytes;
}

/** Whether planes can be computed apart. */
function dividesByPlanes({ plan, only, blocked, mode }: MemoryRequest): boolean {
  const needed = only === undefined ? null : upstream(plan, only);
  const counts = (id: string) => (needed === null || needed.has(id)) && blocked?.has(id) !== true;
  // Gradients join the images of all planes before they take a root.
  return mode === 'forward' || !indivisible(plan, mode === 'reverse').some(counts);
}

/** Goals and roots, which need all planes at once, and comparisons of a model that is divided by its mean over them. */
export function indivisible(plan: Plan, joinsImages = false): readonly string[] {
  const means = plan.order.filter(({ node }) => node.params['normalization'] === 'mean');
  const sources = new Set(means.map(({ node }) => node.id));
  const objectives = plan.order.filter(({ spec }) => spec.objective === true);
  return objectives.flatMap(({ node, spec, inputs }) =>
    !isComparison(spec) ||
    (!joinsImages && ROOTED_MEASURES.some((kind) => kind === node.params['kind'])) ||
    sources.has(inputs.get('target')?.node ?? '')
      ? [node.id]
      : [],
  );
}

/** The largest count that fits, by what one and all of them need; 0 and the need of one where none does. */
async function most(
  count: number,
  all: Peak,
  request: MemoryRequest,
  needOf: (count: number) => Promise<Peak>,
): Promise<{ count: number; need: Peak }> {
  const one = await needOf(1);
  if (!fits(one, request)) return { count: 0, need: one };
  const { arrayBytes, totalBytes } = request.kernels.limits();
  // Memory is a straight line in the count, nearly: the guess is checked and lowered until it holds.
  const along = (from: number, to: number, limit: number) =>
    to > from ? 1 + ((limit - from) * (count - 1)) / (to - from) : count;
  let guess = Math.min(
    count - 1,
    Math.floor(along(one.bytes, all.bytes, totalBytes)),
    Math.floor(along(one.arrayBytes, all.arrayBytes, arrayBytes)),
  );
  while (guess > 1) {
    const need = await needOf(guess);
    if (fits(need, request)) return { count: guess, need };
    guess = Math.min(guess - 1, Math.floor(0.9 * guess));
  }
  return { count: 1, need: one };
}

/** Nearly equal ranges of at most `count` planes. */
function ranges(total: number, count: number): PlaneRange[] {
  const parts = Math.ceil(total / count);
  return Array.from({ length: parts }, (_, part) => {
    const start = Math.round((part * total) / parts);
    return { first: start, count: Math.round(((part + 1) * total) / parts) - start, total };
  });
}

/** The range of `count` planes in which most slots are those of single planes. */
function busiest({ plan, overrides }: MemoryRequest, count: number): ParameterOverrides {
  const own = new Array<number>(plan.planes).fill(0);
  for (const path of overrides.slots.keys()) {
    const plane = planeOf(plan, path);
    if (plane !== null && own[plane] !== undefined) own[plane]++;
  }
  const slotsOf = ({ first: start, count: length }: PlaneRange) =>
    own.slice(start, start + length).reduce((sum, n) => sum + n, 0);
  const all = ranges(plan.planes, count);
  const planes = all.reduce((best, range) => (slotsOf(range) > slotsOf(best) ? range : best));
  return { ...overrides, planes };
}

/** The plane that "bead.photons.3" is about; null for a value of all planes. */
export function planeOf(plan: Plan, path: string): number | null {
  const [id, name = '', index] = path.split('.');
  const kind = plan.order.find(({ node }) => node.id === id)?.spec.params[name]?.kind;
  return kind === 'quantity' && index !== undefined ? Number(index) : null;
}

/** Groups of at most `count` slots. Those whose derivatives fill most arrays come first: of all planes, upstream. */
function inGroups({ plan, overrides }: MemoryRequest, count: number): ReadonlyMap<string, number>[] {
  const order = new Map(plan.order.map(({ node }, index) => [node.id, index]));
  const rank = (path: string) =>
    (planeOf(plan, path) === null ? 0 : plan.order.length) + (order.get(path.split('.')[0] ?? '') ?? 0);
  const entries = [...overrides.slots].sort(([a], [b]) => rank(a) - rank(b));
  return ranges(entries.length, count).map(
    ({ first, count: length }) => new Map(entries.slice(first, first + length)),
  );
}

const BACKEND = { webgpu: 'the graphics device', wasm: 'WebAssembly', f64: 'the reference' } as const;

function refusal(
  { plan, mode, kernels, overrides, maps = [] }: MemoryRequest,
  need: Peak,
  isDivided: boolean,
): Issue {
  const { arrayBytes, totalBytes } = kernels.limits();
  const { samples } = plan.design.grid;
  const at = plan.order.find(({ node }) => node.id === need.nodeId);
  const who = at === undefined ? 'The run' : `“${at.node.title ?? at.spec.title}”`;
  const isLarge = need.arrayBytes > arrayBytes;
  const much = isLarge
    ? `a single array of ${formatBytes(need.arrayBytes)}`
    : `${formatBytes(need.bytes)} of memory`;
  const planes = plan.planes === 1 ? '' : isDivided ? ', for one plane' : `, for ${plan.planes} planes`;
  const count = maps.reduce((sum, { shape }) => sum + sizeOf(shape), overrides.slots.size);
  const alone = mode === 'forward' && count > 1 ? ', one derivative at a time' : '';
  const learned = mode === 'reverse' ? ` and ${count} learned ${count === 1 ? 'value' : 'values'}` : alone;
  const message =
    `${who} needs ${much} at ${samples} × ${samples} samples${planes}${learned}; ` +
    `${formatBytes(isLarge ? arrayBytes : totalBytes)} may be used on ${BACKEND[kernels.name]}.`;
  const half = 'Use fewer samples or pixels: half of them per side need a quarter of the memory.';
  const apart =
    plan.planes > 1 && !isDivided
      ? ' A target that is not relative to the means lets planes be computed one after the other.'
      : '';
  return createIssue(
    'error',
    'memory',
    message,
    half + apart,
    at === undefined ? {} : { nodeId: at.node.id },
  );
}

/** Nodes whose values have planes: those that make them, images that have them, and what these feed. */
export function nodesWithPlanes({
  plan,
  images,
}: Pick<MemoryRequest, 'plan' | 'images'>): ReadonlySet<string> {
  const makers = plan.order.filter(({ node, spec }) =>
    Object.entries(spec.params).some(([name, { kind }]) => {
      const value = node.params[name];
      if (kind !== 'image') return name === 'planes' && node.bypassed !== true;
      const shape = typeof value === 'string' ? images(value)?.shape : undefined;
      return shape?.length === 3 && shape[0] === plan.planes;
    }),
  );
  return downstream(plan, new Set(makers.map(({ node }) => node.id)));
}
