import { describe, expect, it, vi } from 'vitest';
import type { View, ViewRequest } from '../../workers/protocol.ts';
import { createFrameBus } from './frameBus.ts';

function view(nodeId: string, change: Partial<View> = {}): View {
  return {
    nodeId,
    mode: 'intensity',
    layer: 'output',
    portType: 'image',
    shape: [1, 1],
    data: Float32Array.of(0),
    planes: 1,
    plane: 0,
    pitch: 1e-6,
    unit: 'counts',
    ...change,
  };
}

function request(nodeId: string, change: Partial<ViewRequest> = {}): ViewRequest {
  return { nodeId, mode: 'intensity', plane: 0, layer: 'output', ...change };
}

describe('frame bus', () => {
  it('hands views to the listeners of their node only, until they stop', () => {
    const bus = createFrameBus();
    const [a, b] = [vi.fn(), vi.fn()];
    const stop = bus.subscribe('a', a);
    bus.subscribe('b', b);
    const first = view('a');
    bus.publish([first]);
    stop();
    bus.publish([view('a')]);
    expect(a.mock.calls).toEqual([[first]]);
    expect(b).not.toHaveBeenCalled();
  });

  it('keeps the latest by layer and by mode', () => {
    const bus = createFrameBus();
    const phase = view('a', { mode: 'phase' });
    const intensity = view('a');
    const residual = view('a', { layer: 'residual' });
    bus.publish([phase, intensity, residual]);
    expect(bus.latest('a')).toBe(intensity);
    expect(bus.latest('a', 'output', 'phase')).toBe(phase);
    expect(bus.latest('a', 'residual')).toBe(residual);
    expect(bus.latest('a', 'target')).toBeUndefined();
  });

  it('merges equal wishes, and keeps planes and modes apart', () => {
    const bus = createFrameBus();
    bus.want('viewer', request('a'));
    bus.want('chart', request('a'));
    expect(bus.wants()).toEqual([request('a')]);
    bus.want('other', request('a', { plane: 3 }));
    bus.want('phase', request('a', { mode: 'phase' }));
    expect(bus.wants()).toHaveLength(3);
    bus.want('chart', null);
    expect(bus.wants()).toHaveLength(3);
    bus.want('viewer', null);
    expect(bus.wants()).toEqual([request('a', { plane: 3 }), request('a', { mode: 'phase' })]);
  });

  it('announces changed wishes once, and unchanged ones not at all', async () => {
    const bus = createFrameBus();
    const changed = vi.fn();
    bus.onWantsChanged(changed);
    bus.want('a', request('a'));
    bus.want('b', request('b'));
    await Promise.resolve();
    expect(changed).toHaveBeenCalledTimes(1);
    bus.want('a', request('a'));
    bus.want('nobody', null);
    await Promise.resolve();
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('shows the remembered picture while held, and the newest afterwards', () => {
    const bus = createFrameBus();
    const shown: View[] = [];
    bus.subscribe('a', (each) => shown.push(each));
    const before = view('a');
    bus.publish([before]);
    bus.captureBefore();
    bus.showBefore(true);
    const newest = view('a');
    bus.publish([newest]);
    expect(shown).toEqual([before, before]);
    bus.showBefore(false);
    expect(shown.at(-1)).toBe(newest);
  });

  it('takes back one layer of a node and leaves the others', () => {
    const bus = createFrameBus();
    const gone = vi.fn();
    bus.subscribe('loss', () => {}, gone);
    bus.publish([view('loss', { layer: 'target' }), view('loss', { layer: 'residual', mode: 'real' })]);
    bus.withdraw([
      { nodeId: 'loss', layer: 'residual' },
      { nodeId: 'loss', layer: 'output' },
    ]);
    expect(gone.mock.calls).toEqual([['residual']]);
    expect(bus.latest('loss', 'residual')).toBeUndefined();
    expect(bus.latest('loss', 'residual', 'real')).toBeUndefined();
    expect(bus.latest('loss', 'target')).toBeDefined();
  });
});
