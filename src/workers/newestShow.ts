/** What the screen ought to show: only the newest design waits while one is computed, and old pictures are dropped. */
import type { Design } from '../graph/document.ts';
import type { LivingWorker } from './livingWorker.ts';
import type { FromEngine, Wanted } from './protocol.ts';

export type Frame = Extract<FromEngine, { type: 'frame' }>;
export type Failure = Omit<Extract<FromEngine, { type: 'failed' }>, 'type' | 'seq'>;

export interface ShowRequest extends Wanted {
  readonly revision: number;
  readonly design: Design;
}

export interface ShowHost {
  readonly current: () => LivingWorker | null;
  readonly nextSeq: () => number;
  /** The engine works on something long, and answers between its steps. */
  readonly isOccupied: () => boolean;
  readonly onFrame: (frame: Frame) => void;
  readonly onFailed: (failure: Failure) => void;
  /** True while a `show` is on its way. */
  readonly onBusy: (busy: boolean) => void;
}

export class NewestShow {
  private readonly host: ShowHost;
  /** Sent again after a restart. */
  private wanted: ShowRequest | null = null;
  private isNew = false;
  private floor = 0;
  private lastShown = -1;

  constructor(host: ShowHost) {
    this.host = host;
  }

  ask(request: ShowRequest): void {
    this.wanted = request;
    this.isNew = true;
    this.send();
  }

  /** Pictures of revisions below this are dropped. */
  setFloor(revision: number): void {
    this.floor = revision;
  }

  isCurrent(revision: number): boolean {
    return revision >= this.floor;
  }

  forget(): void {
    this.wanted = null;
  }

  /** Sends what waits, where the engine is free for it. */
  send(): void {
    const current = this.host.current();
    if (current === null || !current.ready || current.showInFlight !== null) return;
    if (this.wanted === null || !this.isNew) return;
    this.isNew = false;
    // It answers this before it begins to compute: silence tells a dead worker from a busy one.
    if (!this.host.isOccupied()) {
      current.asked = Date.now();
      current.worker.postMessage({ type: 'ping', seq: this.host.nextSeq() });
    }
    const message = { type: 'show', seq: this.host.nextSeq(), ...this.wanted } as const;
    current.showInFlight = { seq: message.seq, revision: message.revision };
    current.lastSign = Date.now();
    this.host.onBusy(true);
    current.worker.postMessage(message);
  }

  framed(current: LivingWorker, frame: Frame): void {
    if (this.isCurrent(frame.revision) && frame.revision >= this.lastShown) {
      this.lastShown = frame.revision;
      this.host.onFrame(frame);
    }
    this.settled(current, frame.seq);
  }

  failed(current: LivingWorker, { seq, code, message, issues }: Failure & { readonly seq: number }): void {
    const { showInFlight } = current;
    if (showInFlight?.seq !== seq) return;
    if (this.isCurrent(showInFlight.revision)) this.host.onFailed({ code, message, issues });
    this.settled(current, seq);
  }

  /** The engine has answered, in whatever way. */
  settled(current: LivingWorker, seq: number): void {
    if (current.showInFlight?.seq !== seq) return;
    current.showInFlight = null;
    this.send();
    if (current.showInFlight === null) this.host.onBusy(false);
  }

  /** The engine is gone: the next one is asked for the same. */
  lost(gone: LivingWorker): void {
    if (gone.showInFlight !== null) this.host.onBusy(false);
    this.isNew = this.wanted !== null;
  }
}
