/** How a person drives what takes many steps: it runs, rests, goes on by single steps, or ends. */
import { nextTask } from './nextTask.ts';
import type { ToEngine } from './protocol.ts';
import type { Session } from './session.ts';

type Control = Extract<ToEngine, { type: 'pauseFit' | 'resumeFit' | 'stepFit' | 'stopFit' }>['type'];

export interface SteppingHost {
  /** Answers the `show` that waits; false where none does. */
  readonly answerShow: (session: Session) => Promise<boolean>;
  /** Something waits that a person asked for after this: what runs ends as it is. */
  readonly mustYield: () => boolean;
}

export class Stepping {
  private readonly host: SteppingHost;
  private state: 'idle' | 'running' | 'paused' | 'stopping' = 'idle';
  private stepsAllowed = 0;
  private pausedMilliseconds = 0;
  private wake: (() => void) | null = null;

  constructor(host: SteppingHost) {
    this.host = host;
  }

  get isIdle(): boolean {
    return this.state === 'idle';
  }

  get isPaused(): boolean {
    return this.state === 'paused';
  }

  begin(): void {
    this.state = 'running';
    this.stepsAllowed = 0;
    this.pausedMilliseconds = 0;
  }

  end(): void {
    this.state = 'idle';
  }

  control(what: Control): void {
    switch (what) {
      case 'pauseFit':
        if (this.state === 'running') this.state = 'paused';
        return;
      case 'resumeFit':
        if (this.state === 'paused') this.state = 'running';
        break;
      case 'stepFit':
        this.stepsAllowed = 1;
        if (this.state === 'running') this.state = 'paused';
        break;
      case 'stopFit':
        if (this.state !== 'idle') this.state = 'stopping';
        break;
      default:
        what satisfies never;
    }
    this.wake?.();
  }

  /** What a person waited is no effort of the fit. */
  withoutPauses(seconds: number): number {
    return Math.max(0, seconds - this.pausedMilliseconds / 1000);
  }

  /** Lets messages in, answers a pending show, waits while paused; false where it is to end. */
  async mayProceed(
    session: Session,
    isStep: boolean,
    onPause: () => Promise<void> = async () => undefined,
  ): Promise<boolean> {
    await nextTask();
    let isTold = false;
    for (;;) {
      if (this.host.mustYield()) this.state = 'stopping';
      if (this.state === 'stopping') return false;
      if (await this.host.answerShow(session)) continue;
      if (this.state === 'running') return true;
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
}
