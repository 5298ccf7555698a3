import type { FitOptions } from '../graph/fitOptions.ts';
import { type ClientTimings, DEFAULT_TIMINGS } from './clientTimings.ts';
import type { FitSnapshot } from './fit/snapshot.ts';
import type { LivingWorker, WorkerLike } from './livingWorker.ts';
import { type Failure, type Frame, NewestShow, type ShowRequest } from './newestShow.ts';
import type {
  BackendChoice,
  FitProgress,
  FitStepNote,
  FittedMap,
  FromEngine,
  Pictures,
  ToEngine,
} from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import {
  type Asked,
  continued,
  type FitOutcome,
  kept,
  laterBy,
  MOST_RESTARTS,
  newFit,
  noted,
  type RunningFit,
  wholeResult,
} from './runningFit.ts';
import {
  type FollowHandle,
  type FollowOutcome,
  type FollowRequest,
  type FollowSeen,
  followHandle,
  followHeard,
  type RunningFollow,
} from './runningFollow.ts';
import { type Questions, RunningQuestion } from './runningQuestion.ts';
import {
  beginTrack,
  type RunningTrack,
  type TrackOutcome,
  type TrackRequest,
  trackHeard,
} from './runningTrack.ts';
import { type ClientState, WorkerLife } from './workerLife.ts';

export type Ready = Extract<FromEngine, { type: 'ready' }>;

export type { WorkerLike } from './livingWorker.ts';
export type { Frame } from './newestShow.ts';
export type { FitOutcome } from './runningFit.ts';
export type { FollowHandle, FollowOutcome, FollowRequest, FollowSeen } from './runningFollow.ts';
export type {
  ConvergenceOutcome,
  ErrorsOutcome,
  RefitOutcome,
  SearchOutcome,
} from './runningQuestion.ts';
export type { TrackOutcome, TrackRequest } from './runningTrack.ts';
export type { ClientState } from './workerLife.ts';

/** What comes along with the progress of a fit. */
export interface ProgressSeen extends Pictures {
  readonly trail: readonly FitStepNote[];
  readonly maps?: readonly FittedMap[];
  /** What going on from here takes, now and then. */
  readonly snapshot?: FitSnapshot | null;
}

export interface EngineClientEvents {
  readonly onState: (state: ClientState) => void;
  readonly onReady: (ready: Ready) => void;
  readonly onFrame: (frame: Frame) => void;
  readonly onProgress: (progress: FitProgress, seen: ProgressSeen) => void;
  /** A `show` request could not be answered. */
  readonly onFailed: (failure: Failure) => void;
  /** True while a `show` is on its way. */
  readonly onBusy: (busy: boolean) => void;
}

export interface EngineClient extends Questions {
  /** Starts (or restarts) the worker with this backend; the last design is shown again. */
  readonly start: (backend: BackendChoice) => void;
  /** Shows the design; only the newest waits while one is computed. */
  readonly show: (request: ShowRequest) => void;
  /** Results of revisions below this are dropped: another document was opened. */
  readonly setFloor: (revision: number) => void;
  /** Settles when the fit ends, is stopped or fails, also where several workers die over it; never rejects. */
  readonly fit: (
    request: ShowRequest,
    options: FitOptions,
    /** Of the same design and options, to go on from. */
    resume?: FitSnapshot | null,
  ) => Promise<FitOutcome>;
  /** Follows a movie; ends when it is over, stopped or has failed. Never rejects. */
  readonly track: (request: TrackRequest) => Promise<TrackOutcome>;
  /** Learned values follow the design's goal until they are told to end; null while something else is under way. */
  readonly follow: (request: FollowRequest, onSeen: (seen: FollowSeen) => void) => FollowHandle | null;
  readonly control: (type: 'pauseFit' | 'resumeFit' | 'stepFit' | 'stopFit') => void;
  readonly dispose: () => void;
}

export function spawnEngineWorker(): WorkerLike {
  return new Worker(new URL('./engine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'luminode-engine',
  });
}

