/**
 * What the engine does with messages: one thing at a time, the newest `show` wins, a fit yields between steps so
 * that it can be paused, stepped and stopped. Free of worker globals, so that tests can drive it.
 */

import { isOutOfMemory } from '../graph/execute.ts';
import { MemoryRefusal } from '../graph/memory.ts';
import { diagnose } from './diagnostics/diagnose.ts';
import { FitProblemError } from './fit/fitProblemError.ts';
import { FitLoop } from './fitLoop.ts';
import { FollowLoop } from './followLoop.ts';
import { MovieLoop, type MovieRun } from './movieLoop.ts';
import { nextTask } from './nextTask.ts';
import type { BackendChoice, FromEngine, ToEngine, Wanted } from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import type { Session } from './session.ts';
import { Stepping } from './stepping.ts';

export interface EngineLoopOptions {
  readonly post: (message: FromEngine) => void;
  readonly open: (backend: BackendChoice, surfaces: boolean) => Promise<Session>;
  readonly isDeviceFault: (error: unknown) => boolean;
}

type Message<Type extends ToEngine['type']> = Extract<ToEngine, { type: Type }>;

/** What waits to be done, the newest of each kind. */
interface Waiting {
  show?: Message<'show'>;
  fit?: Message<'fit'>;
  movie?: MovieRun;
  convergence?: Message<'converge'>;
  search?: Message<'findSpheres'>;
  /** Questions about the errors of a fit. */
  errors?: Message<'expectErrors' | 'simulateRefit'>;
  diagnosis?: Message<'diagnose'>;
}

export class EngineLoop {
  private readonly options: EngineLoopOptions;
  private session: Session | null = null;
  private readonly waiting: Waiting = {};
  private running = false;
  /** Pictures that a running fit shows along the way: those of the newest request. */
  private wanted: Wanted = { views: [], previews: [] };
  private readonly stepping: Stepping;
  private readonly following: FollowLoop;
  private readonly movies: MovieLoop;

  constructor(options: EngineLoopOptions) {
    this.options = options;
    const { post } = options;
    const fail = (seq: number, error: unknown) => this.fail(seq, error);
    const mustYield = () => this.waiting.fit !== undefined || this.waiting.movie !== undefined;
    this.stepping = new Stepping({ answerShow: (session) => this.answerShow(session), mustYield });
    this.movies = new MovieLoop({ post, fail, stepping: this.stepping });
    const breathe = async (session: Session) => {
      await nextTask();
      await this.answerShow(session);
    };
    this.following = new FollowLoop({ post, breathe, mustYield, fail });
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
      case 'fit':
        this.queue(message.type, message);
        return;
      case 'track':
      case 'localise':
        this.queue('movie', message);
        return;
      case 'movieFrame':
        this.movies.receive(message);
        return;
      case 'converge':
        this.queue('convergence', message);
        return;
      case 'findSpheres':
        this.queue('search', message);
        return;
      case 'expectErrors':
      case 'simulateRefit':
        this.queue('errors', message);
        return;
      case 'diagnose':
        this.queue('diagnosis', message);
        return;
      case 'follow':
      case 'retarget':
      case 'endFollow':
        this.following.receive(message);
        this.pump();
        return;
      case 'pauseFit':
      case 'resumeFit':
      case 'stepFit':
      case 'stopFit':
        this.stepping.control(message.type);
        return;
      default:
        message satisfies never;
    }
  }

  /** In place of what waited of its kind. */
  private queue<Kind extends keyof Waiting>(kind: Kind, message: NonNullable<Waiting[Kind]>): void {
    const before = this.take(kind);
    if (before !== undefined) this.options.post({ type: 'cancelled', seq: before.seq });
    this.waiting[kind] = message;
    this.pump();
  }

  private take<Kind extends keyof Waiting>(kind: Kind): Waiting[Kind] {
    const message = this.waiting[kind];
    delete this.waiting[kind];
    return message;
  }

  private async hello(message: Message<'hello'>): Promise<void> {
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
    const job = this.takeJob(this.session);
    if (job === null) return;
    this.running = true;
    void job.finally(() => {
      this.running = false;
      this.pump();
    });
  }

  private takeJob(session: Session): Promise<void> | null {
    const show = this.take('show');
    if (show !== undefined) return this.show(session, show);
    const fit = this.take('fit');
    if (fit !== undefined) return this.fit(session, fit);
    if (this.following.isWaiting) return this.following.run(session);
    const movie = this.take('movie');
    if (movie !== undefined) return this.movies.run(session, movie);
    const convergence = this.take('convergence');
    if (convergence !== undefined) return this.converge(session, convergence);
    const search = this.take('search');
    if (search !== undefined) return this.findSpheres(session, search);
    const errors = this.take('errors');
    if (errors?.type === 'expectErrors') return this.expectErrors(session, errors);
    if (errors?.type === 'simulateRefit') return this.simulateRefit(session, errors);
    const diagnosis = this.take('diagnosis');
    return diagnosis === undefined ? null : this.diagnose(session, diagnosis);
  }

  private async show(session: Session, message: Message<'show'>): Promise<void> {
    try {
      this.wanted = message;
      const shown = await session.show(message.design, message, !this.stepping.isIdle);
      this.options.post({ type: 'frame', seq: message.seq, revision: message.revision, ...shown });
    } catch (error) {
      this.fail(message.seq, error);
    }
  }

  private async answerShow(session: Session): Promise<boolean> {
    const show = this.take('show');
    if (show !== undefined) await this.show(session, show);
    return show !== undefined;
  }

  private fit(session: Session, message: Message<'fit'>): Promise<void> {
    this.wanted = message;
    const { post } = this.options;
    const fail = (seq: number, error: unknown) => this.fail(seq, error);
    return new FitLoop({ post, fail, wanted: () => this.wanted, stepping: this.stepping }, message).run(
      session,
    );
  }

  private async converge(session: Session, { seq, design, nodeId }: Message<'converge'>): Promise<void> {
    try {
      this.options.post({ type: 'converged', seq, report: await session.converge(design, nodeId) });
    } catch (error) {
      this.fail(seq, error);
    }
  }

  private async findSpheres(
    session: Session,
    { seq, design, nodeId }: Message<'findSpheres'>,
  ): Promise<void> {
    try {
      this.options.post({ type: 'spheresFound', seq, found: await session.findSpheres(design, nodeId) });
    } catch (error) {
      this.fail(seq, error);
    }
  }

  private async expectErrors(session: Session, { seq, design }: Message<'expectErrors'>): Promise<void> {
    try {
      this.options.post({ type: 'errorsExpected', seq, errors: await session.expectedErrors(design) });
    } catch (error) {
      this.fail(seq, error);
    }
  }

  private async simulateRefit(
    session: Session,
    { seq, design, options }: Message<'simulateRefit'>,
  ): Promise<void> {
    this.stepping.begin();
    try {
      const report = await session.simulateRefit(design, options, async (done) => {
        this.options.post({ type: 'refitted', seq, done });
        return this.waiting.errors === undefined && (await this.stepping.mayProceed(session, true));
      });
      this.options.post({ type: 'refitDone', seq, report });
    } catch (error) {
      this.fail(seq, error);
    } finally {
      this.stepping.end();
    }
  }

  private async diagnose(session: Session, { seq }: Message<'diagnose'>): Promise<void> {
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
