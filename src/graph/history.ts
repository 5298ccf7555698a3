/**
 * Undo and redo. A history is a value: every function returns a new one, and designs share what did not change,
 * so that hundreds of entries cost little.
 */
import type { Design } from './document.ts';

interface Entry {
  readonly design: Design;
  /** What was done to get from this design to the next one, for the menu: "Undo move". */
  readonly label: string;
}

export interface History {
  readonly past: readonly Entry[];
  readonly present: Design;
  readonly future: readonly Entry[];
  /** Key of the newest entry while further changes may still join it. */
  readonly coalescing: string | null;
  /** Where an open transaction began. */
  readonly transaction: Entry | null;
  /** Most entries kept. */
  readonly limit: number;
}

export function createHistory(design: Design, limit = 300): History {
  return { past: [], present: design, future: [], coalescing: null, transaction: null, limit };
}

/**
 * A new state. Consecutive changes with the same `key` are one entry (a field being scrubbed, a fit running);
 * inside a transaction every change belongs to it. An unchanged design leaves the history as it is.
 */
export function push(history: History, design: Design, label: string, key: string | null = null): History {
  if (design === history.present) return history;
  if (history.transaction !== null) return { ...history, present: design };
  if (key !== null && key === history.coalescing && history.past.length > 0)
    return { ...history, present: design, future: [] };
  return record({ ...history, coalescing: key }, history.present, design, label);
}

function record(history: History, from: Design, to: Design, label: string): History {
  const past = [...history.past, { design: from, label }];
  return { ...history, past: past.slice(Math.max(0, past.length - history.limit)), present: to, future: [] };
}

/** Ends coalescing: the next change starts a new entry even with the same key. */
export function seal(history: History): History {
  return history.coalescing === null ? history : { ...history, coalescing: null };
}

/** Opens a transaction (pointer down, fit started). One already open is ended first. */
export function begin(history: History, label: string): History {
  const ended = end(history);
  return { ...ended, coalescing: null, transaction: { design: ended.present, label } };
}

/** Makes one entry of everything since `begin`; none when nothing changed. */
export function end(history: History): History {
  const { transaction } = history;
  if (transaction === null) return history;
  const closed = { ...history, transaction: null, coalescing: null };
  if (transaction.design === history.present) return closed;
  return record(closed, transaction.design, history.present, transaction.label);
}

/** Takes back everything since `begin` (Esc); what could be redone before can still be redone. */
export function cancel(history: History): History {
  const { transaction } = history;
  return transaction === null
    ? history
    : { ...history, present: transaction.design, transaction: null, coalescing: null };
}

/** One step back; an open transaction is taken back instead if it changed something. */
export function undo(history: History): History {
  const { transaction } = history;
  if (transaction !== null) {
    const cancelled = cancel(history);
    return transaction.design === history.present ? undo(cancelled) : cancelled;
  }
  const entry = history.past.at(-1);
  if (entry === undefined) return seal(history);
  return {
    ...history,
    past: history.past.slice(0, -1),
    present: entry.design,
    future: [...history.future, { design: history.present, label: entry.label }],
    coalescing: null,
  };
}

/** One step forward; does nothing while a transaction is open. */
export function redo(history: History): History {
  const entry = history.future.at(-1);
  if (entry === undefined || history.transaction !== null) return history;
  return {
    ...history,
    past: [...history.past, { design: history.present, label: entry.label }],
    present: entry.design,
    future: history.future.slice(0, -1),
    coalescing: null,
  };
}

/** Label of what `undo` would take back, or null. */
export function undoLabel(history: History): string | null {
  const { transaction } = history;
  if (transaction !== null && transaction.design !== history.present) return transaction.label;
  return history.past.at(-1)?.label ?? null;
}

/** Label of what `redo` would do again, or null. */
export function redoLabel(history: History): string | null {
  return history.transaction === null ? (history.future.at(-1)?.label ?? null) : null;
}
