import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { dragTheRing } from '../../graph/examples/dragTheRing.ts';
import { getAt, setAt } from '../../graph/paths.ts';
import type { FitResult, FitSnapshot } from '../../workers/protocol.ts';
import type { BegunFit, StoredFits } from './fitCheckpoints.ts';
import { contentKey } from './fitRecord.ts';
import { PATH, setUp } from './testSupport.ts';
import { uiStore } from './uiStore.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the fit of a document', () => {
  it('commits a fit as one undo entry', async () => {
    const { session, worker, aperture, documents, engine } = setUp();
    const start = aperture();
    session.run();
    expect(engine.getState().fit.status).toBe('running');
    for (let index = 0; index < 20; index++) worker.progress(0.5 + index / 100);
    await vi.advanceTimersByTimeAsync(100);
    expect(engine.getState().fit.values[PATH]).toBe(0.69);
    expect(aperture()).toBe(start);
    await worker.done(0.8);
    expect(aperture()).toBe(0.8);
    expect(engine.getState().fit.status).toBe('idle');
    documents.getState().undo();
    expect(aperture()).toBe(start);
    expect(documents.getState().undoLabel).toBeNull();
  });

  it('goes on with a fit while the unit of what it learns is changed, and in the same values', async () => {
    const { session, worker, settings, engine, aperture } = setUp();
    session.run();
    worker.progress(0.6);
    await vi.advanceTimersByTimeAsync(100);
    const before = worker.sent.length;
    // What is learned is a number in SI; units are for the eye.
    settings.getState().setUnit('pupil.numericalAperture', '%');
    worker.progress(0.65);
    await vi.advanceTimersByTimeAsync(100);
    expect(worker.sent.slice(before)).toEqual([]);
    expect(engine.getState().fit.status).toBe('running');
    expect(engine.getState().fit.values[PATH]).toBe(0.65);
    await worker.done(0.7);
    expect(aperture()).toBe(0.7);
  });

  it('stops the fit when the user changes a value, and keeps that value', async () => {
    const { session, worker, aperture, set } = setUp();
    session.run();
    worker.progress(0.6);
    set(PATH, 0.33);
    expect(worker.of('stopFit')).toHaveLength(1);
    await worker.done(0.6);
    expect(aperture()).toBe(0.33);
  });

  it('goes back to the values the fit started from, also while it runs', async () => {
    const { session, worker, aperture } = setUp();
    const start = aperture();
    session.run();
    await worker.done(0.8);
    session.resetToStart();
    expect(aperture()).toBe(start);
    session.run();
    worker.progress(0.9);
    session.resetToStart();
    await worker.done(0.9);
    expect(aperture()).toBe(start);
  });

  it('drops the result of a fit when another document was opened', async () => {
    const { session, worker, documents, aperture, design, engine } = setUp();
    session.run();
    documents.getState().open(design);
    const start = aperture();
    await worker.done(0.8);
    expect(aperture()).toBe(start);
    expect(engine.getState().fit.result).toBeNull();
  });

  it('keeps the result with the key of its values: an undo makes it stale, a redo does not', async () => {
    const { session, worker, documents, engine } = setUp();
    session.run();
    await worker.done(0.8);
    const isStale = () => documents.getState().fit?.key !== contentKey(documents.getState().design);
    expect(isStale()).toBe(false);
    expect(engine.getState().fit.unseen).toBe(true);
    documents.getState().undo();
    expect(engine.getState().fit.result).not.toBeNull();
    expect(isStale()).toBe(true);
    documents.getState().redo();
    expect(isStale()).toBe(false);
  });

  it('calls a result stale when the user changed a fitted value meanwhile', async () => {
    const { session, worker, documents, set } = setUp();
    session.run();
    worker.progress(0.6);
    set(PATH, 0.33);
    await worker.done(0.6);
    expect(documents.getState().fit?.key).not.toBe(contentKey(documents.getState().design));
  });

  it('shows the kept result of a document that is opened, and of the one before', async () => {
    const { session, worker, documents, engine, design } = setUp();
    session.run();
    await worker.done(0.8);
    const { result } = engine.getState().fit;
    documents.getState().open({ ...design, title: 'other' });
    expect(engine.getState().fit.result).toBeNull();
    documents.getState().goBack();
    expect(engine.getState().fit).toMatchObject({ result, unseen: false });
  });

  it('says when and how the fit ended', async () => {
    const { session, worker } = setUp();
    session.run();
    expect(uiStore.getState().announcement).toContain('The fit runs.');
    await worker.done(0.8);
    expect(uiStore.getState().announcement).toContain('The fit ended after 1 iteration, reduced χ² 1.25');
  });

  it('does not start a fit when nothing is learnable', () => {
    const { session, worker, documents, design } = setUp();
    documents.getState().open({ ...design, learn: [] });
    session.run();
    expect(worker.of('fit')).toHaveLength(0);
  });

  it('has nothing to reset where no fit ran, and leaves no undo entry', () => {
    const { session, documents, engine, set, aperture } = setUp();
    set(PATH, 0.7);
    const { undoLabel } = documents.getState();
    session.resetToStart();
    expect(aperture()).toBe(0.7);
    expect(documents.getState().undoLabel).toBe(undoLabel);
    expect(engine.getState().fit.hasStart).toBe(false);
  });

  it('resets a reloaded design to the values that its kept fit started from', async () => {
    const { session, documents, engine, aperture } = setUp();
    const result = { parameters: [{ path: PATH, start: 0.31, value: 0.5 }] } as unknown as FitResult;
    documents.getState().open(documents.getState().design, { fit: { result, key: '' } });
    expect(engine.getState().fit.hasStart).toBe(false);
    session.resetToStart();
    expect(aperture()).toBe(0.31);
    documents.getState().settle();
    const { design } = documents.getState();
    session.resetToStart();
    expect(documents.getState().design).toBe(design);
  });

  it('resets a second fit to its own start and then to the values that were opened', async () => {
    const { session, worker, aperture } = setUp();
    const opened = aperture();
    for (const value of [0.7, 0.8]) {
      session.run();
      await worker.done(value);
    }
    session.resetToStart();
    expect(aperture()).toBe(0.7);
    session.resetToStart();
    expect(aperture()).toBe(opened);
  });
});

