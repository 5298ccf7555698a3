/** Which wires are allowed, and what could be wired to what. */
import type { ElementSpec, PortSpec } from '../optics/element.ts';
import type { PortType } from '../optics/values.ts';
import type { Design, DesignEdge } from './document.ts';
import { orList } from './names.ts';
import { edgeId } from './rebuild.ts';
import { nodeName, own, type Registry } from './registry.ts';
import {
  bypassInput,
  indexDesign,
  type PortRef,
  possibleOutputTypes,
  reaches,
  wireInto,
} from './topology.ts';

export interface Connection {
  readonly from: PortRef;
  readonly to: PortRef;
}

export type ConnectResult =
  | {
      readonly ok: true;
      /** The wire that this one takes the place of, as an input takes one wire. */
      readonly replaces: DesignEdge | null;
    }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly fix?: string;
      /** Type of an element that would fit between the two. */
      readonly insert?: string;
    };

const TYPE_PHRASES: Readonly<Record<PortType, string>> = {
  field: 'light',
  farField: 'scattered or emitted light',
  pupil: 'a pupil',
  image: 'an image',
  scalar: 'a number',
};

/** `light or a pupil`. */
export function typePhrase(types: readonly PortType[]): string {
  return orList(types.map((type) => TYPE_PHRASES[type]));
}

function refuse(reason: string, fix?: string): ConnectResult {
  return { ok: false, reason, ...(fix === undefined ? {} : { fix }) };
}

/** Whether a wire may be drawn. A wire already on the input is replaced, not a reason to refuse. */
export function canConnect(design: Design, registry: Registry, connection: Connection): ConnectResult {
  const { from, to } = connection;
  const { nodes } = indexDesign(design);
  const [source, target] = [nodes.get(from.node), nodes.get(to.node)];
  if (source === undefined || target === undefined)
    return refuse(`There is no node '${source === undefined ? from.node : to.node}'.`);
  const [sourceElement, targetElement] = [registry.get(source.type), registry.get(target.type)];
  if (sourceElement === undefined || targetElement === undefined) {
    const unknown = sourceElement === undefined ? source : target;
    return refuse(
      `${nodeName(design, registry, unknown.id)} is of an unknown type, so its ports are not known.`,
    );
  }
  if (own(sourceElement.outputs, from.port) === undefined)
    return refuse(`${nodeName(design, registry, source.id)} has no output “${from.port}”.`);
  const input = own(targetElement.inputs, to.port);
  if (input === undefined)
    return refuse(`${nodeName(design, registry, target.id)} has no input “${to.port}”.`);
  if (source === target) return refuse(`${nodeName(design, registry, source.id)} cannot feed itself.`);
  const loops = reaches(design, to.node, from.node);
  const types = possibleOutputTypes(design, registry, from);
  const fits = types.some((type) => input.accepts.includes(type));
  // Where a wire neither fits nor may close its loop, the types are what to think about.
  if (loops && (fits || types.length === 0)) {
    return refuse(
      `The light of ${nodeName(design, registry, target.id)} already reaches ${nodeName(design, registry, source.id)}: this wire would close a loop.`,
    );
  }
  if (!fits) {
    const gives = types.length === 0 ? 'something unknown' : typePhrase(types);
    const takes = `${nodeName(design, registry, target.id)} takes ${typePhrase(input.accepts)}`;
    const refusal = refuse(`${takes}, but ${nodeName(design, registry, source.id)} gives ${gives}.`);
    return loops ? refusal : withAdapter(refusal, types, input, registry);
  }
  const broken = wireBrokenDownstream(design, registry, connection, targetElement);
  if (broken !== null) return refuse(broken);
  return { ok: true, replaces: wireInto(design, to) ?? null };
}

/** Names an element that takes what comes and gives what is wanted, if there is one. */
function withAdapter(
  refusal: ConnectResult,
  types: readonly PortType[],
  input: PortSpec,
  registry: Registry,
): ConnectResult {
  if (refusal.ok) return refusal;
  for (const element of registry.values()) {
    const takes = Object.values(element.inputs).some((each) =>
      each.accepts.some((type) => types.includes(type)),
    );
    const gives = Object.values(element.outputs).some(
      ({ type }) => typeof type === 'string' && input.accepts.includes(type),
    );
    const needs = Object.values(element.inputs).filter((each) => each.optional !== true).length;
    if (takes && gives && needs <= 1)
      return { ...refusal, fix: `Put ${element.title} between them.`, insert: element.type };
  }
  return refusal;
}

