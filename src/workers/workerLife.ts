/**
 * Keeps one engine worker alive: starts it, listens to its heart, and starts another where it dies, a few times. What
 * the worker is asked and says is somebody else's business.
 */
import type { ClientTimings } from './clientTimings.ts';
import { type LivingWorker, livingWorker, type WorkerLike } from './livingWorker.ts';
import type { BackendChoice, FromEngine } from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

export type ClientState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'restarting'; readonly message: string }
  | { readonly kind: 'stopped'; readonly message: string };

export interface LifeHost {
  readonly spawn: () => WorkerLike;
  readonly timings: ClientTimings;
  readonly nextSeq: () => number;
  readonly onState: (state: ClientState) => void;
  readonly receive: (current: LivingWorker, message: FromEngine) => void;
  /** It has been asked for something beside pictures and fits, and has not answered. */
  readonly isAsked: () => boolean;
  /** Why a fit that dies with its worker does not go on in the next one; null where it may. */
  readonly endOfFit: (reason: string) => string | null;
  /**
   * The worker has ended, or there was none any more.
   * @param reason why what it did ends with it; null where its fit may go on in the next one
   */
  readonly onEnded: (ended: LivingWorker | null, reason: string | null) => void;
}

/** A worker that was silent at its work is given up; the next one may be silent for so many times as long. */
const PATIENCE_GROWS = 3;
const SILENT_AT_WORK =
  'The engine did not answer any more; smaller images, fewer planes or fewer unknowns ask less of it.';

/** So often lost, a graphics device is not used any more. */
const LOSSES_ENDURED = 2;

export class WorkerLife {
  private readonly host: LifeHost;
  private session: LivingWorker | null = null;
  private backend: BackendChoice = 'auto';
  private surfaces = true;
  private deaths: number[] = [];
  /** Times that the graphics device was lost since the backend was chosen. */
  private losses = 0;
  /** Times that a worker was given up while it worked: perhaps it was only slow, so the next one gets longer. */
  private silences = 0;
  private respawnTimer: ReturnType<typeof setTimeout> | undefined;
  private heartbeatTimer: ReturnType<typeof setInterval> | undefined;

  constructor(host: LifeHost) {
    this.host = host;
  }

  get current(): LivingWorker | null {
    return this.session;
  }

  /** Why another backend than the chosen one computes, before what the engine says of it; null where it does not. */
  get fallback(): string | null {
    return this.losses < LOSSES_ENDURED
      ? null
      : `The graphics device was lost ${LOSSES_ENDURED} times, so it is not used until a backend is chosen in the settings.`;
  }

  start(backend: BackendChoice): void {
    this.backend = backend;
    this.deaths = [];
    [this.losses, this.silences] = [0, 0];
    clearTimeout(this.respawnTimer);
    this.end('The fit ended because the engine was restarted.');
    this.host.onState({ kind: 'starting' });
    this.open();
  }

  /** No other worker takes its place. */
  stop(message: string): void {
    this.end(message);
    this.host.onState({ kind: 'stopped', message });
  }

  died(reason: string): void {
    this.end(this.host.endOfFit(reason));
    this.surfaces = false;
    const { timings } = this.host;
    const now = Date.now();
    this.deaths = [...this.deaths.filter((time) => now - time < 60_000), now];
    if (this.deaths.length > timings.deathsPerMinute) {
      this.stop(
        `The engine stopped ${this.deaths.length} times within a minute, so it is not started again by itself. ` +
          `Last reason: ${reason} Choose another backend in the settings, or reload the page.`,
      );
      return;
    }
    const steps = timings.backOffMilliseconds;
    const delay = steps[Math.min(this.deaths.length, steps.length) - 1] ?? 0;
    const message = `${reason} The engine restarts; your design is safe.`;
    this.host.onState({ kind: 'restarting', message });
    this.respawnTimer = setTimeout(() => this.open(), delay);
  }

  deviceLost(reason: string): void {
    this.losses += 1;
    this.died(reason);
  }

  dispose(): void {
    clearTimeout(this.respawnTimer);
    this.end('The page was closed.');
  }

  private open(): void {
    clearTimeout(this.respawnTimer);
    let worker: WorkerLike;
    try {
      worker = this.host.spawn();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.died(`The engine could not be started: ${why}.`);
      return;
    }
    const current = livingWorker(worker);
    this.session = current;
    worker.onmessage = (event) => {
      if (this.session === current) this.receive(current, event.data);
    };
    worker.onerror = (event) => {
      if (this.session !== current) return;
      this.died(`The engine met an error: ${event.message || 'no details were given'}.`);
    };
    worker.onmessageerror = () => {
      if (this.session === current) this.died('A message of the engine could not be read.');
    };
    this.heartbeatTimer = setInterval(() => this.beat(), this.host.timings.heartbeatMilliseconds);
    worker.postMessage({
      type: 'hello',
      seq: this.host.nextSeq(),
      version: PROTOCOL_VERSION,
      backend: this.fallback !== null && this.backend !== 'f64' ? 'wasm' : this.backend,
      surfaces: this.surfaces,
    });
  }

  private receive(current: LivingWorker, message: FromEngine): void {
    current.missed = 0;
    current.pinged = false;
    current.asked = null;
    if (message.type !== 'pong') current.lastSign = Date.now();
    this.host.receive(current, message);
  }

  private end(reason: string | null): void {
    const ended = this.session;
    this.session = null;
    clearInterval(this.heartbeatTimer);
    if (ended !== null) {
      ended.worker.onmessage = null;
      ended.worker.onerror = null;
      ended.worker.onmessageerror = null;
      ended.worker.terminate();
    }
    this.host.onEnded(ended, reason);
  }

  private beat(): void {
    const current = this.session;
    if (current === null) return;
    const { timings, isAsked, nextSeq } = this.host;
    const working = !current.ready || current.showInFlight !== null || current.fit !== null || isAsked();
    const patience = timings.longRequestMilliseconds * PATIENCE_GROWS ** this.silences;
    const excused = working && Date.now() - current.lastSign < patience;
    if (current.pinged && !excused) current.missed += 1;
    const ignored = current.asked !== null && Date.now() - current.asked >= timings.takeUpMilliseconds;
    if (ignored || current.missed >= timings.misses) {
      if (working && !ignored) this.silences += 1;
      this.died(working ? SILENT_AT_WORK : 'The engine did not answer any more.');
      return;
    }
    current.pinged = true;
    current.worker.postMessage({ type: 'ping', seq: nextSeq() });
  }
}
