/** The keyboard focus on the canvas: what keys act on, and where the focus goes when what had it is gone. */
import { selectionStore } from '../stores/selectionStore.ts';

const CARD = '.react-flow__node';
const WIRE = '.react-flow__edge';

function canvas(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-graph]');
}

function cardOf(nodeId: string): HTMLElement | null {
  return canvas()?.querySelector<HTMLElement>(`${CARD}[data-id="${CSS.escape(nodeId)}"]`) ?? null;
}

/**
 * Selects the card or wire that has the focus, so that keys act on what the ring shows. A click decided the
 * selection itself (with Ctrl it takes its card out of it), so focus that came from the pointer changes nothing,
 * except where nothing is selected.
 */
export function selectFocused(): void {
  const focused = document.activeElement;
  const holder = focused?.closest<HTMLElement | SVGElement>(`${CARD}, ${WIRE}`);
  const id = holder?.dataset['id'];
  if (focused === null || holder === null || holder === undefined || id === undefined) return;
  const { nodeIds, edgeIds, select } = selectionStore.getState();
  if (nodeIds.includes(id) || edgeIds.includes(id)) return;
  const isEmpty = nodeIds.length === 0 && edgeIds.length === 0;
  if (focused === holder && !holder.matches(':focus-visible') && !isEmpty) return;
  if (holder.matches(WIRE)) select([], [id]);
  else select([id]);
}

/** Gives the focus to the selected card, else the first one, else the canvas. */
export function focusGraph(): void {
  const card =
    canvas()?.querySelector<HTMLElement>(`${CARD}.selected`) ?? canvas()?.querySelector<HTMLElement>(CARD);
  (card ?? canvas())?.focus({ preventScroll: true });
}

function hasNoFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** Catches the focus that fell to the page when what had it went away: keys then still act on the graph. */
export function keepFocus(): void {
  if (hasNoFocus()) canvas()?.focus({ preventScroll: true });
}

const TRY_MILLISECONDS = 20;
const TRIES = 25;

/** Gives the focus to a card as soon as it is drawn, unless the user moved it elsewhere meanwhile. */
export function focusCard(nodeId: string): void {
  const from = document.activeElement;
  let tries = TRIES;
  const attempt = (): void => {
    const now = document.activeElement;
    const movedOn = now !== from && !hasNoFocus() && now !== canvas();
    if (movedOn || tries === 0) return;
    tries -= 1;
    const card = cardOf(nodeId);
    card?.focus({ preventScroll: true });
    // A new card is hidden, and takes no focus, until it is measured.
    if (card === null || document.activeElement !== card) setTimeout(attempt, TRY_MILLISECONDS);
  };
  setTimeout(attempt, 0);
}

/** Where the focus goes from a field that was left by Escape: its card if that is in sight, else the canvas. */
export function leaveField(field: HTMLElement): void {
  field.blur();
  const frame = canvas();
  const card =
    field.closest<HTMLElement>(CARD) ?? frame?.querySelector<HTMLElement>(`${CARD}.selected`) ?? null;
  if (card === null || frame === null) {
    frame?.focus({ preventScroll: true });
    return;
  }
  const [inner, outer] = [card.getBoundingClientRect(), frame.getBoundingClientRect()];
  // React Flow moves the canvas to a card that gets the focus out of sight; that would be a surprise here.
  const isSeen =
    inner.right > outer.left &&
    inner.left < outer.right &&
    inner.bottom > outer.top &&
    inner.top < outer.bottom;
  (isSeen ? card : frame).focus({ preventScroll: true });
}
