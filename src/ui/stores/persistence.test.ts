import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { examples } from '../../graph/examples/index.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import type { FitResult, FitSnapshot } from '../../workers/protocol.ts';
import { createDocumentStore } from './documentStore.ts';
import { createIndexedDbStorage, type DocumentStorage, startAutosave } from './persistence.ts';

const design = examples[0]?.design;
if (design === undefined) throw new Error('There are no examples.');

function named(error: string): Error {
  return Object.assign(new Error('details'), { name: error });
}

describe('IndexedDB storage', () => {
  it('gives the document that was saved last', async () => {
    const storage = createIndexedDbStorage('test-latest');
    expect(await storage.latest()).toBeNull();
    await storage.save({ id: 'a', title: 'A', text: 'a1', savedAt: 1 });
    await storage.save({ id: 'b', title: 'B', text: 'b1', savedAt: 2 });
    await storage.save({ id: 'a', title: 'A', text: 'a2', savedAt: 3 });
    expect(await storage.latest()).toMatchObject({ id: 'a', text: 'a2' });
  });

  it('keeps the newest thirty', async () => {
    const storage = createIndexedDbStorage('test-thirty');
    for (let index = 0; index < 33; index++) {
      await storage.save({ id: `d${index}`, title: '', text: '', savedAt: index });
    }
    const request = indexedDB.open('test-thirty');
    const keys = await new Promise<IDBValidKey[]>((resolve, reject) => {
      request.onsuccess = () => {
        const all = request.result.transaction('documents').objectStore('documents').getAllKeys();
        all.onsuccess = () => resolve(all.result);
      };
      request.onerror = () => reject(request.error);
    });
    expect(keys).toHaveLength(30);
    expect(keys).not.toContain('d2');
  });
});

it('keeps the running fit of a document beside it, until it is dropped', async () => {
  const storage = createIndexedDbStorage('test-fits');
  const fit = { id: 'a', key: 'k', design, options: DEFAULT_FIT_OPTIONS };
  await storage.beginFit(fit);
  expect(await storage.storedFit('a')).toBeNull();
  const snapshot = { version: 1, from: Float64Array.of(1, 2) } as unknown as FitSnapshot;
  await storage.keepSnapshot('a', snapshot);
  expect(await storage.storedFit('a')).toEqual({ fit, snapshot });
  // Another fit begins: what was known of the one before does not belong to it.
  await storage.beginFit({ ...fit, key: 'l' });
  expect(await storage.storedFit('a')).toBeNull();
  await storage.keepSnapshot('a', snapshot);
  await storage.dropFit('a');
  expect(await storage.storedFit('a')).toBeNull();
});

describe('recent documents', () => {
  it('are listed newest first, without the open one and without repeated contents', async () => {
    const storage = createIndexedDbStorage('test-recent');
    for (const [index, text] of ['x', 'y', 'x', 'z'].entries()) {
      await storage.save({ id: `d${index}`, title: `T${index}`, text, savedAt: index });
    }
    expect(await storage.recent(5, 'd3')).toEqual([
      { id: 'd2', title: 'T2', savedAt: 2 },
      { id: 'd1', title: 'T1', savedAt: 1 },
    ]);
    expect((await storage.recent(1, '')).map(({ id }) => id)).toEqual(['d3']);
    expect(await storage.read('d1')).toMatchObject({ title: 'T1', text: 'y' });
    expect(await storage.read('gone')).toBeNull();
  });
});

describe('autosave', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function setUp(save: DocumentStorage['save']) {
    const documents = createDocumentStore(design as NonNullable<typeof design>);
    const problems: (string | null)[] = [];
    const none = () => Promise.resolve(null);
    const storage = { save: vi.fn(save), latest: none, read: none, recent: () => Promise.resolve([]) };
    const autosave = startAutosave({ documents, storage, onProblem: (sentence) => problems.push(sentence) });
    const rename = (title: string): void =>
      documents.getState().apply('Rename', (before) => ({ ...before, title }));
    return { documents, problems, storage, autosave, rename };
  }

  it('waits for a pause of 300 ms and saves the newest state once', async () => {
    const { documents, storage, rename } = setUp(() => Promise.resolve());
    rename('a');
    await vi.advanceTimersByTimeAsync(200);
    rename('b');
    expect(documents.getState().saved).toBe('pending');
    await vi.advanceTimersByTimeAsync(299);
    expect(storage.save).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(storage.save).toHaveBeenCalledTimes(1);
    expect(storage.save.mock.calls[0]?.[0].title).toBe('b');
    expect(documents.getState().saved).toBe('saved');
  });

  it('writes at once when the page is hidden', async () => {
    const { storage, autosave, rename } = setUp(() => Promise.resolve());
    rename('a');
    await autosave.flush();
    expect(storage.save).toHaveBeenCalledTimes(1);
    await autosave.flush();
    expect(storage.save).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['QuotaExceededError', 'no room left'],
    ['SecurityError', 'forbids automatic saving'],
    ['AbortError', 'details'],
  ])('says what %s means, and tries again', async (name, words) => {
    let broken = true;
    const { documents, problems, rename } = setUp(() =>
      broken ? Promise.reject(named(name)) : Promise.resolve(),
    );
    rename('a');
    await vi.advanceTimersByTimeAsync(300);
    expect(problems.at(-1)).toContain(words);
    expect(problems.at(-1)).toContain('Ctrl+S');
    expect(documents.getState().saved).toBe('failed');
    broken = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(documents.getState().saved).toBe('saved');
    expect(problems.at(-1)).toBeNull();
  });

  it('does not overlap two writes', async () => {
    let running = 0;
    let most = 0;
    const { rename, autosave } = setUp(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      running -= 1;
    });
    rename('a');
    void autosave.flush();
    rename('b');
    void autosave.flush();
    await vi.advanceTimersByTimeAsync(5000);
    expect(most).toBe(1);
  });

  it('saves at once what another document replaces, under its own name', async () => {
    const { documents, storage, rename } = setUp(() => Promise.resolve());
    rename('left behind');
    const { id } = documents.getState();
    documents.getState().open({ ...documents.getState().design, title: 'new' });
    await vi.advanceTimersByTimeAsync(1);
    expect(storage.save.mock.calls.map(([saved]) => [saved.id, saved.title])).toEqual([[id, 'left behind']]);
    await vi.advanceTimersByTimeAsync(300);
    expect(storage.save.mock.calls.at(-1)?.[0]).toMatchObject({ id: documents.getState().id, title: 'new' });
    expect(documents.getState().saved).toBe('saved');
  });

  it('keeps the result of a fit beside the document, also when no value changed', async () => {
    const { documents, storage } = setUp(() => Promise.resolve());
    const fit = { key: 'k', result: { iterations: 3 } as FitResult };
    documents.getState().keepFit(fit);
    await vi.advanceTimersByTimeAsync(300);
    expect(storage.save.mock.calls.at(-1)?.[0].fit).toEqual(fit);
  });

  it('says that all is kept after a change was taken back before it was written', async () => {
    const { documents, storage, rename } = setUp(() => Promise.resolve());
    rename('a');
    documents.getState().undo();
    await vi.advanceTimersByTimeAsync(300);
    expect(documents.getState().saved).toBe('saved');
    expect(storage.save).not.toHaveBeenCalled();
  });
});
