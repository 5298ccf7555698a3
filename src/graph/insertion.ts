/** The wires of a node that was just added: behind another one, or into a wire. */
import { canConnect, withWire } from './connect.ts';
import type { Design } from './document.ts';
import { disconnect, setParam } from './edit.ts';
import { findNode, type Registry } from './registry.ts';
import { indexDesign, type PortRef, resolveOutputType } from './topology.ts';

function ports(design: Design, registry: Registry, nodeId: string, side: 'inputs' | 'outputs'): PortRef[] {
  const element = registry.get(findNode(design, nodeId)?.type ?? '');
  return Object.keys(element?.[side] ?? {}).map((port) => ({ node: nodeId, port }));
}

/** Draws the first wire that is allowed and takes the place of no other; null when there is none. */
function firstWire(
  design: Design,
  registry: Registry,
  sources: readonly PortRef[],
  targets: readonly PortRef[],
): Design | null {
  for (const from of sources) {
    for (const to of targets) {
      const result = canConnect(design, registry, { from, to });
      if (result.ok && result.replaces === null) return withWire(design, { from, to });
    }
  }
  return null;
}

/** Where a new node came to stand beside another. */
export interface Joined {
  readonly design: Design;
  /** `after`: light goes from the old node to the new one; `before`: the other way; null: no port fits. */
  readonly side: 'after' | 'before' | null;
}

/**
 * Wires a new node to one that was there: from its outputs (those without a wire first) to the first input that
 * fits, else from the new node to an input that is still open.
 */
export function joinNode(design: Design, registry: Registry, nodeId: string, added: string): Joined {
  const wired = new Set(
    indexDesign(design)
      .outgoing.get(nodeId)
      ?.map(({ from }) => from.port),
  );
  const outputs = ports(design, registry, nodeId, 'outputs').sort(
    (a, b) => Number(wired.has(a.port)) - Number(wired.has(b.port)),
  );
  const after = firstWire(design, registry, outputs, ports(design, registry, added, 'inputs'));
  if (after !== null) return { design: after, side: 'after' };
  const inputs = ports(design, registry, nodeId, 'inputs');
  const before = firstWire(design, registry, ports(design, registry, added, 'outputs'), inputs);
  return before === null ? { design, side: null } : { design: before, side: 'before' };
}

/** Leads a wire through a new node. Null when the light of the wire cannot pass it. */
export function spliceNode(design: Design, registry: Registry, edgeId: string, added: string): Design | null {
  const edge = design.edges.find(({ id }) => id === edgeId);
  if (edge === undefined) return null;
  const open = disconnect(design, edgeId);
  const fed = firstWire(open, registry, [edge.from], ports(design, registry, added, 'inputs'));
  return fed && firstWire(fed, registry, ports(design, registry, added, 'outputs'), [edge.to]);
}

/** Gives a new node that a field of light goes into the parameters that suit the document's grid. */
export function fitToGrid(design: Design, registry: Registry, added: string): Design {
  const element = registry.get(findNode(design, added)?.type ?? '');
  const wires = indexDesign(design).incoming.get(added) ?? [];
  if (!wires.some(({ from }) => resolveOutputType(design, registry, from) === 'field')) return design;
  return Object.entries(element?.behindField?.(design.grid) ?? {}).reduce(
    (next, [name, value]) => setParam(next, registry, added, name, value),
    design,
  );
}
