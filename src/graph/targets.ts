/** What the comparisons of a design compare with. */
import type { Design } from './document.ts';

/** The images that its targets show, each once; images that no target shows any more stay in the document. */
export function targetImages({
  images,
  nodes,
}: Pick<Design, 'images' | 'nodes'>): Design['images'][string][] {
  const ids = nodes.flatMap(({ type, params }) => (type === 'target' ? [params['image']] : []));
  return [...new Set(ids)].flatMap((id) => (typeof id === 'string' ? (images[id] ?? []) : []));
}
