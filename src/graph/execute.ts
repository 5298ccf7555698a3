/**
 * Runs a plan on a backend. The same code runs in the worker (WASM or WebGPU) and in tests (float64).
 * Results are remembered node by node under a key made of everything they depend on, so that a change
 * recomputes only what lies downstream of it.
 */
import type {
  ElementSpec,
  HostImage,
  LightShare,
  MapParam,
  ParamSpec,
  ParamValue,
  PlaneRange,
} from '../optics/element.ts';
import { DeviceFault, OutOfMemory } from '../optics/ops/kernels.ts';
import type { DifferentiationMode, Ops, Real, Scope, Tensor } from '../optics/ops/ops.ts';
import { ElementProblem } from '../optics/problem.ts';
import { imagedSpheres } from '../optics/scattering/sphereLight.ts';
import { forwardSpectrum, samplingNotes } from '../optics/spectral.ts';
import type { PortValue } from '../optics/values.ts';
import type { Plan, PlanNode } from './compile.ts';
import { downstream, upstream } from './compile.ts';
import type { Issue, ParamData } from './document.ts';
import {
  firstOf,
  NO_OVERRIDES,
  type ParameterOverrides,
  perPlane,
  planesOf,
  planesOfImage,
  scalarAt,
  tableValue,
  zernikeTerms,
} from './elementValues.ts';
import { movingPaths, refuseLinks, withLinked } from './expressions/links.ts';
import { mapCells, mapKey, mapValues } from './maps.ts';
import { namesImage } from './registry.ts';

export { NO_OVERRIDES, type ParameterOverrides } from './elementValues.ts';

export interface NodeResult {
  readonly outputs: Readonly<Record<string, PortValue>>;
  readonly issues: readonly Issue[];
  readonly milliseconds: number;
  /** Whether the node was computed in this run (false: remembered from an earlier one). */
  readonly computed: boolean;
}

export type RunResult = ReadonlyMap<string, NodeResult>;

interface CacheEntry {
  readonly key: string;
  readonly result: NodeResult;
  readonly tensors: Tensor[];
}

export class GraphRunner {
  readonly ops: Ops;
  readonly images: (id: string) => HostImage | null;
  private planes: PlaneRange | null = null;
  private share: LightShare | null = null;
  private every = 1;
  private node: string | null = null;
  /** Values given so far: each is another. */
  private givens = 0;
  private readonly cache = new Map<string, CacheEntry>();

  /** @param images host images by id in the document. */
  constructor(ops: Ops, images: (id: string) => HostImage | null) {
    this.ops = ops;
    this.images = images;
  }

  /** The node that is being computed; null between nodes. */
  get current(): string | null {
    return this.node;
  }

  /**
   * Evaluates the plan. Results are kept until they change, but for nodes that depend on parameters with a slot:
   * the caller then holds an open scope; they live in it and are gone when it closes.
   * @param only evaluate just these nodes and what they need; all when absent.
   * @param blocked nodes that must not run (validation refused them): they and what depends on them give nothing.
   */
  run(
    plan: Plan,
    given: ParameterOverrides,
    mode: DifferentiationMode,
    only?: ReadonlySet<string>,
    blocked: ReadonlySet<string> = new Set(),
  ): RunResult {
    const overrides = withLinked(plan.links, given);
    this.planes = overrides.planes ?? null;
    this.share = overrides.share ?? null;
    this.every = overrides.every ?? 1;
    const learned = [...movingPaths(plan.links, overrides), ...(overrides.maps?.keys() ?? [])];
    const active = downstream(plan, nodesOf(learned));
    const known = overrides.outputs;
    const wanted = only === undefined ? null : upstream(plan, only, known);
    const results = new Map<string, NodeResult>();
    const keys = new Map<string, string>();
    const present = new Set(plan.order.map(({ node }) => node.id));
    for (const id of [...this.cache.keys()]) if (!present.has(id)) this.forget(id);
    for (const planNode of plan.order) {
      const id = planNode.node.id;
      if (wanted !== null && !wanted.has(id)) continue;
      if (blocked.has(id)) {
        results.set(id, { outputs: {}, issues: [], milliseconds: 0, computed: false });
        continue;
      }
      const outputs = known?.get(id);
      if (outputs !== undefined) {
        results.set(id, { outputs, issues: [], milliseconds: 0, computed: true });
        keys.set(id, `given ${++this.givens}`);
        continue;
      }
      const key = this.keyOf(planNode, plan, overrides, keys);
      keys.set(id, key);
      if (active.has(id)) {
        this.ops.mode = mode;
        results.set(id, this.evaluate(planNode, plan, overrides, results));
        continue;
      }
      this.ops.mode = 'value';
      results.set(
        id,
        this.remembered(id, key) ?? this.evaluateAndKeep(planNode, plan, overrides, results, key),
      );
    }
    this.ops.mode = 'value';
    return results;
  }

