import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Goal, Proof } from '../../graph/examples/example.ts';
import { examples } from '../../graph/examples/index.ts';
import type { View } from '../../workers/protocol.ts';
import { createDocumentStore } from './documentStore.ts';
import { createFrameBus } from './frameBus.ts';
import { type Reading, watchKnownNumber } from './knownNumber.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const words = { statement: '', quantity: 'dimensionless', display: '' } as const;
/** Sum over all planes. */
const proof: Proof = {
  ...words,
  nodes: ['camera'],
  expected: 6,
  tolerance: 0.5,
  measure: ({ data }) => Array.from(data).reduce((sum, value) => sum + value, 0),
};
const goal: Goal = {
  ...words,
  nodes: [],
  limit: 2,
  bound: 'atMost',
  measure: ({ seed }) => seed,
};

const view = (plane: number, planes: number, value: number): View => ({
  nodeId: 'camera',
  mode: 'intensity',
  layer: 'output',
  portType: 'image',
  shape: [1, 1],
  data: Float32Array.of(value),
  planes,
  plane,
  pitch: 1e-6,
  unit: 'counts',
});

function watched(system: { proof: Proof | null; goal?: Goal }) {
  const [first] = examples;
  if (first === undefined) throw new Error('No system.');
  const [frames, documents] = [createFrameBus(), createDocumentStore({ ...first.design, seed: 5 })];
  const readings: (Reading | null)[] = [];
  const end = watchKnownNumber(system, { frames, documents }, (reading) => readings.push(reading));
  const latest = () => {
    vi.advanceTimersByTime(100);
    return readings.at(-1);
  };
  return { frames, documents, latest, end };
}

describe('the known number of a ready system', () => {
  it('is measured on all planes of what is shown, once all are there', () => {
    const { frames, latest } = watched({ proof });
    expect(latest()).toBeNull();
    frames.publish([view(0, 3, 1)]);
    expect(latest()).toBeNull();
    expect(frames.wants().map(({ plane }) => plane)).toEqual([0, 1, 2]);
    frames.publish([view(2, 3, 3), view(1, 3, 2.2)]);
    expect(latest()?.value).toBeCloseTo(6.2, 6);
    expect(latest()?.holds).toBe(true);
    frames.publish([view(1, 3, 5)]);
    expect(latest()).toEqual({ value: 9, holds: false });
  });

  it('goes with its picture, and asks for nothing when nobody looks', () => {
    const { frames, latest, end } = watched({ proof });
    frames.publish([view(0, 1, 6)]);
    expect(latest()).toEqual({ value: 6, holds: true });
    frames.withdraw([{ nodeId: 'camera', layer: 'output' }]);
    expect(latest()).toBeNull();
    end();
    expect(frames.wants()).toEqual([]);
  });

  it('of a fit follows the values of the document', () => {
    const { documents, latest } = watched({ proof: null, goal });
    expect(latest()).toEqual({ value: 5, holds: false });
    documents.getState().apply('', (design) => ({ ...design, seed: 1 }));
    expect(latest()).toEqual({ value: 1, holds: true });
  });
});
