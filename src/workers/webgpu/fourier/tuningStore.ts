/** Choices of plans in IndexedDB, which workers have too. */
import { createMemoryStore, type TuningStore } from './tuningQueue.ts';

const DATABASE = 'luminode-tuning';
const TABLE = 'plans';

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((settle, fail) => {
    request.onsuccess = () => settle(request.result);
    request.onerror = () => fail(request.error ?? new Error('IndexedDB failed.'));
  });
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  return done(request);
}

/** Falls back to memory where there is no IndexedDB. */
export function createTuningStore(): TuningStore {
  if (typeof indexedDB === 'undefined') return createMemoryStore();
  const table = async (mode: IDBTransactionMode) => {
    const database = await open();
    const transaction = database.transaction(TABLE, mode);
    // Closes once the transaction is over; an open connection would block other versions of the page.
    transaction.oncomplete = () => database.close();
    return transaction.objectStore(TABLE);
  };
  return {
    get: async (key) => {
      const value: unknown = await done((await table('readonly')).get(key));
      return typeof value === 'string' ? value : undefined;
    },
    set: async (key, id) => {
      await done((await table('readwrite')).put(id, key));
    },
  };
}
