/** Changes of a design. Each returns a new design and shares with the old one all that did not change. */
import type { Fix, SimulationGrid } from '../optics/element.ts';
import { type Connection, canConnect, withWire } from './connect.ts';
import type { Design, DesignEdge, DesignImage, DesignNode, ParamData } from './document.ts';
import { movedLinks, withLinks } from './expressions/rewrite.ts';
import { LIMITS } from './limits.ts';
import { replaceNode, setAt, withoutLink } from './paths.ts';
import { renamedPriors, withPriors } from './priors.ts';
import { edgeId } from './rebuild.ts';
import { findNode, namesImage, own, type Registry } from './registry.ts';
import { bypassInput, wireInto } from './topology.ts';

export interface Position {
  readonly x: number;
  readonly y: number;
}

/** `name` if it is free, else `name2`, `name3`, ... Names that every object has are never free. */
export function freshId(name: string, taken: { has: (id: string) => boolean }): string {
  const stem = (/^[A-Za-z][A-Za-z0-9_-]{0,55}/.exec(name)?.[0] ?? 'node').replace(/[-_]?\d+$/, '');
  const free = (id: string): boolean => !taken.has(id) && !(id in Object.prototype);
  if (free(stem)) return stem;
  let number = 2;
  while (!free(`${stem}${number}`)) number++;
  return `${stem}${number}`;
}

export function nodeIds(design: Design): Set<string> {
  return new Set(design.nodes.map((node) => node.id));
}

/** Adds an element with its defaults under a readable id (`lens`, `lens2`, ...). */
export function addNode(
  design: Design,
  registry: Registry,
  type: string,
  position: Position,
): { readonly design: Design; readonly nodeId: string } {
  if (!registry.has(type)) throw new RangeError(`There is no element “${type}”.`);
  const nodeId = freshId(type, nodeIds(design));
  const node: DesignNode = { id: nodeId, type, position: { x: position.x, y: position.y }, params: {} };
  return { design: { ...design, nodes: [...design.nodes, node] }, nodeId };
}

/**
 * Removes nodes with their wires, what was learned of them, what they followed and the true values that simulated
 * images had for them; what followed them says so until it is unlinked. With `heal`, light that went through a removed node goes on to the next where the types allow it.
 */
export function removeNodes(
  design: Design,
  registry: Registry,
  ids: readonly string[],
  options: { readonly heal?: boolean } = {},
): Design {
  let current = design;
  if (options.heal === true) for (const id of ids) current = healAround(current, registry, id);
  const gone = new Set(ids.filter((id) => findNode(design, id) !== undefined));
  if (gone.size === 0) return design;
  const stays = (path: string): boolean => !gone.has(path.split('.')[0] ?? '');
  const removed = {
    ...withPriors(
      current,
      renamedPriors(current, (path) => (stays(path) ? [path] : [])),
    ),
    nodes: current.nodes.filter((node) => !gone.has(node.id)),
    edges: current.edges.filter((edge) => !gone.has(edge.from.node) && !gone.has(edge.to.node)),
    learn: current.learn.filter(stays),
    images: mapImages(current.images, (image) => {
      if (image.kind === 'measured' || Object.keys(image.truth).every(stays)) return image;
      return {
        ...image,
        truth: Object.fromEntries(Object.entries(image.truth).filter(([path]) => stays(path))),
      };
    }),
  };
  return withLinks(
    removed,
    Object.fromEntries(Object.entries(design.links ?? {}).filter(([path]) => stays(path))),
  );
}

function mapImages(images: Design['images'], change: (image: DesignImage) => DesignImage): Design['images'] {
  return Object.fromEntries(Object.entries(images).map(([id, image]) => [id, change(image)]));
}

function healAround(design: Design, registry: Registry, id: string): Design {
  const node = findNode(design, id);
  const element = node === undefined ? undefined : registry.get(node.type);
  if (element === undefined) return design;
  let current = design;
  for (const edge of design.edges) {
    if (edge.from.node !== id) continue;
    const input = bypassInput(element, edge.from.port);
    const source = input === null ? undefined : wireInto(current, { node: id, port: input });
    if (source === undefined || source.from.node === id) continue;
    const without = disconnect(current, edge.id);
    const healed = { from: source.from, to: edge.to };
    if (canConnect(without, registry, healed).ok) current = withWire(without, healed);
  }
  return current;
}

