/**
 * The page's side of the engine worker: keeps one worker alive, sends it the newest design only, and settles every
 * request, whatever happens to the worker. Knows nothing of React or of the stores.
 */
import type { Design } from '../graph/document.ts';
import type { FitOptions } from '../graph/fitOptions.ts';
import { type ClientTimings, DEFAULT_TIMINGS } from './clientTimings.ts';
import type { FitSnapshot } from './fit/snapshot.ts';
import { type LivingWorker, livingWorker, type WorkerLike } from './livingWorker.ts';
import type {
  BackendChoice,
  FitProgress,
  FitStepNote,
  FittedMap,
  FromEngine,
  Pictures,
  ToEngine,
  Wanted,
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

export type ClientState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'restarting'; readonly message: string }
  | { readonly kind: 'stopped'; readonly message: string };

export type Frame = Extract<FromEngine, { type: 'frame' }>;
export type Ready = Extract<FromEngine, { type: 'ready' }>;
export type Failure = Omit<Extract<FromEngine, { type: 'failed' }>, 'type' | 'seq'>;

export type { WorkerLike } from './livingWorker.ts';
export type { FitOutcome } from './runningFit.ts';
export type { FollowHandle, FollowOutcome, FollowRequest, FollowSeen } from './runningFollow.ts';
export type {
  ConvergenceOutcome,
  ErrorsOutcome,
  RefitOutcome,
  SearchOutcome,
} from './runningQuestion.ts';
export type { TrackOutcome, TrackRequest } from './runningTrack.ts';

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

export interface ShowRequest extends Wanted {
  readonly revision: number;
  readonly design: Design;
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

/** A worker that was silent at its work is given up; the next one may be silent for so many times as long. */
const PATIENCE_GROWS = 3;
const SILENT_AT_WORK =
  'The engine did not answer any more; smaller images, fewer planes or fewer unknowns ask less of it.';

/** So often lost, a graphics device is not used any more. */
const LOSSES_ENDURED = 2;

function fallbackReason(reason: string): string {
  return `The graphics device was lost ${LOSSES_ENDURED} times, so it is not used until a backend is chosen in the settings. ${reason}`;
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
  let session: LivingWorker | null = null;
  let backend: BackendChoice = 'auto';
  let surfaces = true;
  let seq = 0;
  let floor = 0;
  let lastShown = -1;
  /** What the screen ought to show; sent again after a restart. */
  let wanted: ShowRequest | null = null;
  let wantedIsNew = false;
  let deaths: number[] = [];
  /** Times that the graphics device was lost since the backend was chosen. */
  let losses = 0;
  /** Times that a worker was given up while it worked: perhaps it was only slow, so the next one gets longer. */
  let silences = 0;
  /** A fit whose worker died, to go on in the next one. */
  let interrupted: RunningFit | null = null;
  let tracking: RunningTrack | null = null;
  let following: RunningFollow | null = null;
  let respawnTimer: ReturnType<typeof setTimeout> | undefined;
  let heartbeatTimer: ReturnType<typeof setInterval> | undefined;

  const nextSeq = (): number => {
    seq += 1;
    return seq;
  };

  const sendNewest = (): void => {
    const current = session;
    if (current === null || !current.ready || current.showInFlight !== null) return;
    if (wanted === null || !wantedIsNew) return;
    wantedIsNew = false;
    // It answers this before it begins to compute: silence tells a dead worker from a busy one.
    if (current.fit === null && tracking === null) {
      current.asked = Date.now();
      current.worker.postMessage({ type: 'ping', seq: nextSeq() });
    }
    const message = { type: 'show', seq: nextSeq(), ...wanted } as const;
    current.showInFlight = { seq: message.seq, revision: message.revision };
    current.lastSign = Date.now();
    events.onBusy(true);
    current.worker.postMessage(message);
  };

  const showSettled = (current: LivingWorker): void => {
    current.showInFlight = null;
    sendNewest();
    if (current.showInFlight === null) events.onBusy(false);
  };

  const endFit = (fit: RunningFit | null, message: string): void => {
    fit?.settle({ kind: 'failed', message, issues: [], canGoOn: true });
  };

  const question = new RunningQuestion({
    nextSeq: () => (session?.ready === true ? nextSeq() : null),
    post: (message) => {
      if (session === null) return;
      session.lastSign = Date.now();
      session.worker.postMessage(message);
    },
  });

  /** Its fit goes on in the next worker, unless there is a reason why not. */
  const endSession = (reason: string | null): void => {
    const ended = session;
    session = null;
    clearInterval(heartbeatTimer);
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
    if (ended === null) return;
    ended.worker.onmessage = null;
    ended.worker.onerror = null;
    ended.worker.onmessageerror = null;
    ended.worker.terminate();
    if (ended.showInFlight !== null) events.onBusy(false);
    if (reason === null) interrupted = ended.fit;
    else endFit(ended.fit, reason);
    wantedIsNew = wanted !== null;
  };

  const stop = (message: string): void => {
    endSession(message);
    events.onState({ kind: 'stopped', message });
  };

  const died = (reason: string): void => {
    const fit = session?.fit ?? interrupted;
    endSession(
      fit !== null && fit.restarts >= MOST_RESTARTS
        ? `The fit ended because the engine stopped again and again: ${reason}`
        : null,
    );
    surfaces = false;
    const now = Date.now();
    deaths = [...deaths.filter((time) => now - time < 60_000), now];
    if (deaths.length > timings.deathsPerMinute) {
      stop(
        `The engine stopped ${deaths.length} times within a minute, so it is not started again by itself. ` +
          `Last reason: ${reason} Choose another backend in the settings, or reload the page.`,
      );
      return;
    }
    const steps = timings.backOffMilliseconds;
    const delay = steps[Math.min(deaths.length, steps.length) - 1] ?? 0;
    events.onState({ kind: 'restarting', message: `${reason} The engine restarts; your design is safe.` });
    respawnTimer = setTimeout(open, delay);
  };

  const deviceLost = (reason: string): void => {
    losses += 1;
    died(reason);
  };

  const beat = (): void => {
    const current = session;
    if (current === null) return;
    const working =
      !current.ready ||
      current.showInFlight !== null ||
      current.fit !== null ||
      question.isPending ||
      following !== null ||
      tracking !== null;
    const patience = timings.longRequestMilliseconds * PATIENCE_GROWS ** silences;
    const excused = working && Date.now() - current.lastSign < patience;
    if (current.pinged && !excused) current.missed += 1;
    const ignored = current.asked !== null && Date.now() - current.asked >= timings.takeUpMilliseconds;
    if (ignored || current.missed >= timings.misses) {
      if (working && !ignored) silences += 1;
      died(working ? SILENT_AT_WORK : 'The engine did not answer any more.');
      return;
    }
    current.pinged = true;
    current.worker.postMessage({ type: 'ping', seq: nextSeq() });
  };

  const failed = (current: LivingWorker, message: Extract<FromEngine, { type: 'failed' }>): void => {
    if (current.fit?.seq === message.seq) {
      const pending = current.fit;
      current.fit = null;
      pending.settle({ kind: 'failed', message: message.message, issues: message.issues });
      return;
    }
    if (message.code === 'protocol') {
      stop(`${message.message} Reload the page to get matching parts.`);
      return;
    }
    if (!current.ready) {
      died(message.message);
      return;
    }
    if (current.showInFlight?.seq !== message.seq) return;
    const stale = current.showInFlight.revision < floor;
    if (!stale) events.onFailed({ code: message.code, message: message.message, issues: message.issues });
    showSettled(current);
  };

  const framed = (current: LivingWorker, frame: Frame): void => {
    if (frame.revision >= floor && frame.revision >= lastShown) {
      lastShown = frame.revision;
      events.onFrame(frame);
    }
    if (current.showInFlight?.seq === frame.seq) showSettled(current);
  };

  const cancelled = (current: LivingWorker, cancelledSeq: number): void => {
    if (current.fit?.seq === cancelledSeq) {
      const pending = current.fit;
      current.fit = null;
      pending.settle({ kind: 'cancelled' });
    } else if (current.showInFlight?.seq === cancelledSeq) {
      showSettled(current);
    }
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
      stop(
        `The page speaks version ${PROTOCOL_VERSION} of the engine protocol and the engine version ` +
          `${ready.version}. Reload the page to get matching parts.`,
      );
      return;
    }
    current.ready = true;
    events.onReady(losses >= LOSSES_ENDURED ? { ...ready, reason: fallbackReason(ready.reason) } : ready);
    events.onState({ kind: 'ready' });
    const fit = interrupted;
    interrupted = null;
    if (fit !== null) sendFit(current, fit, continued(fit));
    sendNewest();
  };