export function createEngineClient(
  events: EngineClientEvents,
  spawn: () => WorkerLike = spawnEngineWorker,
  timings: ClientTimings = DEFAULT_TIMINGS,
): EngineClient {
  let seq = 0;
  /** A fit whose worker died, to go on in the next one. */
  let interrupted: RunningFit | null = null;
  let tracking: RunningTrack | null = null;
  let following: RunningFollow | null = null;

  const nextSeq = (): number => {
    seq += 1;
    return seq;
  };

  const newest = new NewestShow({
    ...events,
    current: () => life.current,
    nextSeq,
    isOccupied: () => tracking !== null || life.current?.fit != null,
  });

  const endFit = (fit: RunningFit | null, message: string): void => {
    fit?.settle({ kind: 'failed', message, issues: [], canGoOn: true });
  };

  const question = new RunningQuestion({
    nextSeq: () => (life.current?.ready === true ? nextSeq() : null),
    post: (message) => {
      const { current } = life;
      if (current === null) return;
      current.lastSign = Date.now();
      current.worker.postMessage(message);
    },
  });

  const ended = (gone: LivingWorker | null, reason: string | null): void => {
    question.end('The engine stopped meanwhile: ask again.');
    tracking?.settle({
      kind: 'failed',
      message: `${reason ?? 'The engine stopped.'} The frames followed so far are kept: start again from the next one.`,
    });
    tracking = null;
    following?.settle({ kind: 'failed', message: reason ?? 'The engine stopped.' });
    following = null;
    if (reason !== null) {
      endFit(interrupted, reason);
      interrupted = null;
    }
    if (gone === null) return;
    if (reason === null) interrupted = gone.fit;
    else endFit(gone.fit, reason);
    newest.lost(gone);
  };

  const life = new WorkerLife({
    spawn,
    timings,
    nextSeq,
    onState: events.onState,
    receive: (current, message) => receive(current, message),
    isAsked: () => question.isPending || following !== null || tracking !== null,
    endOfFit: (reason) => {
      const fit = life.current?.fit ?? interrupted;
      return fit !== null && fit.restarts >= MOST_RESTARTS
        ? `The fit ended because the engine stopped again and again: ${reason}`
        : null;
    },
    onEnded: ended,
  });

  const failed = (current: LivingWorker, message: Extract<FromEngine, { type: 'failed' }>): void => {
    if (current.fit?.seq === message.seq) {
      const pending = current.fit;
      current.fit = null;
      pending.settle({ kind: 'failed', message: message.message, issues: message.issues });
      return;
    }
    if (message.code === 'protocol') {
      life.stop(`${message.message} Reload the page to get matching parts.`);
      return;
    }
    if (!current.ready) {
      life.died(message.message);
      return;
    }
    newest.failed(current, message);
  };

  const cancelled = (current: LivingWorker, cancelledSeq: number): void => {
    if (current.fit?.seq === cancelledSeq) {
      const pending = current.fit;
      current.fit = null;
      pending.settle({ kind: 'cancelled' });
    } else newest.settled(current, cancelledSeq);
  };

  const sendFit = (current: LivingWorker, fit: RunningFit, { request, options, resume }: Asked): void => {
    const from = resume === null ? {} : { resume };
    const message = { type: 'fit', seq: nextSeq(), ...request, options, ...from } as const;
    fit.seq = message.seq;
    current.fit = fit;
    current.lastSign = Date.now();
    current.worker.postMessage(message);
    if (fit.paused) current.worker.postMessage({ type: 'pauseFit', seq: nextSeq() });
  };

  const becameReady = (current: LivingWorker, ready: Ready): void => {
    if (ready.version !== PROTOCOL_VERSION) {
      life.stop(
        `The page speaks version ${PROTOCOL_VERSION} of the engine protocol and the engine version ` +
          `${ready.version}. Reload the page to get matching parts.`,
      );
      return;
    }
    current.ready = true;
    const { fallback } = life;
    events.onReady(fallback === null ? ready : { ...ready, reason: `${fallback} ${ready.reason}` });
    events.onState({ kind: 'ready' });
    const fit = interrupted;
    interrupted = null;
    if (fit !== null) sendFit(current, fit, continued(fit));
    newest.send();
  };

  const receive = (current: LivingWorker, message: FromEngine): void => {
    if (tracking !== null && message.seq === tracking.seq && message.type !== 'deviceLost') {
      if (trackHeard(tracking, message, (answer) => current.worker.postMessage(answer))) tracking = null;
      return;
    }
    if (following !== null && message.seq === following.seq && message.type !== 'deviceLost') {
      const running = following;
      if (followHeard(running, message) && following === running) following = null;
      return;
    }
    if (question.heard(message)) return;
    switch (message.type) {
      case 'ready':
        becameReady(current, message);
        break;
      case 'frame':
        newest.framed(current, message);
        break;
      case 'fitProgress':
        if (current.fit?.seq === message.seq) {
          const progress = noted(current.fit, message.progress);
          const trail = laterBy(current.fit.done, message.trail);
          const snapshot = message.snapshot === undefined ? null : kept(current.fit, message.snapshot);
          if (newest.isCurrent(message.revision))
            events.onProgress(progress, { ...message, trail, snapshot });
        }
        break;
      case 'fitDone':
        if (current.fit?.seq === message.seq) {
          const pending = current.fit;
          current.fit = null;
          const trail = laterBy(pending.done, message.trail);
          pending.settle({ kind: 'done', result: wholeResult(pending, message.result), trail });
        }
        break;
      case 'failed':
        failed(current, message);
        break;
      case 'cancelled':
        cancelled(current, message.seq);
        break;
      case 'deviceLost':
        life.deviceLost(message.message);
        break;
      case 'frameWanted':
      case 'frameTracked':
      case 'frameLocalised':
      case 'trackDone':
      case 'following':
      case 'followDone':
      case 'converged':
      case 'spheresFound':
      case 'errorsExpected':
      case 'refitted':
      case 'refitDone':
        // Of a run or a question that the page has given up.
        break;
      case 'pong':
        break;
    }
  };

  return {
    start: (choice) => life.start(choice),
    show: (request) => newest.ask(request),
    setFloor: (revision) => newest.setFloor(revision),
    fit(request, options, resume = null) {
      const current = life.current;
      if (current === null || !current.ready) {
        return Promise.resolve({
          kind: 'failed',
          message: 'The engine is not ready yet; try again in a moment.',
          issues: [],
          canGoOn: true,
        });
      }
      if (current.fit !== null || interrupted !== null || tracking !== null) {
        return Promise.resolve({
          kind: 'failed',
          message: 'A fit is running already, or a movie is being followed; stop it first.',
          issues: [],
          canGoOn: true,
        });
      }
      return new Promise((settle) => {
        const fit = newFit(request, options, settle, resume);
        sendFit(current, fit, { request, options, resume });
      });
    },
    track(request) {
      const current = life.current;
      const isBusy = current?.fit != null || interrupted !== null || tracking !== null;
      if (current === null || !current.ready || isBusy) {
        const message = isBusy
          ? 'A fit is running already; stop it first.'
          : 'The engine is not ready yet; try again in a moment.';
        return Promise.resolve({ kind: 'failed', message });
      }
      return new Promise((settle) => {
        tracking = { seq: nextSeq(), request, settle };
        current.lastSign = Date.now();
        beginTrack(tracking, (message) => current.worker.postMessage(message));
      });
    },
    follow(request, onSeen) {
      const current = life.current;
      const isBusy = current?.fit != null || interrupted !== null || tracking !== null;
      if (current === null || !current.ready || isBusy) return null;
      following?.settle({ kind: 'failed', message: 'Something else began.' });
      const seq = nextSeq();
      const outcome = new Promise<FollowOutcome>((settle) => {
        following = { seq, onSeen, settle };
      });
      const post = (message: ToEngine) => {
        current.lastSign = Date.now();
        if (following?.seq === seq) current.worker.postMessage(message);
      };
      const { revision, design, views, previews, analyses = [] } = request;
      post({ type: 'follow', seq, revision, design, views, previews, analyses });
      return followHandle(nextSeq, post, outcome);
    },
    converge: question.converge,
    findSpheres: question.findSpheres,
    expectErrors: question.expectErrors,
    simulateRefit: question.simulateRefit,
    control(type) {
      const current = life.current;
      const fit = current?.fit ?? interrupted;
      if (fit !== null) {
        fit.paused = type === 'pauseFit' || type === 'stepFit' || (fit.paused && type !== 'resumeFit');
      }
      if (interrupted !== null && type === 'stopFit') {
        interrupted.settle({ kind: 'cancelled' });
        interrupted = null;
      }
      if (current === null || (current.fit === null && tracking === null && !question.isPending)) return;
      current.lastSign = Date.now();
      current.worker.postMessage({ type, seq: nextSeq() });
    },
    dispose() {
      life.dispose();
      newest.forget();
    },
  };
}
