/** What the ready systems show and whether their numbers hold here: computed once, while the gallery is open. */
import { createStore } from 'zustand/vanilla';
import { examples } from '../../graph/examples/index.ts';
import { type GalleryOutcome, type GalleryRun, runGallery } from '../../workers/galleryClient.ts';

export interface GalleryState {
  readonly outcomes: Readonly<Record<string, GalleryOutcome>>;
}

export const galleryStore = createStore<GalleryState>()(() => ({ outcomes: {} }));

let running: GalleryRun | null = null;

/** Runs what has not been run yet. */
export function runMissing(): void {
  if (running !== null) return;
  const missing = examples.filter(({ id }) => galleryStore.getState().outcomes[id] === undefined);
  if (missing.length === 0) return;
  running = runGallery(missing, (id, outcome) => {
    galleryStore.setState(({ outcomes }) => ({ outcomes: { ...outcomes, [id]: outcome } }));
    if (id === missing.at(-1)?.id) running = null;
  });
}

/** Stops where it is; what was shown stays. */
export function stopRunning(): void {
  running?.cancel();
  running = null;
}
