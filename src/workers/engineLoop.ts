/**
 * What the engine does with messages: one thing at a time, the newest `show` wins, a fit yields between steps so
 * that it can be paused, stepped and stopped. Free of worker globals, so that tests can drive it.
 */

import { isOutOfMemory } from '../graph/execute.ts';
import type { LocalisedFrame } from '../graph/localisations.ts';
import { MemoryRefusal } from '../graph/memory.ts';
import type { FrameFit } from '../graph/trajectories.ts';
import { diagnose } from './diagnostics/diagnose.ts';
import { FitProblemError } from './fit/fitProblemError.ts';
import { FollowLoop } from './followLoop.ts';
import type { BackendChoice, FitStepNote, FromEngine, Pictures, ToEngine, Wanted } from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import type { FitStep, Session } from './session.ts';

export interface EngineLoopOptions {
  readonly post: (message: FromEngine) => void;
  readonly open: (backend: BackendChoice, surfaces: boolean) => Promise<Session>;
  readonly isDeviceFault: (error: unknown) => boolean;
}

type Show = Extract<ToEngine, { type: 'show' }>;
type Fit = Extract<ToEngine, { type: 'fit' }>;
/** Either way through a movie. */
type Track = Extract<ToEngine, { type: 'track' | 'localise' }>;
type MovieFrame = Extract<ToEngine, { type: 'movieFrame' }>;
type Converge = Extract<ToEngine, { type: 'converge' }>;
type FindSpheres = Extract<ToEngine, { type: 'findSpheres' }>;
/** Questions about the errors of a fit. */
type AskErrors = Extract<ToEngine, { type: 'expectErrors' | 'simulateRefit' }>;
type Diagnose = Extract<ToEngine, { type: 'diagnose' }>;

/** Progress goes to the page at this rate at most (ms): it draws no faster. */
const PROGRESS_INTERVAL = 33;
/** Learned maps are large and go less often (ms). */
const MAP_INTERVAL = 250;
/**
 * What going on with a fit takes is kept by the page at this rate at most (ms), and less often where it is large: for
 * so many times as long as it took to hand over.
 */
const [SNAPSHOT_INTERVAL, SNAPSHOT_PAUSE] = [1000, 20];
/**
 * Pictures of a large image cost more than the steps of a search on a decimated one: after each there is a pause of
 * this many times what it took, up to so many milliseconds.
 */
const LOOK_PAUSE = 4;
const LONGEST_PAUSE = 2000;

const NOTHING: Wanted & Pictures = { views: [], previews: [] };

export class EngineLoop {
  private readonly options: EngineLoopOptions;
  private session: Session | null = null;
  private pendingShow: Show | null = null;
  private pendingFit: Fit | null = null;
  private pendingTrack: Track | null = null;
  /** Takes the frame that a running track waits for. */
  private frameArrived: ((frame: MovieFrame) => void) | null = null;
  private pendingConvergence: Converge | null = null;
  private pendingSearch: FindSpheres | null = null;
  private pendingErrors: AskErrors | null = null;
  private pendingDiagnosis: Diagnose | null = null;
  private running = false;
  private fitState: 'idle' | 'running' | 'paused' | 'stopping' = 'idle';
  private stepsAllowed = 0;
  /** How long the running fit has been paused. */
  private pausedMilliseconds = 0;
  /** Pictures that a running fit shows along the way: those of the newest request. */
  private wanted: Wanted = NOTHING;
  private wake: (() => void) | null = null;

  private readonly following: FollowLoop;

  constructor(options: EngineLoopOptions) {
    this.options = options;
    this.following = new FollowLoop({
      post: options.post,
      breathe: (session) => this.breathe(session),
      mustYield: () => this.pendingFit !== null || this.pendingTrack !== null,
      fail: (seq, error) => this.fail(seq, error),
    });
  }

