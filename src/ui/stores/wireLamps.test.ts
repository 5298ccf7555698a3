import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { examples } from '../../graph/examples/index.ts';
import { createAnalysisBus } from './analysisBus.ts';
import { createDocumentStore } from './documentStore.ts';
import { createEngineStore, setFit } from './engineStore.ts';
import { watchWires } from './wireLamps.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('asks about the wires at rest only: not while values change, not while a fit runs', () => {
  const [example] = examples;
  if (example === undefined) throw new Error('There are no examples.');
  const documents = createDocumentStore(example.design);
  const engine = createEngineStore();
  const analyses = createAnalysisBus();
  const end = watchWires({ documents, engine, analyses });
  expect(analyses.wants()).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(analyses.wants().length).toBe(example.design.edges.length);
  documents.getState().apply('Change', (design) => ({ ...design, seed: design.seed + 1 }));
  expect(analyses.wants()).toEqual([]);
  setFit(engine, { status: 'running' });
  vi.advanceTimersByTime(5000);
  expect(analyses.wants()).toEqual([]);
  setFit(engine, { status: 'idle' });
  vi.advanceTimersByTime(1000);
  expect(analyses.wants().length).toBeGreaterThan(0);
  end();
  expect(analyses.wants()).toEqual([]);
});