  /** A node's parameters as its element gets them. */
  paramsOfNode({ node, spec }: PlanNode): Readonly<Record<string, ParamValue<ParamSpec>>> {
    return this.paramsOf(node.id, node.params, spec, NO_OVERRIDES);
  }

  /** Forgets every remembered result. */
  forgetAll(): void {
    for (const id of [...this.cache.keys()]) this.forget(id);
  }

  private remembered(id: string, key: string): NodeResult | null {
    const entry = this.cache.get(id);
    return entry?.key === key ? { ...entry.result, computed: false } : null;
  }

  private evaluateAndKeep(
    planNode: PlanNode,
    plan: Plan,
    overrides: ParameterOverrides,
    results: ReadonlyMap<string, NodeResult>,
    key: string,
  ): NodeResult {
    const scope: Scope = this.ops.open();
    try {
      const result = this.evaluate(planNode, plan, overrides, results);
      const tensors = Object.values(result.outputs).flatMap(tensorsOf);
      for (const tensor of tensors) this.ops.retain(tensor);
      this.forget(planNode.node.id);
      this.cache.set(planNode.node.id, { key, result, tensors });
      // Samples that are made later are kept from then on.
      const keep = (samples: Tensor) => {
        if (this.cache.get(planNode.node.id)?.tensors !== tensors) return;
        this.ops.retain(samples);
        tensors.push(samples);
      };
      for (const value of Object.values(result.outputs)) {
        if (value.kind === 'pupil') imagedSpheres(value)?.whenMade(keep);
      }
      return result;
    } finally {
      this.ops.close(scope);
    }
  }

  private forget(id: string): void {
    const entry = this.cache.get(id);
    if (entry === undefined) return;
    this.cache.delete(id);
    for (const tensor of entry.tensors) this.ops.release(tensor);
  }

  private evaluate(
    { node, spec, inputs }: PlanNode,
    plan: Plan,
    overrides: ParameterOverrides,
    results: ReadonlyMap<string, NodeResult>,
  ): NodeResult {
    const start = performance.now();
    this.node = node.id;
    const values: Record<string, PortValue> = {};
    for (const [port, from] of inputs) {
      const value = results.get(from.node)?.outputs[from.port];
      // A problem upstream has been reported there; nothing to add here.
      if (value === undefined) return { outputs: {}, issues: [], milliseconds: 0, computed: true };
      values[port] = value;
    }
    if (node.bypassed === true) {
      return { outputs: bypass(spec, values), issues: [], milliseconds: 0, computed: true };
    }
    const issues: Issue[] = [];
    let outputs: Readonly<Record<string, PortValue>> = {};
    try {
      refuseLinks(plan.links, node.id, overrides);
      const params = this.paramsOf(node.id, node.params, spec, overrides);
      for (const note of samplingNotes(spec, values, params, plan.design.grid)) {
        issues.push({ ...note, code: 'sampling', nodeId: node.id, paramId: null });
      }
      if (!issues.some((issue) => issue.severity === 'error')) {
        outputs = forwardSpectrum(spec, values, params, {
          ops: this.ops,
          grid: plan.design.grid,
          nodeId: node.id,
          planes: this.planes,
          share: this.share,
          every: this.every,
          // Light may ask for it later, in a run for other planes.
          perPlane: (param, planes) =>
            perPlane(node.id, param, node.params[param], spec, planesOf(planes, this.planes), overrides),
        });
      }
    } catch (error) {
      // No fault of the element: the engine itself is not to be trusted any more.
      if (error instanceof DeviceFault) throw error;
      issues.push(asIssue(error, node.id));
    } finally {
      this.node = null;
    }
    return { outputs, issues, milliseconds: performance.now() - start, computed: true };
  }

  private paramsOf(
    nodeId: string,
    data: Readonly<Record<string, ParamData>>,
    spec: ElementSpec,
    overrides: ParameterOverrides,
  ): Record<string, ParamValue<ParamSpec>> {
    const params: Record<string, ParamValue<ParamSpec>> = {};
    for (const [name, param] of Object.entries(spec.params)) {
      const value = data[name];
      const path = `${nodeId}.${name}`;
      switch (param.kind) {
        case 'quantity':
          params[name] = scalarAt(
            path,
            typeof value === 'number' ? value : firstOf(value, param.default),
            overrides,
          );
          break;
        case 'zernike':
          params[name] = zernikeTerms(path, value, overrides);
          break;
        case 'image':
          params[name] = this.imageOf(value);
          break;
        case 'map':
          params[name] =
            overrides.maps?.get(path) ?? this.mapOf(param, value, mapCells(data, spec.params, param));
          break;
        case 'table':
          params[name] = tableValue(path, param, value, overrides);
          break;
        default:
          params[name] = value === undefined ? param.default : (value as number | string | boolean);
      }
    }
    return params;
  }

