import { beforeEach, describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { setParam } from '../../graph/edit.ts';
import { dragTheRing } from '../../graph/examples/dragTheRing.ts';
import { getAt, setAt } from '../../graph/paths.ts';
import type { EngineClient, FollowOutcome, FollowRequest, FollowSeen } from '../../workers/engineClient.ts';
import { allBuses } from './allBuses.ts';
import { createAnalysisBus } from './analysisBus.ts';
import { createDocumentStore } from './documentStore.ts';
import { createEngineStore } from './engineStore.ts';
import { createFollowing } from './following.ts';
import { createFrameBus, createPreviewBus } from './frameBus.ts';

const TIP = 'pupil.zernike.2';

function page() {
  const documents = createDocumentStore(dragTheRing.design);
  const engine = createEngineStore();
  const sent: FollowRequest[] = [];
  const ended: string[] = [];
  let see: (seen: FollowSeen) => void = () => undefined;
  let settle: (outcome: FollowOutcome) => void = () => undefined;
  let shows = 0;
  const client: Pick<EngineClient, 'follow'> = {
    follow: (request, onSeen) => {
      sent.push(request);
      see = onSeen;
      const outcome = new Promise<FollowOutcome>((resolve) => {
        settle = resolve;
      });
      return { retarget: (next) => sent.push(next), end: (how) => ended.push(how), outcome };
    },
  };
  const following = createFollowing({
    client: client as EngineClient,
    registry,
    documents,
    engine,
    buses: allBuses(createFrameBus(), createPreviewBus(), createAnalysisBus()),
    show: () => {
      shows++;
    },
  });
  documents.subscribe((state, before) => {
    if (state.design === before.design) return;
    if (!following.isActive() || !following.moved()) shows++;
  });
  const seen = (tip: number): FollowSeen => ({
    revision: documents.getState().revision,
    progress: { iteration: 5, loss: 1, phase: 'fit', searched: null, values: { [TIP]: tip } },
    views: [],
    previews: [],
  });
  return {
    documents,
    engine,
    following,
    sent,
    ended,
    shows: () => shows,
    /** The ring is moved, as by a pointer. */
    move: (x: number) =>
      documents
        .getState()
        .apply('Move ring', (design) => setAt(design, registry, 'goal.spots.0.x', x), 'mark:ring'),
    see: (tip: number, rest?: FollowSeen['rest']) =>
      see({ ...seen(tip), ...(rest === undefined ? {} : { rest }) }),
    done: (tip: number) => {
      const result = { values: { [TIP]: tip }, maps: [], loss: 0.1, steps: 9, evaluations: 20, atBound: [] };
      settle({ kind: 'done', result });
    },
    tip: () => getAt(documents.getState().design, registry, TIP),
  };
}

let p = page();
beforeEach(() => {
  p = page();
});

describe('a ring that is dragged', () => {
  it('sends its newest place, and becomes one step with the values that followed', async () => {
    expect(p.following.begin('Move ring', 'mark:ring')).toBe(true);
    for (const x of [1e-6, 2e-6, 3e-6]) p.move(x);
    const places = p.sent.map(({ design }) => getAt(design, registry, 'goal.spots.0.x'));
    expect(places).toEqual([1e-6, 2e-6, 3e-6]);
    p.see(0.4e-6);
    // The document waits for the end.
    expect(p.tip()).toBe(0);
    const end = p.following.release();
    expect(p.ended).toEqual(['settle']);
    p.done(0.75e-6);
    expect((await end)?.outcome.kind).toBe('done');
    expect(p.tip()).toBe(0.75e-6);
    p.documents.getState().undo();
    expect(p.documents.getState().design).toBe(dragTheRing.design);
    expect(p.documents.getState().undoLabel).toBeNull();
  });

  it('tells who holds it where the light has come to rest, until it is let go', () => {
    const told: unknown[] = [];
    p.following.begin('Move ring', 'mark:ring', (rest) => told.push(rest));
    p.move(1e-6);
    p.see(0.1e-6);
    p.see(0.2e-6, { atBound: ['Pupil: Tip'] });
    p.following.cancel();
    p.see(0.3e-6);
    expect(told).toEqual([null, { atBound: ['Pupil: Tip'] }]);
  });

  it('is as it was, with its optics, when it is taken back', () => {
    p.following.begin('Move ring', 'mark:ring');
    p.move(1e-6);
    p.see(0.4e-6);
    p.documents.getState().settle();
    p.documents.getState().undo();
    expect(p.ended).toEqual(['stop']);
    expect(p.documents.getState().design).toBe(dragTheRing.design);
    expect(p.engine.getState().following).toBeNull();
    expect(p.following.isActive()).toBe(false);
  });

  it('keeps what has followed so far when another value is changed or another drag begins', () => {
    p.following.begin('Move ring', 'mark:ring');
    p.move(1e-6);
    p.see(0.4e-6);
    p.documents
      .getState()
      .apply('Change', (design) => setParam(design, registry, 'pupil', 'numericalAperture', 0.4));
    expect(p.ended).toEqual(['stop']);
    expect(p.tip()).toBe(0.4e-6);
    expect(getAt(p.documents.getState().design, registry, 'pupil.numericalAperture')).toBe(0.4);
    p.following.begin('Move ring', 'mark:ring');
    p.move(2e-6);
    p.see(0.5e-6);
    expect(p.following.begin('Move ring', 'mark:ring')).toBe(true);
    expect(p.tip()).toBe(0.5e-6);
  });

  it('ends at once with what it has when something else begins, and writes nothing afterwards', async () => {
    p.following.begin('Move ring', 'mark:ring');
    p.move(1e-6);
    p.see(0.4e-6);
    const end = p.following.release();
    p.following.finish();
    expect(p.ended).toEqual(['settle', 'stop']);
    expect(p.tip()).toBe(0.4e-6);
    const { revision } = p.documents.getState();
    p.done(0.75e-6);
    expect(await end).toBeNull();
    expect(p.documents.getState().revision).toBe(revision);
  });

  it('says nothing of a drag whose values another one has taken over', async () => {
    p.following.begin('Move ring', 'mark:ring');
    p.move(1e-6);
    p.see(0.4e-6);
    const end = p.following.release();
    p.following.begin('Move ring', 'mark:ring');
    p.done(9e-6);
    expect(await end).toBeNull();
    expect(p.tip()).toBe(0.4e-6);
  });

  it('moves alone while a fit runs, or where nothing may change', async () => {
    p.documents.getState().apply('Hold', (design) => ({ ...design, learn: [] }));
    expect(p.following.begin('Move ring', 'mark:ring')).toBe(false);
    p.move(1e-6);
    expect(p.sent).toEqual([]);
    expect(await p.following.release()).toBeNull();
  });
});
