/** Design -> Plan: which elements run, in which order, fed from where. */
import type { ElementSpec } from '../optics/element.ts';
import type { Design, DesignNode } from './document.ts';
import { type Links, linksOf, relinked } from './expressions/links.ts';
import { planeCount } from './validate.ts';

export interface PlanNode {
  readonly node: DesignNode;
  readonly spec: ElementSpec;
  /** Input port -> where its value comes from; unconnected inputs are absent. */
  readonly inputs: ReadonlyMap<string, { readonly node: string; readonly port: string }>;
}

export interface Plan {
  readonly design: Design;
  /** Topological order; nodes on a cycle and of unknown type are left out (validation reports them). */
  readonly order: readonly PlanNode[];
  /** Planes of the focus stack, 1 without one. */
  readonly planes: number;
  /** Parameters that follow others. */
  readonly links: Links;
}

export function compile(given: Design, registry: ReadonlyMap<string, ElementSpec>): Plan {
  const design = relinked(given, registry);
  const pending = new Map<string, PlanNode>();
  for (const node of design.nodes) {
    const spec = registry.get(node.type);
    if (spec === undefined) continue;
    const inputs = new Map<string, { node: string; port: string }>();
    for (const edge of design.edges) {
      if (edge.to.node === node.id && Object.hasOwn(spec.inputs, edge.to.port))
        inputs.set(edge.to.port, edge.from);
    }
    pending.set(node.id, { node, spec, inputs });
  }
  const known = new Set(pending.keys());
  const order: PlanNode[] = [];
  const done = new Set<string>();
  for (let progress = true; progress; ) {
    progress = false;
    for (const [id, planNode] of pending) {
      const ready = [...planNode.inputs.values()].every(
        (from) => done.has(from.node) || !known.has(from.node),
      );
      if (!ready) continue;
      order.push(planNode);
      done.add(id);
      pending.delete(id);
      progress = true;
    }
  }
  return { design, order, planes: planeCount(design, registry), links: linksOf(design, registry) };
}

/** Nodes whose values depend on the given nodes, these included. */
export function downstream(plan: Plan, roots: ReadonlySet<string>): Set<string> {
  const reached = new Set<string>();
  for (const { node, inputs } of plan.order) {
    const fed = [...inputs.values()].some((from) => reached.has(from.node));
    if (fed || roots.has(node.id)) reached.add(node.id);
  }
  return reached;
}

/** Nodes on which the given nodes depend, these included; what is known needs nothing before it. */
export function upstream(
  plan: Plan,
  roots: ReadonlySet<string>,
  known: ReadonlyMap<string, unknown> = new Map(),
): Set<string> {
  const needed = new Set(roots);
  for (const { node, inputs } of [...plan.order].reverse()) {
    if (!needed.has(node.id) || known.has(node.id)) continue;
    for (const from of inputs.values()) needed.add(from.node);
  }
  return needed;
}