  receive(message: ToEngine): void {
    switch (message.type) {
      case 'hello':
        void this.hello(message);
        return;
      case 'ping':
        this.options.post({ type: 'pong', seq: message.seq });
        return;
      case 'show':
        if (this.pendingShow !== null) this.options.post({ type: 'cancelled', seq: this.pendingShow.seq });
        this.pendingShow = message;
        this.pump();
        return;
      case 'fit':
        if (this.pendingFit !== null) this.options.post({ type: 'cancelled', seq: this.pendingFit.seq });
        this.pendingFit = message;
        this.pump();
        return;
      case 'track':
      case 'localise':
        if (this.pendingTrack !== null) this.options.post({ type: 'cancelled', seq: this.pendingTrack.seq });
        this.pendingTrack = message;
        this.pump();
        return;
      case 'movieFrame':
        this.frameArrived?.(message);
        return;
      case 'converge':
        if (this.pendingConvergence !== null) {
          this.options.post({ type: 'cancelled', seq: this.pendingConvergence.seq });
        }
        this.pendingConvergence = message;
        this.pump();
        return;
      case 'findSpheres':
        if (this.pendingSearch !== null)
          this.options.post({ type: 'cancelled', seq: this.pendingSearch.seq });
        this.pendingSearch = message;
        this.pump();
        return;
      case 'expectErrors':
      case 'simulateRefit':
        if (this.pendingErrors !== null)
          this.options.post({ type: 'cancelled', seq: this.pendingErrors.seq });
        this.pendingErrors = message;
        this.pump();
        return;
      case 'diagnose':
        if (this.pendingDiagnosis !== null) {
          this.options.post({ type: 'cancelled', seq: this.pendingDiagnosis.seq });
        }
        this.pendingDiagnosis = message;
        this.pump();
        return;
      case 'follow':
      case 'retarget':
      case 'endFollow':
        this.following.receive(message);
        this.pump();
        return;
      case 'pauseFit':
        if (this.fitState === 'running') this.fitState = 'paused';
        return;
      case 'resumeFit':
        if (this.fitState === 'paused') this.fitState = 'running';
        this.wake?.();
        return;
      case 'stepFit':
        this.stepsAllowed = 1;
        if (this.fitState === 'running') this.fitState = 'paused';
        this.wake?.();
        return;
      case 'stopFit':
        if (this.fitState !== 'idle') this.fitState = 'stopping';
        this.wake?.();
        return;
      default:
        message satisfies never;
    }
  }

  private async hello(message: Extract<ToEngine, { type: 'hello' }>): Promise<void> {
    if (message.version !== PROTOCOL_VERSION) {
      const text = 'The page and its engine are of different versions: reload the page.';
      this.options.post({ type: 'failed', seq: message.seq, code: 'protocol', message: text, issues: [] });
      return;
    }
    try {
      const session = await this.options.open(message.backend, message.surfaces);
      this.session = session;
      void session.lost.then((reason) => {
        const text = `The graphics device was lost: ${reason}`;
        this.options.post({ type: 'deviceLost', seq: message.seq, message: text });
      });
      const { backend, reason, adapter } = session;
      this.options.post({
        type: 'ready',
        seq: message.seq,
        version: PROTOCOL_VERSION,
        backend,
        reason,
        adapter,
      });
      this.pump();
    } catch (error) {
      this.fail(message.seq, error);
    }
  }

  /** Works off what is pending, one job at a time; a `show` during a fit is answered between its steps. */
  private pump(): void {
    if (this.running || this.session === null) return;
    const session = this.session;
    const job = this.takeJob(session);
    if (job === null) return;
    this.running = true;
    void job.finally(() => {
      this.running = false;
      this.pump();
    });
  }

  private takeJob(session: Session): Promise<void> | null {
    if (this.pendingShow !== null) {
      const show = this.pendingShow;
      this.pendingShow = null;
      return this.show(session, show);
    }
    if (this.pendingFit !== null) {
      const fit = this.pendingFit;
      this.pendingFit = null;
      return this.fit(session, fit);
    }
    if (this.following.isWaiting) return this.following.run(session);
    if (this.pendingTrack !== null) {
      const asked = this.pendingTrack;
      this.pendingTrack = null;
      return this.track(session, asked);
    }
    if (this.pendingConvergence !== null) {
      const asked = this.pendingConvergence;
      this.pendingConvergence = null;
      return this.converge(session, asked);
    }
    if (this.pendingSearch !== null) {
      const asked = this.pendingSearch;
      this.pendingSearch = null;
      return this.findSpheres(session, asked);
    }
    if (this.pendingErrors !== null) {
      const asked = this.pendingErrors;
      this.pendingErrors = null;
      return asked.type === 'expectErrors'
        ? this.expectErrors(session, asked)
        : this.simulateRefit(session, asked);
    }
    if (this.pendingDiagnosis !== null) {
      const { seq } = this.pendingDiagnosis;
      this.pendingDiagnosis = null;
      return this.diagnose(session, seq);
    }
    return null;
  }

