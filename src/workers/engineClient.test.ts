import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_TIMINGS } from './clientTimings.ts';
import { options, setUp, show } from './fakeWorker.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('engine client', () => {
  it('greets the worker and sends nothing else before it is ready', () => {
    const { client, worker } = setUp();
    client.show(show(1));
    expect(worker().sent.map(({ type }) => type)).toEqual(['hello']);
    worker().ready();
    expect(worker().last('show')).toMatchObject({ revision: 1 });
  });

  it('stops with a sentence when the versions differ, and does not restart', () => {
    const { worker, workers, states } = setUp();
    worker().ready(PROTOCOL_VERSION + 1);
    vi.advanceTimersByTime(60_000);
    expect(states.at(-1)).toMatchObject({ kind: 'stopped' });
    expect(JSON.stringify(states.at(-1))).toContain('Reload');
    expect(workers).toHaveLength(1);
  });

  it('has one show in flight, skips to the newest, and always shows the last', () => {
    const { client, worker, frames, busy } = setUp();
    worker().ready();
    for (let revision = 1; revision <= 50; revision++) client.show(show(revision));
    expect(worker().count('show')).toBe(1);
    worker().frame();
    expect(worker().count('show')).toBe(2);
    expect(worker().last('show')).toMatchObject({ revision: 50 });
    worker().frame();
    expect(worker().count('show')).toBe(2);
    expect(frames).toEqual([1, 50]);
    expect(busy.at(-1)).toBe(false);
  });

  it('drops frames of another document and frames older than what is shown', () => {
    const { client, worker, frames } = setUp();
    worker().ready();
    client.show(show(5));
    client.setFloor(6);
    client.show(show(6));
    worker().frame();
    expect(frames).toEqual([]);
    worker().frame();
    expect(frames).toEqual([6]);
    client.show(show(7));
    worker().frame({ revision: 3 });
    expect(frames).toEqual([6]);
  });

  it('reports a failed show and goes on with the next', () => {
    const { client, worker, failures } = setUp();
    worker().ready();
    client.show(show(1));
    const { seq } = worker().last('show');
    client.show(show(2));
    worker().say({ type: 'failed', seq, code: 'invalid', message: 'The grid is too coarse.', issues: [] });
    expect(failures).toEqual(['The grid is too coarse.']);
    expect(worker().last('show')).toMatchObject({ revision: 2 });
  });

  it('restarts after an error and shows the newest design again', () => {
    const { client, worker, workers, states } = setUp();
    worker().ready();
    client.show(show(1));
    worker().frame();
    client.show(show(2));
    worker().onerror?.({ message: 'boom' } as ErrorEvent);
    expect(workers[0]?.terminated).toBe(true);
    expect(states.at(-1)).toMatchObject({ kind: 'restarting' });
    vi.advanceTimersByTime(1);
    expect(workers).toHaveLength(2);
    worker().ready();
    expect(worker().last('show')).toMatchObject({ revision: 2 });
    expect(states.at(-1)).toEqual({ kind: 'ready' });
  });

  it.each(['messageerror', 'deviceLost'] as const)(
    'treats %s as a death, and surfaces as suspects',
    (kind) => {
      const { worker, workers } = setUp();
      expect(worker().last('hello')).toMatchObject({ surfaces: true });
      worker().ready();
      if (kind === 'messageerror') worker().onmessageerror?.({} as MessageEvent);
      else worker().say({ type: 'deviceLost', seq: 1, message: 'driver reset' });
      vi.advanceTimersByTime(1);
      expect(workers).toHaveLength(2);
      expect(worker().last('hello')).toMatchObject({ surfaces: false });
    },
  );

  it('backs off 0, 0.5, 2, 10 s and gives up after more than four deaths a minute', () => {
    const { worker, workers, states } = setUp();
    const dieAndWait = (milliseconds: number): void => {
      worker().onerror?.({ message: 'boom' } as ErrorEvent);
      vi.advanceTimersByTime(milliseconds - 1);
    };
    DEFAULT_TIMINGS.backOffMilliseconds.forEach((delay, index) => {
      dieAndWait(Math.max(1, delay));
      if (delay > 0) expect(workers).toHaveLength(index + 1);
      vi.advanceTimersByTime(1);
      expect(workers).toHaveLength(index + 2);
    });
    dieAndWait(30_000);
    expect(workers).toHaveLength(5);
    const last = states.at(-1);
    expect(last?.kind).toBe('stopped');
    expect(JSON.stringify(last)).toContain('5 times within a minute');
  });

  it('notices a worker that does not answer, within four seconds', () => {
    const { worker, workers } = setUp();
    worker().ready();
    worker().answersPings = false;
    vi.advanceTimersByTime(3000);
    expect(workers).toHaveLength(1);
    vi.advanceTimersByTime(1001);
    expect(workers).toHaveLength(2);
  });

  it('is patient with a long request for 20 s, and no longer', () => {
    const { client, worker, workers } = setUp();
    worker().ready();
    client.show(show(1));
    worker().answersPings = false;
    vi.advanceTimersByTime(19_000);
    expect(workers).toHaveLength(1);
    vi.advanceTimersByTime(5000);
    expect(workers).toHaveLength(2);
  });

  it('gives the next worker three times as long: the first may only have been slow', () => {
    const { client, worker, workers } = setUp();
    worker().ready();
    const fit = client.fit(show(1), options);
    worker().answersPings = false;
    vi.advanceTimersByTime(24_000);
    expect(workers).toHaveLength(2);
    worker().ready();
    worker().answersPings = false;
    vi.advanceTimersByTime(59_000);
    expect(workers).toHaveLength(2);
    vi.advanceTimersByTime(6000);
    expect(workers).toHaveLength(3);
    client.dispose();
    return expect(fit).resolves.toMatchObject({ kind: 'failed' });
  });

  it('notices within six seconds a worker that never takes a request up', () => {
    const { client, worker, workers, states } = setUp();
    worker().ready();
    worker().answersPings = false;
    client.show(show(1));
    vi.advanceTimersByTime(4900);
    expect(workers).toHaveLength(1);
    vi.advanceTimersByTime(1101);
    expect(workers).toHaveLength(2);
    expect(states.at(-1)).toMatchObject({ kind: 'restarting' });
    worker().ready();
    expect(worker().last('show')).toMatchObject({ revision: 1 });
  });

  it('lets a fit that reports progress run for ever', () => {
    const { client, worker, workers, progress } = setUp();
    worker().ready();
    void client.fit(show(1), options);
    worker().answersPings = false;
    const { seq } = worker().last('fit');
    for (let iteration = 1; iteration <= 10; iteration++) {
      vi.advanceTimersByTime(10_000);
      worker().say({
        type: 'fitProgress',
        trail: [],
        seq,
        revision: 1,
        progress: { iteration, loss: 1, phase: 'fit', searched: null, values: {} },
        views: [],
        previews: [],
      });
    }
    expect(workers).toHaveLength(1);
    expect(progress).toHaveLength(10);
  });

  it('settles a fit by done, cancelled and failed, and refuses a second one', async () => {
    const { client, worker } = setUp();
    expect((await client.fit(show(1), options)).kind).toBe('failed');
    worker().ready();
    const first = client.fit(show(1), options);
    const second = await client.fit(show(1), options);
    expect(second).toMatchObject({ kind: 'failed', message: expect.stringContaining('already') });
    worker().say({ type: 'cancelled', seq: worker().last('fit').seq });
    expect((await first).kind).toBe('cancelled');
    const third = client.fit(show(2), options);
    worker().say({
      type: 'failed',
      seq: worker().last('fit').seq,
      code: 'invalid',
      message: 'No loss.',
      issues: [],
    });
    expect(await third).toMatchObject({ kind: 'failed', message: 'No loss.' });
  });

  it('stops answering after dispose', () => {
    const { client, worker, workers } = setUp();
    worker().ready();
    client.dispose();
    client.show(show(1));
    vi.advanceTimersByTime(60_000);
    expect(workers[0]?.terminated).toBe(true);
    expect(workers).toHaveLength(1);
  });
});
