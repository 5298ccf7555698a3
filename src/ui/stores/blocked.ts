/** Which nodes wait for another that has an error, by the wires of the design. React-free. */
import type { Design, Issue } from '../../graph/document.ts';

type Issues = ReadonlyMap<string, readonly Pick<Issue, 'severity'>[]>;

function isFailing(issues: Issues, nodeId: string): boolean {
  return issues.get(nodeId)?.some(({ severity }) => severity === 'error') ?? false;
}

/**
 * The node with an error that light fails at first on its way to this one; null where every node before it is fine.
 * A node with an error of its own waits for nobody.
 */
export function failingBefore(
  { nodes, edges }: Pick<Design, 'nodes' | 'edges'>,
  issues: Issues,
  nodeId: string,
): string | null {
  if (isFailing(issues, nodeId)) return null;
  const seen = new Set([nodeId]);
  let layer: readonly string[] = [nodeId];
  let found: string | null = null;
  // Layers further and further upstream: the last failing node that is met is the first that light comes to.
  while (layer.length > 0) {
    const before = edges.filter(({ to }) => layer.includes(to.node)).map(({ from }) => from.node);
    layer = [...new Set(before)].filter((id) => !seen.has(id));
    for (const id of layer) seen.add(id);
    found = nodes.find(({ id }) => layer.includes(id) && isFailing(issues, id))?.id ?? found;
  }
  return found;
}

/** The node whose error keeps this one from having a picture: itself, or the first before it; null without one. */
export function failingFor(
  design: Pick<Design, 'nodes' | 'edges'>,
  issues: Issues,
  nodeId: string,
): string | null {
  return isFailing(issues, nodeId) ? nodeId : failingBefore(design, issues, nodeId);
}