/** Draws a wire in place of any other on that input. @throws RangeError where `canConnect` refuses. */
export function connect(design: Design, registry: Registry, connection: Connection): Design {
  const result = canConnect(design, registry, connection);
  if (!result.ok) throw new RangeError(result.reason);
  return withWire(design, connection);
}

export function disconnect(design: Design, edgeId: string): Design {
  return { ...design, edges: design.edges.filter((edge) => edge.id !== edgeId) };
}

/**
 * Sets a whole parameter; a value equal to the default is not stored, Zernike terms of 0 disappear.
 * @throws RangeError for an unknown parameter or a number that is not finite
 */
export function setParam(
  design: Design,
  registry: Registry,
  nodeId: string,
  name: string,
  value: ParamData,
): Design {
  return setAt(design, registry, `${nodeId}.${name}`, value);
}

/** Sets many paths at once, such as the result of a fit. */
export function setAll(
  design: Design,
  registry: Registry,
  values: { readonly [path: string]: ParamData },
  planes = 1,
): Design {
  let current = design;
  for (const [path, value] of Object.entries(values)) current = setAt(current, registry, path, value, planes);
  return current;
}

/** Back to the element's default. */
export function resetParam(design: Design, nodeId: string, name: string): Design {
  const node = findNode(design, nodeId);
  if (node === undefined || own(node.params, name) === undefined) return design;
  const { [name]: _, ...params } = node.params;
  return withoutLink(replaceNode(design, node, { ...node, params }), `${nodeId}.${name}`);
}

/** Starts or stops learning a path. Whether it can be learned: `checkLearnPath`. */
export function toggleLearn(design: Design, path: string): Design {
  const learn = design.learn.includes(path)
    ? design.learn.filter((each) => each !== path)
    : [...design.learn, path];
  return { ...design, learn };
}

/** What follows others cannot be learned, and is left out. */
export function setLearn(design: Design, learn: readonly string[]): Design {
  const links = design.links ?? {};
  return { ...design, learn: [...new Set(learn)].filter((path) => own(links, path) === undefined) };
}

export function moveNodes(design: Design, positions: ReadonlyMap<string, Position>): Design {
  const limit = (value: number): number =>
    Number.isFinite(value) ? Math.min(LIMITS.position, Math.max(-LIMITS.position, value)) : 0;
  return {
    ...design,
    nodes: design.nodes.map((node) => {
      const to = positions.get(node.id);
      return to === undefined ? node : { ...node, position: { x: limit(to.x), y: limit(to.y) } };
    }),
  };
}

/** Gives a node a title of its own; an empty one takes it away. The id never changes. */
export function renameNode(design: Design, nodeId: string, title: string): Design {
  const node = findNode(design, nodeId);
  if (node === undefined) return design;
  const { title: _, ...rest } = node;
  const text = title.trim().slice(0, LIMITS.label);
  return replaceNode(design, node, text === '' ? rest : { ...rest, title: text });
}

/** Lets light pass a node unchanged, or not. Whether that is possible: `canBypass`. */
export function bypass(design: Design, nodeId: string, bypassed: boolean): Design {
  const node = findNode(design, nodeId);
  if (node === undefined || (node.bypassed === true) === bypassed) return design;
  const { bypassed: _, ...rest } = node;
  return replaceNode(design, node, bypassed ? { ...rest, bypassed: true } : rest);
}

export interface AddedNodes {
  readonly design: Design;
  readonly nodeIds: readonly string[];
}

/** Copies nodes with the wires between them, what is learned of them and what they follow. */
export function duplicate(
  design: Design,
  ids: readonly string[],
  offset: Position = { x: 40, y: 40 },
): AddedNodes {
  const chosen = new Set(ids);
  return insertNodes(
    design,
    {
      nodes: design.nodes.filter((node) => chosen.has(node.id)),
      edges: design.edges,
      learn: design.learn,
      ...(design.priors === undefined ? {} : { priors: design.priors }),
      links: design.links ?? {},
    },
    offset,
  );
}

/**
 * Adds foreign nodes under free ids; wires and learned paths follow where both ends come along. Expressions name the
 * new nodes where these came along, else what they named before.
 */
