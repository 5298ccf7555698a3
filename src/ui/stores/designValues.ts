/** Designs as sets of values: compared, and filled with the values of others. */
import type { Design } from '../../graph/document.ts';
import { withFittedMaps } from '../../graph/maps.ts';
import { describePath, getAt, setAt } from '../../graph/paths.ts';
import type { Registry } from '../../graph/registry.ts';
import { planeCount } from '../../graph/validate.ts';
import type { FitProgress, FittedMap } from '../../workers/protocol.ts';

/** Whether two designs give the same light: titles, texts and places on the canvas do not matter. */
export function sameLight(a: Design, b: Design): boolean {
  if (a === b) return true;
  if (a.grid !== b.grid || a.seed !== b.seed || a.images !== b.images || a.learn !== b.learn) return false;
  if (a.priors !== b.priors || a.links !== b.links) return false;
  if (a.edges !== b.edges || a.nodes.length !== b.nodes.length) return false;
  return a.nodes.every((node, index) => {
    const other = b.nodes[index];
    return (
      other !== undefined &&
      node.id === other.id &&
      node.type === other.type &&
      node.params === other.params &&
      node.bypassed === other.bypassed
    );
  });
}

/** Of values by path those that are in both designs alike. */
export function unchangedSince(
  before: Design,
  design: Design,
  registry: Registry,
  values: FitProgress['values'],
): FitProgress['values'] {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([path]) => getAt(design, registry, path) === getAt(before, registry, path),
    ),
  );
}

/** The design with the values of a fit put in; values of paths that no longer exist are left out. */
export function withValues(design: Design, registry: Registry, values: FitProgress['values']): Design {
  let next = design;
  const planes = planeCount(design, registry);
  for (const [path, value] of Object.entries(values)) {
    try {
      if (getAt(next, registry, path) === value) continue;
      next = setAt(next, registry, path, value, planes);
    } catch {
      // The node was deleted while the fit ran; its value has no place any more.
    }
  }
  return next;
}

/** The design with the maps of a fit put in; those of elements that no longer exist are left out. */
export function withMaps(design: Design, registry: Registry, maps: readonly FittedMap[]): Design {
  const still = maps.filter(({ path }) => describePath(design, registry, path).ok);
  return withFittedMaps(design, registry, still);
}

/** The design with the parameter values of another; nodes, wires and layout stay. Itself where nothing differs. */
export function withParamsOf(design: Design, source: Design): Design {
  const params = new Map(source.nodes.map((node) => [node.id, node.params]));
  const isSame = design.nodes.every((node) => (params.get(node.id) ?? node.params) === node.params);
  if (isSame && design.images === source.images) return design;
  return {
    ...design,
    nodes: design.nodes.map((node) => ({ ...node, params: params.get(node.id) ?? node.params })),
    // A learned map may have taken the place of the one before.
    images: { ...design.images, ...source.images },
  };
}
