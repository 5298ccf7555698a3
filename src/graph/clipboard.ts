/** Copy and paste as text, so that parts of a design travel between tabs, windows and people. */
import type { Design, DesignImage, Issue } from './document.ts';
import { type AddedNodes, addImage, insertNodes, type Position } from './edit.ts';
import { linksWithin, withLinks } from './expressions/rewrite.ts';
import { isObject } from './json.ts';
import { LIMITS } from './limits.ts';
import { parseDesign, readJson } from './parse.ts';
import { renamedPriors, withPriors } from './priors.ts';
import { createIssue, namesImage, own, type Registry } from './registry.ts';
import { serializeDesign } from './serialize.ts';

export const CLIPBOARD_SCHEMA = 'luminode/clipboard';

/** Nodes, the wires between them, what is learned of them and the images they use, as text. */
export function copyNodes(design: Design, registry: Registry, ids: readonly string[]): string {
  const chosen = new Set(ids);
  const nodes = design.nodes.filter((node) => chosen.has(node.id));
  const used = new Set<string>();
  for (const node of nodes) {
    const specs = registry.get(node.type)?.params ?? {};
    for (const [name, value] of Object.entries(node.params))
      if (namesImage(own(specs, name)) && typeof value === 'string') used.add(value);
  }
  const isChosen = (path: string): boolean => chosen.has(path.split('.')[0] ?? '');
  const chosenPart: Design = {
    ...withPriors(
      design,
      renamedPriors(design, (path) => (isChosen(path) ? [path] : [])),
    ),
    nodes,
    edges: design.edges.filter((edge) => chosen.has(edge.from.node) && chosen.has(edge.to.node)),
    learn: design.learn.filter(isChosen),
    images: Object.fromEntries(Object.entries(design.images).filter(([id]) => used.has(id))),
  };
  const links = Object.entries(design.links ?? {}).filter(([path]) => chosen.has(path.split('.')[0] ?? ''));
  const part = withLinks(chosenPart, Object.fromEntries(links));
  const document = JSON.parse(serializeDesign(part)) as object;
  return JSON.stringify({ schema: CLIPBOARD_SCHEMA, ...document });
}

export type PasteResult =
  | ({ readonly ok: true; readonly issues: readonly Issue[] } & AddedNodes)
  | { readonly ok: false; readonly reason: string };

/** Whether text looks like copied nodes or a design: cheap, for deciding what a paste is. */
export function isClipboardText(text: string): boolean {
  return /^\s*\{[^{]{0,200}"(?:luminode\/clipboard|luminode)"/.test(text.slice(0, 400));
}

/**
 * Adds copied nodes (or all nodes of a whole design) under new ids. Nothing but what the parser accepts gets in;
 * images that are already there are shared.
 */
export function pasteText(design: Design, registry: Registry, text: string, offset: Position): PasteResult {
  const read = readJson(text);
  if (!read.ok) {
    const [issue] = read.issues;
    const foreign = issue === undefined || ['notJson', 'empty', 'cutOff'].includes(issue.code);
    return {
      ok: false,
      reason: foreign ? 'The clipboard does not hold nodes copied from Luminode.' : issue.message,
    };
  }
  if (!isObject(read.value) || own(read.value, 'format') !== 'luminode')
    return { ok: false, reason: 'The clipboard does not hold nodes copied from Luminode.' };
  const { schema: _, ...document } = read.value;
  const parsed = parseDesign(document, registry);
  if (!parsed.ok)
    return { ok: false, reason: parsed.issues[0]?.message ?? 'The clipboard could not be read.' };
  const part = parsed.design;
  if (part.nodes.length === 0) return { ok: false, reason: 'There are no nodes to paste.' };
  if (design.nodes.length + part.nodes.length > LIMITS.nodes)
    return { ok: false, reason: `The design would have more than ${LIMITS.nodes} nodes.` };
  const came = new Set(part.nodes.map(({ id }) => id));
  const links = linksWithin(part.links, (id) => came.has(id));
  const inserted = insertNodes(design, { ...part, links }, offset);
  const { design: merged, imageIds } = mergeImages(inserted.design, part.images, inserted.renamed);
  const added = new Set(inserted.nodeIds);
  const nodes = merged.nodes.map((node) => {
    const specs = registry.get(node.type)?.params ?? {};
    if (!added.has(node.id)) return node;
    const params = Object.entries(node.params).map(([name, value]) => {
      const refers = namesImage(own(specs, name)) && typeof value === 'string';
      return [name, refers ? (imageIds.get(value) ?? value) : value] as const;
    });
    return { ...node, params: Object.fromEntries(params) };
  });
  const { nodeIds } = inserted;
  const issues = [...parsed.issues, ...leftLinks(part.links, links)];
  return { ok: true, design: { ...merged, nodes }, nodeIds, issues };
}

/** Values that followed nodes which did not come along keep what they were. */
function leftLinks(links: Design['links'], kept: NonNullable<Design['links']>): Issue[] {
  const left = Object.entries(links ?? {}).filter(([path]) => own(kept, path) === undefined);
  return left.map(([path, text]) => {
    const message = `${path} followed ${text}, which did not come along: it keeps its value.`;
    return createIssue('info', 'link', message, 'Link it again where it should follow.');
  });
}

/** Adds images that the design does not have yet; simulated ones follow the nodes they were copied with. */
function mergeImages(
  design: Design,
  images: Design['images'],
  renamed: ReadonlyMap<string, string>,
): { readonly design: Design; readonly imageIds: ReadonlyMap<string, string> } {
  let current = design;
  const imageIds = new Map<string, string>();
  for (const [id, image] of Object.entries(images)) {
    const moved = followNodes(image, renamed);
    const present = own(current.images, id);
    if (present !== undefined && JSON.stringify(present) === JSON.stringify(moved)) {
      imageIds.set(id, id);
      continue;
    }
    const added = addImage(current, moved);
    current = added.design;
    imageIds.set(id, added.imageId);
  }
  return { design: current, imageIds };
}

function followNodes(image: DesignImage, renamed: ReadonlyMap<string, string>): DesignImage {
  if (image.kind === 'measured') return image;
  const truth = Object.entries(image.truth).map(([path, value]) => {
    const end = path.indexOf('.');
    return [(renamed.get(path.slice(0, end)) ?? path.slice(0, end)) + path.slice(end), value] as const;
  });
  return { ...image, camera: renamed.get(image.camera) ?? image.camera, truth: Object.fromEntries(truth) };
}
