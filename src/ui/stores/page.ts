/** Start of the page: the last document, automatic saving, the engine. React-free. */

import type { Design } from '../../graph/document.ts';
import { examples } from '../../graph/examples/index.ts';
import { parseDesign } from '../../graph/parse.ts';
import { documentStorage, documentStore, registry, session } from './app.ts';
import { claim } from './claim.ts';
import { engineStore, type FitState } from './engineStore.ts';
import { frameBus, previewBus } from './frameBus.ts';
import { openStored } from './opening.ts';
import { describeStorageError, startAutosave } from './persistence.ts';
import { selectionStore } from './selectionStore.ts';
import { openAddress, watchAddress } from './sharing.ts';
import { hideBanner, showBanner } from './uiStore.ts';

const STORAGE_BANNER = 'storage';
/**
 * A database that another tab blocks must not keep the page from starting. A machine that is merely busy must not
 * open an example in place of the last document either.
 */
const RECOVERY_MILLISECONDS = 5000;

declare global {
  interface Window {
    /** Only with ?test in the address: what end-to-end tests may ask and set. */
    __luminode?: {
      readonly design: () => Design;
      readonly setDesign: (design: unknown) => boolean;
      /** The newest picture in numbers; null until there is one. */
      readonly frame: (nodeId: string) => unknown;
      /** Whether the picture belongs to the document as it is now. */
      readonly isSettled: () => boolean;
      /** Counts changes: of the document, and of the newest picture. */
      readonly revisions: () => { readonly document: number; readonly shown: number };
      /** Calls back for every picture of the node; returns the way to stop. */
      readonly onFrame: (nodeId: string, listener: () => void) => () => void;
      readonly fit: () => FitState;
    };
  }
}

function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | null> {
  return Promise.race([
    promise,
    new Promise<null>((resolve) => {
      setTimeout(() => resolve(null), milliseconds);
    }),
  ]);
}

const onProblem = (sentence: string | null): void => {
  if (sentence === null) hideBanner(STORAGE_BANNER);
  else showBanner({ key: STORAGE_BANNER, tone: 'error', text: sentence });
};

/** Every document of this tab is taken, so that a second tab works on a copy; the page's title names it. */
function followDocument(): void {
  const name = (): void => {
    document.title = `${documentStore.getState().design.title} – Luminode`;
  };
  name();
  documentStore.subscribe((state, previous) => {
    if (state.design.title !== previous.design.title) name();
    if (state.id !== previous.id) void claim(state.id);
  });
}

/** Opens what was open last, or the first example. */
async function recover(): Promise<void> {
  try {
    const stored = await within(documentStorage.latest(), RECOVERY_MILLISECONDS);
    if (stored !== null) {
      const problem = await openStored(stored, documentStore.getState().open);
      if (problem === null) return;
      showBanner({ key: 'recovery', tone: 'warning', text: problem });
    }
  } catch (error) {
    onProblem(describeStorageError(error));
  }
  const [first] = examples;
  if (first !== undefined) documentStore.getState().open(first.design);
}

/** Ids that are gone must not stay selected or shown. */
function keepSelectionsValid(): void {
  documentStore.subscribe((state, previous) => {
    if (state.design.nodes === previous.design.nodes && state.design.edges === previous.design.edges) return;
    const nodes = new Set(state.design.nodes.map((node) => node.id));
    const edges = new Set(state.design.edges.map((edge) => edge.id));
    const hasNode = (id: string): boolean => nodes.has(id);
    selectionStore.getState().prune(hasNode, (id) => edges.has(id));
  });
}

function exposeForTests(): void {
  if (!new URLSearchParams(location.search).has('test')) return;
  window.__luminode = {
    design: () => documentStore.getState().design,
    setDesign(design) {
      const parsed = parseDesign(design, registry);
      if (parsed.ok) documentStore.getState().open(parsed.design, { preserved: parsed.preserved });
      return parsed.ok;
    },
    frame: (nodeId) => {
      if (!frameBus.wants().some((wish) => wish.nodeId === nodeId && wish.layer === 'output')) {
        // What is known may be of a time when a viewer wanted it; the caller asks again.
        frameBus.withdraw([{ nodeId, layer: 'output' }]);
        frameBus.want(`test:${nodeId}`, { nodeId, layer: 'output', mode: 'intensity', plane: 0 });
      }
      const view = frameBus.latest(nodeId);
      return view === undefined ? null : { ...view, data: [...view.data] };
    },
    isSettled() {
      const { connection, busy, shownRevision } = engineStore.getState();
      return connection === 'ready' && !busy && shownRevision >= 0;
    },
    revisions: () => ({
      document: documentStore.getState().revision,
      shown: engineStore.getState().shownRevision,
    }),
    onFrame: (nodeId, listener) => previewBus.subscribe(nodeId, listener),
    fit: () => engineStore.getState().fit,
  };
}

export async function startPage(): Promise<void> {
  exposeForTests();
  keepSelectionsValid();
  followDocument();
  await recover();
  const autosave = startAutosave({ documents: documentStore, storage: documentStorage, onProblem });
  session.start();
  const flush = (): void => {
    void autosave.flush();
  };
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') flush();
  });
  window.addEventListener('pagehide', flush);
  // Only now: what was open before has its place and stays there.
  watchAddress();
  await openAddress();
}
