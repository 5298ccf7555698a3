import { afterEach, expect, it, vi } from 'vitest';
import { budgetOf, untilStopped } from './budget.ts';

afterEach(() => vi.useRealTimers());

it('begins no trial after its seconds, of which a pause is no part', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const paused = async () => {
    vi.advanceTimersByTime(60_000);
    return true;
  };
  const budget = budgetOf(5, paused);
  const slow = async () => {
    vi.advanceTimersByTime(2000);
    return 'done';
  };
  const told = [];
  for (let i = 0; i < 5; i++) told.push(await budget.spend(slow));
  expect(told).toEqual(['done', 'done', 'done', null, null]);
});

it('begins none after it was stopped, and asks no more', async () => {
  let asked = 0;
  const goOn = untilStopped(async () => ++asked < 2);
  const first = budgetOf(5, goOn);
  expect(await first.spend(async () => 1)).toBe(1);
  expect(await first.spend(async () => 2)).toBeNull();
  expect(await budgetOf(5, goOn).spend(async () => 3)).toBeNull();
  expect(asked).toBe(2);
});
