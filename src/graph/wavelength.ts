/** The wavelength that `0.05 waves` refers to. */
import type { Design, DesignNode } from './document.ts';
import { paramValue, type Registry } from './registry.ts';
import { indexDesign } from './topology.ts';

/**
 * Vacuum wavelength of the light at a node, metres: that of the nearest node upstream that has one, else of the
 * first in the document; undefined when no node has one.
 */
export function designWavelength(design: Design, registry: Registry, nodeId?: string): number | undefined {
  const node = wavelengthNode(design, registry, nodeId);
  const value = node === undefined ? undefined : paramValue(node, registry, 'wavelength');
  return typeof value === 'number' ? value : undefined;
}

/** The node whose wavelength that is. */
export function wavelengthNode(design: Design, registry: Registry, nodeId?: string): DesignNode | undefined {
  const { nodes, incoming } = indexDesign(design);
  const hasOne = (node: DesignNode | undefined): boolean => {
    const value = node === undefined ? undefined : paramValue(node, registry, 'wavelength');
    return typeof value === 'number' && value > 0;
  };
  const queue = nodeId === undefined ? [] : [nodeId];
  const seen = new Set(queue);
  for (const id of queue) {
    const node = nodes.get(id);
    if (hasOne(node)) return node;
    for (const { from } of incoming.get(id) ?? []) {
      if (seen.has(from.node)) continue;
      seen.add(from.node);
      queue.push(from.node);
    }
  }
  return design.nodes.find(hasOne);
}
