/** A movie that is being followed, as the page sees it. */
import type { Design } from '../graph/document.ts';
import type { LocalisedFrame, LocaliseOptions } from '../graph/localisations.ts';
import type { FrameFit, TrackOptions } from '../graph/trajectories.ts';
import type { FromEngine, MovieDescription, ToEngine } from './protocol.ts';

interface MovieRequest {
  readonly design: Design;
  readonly movie: MovieDescription;
  /** Values as stored. Rejects with a sentence. */
  readonly read: (frame: number) => Promise<Float32Array>;
}

/** Follow what the design learns, or find every emitter of every frame. */
export type TrackRequest = MovieRequest &
  (
    | { readonly options: TrackOptions; readonly onFrame: (fit: FrameFit) => void }
    | { readonly emitters: LocaliseOptions; readonly onEmitters: (found: LocalisedFrame) => void }
  );

/** Frames that came before a failure stay with the one who asked. */
export type TrackOutcome =
  | {
      readonly kind: 'done';
      /** Sentences on what is not as good as it could be. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'failed'; readonly message: string };

export interface RunningTrack {
  readonly seq: number;
  readonly request: TrackRequest;
  readonly settle: (outcome: TrackOutcome) => void;
}

type Post = (message: ToEngine) => void;

export function beginTrack(track: RunningTrack, post: Post): void {
  const { seq, request } = track;
  const { design, movie } = request;
  if ('emitters' in request) post({ type: 'localise', seq, design, options: request.emitters, movie });
  else post({ type: 'track', seq, design, options: request.options, movie });
}

/** True when the run is over. */
export function trackHeard(track: RunningTrack, message: FromEngine, post: Post): boolean {
  const { seq, request, settle } = track;
  if (message.seq !== seq) return false;
  switch (message.type) {
    case 'frameWanted': {
      const answer = (data: Float32Array | null, problem: string | null): void =>
        post({ type: 'movieFrame', seq, frame: message.frame, data, problem });
      request.read(message.frame).then(
        (data) => answer(data, null),
        (error: unknown) => answer(null, error instanceof Error ? error.message : String(error)),
      );
      return false;
    }
    case 'frameTracked':
      if ('onFrame' in request) request.onFrame(message.fit);
      return false;
    case 'frameLocalised':
      if ('onEmitters' in request) request.onEmitters(message.found);
      return false;
    case 'trackDone':
    case 'cancelled':
      settle({ kind: 'done', notes: message.type === 'trackDone' ? message.notes : [] });
      return true;
    case 'failed':
      settle({ kind: 'failed', message: message.message });
      return true;
    default:
      return false;
  }
}
