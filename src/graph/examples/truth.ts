import type { Design, DesignNode } from '../document.ts';

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

/** Largest difference of a design's values from the true ones; a value that the design does not hold is 0. */
export function largestError({ nodes }: Design, truth: Readonly<Record<string, number>>): number {
  const errors = Object.entries(truth).map(([path, value]) => {
    const [nodeId, name = '', key = ''] = path.split('.');
    const held = nodes.find(({ id }) => id === nodeId)?.params[name];
    const own = typeof held === 'object' && !Array.isArray(held) ? Object.entries(held) : [[key, held]];
    const found = own.find(([each]) => each === key)?.[1];
    return Math.abs((typeof found === 'number' ? found : 0) - value);
  });
  return Math.max(...errors);
}