  /** The image with this id, of a stack the planes that are computed. */
  private imageOf(id: ParamData | undefined): HostImage | null {
    const image = typeof id === 'string' ? this.images(id) : null;
    return image === null || this.planes === null ? image : planesOfImage(image, this.planes);
  }

  /** The values of a map, kept for the next evaluation. */
  private mapOf(spec: MapParam, data: ParamData | undefined, cells: number): Real {
    const values = () => mapValues(spec, data, cells, this.images);
    const name = `map:${spec.default}:${spec.min}:${spec.max}:${mapKey(data, cells, this.images)}`;
    return this.ops.hostMap([], [cells, cells], 'real', () => ({ value: values(), partials: [] }), name);
  }

  private keyOf(
    { node, spec, inputs }: PlanNode,
    plan: Plan,
    overrides: ParameterOverrides,
    keys: ReadonlyMap<string, string>,
  ): string {
    const isOwn = ([path]: readonly [string, unknown]) => path.startsWith(`${node.id}.`);
    const linked = [...(overrides.linked ?? [])].filter(isOwn).map(([path, { value }]) => [path, value]);
    const own = [...[...overrides.values].filter(isOwn), ...linked];
    const images = Object.entries(spec.params)
      .filter(([, param]) => namesImage(param))
      .map(([name]) => this.imageOf(node.params[name])?.key ?? null);
    const sources = [...inputs].map(([port, from]) => [port, keys.get(from.node), from.port]);
    const text = JSON.stringify([
      node.id,
      node.type,
      node.params,
      node.bypassed === true,
      own,
      images,
      Object.hasOwn(spec.params, 'planes') ? this.planes : null,
      spec.incoherentParts !== undefined || spec.addsUp === true ? this.share : null,
      spec.thins === true ? this.every : 1,
      sources,
      plan.design.grid.samples,
      plan.design.grid.pitch,
    ]);
    return digest(text);
  }
}

/** Tensors that a value holds on the device, without making any. */
export function tensorsOf(value: PortValue): Tensor[] {
  switch (value.kind) {
    case 'field':
      return [value.samples];
    case 'scalar':
      return [...new Set([value.samples, ...(value.readings ?? []).map(({ samples }) => samples)])];
    case 'pupil': {
      const own = imagedSpheres(value) === null ? value : null;
      return [own, value.reference, value.beside].flatMap((part) => (part == null ? [] : [part.samples]));
    }
    case 'image':
      return value.mask === null ? [value.samples] : [value.samples, value.mask];
    case 'farField':
      return [];
    case 'polychromatic':
      return value.channels.flatMap(tensorsOf);
    default:
      return value satisfies never;
  }
}

function nodesOf(paths: Iterable<string>): Set<string> {
  const nodes = new Set<string>();
  for (const path of paths) nodes.add(path.slice(0, path.indexOf('.')));
  return nodes;
}

function bypass(spec: ElementSpec, values: Readonly<Record<string, PortValue>>): Record<string, PortValue> {
  const through = Object.keys(spec.inputs).map((port) => values[port])[0];
  const port = Object.keys(spec.outputs)[0];
  return through === undefined || port === undefined ? {} : { [port]: through };
}

function asIssue(error: unknown, nodeId: string): Issue {
  if (error instanceof ElementProblem) {
    return {
      severity: 'error',
      code: 'element',
      nodeId,
      paramId: null,
      message: error.message,
      fix: error.fix,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isOutOfMemory(error)) {
    const fix = 'Use fewer samples, planes or pixels, or learn fewer values at once.';
    return { severity: 'error', code: 'memory', nodeId, paramId: null, message, fix };
  }
  return {
    severity: 'error',
    code: 'internal',
    nodeId,
    paramId: null,
    message: `This element could not be computed: ${message}`,
    fix: 'Check its values; if they are sensible, please report this with the design file.',
  };
}

/** Whether a backend or the JavaScript engine had no memory left. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof OutOfMemory ||
    (error instanceof RangeError && /allocation|array length|array buffer/i.test(error.message))
  );
}

/** Short stable key of a long text (two 32-bit FNV-1a hashes and the length). */
function digest(text: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ (code + i), 0x85ebca6b);
  }
  return `${(a >>> 0).toString(36)}-${(b >>> 0).toString(36)}-${text.length}`;
}
