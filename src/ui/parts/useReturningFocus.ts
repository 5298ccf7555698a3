import { useRef } from 'react';
import { focusGraph } from '../graph/focus.ts';

export interface ReturningFocus {
  readonly onOpenAutoFocus: () => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

/**
 * For dialogs that open by a key: the focus goes back to where it was, or to the graph when that is gone.
 * @param then called afterwards
 */
export function useReturningFocus(then?: () => void): ReturningFocus {
  const opener = useRef<Element | null>(null);
  return {
    onOpenAutoFocus() {
      opener.current = document.activeElement;
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