describe('a fit that a reload interrupts', () => {
  const snapshot = { version: 2, iteration: 37, startLoss: 1 } as unknown as FitSnapshot;

  /** What a browser keeps. */
  function shelf(): StoredFits {
    const fits = new Map<string, BegunFit>();
    const snapshots = new Map<string, FitSnapshot>();
    return {
      beginFit: async (fit) => void fits.set(fit.id, structuredClone(fit)),
      keepSnapshot: async (id, kept) => void snapshots.set(id, structuredClone(kept)),
      dropFit: async (id) => {
        fits.delete(id);
        snapshots.delete(id);
      },
      storedFit: async (id) => {
        const [fit, kept] = [fits.get(id), snapshots.get(id)];
        return fit === undefined || kept === undefined ? null : { fit, snapshot: kept };
      },
    };
  }

  async function interrupted(change: (documents: ReturnType<typeof setUp>['documents']) => void = () => {}) {
    const fits = shelf();
    const first = setUp(fits);
    first.session.run();
    first.worker.progress(0.75, snapshot);
    await vi.advanceTimersByTimeAsync(1);
    const { id, design } = first.documents.getState();
    const second = setUp(fits);
    second.documents.getState().open(design, { id });
    change(second.documents);
    await vi.advanceTimersByTimeAsync(1);
    return { first, second, fits, id };
  }

  it('can be gone on with from where it was, with its own design and options', async () => {
    const { first, second, fits, id } = await interrupted();
    expect(second.engine.getState().fit.interruptedAt).toBe(37);
    expect(uiStore.getState().toasts.at(-1)?.action?.text).toBe('Go on with the fit (step 37)');
    second.settings.getState().set({ fit: { ...second.settings.getState().fit, method: 'adam' } });
    second.session.goOn();
    const [before, after] = [first.worker.of('fit')[0], second.worker.of('fit')[0]];
    expect(after?.resume).toEqual(snapshot);
    expect([after?.design, after?.options]).toEqual([before?.design, before?.options]);
    await second.worker.done(0.8);
    expect(await fits.storedFit(id)).toBeNull();
    expect(second.engine.getState().fit.interruptedAt).toBeNull();
    expect(second.aperture()).toBe(0.8);
  });

  it('is forgotten when the design has changed, before or after the offer', async () => {
    const early = await interrupted((documents) =>
      documents.getState().apply('Set', (design) => setAt(design, registry, PATH, 0.3)),
    );
    expect(early.second.engine.getState().fit.interruptedAt).toBeNull();
    const late = await interrupted();
    late.second.set(PATH, 0.3);
    await vi.advanceTimersByTimeAsync(1);
    expect(late.second.engine.getState().fit.interruptedAt).toBeNull();
    expect(await late.fits.storedFit(late.id)).toBeNull();
    late.second.session.goOn();
    expect(late.second.worker.of('fit')).toHaveLength(0);
  });

  it('is offered again where another document was opened meanwhile', async () => {
    const fits = shelf();
    const { session, worker, documents, engine } = setUp(fits);
    session.run();
    worker.progress(0.75, snapshot);
    await vi.advanceTimersByTimeAsync(1);
    const { id, design } = documents.getState();
    documents.getState().open({ ...design, title: 'other' }, { id: 'other' });
    await worker.done(0.8);
    expect((await fits.storedFit(id))?.snapshot).toEqual(snapshot);
    documents.getState().open(design, { id });
    await vi.advanceTimersByTimeAsync(1);
    expect(engine.getState().fit.interruptedAt).toBe(37);
    session.goOn();
    expect(worker.of('fit').at(-1)?.resume).toEqual(snapshot);
  });

  it('is offered again, with the values it came to, where its engine was lost', async () => {
    const { session, worker, aperture, engine, settings } = setUp(shelf());
    session.run();
    worker.progress(0.75, snapshot);
    await vi.advanceTimersByTimeAsync(1);
    // Another engine takes the place of the one that fits.
    settings.getState().set({ backend: 'wasm' });
    await vi.advanceTimersByTimeAsync(1);
    expect(aperture()).toBe(0.75);
    expect(engine.getState().fit.interruptedAt).toBe(37);
    session.goOn();
    expect(worker.of('fit').at(-1)?.resume).toEqual(snapshot);
    await worker.done(0.8);
    expect(aperture()).toBe(0.8);
  });
});

