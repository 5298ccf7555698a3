import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runDiagnosis } from './diagnosticsClient.ts';
import type { WorkerLike } from './engineClient.ts';
import type { Diagnosis, FromEngine, ToEngine } from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

const DIAGNOSIS: Diagnosis = {
  backend: 'wasm',
  adapter: null,
  reason: 'WebAssembly.',
  threads: 2,
  isolated: true,
  selfTest: { ok: true, detail: '' },
  rows: [{ id: 'a', title: 'A', milliseconds: 1, runs: 3 }],
};

class FakeWorker implements WorkerLike {
  readonly sent: ToEngine[] = [];
  ended = false;
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  postMessage(message: ToEngine): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  say(message: FromEngine): void {
    this.onmessage?.({ data: message } as MessageEvent<FromEngine>);
  }
  ready(): void {
    this.say({
      type: 'ready',
      seq: 1,
      version: PROTOCOL_VERSION,
      backend: 'wasm',
      reason: '',
      adapter: null,
    });
  }
}

function started() {
  const worker = new FakeWorker();
  const titles: string[] = [];
  const run = runDiagnosis(
    'wasm',
    (title) => titles.push(title),
    () => worker,
  );
  return { worker, titles, run };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a diagnosis from the page', () => {
  it('asks an engine of its own, tells what is measured, and ends the worker with the result', async () => {
    const { worker, titles, run } = started();
    expect(worker.sent).toEqual([
      { type: 'hello', seq: 1, version: PROTOCOL_VERSION, backend: 'wasm', surfaces: false },
    ]);
    worker.ready();
    expect(worker.sent[1]).toEqual({ type: 'diagnose', seq: 2 });
    worker.say({ type: 'diagnosing', seq: 2, next: 'Self-test', share: 0 });
    worker.say({ type: 'diagnosed', seq: 2, diagnosis: DIAGNOSIS });
    expect(await run.outcome).toMatchObject({ kind: 'done', diagnosis: DIAGNOSIS });
    expect(titles).toEqual(['The engine starts', 'Self-test']);
    expect(worker.ended).toBe(true);
  });

  it('can be cancelled at any time', async () => {
    const { worker, run } = started();
    worker.ready();
    run.cancel();
    expect(await run.outcome).toEqual({ kind: 'cancelled' });
    expect(worker.ended).toBe(true);
  });

  it.each([
    [
      'cannot start',
      (w: FakeWorker) =>
        w.say({ type: 'failed', seq: 1, code: 'internal', message: 'No adapter.', issues: [] }),
      'No adapter.',
    ],
    ['loses its device', (w: FakeWorker) => w.say({ type: 'deviceLost', seq: 1, message: 'Gone.' }), 'Gone.'],
    ['breaks', (w: FakeWorker) => w.onerror?.({ message: 'boom' } as ErrorEvent), 'boom'],
    ['hangs', () => vi.advanceTimersByTime(60_000), 'no sign for 60 s'],
  ])('ends with a sentence when the engine %s', async (_case, act, words) => {
    const { worker, run } = started();
    act(worker);
    const outcome = await run.outcome;
    expect(outcome.kind === 'failed' ? outcome.message : '').toContain(words);
    expect(worker.ended).toBe(true);
  });

  it('ends with a sentence where no worker can be made', async () => {
    const run = runDiagnosis(
      'auto',
      () => undefined,
      () => {
        throw new Error('not allowed');
      },
    );
    expect(await run.outcome).toEqual({
      kind: 'failed',
      message: 'An engine could not be started: not allowed.',
    });
  });
});
