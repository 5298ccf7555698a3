/** Opening one document in place of another, with a way back, and the documents that the browser keeps. React-free. */
import type { Design } from '../../graph/document.ts';
import { parseDesign } from '../../graph/parse.ts';
import { documentStorage, documentStore, registry } from './app.ts';
import { claim } from './claim.ts';
import type { OpenOptions } from './documentStore.ts';
import { readFitRecord } from './fitRecord.ts';
import { describeStorageError, type RecentDocument, type StoredDocument } from './persistence.ts';
import { selectionStore } from './selectionStore.ts';
import { dismissToast, toast } from './uiStore.ts';

/** Says which document is open now, and offers the one before. */
function offerWayBack(): void {
  const { design, previousTitle } = documentStore.getState();
  if (previousTitle === null) return;
  const action = { text: `Go back to “${previousTitle}”`, keys: 'U', run: goBack };
  const offer = toast(`“${design.title}” is open.`, 'info', action);
  // Whoever works on the new document wants it: the offer goes, the menu keeps it.
  const end = documentStore.subscribe((state) => {
    if (state.design === design) return;
    end();
    dismissToast(offer);
  });
}

/** Opens a document in place of the one on screen, which can be had back. */
export function openDesign(design: Design, options?: OpenOptions): void {
  documentStore.getState().open(design, options);
  selectionStore.getState().clear();
  offerWayBack();
}

/** Opens the document before again, with its history. */
export function goBack(): void {
  if (documentStore.getState().previousTitle === null) {
    toast('There is no document to go back to: this one was opened first.');
    return;
  }
  documentStore.getState().goBack();
  selectionStore.getState().clear();
  offerWayBack();
}

/** Opens what the browser keeps of a document; a copy of it where another tab works on it. Null when it cannot. */
export async function openStored(stored: StoredDocument, open = openDesign): Promise<string | null> {
  const parsed = parseDesign(stored.text, registry);
  if (!parsed.ok) {
    return `“${stored.title}” could not be opened: ${parsed.issues[0]?.message ?? 'it cannot be read'}`;
  }
  const own = await claim(stored.id);
  const { design, preserved } = parsed;
  open(design, { ...(own ? { id: stored.id } : {}), preserved, fit: readFitRecord(stored.fit) });
  if (!own) toast(`“${stored.title}” is open in another tab; this tab has a copy.`);
  return null;
}

const LISTED = 6;

/** Documents of this browser for the menu, newest first; none where storage is forbidden. */
export async function recentDocuments(): Promise<readonly RecentDocument[]> {
  try {
    return await documentStorage.recent(LISTED, documentStore.getState().id);
  } catch {
    // The banner of automatic saving tells why; a menu need not repeat it.
    return [];
  }
}

export async function openRecent(id: string): Promise<void> {
  try {
    const stored = await documentStorage.read(id);
    const problem =
      stored === null
        ? 'This document is not kept any more: thirty newer ones are.'
        : await openStored(stored);
    if (problem !== null) toast(problem, 'error');
  } catch (error) {
    toast(describeStorageError(error), 'error');
  }
}