it('ends a goal that still settles before a fit begins, so that the fit is not stopped by it', async () => {
  const { session, documents, worker, engine } = setUp();
  documents.getState().open(dragTheRing.design);
  const tip = () => getAt(documents.getState().design, registry, 'pupil.zernike.2');
  expect(session.following.begin('Move ring', 'mark:ring')).toBe(true);
  documents
    .getState()
    .apply('Move ring', (design) => setAt(design, registry, 'goal.spots.0.x', 1e-6), 'mark:ring');
  const [follow] = worker.of('follow');
  if (follow === undefined) throw new Error('Nothing follows.');
  const { seq, revision } = follow;
  const values = { 'pupil.zernike.2': 0.4e-6 };
  const progress = { iteration: 5, loss: 1, phase: 'fit', searched: null, values } as const;
  worker.say({ type: 'following', seq, revision, progress, views: [], previews: [] });
  const released = session.following.release();
  session.run();
  // The fit starts from what has followed so far.
  const [fit] = worker.of('fit');
  expect(fit === undefined ? null : getAt(fit.design, registry, 'pupil.zernike.2')).toBe(0.4e-6);
  const late = { values: { 'pupil.zernike.2': 0.75e-6 }, maps: [], loss: 0.1, steps: 9, evaluations: 20 };
  worker.say({ type: 'followDone', seq, revision, result: { ...late, atBound: [] } });
  expect(await released).toBeNull();
  const asked = worker.sent.map(({ type }) => type);
  expect(asked.slice(asked.indexOf('fit'))).not.toContain('stopFit');
  expect(engine.getState().fit.status).toBe('running');
  expect(tip()).toBe(0.4e-6);
});
