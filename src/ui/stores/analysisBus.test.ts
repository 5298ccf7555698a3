import { describe, expect, it, vi } from 'vitest';
import type { Analysed } from '../../workers/protocol.ts';
import { createAnalysisBus } from './analysisBus.ts';

const request = (nodeId: string) => ({ nodeId, port: null });
const analysed = (nodeId: string): Analysed => ({
  ...request(nodeId),
  readouts: [],
  charts: [],
  facts: [],
  health: null,
});

describe('the analysis bus', () => {
  it('asks once for what several look at, and forgets what nobody looks at', async () => {
    const bus = createAnalysisBus();
    const asked = vi.fn();
    bus.onWantsChanged(asked);
    bus.want('card', [request('a')]);
    bus.want('dock', [request('a')]);
    await Promise.resolve();
    expect(asked).toHaveBeenCalledTimes(1);
    expect(bus.wants()).toEqual([request('a')]);
    bus.publish([analysed('a')]);
    bus.want('card', []);
    expect(bus.latest(request('a'))).not.toBeNull();
    bus.want('dock', []);
    expect(bus.latest(request('a'))).toBeNull();
  });

  it('takes numbers back that the engine does not give any more', () => {
    const bus = createAnalysisBus();
    const listener = vi.fn();
    bus.want('card', [request('a'), request('b')]);
    bus.subscribe(request('a'), listener);
    bus.publish([analysed('a'), analysed('b')]);
    bus.withdrawMissing([request('a'), request('b')], [analysed('b')]);
    expect(listener.mock.calls.map(([given]) => given === null)).toEqual([false, true]);
    expect(bus.latest(request('b'))).not.toBeNull();
  });
});
