/**
 * The page's side of the gallery: an engine worker of its own runs the ready systems one after the other, on the
 * processor, while somebody looks at the gallery. What the user works on is left alone.
 */
import type { Example } from '../graph/examples/example.ts';
import { spawnEngineWorker, type WorkerLike } from './engineClient.ts';
import { type ExampleResult, proveExample, type ShowDesign } from './galleryProof.ts';
import type { FromEngine, Pictures } from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

export type GalleryOutcome =
  | { readonly kind: 'shown'; readonly result: ExampleResult }
  /** A sentence. */
  | { readonly kind: 'failed'; readonly message: string };

export interface GalleryRun {
  readonly cancel: () => void;
}

/** A system takes milliseconds; the start of the engine some seconds on a busy machine. */
const SILENCE_MILLISECONDS = 30_000;

/** Runs the systems in order; `onResult` is called once for each, also for those that fail. */
export function runGallery(
  examples: readonly Example[],
  onResult: (id: string, outcome: GalleryOutcome) => void,
  spawn: () => WorkerLike = spawnEngineWorker,
  silence = SILENCE_MILLISECONDS,
): GalleryRun {
  const engine = new GalleryEngine(spawn, silence);
  const run = async (): Promise<void> => {
    for (const example of examples) {
      if (engine.isCancelled) return;
      let outcome: GalleryOutcome;
      try {
        outcome = { kind: 'shown', result: await proveExample(example, engine.show) };
      } catch (error) {
        outcome = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
      }
      if (engine.isCancelled) return;
      onResult(example.id, outcome);
    }
    engine.end();
  };
  void run();
  return { cancel: () => engine.cancel() };
}

/** One worker that answers one `show` at a time. */
class GalleryEngine {
  isCancelled = false;
  private worker: WorkerLike | null = null;
  private ready: Promise<void> | null = null;
  private seq = 1;
  private answered: ((message: FromEngine) => void) | null = null;
  private failed: ((error: Error) => void) | null = null;
  private readonly spawn: () => WorkerLike;
  private readonly silence: number;

  constructor(spawn: () => WorkerLike, silence: number) {
    this.spawn = spawn;
    this.silence = silence;
  }

  readonly show: ShowDesign = async (design, wanted): Promise<Pictures> => {
    this.ready ??= this.start();
    await this.ready;
    this.seq += 1;
    const answer = await this.ask({ type: 'show', seq: this.seq, revision: this.seq, design, ...wanted });
    if (answer.type !== 'frame') throw new Error('The engine did not compute this system.');
    const problem = answer.issues.find(({ severity }) => severity === 'error');
    if (problem !== undefined) throw new Error(problem.message);
    return { views: answer.views, previews: answer.previews };
  };

  cancel(): void {
    this.isCancelled = true;
    this.end();
  }

  end(): void {
    if (this.worker !== null) {
      this.worker.onmessage = null;
      this.worker.onerror = null;
      this.worker.terminate();
    }
    this.worker = null;
    this.ready = null;
  }

  private async start(): Promise<void> {
    const worker = this.spawn();
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromEngine>) => this.answered?.(data);
    worker.onerror = ({ message }) => {
      this.failed?.(new Error(`The engine met an error: ${message || 'no details were given'}.`));
    };
    const hello = { type: 'hello', seq: 1, version: PROTOCOL_VERSION, surfaces: false } as const;
    const answer = await this.ask({ ...hello, backend: 'wasm' });
    if (answer.type !== 'ready') throw new Error('The engine did not start.');
  }

  /** Rejects, and ends the worker, when it fails or gives no sign; the next question starts another. */
  private ask(message: Parameters<WorkerLike['postMessage']>[0]): Promise<FromEngine> {
    return new Promise<FromEngine>((settle, reject) => {
      const timer = setTimeout(() => this.failed?.(new Error('The engine gave no sign.')), this.silence);
      const finish = (): void => {
        clearTimeout(timer);
        this.answered = null;
        this.failed = null;
      };
      this.failed = (error) => {
        finish();
        this.end();
        reject(error);
      };
      this.answered = (answer) => {
        if (answer.type === 'pong') return;
        finish();
        settle(answer);
      };
      this.worker?.postMessage(message);
    });
  }
}
