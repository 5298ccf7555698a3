/**
 * The movie of this page: opened beside the document, which holds one frame of it; followed by the engine; looked at
 * frame by frame. React-free. Movies end with their document: nothing of them is saved but the table.
 */
import { createStore } from 'zustand/vanilla';
import { encodeFloat32 } from '../../graph/imageData.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { type FrameSource, frameImage, PreparedFrames, withFrame } from '../../graph/movieFrames.ts';
import {
  DEFAULT_TRACK_OPTIONS,
  type FrameFit,
  hasValues,
  learnedOf,
  type TrackedThings,
  type TrackOptions,
  trackedThings,
} from '../../graph/trajectories.ts';
import { planeCount } from '../../graph/validate.ts';
import { filesClient, type OpenedMovie } from '../../workers/filesClient.ts';
import { documentStore, registry, session } from './app.ts';
import { withValues } from './designValues.ts';
import { backgroundOf, describeImport, type MeasuredImage } from './targetImports.ts';
import { announce, toast } from './uiStore.ts';

export interface TrackState {
  /** A file that may be a focus stack or a movie: somebody has to say which. */
  readonly question: {
    readonly movie: OpenedMovie;
    readonly nodeId: string | null;
    readonly asStack: () => void;
  } | null;
  readonly movie: OpenedMovie | null;
  /** Document that the movie belongs to. */
  readonly epoch: number;
  readonly status: 'idle' | 'running' | 'paused';
  readonly frames: readonly FrameFit[];
  readonly things: TrackedThings;
  /** Frame that is looked at; null for the document's own image. */
  readonly shown: number | null;
  /** Seconds from frame to frame; null until it is entered. */
  readonly interval: number | null;
  readonly background: TrackOptions['background'];
  /** Kelvin and pascal seconds, for the radius by Stokes and Einstein. */
  readonly temperature: number | null;
  readonly viscosity: number | null;
  readonly error: string | null;
}

const NOTHING: TrackedThings = { particles: [], scene: [] };

export const trackStore = createStore<TrackState>()(() => ({
  question: null,
  movie: null,
  epoch: -1,
  status: 'idle',
  frames: [],
  things: NOTHING,
  shown: null,
  interval: null,
  background: 'none',
  temperature: null,
  viscosity: null,
  error: null,
}));

/** The document's movie, or null. */
export function currentMovie({ movie, epoch }: Pick<TrackState, 'movie' | 'epoch'>): OpenedMovie | null {
  return epoch === documentStore.getState().epoch ? movie : null;
}

/** The directory of files that may hold a movie; null where they hold one image, or cannot be read. */
export async function openedMovie(files: readonly File[]): Promise<OpenedMovie | null> {
  const opened = await filesClient.openMovie(files);
  if (!opened.ok) {
    if (files.length > 1) toast(opened.sentence, 'error');
    return null;
  }
  if (opened.movie.count > 1) return opened.movie;
  opened.movie.close();
  return null;
}

export function askWhatItIs(question: NonNullable<TrackState['question']>): void {
  trackStore.setState({ question });
}

/** Takes the answer: a movie's first frame is what the design is prepared for. */
export function answerQuestion(answer: 'movie' | 'stack' | null): void {
  const { question } = trackStore.getState();
  trackStore.setState({ question: null });
  if (question === null) return;
  if (answer === 'stack') question.asStack();
  if (answer !== 'movie') question.movie.close();
}

/** Makes a movie the one of this document; its first frame as an image of a document, or null. */
export async function takeMovie(
  movie: OpenedMovie,
): Promise<{ readonly image: MeasuredImage; readonly pixels: Float32Array } | null> {
  stopTracking();
  trackStore.getState().movie?.close();
  const { epoch } = documentStore.getState();
  trackStore.setState({ movie, epoch, frames: [], things: NOTHING, shown: null, error: null });
  try {
    const pixels = await movie.read(0);
    const { name, shape, saturationLevel } = movie;
    const data = encodeFloat32(pixels);
    return { image: { kind: 'measured', name, shape, data, saturationLevel }, pixels };
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), 'error');
    return null;
  }
}

