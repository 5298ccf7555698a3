/** What the comparisons of a design compare with. */
import type { Design } from './document.ts';
import { isComparison } from './objective.ts';
import { findNode, type Registry } from './registry.ts';

/** The images that its targets show, each once; images that no target shows any more stay in the document. */
export function targetImages({
  images,
  nodes,
}: Pick<Design, 'images' | 'nodes'>): Design['images'][string][] {
  const ids = nodes.flatMap(({ type, params }) => (type === 'target' ? [params['image']] : []));
  return [...new Set(ids)].flatMap((id) => (typeof id === 'string' ? (images[id] ?? []) : []));
}

/** Whether a target shows what somebody has measured: pictures that a ready system brings along are its own. */
export function showsOwnImage(
  design: Pick<Design, 'images' | 'nodes'>,
  example: Pick<Design, 'images'> | undefined,
): boolean {
  const drawn = Object.values(example?.images ?? {});
  return targetImages(design).some(
    (image) =>
      image.kind === 'measured' &&
      !drawn.some((brought) => brought.kind === 'measured' && brought.data === image.data),
  );
}

interface Comparison {
  readonly model: string | undefined;
  readonly target: string | undefined;
}

/** The wires of a design's comparisons. */
function comparisons({ nodes, edges }: Design, registry: Registry): Comparison[] {
  return nodes.flatMap(({ id, type }) => {
    const element = registry.get(type);
    if (element === undefined || !isComparison(element)) return [];
    const source = (port: string) => edges.find(({ to }) => to.node === id && to.port === port)?.from.node;
    return [{ model: source('model'), target: source('target') }];
  });
}

/** The target image that a node's picture is compared with; null for none. */
export function targetOf(design: Design, registry: Registry, modelId: string): string | null {
  const isTarget = (id: string | undefined) => id !== undefined && findNode(design, id)?.type === 'target';
  const found = comparisons(design, registry).find(
    ({ model, target }) => model === modelId && isTarget(target),
  );
  return found?.target ?? null;
}

/** The node whose picture is compared with a target; null for none. */
export function modelOf(design: Design, registry: Registry, targetId: string): string | null {
  return comparisons(design, registry).find(({ target }) => target === targetId)?.model ?? null;
}
