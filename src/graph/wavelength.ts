/** The wavelength that `0.05 waves` refers to. */
import type { Design } from './document.ts';
import { paramValue, type Registry } from './registry.ts';
import { indexDesign } from './topology.ts';

/**
 * Vacuum wavelength of the light at a node, metres: that of the nearest node upstream that has one, else of the
 * first in the document; undefined when no node has one.
 */
export function designWavelength(design: Design, registry: Registry, nodeId?: string): number | undefined {
  const { nodes, incoming } = indexDesign(design);
  const queue = nodeId === undefined ? [] : [nodeId];
  const seen = new Set(queue);
  for (const id of queue) {
    const node = nodes.get(id);
    const value = node === undefined ? undefined : paramValue(node, registry, 'wavelength');
    if (typeof value === 'number' && value > 0) return value;
    for (const { from } of incoming.get(id) ?? []) {
      if (seen.has(from.node)) continue;
      seen.add(from.node);
      queue.push(from.node);
    }
  }
  for (const node of design.nodes) {
    const value = paramValue(node, registry, 'wavelength');
    if (typeof value === 'number' && value > 0) return value;
  }
  return undefined;
}