/** Frames as the target shows its own: the same part, divided by the same background. */
export function sourceOf(movie: OpenedMovie): FrameSource {
  const { design } = documentStore.getState();
  const id = design.nodes.find(({ type }) => type === 'target')?.params['image'];
  const image = typeof id === 'string' ? design.images[id] : undefined;
  const measured = image?.kind === 'measured' ? image : null;
  const summary = measured === null ? null : describeImport(measured);
  const { name, count, shape, saturationLevel, read } = movie;
  return {
    ...{ name, count, shape, saturationLevel, read },
    window: summary?.crop ?? null,
    dark: null,
    background: measured === null ? null : backgroundOf(measured),
  };
}

function optionsFrom(start: number, { background }: TrackState, count: number): TrackOptions {
  return { ...DEFAULT_TRACK_OPTIONS, frames: { start, stop: count, step: 1 }, background };
}

/** Follows the movie from its beginning, or from where a run ended. */
export async function startTracking(from: 'beginning' | 'last'): Promise<void> {
  const state = trackStore.getState();
  const movie = currentMovie(state);
  if (movie === null || state.status !== 'idle') return;
  const { design } = documentStore.getState();
  const kept = from === 'last' ? state.frames : [];
  const start = (kept.at(-1)?.frame ?? -1) + 1;
  const last = kept.findLast(hasValues);
  const things = trackedThings(learnedOf(expandLearnables(design, registry, planeCount(design, registry))));
  trackStore.setState({ status: 'running', frames: kept, things, error: null });
  announce('The movie is followed.');
  const source = sourceOf(movie);
  const { window, background, name, count, shape, saturationLevel } = source;
  const outcome = await session.track({
    design: last === undefined ? design : withValues(design, registry, last.values),
    options: optionsFrom(start, state, movie.count),
    movie: { name, count, shape, saturationLevel, window, background },
    read: movie.read,
    onFrame: (fit) => {
      if (trackStore.getState().movie !== movie) return;
      trackStore.setState(({ frames }) => ({ frames: [...frames, fit] }));
    },
  });
  if (trackStore.getState().movie !== movie) return;
  trackStore.setState({ status: 'idle', error: outcome.kind === 'failed' ? outcome.message : null });
  const { frames } = trackStore.getState();
  announce(`${frames.filter(hasValues).length} of ${frames.length} frames were followed.`);
}

export function pauseTracking(): void {
  const { status } = trackStore.getState();
  if (status === 'idle') return;
  session.controlTrack(status === 'running' ? 'pauseFit' : 'resumeFit');
  trackStore.setState({ status: status === 'running' ? 'paused' : 'running' });
}

export function stopTracking(): void {
  if (trackStore.getState().status !== 'idle') session.controlTrack('stopFit');
}

/** The fit whose values stand for the frame that is looked at: its own, or the last good one before. */
export function fitShown({ frames, shown }: Pick<TrackState, 'frames' | 'shown'>): FrameFit | undefined {
  return shown === null ? undefined : frames.findLast((each) => each.frame <= shown && hasValues(each));
}

/** Only the newest frame asked for is shown. */
let wanted = 0;

/** Shows a frame with the values found in it, or in the last good one before; null shows the document again. */
export async function showFrame(index: number | null): Promise<void> {
  wanted += 1;
  const mine = wanted;
  const state = trackStore.getState();
  const movie = currentMovie(state);
  trackStore.setState({ shown: movie === null ? null : index });
  if (index === null || movie === null) {
    session.showInstead(null);
    return;
  }
  const { design } = documentStore.getState();
  const target = design.nodes.find(({ type }) => type === 'target');
  if (target === undefined) return;
  const frames = new PreparedFrames(sourceOf(movie), optionsFrom(0, state, movie.count));
  const fit = fitShown({ ...state, shown: index });
  try {
    const image = frameImage(await frames.frame(index), frames.shape, `${movie.name}, frame ${index}`);
    if (mine !== wanted) return;
    const planes = planeCount(design, registry);
    session.showInstead(withFrame(design, registry, target.id, image, fit?.values ?? {}, planes));
  } catch (error) {
    if (mine === wanted) announce(error instanceof Error ? error.message : String(error));
  }
}
