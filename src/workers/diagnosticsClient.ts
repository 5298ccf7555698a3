/**
 * The page's side of a diagnosis: an engine worker of its own, ended with the measurement. What the user works on is
 * left alone, and whatever hangs or breaks costs nothing but itself.
 */
import { spawnEngineWorker, type WorkerLike } from './engineClient.ts';
import type { BackendChoice, Diagnosis, FromEngine } from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

export type DiagnosisOutcome =
  | { readonly kind: 'done'; readonly diagnosis: Diagnosis; readonly startMilliseconds: number }
  | { readonly kind: 'cancelled' }
  /** A sentence. */
  | { readonly kind: 'failed'; readonly message: string };

export interface DiagnosisRun {
  /** Never rejects. */
  readonly outcome: Promise<DiagnosisOutcome>;
  readonly cancel: () => void;
}

/** Software adapters compile for seconds; a minute without a sign is a hang. */
const SILENCE_MILLISECONDS = 60_000;

/** @param onNext what is measured next, and the share that is done */
export function runDiagnosis(
  backend: BackendChoice,
  onNext: (title: string, share: number) => void,
  spawn: () => WorkerLike = spawnEngineWorker,
  silence = SILENCE_MILLISECONDS,
): DiagnosisRun {
  let end: (outcome: DiagnosisOutcome) => void = () => undefined;
  const outcome = new Promise<DiagnosisOutcome>((settle) => {
    end = settle;
  });
  let worker: WorkerLike;
  try {
    worker = spawn();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    end({ kind: 'failed', message: `An engine could not be started: ${why}.` });
    return { outcome, cancel: () => undefined };
  }
  const began = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const finish = (result: DiagnosisOutcome): void => {
    clearTimeout(timer);
    worker.onmessage = null;
    worker.onerror = null;
    worker.onmessageerror = null;
    worker.terminate();
    end(result);
  };
  const fail = (message: string): void => finish({ kind: 'failed', message });
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      fail(
        `The engine gave no sign for ${Math.round(silence / 1000)} s: choose another backend and try again.`,
      );
    }, silence);
  };
  let startMilliseconds = 0;
  worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
    wait();
    switch (data.type) {
      case 'ready':
        startMilliseconds = performance.now() - began;
        worker.postMessage({ type: 'diagnose', seq: 2 });
        break;
      case 'diagnosing':
        onNext(data.next, data.share);
        break;
      case 'diagnosed':
        finish({ kind: 'done', diagnosis: data.diagnosis, startMilliseconds });
        break;
      case 'failed':
      case 'deviceLost':
        fail(data.message);
        break;
      default:
    }
  };
  worker.onerror = ({ message }) => fail(`The engine met an error: ${message || 'no details were given'}.`);
  worker.onmessageerror = () => fail('A message of the engine could not be read.');
  wait();
  onNext('The engine starts', 0);
  // Surfaces have brought down whole browsers: not for a measurement.
  worker.postMessage({ type: 'hello', seq: 1, version: PROTOCOL_VERSION, backend, surfaces: false });
  return { outcome, cancel: () => finish({ kind: 'cancelled' }) };
}