/** Outputs that repeat an input change their type with it; a wire further on may then no longer fit. */
function wireBrokenDownstream(
  design: Design,
  registry: Registry,
  connection: Connection,
  target: ElementSpec,
): string | null {
  const repeats = Object.keys(target.outputs).some((output) => {
    const node = indexDesign(design).nodes.get(connection.to.node);
    const { type } = target.outputs[output] ?? {};
    if (node?.bypassed === true) return bypassInput(target, output) === connection.to.port;
    return typeof type === 'object' && type.like === connection.to.port;
  });
  if (!repeats) return null;
  const before = new Set(mismatchedWires(design, registry).map(({ edge }) => edge.id));
  const wired = withWire(design, connection);
  const broken = mismatchedWires(wired, registry).find(({ edge }) => !before.has(edge.id));
  if (broken === undefined) return null;
  const { nodes } = indexDesign(wired);
  const [source, sink] = [nodes.get(broken.edge.from.node), nodes.get(broken.edge.to.node)];
  if (source === undefined || sink === undefined) return null;
  return `${nodeName(design, registry, source.id)} would then give ${typePhrase(broken.gives)}, which ${nodeName(design, registry, sink.id)} does not take.`;
}

/** The design with a wire in place of any other on the same input. Checks nothing. */
export function withWire(design: Design, { from, to }: Connection): Design {
  const others = design.edges.filter((edge) => edge.to.node !== to.node || edge.to.port !== to.port);
  const ends = { from: { node: from.node, port: from.port }, to: { node: to.node, port: to.port } };
  return { ...design, edges: [...others, { id: edgeId(from, to), ...ends }] };
}

export interface MismatchedWire {
  readonly edge: DesignEdge;
  readonly gives: readonly PortType[];
  readonly takes: readonly PortType[];
}

/** Wires between known ports whose types cannot agree. */
export function mismatchedWires(design: Design, registry: Registry): MismatchedWire[] {
  const { nodes } = indexDesign(design);
  return design.edges.flatMap((edge) => {
    const target = registry.get(nodes.get(edge.to.node)?.type ?? '');
    const takes = own(target?.inputs ?? {}, edge.to.port)?.accepts;
    const gives = possibleOutputTypes(design, registry, edge.from);
    if (takes === undefined || gives.length === 0 || gives.some((type) => takes.includes(type))) return [];
    return [{ edge, gives, takes }];
  });
}

/** A port to offer, with its title for reading aloud. */
export interface OfferedPort extends PortRef {
  readonly title: string;
  /** Whether choosing it takes the place of a wire. */
  readonly replaces: boolean;
}

/** Inputs of the design that an output may be wired to, free ones first. */
export function compatibleTargets(design: Design, registry: Registry, from: PortRef): OfferedPort[] {
  return offer(design, registry, 'inputs', (to) => canConnect(design, registry, { from, to }));
}

/** Outputs of the design that an input may be fed by. */
export function compatibleSources(design: Design, registry: Registry, to: PortRef): OfferedPort[] {
  return offer(design, registry, 'outputs', (from) => canConnect(design, registry, { from, to }));
}

function offer(
  design: Design,
  registry: Registry,
  side: 'inputs' | 'outputs',
  check: (port: PortRef) => ConnectResult,
): OfferedPort[] {
  const offers: OfferedPort[] = [];
  for (const node of indexDesign(design).nodes.values()) {
    for (const [port, { title }] of Object.entries(registry.get(node.type)?.[side] ?? {})) {
      const result = check({ node: node.id, port });
      if (!result.ok) continue;
      const replaces = result.replaces !== null;
      offers.push({
        node: node.id,
        port,
        title: `${nodeName(design, registry, node.id)}: ${title}`,
        replaces,
      });
    }
  }
  return offers.sort((a, b) => Number(a.replaces) - Number(b.replaces));
}

export interface OfferedElement {
  readonly element: ElementSpec;
  /** The port to wire. */
  readonly port: string;
}

/** Elements that take a type, each with its first fitting input: the list for a wire dropped on the canvas. */
export function elementsAccepting(type: PortType, registry: Registry): OfferedElement[] {
  return [...registry.values()].flatMap((element) => {
    const port = Object.keys(element.inputs).find((name) => element.inputs[name]?.accepts.includes(type));
    return port === undefined ? [] : [{ element, port }];
  });
}

/** Elements with an output of one of these types: the list for a wire drawn backwards from an input. */
export function elementsProducing(types: readonly PortType[], registry: Registry): OfferedElement[] {
  return [...registry.values()].flatMap((element) => {
    const port = Object.keys(element.outputs).find((name) => {
      const type = element.outputs[name]?.type;
      if (typeof type === 'string') return types.includes(type);
      const repeated = type === undefined ? undefined : own(element.inputs, type.like);
      return repeated?.accepts.some((each) => types.includes(each)) === true;
    });
    return port === undefined ? [] : [{ element, port }];
  });
}