  private async show(session: Session, message: Show): Promise<void> {
    try {
      this.wanted = message;
      const shown = await session.show(message.design, message, this.fitState !== 'idle');
      this.options.post({ type: 'frame', seq: message.seq, revision: message.revision, ...shown });
    } catch (error) {
      this.fail(message.seq, error);
    }
  }

  private async converge(session: Session, { seq, design, nodeId }: Converge): Promise<void> {
    try {
      this.options.post({ type: 'converged', seq, report: await session.converge(design, nodeId) });
    } catch (error) {
      this.fail(seq, error);
    }
  }

  private async findSpheres(session: Session, { seq, design, nodeId }: FindSpheres): Promise<void> {
    try {
      this.options.post({ type: 'spheresFound', seq, found: await session.findSpheres(design, nodeId) });
    } catch (error) {
      this.fail(seq, error);
    }
  }

  private async expectErrors(
    session: Session,
    { seq, design }: Pick<AskErrors, 'seq' | 'design'>,
  ): Promise<void> {
    try {
      this.options.post({ type: 'errorsExpected', seq, errors: await session.expectedErrors(design) });
    } catch (error) {
      this.fail(seq, error);
    }
  }

  private async simulateRefit(
    session: Session,
    { seq, design, options }: Extract<AskErrors, { type: 'simulateRefit' }>,
  ): Promise<void> {
    this.fitState = 'running';
    this.stepsAllowed = 0;
    try {
      const report = await session.simulateRefit(design, options, async (done) => {
        this.options.post({ type: 'refitted', seq, done });
        return this.pendingErrors === null && (await this.mayProceed(session, true));
      });
      this.options.post({ type: 'refitDone', seq, report });
    } catch (error) {
      this.fail(seq, error);
    } finally {
      this.fitState = 'idle';
    }
  }

  private async diagnose(session: Session, seq: number): Promise<void> {
    try {
      const diagnosis = await diagnose(session, async (next, share) => {
        this.options.post({ type: 'diagnosing', seq, next, share });
        await nextTask();
      });
      this.options.post({ type: 'diagnosed', seq, diagnosis });
    } catch (error) {
      this.fail(seq, error);
    }
  }

  /** What a person waited is no effort of the fit. */
  private withoutPauses(seconds: number): number {
    return Math.max(0, seconds - this.pausedMilliseconds / 1000);
  }

  private async fit(session: Session, message: Fit): Promise<void> {
    this.fitState = 'running';
    this.stepsAllowed = 0;
    this.wanted = message;
    let nextPost = Number.NEGATIVE_INFINITY;
    let nextMaps = Number.NEGATIVE_INFINITY;
    let nextSnapshot = performance.now() + SNAPSHOT_INTERVAL;
    this.pausedMilliseconds = 0;
    let trail: FitStepNote[] = [];
    const post = async (
      [progress, look, maps, snapshot]: Parameters<FitStep>,
      isPaused = this.fitState === 'paused',
    ): Promise<void> => {
      const began = performance.now();
      const pictures = await this.look(look);
      const pause = LOOK_PAUSE * (performance.now() - began);
      nextPost = performance.now() + Math.min(Math.max(PROGRESS_INTERVAL, pause), LONGEST_PAUSE);
      const isMapDue = performance.now() >= nextMaps || isPaused;
      const learned = isMapDue ? maps() : [];
      if (isMapDue) nextMaps = performance.now() + MAP_INTERVAL;
      const due = performance.now();
      const kept = due >= nextSnapshot || isPaused ? await snapshot() : null;
      this.options.post({
        type: 'fitProgress',
        seq: message.seq,
        revision: message.revision,
        progress,
        trail,
        ...(kept === null ? {} : { snapshot: { ...kept, seconds: this.withoutPauses(kept.seconds) } }),
        ...(learned.length === 0 ? {} : { maps: learned }),
        views: pictures.views,
        previews: pictures.previews,
        ...(pictures.analyses === undefined ? {} : { analyses: pictures.analyses }),
      });
      const took = performance.now() - due;
      if (kept !== null) nextSnapshot = due + Math.max(SNAPSHOT_INTERVAL, SNAPSHOT_PAUSE * took);
      trail = [];
    };
    const onStep = async (...step: Parameters<FitStep>): Promise<boolean> => {
      const [progress] = step;
      const isShown = performance.now() >= nextPost || this.fitState === 'paused';
      const wasPaused = this.fitState === 'paused';
      if (isShown) await post(step);
      else {
        const { iteration, loss, phase, start } = progress;
        trail.push({ iteration, loss, phase, ...(start === undefined ? {} : { start }) });
      }
      const isStep = progress.phase === 'fit' || progress.iteration > 0;
      return this.mayProceed(session, isStep, async () => {
        // Where a person pauses, a reload goes on.
        if (wasPaused) return;
        if (!isShown) trail.pop();
        await post(step, true);
      });
    };
    try {
      const result = await session.fit(message.design, message.options, onStep, message.resume ?? null);
      const done = { ...result, seconds: this.withoutPauses(result.seconds) };
      this.options.post({
        type: 'fitDone',
        seq: message.seq,
        revision: message.revision,
        result: done,
        trail,
      });
    } catch (error) {
      this.fail(message.seq, error);
    } finally {
      this.fitState = 'idle';
    }
  }

