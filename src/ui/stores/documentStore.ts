/**
 * The open document with undo and redo. React-free. Every change goes through `apply`; changes that share a
 * `gesture` (a scrub, a series of arrow keys) become one undo entry until `settle`.
 */
import { createStore } from 'zustand/vanilla';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { relinked } from '../../graph/expressions/links.ts';
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
import type { FitRecord } from './fitRecord.ts';

export type SaveState = 'saved' | 'pending' | 'saving' | 'failed';

export interface OpenOptions {
  readonly id?: string;
  readonly preserved?: Preserved | undefined;
  readonly fit?: FitRecord | null;
}

export interface DocumentState {
  /** Identity for automatic saving. */
  readonly id: string;
  readonly design: Design;
  /** Entries of the file that this version does not understand and writes back. */
  readonly preserved: Preserved | undefined;
  /** The last fit; it stays when values change, and says by its key whether it still belongs to them. */
  readonly fit: FitRecord | null;
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
  readonly open: (design: Design, options?: OpenOptions) => void;
  /** Title of the document that was open before this one; null when there was none. */
  readonly previousTitle: string | null;
  /** Opens the document before again, with its history; a second call returns to this one. */
  readonly goBack: () => void;
  readonly keepFit: (fit: FitRecord) => void;
}

export function newDocumentId(): string {
  return `doc-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}

/** A document that was left, with all that is needed to go on with it. */
interface LeftDocument {
  readonly id: string;
  readonly history: History;
  readonly preserved: Preserved | undefined;
  readonly fit: FitRecord | null;
}

export function createDocumentStore(initial: Design) {
  let history: History = createHistory(initial);
  /** The document before the open one. An empty one that nobody worked on is not kept. */
  let left: LeftDocument | null = null;

  return createStore<DocumentState>()((set, get) => {
    const leave = (): LeftDocument | null => {
      const { id, preserved, fit, design, undoLabel: label } = get();
      return design.nodes.length === 0 && label === null ? null : { id, history, preserved, fit };
    };
    const enter = ({ id, history: entered, preserved, fit }: LeftDocument): void => {
      const leaving = leave();
      history = seal(entered);
      left = leaving;
      set((state) => ({
        id,
        design: entered.present,
        preserved,
        fit,
        revision: state.revision + 1,
        epoch: state.epoch + 1,
        undoLabel: undoLabel(entered),
        redoLabel: redoLabel(entered),
        previousTitle: leaving?.history.present.title ?? null,
      }));
    };
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
      fit: null,
      previousTitle: null,
      revision: 0,
      epoch: 0,
      saved: 'saved',
      undoLabel: null,
      redoLabel: null,
      apply: (label, change, gesture) =>
        become(push(history, relinked(change(history.present), registry), label, gesture ?? null)),
      settle: () => become(seal(history)),
      undo: () => become(undo(history)),
      redo: () => become(redo(history)),
      open(design, options = {}) {
        const { id = newDocumentId(), preserved, fit = null } = options;
        enter({ id, history: createHistory(design), preserved, fit });
      },
      goBack() {
        if (left !== null) enter(left);
      },
      keepFit: (fit) => set({ fit }),
    };
  });
}

export type DocumentStore = ReturnType<typeof createDocumentStore>;
