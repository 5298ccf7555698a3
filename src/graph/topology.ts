/** The wires of a design: who feeds whom, in which order, in which loops, and what type a wire carries. */
import type { ElementSpec } from '../optics/element.ts';
import type { PortType } from '../optics/values.ts';
import type { Design, DesignEdge, DesignNode } from './document.ts';
import { own, type Registry } from './registry.ts';

/** One end of a wire. */
export interface PortRef {
  readonly node: string;
  readonly port: string;
}

export interface DesignIndex {
  /** The first node of each id. */
  readonly nodes: ReadonlyMap<string, DesignNode>;
  /** Wires into and out of a node, in document order. */
  readonly incoming: ReadonlyMap<string, readonly DesignEdge[]>;
  readonly outgoing: ReadonlyMap<string, readonly DesignEdge[]>;
}

const indexes = new WeakMap<Design, DesignIndex>();

/** Look-up tables of a design; made once per design, since designs are never changed in place. */
export function indexDesign(design: Design): DesignIndex {
  const known = indexes.get(design);
  if (known !== undefined) return known;
  const nodes = new Map<string, DesignNode>();
  for (const node of design.nodes) if (!nodes.has(node.id)) nodes.set(node.id, node);
  const incoming = new Map<string, DesignEdge[]>();
  const outgoing = new Map<string, DesignEdge[]>();
  for (const edge of design.edges) {
    append(incoming, edge.to.node, edge);
    append(outgoing, edge.from.node, edge);
  }
  const index = { nodes, incoming, outgoing };
  indexes.set(design, index);
  return index;
}

function append(map: Map<string, DesignEdge[]>, key: string, edge: DesignEdge): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [edge]);
  else list.push(edge);
}

/** The (first) wire into an input. */
export function wireInto(design: Design, to: PortRef): DesignEdge | undefined {
  return indexDesign(design)
    .incoming.get(to.node)
    ?.find((edge) => edge.to.port === to.port);
}

/** Nodes in an order in which every wire goes forward; nodes in or behind a loop are left over. */
export function topologicalOrder(design: Design): {
  order: readonly string[];
  leftOver: ReadonlySet<string>;
} {
  return orderWithout(design, new Set());
}

function orderWithout(design: Design, removed: ReadonlySet<string>) {
  const { nodes, outgoing } = indexDesign(design);
  const waiting = new Map<string, number>();
  for (const id of nodes.keys()) if (!removed.has(id)) waiting.set(id, 0);
  for (const edge of design.edges) {
    if (!waiting.has(edge.from.node)) continue;
    const count = waiting.get(edge.to.node);
    if (count !== undefined) waiting.set(edge.to.node, count + 1);
  }
  const order: string[] = [];
  for (const [id, count] of waiting) if (count === 0) order.push(id);
  for (let next = 0; next < order.length; next++) {
    for (const edge of outgoing.get(order[next] ?? '') ?? []) {
      const count = waiting.get(edge.to.node);
      if (count === undefined) continue;
      waiting.set(edge.to.node, count - 1);
      if (count === 1) order.push(edge.to.node);
    }
  }
  const leftOver = new Set(waiting.keys());
  for (const id of order) leftOver.delete(id);
  return { order, leftOver };
}

/** Loops of wires that share no node, each as node ids in the direction of the light; at most ten. */
export function findLoops(design: Design): string[][] {
  const { incoming, nodes } = indexDesign(design);
  const removed = new Set<string>();
  const loops: string[][] = [];
  while (loops.length < 10) {
    const { leftOver } = orderWithout(design, removed);
    const [start] = leftOver;
    if (start === undefined) break;
    // Every node left over has a predecessor that is left over, so walking back must come round.
    const walked: string[] = [];
    const seen = new Set<string>();
    let current: string = start;
    while (!seen.has(current)) {
      seen.add(current);
      walked.push(current);
      current = incoming.get(current)?.find((edge) => leftOver.has(edge.from.node))?.from.node ?? current;
    }
    const backwards = walked.slice(walked.indexOf(current));
    const loop = startAtFirst(backwards.reverse(), nodes);
    for (const id of loop) removed.add(id);
    loops.push(loop);
  }
  return loops;
}

/** Turns a loop so that it begins with the node that the document lists first. */
function startAtFirst(loop: readonly string[], nodes: ReadonlyMap<string, DesignNode>): string[] {
  for (const id of nodes.keys()) {
    const start = loop.indexOf(id);
    if (start >= 0) return [...loop.slice(start), ...loop.slice(0, start)];
  }
  return [...loop];
}

/** Whether light that leaves `from` can reach `target`. */
export function reaches(design: Design, from: string, target: string): boolean {
  const { outgoing } = indexDesign(design);
  const seen = new Set([from]);
  const queue = [from];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (node === target) return true;
    for (const edge of outgoing.get(node) ?? []) {
      if (seen.has(edge.to.node)) continue;
      seen.add(edge.to.node);
      queue.push(edge.to.node);
    }
  }
  return false;
}

/**
 * The input whose value a bypassed element passes on at an output: the one the output repeats, else the first
 * necessary input that accepts what the output gives. Null when the element cannot be bypassed.
 */
export function bypassInput(element: ElementSpec, output: string): string | null {
  const type = own(element.outputs, output)?.type;
  if (type === undefined) return null;
  if (typeof type !== 'string') return type.like;
  for (const [name, input] of Object.entries(element.inputs))
    if (input.optional !== true && input.accepts.includes(type)) return name;
  return null;
}

/** Whether every output of an element has an input to repeat. */
export function canBypass(element: ElementSpec): boolean {
  const outputs = Object.keys(element.outputs);
  return outputs.length > 0 && outputs.every((output) => bypassInput(element, output) !== null);
}

/** Types that an output can carry: one when it is settled, several while the input it repeats is open. */
export function possibleOutputTypes(design: Design, registry: Registry, from: PortRef): readonly PortType[] {
  const { nodes } = indexDesign(design);
  const seen = new Set<string>();
  let current = from;
  for (;;) {
    const node = nodes.get(current.node);
    const element = node === undefined ? undefined : registry.get(node.type);
    const output = element === undefined ? undefined : own(element.outputs, current.port);
    if (node === undefined || element === undefined || output === undefined) return [];
    if (seen.has(node.id)) return [];
    seen.add(node.id);
    if (typeof output.type === 'string' && node.bypassed !== true) return [output.type];
    const input =
      node.bypassed === true || typeof output.type === 'string'
        ? bypassInput(element, current.port)
        : output.type.like;
    if (input === null) return [];
    const wire = wireInto(design, { node: node.id, port: input });
    if (wire === undefined) return own(element.inputs, input)?.accepts ?? [];
    current = wire.from;
  }
}

/** The type that an output carries; null while it is not settled (open input, loop, unknown node or port). */
export function resolveOutputType(design: Design, registry: Registry, from: PortRef): PortType | null {
  const types = possibleOutputTypes(design, registry, from);
  return types.length === 1 ? (types[0] ?? null) : null;
}
