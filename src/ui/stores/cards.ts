/** Where the cards are and how large, as the page shows them; a new card is measured one frame after it was added. */
import type { NodeSize } from '../../graph/layout.ts';
import { documentStore } from './app.ts';
import { type Area, CARD_SIZE } from './places.ts';

export function cardSizes(): ReadonlyMap<string, NodeSize> {
  const sizes = new Map<string, NodeSize>();
  for (const card of document.querySelectorAll<HTMLElement>('.react-flow__node')) {
    const id = card.dataset['id'];
    if (id !== undefined && card.offsetWidth > 0)
      sizes.set(id, { width: card.offsetWidth, height: card.offsetHeight });
  }
  return sizes;
}

/** The areas of all cards in graph coordinates, the newest last. */
export function cardAreas(): Area[] {
  const sizes = cardSizes();
  const { nodes } = documentStore.getState().design;
  return nodes.map(({ id, position }) => ({ ...position, ...(sizes.get(id) ?? CARD_SIZE) }));
}

export function cardArea(nodeId: string): Area | null {
  const index = documentStore.getState().design.nodes.findIndex(({ id }) => id === nodeId);
  return cardAreas()[index] ?? null;
}