  private async track(session: Session, asked: Track): Promise<void> {
    const { seq, design } = asked;
    this.fitState = 'running';
    this.stepsAllowed = 0;
    const read = (frame: number): Promise<Float32Array> =>
      new Promise((resolve, reject) => {
        this.frameArrived = (arrived) => {
          if (arrived.seq !== seq || arrived.frame !== frame) return;
          this.frameArrived = null;
          if (arrived.data === null) reject(new Error(arrived.problem ?? 'The frame is not there.'));
          else resolve(arrived.data);
        };
        this.options.post({ type: 'frameWanted', seq, frame });
      });
    try {
      const source = { ...asked.movie, dark: null, read };
      const proceed = () => this.mayProceed(session, true);
      let notes: readonly string[] = [];
      if (asked.type === 'track') {
        const onFrame = (fit: FrameFit) => this.options.post({ type: 'frameTracked', seq, fit });
        await session.track(design, asked.options, source, onFrame, proceed);
      } else {
        const onFrame = (found: LocalisedFrame) => this.options.post({ type: 'frameLocalised', seq, found });
        notes = (await session.localise(design, asked.options, source, onFrame, proceed)).notes;
      }
      this.options.post({ type: 'trackDone', seq, notes });
    } catch (error) {
      this.fail(seq, error);
    } finally {
      this.frameArrived = null;
      this.fitState = 'idle';
    }
  }

  /** Lets messages in and answers a pending show. */
  private async breathe(session: Session): Promise<void> {
    await nextTask();
    const show = this.pendingShow;
    this.pendingShow = null;
    if (show !== null) await this.show(session, show);
  }

  private async look(look: (wanted: Wanted) => Promise<Pictures>): Promise<Pictures> {
    const { views, previews, analyses = [] } = this.wanted;
    const count = views.length + previews.length + analyses.length;
    return count === 0 ? NOTHING : look({ views, previews, analyses });
  }

  /** Lets messages in, answers a pending show, waits while paused. */
  private async mayProceed(
    session: Session,
    isStep: boolean,
    onPause: () => Promise<void> = async () => undefined,
  ): Promise<boolean> {
    await nextTask();
    let isTold = false;
    for (;;) {
      if (this.pendingFit !== null || this.pendingTrack !== null) this.fitState = 'stopping';
      if (this.fitState === 'stopping') return false;
      if (this.pendingShow !== null) {
        const show = this.pendingShow;
        this.pendingShow = null;
        await this.show(session, show);
        continue;
      }
      if (this.fitState === 'running') return true;
      if (this.stepsAllowed > 0) {
        // A person who asks for one step wants to see one: the trials of the coarse search show nothing new.
        if (isStep) this.stepsAllowed--;
        return true;
      }
      const pausedAt = performance.now();
      if (!isTold) await onPause();
      isTold = true;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, 50);
      });
      this.wake = null;
      this.pausedMilliseconds += performance.now() - pausedAt;
    }
  }

  private fail(seq: number, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.options.isDeviceFault(error)) {
      // Whatever lies on the device is not to be trusted any more: the page starts another worker.
      this.options.post({ type: 'deviceLost', seq, message });
      return;
    }
    const memory = error instanceof MemoryRefusal ? error.issue : null;
    const invalid = error instanceof FitProblemError ? 'invalid' : 'internal';
    const code = memory !== null || isOutOfMemory(error) ? 'memory' : invalid;
    this.options.post({ type: 'failed', seq, code, message, issues: memory === null ? [] : [memory] });
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}
