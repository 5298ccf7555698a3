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

export interface FitCheckpoints {
  /** A fit begins: nothing is written before its first snapshot. */
  readonly begin: (fit: BegunFit) => void;
  readonly keep: (snapshot: FitSnapshot) => void;
  /** The fit is over. */
  readonly end: () => void;
  /** The fit of a document that was interrupted; null where there is none, or where the document has changed since. */
  readonly interrupted: (id: string, key: string) => Promise<InterruptedFit | null>;
  /** Nobody will go on with it. */
  readonly forget: (id: string) => void;
}

/** Snapshots of other versions are dropped, not guessed at. */
const VERSION: FitSnapshot['version'] = 1;

function isSnapshot(stored: unknown): stored is FitSnapshot {
  return typeof stored === 'object' && stored !== null && 'version' in stored && stored.version === VERSION;
}

export function createFitCheckpoints(storage: StoredFits | null): FitCheckpoints {
  let running: { readonly fit: BegunFit; isWritten: boolean } | null = null;
  let newest: FitSnapshot | null = null;
  let writing: Promise<void> | null = null;

  // A browser without storage fits all the same; automatic saving says what is wrong with it.
  const quietly = (work: Promise<void>): Promise<void> => work.catch(() => undefined);

  /** One write at a time, the newest next. */
  const write = async (): Promise<void> => {
    while (newest !== null && running !== null && storage !== null) {
      const [fit, snapshot] = [running, newest];
      newest = null;
      if (!fit.isWritten) await storage.beginFit(fit.fit);
      fit.isWritten = true;
      await storage.keepSnapshot(fit.fit.id, snapshot);
    }
  };

  const drop = (id: string): void => {
    const after = writing ?? Promise.resolve();
    if (storage !== null) void quietly(after.then(() => storage.dropFit(id)));
  };

  return {
    begin(fit) {
      running = { fit, isWritten: false };
      newest = null;
    },
    keep(snapshot) {
      if (running === null) return;
      newest = snapshot;
      writing ??= quietly(write()).then(() => {
        writing = null;
      });
    },
    end() {
      const ended = running;
      running = null;
      newest = null;
      if (ended !== null) drop(ended.fit.id);
    },
    async interrupted(id, key) {
      const stored = await storage?.storedFit(id).catch(() => null);
      if (stored == null) return null;
      const { fit, snapshot } = stored;
      if (fit.key === key && isSnapshot(snapshot)) return { ...fit, snapshot };
      drop(id);
      return null;
    },
    forget: drop,
  };
}
