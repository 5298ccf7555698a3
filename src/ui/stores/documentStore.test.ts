import { describe, expect, it } from 'vitest';
import { examples } from '../../graph/examples/index.ts';
import { createDocumentStore } from './documentStore.ts';

function setUp() {
  const design = examples[0]?.design;
  if (design === undefined) throw new Error('There are no examples.');
  const store = createDocumentStore(design);
  const title = (text: string, gesture?: string): void =>
    store.getState().apply('Rename', (before) => ({ ...before, title: text }), gesture);
  return { store, title, original: design };
}

describe('document store', () => {
  it('undoes and redoes, and names what it would undo', () => {
    const { store, title, original } = setUp();
    title('a');
    title('b');
    expect(store.getState().undoLabel).toBe('Rename');
    store.getState().undo();
    expect(store.getState().design.title).toBe('a');
    store.getState().undo();
    expect(store.getState().design).toBe(original);
    expect(store.getState().undoLabel).toBeNull();
    store.getState().redo();
    expect(store.getState().design.title).toBe('a');
    expect(store.getState().redoLabel).toBe('Rename');
  });

  it('makes one entry of a gesture, and a new one after it settled', () => {
    const { store, title, original } = setUp();
    for (const text of ['a', 'b', 'c']) title(text, 'scrub');
    store.getState().settle();
    title('d', 'scrub');
    store.getState().undo();
    expect(store.getState().design.title).toBe('c');
    store.getState().undo();
    expect(store.getState().design).toBe(original);
  });

  it('raises the revision with every change, undo and opening, never back', () => {
    const { store, title, original } = setUp();
    const seen = [store.getState().revision];
    const look = (): void => void seen.push(store.getState().revision);
    title('a');
    look();
    store.getState().undo();
    look();
    store.getState().open(original);
    look();
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  });

  it('does nothing for a change that changes nothing', () => {
    const { store } = setUp();
    const { revision } = store.getState();
    store.getState().apply('Nothing', (design) => design);
    expect(store.getState()).toMatchObject({ revision, undoLabel: null });
  });

  it('forgets the history and takes a new identity when another document is opened', () => {
    const { store, title, original } = setUp();
    const { id, epoch } = store.getState();
    title('a');
    store.getState().open(original);
    expect(store.getState().undoLabel).toBeNull();
    expect(store.getState().id).not.toBe(id);
    expect(store.getState().epoch).toBe(epoch + 1);
    store.getState().undo();
    expect(store.getState().design).toBe(original);
  });

  it('goes back to the document before with its history, and forth again', () => {
    const { store, title, original } = setUp();
    title('a');
    title('b');
    store.getState().undo();
    const { id } = store.getState();
    expect(store.getState().previousTitle).toBeNull();
    store.getState().open({ ...original, title: 'other' });
    expect(store.getState().previousTitle).toBe('a');
    title('other, edited');
    const { revision, epoch } = store.getState();
    store.getState().goBack();
    expect(store.getState()).toMatchObject({
      id,
      undoLabel: 'Rename',
      redoLabel: 'Rename',
      epoch: epoch + 1,
    });
    expect(store.getState().revision).toBeGreaterThan(revision);
    expect(store.getState().design.title).toBe('a');
    store.getState().redo();
    expect(store.getState().design.title).toBe('b');
    store.getState().goBack();
    expect(store.getState().design.title).toBe('other, edited');
    store.getState().undo();
    expect(store.getState().design.title).toBe('other');
    expect(store.getState().previousTitle).toBe('b');
  });

  it('does not offer to go back to an empty document that nobody worked on', () => {
    const { original } = setUp();
    const store = createDocumentStore({ ...original, nodes: [], edges: [] });
    store.getState().open(original);
    expect(store.getState().previousTitle).toBeNull();
    store.getState().goBack();
    expect(store.getState().design).toBe(original);
  });
});
