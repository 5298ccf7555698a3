import { describe, expect, it } from 'vitest';
import type { Issue } from '../../graph/document.ts';
import { createEngineStore, mergeIssues, setIssues } from './engineStore.ts';
import { createSelectionStore } from './selectionStore.ts';
import { createSettingsStore, readPreferences } from './settingsStore.ts';

function issue(change: Partial<Issue> = {}): Issue {
  return { severity: 'warning', code: 'x', nodeId: 'a', paramId: null, message: 'm', fix: 'f', ...change };
}

describe('engine store', () => {
  it('puts errors first and shows each problem once', () => {
    const error = issue({ severity: 'error', code: 'y' });
    expect(mergeIssues([issue()], [issue(), error])).toEqual([error, issue()]);
  });

  it('groups problems by node and keeps the identity of unchanged lists', () => {
    const store = createEngineStore();
    setIssues(store, { documentIssues: [issue()], engineIssues: [issue({ nodeId: 'b', code: 'z' })] });
    const { issues, issuesByNode } = store.getState();
    expect([...issuesByNode.keys()]).toEqual(['a', 'b']);
    setIssues(store, { documentIssues: [issue()] });
    expect(store.getState().issues).toBe(issues);
    setIssues(store, { engineIssues: [] });
    expect(store.getState().issues).toEqual([issue()]);
  });
});

describe('selection store', () => {
  it('does not announce the same selection twice', () => {
    const store = createSelectionStore();
    let calls = 0;
    store.subscribe(() => {
      calls += 1;
    });
    store.getState().select(['a']);
    store.getState().select(['a']);
    expect(calls).toBe(1);
  });

  it('forgets what the document no longer has', () => {
    const store = createSelectionStore();
    store.getState().select(['a', 'b'], ['e']);
    store.getState().prune(
      (id) => id === 'b',
      () => false,
    );
    expect(store.getState()).toMatchObject({ nodeIds: ['b'], edgeIds: [] });
  });
});

describe('settings store', () => {
  it.each([null, '', 'nonsense', '[]', '{"theme":7,"backend":"gpu","units":3}'])(
    'starts from %s with defaults',
    (text) => {
      expect(readPreferences(text)).toMatchObject({ theme: 'system', backend: 'auto', units: {} });
    },
  );

  it('keeps what can be read and loses only the rest', () => {
    const stored = '{"theme":"light","singleKeys":false,"units":{"a.b":"nm","c":4}}';
    expect(readPreferences(stored)).toMatchObject({
      theme: 'light',
      singleKeys: false,
      units: { 'a.b': 'nm' },
    });
  });

  it('writes what it reads back, and survives storage that throws', () => {
    const memory = new Map<string, string>();
    const storage = {
      getItem: (key: string) => memory.get(key) ?? null,
      setItem: (key: string, value: string) => void memory.set(key, value),
    };
    createSettingsStore(storage).getState().setUnit('pupil.zernike', 'nm');
    expect(createSettingsStore(storage).getState().units).toEqual({ 'pupil.zernike': 'nm' });
    const broken = createSettingsStore({
      getItem: () => {
        throw new Error('forbidden');
      },
      setItem: () => {
        throw new Error('full');
      },
    });
    broken.getState().set({ theme: 'light' });
    expect(broken.getState().theme).toBe('light');
  });
});
