/** A goal that the optics follow, as the page sees it. */
import type { Design } from '../graph/document.ts';
import type {
  FitProgress,
  FittedMap,
  Followed,
  FollowRest,
  FromEngine,
  Pictures,
  ToEngine,
  Wanted,
} from './protocol.ts';

export interface FollowRequest extends Wanted {
  readonly revision: number;
  readonly design: Design;
}

/** What comes while values follow. */
export interface FollowSeen extends Pictures {
  /** Of the goal that they go towards. */
  readonly revision: number;
  readonly progress: FitProgress;
  readonly maps?: readonly FittedMap[];
  readonly rest?: FollowRest;
  readonly isDraft?: boolean;
}

export type FollowOutcome =
  | { readonly kind: 'done'; readonly result: Followed }
  | { readonly kind: 'failed'; readonly message: string };

export interface RunningFollow {
  readonly seq: number;
  readonly onSeen: (seen: FollowSeen) => void;
  readonly settle: (outcome: FollowOutcome) => void;
}

/** Values that follow a goal, from the page’s side. */
export interface FollowHandle {
  /** Another goal in place of the last one. */
  readonly retarget: (request: FollowRequest) => void;
  readonly end: (how: 'stop' | 'settle') => void;
  /** Settles when it is over; never rejects. */
  readonly outcome: Promise<FollowOutcome>;
}

type Post = (message: ToEngine) => void;

export function followHandle(
  nextSeq: () => number,
  post: Post,
  outcome: Promise<FollowOutcome>,
): FollowHandle {
  return {
    retarget: ({ revision, design, views, previews, analyses = [] }) =>
      post({ type: 'retarget', seq: nextSeq(), revision, design, views, previews, analyses }),
    end: (how) => post({ type: 'endFollow', seq: nextSeq(), how }),
    outcome,
  };
}

/** True when it is over. */
export function followHeard(running: RunningFollow, message: FromEngine): boolean {
  switch (message.type) {
    case 'following':
      running.onSeen(message);
      return false;
    case 'followDone':
      running.settle({ kind: 'done', result: message.result });
      return true;
    case 'cancelled':
      running.settle({ kind: 'failed', message: 'Something else began.' });
      return true;
    case 'failed':
      running.settle({ kind: 'failed', message: message.message });
      return true;
    default:
      return false;
  }
}
