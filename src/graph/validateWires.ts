/** Wires: ends, types, number per input, missing ones, loops. */
import type { PortSpec } from '../optics/element.ts';
import { mismatchedWires, typePhrase } from './connect.ts';
import type { Design, DesignEdge, DesignNode, Issue } from './document.ts';
import { nearNames, orList } from './names.ts';
import { createIssue, nodeName, own, type Registry } from './registry.ts';
import { bypassInput, canBypass, findLoops, indexDesign, wireInto } from './topology.ts';

export function validateWires(design: Design, registry: Registry): Issue[] {
  const { nodes, incoming } = indexDesign(design);
  return [
    ...design.edges.flatMap((edge) => [
      ...checkEnd(design, registry, edge, 'from'),
      ...checkEnd(design, registry, edge, 'to'),
    ]),
    ...repeatedIds(design),
    ...mismatchedWires(design, registry).map(({ edge, gives, takes }) => {
      const from = nodeName(design, registry, edge.from.node);
      const to = nodeName(design, registry, edge.to.node);
      const message = `${to} takes ${typePhrase(takes)}, but ${from} gives ${typePhrase(gives)}.`;
      const fix = 'Remove the wire, or put an element between them that turns one into the other.';
      return createIssue('error', 'typeMismatch', message, fix, { nodeId: edge.to.node });
    }),
    ...[...nodes.values()].flatMap((node) => [
      ...crowdedInputs(design, registry, node, incoming.get(node.id) ?? []),
      ...openInputs(design, registry, node),
    ]),
    ...findLoops(design).map((loop) => {
      const path = [...loop, ...loop.slice(0, 1)].map((id) => nodeName(design, registry, id)).join(' → ');
      const message = `The light runs in a loop: ${path}.`;
      return createIssue('error', 'loop', message, 'Remove one of these wires.', { nodeId: loop[0] ?? '' });
    }),
  ];
}

function checkEnd(design: Design, registry: Registry, edge: DesignEdge, end: 'from' | 'to'): Issue[] {
  const { nodes } = indexDesign(design);
  const ref = edge[end];
  const node = nodes.get(ref.node);
  const other = edge[end === 'from' ? 'to' : 'from'];
  const side = end === 'from' ? 'starts' : 'ends';
  if (node === undefined) {
    const near = nearNames(ref.node, nodes.keys());
    const fix =
      near.length === 0 ? 'Remove the wire.' : `Did you mean ${orList(near)}? Otherwise remove the wire.`;
    const message = `A wire of ${nodeName(design, registry, other.node)} ${side} at the node '${ref.node}', which does not exist.`;
    const where = nodes.has(other.node) ? { nodeId: other.node } : {};
    return [createIssue('error', 'missingNode', message, fix, where)];
  }
  const element = registry.get(node.type);
  const ports: { readonly [port: string]: object } | undefined =
    end === 'from' ? element?.outputs : element?.inputs;
  if (ports === undefined || own(ports, ref.port) !== undefined) return [];
  const kind = end === 'from' ? 'output' : 'input';
  const known = Object.keys(ports);
  const has = known.length === 0 ? `it has no ${kind}s` : `it has ${orList(known)}`;
  const message = `A wire ${side} at the ${kind} “${ref.port}” of ${nodeName(design, registry, node.id)}, which does not exist: ${has}.`;
  return [
    createIssue('error', 'missingPort', message, 'Remove the wire and draw it again.', { nodeId: node.id }),
  ];
}

function repeatedIds(design: Design): Issue[] {
  const seen = new Set<string>();
  const issues: Issue[] = [];
  for (const { id, to } of design.edges) {
    if (seen.has(id)) {
      const message = `Two wires have the id “${id}”.`;
      issues.push(createIssue('error', 'duplicateId', message, 'Remove one of them.', { nodeId: to.node }));
    }
    seen.add(id);
  }
  return issues;
}

function crowdedInputs(
  design: Design,
  registry: Registry,
  node: DesignNode,
  wires: readonly DesignEdge[],
): Issue[] {
  const counts = new Map<string, number>();
  for (const { to } of wires) counts.set(to.port, (counts.get(to.port) ?? 0) + 1);
  return [...counts].flatMap(([port, count]) => {
    if (count < 2) return [];
    const message = `${count} wires end at the input “${port}” of ${nodeName(design, registry, node.id)}; an input takes one.`;
    const fix = 'Remove all but one, or add the light up with an element made for it.';
    return [createIssue('error', 'crowdedInput', message, fix, { nodeId: node.id })];
  });
}

function openInputs(design: Design, registry: Registry, node: DesignNode): Issue[] {
  const element = registry.get(node.type);
  if (element === undefined) return [];
  const name = nodeName(design, registry, node.id);
  if (node.bypassed === true && !canBypass(element)) {
    const message = `${name} is bypassed, but it has no input that could pass through.`;
    return [createIssue('error', 'cannotBypass', message, 'Switch it on again.', { nodeId: node.id })];
  }
  const passed = new Set(
    node.bypassed === true ? Object.keys(element.outputs).map((output) => bypassInput(element, output)) : [],
  );
  const inputs = Object.entries(element.inputs);
  return inputs.flatMap(([port, spec]) => {
    const needed = node.bypassed === true ? passed.has(port) : spec.optional !== true;
    if (!needed || wireInto(design, { node: node.id, port }) !== undefined) return [];
    const which = inputs.length === 1 ? 'its input' : `its input “${spec.title}”`;
    const message = `${name} has no ${noun(spec)}: connect ${typePhrase(spec.accepts)} to ${which}.`;
    const fix = 'Draw a wire to it, or delete the node.';
    return [createIssue('error', 'openInput', message, fix, { nodeId: node.id })];
  });
}

function noun({ accepts }: PortSpec): string {
  if (accepts.every((type) => type === 'image')) return 'image';
  if (accepts.every((type) => type === 'scalar')) return 'number';
  return accepts.some((type) => type === 'image' || type === 'scalar') ? 'input' : 'light';
}
