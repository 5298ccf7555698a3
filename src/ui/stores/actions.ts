/** What a user can do to the document, for buttons, keys and commands alike. React-free. */
import { canConnect } from '../../graph/connect.ts';
import type { Design, Issue, ParamData, Prior } from '../../graph/document.ts';
import {
  applyFix,
  bypass,
  connect,
  disconnect,
  duplicate,
  insertNodes,
  moveNodes,
  type Position,
  removeNodes,
  renameNode,
  resetParam,
  setDetails,
  setGrid,
  toggleLearn,
} from '../../graph/edit.ts';
import { checkLearnPath } from '../../graph/learnables.ts';
import { parseDesign } from '../../graph/parse.ts';
import { describePath, getAt, setAt } from '../../graph/paths.ts';
import { setPrior } from '../../graph/priors.ts';
import { nodeName } from '../../graph/registry.ts';
import { serializeDesign } from '../../graph/serialize.ts';
import { toggleCell } from '../../graph/tableEdits.ts';
import { canBypass, type PortRef } from '../../graph/topology.ts';
import { documentStore, registry } from './app.ts';
import { cardSizes } from './cards.ts';
import { snapped, tidyPlaces } from './places.ts';
import { selectionStore } from './selectionStore.ts';
import { announce, toast } from './uiStore.ts';

const current = (): Design => documentStore.getState().design;
const apply = (label: string, change: (design: Design) => Design, gesture?: string): void =>
  documentStore.getState().apply(label, change, gesture);

/** The name of a node of the open document. */
export function titleOf(nodeId: string): string {
  return nodeName(current(), registry, nodeId);
}

/** Draws a wire, in place of `replaced` when an existing one is moved. False with a message when refused. */
export function connectPorts(from: PortRef, to: PortRef, replaced?: string): boolean {
  const wire = { from: { node: from.node, port: from.port }, to: { node: to.node, port: to.port } };
  const base = replaced === undefined ? current() : disconnect(current(), replaced);
  const refusal = canConnect(base, registry, wire);
  if (!refusal.ok) {
    toast([refusal.reason, refusal.fix].filter((part) => part !== undefined).join(' '), 'error');
    return false;
  }
  apply('Connect', (design) =>
    connect(replaced === undefined ? design : disconnect(design, replaced), registry, wire),
  );
  return true;
}

export function disconnectEdges(edgeIds: readonly string[]): void {
  if (edgeIds.length === 0) return;
  apply('Remove wire', (design) => edgeIds.reduce((next, id) => disconnect(next, id), design));
}

export function moveNodesTo(moved: readonly { readonly id: string; readonly position: Position }[]): void {
  const positions = new Map(moved.map(({ id, position }) => [id, position]));
  const changed = current().nodes.some(({ id, position }) => {
    const to = positions.get(id);
    return to !== undefined && (to.x !== position.x || to.y !== position.y);
  });
  if (changed)
    apply('Move', (design) => moveNodes(design, positions), `move:${[...positions.keys()].join()}`);
}

/** Arranges all nodes from left to right, with the sizes they have on screen. */
export function tidyLayout(): void {
  const sizes = cardSizes();
  apply('Tidy the layout', (design) => moveNodes(design, tidyPlaces(design, sizes)));
}

/** Deletes what is selected; with `heal`, light goes on past the deleted nodes. */
export function deleteSelection(heal = false): void {
  const { nodeIds, edgeIds } = selectionStore.getState();
  if (nodeIds.length === 0 && edgeIds.length === 0) return;
  apply(nodeIds.length === 0 ? 'Remove wire' : 'Delete', (design) => {
    const unwired = edgeIds.reduce((next, id) => disconnect(next, id), design);
    return nodeIds.length === 0 ? unwired : removeNodes(unwired, registry, nodeIds, { heal });
  });
  selectionStore.getState().clear();
  announce(nodeIds.length === 0 ? 'The wire was removed.' : `${nodeIds.length} deleted.`);
}

export function selectAll(): void {
  selectionStore.getState().select(current().nodes.map((node) => node.id));
}

export function duplicateSelection(): void {
  const { nodeIds } = selectionStore.getState();
  if (nodeIds.length === 0) return;
  let added: readonly string[] = [];
  apply('Duplicate', (design) => {
    const result = duplicate(design, nodeIds, { x: 48, y: 48 });
    added = result.nodeIds;
    return result.design;
  });
  selectionStore.getState().select(added);
}

