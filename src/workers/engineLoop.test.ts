import { afterEach, describe, expect, it } from 'vitest';
import type { Design } from '../graph/document.ts';
import type { FitOptions } from '../graph/fitOptions.ts';
import { DeviceFault, OutOfMemory } from '../optics/ops/kernels.ts';
import { EngineLoop } from './engineLoop.ts';
import { FakeSession, FRAME, RESULT } from './fakeSession.ts';
import { FitProblemError } from './fit/fitProblemError.ts';
import type { FitSnapshot, FromEngine, ToEngine, ViewRequest } from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import type { Session } from './session.ts';

const options: FitOptions = { method: 'adam', coarseSearch: false, maxIterations: 5, learningRate: 0.1 };
const named = (title: string) => ({ title }) as unknown as Design;
const request: ViewRequest = { nodeId: 'camera', mode: 'intensity', plane: 0, layer: 'output' };

function engine(session = new FakeSession()) {
  const posted: FromEngine[] = [];
  const opened: string[] = [];
  let seq = 0;
  let openError: unknown = null;
  const loop = new EngineLoop({
    post: (message) => posted.push(message),
    open: async (choice) => {
      opened.push(choice);
      if (openError !== null) throw openError;
      return session as unknown as Session;
    },
    isDeviceFault: (error) => error instanceof DeviceFault,
  });
  const send = (message: ToEngine) => {
    loop.receive(message);
    return message.seq;
  };
  const of = <T extends FromEngine['type']>(type: T) =>
    posted.filter((message): message is Extract<FromEngine, { type: T }> => message.type === type);
  return {
    session,
    posted,
    opened,
    of,
    failOpening: (error: unknown) => {
      openError = error;
    },
    hello: (version = PROTOCOL_VERSION) =>
      send({ type: 'hello', seq: ++seq, version, backend: 'wasm', surfaces: true }),
    show: (title: string, views: readonly ViewRequest[] = [request]) =>
      send({ type: 'show', seq: ++seq, revision: seq, design: named(title), views, previews: [] }),
    fit: (title = 'fit', views: readonly ViewRequest[] = [request], resume?: FitSnapshot) => {
      const from = resume === undefined ? {} : { resume };
      const asked = { design: named(title), options, views, previews: [], ...from };
      return send({ type: 'fit', seq: ++seq, revision: seq, ...asked });
    },
    tell: (type: 'pauseFit' | 'resumeFit' | 'stepFit' | 'stopFit') => send({ type, seq: ++seq }),
    diagnose: () => send({ type: 'diagnose', seq: ++seq }),
    ping: () => send({ type: 'ping', seq: ++seq }),
  };
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('It did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Long enough for whatever must not happen to happen: several tasks and polls of the loop. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 120));

async function started(session = new FakeSession()) {
  const e = engine(session);
  e.hello();
  await until(() => e.of('ready').length === 1);
  return e;
}

/** Fits that the tests leave running would keep the process busy. */
const left: (() => void)[] = [];
afterEach(() => {
  for (const stop of left.splice(0)) stop();
});

async function fitting(change: Partial<FakeSession> = {}) {
  const session = Object.assign(new FakeSession(), { length: 1e9, ...change });
  const e = await started(session);
  const seq = e.fit();
  left.push(() => e.tell('stopFit'));
  await until(() => session.steps > 2);
  return { ...e, seq };
}

describe('hello', () => {
  it('opens the backend and says what computes', async () => {
    const e = engine();
    const seq = e.hello();
    await until(() => e.posted.length > 0);
    expect(e.opened).toEqual(['wasm']);
    const ready = {
      type: 'ready',
      seq,
      version: PROTOCOL_VERSION,
      backend: 'wasm',
      reason: 'No graphics card.',
      adapter: null,
    };
    expect(e.posted).toEqual([ready]);
  });

  it('refuses another version without opening anything', async () => {
    const e = engine();
    const seq = e.hello(PROTOCOL_VERSION + 1);
    await until(() => e.posted.length > 0);
    expect(e.of('failed')[0]).toMatchObject({
      seq,
      code: 'protocol',
      message: expect.stringContaining('reload'),
    });
    expect(e.opened).toEqual([]);
    e.show('early');
    await aWhile();
    expect(e.posted).toHaveLength(1);
  });

  it('says why the backend cannot be had', async () => {
    const e = engine();
    e.failOpening(new Error('WebGPU is not available here.'));
    const seq = e.hello();
    await until(() => e.posted.length > 0);
    expect(e.posted[0]).toMatchObject({ type: 'failed', seq, message: 'WebGPU is not available here.' });
  });

  it('answers what was asked before', async () => {
    const e = engine();
    const first = e.show('one');
    const second = e.show('two');
    await aWhile();
    expect(e.posted).toEqual([{ type: 'cancelled', seq: first }]);
    e.hello();
    await until(() => e.of('frame').length === 1);
    expect(e.of('frame')[0]).toMatchObject({ seq: second, revision: second });
    expect(e.session.shown).toEqual(['two']);
  });

  it('tells when the device is lost', async () => {
    const e = await started();
    e.session.lose('the driver was updated');
    await until(() => e.of('deviceLost').length === 1);
    expect(e.of('deviceLost')[0]?.message).toBe('The graphics device was lost: the driver was updated');
  });
});

describe('show', () => {
  it('passes on what the session made', async () => {
    const e = await started();
    const seq = e.show('a');
    await until(() => e.of('frame').length === 1);
    expect(e.of('frame')).toEqual([{ type: 'frame', seq, revision: seq, ...FRAME }]);
  });

  it('answers the first and the latest, and cancels what was overtaken', async () => {
    const e = await started(Object.assign(new FakeSession(), { holdShows: true }));
    const seqs = ['a', 'b', 'c', 'd'].map((title) => e.show(title));
    expect(e.of('cancelled').map(({ seq }) => seq)).toEqual([seqs[1], seqs[2]]);
    await until(() => e.session.finish.length === 1);
    e.session.finish.shift()?.();
    await until(() => e.session.finish.length === 1);
    e.session.finish.shift()?.();
    await until(() => e.of('frame').length === 2);
    expect(e.of('frame').map(({ seq }) => seq)).toEqual([seqs[0], seqs[3]]);
    expect(e.session.shown).toEqual(['a', 'd']);
    expect(e.session.mostRunning).toBe(1);
  });

  it('does not keep a ping waiting', async () => {
    const e = await started(Object.assign(new FakeSession(), { holdShows: true }));
    e.show('a');
    const seq = e.ping();
    expect(e.posted.at(-1)).toEqual({ type: 'pong', seq });
    e.session.finish.shift()?.();
  });

  it.each(['showError', 'fitError'] as const)('gives its device up after a fault: %s', async (kind) => {
    const fault = new DeviceFault('The graphics device reported an error.');
    const e = await started(Object.assign(new FakeSession(), { [kind]: fault }));
    const seq = kind === 'showError' ? e.show('a') : e.fit();
    await until(() => e.of('deviceLost').length === 1);
    expect(e.of('deviceLost')).toEqual([{ type: 'deviceLost', seq, message: fault.message }]);
    expect(e.of('failed')).toEqual([]);
  });

  it.each([
    [new FitProblemError('Nothing is marked.'), 'invalid', 'Nothing is marked.'],
    [new OutOfMemory('No memory left.'), 'memory', 'No memory left.'],
    [new TypeError('x is undefined'), 'internal', 'x is undefined'],
    ['a mere string', 'internal', 'a mere string'],
  ])('turns %s into a failure that has a code', async (error, code, message) => {
    const e = await started(Object.assign(new FakeSession(), { showError: error }));
    const seq = e.show('a');
    await until(() => e.of('failed').length === 1);
    expect(e.of('failed')).toEqual([{ type: 'failed', seq, code, message, issues: [] }]);
    // The next one is answered again.
    e.session.showError = null;
    const next = e.show('b');
    await until(() => e.of('frame').length === 1);
    expect(e.of('frame')[0]?.seq).toBe(next);
  });
});

describe('fit', () => {
  it('reports progress and the result', async () => {
    const e = await started();
    const seq = e.fit();
    await until(() => e.of('fitDone').length === 1);
    expect(e.of('fitDone')[0]).toMatchObject({ seq, revision: seq, result: { ...RESULT, converged: true } });
    // Every step is told of, shown or not.
    const noted = [...e.of('fitProgress'), ...e.of('fitDone')].flatMap((message) => [
      ...message.trail,
      ...('progress' in message ? [message.progress] : []),
    ]);
    expect(noted.map(({ iteration }) => iteration)).toEqual([0, 1, 2]);
    expect(e.of('fitProgress')[0]).toMatchObject({ seq, revision: seq, progress: { iteration: 0, loss: 1 } });
    expect(e.session.looks).toBe(e.of('fitProgress').length);
  });

  it('sends learned maps along', async () => {
    const e = await started();
    e.session.maps = [{ path: 'slm.phase', title: 'Phase', cells: 1, data: 'AAAAAA==' }];
    e.fit();
    await until(() => e.of('fitDone').length === 1);
    expect(e.of('fitProgress')[0]).toMatchObject({ maps: e.session.maps });
  });

  it('counts no time that it was paused', async () => {
    const e = await fitting();
    e.tell('pauseFit');
    await aWhile();
    e.tell('stopFit');
    await until(() => e.of('fitDone').length === 1);
    // The session itself tells a constant time.
    expect(e.of('fitDone')[0]?.result.seconds).toBeLessThan(RESULT.seconds);
  });

  it('makes no pictures that nobody asked for', async () => {
    const e = await started();
    e.fit('fit', []);
    await until(() => e.of('fitDone').length === 1);
    expect(e.session.looks).toBe(0);
  });

  it('does not flood the page', async () => {
    const e = await fitting();
    await aWhile();
    e.tell('stopFit');
    await until(() => e.of('fitDone').length === 1);
    // Thousands of steps in a tenth of a second or so, thirty messages a second.
    expect(e.session.steps).toBeGreaterThan(3 * e.of('fitProgress').length);
  });

  it('spends a fifth of the time on pictures that take long', async () => {
    const e = await started();
    e.session.lookMilliseconds = 50;
    e.session.length = 1e9;
    const began = performance.now();
    e.fit();
    await until(() => e.of('fitProgress').length >= 4);
    // Three pauses of 4 × 50 ms lie between four pictures of 50 ms; without them it would be 200 ms in all.
    expect(performance.now() - began).toBeGreaterThan(3 * 4 * 50 + 3 * 50);
    e.tell('stopFit');
    await until(() => e.of('fitDone').length === 1);
  });

  it('stops when told to, with the result so far', async () => {
    const e = await fitting();
    e.tell('stopFit');
    await until(() => e.of('fitDone').length === 1);
    expect(e.of('fitDone')[0]).toMatchObject({ seq: e.seq, result: { converged: false } });
    const steps = e.session.steps;
    await aWhile();
    expect(e.session.steps).toBe(steps);
  });

  it('pauses, steps and resumes', async () => {
    const e = await fitting();
    e.tell('pauseFit');
    await aWhile();
    const held = e.session.steps;
    await aWhile();
    expect(e.session.steps).toBe(held);
    for (const more of [1, 2]) {
      const before = e.of('fitProgress').length;
      e.tell('stepFit');
      await until(() => e.session.steps === held + more);
      await aWhile();
      expect(e.session.steps).toBe(held + more);
      // Every single step is shown, however soon after the last.
      expect(e.of('fitProgress').length).toBe(before + 1);
      expect(e.of('fitProgress').at(-1)?.progress.iteration).toBe(e.session.steps - 1);
    }
    e.tell('resumeFit');
    await until(() => e.session.steps > held + 5);
  });

  it('takes the trials of a search for one step', async () => {
    const session = Object.assign(new FakeSession(), { length: 60, trials: 40 });
    const e = await started(session);
    e.fit();
    left.push(() => e.tell('stopFit'));
    await until(() => session.steps > 0);
    e.tell('pauseFit');
    await aWhile();
    expect(session.steps).toBeLessThan(40);
    e.tell('stepFit');
    await until(() => session.steps > 40);
    await aWhile();
    // Past the search, and one step on.
    expect(session.steps).toBe(42);
  });

  it('pauses a running fit by a step', async () => {
    const e = await fitting();
    e.tell('stepFit');
    await aWhile();
    const held = e.session.steps;
    await aWhile();
    expect(e.session.steps).toBe(held);
  });

  it('can be stopped while it is paused', async () => {
    const e = await fitting();
    e.tell('pauseFit');
    await aWhile();
    e.tell('stopFit');
    await until(() => e.of('fitDone').length === 1);
    expect(e.of('fitDone')[0]?.result.converged).toBe(false);
  });

  it.each(['running', 'paused'])('answers a show while it is %s, and goes on', async (state) => {
    const e = await fitting();
    if (state === 'paused') {
      e.tell('pauseFit');
      await aWhile();
    }
    const steps = e.session.steps;
    const seq = e.show('look');
    await until(() => e.of('frame').length === 1);
    expect(e.of('frame')[0]?.seq).toBe(seq);
    expect(e.of('fitDone')).toEqual([]);
    if (state === 'paused') expect(e.session.steps).toBe(steps);
    else await until(() => e.session.steps > steps + 5);
  });

  it('pictures from then on what a show asked for, in the colours of the fit', async () => {
    const e = await fitting();
    await until(() => e.session.lookedFor.join() === 'camera');
    e.show('look', [{ ...request, nodeId: 'lens' }]);
    await until(() => e.session.lookedFor.join() === 'lens');
    e.tell('stopFit');
    await until(() => e.of('fitDone').length === 1);
    e.show('after');
    await until(() => e.session.held.length === 2);
    expect(e.session.held).toEqual([true, false]);
  });

  it('survives a show that fails', async () => {
    const e = await fitting({ showError: new Error('broken') });
    const seq = e.show('look');
    await until(() => e.of('failed').length === 1);
    expect(e.of('failed')[0]?.seq).toBe(seq);
    const steps = e.session.steps;
    await until(() => e.session.steps > steps + 5);
  });

  it('gives way to a newer fit', async () => {
    const e = await fitting();
    const overtaken = e.fit('second');
    e.session.length = 3;
    const latest = e.fit('third');
    await until(() => e.of('fitDone').length === 2);
    expect(e.of('cancelled').map(({ seq }) => seq)).toEqual([overtaken]);
    expect(e.of('fitDone').map(({ seq }) => seq)).toEqual([e.seq, latest]);
    expect(e.session.fits).toEqual(['fit', 'third']);
    expect(e.of('fitDone')[1]?.result.converged).toBe(true);
  });

  it('starts unpaused after a paused one was stopped', async () => {
    const e = await fitting();
    e.tell('pauseFit');
    e.tell('stopFit');
    await until(() => e.of('fitDone').length === 1);
    // Commands that come when nothing runs mean nothing to the next fit.
    for (const type of ['pauseFit', 'stepFit', 'stopFit'] as const) e.tell(type);
    e.session.length = 3;
    e.fit('next');
    await until(() => e.of('fitDone').length === 2);
    expect(e.of('fitDone')[1]?.result.converged).toBe(true);
  });

  it.each([
    [new FitProblemError('Nothing is marked as learnable.'), 'invalid'],
    [new OutOfMemory('No memory left.'), 'memory'],
    [new RangeError('bad'), 'internal'],
  ])('that fails says so: %s', async (error, code) => {
    const e = await started(Object.assign(new FakeSession(), { fitError: error }));
    const seq = e.fit();
    await until(() => e.of('failed').length === 1);
    expect(e.of('failed')[0]).toMatchObject({ seq, code, message: error.message });
    expect(e.of('fitDone')).toEqual([]);
    e.show('after');
    await until(() => e.of('frame').length === 1);
  });
});

it('answers every request exactly once', async () => {
  const e = await started();
  e.session.length = 30;
  const asked = [e.show('a'), e.fit('f'), e.show('b'), e.show('c'), e.fit('g'), e.show('d')];
  await until(() => e.of('fitDone').length + e.of('cancelled').length + e.of('frame').length >= asked.length);
  await aWhile();
  const answers = e.posted.filter(({ type }) => ['frame', 'fitDone', 'failed', 'cancelled'].includes(type));
  expect(answers.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(asked);
});

it('a diagnosis tells what it measures; one that cannot be made is said, and the engine goes on', async () => {
  // The stand-in has no kernels to measure.
  const e = engine();
  const [overtaken, seq] = [e.diagnose(), e.diagnose()];
  expect(e.of('cancelled')).toEqual([{ type: 'cancelled', seq: overtaken }]);
  e.hello();
  e.show('after');
  await until(() => e.of('failed').length + e.of('frame').length === 2);
  expect(e.of('diagnosing')[0]).toMatchObject({ seq, next: 'Self-test', share: 0 });
  expect(e.of('failed')[0]).toMatchObject({ seq, code: 'internal' });
});

describe('what going on with a fit takes', () => {
  const snapshot = { version: 1, iteration: 3, seconds: 1000 } as unknown as FitSnapshot;

  it('goes out where the fit is paused, with each step by hand, and not all the time', async () => {
    const e = await fitting({ snapshot });
    await until(() => e.of('fitProgress').length > 5);
    // Once a second: this is not one yet.
    expect(
      e
        .of('fitProgress')
        .slice(0, 5)
        .every((message) => message.snapshot === undefined),
    ).toBe(true);
    e.tell('pauseFit');
    await until(() => e.of('fitProgress').at(-1)?.snapshot !== undefined);
    const count = e.of('fitProgress').length;
    e.tell('stepFit');
    await until(() => e.of('fitProgress').length > count);
    const kept = e.of('fitProgress').at(-1)?.snapshot;
    expect(kept).toMatchObject({ version: 1, iteration: 3 });
    // Without the time for which it was paused.
    expect(kept?.seconds).toBeLessThan(1000);
    // A step that was shown as one of the trail is not told twice.
    const steps = e.of('fitProgress').flatMap(({ progress, trail }) => [...trail, progress]);
    const told = steps.map(({ iteration }) => iteration);
    expect(new Set(told).size).toBeGreaterThan(told.length - 2);
  });

  it('comes back to the session that is to go on', async () => {
    const session = Object.assign(new FakeSession(), { length: 1 });
    const e = await started(session);
    e.fit('fit', [], snapshot);
    await until(() => e.of('fitDone').length === 1);
    expect(session.resumed).toEqual(snapshot);
  });
});
