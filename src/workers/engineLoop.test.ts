import { describe, expect, it } from 'vitest';
import { DeviceFault, OutOfMemory } from '../optics/ops/kernels.ts';
import { aWhile, engine, started, until } from './drivenEngine.ts';
import { FakeSession, FRAME } from './fakeSession.ts';
import { FitProblemError } from './fit/fitProblemError.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

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
