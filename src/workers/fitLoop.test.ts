import { afterEach, describe, expect, it } from 'vitest';
import { OutOfMemory } from '../optics/ops/kernels.ts';
import { aWhile, fitting, request, started, stopFits, stopLater, until } from './drivenEngine.ts';
import { FakeSession, RESULT } from './fakeSession.ts';
import { FitProblemError } from './fit/fitProblemError.ts';
import type { FitSnapshot } from './protocol.ts';

afterEach(stopFits);

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
    stopLater(() => e.tell('stopFit'));
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
