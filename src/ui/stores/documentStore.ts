/**
 * The open document with undo and redo. React-free. Every change goes through `apply`; changes that share a
 * `gesture` (a scrub, a series of arrow keys) become one undo entry until `settle`.
 */
import { createStore } from 'zustand/vanilla';
import type { Design } from '../../graph/document.ts';
import {
  createHistory,
  type History,
  push,
  redo,
  redoLabel,
  seal,
  undo,
  undoLabel,
} from '../../graph/history.ts';
import type { Preserved } from '../../graph/parsed.ts';

export type SaveState = 'saved' | 'pending' | 'saving' | 'failed';

export interface DocumentState {
  /** Identity for automatic saving. */
  readonly id: string;
  readonly design: Design;
  /** Entries of the file that this version does not understand and writes back. */
  readonly preserved: Preserved | undefined;
  /** Grows with every change and never goes back, also over documents. */
  readonly revision: number;
  /** Grows when another document is opened. */
  readonly epoch: number;
  readonly saved: SaveState;
  /** What undo and redo would take back or repeat; null when there is nothing. */
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
  readonly apply: (label: string, change: (design: Design) => Design, gesture?: string) => void;
  /** Ends the gesture: the next change is an undo entry of its own. */
  readonly settle: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly open: (design: Design, options?: { readonly id?: string; readonly preserved?: Preserved }) => void;
}

export function newDocumentId(): string {
  return `doc-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}

export function createDocumentStore(initial: Design) {
  let history: History = createHistory(initial);

  return createStore<DocumentState>()((set) => {
    const become = (next: History): void => {
      const changed = next.present !== history.present;
      history = next;
      if (!changed) return;
      set((state) => ({
        design: next.present,
        revision: state.revision + 1,
        undoLabel: undoLabel(next),
        redoLabel: redoLabel(next),
      }));
    };
    return {
      id: newDocumentId(),
      design: initial,
      preserved: undefined,
      revision: 0,
      epoch: 0,
      saved: 'saved',
      undoLabel: null,
      redoLabel: null,
      apply: (label, change, gesture) =>
        become(push(history, change(history.present), label, gesture ?? null)),
      settle: () => become(seal(history)),
      undo: () => become(undo(history)),
      redo: () => become(redo(history)),
      open(design, options = {}) {
        history = createHistory(design);
        set((state) => ({
          id: options.id ?? newDocumentId(),
          design,
          preserved: options.preserved,
          revision: state.revision + 1,
          epoch: state.epoch + 1,
          undoLabel: null,
          redoLabel: null,
        }));
      },
    };
  });
}

export type DocumentStore = ReturnType<typeof createDocumentStore>;
