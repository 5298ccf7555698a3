import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { getAt } from '../../graph/paths.ts';
import type { View } from '../../workers/protocol.ts';
import { sameLight } from './designValues.ts';

import { PATH, setUp } from './testSupport.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('session', () => {
  it('shows what changes the light, and not what only moves or names nodes', () => {
    const { worker, documents, set } = setUp();
    const before = worker.of('show').length;
    set(PATH, 0.7);
    expect(worker.of('show')).toHaveLength(before + 1);
    documents.getState().apply('Name', (design) => ({ ...design, title: 'other' }));
    documents.getState().apply('Move', (design) => ({
      ...design,
      nodes: design.nodes.map((node) => ({ ...node, position: { x: 1, y: 2 } })),
    }));
    expect(worker.of('show')).toHaveLength(before + 1);
  });

  it('calls designs different in light when a node is bypassed', () => {
    const { design } = setUp();
    const bypassed = { ...design, nodes: design.nodes.map((node) => ({ ...node, bypassed: true })) };
    expect(sameLight(design, bypassed)).toBe(false);
    expect(sameLight(design, { ...design, description: 'x' })).toBe(true);
  });

  it('shows the state before while held, and the present one afterwards', () => {
    const { session, worker, set, design } = setUp();
    set(PATH, 0.7);
    session.showBefore(true);
    expect(worker.of('show').at(-1)?.design).toBe(design);
    session.showBefore(false);
    const last = worker.of('show').at(-1)?.design;
    expect(last === undefined ? undefined : getAt(last, registry, PATH)).toBe(0.7);
  });

  it('keeps the loss of before the fit for the pictures of before the fit', async () => {
    const { session, worker, engine, documents, design } = setUp();
    session.run();
    worker.progress(0.6);
    await vi.advanceTimersByTimeAsync(100);
    expect(engine.getState()).toMatchObject({ loss: 0.1, lossBefore: 0.5 });
    documents.getState().open(design);
    expect(engine.getState().lossBefore).toBeNull();
  });

  it('asks once for what is wanted anew while a fit runs, previews too', async () => {
    const { session, worker, previews } = setUp();
    session.run();
    const before = worker.of('show').length;
    const style = { colormap: 'gray', scaling: 'auto', clip: 0, locked: null, signed: false } as const;
    const preview = {
      nodeId: 'camera',
      layer: 'output',
      mode: 'intensity',
      plane: 0,
      maxSize: 9,
      style,
    } as const;
    previews.want('card', preview);
    for (const value of [0.5, 0.6, 0.7]) {
      worker.progress(value);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(worker.of('show').length).toBe(before + 1);
    expect(worker.of('show').at(-1)?.previews).toEqual([preview]);
  });

  it('takes back pictures that a finished reply does not hold, and knows what was computed', async () => {
    const { worker, engine, frames, documents } = setUp();
    frames.want('a', { nodeId: 'loss', layer: 'residual', mode: 'real', plane: 0 });
    frames.want('b', { nodeId: 'loss', layer: 'target', mode: 'intensity', plane: 0 });
    await vi.advanceTimersByTimeAsync(1);
    const gone = vi.fn();
    frames.subscribe('loss', () => {}, gone);
    const picture = { nodeId: 'loss', shape: [1, 1], data: Float32Array.of(0) };
    const target = { ...picture, layer: 'target', mode: 'intensity' } as unknown as View;
    const residual = { ...picture, layer: 'residual', mode: 'real' } as unknown as View;
    frames.publish([target, residual]);
    worker.answer = (seq, revision) => ({
      type: 'frame',
      seq,
      revision,
      views: [target],
      previews: [],
      issues: [],
      milliseconds: 1,
      nodeMilliseconds: { loss: 1, target: 0 },
      bytes: 0,
      loss: null,
    });
    documents.getState().apply('Seed', (before) => ({ ...before, seed: 2 }));
    expect(gone.mock.calls).toEqual([['residual']]);
    expect(frames.latest('loss', 'target')).toBe(target);
    expect([...engine.getState().computed]).toEqual(['loss', 'target']);
    expect([...engine.getState().pictured]).toEqual(['loss']);
  });
});