export function insertNodes(
  design: Design,
  part: Pick<Design, 'nodes' | 'edges' | 'learn' | 'priors' | 'links'>,
  offset: Position,
): AddedNodes & { readonly renamed: ReadonlyMap<string, string> } {
  const taken = nodeIds(design);
  const renamed = new Map<string, string>();
  const nodes: DesignNode[] = [];
  for (const node of part.nodes) {
    if (renamed.has(node.id)) continue;
    const id = freshId(node.id, taken);
    taken.add(id);
    renamed.set(node.id, id);
    const position = { x: node.position.x + offset.x, y: node.position.y + offset.y };
    nodes.push({ ...node, id, position });
  }
  const edges = new Map<string, DesignEdge>();
  for (const { from, to } of part.edges) {
    const [source, sink] = [renamed.get(from.node), renamed.get(to.node)];
    if (source === undefined || sink === undefined) continue;
    const ends = { from: { node: source, port: from.port }, to: { node: sink, port: to.port } };
    // One wire per input: a later one wins, as when drawing.
    edges.set(`${sink}.${to.port}`, { id: edgeId(ends.from, ends.to), ...ends });
  }
  const follow = (path: string): readonly string[] => {
    const end = path.indexOf('.');
    const id = renamed.get(path.slice(0, end));
    return id === undefined ? [] : [id + path.slice(end)];
  };
  const known = renamedPriors(part, follow);
  const next = {
    ...withPriors(design, { ...design.priors, ...known }),
    nodes: [...design.nodes, ...nodes],
    edges: [...design.edges, ...edges.values()],
    learn: [...design.learn, ...part.learn.flatMap(follow)],
  };
  const linked = withLinks(next, { ...design.links, ...movedLinks(part.links, follow) });
  return { design: linked, nodeIds: nodes.map((node) => node.id), renamed };
}

export function setGrid(design: Design, grid: Partial<SimulationGrid>): Design {
  return { ...design, grid: { ...design.grid, ...grid } };
}

/** Does what a problem's fix says, to the grid and to the node that has the problem. */
export function applyFix(design: Design, registry: Registry, fix: Fix, nodeId: string | null): Design {
  const gridded = fix.grid === undefined ? design : setGrid(design, fix.grid);
  if (nodeId === null) return gridded;
  const values = Object.entries(fix.params ?? {}).map(
    ([name, value]) => [`${nodeId}.${name}`, value] as const,
  );
  return setAll(gridded, registry, Object.fromEntries(values));
}

/** Title, description (empty takes it away) and seed of the document. */
export function setDetails(
  design: Design,
  details: { readonly title?: string; readonly description?: string; readonly seed?: number },
): Design {
  const { description: old, ...rest } = design;
  const description = details.description ?? old ?? '';
  return {
    ...rest,
    title: (details.title ?? design.title).slice(0, LIMITS.label),
    seed: details.seed ?? design.seed,
    ...(description === '' ? {} : { description: description.slice(0, LIMITS.description) }),
  };
}

/** Adds an image under an id made from its name. */
export function addImage(
  design: Design,
  image: DesignImage,
): { readonly design: Design; readonly imageId: string } {
  const stem = image.name.replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9_-]+/g, '-');
  const taken = { has: (id: string) => own(design.images, id) !== undefined };
  const imageId = freshId(/^[A-Za-z]/.test(stem) ? stem : `image-${stem}`, taken);
  return { design: { ...design, images: { ...design.images, [imageId]: image } }, imageId };
}

export function replaceImage(design: Design, imageId: string, image: DesignImage): Design {
  return { ...design, images: { ...design.images, [imageId]: image } };
}

/** Removes an image and every reference to it. */
export function removeImage(design: Design, registry: Registry, imageId: string): Design {
  const { [imageId]: _, ...images } = design.images;
  const nodes = design.nodes.map((node) => {
    const specs = registry.get(node.type)?.params ?? {};
    const params = Object.fromEntries(
      Object.entries(node.params).filter(
        ([name, value]) => value !== imageId || !namesImage(own(specs, name)),
      ),
    );
    return Object.keys(params).length === Object.keys(node.params).length ? node : { ...node, params };
  });
  return { ...design, nodes, images };
}
