/**
 * The running fit of a document as the browser keeps it, so that a closed or reloaded page can go on with it: the design
 * and the options once, the state of the fit as it comes. React-free.
 */
import type { Design } from '../../graph/document.ts';
import type { FitOptions } from '../../graph/fitOptions.ts';
import type { FitSnapshot } from '../../workers/protocol.ts';

/** A fit as it was begun. */
export interface BegunFit {
  /** Of the document. */
  readonly id: string;
  /** `contentKey` of the document when the fit began. */
  readonly key: string;
  /** What is fitted: the document's design as it was prepared. */
  readonly design: Design;
  readonly options: FitOptions;
}

export interface InterruptedFit extends BegunFit {
  readonly snapshot: FitSnapshot;
}

/** As stored, by whichever version. */
export interface StoredFits {
  readonly beginFit: (fit: BegunFit) => Promise<void>;
  readonly keepSnapshot: (id: string, snapshot: FitSnapshot) => Promise<void>;
  readonly dropFit: (id: string) => Promise<void>;
  readonly storedFit: (id: string) => Promise<{ readonly fit: BegunFit; readonly snapshot: unknown } | null>;
}

/** A running fit that is kept; whatever it asks for touches no other fit, not even of the same document. */
export interface KeptFit {
  readonly keep: (snapshot: FitSnapshot) => void;
  /** The fit is over: its result was written, or nobody wants it. */
  readonly end: () => void;
  /** The fit was cut off: what is kept of it stays. @param key of the document where it has changed since the start */
  readonly leave: (key?: string) => void;
}

export interface FitCheckpoints {
  /** A fit begins: nothing is written before its first snapshot. @param from where it goes on from */
  readonly begin: (fit: BegunFit, from?: FitSnapshot) => KeptFit;
  /** The fit of a document that was interrupted; null where there is none, or where the document has changed since. */
  readonly interrupted: (id: string, key: string) => Promise<InterruptedFit | null>;
  /** Nobody will go on with it. */
  readonly forget: (id: string) => void;
}

/** Snapshots of other versions are dropped, not guessed at. */
const VERSION: FitSnapshot['version'] = 2;

function isSnapshot(stored: unknown): stored is FitSnapshot {
  return typeof stored === 'object' && stored !== null && 'version' in stored && stored.version === VERSION;
}

export function createFitCheckpoints(storage: StoredFits | null): FitCheckpoints {
  /** One thing after the other, in the order in which it was asked for. */
  let queue: Promise<unknown> = Promise.resolve();
  /** Who may write, by document: the fit that began last. */
  const owners = new Map<string, KeptFit>();

  // A browser without storage fits all the same; automatic saving says what is wrong with it.
  const later = (work: (shelf: StoredFits) => Promise<void>): void => {
    if (storage !== null) queue = queue.then(() => work(storage)).catch(() => undefined);
  };

  const forget = (id: string): void => later((shelf) => shelf.dropFit(id));

  return {
    begin(fit, from) {
      let newest: FitSnapshot | null = null;
      let last = from ?? null;
      let isWritten = false;
      let isQueued = false;
      let isOver = false;

      /** Only the newest is written, however many came while others were. */
      const write = async (shelf: StoredFits): Promise<void> => {
        isQueued = false;
        const snapshot = newest;
        newest = null;
        if (snapshot === null || owners.get(fit.id) !== own) return;
        if (!isWritten) await shelf.beginFit(fit);
        isWritten = true;
        await shelf.keepSnapshot(fit.id, snapshot);
      };

      const own: KeptFit = {
        keep(snapshot) {
          if (isOver) return;
          newest = snapshot;
          last = snapshot;
          if (!isQueued) later(write);
          isQueued = true;
        },
        end() {
          isOver = true;
          newest = null;
          if (owners.get(fit.id) === own) forget(fit.id);
        },
        leave(key = fit.key) {
          isOver = true;
          const snapshot = last;
          if (snapshot === null || key === fit.key) return;
          newest = null;
          later(async (shelf) => {
            if (owners.get(fit.id) !== own) return;
            await shelf.beginFit({ ...fit, key });
            await shelf.keepSnapshot(fit.id, snapshot);
          });
        },
      };
      owners.set(fit.id, own);
      return own;
    },
    async interrupted(id, key) {
      await queue;
      const stored = await storage?.storedFit(id).catch(() => null);
      if (stored == null) return null;
      const { fit, snapshot } = stored;
      if (fit.key === key && isSnapshot(snapshot)) return { ...fit, snapshot };
      forget(id);
      return null;
    },
    forget,
  };
}
