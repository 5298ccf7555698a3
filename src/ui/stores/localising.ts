/** Emitters of this page's movie: found frame by frame by the engine with the design's own image of a point. */
import { createStore } from 'zustand/vanilla';
import { DEFAULT_LOCALISE_OPTIONS, type LocaliseOptions } from '../../graph/localisations.ts';
import { type LocalisedFrames, NO_FRAMES, withFrame } from '../../graph/localisedFrames.ts';
import type { OpenedMovie } from '../../workers/filesClient.ts';
import { documentStore, session } from './app.ts';
import { currentMovie, sourceOf, trackStore } from './tracking.ts';
import { announce } from './uiStore.ts';

interface LocaliseState {
  /** The movie that the frames are of. */
  readonly movie: OpenedMovie | null;
  readonly found: LocalisedFrames;
  readonly threshold: LocaliseOptions['threshold'];
  readonly depth: LocaliseOptions['depth'];
  readonly error: string | null;
  /** Sentences on what is not as good as it could be, of the run that ended. */
  readonly notes: readonly string[];
}

export const localiseStore = createStore<LocaliseState>()(() => ({
  movie: null,
  found: NO_FRAMES,
  threshold: DEFAULT_LOCALISE_OPTIONS.threshold,
  depth: DEFAULT_LOCALISE_OPTIONS.depth,
  error: null,
  notes: [],
}));

/** Paused and stopped as tracking is. */
export async function startLocalising(): Promise<void> {
  const state = trackStore.getState();
  const movie = currentMovie(state);
  if (movie === null || state.status !== 'idle') return;
  const { threshold, depth } = localiseStore.getState();
  trackStore.setState({ status: 'running' });
  localiseStore.setState({ movie, found: NO_FRAMES, error: null, notes: [] });
  announce('Emitters are looked for.');
  const { window, background, name, count, shape, saturationLevel } = sourceOf(movie);
  const outcome = await session.track({
    design: documentStore.getState().design,
    emitters: {
      ...DEFAULT_LOCALISE_OPTIONS,
      threshold,
      depth,
      frames: { start: 0, stop: movie.count, step: 1 },
    },
    movie: { name, count, shape, saturationLevel, window, background },
    read: movie.read,
    onEmitters: (frame) => {
      if (trackStore.getState().movie !== movie) return;
      localiseStore.setState(({ found }) => ({ found: withFrame(found, frame) }));
    },
  });
  if (trackStore.getState().movie !== movie) return;
  trackStore.setState({ status: 'idle' });
  localiseStore.setState(outcome.kind === 'failed' ? { error: outcome.message } : { notes: outcome.notes });
  const { found } = localiseStore.getState();
  announce(`${found.emitters} emitters were found in ${found.frames} frames.`);
}

/** Takes what was typed, in units of `factor`; a sentence where it is no such number, and what is used then. */
export function setLocalising(name: 'threshold' | 'depth', text: string, factor: number): string | null {
  const value = Number(text) * factor;
  if (value > 0 && Number.isFinite(value)) {
    // What was said of the run before is not of these settings.
    localiseStore.setState({ [name]: value, notes: [] });
    return null;
  }
  const used = Number((localiseStore.getState()[name] / factor).toPrecision(9));
  return `${text.trim() === '' ? 'Nothing' : `“${text}”`} is not a number above 0: ${used} is used for the ${name}.`;
}
