/** Which nodes wait for another that has an error, by the wires of the design. React-free. */
import type { Design, Issue } from '../../graph/document.ts';

/**
 * The node with an error that light fails at first on its way to this one; null where every node before it is fine.
 * A node with an error of its own waits for nobody.
 */
export function failingBefore(
  { nodes, edges }: Pick<Design, 'nodes' | 'edges'>,
  issues: ReadonlyMap<string, readonly Pick<Issue, 'severity'>[]>,
  nodeId: string,
): string | null {
  const failing = (id: string): boolean =>
    issues.get(id)?.some(({ severity }) => severity === 'error') ?? false;
  if (failing(nodeId)) return null;
  const seen = new Set([nodeId]);
  let layer: readonly string[] = [nodeId];
  let found: string | null = null;
  // Layers further and further upstream: the last failing node that is met is the first that light comes to.
  while (layer.length > 0) {
    const before = edges.filter(({ to }) => layer.includes(to.node)).map(({ from }) => from.node);
    layer = [...new Set(before)].filter((id) => !seen.has(id));
    for (const id of layer) seen.add(id);
    found = nodes.find(({ id }) => layer.includes(id) && failing(id))?.id ?? found;
  }
  return found;
}
