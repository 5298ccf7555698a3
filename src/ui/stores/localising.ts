/** Emitters of this page's movie: found frame by frame by the engine with the design's own image of a point. */
import { createStore } from 'zustand/vanilla';
import {
  DEFAULT_LOCALISE_OPTIONS,
  type LocalisedFrame,
  type LocaliseOptions,
} from '../../graph/localisations.ts';
import type { OpenedMovie } from '../../workers/filesClient.ts';
import { documentStore, session } from './app.ts';
import { currentMovie, sourceOf, trackStore } from './tracking.ts';
import { announce } from './uiStore.ts';

interface LocaliseState {
  /** The movie that the frames are of. */
  readonly movie: OpenedMovie | null;
  readonly frames: readonly LocalisedFrame[];
  readonly threshold: LocaliseOptions['threshold'];
  readonly depth: LocaliseOptions['depth'];
  readonly error: string | null;
}

export const localiseStore = createStore<LocaliseState>()(() => ({
  movie: null,
  frames: [],
  threshold: DEFAULT_LOCALISE_OPTIONS.threshold,
  depth: DEFAULT_LOCALISE_OPTIONS.depth,
  error: null,
}));

/** Paused and stopped as tracking is. */
export async function startLocalising(): Promise<void> {
  const state = trackStore.getState();
  const movie = currentMovie(state);
  if (movie === null || state.status !== 'idle') return;
  const { threshold, depth } = localiseStore.getState();
  trackStore.setState({ status: 'running' });
  localiseStore.setState({ movie, frames: [], error: null });
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
    onEmitters: (found) => {
      if (trackStore.getState().movie !== movie) return;
      localiseStore.setState(({ frames }) => ({ frames: [...frames, found] }));
    },
  });
  if (trackStore.getState().movie !== movie) return;
  trackStore.setState({ status: 'idle' });
  localiseStore.setState({ error: outcome.kind === 'failed' ? outcome.message : null });
  const { frames } = localiseStore.getState();
  announce(`${emittersIn(frames)} emitters were found in ${frames.length} frames.`);
}

export function emittersIn(frames: readonly LocalisedFrame[]): number {
  return frames.reduce((sum, { emitters }) => sum + emitters.length, 0);
}