  const receive = (current: LivingWorker, message: FromEngine): void => {
    current.missed = 0;
    current.pinged = false;
    current.asked = null;
    if (message.type !== 'pong') current.lastSign = Date.now();
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
        framed(current, message);
        break;
      case 'fitProgress':
        if (current.fit?.seq === message.seq) {
          const progress = noted(current.fit, message.progress);
          const trail = laterBy(current.fit.done, message.trail);
          const snapshot = message.snapshot === undefined ? null : kept(current.fit, message.snapshot);
          if (message.revision >= floor) events.onProgress(progress, { ...message, trail, snapshot });
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
        deviceLost(message.message);
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

  function open(): void {
    clearTimeout(respawnTimer);
    let worker: WorkerLike;
    try {
      worker = spawn();
    } catch (error) {
      died(`The engine could not be started: ${error instanceof Error ? error.message : String(error)}.`);
      return;
    }
    const current = livingWorker(worker);
    session = current;
    worker.onmessage = (event) => {
      if (session === current) receive(current, event.data);
    };
    worker.onerror = (event) => {
      if (session === current) died(`The engine met an error: ${event.message || 'no details were given'}.`);
    };
    worker.onmessageerror = () => {
      if (session === current) died('A message of the engine could not be read.');
    };
    heartbeatTimer = setInterval(beat, timings.heartbeatMilliseconds);
    const choice = losses >= LOSSES_ENDURED && backend !== 'f64' ? 'wasm' : backend;
    worker.postMessage({
      type: 'hello',
      seq: nextSeq(),
      version: PROTOCOL_VERSION,
      backend: choice,
      surfaces,
    });
  }

  return {
    start(choice) {
      backend = choice;
      deaths = [];
      [losses, silences] = [0, 0];
      clearTimeout(respawnTimer);
      endSession('The fit ended because the engine was restarted.');
      events.onState({ kind: 'starting' });
      open();
    },
    show(request) {
      wanted = request;
      wantedIsNew = true;
      sendNewest();
    },
    setFloor(revision) {
      floor = revision;
    },
    fit(request, options, resume = null) {
      const current = session;
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
      const current = session;
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
      const current = session;
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
      const current = session;
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
      clearTimeout(respawnTimer);
      endSession('The page was closed.');
      wanted = null;
    },
  };
}
