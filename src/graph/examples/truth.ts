import type { DesignNode } from '../document.ts';

/** Values of a simulated measurement: those of the nodes, then the differences. */
export function truthOf(
  nodes: readonly DesignNode[],
  differences: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const truth: Record<string, number> = {};
  for (const node of nodes) {
    for (const [name, value] of Object.entries(node.params)) {
      if (typeof value === 'number') truth[`${node.id}.${name}`] = value;
    }
  }
  return { ...truth, ...differences };
}
