import { IDBFactory } from 'fake-indexeddb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Line, type LinePlan, planId } from './plan.ts';
import { FourierPlanner } from './planner.ts';
import { type PlanMeter, tuneLine } from './tuning.ts';
import { createMemoryStore, TuningQueue, type TuningStore } from './tuningQueue.ts';
import { createTuningStore } from './tuningStore.ts';

const LINE: Line = { outer: 512, length: 512, inner: 1 };
const planner = () =>
  new FourierPlanner({ limits: { sharedBytes: 16384, threads: 256 }, processor: 'graphics' });
const CANDIDATES = planner().candidates(LINE);

/** A device on which plan i takes `milliseconds[i]`; a negative number gives wrong results. */
function fakeMeter(milliseconds: readonly number[], wait = 0.1) {
  const runs: string[] = [];
  let total = 0;
  const costs = new Map(CANDIDATES.map((plan, index) => [planId(plan), milliseconds[index] ?? 1]));
  const cost = (plan: LinePlan) => costs.get(planId(plan)) ?? 1;
  const meter: PlanMeter = {
    time: async (_, plan, count) => {
      runs.push(...Array.from({ length: count }, () => planId(plan)));
      total += count * cost(plan);
      return wait + count * cost(plan);
    },
    agrees: async (_, plan) => cost(plan) > 0,
    finish: vi.fn(),
  };
  return { meter, runs, total: () => total };
}

const all = (value: number) => CANDIDATES.map(() => value);

afterEach(() => vi.unstubAllGlobals());

describe('tuneLine', () => {
  it('takes the fastest plan', async () => {
    const { meter } = fakeMeter([1, 0.6, 0.9, ...all(1)]);
    const result = await tuneLine(LINE, CANDIDATES, meter, 20);
    expect(result.plan).toBe(CANDIDATES[1]);
    expect(result.reason).toContain('faster');
    expect(meter.finish).toHaveBeenCalledOnce();
  });

  it('keeps the usual plan for less than a twentieth', async () => {
    const { meter } = fakeMeter([1, 0.97, ...all(1)]);
    expect((await tuneLine(LINE, CANDIDATES, meter, 20)).plan).toBe(CANDIDATES[0]);
  });

  it('never takes a plan that is wrong, not even the usual one', async () => {
    const { meter, runs } = fakeMeter([-0.1, 0.6, -0.2, ...all(1)]);
    const result = await tuneLine(LINE, CANDIDATES, meter, 20);
    expect(result.plan).toBe(CANDIDATES[1]);
    expect(result.rejected).toEqual([CANDIDATES[0], CANDIDATES[2]].map((plan) => plan && planId(plan)));
    expect(runs).not.toContain(CANDIDATES[0] && planId(CANDIDATES[0]));
  });

  it('stays near its budget, however slow the device', async () => {
    for (const scale of [0.01, 0.5, 5]) {
      const { meter, total } = fakeMeter(all(scale), 0.01);
      await tuneLine(LINE, CANDIDATES, meter, 20);
      // Each plan once in any case, and the last sample may overrun.
      expect(total()).toBeLessThan(20 + (CANDIDATES.length + 1) * scale + 1);
    }
  });

  it('drops hopeless plans after one run', async () => {
    const { meter, runs } = fakeMeter([1, 0.9, 4, ...all(1)]);
    await tuneLine(LINE, CANDIDATES, meter, 20);
    expect(runs.filter((id) => CANDIDATES[2] && id === planId(CANDIDATES[2])).length).toBe(1);
  });

  it('does not choose by a clock as coarse as that of a browser that polls', async () => {
    const { meter } = fakeMeter([1, 0.1, ...all(1)], 100);
    const result = await tuneLine(LINE, CANDIDATES, meter, 20);
    expect(result.plan).toBe(CANDIDATES[0]);
    expect(result.reason).toContain('coarse');
  });

  it('fails, and cleans up, when every plan is wrong', async () => {
    const { meter } = fakeMeter(all(-1));
    await expect(tuneLine(LINE, CANDIDATES, meter, 20)).rejects.toThrow('No plan');
    expect(meter.finish).toHaveBeenCalledOnce();
  });
});

describe('TuningQueue', () => {
  const queueOf = (store: TuningStore, milliseconds: readonly number[], adapter = 'some card') => {
    const own = planner();
    const fake = fakeMeter(milliseconds);
    return { own, fake, queue: new TuningQueue({ planner: own, meter: fake.meter, store, adapter }) };
  };
  const fastSecond = [1, 0.5, ...all(1)];

  it('measures once, and remembers for the next device of that name', async () => {
    const store = createMemoryStore();
    const first = queueOf(store, fastSecond);
    first.queue.want(LINE);
    first.queue.want({ ...LINE, outer: 500 });
    expect((await first.queue.tuneNow()).length).toBe(1);
    expect(first.own.planFor(LINE)).toEqual(CANDIDATES[1]);
    const second = queueOf(store, all(1));
    second.queue.want(LINE);
    expect(await second.queue.tuneNow()).toEqual([]);
    expect(second.fake.runs).toEqual([]);
    expect(second.own.planFor(LINE)).toEqual(CANDIDATES[1]);
    const other = queueOf(store, all(1), 'another card');
    other.queue.want(LINE);
    expect((await other.queue.tuneNow()).length).toBe(1);
  });

  it('notes the usual plan before the trial, in case the trial ends the device', async () => {
    const store = createMemoryStore();
    const { queue, fake } = queueOf(store, fastSecond);
    fake.meter.agrees = () => Promise.reject(new Error('The device is lost.'));
    queue.want(LINE);
    await expect(queue.tuneNow()).rejects.toThrow('lost');
    const next = queueOf(store, fastSecond);
    next.queue.want(LINE);
    expect(await next.queue.tuneNow()).toEqual([]);
    expect(next.own.planFor(LINE)).toEqual(CANDIDATES[0]);
  });

  it('works with a store that fails', async () => {
    const broken: TuningStore = {
      get: () => Promise.reject(new Error('no')),
      set: () => Promise.reject(new Error('no')),
    };
    const { queue, own } = queueOf(broken, fastSecond);
    queue.want(LINE);
    await queue.tuneNow();
    expect(own.planFor(LINE)).toEqual(CANDIDATES[1]);
  });

  it('waits for a pause', async () => {
    vi.useFakeTimers();
    try {
      const { queue, fake } = queueOf(createMemoryStore(), fastSecond);
      queue.want(LINE);
      for (let frame = 0; frame < 10; frame++) {
        queue.touch();
        await vi.advanceTimersByTimeAsync(200);
      }
      expect(fake.runs).toEqual([]);
      await vi.advanceTimersByTimeAsync(200);
      expect(fake.runs.length).toBeGreaterThan(0);
      queue.dispose();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('createTuningStore', () => {
  it('keeps choices in IndexedDB', async () => {
    vi.stubGlobal('indexedDB', new IDBFactory());
    await createTuningStore().set('512', 'passes 8.8.8');
    const later = createTuningStore();
    expect(await later.get('512')).toBe('passes 8.8.8');
    expect(await later.get('256')).toBeUndefined();
  });

  it('keeps them in memory where there is none', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const store = createTuningStore();
    await store.set('512', 'passes 8.8.8');
    expect(await store.get('512')).toBe('passes 8.8.8');
  });
});
