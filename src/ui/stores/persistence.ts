/**
 * Keeps the open document in IndexedDB, so that a closed tab or a crash loses at most the last 300 ms of work.
 * React-free; the database is behind a small interface, so that tests can make it fail.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Design } from '../../graph/document.ts';
import { serializeDesign } from '../../graph/serialize.ts';
import type { DocumentStore } from './documentStore.ts';

interface StoredDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly savedAt: number;
}

interface Schema extends DBSchema {
  documents: { key: string; value: StoredDocument; indexes: { savedAt: number } };
}

export interface DocumentStorage {
  readonly save: (document: StoredDocument) => Promise<void>;
  readonly latest: () => Promise<StoredDocument | null>;
}

const KEPT_DOCUMENTS = 30;

/** Opens the database of this browser. */
export function createIndexedDbStorage(name = 'luminode'): DocumentStorage {
  let opening: Promise<IDBPDatabase<Schema>> | null = null;
  const open = (): Promise<IDBPDatabase<Schema>> => {
    opening ??= openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore('documents', { keyPath: 'id' }).createIndex('savedAt', 'savedAt');
      },
      blocking() {
        // Another tab wants a newer database: let go, so that it is not kept waiting.
        void opening?.then((database) => database.close());
        opening = null;
      },
      terminated() {
        opening = null;
      },
    });
    opening.catch(() => {
      opening = null;
    });
    return opening;
  };
  return {
    async save(document) {
      const database = await open();
      const transaction = database.transaction('documents', 'readwrite', { durability: 'strict' });
      await transaction.store.put(document);
      const keys = await transaction.store.index('savedAt').getAllKeys();
      for (const key of keys.slice(0, Math.max(0, keys.length - KEPT_DOCUMENTS)))
        await transaction.store.delete(key);
      await transaction.done;
    },
    async latest() {
      const database = await open();
      const cursor = await database.transaction('documents').store.index('savedAt').openCursor(null, 'prev');
      return cursor?.value ?? null;
    },
  };
}

export interface Autosave {
  /** Writes what is not written yet; settles when that is done or has failed. */
  readonly flush: () => Promise<void>;
  readonly dispose: () => void;
}

export interface AutosaveOptions {
  readonly documents: DocumentStore;
  readonly storage: DocumentStorage;
  readonly delay?: number;
  /** A sentence when saving fails, null when it works again. */
  readonly onProblem: (sentence: string | null) => void;
}

const SAVE_DELAY = 300;
const RETRY_DELAY = 10_000;

/** What went wrong while saving, and what to do about it. */
export function describeStorageError(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  const advice = 'Save the design as a file (Ctrl+S) so that nothing is lost.';
  if (name === 'QuotaExceededError') {
    return `This browser has no room left for automatic saving. ${advice}`;
  }
  if (name === 'SecurityError' || name === 'InvalidStateError' || name === 'NotAllowedError') {
    return `This browser forbids automatic saving here (private window or blocked storage). ${advice}`;
  }
  const detail = error instanceof Error ? error.message : String(error);
  return `Automatic saving failed: ${detail} ${advice}`;
}

/** Saves every change after a short pause; failed saves are tried again. */
export function startAutosave({
  documents,
  storage,
  delay = SAVE_DELAY,
  onProblem,
}: AutosaveOptions): Autosave {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let savedDesign: Design | null = documents.getState().design;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const { id, design, preserved } = documents.getState();
    if (design === savedDesign) return;
    documents.setState({ saved: 'saving' });
    try {
      await storage.save({
        id,
        title: design.title,
        text: serializeDesign(design, preserved),
        savedAt: Date.now(),
      });
      savedDesign = design;
      const newer = documents.getState().design !== design;
      documents.setState({ saved: newer ? 'pending' : 'saved' });
      onProblem(null);
    } catch (error) {
      documents.setState({ saved: 'failed' });
      onProblem(describeStorageError(error));
      timer = setTimeout(enqueue, RETRY_DELAY);
    }
  };
  /** One write at a time, in order. */
  function enqueue(): Promise<void> {
    clearTimeout(timer);
    writing = writing.then(write);
    return writing;
  }
  const unsubscribe = documents.subscribe((state, previous) => {
    if (state.design === previous.design || state.design === savedDesign) return;
    if (state.saved !== 'pending') documents.setState({ saved: 'pending' });
    clearTimeout(timer);
    timer = setTimeout(enqueue, delay);
  });
  return {
    flush: enqueue,
    dispose() {
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
