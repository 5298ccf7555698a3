import { useRef } from 'react';
import { focusGraph } from '../graph/focus.ts';

export interface ReturningFocus {
  readonly onOpenAutoFocus: (event: Event) => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

/**
 * For dialogs that open by a key: the focus goes back to where it was, or to the graph when that is gone. What bears
 * `data-first` has it first, where the dialog has such a thing.
 * @param then called afterwards
 */
export function useReturningFocus(then?: () => void): ReturningFocus {
  const opener = useRef<Element | null>(null);
  return {
    onOpenAutoFocus(event) {
      opener.current = document.activeElement;
      const first = event.target instanceof Element ? event.target.querySelector('[data-first]') : null;
      if (!(first instanceof HTMLElement)) return;
      event.preventDefault();
      first.focus();
    },
    onCloseAutoFocus(event) {
      event.preventDefault();
      const { current } = opener;
      const canTakeIt = current instanceof HTMLElement && current.isConnected && current !== document.body;
      if (canTakeIt) current.focus({ preventScroll: true });
      if (!canTakeIt || document.activeElement !== current) focusGraph();
      then?.();
    },
  };
}
