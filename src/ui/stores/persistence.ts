/**
 * Keeps the open document in IndexedDB, so that a closed tab or a crash loses at most the last 300 ms of work.
 * React-free; the database is behind a small interface, so that tests can make it fail.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { serializeDesign } from '../../graph/serialize.ts';
import type { DocumentState, DocumentStore } from './documentStore.ts';
import type { BegunFit, StoredFits } from './fitCheckpoints.ts';

export interface StoredDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly savedAt: number;
  /** A `FitRecord`, as whichever version wrote it; `readFitRecord` checks it. */
  readonly fit?: unknown;
}

/** A stored document as a list shows it. */
export type RecentDocument = Pick<StoredDocument, 'id' | 'title' | 'savedAt'>;

interface Schema extends DBSchema {
  documents: { key: string; value: StoredDocument; indexes: { savedAt: number } };
  /** Fits that run or were interrupted, by the id of their document. */
  fits: { key: string; value: BegunFit };
  snapshots: { key: string; value: unknown };
}

export interface DocumentStorage extends StoredFits {
  readonly save: (document: StoredDocument) => Promise<void>;
  readonly latest: () => Promise<StoredDocument | null>;
  /** The newest documents with different contents, newest first, without the one with the id `except`. */
  readonly recent: (count: number, except: string) => Promise<readonly RecentDocument[]>;
  readonly read: (id: string) => Promise<StoredDocument | null>;
}

const KEPT_DOCUMENTS = 30;

/** Opens the database of this browser. */
export function createIndexedDbStorage(name = 'luminode'): DocumentStorage {
  let opening: Promise<IDBPDatabase<Schema>> | null = null;
  const open = (): Promise<IDBPDatabase<Schema>> => {
    opening ??= openDB<Schema>(name, 2, {
      upgrade(database, before) {
        if (before < 1)
          database.createObjectStore('documents', { keyPath: 'id' }).createIndex('savedAt', 'savedAt');
        database.createObjectStore('fits', { keyPath: 'id' });
        database.createObjectStore('snapshots');
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
      const names = ['documents', 'fits', 'snapshots'] as const;
      const transaction = database.transaction(names, 'readwrite', { durability: 'strict' });
      const documents = transaction.objectStore('documents');
      await documents.put(document);
      const keys = await documents.index('savedAt').getAllKeys();
      for (const key of keys.slice(0, Math.max(0, keys.length - KEPT_DOCUMENTS))) {
        for (const store of names) await transaction.objectStore(store).delete(key);
      }
      await transaction.done;
    },
    async latest() {
      const database = await open();
      const cursor = await database.transaction('documents').store.index('savedAt').openCursor(null, 'prev');
      return cursor?.value ?? null;
    },
    async recent(count, except) {
      const database = await open();
      const found: RecentDocument[] = [];
      const texts = new Set<string>();
      let cursor = await database.transaction('documents').store.index('savedAt').openCursor(null, 'prev');
      while (cursor !== null && found.length < count) {
        const { id, title, savedAt, text } = cursor.value;
        // An example that was opened twice and not edited is one entry.
        if (id !== except && !texts.has(text)) found.push({ id, title, savedAt });
        texts.add(text);
        cursor = await cursor.continue();
      }
      return found;
    },
    async read(id) {
      const database = await open();
      return (await database.get('documents', id)) ?? null;
    },
    async beginFit(fit) {
      const database = await open();
      const transaction = database.transaction(['fits', 'snapshots'], 'readwrite');
      await transaction.objectStore('snapshots').delete(fit.id);
      await transaction.objectStore('fits').put(fit);
      await transaction.done;
    },
    async keepSnapshot(id, snapshot) {
      const database = await open();
      await database.put('snapshots', snapshot, id);
    },
    async dropFit(id) {
      const database = await open();
      const transaction = database.transaction(['fits', 'snapshots'], 'readwrite');
      await transaction.objectStore('fits').delete(id);
      await transaction.objectStore('snapshots').delete(id);
      await transaction.done;
    },
    async storedFit(id) {
      const database = await open();
      const transaction = database.transaction(['fits', 'snapshots']);
      const fit = await transaction.objectStore('fits').get(id);
      const snapshot: unknown = await transaction.objectStore('snapshots').get(id);
      return fit === undefined || snapshot === undefined ? null : { fit, snapshot };
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
  readonly storage: Pick<DocumentStorage, 'save'>;
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

type Content = Pick<DocumentState, 'id' | 'design' | 'preserved' | 'fit'>;

/** Saves every change after a short pause, and at once what is left; failed saves are tried again. */
export function startAutosave({
  documents,
  storage,
  delay = SAVE_DELAY,
  onProblem,
}: AutosaveOptions): Autosave {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What the storage holds of the open document. */
  let stored: Content = documents.getState();
  let writing: Promise<void> = Promise.resolve();
  const isStored = ({ id, design, fit }: Content): boolean =>
    id === stored.id && design === stored.design && fit === stored.fit;

  const save = ({ id, design, preserved, fit }: Content): Promise<void> =>
    storage.save({
      id,
      title: design.title,
      text: serializeDesign(design, preserved),
      savedAt: Date.now(),
      ...(fit === null ? {} : { fit }),
    });
  const write = async (): Promise<void> => {
    const content = documents.getState();
    if (isStored(content)) {
      documents.setState({ saved: 'saved' });
      return;
    }
    documents.setState({ saved: 'saving' });
    try {
      await save(content);
      stored = content;
      documents.setState({ saved: isStored(documents.getState()) ? 'saved' : 'pending' });
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
  /** The document that was left loses nothing of its last 300 ms. */
  const saveLeft = (content: Content): void => {
    writing = writing
      .then(() => (isStored(content) ? undefined : save(content)))
      .catch((error: unknown) => {
        onProblem(describeStorageError(error));
      });
  };
  const unsubscribe = documents.subscribe((state, previous) => {
    if (state.id !== previous.id) saveLeft(previous);
    const same = state.design === previous.design && state.fit === previous.fit && state.id === previous.id;
    if (same) return;
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
