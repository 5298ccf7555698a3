/** Carries numbers and charts from the engine to who looks at them, and says what is looked at. React-free. */
import type { Analysed, AnalysisRequest } from '../../workers/protocol.ts';

type Listener = (analysed: Analysed | null) => void;

export interface AnalysisBus {
  readonly publish: (analyses: readonly Analysed[]) => void;
  /** Takes back what was asked for and not given: old numbers must not look like new ones. */
  readonly withdrawMissing: (asked: readonly AnalysisRequest[], given: readonly Analysed[]) => void;
  readonly latest: (request: AnalysisRequest) => Analysed | null;
  /** Calls back with every new analysis, and with null when there is none any more. Returns the way to stop. */
  readonly subscribe: (request: AnalysisRequest, listener: Listener) => () => void;
  /** States what somebody looks at; an empty list withdraws it. `owner` is any unique name. */
  readonly want: (owner: string, requests: readonly AnalysisRequest[]) => void;
  readonly wants: () => readonly AnalysisRequest[];
  /** Calls back (at most once per microtask) when there is something new to ask for. */
  readonly onWantsChanged: (listener: () => void) => () => void;
  readonly clear: () => void;
}

const keyOf = ({ nodeId, port }: AnalysisRequest): string => `${nodeId}\u0000${port ?? ''}`;

export function createAnalysisBus(): AnalysisBus {
  const known = new Map<string, Analysed>();
  const listeners = new Map<string, Set<Listener>>();
  const wishes = new Map<string, readonly AnalysisRequest[]>();
  const wantsListeners = new Set<() => void>();
  let announcePending = false;

  const tell = (key: string, analysed: Analysed | null): void => {
    for (const listener of listeners.get(key) ?? []) listener(analysed);
  };
  const withdraw = (key: string): void => {
    if (known.delete(key)) tell(key, null);
  };
  const wants = (): readonly AnalysisRequest[] => {
    // Who asks for all of it is served before who is content with what is cheap.
    const all = [...wishes.values()]
      .flat()
      .sort((a, b) => Number(b.brief === true) - Number(a.brief === true));
    return [...new Map(all.map((request) => [keyOf(request), request])).values()];
  };

  return {
    publish(analyses) {
      for (const analysed of analyses) {
        known.set(keyOf(analysed), analysed);
        tell(keyOf(analysed), analysed);
      }
    },
    withdrawMissing(asked, given) {
      const keys = new Set(given.map(keyOf));
      for (const key of asked.map(keyOf)) if (!keys.has(key)) withdraw(key);
    },
    latest: (request) => known.get(keyOf(request)) ?? null,
    subscribe(request, listener) {
      const key = keyOf(request);
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(key) === set) listeners.delete(key);
      };
    },
    want(owner, requests) {
      const before = new Set(wants().map(keyOf));
      if (requests.length === 0) wishes.delete(owner);
      else wishes.set(owner, requests);
      const after = wants().map(keyOf);
      // What nobody looks at any more is forgotten; nothing has to be asked for it.
      for (const key of before) if (!after.includes(key)) withdraw(key);
      if (after.every((key) => before.has(key)) || announcePending) return;
      announcePending = true;
      queueMicrotask(() => {
        announcePending = false;
        for (const listener of wantsListeners) listener();
      });
    },
    wants,
    onWantsChanged(listener) {
      wantsListeners.add(listener);
      return () => wantsListeners.delete(listener);
    },
    clear() {
      for (const key of [...known.keys()]) withdraw(key);
    },
  };
}

/** Of this page. */
export const analysisBus: AnalysisBus = createAnalysisBus();
