/** Adding elements: where the new card stands and what it is wired to, in one undo entry. React-free. */
import { canConnect } from '../../graph/connect.ts';
import type { Design } from '../../graph/document.ts';
import { addNode, connect, moveNodes, type Position } from '../../graph/edit.ts';
import { fitToGrid, joinNode, spliceNode } from '../../graph/insertion.ts';
import { titleOf } from './actions.ts';
import { documentStore, registry } from './app.ts';
import { cardArea, cardAreas } from './cards.ts';
import { type Area, CARD_SIZE, freePlaceAmong, placeBeside, roomInWire, snapped } from './places.ts';
import { selectionStore } from './selectionStore.ts';
import { announce, type PortAddress } from './uiStore.ts';

const current = (): Design => documentStore.getState().design;

/** Adds a node, gives it to `finish`, which wires it, fits it to its light, and selects it. */
function add(type: string, position: Position, finish: (design: Design, nodeId: string) => Design): string {
  let added = '';
  documentStore.getState().apply(`Add ${registry.get(type)?.title ?? type}`, (design) => {
    const { design: next, nodeId } = addNode(design, registry, type, snapped(position));
    added = nodeId;
    return fitToGrid(finish(next, nodeId), registry, nodeId);
  });
  selectionStore.getState().select([added]);
  const partners = current().edges.flatMap(({ from, to }) =>
    from.node === added ? [titleOf(to.node)] : to.node === added ? [titleOf(from.node)] : [],
  );
  const wired = partners.length === 0 ? '' : ` and wired to ${partners.join(' and ')}`;
  announce(`${titleOf(added)} was added${wired}.`);
  return added;
}

/** Adds an element and selects it. With `from`, it is wired to that port as well. */
export function addElement(type: string, position: Position, from: PortAddress | null = null): string {
  return add(type, position, (design, nodeId) =>
    from === null ? design : wiredTo(design, nodeId, type, from),
  );
}

/** Wires a new node to the port a wire was dropped from, at the first of its ports that fits. */
function wiredTo(design: Design, nodeId: string, type: string, from: PortAddress): Design {
  const element = registry.get(type);
  const ports = Object.keys((from.side === 'output' ? element?.inputs : element?.outputs) ?? {});
  for (const port of ports) {
    const mine = { node: nodeId, port };
    const wire = from.side === 'output' ? { from, to: mine } : { from: mine, to: from };
    if (canConnect(design, registry, wire).ok) return connect(design, registry, wire);
  }
  return design;
}

/** The only selected node, or the only selected wire. */
function anchors(): { readonly nodeId: string | null; readonly edgeId: string | null } {
  const { nodeIds, edgeIds } = selectionStore.getState();
  const [nodeId = null] = nodeIds.length === 1 ? nodeIds : [];
  const [edgeId = null] = nodeIds.length === 0 && edgeIds.length === 1 ? edgeIds : [];
  return { nodeId, edgeId };
}

/** Leads a wire through a new card between its ends; the cards behind make room. Null when light cannot pass it. */
function insertIntoWire(type: string, edgeId: string): string | null {
  const design = current();
  const edge = design.edges.find(({ id }) => id === edgeId);
  const from = cardArea(edge?.from.node ?? '');
  const to = cardArea(edge?.to.node ?? '');
  const trial = addNode(design, registry, type, { x: 0, y: 0 });
  if (from === null || to === null || spliceNode(trial.design, registry, edgeId, trial.nodeId) === null)
    return null;
  const { place, shift } = roomInWire(from, to, cardAreas());
  return add(type, place, (next, nodeId) => {
    const spliced = spliceNode(next, registry, edgeId, nodeId) ?? next;
    if (shift === 0) return spliced;
    const moved = design.nodes.filter(({ position }) => position.x >= to.x);
    return moveNodes(
      spliced,
      new Map(moved.map(({ id, position }) => [id, { x: position.x + shift, y: position.y }])),
    );
  });
}

/**
 * Leads the only wire that leaves a card through a new card. Null where several leave or none, and where its light
 * cannot pass the new card: that one then stands beside the chain.
 */
function insertBehindNode(type: string, anchor: string): string | null {
  const [wire, ...others] = current().edges.filter(({ from }) => from.node === anchor);
  return wire === undefined || others.length > 0 ? null : insertIntoWire(type, wire.id);
}

/** Adds a card beside the selected one and wires the two. */
function insertBesideNode(type: string, anchor: string, dropped: Position | null): string | null {
  const area = cardArea(anchor);
  const trial = addNode(current(), registry, type, { x: 0, y: 0 });
  if (area === null) return null;
  const { side } = joinNode(trial.design, registry, anchor, trial.nodeId);
  const place = dropped ?? placeBeside(area, side === 'before' ? 'left' : 'right', cardAreas());
  return add(type, place, (next, nodeId) => joinNode(next, registry, anchor, nodeId).design);
}

/**
 * Adds an element: into the selected wire, behind the selected card (in its chain where light passes the element,
 * else beside it) and wired to it, else near the wanted place.
 * @param sight the part of the graph on screen, where there should be room
 */
export function insertNear(type: string, wanted: Position, sight: Area | null): string {
  const { nodeId, edgeId } = anchors();
  const added =
    edgeId !== null
      ? insertIntoWire(type, edgeId)
      : nodeId !== null
        ? (insertBehindNode(type, nodeId) ?? insertBesideNode(type, nodeId, null))
        : null;
  return added ?? addElement(type, freePlaceAmong(wanted, cardAreas(), sight));
}

/** Adds an element that was dropped: into the wire under it, else there, wired to the selected card if one is. */
export function insertDropped(type: string, wanted: Position, wireUnder: string | null): string {
  const { nodeId } = anchors();
  const place = freePlaceAmong(wanted, cardAreas(), null, CARD_SIZE);
  const added =
    (wireUnder === null ? null : insertIntoWire(type, wireUnder)) ??
    (nodeId === null ? null : insertBesideNode(type, nodeId, place));
  return added ?? addElement(type, place);
}
