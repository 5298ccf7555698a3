/** What becomes of a running fit, and of the graphics device, when the engine dies. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import { DEFAULT_FIT_OPTIONS } from '../graph/fitOptions.ts';
import { getAt } from '../graph/paths.ts';
import { options, setUp, show } from './fakeWorker.ts';
import type { FitResult } from './protocol.ts';
import { smallHologram } from './testDesigns.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const design = smallHologram({ learn: ['sphere.z'], start: { 'sphere.z': 6e-6 } });

function fitting() {
  const setup = setUp();
  setup.worker().ready();
  const outcome = setup.client.fit(show(1, design), { ...DEFAULT_FIT_OPTIONS, maxIterations: 100 });
  const lose = () => {
    setup
      .worker()
      .say({ type: 'deviceLost', seq: 1, message: 'The graphics device was lost: driver reset.' });
    vi.advanceTimersByTime(10_000);
  };
  const asked = () => {
    const message = setup.worker().last('fit');
    if (message.type !== 'fit') throw new Error('unreachable');
    return message;
  };
  return { ...setup, outcome, lose, asked };
}

it('a fit goes on from its last values in the next worker', async () => {
  const { worker, lose, asked, outcome, progress } = fitting();
  worker().progress({ iteration: 0, phase: 'search', values: { 'sphere.z': 7e-6 }, loss: 8 });
  worker().progress({ iteration: 12, values: { 'sphere.z': 5.5e-6 }, loss: 2 });
  lose();
  worker().ready();
  expect(getAt(asked().design, registry, 'sphere.z')).toBe(5.5e-6);
  expect(asked().options).toMatchObject({ coarseSearch: false, maxIterations: 88 });
  worker().progress({ iteration: 3 });
  expect(progress).toEqual([0, 12, 15]);
  const parameters = [{ path: 'sphere.z', start: 5.5e-6, value: 5e-6 }];
  const result = {
    parameters,
    loss: { start: 2, end: 1 },
    iterations: 4,
    warnings: [],
  } as unknown as FitResult;
  worker().say({ type: 'fitDone', trail: [], seq: asked().seq, revision: 1, result });
  expect(await outcome).toMatchObject({
    kind: 'done',
    result: {
      parameters: [{ start: 6e-6, value: 5e-6 }],
      loss: { start: 8, end: 1 },
      iterations: 16,
      warnings: ['The engine was restarted once during this fit, which went on from step 12.'],
    },
  });
});

it('a fit that has not found its start begins again, and stays paused', () => {
  const { client, worker, lose, asked } = fitting();
  worker().progress({ phase: 'search', values: { 'sphere.z': 7e-6 } });
  client.control('pauseFit');
  lose();
  worker().ready();
  expect(asked()).toMatchObject({ design, options: { coarseSearch: true, maxIterations: 100 } });
  expect(worker().sent.at(-1)?.type).toBe('pauseFit');
});

it('a fit can be stopped while there is no engine, and another one waits for it', async () => {
  const { client, worker, lose, outcome } = fitting();
  lose();
  expect(await client.fit(show(2), options)).toMatchObject({ kind: 'failed' });
  client.control('stopFit');
  expect((await outcome).kind).toBe('cancelled');
  worker().ready();
  expect(worker().count('fit')).toBe(0);
});

it('a fit that kills one engine after the other is given up with the reason', async () => {
  const { worker, outcome } = fitting();
  for (let death = 0; death < 4; death++) {
    worker().onerror?.({ message: 'boom' } as ErrorEvent);
    vi.advanceTimersByTime(10_000);
    worker().ready();
  }
  expect(await outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('boom') });
  expect(worker().count('fit')).toBe(0);
});

it('a device that was lost twice is not used until a backend is chosen', () => {
  const { client, worker, lose, readies, states } = fitting();
  lose();
  expect(worker().last('hello')).toMatchObject({ backend: 'auto' });
  expect(states.at(-1)).toMatchObject({
    message: 'The graphics device was lost: driver reset. The engine restarts; your design is safe.',
  });
  worker().ready();
  lose();
  expect(worker().last('hello')).toMatchObject({ backend: 'wasm' });
  worker().ready();
  expect(readies.at(-1)?.reason).toMatch(/^The graphics device was lost 2 times.* No graphics card\.$/);
  client.start('webgpu');
  expect(worker().last('hello')).toMatchObject({ backend: 'webgpu' });
});
