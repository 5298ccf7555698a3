/**
 * Moves of a pointer as soon as the browser knows of them. `pointermove` waits for the next frame of the page, by which
 * the engine would begin half a frame later on average. Browsers without `pointerrawupdate` go on with `pointermove`.
 */

/** A mouse may tell of a thousand places per second; frames are twice as far apart as this (ms). */
const INTERVAL = 8;

/** Calls back while a drag lasts; returns the way to stop. The last place comes with `pointermove`, as ever. */
export function earlyMoves(target: HTMLElement, onMove: (event: PointerEvent) => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  const listener = (event: Event): void => {
    if (!(event instanceof PointerEvent) || event.timeStamp - last < INTERVAL) return;
    last = event.timeStamp;
    onMove(event);
  };
  target.addEventListener('pointerrawupdate', listener);
  return () => target.removeEventListener('pointerrawupdate', listener);
}
