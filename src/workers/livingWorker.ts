/** What the page knows of the worker that it talks to. */
import type { FromEngine, ToEngine } from './protocol.ts';
import type { RunningFit } from './runningFit.ts';

/** The part of `Worker` that is used; tests hand in their own. */
export interface WorkerLike {
  postMessage(message: ToEngine): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromEngine>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

export interface LivingWorker {
  readonly worker: WorkerLike;
  ready: boolean;
  showInFlight: { readonly seq: number; readonly revision: number } | null;
  fit: RunningFit | null;
  /** When the worker was last known to make progress. */
  lastSign: number;
  missed: number;
  pinged: boolean;
  /** When a worker without work was asked for something and has not answered since. */
  asked: number | null;
}

export function livingWorker(worker: WorkerLike): LivingWorker {
  return {
    worker,
    ready: false,
    showInFlight: null,
    fit: null,
    lastSign: Date.now(),
    missed: 0,
    pinged: false,
    asked: null,
  };
}