/** The selected nodes as the text of a design of their own; null when nothing is selected. */
export function selectionAsText(): string | null {
  const { nodeIds } = selectionStore.getState();
  if (nodeIds.length === 0) return null;
  const others = current()
    .nodes.map((node) => node.id)
    .filter((id) => !nodeIds.includes(id));
  return serializeDesign({ ...removeNodes(current(), registry, others), images: {} });
}

/** Inserts nodes from clipboard text at a place. True when the text held a design. */
export function pasteText(text: string, at: Position): boolean {
  if (!text.includes('"luminode"')) return false;
  const parsed = parseDesign(text, registry);
  if (!parsed.ok) {
    toast(parsed.issues[0]?.message ?? 'The clipboard holds no design.', 'error');
    return true;
  }
  const { nodes } = parsed.design;
  if (nodes.length === 0) return true;
  const left = Math.min(...nodes.map((node) => node.position.x));
  const top = Math.min(...nodes.map((node) => node.position.y));
  let added: readonly string[] = [];
  apply('Paste', (design) => {
    const offset = snapped({ x: at.x - left, y: at.y - top });
    const result = insertNodes(design, parsed.design, offset);
    added = result.nodeIds;
    return result.design;
  });
  selectionStore.getState().select(added);
  return true;
}

/** Bypasses the nodes, or takes the bypass back when all of them are bypassed. */
export function toggleBypass(nodeIds: readonly string[]): void {
  const nodes = current().nodes.filter((node) => nodeIds.includes(node.id));
  const able = nodes.filter((node) => {
    const element = registry.get(node.type);
    return element !== undefined && canBypass(element);
  });
  if (able.length === 0) {
    if (nodes.length > 0) toast('This element makes, ends or transforms light, so it cannot be bypassed.');
    return;
  }
  const on = able.some((node) => node.bypassed !== true);
  apply(on ? 'Bypass' : 'Use again', (design) => able.reduce((next, { id }) => bypass(next, id, on), design));
}

export function rename(nodeId: string, title: string): void {
  const trimmed = title.trim();
  const standard = registry.get(current().nodes.find((node) => node.id === nodeId)?.type ?? '')?.title;
  if (trimmed === titleOf(nodeId)) return;
  apply('Rename', (design) => renameNode(design, nodeId, trimmed === standard ? '' : trimmed));
}

/** Sets the value at a path. Unfinished changes (`final` false) join one undo entry per path. */
export function setValue(path: string, value: ParamData, final = true): void {
  if (getAt(current(), registry, path) === value) {
    if (final) documentStore.getState().settle();
    return;
  }
  apply('Change value', (design) => setAt(design, registry, path, value), `value:${path}`);
  if (final) documentStore.getState().settle();
}

export function settle(): void {
  documentStore.getState().settle();
}

export function resetValue(nodeId: string, param: string): void {
  apply('Reset value', (design) => resetParam(design, nodeId, param));
}

/** Lets the fit change a value, or not; says why when it cannot. */
export function toggleLearnPath(path: string): void {
  if (!current().learn.includes(path)) {
    const check = checkLearnPath(current(), registry, path);
    if (!check.ok) {
      toast(check.reason, 'error');
      return;
    }
  }
  const target = describePath(current(), registry, path);
  apply('Learn', (design) => {
    if (!target.ok || target.cell === null) return toggleLearn(design, path);
    const { row, column } = target.cell;
    return toggleCell(design, registry, `${target.node.id}.${target.param}`, row, column);
  });
  announce(
    current().learn.includes(path) ? 'The fit may change this value.' : 'The fit leaves this value alone.',
  );
}

/** What is known of a learned value before a fit; null for nothing. One step that can be undone. */
export function changePrior(path: string, prior: Prior | null): void {
  apply('Change what is known', (design) => setPrior(design, path, prior));
  settle();
  announce(
    prior === null ? 'Nothing is known of this value before the fit.' : 'The fit goes by what is known, too.',
  );
}

export function changeDetails(details: Parameters<typeof setDetails>[1]): void {
  apply('Change document', (design) => setDetails(design, details));
}

/** One step that can be undone. */
export function fixIssue({ apply: fix, nodeId }: Pick<Issue, 'apply' | 'nodeId'>): void {
  if (fix === undefined) return;
  apply(fix.title, (design) => applyFix(design, registry, fix, nodeId));
  settle();
  announce(`Done: ${fix.title}.`);
}

export function changeGrid(grid: Partial<Design['grid']>, final = true): void {
  apply('Change grid', (design) => setGrid(design, grid), 'grid');
  if (final) settle();
}
